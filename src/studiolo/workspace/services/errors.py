"""Errors of publishing and calling web services."""

from collections.abc import Mapping
from typing import ClassVar, Self

from studiolo.errors import StudioloError
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.sandbox.exchange.job import Failure


class PublishedRunFailedError(StudioloError):
    """The run that publishing makes did not succeed, so there is nothing to publish."""

    code: ClassVar[str] = "publish-run-failed"

    def __init__(self, *, run: str, failed: Mapping[str, str]) -> None:
        self.run = run
        self.failed = dict(failed)
        said = " ".join(f"{node}: {message}" for node, message in self.failed.items())
        super().__init__(
            f"Nothing was published: the run {run} of the experiment failed. {said}".rstrip()
        )

    @classmethod
    def of(cls, result: ExperimentResult) -> Self:
        """The error about a run that did not succeed."""
        failures = {name: node.failure for name, node in result.nodes.items()}
        failed: dict[str, str] = {
            name: one.message for name, one in failures.items() if one is not None
        }
        return cls(run=result.id, failed=failed)


class ServiceAnswerFailedError(StudioloError):
    """A version ran as an experiment, but can't answer a request."""

    code: ClassVar[str] = "publish-answer-failed"

    def __init__(self, *, node: str, failure: Failure) -> None:
        self.node = node
        self.failure = failure
        super().__init__(
            "Nothing was published: the experiment ran, but its service can't answer the first "
            f"rows of its own input. The node {node} failed: {failure.message}"
        )


class ServiceNameError(StudioloError):
    """No service or endpoint can have that name."""

    code: ClassVar[str] = "service-name"

    def __init__(self, *, what: str, name: str, allowed: str) -> None:
        self.what, self.name, self.allowed = what, name, allowed
        super().__init__(f'No {what} can be called "{name}": its name {allowed}.')


class ServiceOutputMissingError(StudioloError):
    """An experiment does not say what its web service returns."""

    code: ClassVar[str] = "service-output-missing"

    def __init__(self, *, experiment: str) -> None:
        self.experiment = experiment
        super().__init__(
            f"The experiment {experiment!r} has no Web Service Output, so its service would "
            f'return nothing. "studiolo set-up-service {experiment}" writes an experiment that has '
            "one."
        )


class EndpointLimitError(StudioloError):
    """A limit of an endpoint can't have the value that it was given."""

    code: ClassVar[str] = "endpoint-limit"

    def __init__(
        self, *, limit: str, problem: str, value: str = "", least: str = "", most: str = ""
    ) -> None:
        self.limit = limit
        self.problem = problem
        #: The value, and the bounds that it is beyond; empty if the problem is a different one.
        self.value = value
        self.least = least
        self.most = most
        super().__init__(f'The limit "{limit}" {problem} No limit has changed.')


class RetrainingError(StudioloError):
    """A trained model of an endpoint can't be replaced."""

    code: ClassVar[str] = "retraining"

    def __init__(self, *, problem: str, fits: bool = True) -> None:
        #: False if the model was tried, and the service did not answer as before.
        self.fits = fits
        self.problem = problem
        super().__init__(f"The trained model was not replaced: {problem}.")
