"""Mistakes in an experiment, as values: a user's mistake is not an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from studiolo.errors import Fact
from studiolo.experiments.experiment import NodeName


class Severity(StrEnum):
    """Whether an experiment can run in spite of a finding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One mistake in an experiment, and its place."""

    #: Stable; each has an entry in ``docs/reference/errors.md``.
    code: str
    #: What, which value, what is allowed, what to do next.
    message: str
    #: The experiment's file.
    file: Path
    #: From 1; None where the file as a whole is meant, or there is none yet.
    line: int | None = None
    #: In characters, from 1; None for what was found in the graph and not in the text.
    column: int | None = None
    #: The node that it is about, for the canvas to mark.
    node: NodeName | None = None
    severity: Severity = Severity.ERROR
    #: What the message is made of, for one in a different language; empty where it is not known.
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.shown()

    def shown(self, *, relative_to: Path | None = None) -> str:
        """As terminals and editors understand it: "experiments/x/experiment.yaml:12: …".

        Args:
            relative_to: The folder that the file's path is shown from, if the file is in it.
        """
        file = self.file
        if relative_to is not None and file.is_relative_to(relative_to):
            file = file.relative_to(relative_to)
        place = [str(file), *(str(n) for n in (self.line, self.column) if n is not None)]
        return f"{':'.join(place)}: {self.message}"


#: Codes that only findings have, with the classic studio's numbers. A finding whose mistake is an
#: error elsewhere, such as a missing script, has that error's code.
FINDING_CODES: Mapping[str, int | None] = {
    "experiment-yaml-invalid": None,
    "experiment-yaml-unsupported": None,
    "experiment-too-large": None,
    "experiment-format-newer": None,
    "experiment-key-duplicate": None,
    "experiment-key-unknown": None,
    "experiment-key-missing": None,
    "experiment-value-invalid": None,
    "node-name-invalid": None,
    "node-kind-unclear": None,
    "node-unknown": None,
    "node-cycle": None,
    "port-unknown": None,
    "port-kind-mismatch": None,
    "input-missing": 3,
    "script-not-given": None,
    "script-not-taken": None,
    "environment-not-taken": None,
    "dataset-version-missing": None,
    "saved-environment-differs": None,
    "web-service-name": None,
    "web-service-output": None,
    "web-service-output-missing": None,
    "web-service-parameter": None,
    "call-retired": None,
    "call-changed": None,
}
