"""A published service: its versions, and the endpoints at which they are called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from studiolo.store.identity import BlobDigest, EndpointId, KeyHash, ServiceId, VersionDigest

#: The endpoint that a service has from its first version on, as in the classic studio.
DEFAULT_ENDPOINT = "default"


@dataclass(frozen=True, kw_only=True)
class Service:
    """Something that was published, under a name of its own."""

    id: ServiceId
    name: str
    description: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewVersion:
    """An experiment as it is published."""

    #: Names the folder that holds everything the version consists of.
    digest: VersionDigest
    #: The experiment that it was made from.
    experiment: str
    #: Inputs, outputs and parameters, as plain JSON.
    schema: Mapping[str, Any]
    #: Whether each row of the output depends on one row of the input alone, so that a batch can be
    #: cut into pieces.
    row_wise: bool
    #: What its publisher says about it.
    note: str = ""
    #: Blobs that it needs, which a sweep leaves alone as long as the version is there.
    blobs: Collection[BlobDigest] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceVersion:
    """The record of a version; it never changes, except that it is removed."""

    service: ServiceId
    #: From 1, in the order of publishing. The number of a removed version is not given again.
    number: int
    digest: VersionDigest
    experiment: str
    schema: Mapping[str, Any]
    row_wise: bool
    note: str
    created_at: datetime
    removed_at: datetime | None = None


class ServiceIsolation(StrEnum):
    """The isolation of the requests to an endpoint from one another."""

    #: Each has a process of its own.
    REQUEST = "request"
    #: Those that meet the same worker share its process.
    WORKER = "worker"


@dataclass(frozen=True, kw_only=True)
class EndpointLimits:
    """The most that the callers of an endpoint may ask for."""

    #: Requests that are answered at the same time; the classic studio's default.
    concurrent_calls: int = 20
    #: Requests that wait for one of those to end. Further ones are refused.
    queued_calls: int = 100
    #: For one request.
    seconds: float = 60.0
    #: Of one request's body.
    request_bytes: int = 64 << 20
    #: Of all inputs of one request together.
    rows: int = 1_000_000


@dataclass(frozen=True, kw_only=True)
class EndpointSettings:
    """The settings of an endpoint. What is None stays as it is; in a new endpoint, the default."""

    description: str | None = None
    isolation: ServiceIsolation | None = None
    limits: EndpointLimits | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address at which a service is called, with keys, limits and traffic of its own."""

    id: EndpointId
    service: ServiceId
    name: str
    description: str
    isolation: ServiceIsolation
    limits: EndpointLimits
    created_at: datetime


class KeySlot(StrEnum):
    """Which of an endpoint's two keys; while one is replaced, callers use the other."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, kw_only=True)
class EndpointKey:
    """The record of a key: enough to recognise it, and not the key."""

    slot: KeySlot
    hash: KeyHash = field(repr=False)
    created_at: datetime
    #: When it last took the place of another key.
    rotated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Which versions answer the calls to an endpoint."""

    #: Counts the changes of the endpoint's traffic, from 1.
    change: int
    #: Percent by the number of the version; they sum to 100.
    weights: Mapping[int, int]
    #: The change that a rollback restores; None if there was nothing before.
    former: int | None
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Published:
    """The outcome of publishing."""

    service: Service
    version: ServiceVersion
    endpoint: Endpoint
    #: Whether the endpoint was made now. If not, it has the keys that it had.
    endpoint_is_new: bool


@dataclass(frozen=True, kw_only=True)
class ServedEndpoint:
    """All that is needed to answer calls to an endpoint, as it was at one moment."""

    service: Service
    endpoint: Endpoint
    keys: Collection[EndpointKey]
    traffic: Traffic
    #: Those that have traffic, by number.
    versions: Mapping[int, ServiceVersion]
