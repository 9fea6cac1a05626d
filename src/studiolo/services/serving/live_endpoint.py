"""An endpoint while it is served: its record, its slots, and the versions that answer."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import NamedTuple

from studiolo.services.serving.errors import EndpointBrokenError, EndpointLoadingError
from studiolo.services.serving.figures import Figures
from studiolo.services.serving.loaded_version import LoadedVersion
from studiolo.services.serving.slots import Slots
from studiolo.store.services.service_record import ServedEndpoint, ServiceIsolation

#: Seconds until a version that could not be loaded is tried again.
_RETRY = 60.0


class VersionKey(NamedTuple):
    """The purpose of a handler; where any of it changes, another one is needed."""

    number: int
    isolation: ServiceIsolation
    #: The time limit of a request.
    seconds: float


class LiveEndpoint:
    """Answers with the versions that its record names, as soon as all of these are loaded.

    Until then, and where one of them can't be loaded, those go on that answered before. For any
    number of threads.
    """

    def __init__(self, record: ServedEndpoint, draw: Callable[[], float]) -> None:
        """``draw`` gives a number from 0 to 1 for each request, which chooses its version."""
        limits = record.endpoint.limits
        self.slots = Slots(concurrent=limits.concurrent_calls, queued=limits.queued_calls)
        self._record = record
        self._draw = draw
        self._lock = threading.Lock()
        self._loading: set[VersionKey] = set()
        self._loaded: dict[VersionKey, LoadedVersion] = {}
        self._failed: dict[VersionKey, tuple[str, float]] = {}
        #: Versions that answer, and the sum of their weights up to each.
        self._answering: list[tuple[int, LoadedVersion]] = []
        self._change: Future[None] = Future()
        self._figures: dict[int, Figures] = {}
        self._closed = False

    @property
    def record(self) -> ServedEndpoint:
        """The record of the endpoint; keys and limits hold as soon as they are seen here."""
        return self._record

    @property
    def figures(self) -> Mapping[int, Figures]:
        """The figures of each version that was loaded, by number."""
        with self._lock:
            return dict(self._figures)

    @property
    def answering(self) -> Sequence[int]:
        """The versions that answer."""
        with self._lock:
            return [version.number for _, version in self._answering]

    @property
    def loading(self) -> bool:
        """Whether a version is being loaded, or is to be."""
        return bool(self._loading)

    @property
    def problems(self) -> Mapping[int, str]:
        """Why versions that its record names could not be loaded, by number."""
        with self._lock:
            return {key.number: problem for key, (problem, _) in self._failed.items()}

    @contextmanager
    def version(self) -> Iterator[LoadedVersion]:
        """A version for one request, chosen by the weights; it stays loaded meanwhile.

        Raises:
            EndpointLoadingError: None is loaded yet.
            EndpointBrokenError: None can be loaded.
        """
        with self._lock:
            chosen = self._chosen()
            chosen.hold()
        try:
            yield chosen
        finally:
            chosen.let_go()

    def change(self) -> Future[None]:
        """Done when a version has been loaded, or could not be, the next time."""
        with self._lock:
            return self._change

    # For `ServedEndpoints`.

    def follow(self, record: ServedEndpoint) -> Sequence[VersionKey]:
        """Take on a record, and what is to be loaded for it now."""
        limits = record.endpoint.limits
        self.slots.resize(concurrent=limits.concurrent_calls, queued=limits.queued_calls)
        with self._lock:
            self._record = record
            needed = self._needed()
            now = time.monotonic()
            self._failed = {key: found for key, found in self._failed.items() if key in needed}
            missing = [
                key
                for key in needed
                if key not in self._loaded
                and key not in self._loading
                and now - self._failed.get(key, ("", -_RETRY))[1] >= _RETRY
            ]
            self._loading.update(missing)
            retired = self._settle()
        _retire(retired)
        return missing

    def figures_of(self, number: int) -> Figures:
        """The figures that a version's handler counts in."""
        with self._lock:
            return self._figures.setdefault(number, Figures())

    def loaded(self, key: VersionKey, version: LoadedVersion) -> None:
        """A version is there."""
        with self._lock:
            self._loading.discard(key)
            self._failed.pop(key, None)
            self._loaded[key] = version
            retired = self._settle()
            change, self._change = self._change, Future()
        _retire(retired)
        change.set_result(None)

    def not_loaded(self, key: VersionKey, problem: str | None) -> None:
        """A version could not be loaded; or was not, for it was not needed any more."""
        with self._lock:
            self._loading.discard(key)
            if problem is not None:
                self._failed[key] = (problem, time.monotonic())
            retired = self._settle()
            change, self._change = self._change, Future()
        _retire(retired)
        change.set_result(None)

    def close(self) -> None:
        """Retire all of its versions."""
        with self._lock:
            self._closed = True
            retired = list(self._loaded.values())
            self._loaded, self._answering = {}, []
        _retire(retired)

    def _needed(self) -> Mapping[VersionKey, int]:
        """The handlers that the record asks for, with their weights."""
        endpoint, weights = self._record.endpoint, self._record.traffic.weights
        return {
            VersionKey(number, endpoint.isolation, endpoint.limits.seconds): weight
            for number, weight in weights.items()
            if weight and number in self._record.versions
        }

    def _settle(self) -> list[LoadedVersion]:
        """Let the versions answer that should, if they can; those that are not needed any more."""
        if self._closed:
            retired, self._loaded = list(self._loaded.values()), {}
            return retired
        needed = self._needed()
        there = {key: weight for key, weight in needed.items() if key in self._loaded}
        if there and (len(there) == len(needed) or not self._answering):
            total = 0
            self._answering = []
            for key, weight in there.items():
                total += weight
                self._answering.append((total, self._loaded[key]))
        in_use = {id(version) for _, version in self._answering}
        retired = []
        for key, version in list(self._loaded.items()):
            if key not in needed and id(version) not in in_use:
                retired.append(self._loaded.pop(key))
        return retired

    def _chosen(self) -> LoadedVersion:
        if not self._answering:
            kind = EndpointLoadingError if self._loading else EndpointBrokenError
            raise kind(service=self._record.service.name, endpoint=self._record.endpoint.name)
        drawn = self._draw() * self._answering[-1][0]
        return next(
            (version for bound, version in self._answering if drawn < bound),
            self._answering[-1][1],
        )


def _retire(versions: Sequence[LoadedVersion]) -> None:
    for version in versions:
        version.retire()
