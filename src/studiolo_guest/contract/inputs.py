"""The inputs of a run, as the values that its `azureml_main` gets."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

import pandas as pd

from studiolo_guest import wire
from studiolo_guest.contract.failure import MismatchError
from studiolo_guest.contract.request import Request
from studiolo_guest.frames.columns_in import Memory
from studiolo_guest.frames.opening import InputFrame, map_file, open_memories

#: Has the name of the port that an input is connected to, as "port", or else the name of the
#: parameter that stands for it, as "parameter". A file has its own name, too, as "name".
Target = Mapping[str, Any]

#: Where a frame keeps the roles of its columns, by column name: "label", "score" or "weight".
ROLES: Final = "roles"


class Inputs:
    """The opened inputs of a script or module."""

    def __init__(self, *, nullable: bool, log: Callable[[str], None]) -> None:
        """Open nothing yet. ``log`` is told what of a frame a person might not expect."""
        self._nullable = nullable
        self._log = log
        #: Datasets in the order in which they were opened, which is that of the request.
        self.frames: list[InputFrame] = []
        #: By port.
        self.connected: dict[str, Any] = {}
        #: By parameter.
        self.parameters: dict[str, pd.DataFrame | io.BytesIO] = {}

    @classmethod
    def of(cls, request: Request, files: Sequence[int], *, log: Callable[[str], None]) -> Self:
        """The inputs of a request. Each has as many of the files as its entry in it says."""
        inputs = cls(nullable=request.nullable, log=log)
        rest = list(files)
        for entry in request.inputs:
            own, rest = rest[: entry["files"]], rest[entry["files"] :]
            inputs.open(entry, entry, own)
        return inputs

    def open(self, target: Target, entry: Mapping[str, Any], files: Sequence[int]) -> None:
        """Open what the files hold, as ``entry`` describes it, for a port or parameter."""
        if entry["kind"] == "dataset":
            memories = [map_file(file) for file in files]
            self.open_dataset(target, memories, entry["places"], entry["roles"])
        else:
            self.put(target, opened_bytes(entry["kind"], wire.read_all(files[0]), target))

    def open_dataset(
        self,
        target: Target,
        memories: Sequence[Memory],
        places: Sequence[tuple[int, int, str]] | None,
        roles: Mapping[str, str],
    ) -> None:
        """Open a dataset whose columns are in ``memories`` for a port or parameter."""
        opened = open_memories(memories, places, nullable=self._nullable, log=self._log)
        if roles:
            opened.frame.attrs[ROLES] = dict(roles)
        self.frames.append(opened)
        self.put(target, opened.frame)

    def put(self, target: Target, value: Any) -> None:
        """Have a port or parameter hold this value."""
        if "port" in target:
            self.connected[target["port"]] = value
        else:
            self.parameters[target["parameter"]] = value


def opened_bytes(kind: str, content: bytes, target: Target) -> Any:
    """A file, a zip, or the model or transform that was pickled.

    Raises:
        MismatchError: It can't be opened.
    """
    if kind == "file":
        file = io.BytesIO(content)
        file.name = target["name"]
        return file
    return _zip(content) if kind == "zip" else _object(content, str(target.get("port")))


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
