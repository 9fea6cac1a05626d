"""Calls of a script and its bundle that run today and mean something else: said before it runs."""

import io
import zipfile
from collections.abc import Iterator, Mapping

from studiolo.modules.script import decoded_script
from studiolo.old_code.advice import classic_notes, notes
from studiolo.old_code.reading import read_old_code
from studiolo.runs.scripts.imports import imported_modules

#: A longer text in a bundle was not written by a person.
_LONGEST = 1 << 20
#: More are not read on a terminal; `studiolo check BUNDLE.zip` shows all.
_MOST = 20
#: In the environment `classic`, whose log names whatever it has restored.
_MOST_CLASSIC = 200


def notes_before(source: str, bundle: bytes | None, *, classic: bool = False) -> list[str]:
    """Sentences for the run's log, each with its line; of a bundle, for what is imported of it.

    Args:
        source: The script.
        bundle: Its script bundle, which was checked.
        classic: Whether retired calls have their old meaning: then all of them are named.
    """
    noted = classic_notes if classic else notes
    said = noted(read_old_code(source))
    if bundle is not None:
        for member, text in _imported(source, bundled_sources(bundle)):
            said += [f"{member}, {note}" for note in noted(read_old_code(text))]
    most = _MOST_CLASSIC if classic else _MOST
    if len(said) > most:
        left = f"and {len(said) - most} more; `studiolo check` lists them all."
        said = [*said[:most], left]
    return said


def bundled_sources(bundle: bytes) -> Mapping[str, str]:
    """The modules in a bundle that was checked, by path; without those that are not text."""
    sources = {}
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        for member in archive.infolist():
            if member.filename.endswith(".py") and member.file_size <= _LONGEST:
                try:
                    sources[member.filename] = decoded_script(archive.read(member))
                except (SyntaxError, UnicodeError, LookupError, zipfile.BadZipFile, OSError):
                    # Its import says what is wrong with it.
                    continue
    return sources


def _imported(source: str, bundled: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The members that a script imports, or that these import; of a package, all of it."""
    left = dict(bundled)
    pending = [source]
    while pending:
        names = {name.partition(".")[0] for name in imported_modules(pending.pop())}
        for member in [m for m in left if m.partition("/")[0].removesuffix(".py") in names]:
            text = left.pop(member)
            pending.append(text)
            yield member, text
