"""Errors in setting up the sandbox (a script's mistakes are results, not errors)."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError
from studiolo.toml_table import TomlTableError


class PolicyError(StudioloError):
    """The sandbox policy has a mistake; no run starts with it.

    Args:
        source: Name of the policy file.
        line: Line of the mistake, from 1, where it could be found.
        problem: What is wrong: a sentence.
        mistake: The same with its table, key, value and what is allowed, if it is in a table.
    """

    code: ClassVar[str] = "sandbox-policy-invalid"

    def __init__(
        self,
        *,
        source: str,
        line: int | None,
        problem: str,
        mistake: TomlTableError | None = None,
    ) -> None:
        self.source = source
        self.line = line
        self.problem = problem
        self.mistake = mistake
        place = f'"{source}"' if line is None else f'"{source}", line {line}'
        super().__init__(f"The sandbox policy {place}: {problem}")


class UnsupportedArchitectureError(StudioloError):
    """There is no table of system calls for this processor, hence no system call filter."""

    code: ClassVar[str] = "sandbox-architecture-unsupported"

    def __init__(self, *, architecture: str, supported: Sequence[str]) -> None:
        self.architecture = architecture
        self.supported = tuple(supported)
        super().__init__(
            f'System calls cannot be filtered on the processor architecture "{architecture}"; '
            f"supported: {', '.join(self.supported)}. "
            "Use one of these, or accept runs without this layer."
        )


class ZygoteFailedError(StudioloError):
    """An environment's interpreter could not be started in its sandbox, or ended unexpectedly.

    Args:
        layer: The layer or part that failed.
        why: The reason it gave.
        python: The interpreter.
        printed: The end of what it printed.
    """

    code: ClassVar[str] = "sandbox-failed"

    def __init__(self, *, layer: str, why: str, python: Path, printed: str) -> None:
        self.layer = layer
        self.why = why
        self.python = python
        self.printed = printed
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        said = f" It printed: {self.printed}" if self.printed else ""
        return (
            f"The sandbox of {self.python} could not be built: {self.layer}: {self.why}.{said} "
            "`studiolo doctor` and the settings in the studio show which layers this machine has."
        )


class ZygoteDiedError(ZygoteFailedError):
    """An environment's interpreter ended, or was ended, although nothing was wrong with it."""


class ProgramUnloadableError(ZygoteFailedError):
    """A model or transform of a service's version can't be opened in its environment."""

    code: ClassVar[str] = "program-unloadable"

    def _sentence(self) -> str:
        return (
            f"{self.why} Train it again with the packages of this environment and publish the "
            "experiment again, or roll the endpoint back to the version before."
        )


class IsolationUnavailableError(StudioloError):
    """This machine can't isolate a run as well as the user asked."""

    code: ClassVar[str] = "isolation-unavailable"

    def __init__(self, *, asked: str, missing: Sequence[str], remedies: Sequence[str]) -> None:
        self.asked = asked
        self.missing = tuple(missing)
        self.remedies = tuple(remedies)
        advice = " ".join(remedies)
        fallback = (
            "`--isolation auto` runs with the layers that this machine has."
            if asked == "strict"
            else "`--isolation off` runs a script that you trust without them."
        )
        super().__init__(
            f'The isolation "{asked}" is not available here; missing: {"; ".join(missing)}. '
            f"{advice} {fallback}"
        )


class NetworkUnavailableError(StudioloError):
    """A run may reach targets in the network, and this machine can't keep it from all others.

    Args:
        why: Why there are no namespaces.
        remedy: What to do to get them.
    """

    code: ClassVar[str] = "network-unavailable"

    def __init__(self, *, why: str, remedy: str) -> None:
        self.why = why
        self.remedy = remedy
        super().__init__(
            "This run may reach targets in the network, which needs namespaces of its own: without "
            f"them it could reach every other host as well. There are none here ({why}). {remedy}"
        )
