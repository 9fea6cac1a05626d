"""The addresses of a service, as `studiolo serve` has them unless it is told otherwise."""

from dataclasses import dataclass

from studiolo.store.services.service_record import DEFAULT_ENDPOINT, Endpoint, Service


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where a server listens."""

    base: str = "http://127.0.0.1:8765"

    def classic(self, endpoint: Endpoint) -> str:
        """Where programs that were written for the classic studio call an endpoint."""
        # Any word is taken for the workspace; their patterns want 32 hexadecimal digits.
        return (
            f"{self.base}/workspaces/{endpoint.service}/services/{endpoint.id}/execute"
            "?api-version=2.0&details=true"
        )

    def plain(self, service: Service, endpoint: Endpoint) -> str:
        """Where new programs call it, in JSON with its own types."""
        path = f"{self.base}/services/{service.name}"
        if endpoint.name != DEFAULT_ENDPOINT:
            path += f"/endpoints/{endpoint.name}"
        return f"{path}/score"
