"""Experiments that pages have open, watched for changes of their files and for new runs."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from studiolo.environments.named.named_environments import DEFINITION, LOCK
from studiolo.errors import StudioloError
from studiolo.experiments.file import FILE_NAME
from studiolo.experiments.layout import FILE_NAME as LAYOUT_FILE
from studiolo.experiments.revision import UNSAVED, revision_at
from studiolo.store.run_record import RunRecord
from studiolo.workspace.experiments.experiment_folders import EXPERIMENTS
from studiolo.workspace.folder.root import MODULES
from studiolo.workspace.studio.live_runs import LiveRuns
from studiolo.workspace.workspace import Workspace

#: Seconds between two looks at the files, and looks between two at the records of runs, which
#: other processes may have begun.
_PAUSE: Final = 0.5
_LOOKS: Final = 6


@dataclass(frozen=True, kw_only=True)
class NewestRun:
    """The run of an experiment that was begun last."""

    id: str
    status: str
    #: How long it took; None while it runs.
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class ExperimentState:
    """The state of an experiment at one moment, as far as it can change."""

    #: None if its file is gone.
    revision: str | None = None
    layout: str = ""
    #: Changes with the scripts, and with the modules and the environments of the workspace.
    scripts: str = ""
    run: NewestRun | None = None
    pages: int = 0


@dataclass(kw_only=True)
class _Watched:
    folder: Path
    state: ExperimentState
    #: Time and size of its file, when its revision was found.
    stamp: str = ""
    listeners: list[Callable[[], None]] = field(default_factory=list)


class WatchedExperiments:
    """The experiments that pages have open. A thread looks at their files while there are any.

    Looking costs a listing of each folder. For any number of threads.
    """

    def __init__(self, workspace: Workspace, runs: LiveRuns) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        runs.listen(self._wake.set)

    def follow(self, name: str, act: Callable[[], None]) -> Callable[[], None]:
        """Call ``act`` whenever the state of an experiment changes; what returns ends that."""
        folder = self._workspace.experiment_folder(name)
        with self._lock:
            watched = self._watched.get(name)
            if watched is None:
                watched = _Watched(folder=folder, state=ExperimentState())
                self._look(watched)
                self._watched[name] = watched
            watched.listeners.append(act)
            self._count(watched)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        # It finds the newest run.
        self._wake.set()

        def leave() -> None:
            with self._lock:
                watched.listeners.remove(act)
                self._count(watched)
                if not watched.listeners:
                    self._watched.pop(name, None)

        return leave

    def state(self, name: str) -> ExperimentState:
        """The state of an experiment that is followed, as it was last seen."""
        with self._lock:
            watched = self._watched.get(name)
            return ExperimentState() if watched is None else watched.state

    def _count(self, watched: _Watched) -> None:
        self._change(watched, pages=len(watched.listeners))

    def _run(self) -> None:
        looks = 0
        while True:
            woken = self._wake.wait(_PAUSE)
            self._wake.clear()
            looks += 1
            with self._lock:
                if not self._watched:
                    self._thread = None
                    return
                watched = dict(self._watched)
            with_runs = woken or looks % _LOOKS == 0
            runs = self._newest_runs() if with_runs else {}
            for name, one in watched.items():
                with self._lock, suppress(OSError):
                    self._look(one)
                    if f"{EXPERIMENTS}/{name}" in runs:
                        self._change(one, run=runs[f"{EXPERIMENTS}/{name}"])

    def _newest_runs(self) -> dict[str, NewestRun]:
        newest: dict[str, NewestRun] = {}
        # The next look may be luckier.
        with suppress(StudioloError):
            for run in self._workspace.runs.newest(limit=50):
                newest.setdefault(run.experiment, _newest(run))
        return newest

    def _look(self, watched: _Watched) -> None:
        stamps = _stamps(watched.folder, ".py", ".yaml", ".json", ".lock")
        stamp = stamps.pop(FILE_NAME, "")
        revision = watched.state.revision
        if stamp != watched.stamp:
            found = revision_at(watched.folder / FILE_NAME)
            revision = None if found == UNSAVED else found
            watched.stamp = stamp
        layout = stamps.pop(LAYOUT_FILE, "")
        stamps |= self._stamps_of_workspace()
        scripts = ",".join(f"{name}:{stamps[name]}" for name in sorted(stamps))
        self._change(watched, revision=revision, layout=layout, scripts=_short(scripts))

    def _stamps_of_workspace(self) -> dict[str, str]:
        """Its modules, what its environments ask for, and when one was last built."""
        named = self._workspace.environments.named
        stamps: dict[str, str] = {}
        folders = (self._workspace.root / MODULES, (".py",)), (named.folder, (DEFINITION, LOCK))
        for folder, suffixes in folders:
            found = {} if folder is None else _stamps(folder, *suffixes)
            stamps |= {f"{folder}/{name}": stamp for name, stamp in found.items()}
        with suppress(FileNotFoundError):
            stamps[str(named.home)] = str(named.home.stat().st_mtime_ns)
        return stamps

    def _change(self, watched: _Watched, **parts: Any) -> None:
        state = replace(watched.state, **parts)
        if state != watched.state:
            watched.state = state
            for act in watched.listeners:
                act()


def _newest(run: RunRecord) -> NewestRun:
    took = None if run.ended_at is None else run.ended_at - run.started_at
    seconds = None if took is None else took.total_seconds()
    return NewestRun(id=run.id, status=run.status.value, seconds=seconds)


def _stamps(folder: Path, *suffixes: str) -> dict[str, str]:
    """Time and size of the files of a folder with these suffixes, by name."""
    stamps: dict[str, str] = {}
    with suppress(FileNotFoundError):
        for entry in folder.iterdir():
            if entry.suffix in suffixes:
                status = entry.stat()
                stamps[entry.name] = f"{status.st_mtime_ns}-{status.st_size}"
    return stamps


def _short(stamps: str) -> str:
    return f"{hash(stamps) & 0xFFFFFFFFFFFF:x}"
