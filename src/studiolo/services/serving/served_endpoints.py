"""The endpoints that are served, as the records have them.

Publishing, traffic, a rollback and new keys may come from any process. They are seen here within a
second, and followed without a request being lost: see `LiveEndpoint`.
"""

import logging
import os
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from studiolo.errors import StudioloError
from studiolo.services.serving.live_endpoint import LiveEndpoint, VersionKey
from studiolo.services.serving.loaded_version import LoadedVersion, Scorer
from studiolo.store.identity import EndpointId
from studiolo.store.services.service_record import (
    DEFAULT_ENDPOINT,
    ServedEndpoint,
    ServiceVersion,
)

_LOG = logging.getLogger(__name__)
#: Seconds between two looks at the records.
_PAUSE = 1.0
#: Versions that are loaded at the same time. Loading takes a processor each, and so does the start
#: of the server, so that where there are two the first version is loaded alone.
_LOADERS = 2
#: Seconds to wait for a version that is being loaded when nothing is served any more.
_LAST = 15.0

#: Makes the handler of a version for an endpoint.
MakeScorer = Callable[[ServedEndpoint, ServiceVersion], Scorer]


class ServedEndpoints:
    """Loads what the records name, and follows them. For any number of threads; close it.

    The first look at the records is the constructor's; versions are loaded beside the caller.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[ServedEndpoint]],
        make: MakeScorer,
        *,
        draw: Callable[[], float] = random.random,
        pause: float = _PAUSE,
    ) -> None:
        """Begin to load and to follow.

        Args:
            read: The endpoints to serve, as they are recorded now.
            make: Makes handlers; called in threads.
            draw: See `LiveEndpoint`.
            pause: Seconds between two looks at the records.

        Raises:
            StoreError: The records can't be read.
        """
        self._read = read
        self._make = make
        self._draw = draw
        self._pause = pause
        self._lock = threading.Lock()
        self._live: dict[EndpointId, LiveEndpoint] = {}
        self._by_name: dict[tuple[str, str], LiveEndpoint] = {}
        self._work: deque[tuple[LiveEndpoint, VersionKey]] = deque()
        self._there_is_work = threading.Condition()
        #: How many may be loaded at the same time, and how many are.
        self._most = min(_LOADERS, max(1, len(os.sched_getaffinity(0)) - 1))
        self._loading = 0
        self._closing = threading.Event()
        self.refresh()
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for target, name in [(self._follow, "records"), *[(self._load, "loader")] * _LOADERS]
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def all(self) -> Sequence[LiveEndpoint]:
        """All of them."""
        return list(self._live.values())

    def by_id(self, endpoint: str) -> LiveEndpoint | None:
        """The endpoint of that id."""
        return self._live.get(EndpointId(endpoint))

    def by_name(self, service: str, endpoint: str = DEFAULT_ENDPOINT) -> LiveEndpoint | None:
        """The endpoint of that name of the service of that name."""
        return self._by_name.get((service, endpoint))

    def hurry(self, endpoint: LiveEndpoint) -> None:
        """Load this endpoint's versions before others: a request waits for it."""
        with self._there_is_work:
            if not any(work[0] is endpoint for work in self._work):
                return
            # What is being loaded now takes as long as it takes.
            self._most = _LOADERS
            self._there_is_work.notify_all()
            first = [work for work in self._work if work[0] is endpoint]
            rest = [work for work in self._work if work[0] is not endpoint]
            self._work = deque(first + rest)

    def refresh(self) -> None:
        """Follow the records now.

        Raises:
            StoreError: They can't be read; everything goes on as it was.
        """
        records = self._read()
        with self._lock:
            live = {record.endpoint.id: self._live_for(record) for record in records}
            gone = [endpoint for key, endpoint in self._live.items() if key not in live]
            self._live = live
            self._by_name = {
                (endpoint.record.service.name, endpoint.record.endpoint.name): endpoint
                for endpoint in live.values()
            }
            for record in records:
                endpoint = live[record.endpoint.id]
                self._add_work([(endpoint, key) for key in endpoint.follow(record)])
        for endpoint in gone:
            endpoint.close()

    def close(self) -> None:
        """Close all handlers; requests that they are still answering come to their end."""
        self._closing.set()
        with self._there_is_work:
            self._work.clear()
            self._there_is_work.notify_all()
        for thread in self._threads:
            # An environment may be being built; what is loaded after this is closed at once.
            thread.join(_LAST)
        for endpoint in self.all():
            endpoint.close()

    def _live_for(self, record: ServedEndpoint) -> LiveEndpoint:
        there = self._live.get(record.endpoint.id)
        return LiveEndpoint(record, self._draw) if there is None else there

    def _add_work(self, work: Sequence[tuple[LiveEndpoint, VersionKey]]) -> None:
        if work:
            with self._there_is_work:
                self._work.extend(work)
                self._there_is_work.notify_all()

    def _follow(self) -> None:
        """A thread that looks at the records again and again."""
        failing = False
        while not self._closing.wait(self._pause):
            try:
                self.refresh()
            except StudioloError as error:
                # What is served goes on being served; one line reports this, not one a second.
                if not failing:
                    _LOG.error("The records can't be read: %s", error)
                failing = True
            else:
                failing = False

    def _load(self) -> None:
        """A thread that loads one version after another."""
        while True:
            with self._there_is_work:
                while not self._closing.is_set() and not (
                    self._work and self._loading < self._most
                ):
                    self._there_is_work.wait()
                if self._closing.is_set():
                    return
                endpoint, key = self._work.popleft()
                self._loading += 1
            self._load_one(endpoint, key)
            with self._there_is_work:
                self._loading -= 1
                self._most = _LOADERS
                self._there_is_work.notify_all()

    def _load_one(self, endpoint: LiveEndpoint, key: VersionKey) -> None:
        record = endpoint.record
        name = f'"{record.service.name}" at the endpoint "{record.endpoint.name}"'
        version = record.versions.get(key.number)
        if version is None:  # its traffic went elsewhere while it waited
            endpoint.not_loaded(key, None)
            return
        try:
            handler = self._make(record, version)
            try:
                handler.wait_until_ready()
            except BaseException:
                handler.close()
                raise
        except Exception as error:  # noqa: BLE001  # a thread of ours must not end with one version
            known = isinstance(error, StudioloError)
            _LOG.error(
                "Version v%d of %s can't be loaded: %s",
                key.number,
                name,
                error,
                exc_info=None if known else error,
            )
            endpoint.not_loaded(key, str(error))
        else:
            _LOG.info("Version v%d of %s is loaded.", key.number, name)
            figures = endpoint.figures_of(key.number)
            endpoint.loaded(key, LoadedVersion(key.number, handler, figures))
