"""The body with which classic clients submit a batch job."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from studiolo.datasets.formats import EXTENSIONS, format_of_name
from studiolo.server.http.refused import refuse
from studiolo.services.schema import MODEL_EXTENSION, ServiceSchema
from studiolo.workspace.jobs.job_files import JobFiles, StoredFile, is_file_name
from studiolo.workspace.jobs.job_request import AzureBlob, Place

_FILES = "files"


class JobBody:
    """A submitted job; each part is checked as it is asked for."""

    def __init__(self, body: bytes, schema: ServiceSchema, files: JobFiles, *, host: str) -> None:
        """Read a body.

        Args:
            body: The bytes.
            schema: What the version takes and gives.
            files: The server's own files.
            host: The server's own name and port, as the caller has them.

        Raises:
            RefusedError: It is not an object of JSON.
        """
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise refuse("RequestBodyInvalid", sentence="The body is not JSON.") from error
        if not isinstance(document, dict):
            raise refuse("RequestBodyInvalid", sentence="The body is not an object.")
        self._document: Mapping[str, Any] = document
        self._schema = schema
        self._places = Places(files, host=host)

    def inputs(self) -> Mapping[str, Place]:
        """Where the inputs are, by their names.

        Raises:
            RefusedError: One is missing, unknown, or not a place.
        """
        given = self._given("Input", "Inputs", list(self._schema.inputs))
        names = ", ".join(self._schema.inputs)
        unknown = [name for name in given if name not in self._schema.inputs]
        if unknown and not self._schema.inputs:
            raise refuse("BatchJobInputsTooManySpecified", names)
        if unknown:
            raise refuse("InvalidInputNames", unknown[0][:80], sentence=f"The inputs are {names}.")
        missing = [name for name in self._schema.inputs if name not in given]
        if missing:
            raise refuse("BatchJobInputsNotSpecified", ", ".join(missing))
        ends = list(EXTENSIONS)
        return {name: self._places.place(name, blob, ends) for name, blob in given.items()}

    def outputs(self) -> Mapping[str, Place]:
        """Where outputs are to go, by their names.

        Raises:
            RefusedError: One is unknown, or not a place.
        """
        names = [*self._schema.outputs, *self._schema.models]
        given = self._given("Output", "Outputs", names)
        for name, blob in given.items():
            if name not in names:
                raise refuse("InvalidOutputOverrideName", name[:80])
            if not blob:
                raise refuse("MissingOutputOverrideSpecification", name)
        return {name: self._output(name, blob) for name, blob in given.items()}

    def _output(self, name: str, blob: object) -> Place:
        ends = [MODEL_EXTENSION] if name in self._schema.models else list(EXTENSIONS)
        return _new_file(blob, ends) or self._places.place(name, blob, ends)

    def parameters(self) -> Mapping[str, object]:
        """Values of web-service parameters.

        Raises:
            RefusedError: They are not an object.
        """
        given = self._document.get("GlobalParameters") or {}
        if not isinstance(given, dict):
            raise refuse("RequestBodyInvalid", sentence='"GlobalParameters" is not an object.')
        return given

    def _given(self, one: str, several: str, names: Sequence[str]) -> Mapping[str, Any]:
        single, named = self._document.get(one), self._document.get(several)
        if single and named:
            raise refuse("DuplicateInputInBatchCall")
        if single:
            return {names[0] if names else one: single}
        if not isinstance(named or {}, dict):
            raise refuse("RequestBodyInvalid", sentence=f'"{several}" is not an object.')
        return named or {}


class Places:
    """Reads where classic clients say that files are."""

    def __init__(self, files: JobFiles, *, host: str) -> None:
        """``files`` are the server's own; ``host`` is its name and port, as the caller has them."""
        self._files = files
        self._host = host

    def place(self, name: str, blob: object, ends: Sequence[str]) -> Place:
        """The place of a file, whose name has one of these extensions.

        Raises:
            RefusedError: It is not a place.
        """
        if not isinstance(blob, dict) or not blob:
            raise refuse("MissingInputBlobInformation")
        parts = {
            key: blob.get(key) or ""
            for key in ("ConnectionString", "BaseLocation", "RelativeLocation", "SasBlobToken")
        }
        if not all(isinstance(value, str) and len(value) < 4096 for value in parts.values()):
            raise refuse("InvalidBlob", name)
        location = parts["RelativeLocation"].lstrip("/")
        if not location and not parts["BaseLocation"]:
            raise refuse("MissingInputBlobInformation")
        _check_extension(location or parts["BaseLocation"], ends)
        if parts["ConnectionString"]:
            return AzureBlob(address=location, connection_string=parts["ConnectionString"])
        own = self._own(parts["BaseLocation"], location, parts["SasBlobToken"], name)
        if own is not None:
            return own
        base = parts["BaseLocation"]
        address = f"{base.rstrip('/')}/{location}" if location else base
        if not address.startswith(("https://", "http://")) or "?" in address:
            raise refuse("InvalidBlob", name)
        return AzureBlob(address=address, signature=parts["SasBlobToken"])

    def _own(self, base: str, location: str, token: str, name: str) -> StoredFile | None:
        """The file of this server that is meant, if one is."""
        there = base.partition("://")[2].strip("/")
        folder, _, rest = location.partition("/")
        if there != self._host or folder != _FILES:
            return None
        identity, _, called = rest.partition("/")
        file = StoredFile(id=identity, name=called)
        if not self._files.is_good(file, token):
            sentence = "The link is not one of this server's, or it has expired."
            raise refuse("InvalidBlob", name, sentence=sentence)
        return file


def _new_file(blob: object, ends: Sequence[str]) -> StoredFile | None:
    """The file that an output is to be on this server, where only its name is given."""
    if not isinstance(blob, dict) or any(blob.get(k) for k in blob if k != "RelativeLocation"):
        return None
    name = blob.get("RelativeLocation")
    if not isinstance(name, str) or not is_file_name(name):
        return None
    _check_extension(name, ends)
    return StoredFile(id=secrets.token_hex(16), name=name)


def _check_extension(location: str, ends: Sequence[str]) -> None:
    name = location.rpartition("/")[2]
    is_model = name.lower().endswith(MODEL_EXTENSION)
    known = is_model if MODEL_EXTENSION in ends else format_of_name(name) is not None
    if not known:
        raise refuse("InvalidBlobExtension", location[-80:], ", ".join(ends))
