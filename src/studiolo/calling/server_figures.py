"""The figures of a web service, as the server counts them that answers for it."""

import http.client
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from studiolo.calling.service_address import ServiceAddress, refused

_LINE: Final = re.compile(r"studiolo_version_(\w+)\{(.*)\} (\S+)")
_LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SUCCEEDED: Final = "succeeded"


@dataclass(kw_only=True)
class VersionFigures:
    """The requests of one version at one endpoint, since the server started."""

    requests: int = 0
    #: How many were answered with an error.
    errors: int = 0
    #: The durations of all of them together, with the time that they waited.
    seconds: float = 0.0


def server_figures(
    server: str, *, token: str, service: str, timeout: float = 5.0
) -> Mapping[str, Mapping[str, VersionFigures]]:
    """The figures of a service by endpoint and by version, such as "v3".

    Args:
        server: The address of the server, `http://HOST:PORT`.
        token: The one that opens its metrics.
        service: The service's name.
        timeout: Seconds in which the server has to go on answering.

    Raises:
        ServiceUnreachableError: No server answers.
        ServiceRefusedError: It has a different token: it serves a different workspace.
    """
    address = ServiceAddress(server.rstrip("/"), key=token, timeout=timeout, context=None)
    with address.ask("GET", "/metrics") as answer:
        content = answer.read()
        if answer.status != http.client.OK:
            raise refused(answer.status, answer.headers, content)
    found: dict[str, dict[str, VersionFigures]] = {}
    for name, labels, value in _values(content.decode("utf-8", "replace")):
        if labels["service"] != service:
            continue
        figures = found.setdefault(labels["endpoint"], {}).setdefault(
            labels["version"], VersionFigures()
        )
        if name == "requests_total":
            figures.requests += int(value)
            figures.errors += 0 if labels["outcome"] == _SUCCEEDED else int(value)
        elif name == "request_seconds_sum":
            figures.seconds = value
    return found


def _values(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for line in _LINE.finditer(text):
        labels = {name: _plain(value) for name, value in _LABEL.findall(line[2])}
        yield line[1], labels, float(line[3])


def _plain(label: str) -> str:
    return re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] == "n" else escaped[1], label)
