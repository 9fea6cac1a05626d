"""A request waits for its turn, is answered in a thread, and ends when its time is over."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from studiolo.server.codecs.limits import RequestLimits
from studiolo.server.codecs.reply import ReplyError
from studiolo.server.http.body import BodyRoom, announced_size, client_gone, read_body
from studiolo.server.http.classic_errors import (
    ClassicError,
    classic_error,
    error_of_failed,
    error_of_refused,
)
from studiolo.server.http.refused import RefusedError, error_response, plain_error, refuse
from studiolo.server.scoring.exchange import Exchange
from studiolo.server.scoring.failed_requests import FailedRequests
from studiolo.server.scoring.network_note import network_note
from studiolo.services.scoring import RequestRefused, ScoringFailed
from studiolo.services.serving.errors import (
    EndpointBrokenError,
    EndpointBusyError,
    EndpointLoadingError,
    ServiceRestartingError,
)
from studiolo.services.serving.figures import SUCCEEDED, Figures
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.services.serving.served_endpoints import ServedEndpoints

#: More than that many requests are never answered at once; slots are what bounds them as a rule.
_THREADS = 256
#: Seconds after which to try again where something is being loaded, or can't be.
_LOADING, _BROKEN = "2", "30"
#: Seconds that a request waits for its service to be loaded.
_LOADING_SECONDS = 60.0
#: Seconds for which a request is answered without a look at whether its client is still there.
_UNWATCHED_SECONDS = 0.2


@dataclass(kw_only=True)
class _Call:
    """One request to an endpoint, as its thread sees it."""

    endpoint: LiveEndpoint
    exchange: Exchange
    body: bytes
    request_id: str
    memory: int
    failures: FailedRequests
    cancelled: threading.Event = field(default_factory=threading.Event)
    #: What is found out meanwhile, for the access log.
    notes: dict[str, Any]
    figures: Figures | None = None
    #: That of the answer.
    content_type: str = ""

    def answer(self) -> bytes | ClassicError:
        """Read, check, score and write."""
        with self.endpoint.version() as version:
            self.notes["version"] = version.number
            self.figures = version.figures
            limits = self.endpoint.record.endpoint.limits
            most = RequestLimits(size=limits.request_bytes, rows=limits.rows)
            reply = self.exchange.reply(version.validator.schema)
            if isinstance(reply, RequestRefused):
                return error_of_refused(reply)
            request = self.exchange.decode(self.body, version.validator, most)
            # It may be large, and what it was read into is larger.
            self.body = b""
            if isinstance(request, RequestRefused):
                return error_of_refused(request)
            outcome = version.handler.score(request, cancelled=self.cancelled)
            self.notes.update(network_note(outcome.network))
            if isinstance(outcome, ScoringFailed):
                return self._failed(outcome, version.number)
            self.content_type = reply.content_type
            try:
                return reply.encode(outcome, most, output=self.exchange.output)
            except ReplyError as error:
                return classic_error("ReplyNotAcceptable", target="Accept", sentence=str(error))

    def _failed(self, failed: ScoringFailed, version: int) -> ClassicError:
        if not self.cancelled.is_set():
            record = self.endpoint.record
            self.failures.keep(
                failed,
                request_id=self.request_id,
                service=record.service.name,
                endpoint=record.endpoint.name,
                version=version,
            )
        return error_of_failed(failed, memory=self.memory)


class Scoring:
    """Answers requests to endpoints. Close it when done."""

    def __init__(
        self, endpoints: ServedEndpoints, failures: FailedRequests, *, memory: int
    ) -> None:
        """Begin.

        Args:
            endpoints: What is served.
            failures: Where failed requests are kept.
            memory: The bytes of memory that a request may use.
        """
        self._endpoints = endpoints
        self._failures = failures
        self._memory = memory
        self._room = BodyRoom()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="scoring")

    def close(self) -> None:
        """Wait for the requests that are being answered."""
        self._threads.shutdown()

    async def answer(
        self, request: Request, endpoint: LiveEndpoint, exchange: Exchange
    ) -> Response:
        """Answer a request, whose caller has a key.

        Raises:
            RefusedError: There is no room or no time for it, or its body is refused.
            ClientDisconnect: The client has gone.
        """
        record = endpoint.record
        notes = request.state.notes
        notes.update(service=record.service.name, endpoint=record.endpoint.name)
        limits = record.endpoint.limits
        size = announced_size(request, most=limits.request_bytes)
        try:
            endpoint.slots.refuse_if_full()
            with self._room.taken(size):
                call = _Call(
                    endpoint=endpoint,
                    exchange=exchange,
                    body=await read_body(request, most=limits.request_bytes),
                    request_id=request.state.request_id,
                    memory=self._memory,
                    failures=self._failures,
                    notes=notes,
                )
                return await self._counted(request, call)
        except EndpointBusyError as error:
            facts = (record.endpoint.name, limits.concurrent_calls)
            headers = {"Retry-After": str(error.retry_after)}
            raise refuse("RequestThrottled", *facts, headers=headers) from error
        except (EndpointLoadingError, ServiceRestartingError) as error:
            raise _initializing(str(error)) from error
        except EndpointBrokenError as error:
            broken = plain_error(503, "ServiceUnavailable", "VersionNotLoaded", str(error))
            raise RefusedError(broken, {"Retry-After": _BROKEN}) from error

    async def _counted(self, request: Request, call: _Call) -> Response:
        began = time.perf_counter()
        outcome = "UnknownError"
        try:
            answer = await self._in_time(request, call)
            outcome = SUCCEEDED if isinstance(answer, bytes) else answer.details[0].code
        except RefusedError as refused:
            outcome = refused.error.details[0].code
            raise
        except ClientDisconnect:
            outcome = "RequestCanceled"
            raise
        finally:
            if call.figures is not None:
                call.figures.count(outcome, time.perf_counter() - began)
        if isinstance(answer, bytes):
            return Response(answer, media_type=call.content_type)
        call.notes["error"] = outcome
        return error_response(answer)

    async def _in_time(self, request: Request, call: _Call) -> bytes | ClassicError:
        """The answer. Waiting for a slot counts towards the time limit; loading does not."""
        waiting = _Waiting(request)
        try:
            await self._until_loaded(call.endpoint, waiting)
            waiting.begin(call.endpoint.record.endpoint.limits.seconds)
            with call.endpoint.slots.ask() as slot:
                if not slot.granted.done():
                    await waiting.until(asyncio.wrap_future(slot.granted))
                work = asyncio.get_running_loop().run_in_executor(self._threads, call.answer)
                try:
                    await waiting.until(work)
                finally:
                    # Nothing of it goes on when its slot is another request's.
                    call.cancelled.set()
                    if not work.done():
                        await asyncio.wait([work])
                    # Its failure is known, though its caller is gone.
                    if not work.cancelled():
                        work.exception()
                return work.result()
        finally:
            waiting.end()

    async def _until_loaded(self, endpoint: LiveEndpoint, waiting: "_Waiting") -> None:
        waiting.begin(_LOADING_SECONDS)
        while not endpoint.answering and endpoint.loading:
            self._endpoints.hurry(endpoint)
            change = endpoint.change()
            if endpoint.answering or not endpoint.loading:
                return
            try:
                await waiting.until(asyncio.wrap_future(change))
            except RefusedError as refused:
                raise _initializing("The service is still being loaded.") from refused


class _Waiting:
    """Waits for something, as long as the client is there and time is left."""

    def __init__(self, request: Request) -> None:
        self._deadline = 0.0
        self._request = request
        #: Done when the client has gone; None until it is watched.
        self._gone: asyncio.Future[None] | None = None

    def begin(self, seconds: float) -> None:
        """Give it that much time from now on."""
        self._deadline = asyncio.get_running_loop().time() + seconds

    async def until(self, awaited: "asyncio.Future[Any]") -> None:
        """Return when it is done, whatever its outcome.

        Raises:
            ClientDisconnect: The client has gone before.
            RefusedError: The time is over.
        """
        if awaited.done():
            return
        if self._gone is None:
            # Most are answered by then, and need not watch their client.
            await asyncio.wait({awaited}, timeout=min(self._left, _UNWATCHED_SECONDS))
            if awaited.done():
                return
            self._gone = asyncio.ensure_future(client_gone(self._request))
        await asyncio.wait(
            {awaited, self._gone}, timeout=self._left, return_when=asyncio.FIRST_COMPLETED
        )
        if awaited.done():
            return
        if self._gone.done():
            raise ClientDisconnect
        raise refuse("ScoreRequestTimeout")

    @property
    def _left(self) -> float:
        return max(self._deadline - asyncio.get_running_loop().time(), 0)

    def end(self) -> None:
        """Stop watching the client."""
        if self._gone is not None:
            self._gone.cancel()


def _initializing(sentence: str) -> RefusedError:
    error = plain_error(503, "ServiceUnavailable", "InitializingContainers", sentence)
    return RefusedError(error, {"Retry-After": _LOADING})
