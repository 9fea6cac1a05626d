"""Files for batch jobs while they arrive: whole, or piece by piece after a lost connection."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, Self, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from studiolo.errors import StudioloError
from studiolo.server.http.body import announced_size, read_body
from studiolo.server.http.refused import RefusedError, plain_error, refuse
from studiolo.workspace.errors import (
    UploadOffsetError,
    UploadTooLargeError,
    UploadUnknownError,
    WorkspaceUnwritableError,
)
from studiolo.workspace.jobs.errors import JobFileError, JobFileNameError
from studiolo.workspace.jobs.job_files import LARGEST, JobFiles, StoredFile
from studiolo.workspace.partial_files import PartialUpload

#: Seconds in which a client has to send the next bytes.
_PATIENCE: Final = 30.0
#: Bytes that are kept together.
_PIECE: Final = 1 << 20
#: Bytes of a name and a size in JSON.
_LONGEST: Final = 4096
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
#: Digits of an offset.
_DIGITS: Final = 15


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file that is sent in pieces."""

    name: str
    #: In bytes.
    size: int

    @classmethod
    async def read(cls, request: Request) -> Self:
        """The file that the body of a request names.

        Raises:
            RefusedError: It does not say a name and a size.
        """
        try:
            match json.loads(await read_body(request, most=_LONGEST)):
                case {"name": str(name), "size": int(size)} if size >= 0:
                    return cls(name=name, size=size)
        except ValueError:
            pass
        sentence = 'Send the name and the bytes of the file: {"name": "rows.csv", "size": 1000}.'
        raise RefusedError(plain_error(400, "BadArgument", "RequestBodyInvalid", sentence))


class ArrivingFiles:
    """Takes what clients send, and says in the classic form why not."""

    def __init__(self, files: JobFiles) -> None:
        self._files = files

    async def whole(self, request: Request, name: str) -> StoredFile:
        """A file that is the body of one request; nothing is left of one that was cut off."""
        size = announced_size(request, most=LARGEST)
        begun = await _done(self._files.begin, name, size if size < LARGEST else 0)
        try:
            end = await self._append(request, begun.id, 0)
            return await _done(self._files.finish, begun.id, name, end.offset)
        except BaseException:
            await run_in_threadpool(self._files.incoming.discard, begun.id)
            raise

    async def begin(self, new: NewFile) -> dict[str, object]:
        """Begin a file."""
        return _document(await _done(self._files.begin, new.name, new.size))

    async def find(self, upload: str) -> dict[str, object]:
        """How far it is."""
        return _document(await _done(self._files.incoming.find, upload))

    async def append(self, request: Request, upload: str) -> dict[str, object]:
        """Add the body of a request, which begins at the offset in its address."""
        announced_size(request, most=LARGEST)
        offset = request.query_params.get("offset", "")
        if not offset.isdecimal() or not offset.isascii() or len(offset) > _DIGITS:
            sentence = "Say where the bytes begin: ?offset=0 for a file that nothing was sent of."
            raise RefusedError(plain_error(400, "BadArgument", "InvalidQueryParameter", sentence))
        return _document(await self._append(request, upload, int(offset)))

    async def finish(self, upload: str, new: NewFile) -> StoredFile:
        """End a file of which all has arrived."""
        return await _done(self._files.finish, upload, new.name, new.size)

    async def _append(self, request: Request, upload: str, offset: int) -> PartialUpload:
        """Add the body piece by piece; what has arrived is kept, however it ends."""
        waiting = bytearray()
        stream = request.stream()
        incoming = self._files.incoming
        found = await _done(incoming.add, upload, offset, b"")
        try:
            while True:
                async with asyncio.timeout(_PATIENCE):
                    piece = await anext(stream, None)
                if piece is None:
                    break
                waiting += piece
                if len(waiting) >= _PIECE:
                    found = await _done(incoming.add, upload, found.offset, bytes(waiting))
                    waiting.clear()
        except TimeoutError as error:
            await _done(incoming.add, upload, found.offset, bytes(waiting))
            sentence = "The rest of the file did not arrive in time."
            raise refuse("ScoreRequestTimeout", sentence=sentence) from error
        except ClientDisconnect:
            await _done(incoming.add, upload, found.offset, bytes(waiting))
            raise
        return await _done(incoming.add, upload, found.offset, bytes(waiting))


async def _done(
    act: Callable[_Given, _Result], *given: _Given.args, **named: _Given.kwargs
) -> _Result:
    try:
        return await run_in_threadpool(act, *given, **named)
    except (
        JobFileError,
        UploadOffsetError,
        UploadTooLargeError,
        UploadUnknownError,
        WorkspaceUnwritableError,
    ) as error:
        raise RefusedError(plain_error(*_refusal(error), str(error))) from error


def _refusal(error: StudioloError) -> tuple[int, str, str]:
    """The status, the class of errors and the code of a file that is not taken."""
    match error:
        case JobFileNameError():
            return 400, "BadArgument", "FileName"
        case UploadUnknownError():
            return 404, "NotFound", "UploadNotFound"
        case UploadOffsetError():
            return 409, "Conflict", "UploadOffset"
        case UploadTooLargeError():
            return 413, "BadArgument", "RequestTooLarge"
    return 507, "InternalError", "FileNotKept"


def _document(upload: PartialUpload) -> dict[str, Any]:
    return {"id": upload.id, "offset": upload.offset}
