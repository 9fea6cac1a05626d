"""A request to a web service and its outcome, whatever the form in which either travels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pyarrow as pa

from studiolo.sandbox.exchange.job import Failure, PythonDevice
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.network.traffic import NetworkConnection


@dataclass(frozen=True, kw_only=True)
class ScoringRequest:
    """A request for scores, checked against the schema of the service."""

    #: By input name; columns and types are those of the schema, in its order. A categorical column
    #: has the categories of the schema first, and behind them those that training never saw.
    inputs: Mapping[str, pa.Table] = field(default_factory=dict)
    #: Values of web-service parameters that the caller gave, by name; checked and converted.
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepTrace:
    """The trace of one step of a request: its console and images, for the service's owner."""

    #: The node, as the experiment names it.
    node: str
    device: PythonDevice


@dataclass(frozen=True, kw_only=True)
class Traced:
    """The traces of a request that was scored, or not."""

    #: Of the steps that began, in their order.
    steps: Sequence[StepTrace] = ()
    #: Remarks that are not errors, a sentence each.
    notes: Sequence[str] = ()
    #: What its steps talked to in the network, and what they were refused.
    network: Sequence[NetworkConnection] = ()

    @property
    def log(self) -> str:
        """The consoles, each under the name of its node, and the remarks."""
        told = [step for step in self.steps if step.device.console]
        parts = [f"[{step.node}]\n{_ended(step.device.console)}" for step in told]
        return "".join([*parts, *(f"{note}\n" for note in self.notes)])


@dataclass(frozen=True, kw_only=True)
class ScoringReply(Traced):
    """The scoring graph's reply to a request."""

    #: By output name.
    outputs: Mapping[str, pa.Table] = field(default_factory=dict)
    #: Trained models by output name: bytes that nothing but a sandbox opens.
    models: Mapping[str, MemoryFile] = field(default_factory=dict)


class ProblemCode(StrEnum):
    """Kinds of mistakes in a request; the classic service's own words for them."""

    BAD_PARAMETER_VALUE = "BadParameterValue"
    INPUT_MISMATCH = "InputMismatchError"
    INPUT_PARSE = "InputParseError"
    INVALID_INPUT_NAMES = "InvalidInputNames"
    INVALID_QUERY_PARAMETER = "InvalidQueryParameter"
    MISSING_PARAMETERS = "MissingRequiredGlobalParameters"
    MISSING_INPUT = "MissingRequestInput"
    #: Not JSON, or not in the form that the service takes.
    REQUEST_BODY_INVALID = "RequestBodyInvalid"
    REQUEST_EMPTY = "RequestIsEmpty"
    UNEXPECTED_PARAMETER = "UnexpectedParameter"
    # What the classic service had no word for.
    REQUEST_TOO_LARGE = "RequestTooLarge"
    MEDIA_TYPE_UNSUPPORTED = "MediaTypeUnsupported"
    REPLY_NOT_ACCEPTABLE = "ReplyNotAcceptable"


@dataclass(frozen=True, kw_only=True)
class RequestProblem:
    """One thing that is wrong with a request."""

    code: ProblemCode
    #: A sentence for the caller: what, where, what is allowed, what to do.
    message: str
    #: The input, parameter or header that it is about; empty for the whole request.
    target: str = ""
    #: The row of the input, from 1.
    row: int | None = None
    column: str | None = None
    #: What would have been right, as a phrase: "a whole number".
    expected: str = ""
    #: What was there instead, shortened.
    found: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestRefused:
    """A request that is not scored, and everything found wrong with it, up to a bound."""

    problems: Sequence[RequestProblem]


@dataclass(frozen=True, kw_only=True)
class ScoringFailed(Traced):
    """A request whose scoring failed."""

    failure: Failure
    #: The node that failed, as the experiment names it.
    node: str


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
