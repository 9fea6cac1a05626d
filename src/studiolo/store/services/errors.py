"""Errors in what is asked of services, endpoints and jobs."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from studiolo.store.errors import StoreError
from studiolo.suggestions import did_you_mean, those_known


class ServiceUnknownError(StoreError):
    """No service has that name."""

    code: ClassVar[str] = "service-unknown"

    def __init__(self, *, service: str, known: Sequence[str]) -> None:
        self.service = service
        self.known = tuple(known)
        if self.known:
            hint = did_you_mean(service, self.known) or those_known(self.known)
        else:
            hint = ' Nothing is published yet; "studiolo publish EXPERIMENT" makes a service.'
        super().__init__(f'There is no service "{service}".{hint}')


class VersionUnknownError(StoreError):
    """A service does not have the version that was named, or no longer."""

    code: ClassVar[str] = "service-version-unknown"

    def __init__(self, *, version: int, known: Sequence[int], removed: bool) -> None:
        self.version = version
        self.known = tuple(known)
        self.removed = removed
        what = "was removed" if removed else "does not exist"
        there = ", ".join(f"v{number}" for number in self.known)
        hint = f"Versions of this service: {there}." if there else "The service has no versions."
        super().__init__(f"The version v{version} {what}. {hint}")


class VersionInUseError(StoreError):
    """A version is to be removed, and something still needs it."""

    code: ClassVar[str] = "service-version-in-use"

    def __init__(self, *, version: int, endpoints: Sequence[str], jobs: int) -> None:
        self.version = version
        self.endpoints = tuple(endpoints)
        self.jobs = jobs
        if self.endpoints:
            names = ", ".join(f'"{name}"' for name in self.endpoints)
            reason = f"it has traffic at {names}. Give that traffic to another version first."
        else:
            what = "1 batch job of it has" if jobs == 1 else f"{jobs} batch jobs of it have"
            reason = f"{what} not ended. Wait for that, or cancel them."
        super().__init__(f"The version v{version} can't be removed: {reason}")


class EndpointUnknownError(StoreError):
    """A service does not have the endpoint that was named."""

    code: ClassVar[str] = "endpoint-unknown"

    def __init__(self, *, endpoint: str, known: Sequence[str] = ()) -> None:
        self.endpoint = endpoint
        self.known = tuple(known)
        super().__init__(f'There is no endpoint "{endpoint}".{those_known(self.known)}')


class EndpointExistsError(StoreError):
    """A service is to have two endpoints of the same name."""

    code: ClassVar[str] = "endpoint-exists"

    def __init__(self, *, endpoint: str, service: str) -> None:
        self.endpoint = endpoint
        self.service = service
        super().__init__(
            f'The service "{service}" already has an endpoint "{endpoint}". Choose another name.'
        )


class TrafficInvalidError(StoreError):
    """Weights of versions can't be an endpoint's traffic."""

    code: ClassVar[str] = "traffic-invalid"

    def __init__(self, *, weights: Mapping[int, int]) -> None:
        self.weights = dict(weights)
        given = " ".join(f"v{version}={weight}" for version, weight in self.weights.items())
        super().__init__(
            f"Traffic is given in whole percents from 0 to 100 that sum to 100, such as v3=90 "
            f'v4=10. "{given}" sums to {sum(self.weights.values())}. The traffic has not changed.'
        )


class TrafficFirstError(StoreError):
    """An endpoint's traffic is to go back, and there was none before."""

    code: ClassVar[str] = "traffic-first"

    def __init__(self, *, endpoint: str) -> None:
        self.endpoint = endpoint
        super().__init__(
            f'The endpoint "{endpoint}" can\'t be rolled back: there was no traffic before this.'
        )


class JobUnknownError(StoreError):
    """No batch job has that id."""

    code: ClassVar[str] = "job-unknown"

    def __init__(self, *, job: str) -> None:
        self.job = job
        super().__init__(f'There is no batch job "{job}".')


class JobStartedError(StoreError):
    """A batch job is to be started a second time."""

    code: ClassVar[str] = "job-started"

    def __init__(self, *, job: str, state: str) -> None:
        self.job = job
        self.state = state
        super().__init__(
            f'The batch job "{job}" can\'t be started: it has been started before, and its state '
            f"is {state}. Submit a new job to do the same again."
        )


class JobSecretError(StoreError):
    """The request of a batch job holds a secret, which would be recorded."""

    code: ClassVar[str] = "job-secret"

    def __init__(self) -> None:
        # Which value it is might tell the secret.
        super().__init__(
            "The request of this batch job holds an account key or a signature of Azure Storage "
            "where it would be recorded. Name the blob as an input or an output of the job: there "
            "the key is kept apart. No job was made."
        )
