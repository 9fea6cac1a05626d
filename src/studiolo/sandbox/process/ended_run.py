"""The leavings of a run: its results, its console, its pictures."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from studiolo.datasets.reading.stream_messages import StreamError
from studiolo.sandbox.exchange.console import KeptText
from studiolo.sandbox.exchange.images import collect_images
from studiolo.sandbox.exchange.job import Failure, Image, PythonDevice
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.ending import Returned, failure_of_exit, returned
from studiolo.sandbox.process.run_files import RunFiles
from studiolo.sandbox.process.supervision import End, Watch
from studiolo.sandbox.process.workers import Worker
from studiolo.sandbox.process.zygote import Zygote

#: For a result's file to be made final, once it can't be written to any more.
_SEALING_SECONDS = 5.0
#: For processes that have been killed to be gone.
_GONE_SECONDS = 10.0
_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class EndedRun:
    """A run whose process has answered or was ended, and which has still to be looked through."""

    zygote: Zygote
    #: Why the wait for it is over, and what the process said.
    end: End
    answer: bytes
    worker: Worker
    files: RunFiles
    limits: Limits
    watch: Watch
    #: The name of its working directory.
    folder: str
    #: The steps of a program, which have a folder each below that one; None for a job.
    steps: int | None

    def collect(self, failed: Failure | None) -> tuple[Returned, list[PythonDevice], list[str]]:
        """The results, what each step printed and drew, and a line on each thing left out.

        Raises:
            OverError: the time is over, or the run was cancelled. What has ``failed`` for that is
                shown as far as it came: how much is looked at is limited.
        """
        if failed is None:
            result = self._result()
        else:
            result = Returned(failure=failed, results={}, report=None)
        self.files.console.drain()
        parts = list(self.files.console.parts)
        if result.failure is None:
            # A script can have kept the others from writing to the console.
            parts += [KeptText(0)] * ((self.steps or 1) - len(parts))
        devices, left_out = self._devices(parts, self.watch.go_on if failed is None else _nothing)
        cut = [note for part in parts if (note := part.note)]
        return result, devices, [*cut, *left_out]

    def _result(self) -> Returned:
        if self.end is End.GONE:
            failure = failure_of_exit(self.zygote.exit_of(self.worker.child.name), self.limits)
            return Returned(failure=failure, results={}, report=None)
        return returned(self.files, self.answer, self.limits, self._make_final, self.watch.go_on)

    def _make_final(self, file: MemoryFile) -> None:
        if file.seal():
            return
        self.worker.end()
        # The script keeps it mapped for writing, which it can't once its processes are gone; or
        # it has put its pages into a pipe or socket whose other end the host has.
        self.zygote.exit_of(self.worker.child.name, _GONE_SECONDS)
        self.files.console.drain()
        self.worker.child.link.close()
        give_up = time.perf_counter() + _SEALING_SECONDS
        while not file.seal():
            self.watch.go_on()
            if time.perf_counter() >= give_up:
                raise StreamError("something still uses its file, which can't be made final")

    def _devices(
        self, parts: Sequence[KeptText], go_on: Callable[[], None]
    ) -> tuple[list[PythonDevice], list[str]]:
        if not self.worker.ended:
            # It has emptied its folder, and what is in there could still change.
            return [_device_of(part, []) for part in parts], []
        devices = []
        left_out: list[str] = []
        rest = self.limits
        for number, part in enumerate(parts):
            folder = f"{self.folder}/{number}" if self.steps else self.folder
            images, notes = self._images(folder, rest, go_on)
            devices.append(_device_of(part, images))
            left_out += notes
            size = sum(len(image.content) for image in images)
            rest = replace(
                rest, images=rest.images - len(images), image_bytes=rest.image_bytes - size
            )
        return devices, left_out

    def _images(
        self, folder: str, limits: Limits, go_on: Callable[[], None]
    ) -> tuple[list[Image], list[str]]:
        try:
            opened = os.open(folder, _OPEN_DIRECTORY, dir_fd=self.worker.child.directory)
        except OSError:
            # A step that failed before it began has none.
            removed = "The script removed its working directory, and its images with it."
            return [], [] if self.steps else [removed]
        try:
            return collect_images(opened, limits, go_on)
        finally:
            os.close(opened)


def _device_of(part: KeptText, images: Sequence[Image]) -> PythonDevice:
    return PythonDevice(console=part.text, console_dropped=part.dropped, images=images)


def _nothing() -> None:
    """Continue, whatever happens."""
