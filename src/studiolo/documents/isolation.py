"""The isolation of a run, layer by layer, as documents."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from typing_extensions import TypedDict

from studiolo.sandbox.policy.isolation import IsolationReport

if TYPE_CHECKING:
    # Most documents have nothing to do with trying the sandbox, which takes long to load.
    from studiolo.sandbox.canary import Attempt


class LayerDocument(TypedDict):
    """A layer; each key is a field of `Layer`, which explains it."""

    name: str
    active: bool
    detail: str
    remedy: str


class IsolationDocument(TypedDict):
    """The isolation that was asked for and the layers that were there."""

    #: `strict`, `auto` or `off`.
    asked: str
    #: `full`, `filtered` or `limits`.
    level: str
    layers: Sequence[LayerDocument]


class AttemptDocument(TypedDict):
    """An attempt to break out; each key is a field of `Attempt`, which explains it."""

    tried: str
    stopped: bool
    outcome: str
    by: str


class DoctorDocument(IsolationDocument):
    """The isolation of this machine, and the attempts to break out of it."""

    attempts: Sequence[AttemptDocument]


def isolation_document(report: IsolationReport) -> IsolationDocument:
    """The document of a run's isolation."""
    return {
        "asked": report.asked,
        "level": report.level,
        "layers": [cast("LayerDocument", asdict(layer)) for layer in report.layers],
    }


def doctor_document(report: IsolationReport, attempts: "Sequence[Attempt]") -> DoctorDocument:
    """The document of `studiolo doctor`."""
    return {
        **isolation_document(report),
        "attempts": [cast("AttemptDocument", asdict(attempt)) for attempt in attempts],
    }
