"""Wheels in the script bundle: their packages can be imported, where they are for this Python."""

import importlib.metadata
import os
import platform
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from studiolo_guest.contract import bundle

#: Where they are unpacked.
FOLDER: Final = os.path.join(bundle.FOLDER, ".wheels")
#: The folders of a wheel beside its packages that hold packages as well.
_MORE_PACKAGES: Final = ("purelib", "platlib")
_METADATA: Final = re.compile(r"[^/]+\.dist-info/METADATA")
_REQUIRES: Final = re.compile(r"^Requires-Python:\s*(.+)$", re.IGNORECASE | re.MULTILINE)


def install(directory: str) -> list[str]:
    """Make the packages of an unpacked bundle's wheels importable; what the log says of each wheel.

    Of several wheels of one package, the newest one for this Python and platform is taken. A
    package that the environment has stays as it is, whether it has been imported by now or not.

    Raises:
        MismatchError: A wheel is damaged, or does not fit into the working directory.
    """
    unpacked = os.path.join(directory, bundle.FOLDER)
    found = sorted(_wheels_in(unpacked))
    if not found:
        return []
    # Only now: few bundles have wheels. Every environment has it, as matplotlib needs it.
    from packaging import tags, utils  # noqa: PLC0415

    ranks = {tag: rank for rank, tag in enumerate(tags.sys_tags())}
    best: dict[str, tuple[Any, int, str]] = {}
    notes = {}
    for path in found:
        try:
            package, version, _, fitting = utils.parse_wheel_filename(os.path.basename(path))
        except utils.InvalidWheelFilename:
            notes[path] = "is not used: a wheel's name says its package, version and platform"
            continue
        rank = min((ranks[tag] for tag in fitting if tag in ranks), default=None)
        if rank is None:
            notes[path] = "is not used: it is for a different Python or platform"
        elif installed := _installed(package):
            notes[path] = f"is not used: the environment has {package} {installed}"
        elif needed := _other_python(path):
            notes[path] = (
                f"is not used: it needs Python {needed}, and this is {platform.python_version()}"
            )
        else:
            notes[path] = "is not used: there is a better one of this package"
            best[package] = max(best.get(package, (version, -rank, path)), (version, -rank, path))
    for _, _, path in best.values():
        _unpack(path, os.path.join(directory, FOLDER))
        notes[path] = "is used"
    if best:
        # A module of the bundle itself counts more.
        sys.path.insert(sys.path.index(unpacked) + 1, os.path.join(directory, FOLDER))
    return [f"The script bundle's {os.path.basename(path)} {notes[path]}." for path in found]


def _wheels_in(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in names if name.lower().endswith(".whl"))


def _installed(package: str) -> str | None:
    """The version that the environment has of a package."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _other_python(wheel: str) -> str:
    """The versions of Python that a wheel needs, as in ">=3.13"; "" if this is one of them."""
    from packaging import specifiers  # noqa: PLC0415  # as above

    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(filter(_METADATA.fullmatch, archive.namelist()), "")
            fields = archive.read(name).decode(errors="replace") if name else ""
        found = _REQUIRES.search(fields.replace("\r", "").partition("\n\n")[0])
        needed = specifiers.SpecifierSet(found[1] if found else "")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        # If the wheel is damaged, unpacking it says so. What is not a version excludes none.
        return ""
    return "" if needed.contains(platform.python_version(), prereleases=True) else str(needed)


def _unpack(wheel: str, folder: str) -> None:
    name = os.path.basename(wheel)
    with bundle.damage(f"The script bundle's {name}"), zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            first, _, rest = member.filename.partition("/")
            if first.endswith(".data"):
                kind, _, rest = rest.partition("/")
                if kind not in _MORE_PACKAGES or not rest:
                    continue
                member.filename = rest
            bundle.write_member(archive, member, folder)
