"""Errors in starting the server."""

from pathlib import Path
from typing import ClassVar

from studiolo.errors import StudioloError


class AddressError(StudioloError):
    """The server can't listen at an address."""

    code: ClassVar[str] = "server-address-unavailable"

    def __init__(self, *, host: str, port: int, reason: str) -> None:
        self.host = host
        self.port = port
        self.reason = reason
        super().__init__(
            f'The server can\'t listen at the host "{host}" and the port {port}: {reason}. Choose '
            "a different address with --host and --port; port 0 takes any that is free."
        )


class CertificateError(StudioloError):
    """The certificate for TLS, or its key, can't be used."""

    code: ClassVar[str] = "server-certificate-unusable"

    def __init__(self, *, certificate: Path, key: Path | None, reason: str) -> None:
        self.certificate = certificate
        self.key = key
        self.reason = reason
        with_key = "" if key is None else f' with the key "{key}"'
        super().__init__(
            f'The certificate "{certificate}"{with_key} can\'t be used for TLS: {reason}. Both are '
            "files in PEM format, the key without a password."
        )
