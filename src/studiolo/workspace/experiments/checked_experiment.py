"""An experiment that has been checked, so that a run of it need not do that again."""

from collections.abc import Sequence
from dataclasses import dataclass

from studiolo.experiments.experiment import Experiment
from studiolo.experiments.finding import Finding, Severity


@dataclass(frozen=True, kw_only=True)
class CheckedExperiment:
    """An experiment, and what its check found."""

    experiment: Experiment
    #: Mistakes and warnings, as `Workspace.check` gives them.
    findings: Sequence[Finding]

    @property
    def mistakes(self) -> Sequence[Finding]:
        """The findings that keep it from running."""
        return [found for found in self.findings if found.severity is Severity.ERROR]
