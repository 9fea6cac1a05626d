"""Metrics in the text format of Prometheus, version 0.0.4."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from studiolo.server.access.secret_file import secret_in
from studiolo.services.serving.figures import BOUNDS, FiguresNow
from studiolo.services.serving.live_endpoint import LiveEndpoint
from studiolo.workspace.workspace import METRICS_FILE

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_token(folder: Path) -> str:
    """The token that opens the metrics; made once, in a file that its owner alone can read."""
    return secret_in(folder, METRICS_FILE)


def metrics_text(endpoints: Sequence[LiveEndpoint], statuses: Mapping[int, int]) -> str:
    """The figures of all endpoints and versions, and the answers of the server by status."""
    parts = [
        _metric(
            "studiolo_http_responses_total",
            "counter",
            "Answers by HTTP status; 499 where the client went away before.",
            [_line({"status": str(status)}, count) for status, count in sorted(statuses.items())],
        ),
        _metric(
            "studiolo_endpoint_requests_running",
            "gauge",
            "Requests that are being answered.",
            [_line(_names(endpoint), endpoint.slots.taken) for endpoint in endpoints],
        ),
        _metric(
            "studiolo_endpoint_requests_waiting",
            "gauge",
            "Requests that wait for their turn.",
            [_line(_names(endpoint), endpoint.slots.waiting) for endpoint in endpoints],
        ),
        _metric(
            "studiolo_version_weight",
            "gauge",
            "Percent of an endpoint's requests that a version is to answer.",
            [
                _line({**_names(endpoint), "version": f"v{number}"}, weight)
                for endpoint in endpoints
                for number, weight in endpoint.record.traffic.weights.items()
            ],
        ),
        _metric(
            "studiolo_version_problem",
            "gauge",
            "1 for a version that can't be loaded.",
            [
                _line({**_names(endpoint), "version": f"v{number}"}, 1)
                for endpoint in endpoints
                for number in endpoint.problems
            ],
        ),
        _metric(
            "studiolo_version_requests_total",
            "counter",
            "Requests that a version answered, by outcome: succeeded, or an error's code.",
            [
                _line({**names, "outcome": outcome}, count)
                for names, figures in _versions(endpoints)
                for outcome, count in sorted(figures.outcomes.items())
            ],
        ),
        _metric(
            "studiolo_version_request_seconds",
            "histogram",
            "How long requests took, with the time that they waited.",
            [
                line
                for names, figures in _versions(endpoints)
                for line in _histogram(names, figures)
            ],
        ),
    ]
    return "".join(parts)


def _metric(name: str, kind: str, help_text: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    body = "".join(f"{name}{line}\n" for line in lines)
    return f"# HELP {name} {help_text}\n# TYPE {name} {kind}\n{body}"


def _line(labels: Mapping[str, str], value: float, suffix: str = "") -> str:
    inside = ",".join(f'{name}="{_escaped(label)}"' for name, label in labels.items())
    return f"{suffix}{{{inside}}} {value}"


def _histogram(names: Mapping[str, str], figures: FiguresNow) -> Iterator[str]:
    bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
    for bound, count in zip(bounds, accumulate(figures.durations), strict=True):
        yield _line({**names, "le": bound}, count, "_bucket")
    yield _line(names, round(figures.seconds, 6), "_sum")
    yield _line(names, figures.requests, "_count")


def _versions(endpoints: Sequence[LiveEndpoint]) -> Iterator[tuple[dict[str, str], FiguresNow]]:
    for endpoint in endpoints:
        for number, figures in sorted(endpoint.figures.items()):
            yield {**_names(endpoint), "version": f"v{number}"}, figures.now()


def _names(endpoint: LiveEndpoint) -> dict[str, str]:
    record = endpoint.record
    return {"service": record.service.name, "endpoint": record.endpoint.name}


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
