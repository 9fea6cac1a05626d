"""The file of an experiment, `experiment.yaml`: the one place where it is read and written."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from studiolo.experiments.errors import (
    ExperimentFileError,
    ExperimentMissingError,
    ExperimentUnreadableError,
    ExperimentUnwritableError,
)
from studiolo.experiments.experiment import (
    ENVIRONMENT_PLACE,
    WEB_SERVICE_PLACE,
    Experiment,
    Node,
    NodeName,
)
from studiolo.experiments.finding import Finding
from studiolo.experiments.reading import read_text
from studiolo.experiments.revision import revision_of
from studiolo.experiments.saved_form import FORMAT, on_one_line, saved_form
from studiolo.experiments.yaml.document import MappingNode
from studiolo.experiments.yaml.patch import Patch, same
from studiolo.experiments.yaml.text import Layout, document_text
from studiolo.files.whole_file import replacing
from studiolo.suggestions import closest

FILE_NAME = "experiment.yaml"
#: No experiment that a person looks at comes near it, and more would take long to read.
LARGEST_FILE = 16 << 20
#: Characters up to which a text that was read is remembered, for the next edit of it.
_REMEMBERED = 4 << 20
_BYTE_ORDER_MARK = "\ufeff"
#: The lines of an experiment that are not of a node.
_NOT_NODES = {WEB_SERVICE_PLACE, ENVIRONMENT_PLACE}
#: Mistakes that are some whatever else is wrong with their node.
_WHATEVER_ELSE = {
    "module-unknown",
    "dataset-file-missing",
    "saved-missing",
    "script-missing",
    "parameter-unknown",
    "port-unknown",
}


def read_experiment(path: Path) -> Experiment:
    """Read an experiment.

    Args:
        path: Its folder, or its file.

    Raises:
        ExperimentMissingError: There is no such file.
        ExperimentUnreadableError: The file can't be opened.
        ExperimentFileError: Its content does not follow the format; has all that is wrong with it.
    """
    file = _file_of(path)
    content = _content(file)
    experiment, _ = _read(_text(content, file), file)
    return replace(experiment, revision=revision_of(content))


def write_experiment(
    experiment: Experiment, path: Path, *, renamed: Mapping[NodeName, NodeName] | None = None
) -> None:
    """Save an experiment, all of it or nothing.

    Unchanged parts of the file stay as they were typed: comments, order, quotes and spaces. A file
    that can't be read is not replaced, because someone is editing it.

    Args:
        experiment: What to save.
        path: Its folder, or its file. Folders that are missing are made.
        renamed: The new names of nodes in the file, which keep the comments in them.

    Raises:
        ExperimentFileError: The file can't be read, or could not be read after this change.
        ExperimentUnwritableError: The file can't be written.
    """
    text_to_save(experiment, path, renamed=renamed or {}).write()


@dataclass(frozen=True, kw_only=True)
class TextToSave:
    """The text of an experiment that is not in its file yet."""

    file: Path
    text: str
    #: What the file has; None if there is none.
    before: str | None
    #: As reading the file will give it.
    experiment: Experiment

    def write(self) -> None:
        """Put it into the file, all of it or nothing.

        Raises:
            ExperimentUnwritableError: The file can't be written.
        """
        if self.text != self.before:
            _replace(self.file, self.text.encode())


def text_to_save(
    experiment: Experiment, path: Path, *, renamed: Mapping[NodeName, NodeName]
) -> TextToSave:
    """The text that `write_experiment` writes; the same errors but that of writing."""
    file = _file_of(path)
    try:
        before = _text(_content(file), file)
    except ExperimentMissingError:
        before = None
    text, read = _text_of(experiment, file, before, renamed)
    written = replace(read, revision=revision_of(text.encode()))
    return TextToSave(file=file, text=text, before=before, experiment=written)


def as_saved(experiment: Experiment) -> Experiment:
    """The experiment as its file would give it back; nothing is written.

    Raises:
        ExperimentFileError: The file would not follow the format.
        ExperimentUnwritableError: It holds something that no file can say.
    """
    file = experiment.folder / FILE_NAME
    return _text_of(experiment, file, None, {})[1]


def experiment_of_text(text: str, folder: Path) -> Experiment:
    """The experiment that this text describes, which was once the file in a folder.

    Raises:
        ExperimentFileError: It does not follow the format.
    """
    experiment, _ = _read(text, folder / FILE_NAME)
    return replace(experiment, revision=revision_of(text.encode()))


def node_of_form(name: NodeName, form: Mapping[str, Any], folder: Path) -> Node:
    """The node that a file in this folder would describe with these keys.

    Raises:
        ExperimentFileError: The keys do not follow the format.
        ExperimentUnwritableError: They hold something that no file can say.
    """
    file = folder / FILE_NAME
    try:
        form = {"studiolo": FORMAT, "name": "node", "nodes": {str(name): dict(form)}}
        text = document_text(form, Layout(on_one_line=on_one_line))
    except (TypeError, ValueError) as error:
        raise ExperimentUnwritableError(path=str(file), reason=str(error)) from error
    try:
        experiment, _ = _read(text, file)
    except ExperimentFileError as error:
        found = [replace(found, line=None, column=None) for found in error.findings]
        raise ExperimentFileError(found) from error
    return experiment.nodes[name]


def _file_of(path: Path) -> Path:
    is_file = path.suffix in {".yaml", ".yml"} and not path.is_dir()
    return path if is_file else path / FILE_NAME


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ExperimentMissingError(path=str(file), neighbours=_neighbours(file)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExperimentUnreadableError(path=str(file), reason=reason) from error
    if len(content) > LARGEST_FILE:
        message = f"The file is larger than {LARGEST_FILE >> 20} MiB. Move data into a dataset."
        found = Finding(code="experiment-too-large", message=message, file=file)
        raise ExperimentFileError([found])
    return content


def _text(content: bytes, file: Path) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line_start = content.rfind(b"\n", 0, error.start) + 1
        finding = Finding(
            code="experiment-yaml-invalid",
            message=f"Byte 0x{content[error.start]:02X} is not UTF-8. Save the file as UTF-8.",
            file=file,
            line=content.count(b"\n", 0, error.start) + 1,
            column=len(content[line_start : error.start].decode(errors="replace")) + 1,
        )
        raise ExperimentFileError([finding]) from error


def _read(text: str, file: Path) -> tuple[Experiment, MappingNode]:
    """The experiment that a text describes, and its tree."""
    return (_read_before if len(text) <= _REMEMBERED else _read_anew)(text, file)


def _read_anew(text: str, file: Path) -> tuple[Experiment, MappingNode]:
    read = read_text(text.removeprefix(_BYTE_ORDER_MARK), file=file, folder=file.parent)
    if read.experiment is None or read.root is None:
        raise ExperimentFileError(read.findings, partial=read.partial)
    return read.experiment, read.root


#: What one edit has written, the next one begins with.
_read_before = lru_cache(maxsize=4)(_read_anew)


def _text_of(
    experiment: Experiment, file: Path, before: str | None, renamed: Mapping[NodeName, NodeName]
) -> tuple[str, Experiment]:
    """The text to save, and what it says: it has been read to see that it says what it shall."""
    try:
        form = saved_form(experiment)
    except ValueError as error:
        raise ExperimentUnwritableError(path=str(file), reason=str(error)) from error
    if before is not None and before.strip():
        experiment_before, root = _read(before, file)
        old = saved_form(experiment_before)
        if same(old, form):
            return before, experiment_before
        mark = _BYTE_ORDER_MARK if before.startswith(_BYTE_ORDER_MARK) else ""
        layout = Layout(on_one_line=on_one_line, newline="\r\n" if "\r\n" in before else "\n")
        keys: dict[tuple[str, ...], str] = {("nodes", old): new for old, new in renamed.items()}
        patch = Patch(before.removeprefix(mark), layout=layout, renamed=keys)
        patched = mark + patch.patched(root, old, form)
        # Some notations are hardly used, such as keys after a question mark. If one of them
        # defeats the patch, what is saved counts for more than how it was laid out.
        with contextlib.suppress(ExperimentFileError):
            read, _ = _read(patched, file)
            if same(saved_form(read), form):
                return patched, read
    fresh = document_text(form, Layout(on_one_line=on_one_line))
    try:
        written, _ = _read(fresh, file)
    except ExperimentFileError as error:
        # The text is not in any file, so its lines tell the user nothing.
        findings = [replace(found, line=None, column=None) for found in error.findings]
        raise ExperimentFileError(findings) from error
    if not same(saved_form(written), form):
        reason = "it holds something that the file can't express"
        raise ExperimentUnwritableError(path=str(file), reason=reason)
    return fresh, written


def _replace(file: Path, content: bytes) -> None:
    """Put a new file in the place of another one, once it is complete and on disk."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as sink:
            sink.write(content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExperimentUnwritableError(path=str(file), reason=reason) from error


def _neighbours(file: Path) -> list[str]:
    """Experiments beside a missing one whose names are like its."""
    folder = file.parent
    try:
        names = [entry.parent.name for entry in folder.parent.glob(f"*/{FILE_NAME}")]
    except OSError:
        return []
    close = closest(folder.name, names)
    return [] if close is None else [str(folder.with_name(close))]


def findings_behind(
    error: ExperimentFileError, check: Callable[[Experiment], Sequence[Finding]]
) -> ExperimentFileError:
    """The same error with what is wrong besides, as far as that does not follow from it.

    Args:
        error: What is wrong with the text of an experiment.
        check: Finds what is wrong with an experiment that could be read.
    """
    if error.partial is None:
        return error
    nodes = error.partial.nodes
    clear = {name: node for name, node in nodes.items() if len(node.kinds) == 1}
    faulty = {found.node for found in error.findings}
    is_whole = len(clear) == len({path[0] for path in error.partial.lines} - _NOT_NODES)
    more = [
        found
        for found in check(replace(error.partial, nodes=clear))
        # Of a node that has no part of its own any more, others can't be right about it.
        if (found.node not in faulty or found.code in _WHATEVER_ELSE)
        and (is_whole or found.code != "node-unknown")
    ]
    findings = sorted([*error.findings, *more], key=lambda found: found.line or 0)
    return ExperimentFileError(findings, partial=error.partial)
