"""Errors in the file of an experiment."""

from collections.abc import Sequence
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment
from studiolo.experiments.finding import Finding
from studiolo.suggestions import those_known

_SHOWN = 20


class ExperimentMissingError(StudioloError):
    """There is no experiment at that path."""

    code: ClassVar[str] = "experiment-missing"
    classic_number: ClassVar[int | None] = 48

    def __init__(
        self, *, path: str, neighbours: Sequence[str] = (), known: Sequence[str] = ()
    ) -> None:
        self.path = path
        #: Those whose names are similar, and all others.
        self.neighbours = tuple(neighbours)
        self.known = tuple(known)
        hint = those_known(known)
        if neighbours:
            hint = f' Did you mean "{neighbours[0]}"?'
        super().__init__(
            f'There is no experiment "{path}".{hint} An experiment is a folder that holds a file '
            "experiment.yaml."
        )


class ExperimentUnreadableError(StudioloError):
    """The file is there, but the operating system does not hand out its bytes."""

    code: ClassVar[str] = "experiment-unreadable"
    classic_number: ClassVar[int | None] = 48

    def __init__(self, *, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f'The experiment "{path}" can\'t be read: {reason}.')


class ExperimentUnwritableError(StudioloError):
    """An experiment could not be saved; the file is as it was before."""

    code: ClassVar[str] = "experiment-unwritable"

    def __init__(self, *, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f'The experiment can\'t be saved to "{path}": {reason}. The file is as it was.'
        )


class ExperimentFileError(StudioloError):
    """The content of an experiment's file does not follow its format."""

    code: ClassVar[str] = "experiment-invalid"

    def __init__(self, findings: Sequence[Finding], *, partial: Experiment | None = None) -> None:
        #: All of them, in the order of the file; at least one.
        self.findings = tuple(findings)
        #: As much of the experiment as could be read in spite of them.
        self.partial = partial
        lines = [str(finding) for finding in self.findings[:_SHOWN]]
        if len(self.findings) > _SHOWN:
            lines.append(f"… and {len(self.findings) - _SHOWN} more.")
        super().__init__("\n".join(lines))


class LayoutFileError(StudioloError):
    """The layout of an experiment can't be written: it, or the one that is there, has mistakes."""

    code: ClassVar[str] = "layout-invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        #: At least one; the first ones of many.
        self.findings = tuple(findings)
        lines = [str(finding) for finding in self.findings]
        lines.append("The layout was not saved. Correct the file, or delete it to begin anew.")
        super().__init__("\n".join(lines))
