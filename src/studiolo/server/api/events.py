"""Streams of events: of a run, and of an experiment that a page has open."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, cast

from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool

from studiolo.documents.events import (
    ExperimentEventDocument,
    RunEventDocument,
    recorded_events,
    run_event_document,
)
from studiolo.errors import StudioloError
from studiolo.experiments.errors import ExperimentFileError
from studiolo.runs.experiments.running import RunningExperiment
from studiolo.server.api.errors import INTERNAL, error_document
from studiolo.server.http.event_streams import EventStreamResponse, EventStreams, SentEvent
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.studio.watching import ExperimentState

_LastId = Annotated[str | None, Header(alias="Last-Event-ID")]


def event_routes(studio: Studio, streams: EventStreams) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["events"])

    @routes.get(
        "/runs/{run}/events",
        response_class=EventStreamResponse,
        responses={200: {"model": RunEventDocument}},
    )
    async def follow_run(run: str, last_event_id: _LastId = None) -> EventStreamResponse:
        """The events of a run, as server-sent events.

        After a lost connection the browser names the last event that it had, and gets the rest. A
        run that another process carries is told by the states of its nodes, as it was at this
        moment. Without news, an event `heartbeat` comes every 15 seconds.
        """
        handle = studio.runs.find(run)
        if handle is not None:
            after = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
            return streams.answer(handle.listen, _RunNews(handle, after).news)
        seen = await run_in_threadpool(studio.workspace.runs.look, run)
        events = [SentEvent(name=name, data=dict(data)) for name, data in recorded_events(seen.run)]
        return streams.answer(lambda _: lambda: None, lambda: (events, True))

    @routes.get(
        "/experiments/{name}/events",
        response_class=EventStreamResponse,
        responses={200: {"model": ExperimentEventDocument}},
    )
    async def follow_experiment(name: str) -> EventStreamResponse:
        """The events of an experiment, as server-sent events, from its present state on.

        Without news, an event `heartbeat` comes every 15 seconds.
        """
        # While its file can't be read, a page waits for the time when it can be again.
        with suppress(ExperimentFileError):
            await run_in_threadpool(
                studio.workspace.experiment, studio.workspace.experiment_folder(name)
            )
        news = _ExperimentNews(lambda: studio.watched.state(name))
        return streams.answer(lambda ring: studio.watched.follow(name, ring), news.news)

    return routes


class _RunNews:
    """The events of a run that a stream has not sent yet."""

    def __init__(self, handle: RunningExperiment, after: int) -> None:
        self._handle = handle
        self._after = after

    def news(self) -> tuple[list[SentEvent], bool]:
        found, over = self._handle.so_far(self._after)
        events = []
        for number, event in found:
            name, data = run_event_document(event)
            events.append(SentEvent(name=name, data=cast("dict[str, object]", data), id=number))
            self._after = number
        if over and (broken := self._broken_off()) is not None:
            events.append(broken)
        return events, over

    def _broken_off(self) -> SentEvent | None:
        """Why the run could not be begun or go on; None if it has simply ended."""
        try:
            self._handle.wait(0)
        except StudioloError as error:
            found = error_document(error)
        except Exception:  # noqa: BLE001  # of a thread of ours, whose log has it
            found = INTERNAL
        else:
            return None
        data = {"code": found["code"], "message": found["message"], "facts": found["facts"]}
        return SentEvent(name="run_broken_off", data=data)


class _ExperimentNews:
    """The changes of an experiment that a stream has not sent yet."""

    def __init__(self, state: Callable[[], ExperimentState]) -> None:
        self._state = state
        self._sent: ExperimentState | None = None

    def news(self) -> tuple[list[SentEvent], bool]:
        now, before = self._state(), self._sent
        self._sent = now
        events = []
        files = {"revision": now.revision, "layout": now.layout, "scripts": now.scripts}
        if before is None or any(files[part] != getattr(before, part) for part in files):
            events.append(SentEvent(name="changed", data=files))
        if before is None or now.pages != before.pages:
            events.append(SentEvent(name="people", data={"pages": now.pages}))
        if now.run is not None and (before is None or now.run != before.run):
            run = {"run": now.run.id, "status": now.run.status, "seconds": now.run.seconds}
            events.append(SentEvent(name="run", data=run))
        return events, False
