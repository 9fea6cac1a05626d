"""Every way in which a script's run can fail: stable code, classic number, sentence.

These are results, not exceptions: showing how a script failed is part of Studiolo's job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studiolo.sandbox.exchange.job import Failure, Remedy, TracebackFrame

#: The classic studio's "script evaluation failed".
_SCRIPT = 85
_MEMORY = 138
_ZIP = 102
#: Its "internal library exception".
_LIBRARY = 1000
_COLUMN = 1
_INPUT = 3
_COLUMN_NUMBER = 60
_COLUMN_COUNT = 22


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """One code: its classic number, and its sentence, with `{said}` for the guest's own words."""

    classic_number: int | None
    sentence: str = "{said}"
    #: Whether the guest may report it; the other codes are for what only the host can see.
    by_guest: bool = True
    remedy: Remedy | None = None


_KINDS: Mapping[str, _Kind] = {
    "script-exception": _Kind(classic_number=_SCRIPT),
    "script-syntax": _Kind(classic_number=_SCRIPT),
    "script-exit": _Kind(
        classic_number=_SCRIPT,
        sentence="{said} A script ends by returning from azureml_main; remove the call.",
    ),
    "entry-missing": _Kind(classic_number=_SCRIPT),
    "arity-mismatch": _Kind(classic_number=_SCRIPT),
    "untranslatable-return": _Kind(classic_number=_SCRIPT),
    "too-many-results": _Kind(classic_number=_SCRIPT),
    "untranslatable-column": _Kind(classic_number=_SCRIPT),
    "parameter-unknown": _Kind(classic_number=None),
    "parameter-missing": _Kind(classic_number=None),
    "parameter-value": _Kind(classic_number=2),
    "bundle-unreadable": _Kind(classic_number=_ZIP),
    "bundle-escape": _Kind(classic_number=_ZIP),
    "bundle-too-large": _Kind(classic_number=_ZIP),
    "column-missing": _Kind(classic_number=_COLUMN),
    "column-number": _Kind(classic_number=_COLUMN_NUMBER),
    "column-count": _Kind(classic_number=_COLUMN_COUNT),
    "module-refused": _Kind(classic_number=None),
    "module-failed": _Kind(
        classic_number=_LIBRARY,
        sentence="The module failed: {said}. Its traceback shows where. If its inputs are right, "
        "this is a fault in the module.",
    ),
    "object-unreadable": _Kind(classic_number=None),
    # Found by the host before it starts the run.
    "input-empty": _Kind(classic_number=_INPUT, by_guest=False),
    "library-missing": _Kind(
        classic_number=_SCRIPT,
        sentence="The script imports {said!r}, which its environment does not have.",
    ),
    "network-refused": _Kind(
        classic_number=_SCRIPT,
        sentence="The script tried to reach the network, which the sandbox refuses ({said}).",
        remedy=Remedy.ALLOW_TARGET,
    ),
    "target-unreachable": _Kind(classic_number=_SCRIPT),
    "out-of-memory": _Kind(
        classic_number=_MEMORY,
        sentence="The script needed more memory than it may use ({said}).",
        remedy=Remedy.MORE_MEMORY,
    ),
    "timed-out": _Kind(
        classic_number=None,
        by_guest=False,
        sentence="The script was stopped because it ran longer than {said}.",
        remedy=Remedy.MORE_TIME,
    ),
    "cancelled": _Kind(
        classic_number=None, by_guest=False, sentence="The run was cancelled after {said}."
    ),
    "processor-time": _Kind(
        classic_number=None,
        by_guest=False,
        sentence="The script was stopped because one of its processes used more processor time "
        "than {said}.",
        remedy=Remedy.MORE_TIME,
    ),
    "disk-full": _Kind(
        classic_number=None,
        by_guest=False,
        sentence="The script was stopped because it wrote more than {said} to its working "
        "directory.",
    ),
    "not-confined": _Kind(
        classic_number=None,
        by_guest=False,
        sentence="The script did not run, because its process could not be confined ({said}). Try "
        "again when the machine is less busy; `studiolo doctor` and the settings in the studio "
        "show which layers are missing.",
    ),
    "environment-unusable": _Kind(
        classic_number=_LIBRARY,
        by_guest=False,
        sentence="The packages of the script's environment can't be loaded ({said}). Remove the "
        "package that fails from the script's `dependencies`, or ask for a different version.",
    ),
    "crashed": _Kind(
        classic_number=_SCRIPT,
        by_guest=False,
        sentence="The script's interpreter crashed: {said}. This is a fault in compiled code that "
        "the script uses; the console shows how far it got.",
    ),
    "killed": _Kind(
        classic_number=_SCRIPT,
        by_guest=False,
        sentence="The script's interpreter was killed: {said}.",
    ),
    "system-call-refused": _Kind(
        classic_number=_SCRIPT,
        by_guest=False,
        sentence="The script was stopped because it made a system call that the sandbox does not "
        "allow: {said}.",
    ),
    "ended-without-result": _Kind(
        classic_number=_SCRIPT,
        by_guest=False,
        sentence="The script ended its own interpreter before azureml_main returned ({said}), for "
        "example with os._exit, so it has no result. Return from azureml_main instead.",
    ),
    "result-too-large": _Kind(
        classic_number=None,
        sentence="The result is too large: {said}. Return fewer rows or columns.",
    ),
    "result-invalid": _Kind(
        classic_number=_SCRIPT,
        by_guest=False,
        sentence="The sandbox returned an invalid result ({said}), so all of it was refused. An "
        "ordinary script cannot cause this; one that tampers with its runner can.",
    ),
}

#: Codes that a guest may give.
KNOWN_TO_GUEST = frozenset(code for code, kind in _KINDS.items() if kind.by_guest)
#: All of them, for the documentation and its test.
FAILURE_CODES: Mapping[str, int | None] = {c: k.classic_number for c, k in _KINDS.items()}


def failure(
    code: str,
    said: str,
    *,
    exception_type: str = "",
    traceback: str = "",
    frames: Sequence[TracebackFrame] = (),
    frames_left_out: int = 0,
) -> Failure:
    """The failure with that code; ``said`` holds the facts for its sentence."""
    kind = _KINDS[code]
    return Failure(
        code=code,
        classic_number=kind.classic_number,
        message=" ".join(kind.sentence.format(said=said).split(" ")).strip(),
        subject=said,
        exception_type=exception_type,
        traceback=traceback,
        frames=frames,
        frames_left_out=frames_left_out,
        remedy=kind.remedy,
    )
