"""The inputs of a run, as the values that its `azureml_main` gets."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from studiolo_guest import wire
from studiolo_guest.failure import MismatchError
from studiolo_guest.frames.opening import InputFrame, open_frame
from studiolo_guest.request import Request

#: Where a frame keeps the roles of its columns, by column name: "label", "score" or "weight".
ROLES: Final = "roles"


class Inputs:
    """The opened inputs of a run."""

    def __init__(
        self, request: Request, files: Sequence[int], *, log: Callable[[str], None]
    ) -> None:
        """Open the files, of which each input has as many as its entry in the request says.

        ``log`` is told what of a frame a person might not expect.
        """
        self._nullable = request.nullable
        self._log = log
        #: Datasets in the order in which the host counts them.
        self.frames: list[InputFrame] = []
        #: By port.
        self.connected: dict[str, Any] = {}
        #: By parameter.
        self.parameters: dict[str, pd.DataFrame] = {}
        rest = list(files)
        for entry in request.inputs:
            own, rest = rest[: entry["files"]], rest[entry["files"] :]
            value = self._opened(entry, own)
            if "port" in entry:
                self.connected[entry["port"]] = value
            else:
                self.parameters[entry["parameter"]] = value

    def _opened(self, entry: Mapping[str, Any], files: Sequence[int]) -> Any:
        if entry["kind"] == "dataset":
            opened = open_frame(files, entry["places"], nullable=self._nullable, log=self._log)
            if entry["roles"]:
                opened.frame.attrs[ROLES] = dict(entry["roles"])
            self.frames.append(opened)
            return opened.frame
        content = wire.read_all(files[0])
        if entry["kind"] == "zip":
            return _zip(content)
        return _object(content, str(entry.get("port")))


def _zip(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise MismatchError("bundle-unreadable", f"The zip can't be opened: {error}.") from error


def _object(content: bytes, port: str) -> Any:
    """A model or a transform; what it was pickled from may be missing in this environment."""
    import cloudpickle  # noqa: PLC0415  # a third of the time of a small run that needs none

    try:
        return cloudpickle.loads(content)
    except Exception as error:
        raise MismatchError(
            "object-unreadable",
            f"What is connected to {port} can't be opened here: {type(error).__name__}: {error}. "
            "The module that made it and this one need the same packages.",
        ) from error
