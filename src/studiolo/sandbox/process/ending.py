"""From the way a run ended to its outcome."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from studiolo.datasets.reading.stream_messages import StreamError
from studiolo.modules.definition import OutputPort, PortKind
from studiolo.sandbox.exchange.checked_json import ReportError
from studiolo.sandbox.exchange.failures import failure
from studiolo.sandbox.exchange.job import Connected, Failure
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.report import OutputReport, Report
from studiolo.sandbox.exchange.results import ResultTooLargeError, read_object, read_result
from studiolo.sandbox.policy.policy import Limits
from studiolo.sandbox.process.run_files import RunFiles
from studiolo.sandbox.process.supervision import End
from studiolo.sandbox.process.work_directory import DEEPEST
from studiolo.sandbox.process.zygote import Exit

_REASONS = {
    signal.SIGSEGV: "it used memory that is not its own (segmentation fault)",
    signal.SIGABRT: "it aborted itself",
    signal.SIGBUS: "it used a file's memory that is not there (bus error)",
    signal.SIGFPE: "it divided by zero or the like in machine code",
    signal.SIGILL: "it used an instruction that this processor does not have",
}
#: Characters of a process's own account.
_SAID = 1000


@dataclass(frozen=True, kw_only=True)
class Returned:
    """The checked results of a run that ended."""

    failure: Failure | None
    results: dict[str, Connected]
    report: Report | None


def returned(
    files: RunFiles,
    answer: bytes,
    limits: Limits,
    make_final: Callable[[MemoryFile], None],
    go_on: Callable[[], None],
) -> Returned:
    """Check everything that a guest wrote, and what it said when it was done.

    The report is copied before it is looked at; a result is not, so ``make_final`` has to see to
    it that it can't be changed any more. ``go_on`` is called now and then, and raises what is to
    end the work.
    """
    try:
        report, written = files.report(answer)
        if report.failure is not None:
            return Returned(failure=report.failure, results={}, report=report)
        results: dict[str, Connected] = {}
        for port, file, output in _by_port(files.outputs, written, report):
            make_final(file)
            results[port.name] = (
                read_result(file, output, files.inputs, limits, go_on)
                if port.kind is PortKind.DATASET
                else read_object(file, limits)
            )
    except (ReportError, StreamError) as error:
        return Returned(failure=failure("result-invalid", str(error)), results={}, report=None)
    except ResultTooLargeError as error:
        return Returned(failure=failure("result-too-large", str(error)), results={}, report=None)
    return Returned(failure=None, results=results, report=report)


def _by_port(
    outputs: Sequence[OutputPort], written: Sequence[MemoryFile], report: Report
) -> Iterator[tuple[OutputPort, MemoryFile, OutputReport]]:
    """The ports with a result, each with its file and the guest's report on it."""
    for port, file, output in zip_longest(outputs, written, report.outputs):
        if port is None:
            raise ReportError("it has more outputs than there are ports")
        if output is not None:
            yield port, file, output
        elif not port.optional:
            raise ReportError(f"the output {port.name} is missing")


def interrupted(end: End, limits: Limits, seconds: float) -> Failure | None:
    """The failure where the host itself ended the run."""
    said = {
        End.CUT_OFF: ("ended-without-result", "it ran a different program or closed all its files"),
        End.TIMED_OUT: ("timed-out", _seconds(limits.timeout_seconds)),
        End.CANCELLED: ("cancelled", _seconds(seconds)),
        End.OUT_OF_MEMORY: ("out-of-memory", _memory(limits)),
        End.DISK_FULL: ("disk-full", _room(limits)),
    }
    return failure(*said[end]) if end in said else None


def first_word_of(message: bytes) -> str:
    """Why a process could not be confined, in its own words or ours."""
    return _said(message, "refused") or "it did not say that it is confined"


def unusable(message: bytes) -> Failure | None:
    """The failure of a process that reports that its packages can't be loaded, and so ran nothing.

    A script can say so as well; then it has failed, and nothing else.
    """
    said = _said(message, "unusable")
    return None if said is None else failure("environment-unusable", said)


def _said(message: bytes, key: str) -> str | None:
    try:
        said = json.loads(message).get(key)
    except (ValueError, RecursionError, AttributeError):
        return None
    if not isinstance(said, str):
        return None
    return said[:_SAID].encode("utf-8", "replace").decode()


def failure_of_exit(ended: Exit | None, limits: Limits) -> Failure:
    """The failure where the run's process went without a word."""
    if ended is None:
        return failure("killed", "the cause is not known")
    number = ended.signal
    if not number:
        return failure(
            "ended-without-result", f"exit code {os.waitstatus_to_exitcode(ended.status)}"
        )
    if number == signal.SIGSYS:
        return failure("system-call-refused", "signal SIGSYS")
    if number == signal.SIGXCPU or (
        number == signal.SIGKILL and ended.cpu_seconds >= limits.cpu_seconds
    ):
        return failure("processor-time", _seconds(limits.cpu_seconds))
    if number in _REASONS:
        return failure("crashed", _REASONS[signal.Signals(number)])
    return failure("killed", f"signal {_signal_name(number)}")


def _signal_name(number: int) -> str:
    """Its name, or the number of a real-time signal that has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _memory(limits: Limits) -> str:
    return f"{limits.memory / 2**20:,.0f} MiB for all its processes together"


def _room(limits: Limits) -> str:
    size, files = limits.work_directory_size, limits.work_directory_files
    return f"{size:,} bytes, {files:,} files or {DEEPEST} nested folders"


def _seconds(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:,.3g} seconds"
