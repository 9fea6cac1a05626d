"""Files of the workspace that modules ask the host to write, since they can't themselves."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from studiolo.datasets.errors import DatasetFileUnwritableError
from studiolo.datasets.reading.files import format_of, write_dataset
from studiolo.files.inside import leads_out, stays_inside
from studiolo.modules.definition import PortName
from studiolo.runs.errors import ExportExistsError, ExportPathError
from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.job import Connected, Failure
from studiolo.sandbox.exchange.sealed_table import SealedTable

_OVERWRITE = "Overwrite"


class DatasetFileWriter:
    """Writes datasets into a workspace's `datasets` folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def refusal(self, step: Step) -> Failure | None:
        """Why what the step asks for can't be written, to be known before it runs."""
        for _, path, overwrite in self._asked(step):
            if not overwrite and _is_there(path):
                error = ExportExistsError(file=path.name)
                return Failure(
                    code=error.code,
                    classic_number=error.classic_number,
                    message=str(error),
                    facts=error.facts(),
                )
        return None

    def export(self, step: Step, inputs: Mapping[PortName, Connected]) -> None:
        """Write what the step asks for, whole or not at all.

        Raises:
            DatasetError: The format can't hold the dataset, or the file can't be written.
        """
        for port, path, _ in self._asked(step):
            connected = inputs.get(port)
            if isinstance(connected, SealedTable):
                _make_folder(path.parent, file=path)
                write_dataset(connected.dataset, path)

    def _asked(self, step: Step) -> list[tuple[PortName, Path, bool]]:
        """The port, the file, and whether it may replace another."""
        assert step.definition is not None
        asked = []
        for port, export in step.definition.exports.items():
            name = str(step.parameters.get(export.file) or "")
            if not name:
                continue
            mode = None if export.mode is None else step.parameters.get(export.mode)
            asked.append((port, self._path(name), export.mode is None or mode == _OVERWRITE))
        return asked

    def _path(self, name: str) -> Path:
        """A file below the folder, whatever the name says."""
        if not stays_inside(name) or not name.isprintable():
            raise ExportPathError(file=name)
        format_of(name)
        path = self._folder / name
        if leads_out(path, self._folder):
            raise ExportPathError(file=name, linked=True)
        return path


def _is_there(path: Path) -> bool:
    # What can't even be asked for, such as a name that is too long, can't be written either.
    with suppress(OSError):
        return path.exists()
    return False


def _make_folder(folder: Path, *, file: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetFileUnwritableError(file=str(file), reason=reason) from error
