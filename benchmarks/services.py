"""The same prediction as a web service: ours, with both isolations, and the peers'.

All answer the same rows from a model of scikit-learn. None of the peers isolates a request: each is
one process, as `serve_….py` in `peers/serving` starts it. The rows "without HTTP" are our floor:
the sandbox and the checks of what goes in and comes out.
"""

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.scoring_servers import EXPERIMENT, Server, ours, peers, rows, write_rows
from benchmarks.turns import percentiles, print_noise, spread
from studiolo.services.validation import Cells, Validator
from studiolo.store.services.service_record import EndpointSettings, KeySlot, ServiceIsolation
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.workspace import Workspace

_CLIENTS = 8
#: Turns of all candidates, each for so many seconds.
_TURNS, _TURN_SECONDS = 3, 3.0
#: Requests of each candidate with one client, and seconds between two of them: time to replace
#: processes that wait, as between people's requests.
_REQUESTS, _PAUSE = 60, 0.06
_ENDPOINTS = {isolation: isolation.value for isolation in ServiceIsolation}

Candidates = Mapping[str, Callable[[], Any]]


def main() -> None:
    """Run the comparison and print it."""
    print_noise()
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        root, keys = _published(folder / "workspace")
        path = "/services/score/endpoints/{}/score"
        began = time.perf_counter()
        server = stack.enter_context(ours(root, "", ""))
        servers = {
            f"studiolo, {isolation}": server.of(path.format(endpoint), keys[isolation])
            for isolation, endpoint in _ENDPOINTS.items()
        }
        for one in servers.values():
            one.score(rows(1))
            print(f"serve: an answer after {time.perf_counter() - began:.1f} s")
        servers |= stack.enter_context(peers(folder))
        floors = _floors(root, stack)
        for count in (1, 100):
            print(f"\n{count} row{'s' * (count > 1)}, 1 client; ours / this: request, worker")
            _print_latencies(_candidates(servers, floors, count))
        print(f"\n1 row, {_CLIENTS} clients; ours / this: request, worker")
        _print_rates(_candidates(servers, floors, 1))


def _published(root: Path) -> tuple[Path, Mapping[ServiceIsolation, str]]:
    """A workspace with a service, and a key to an endpoint of each isolation."""
    new_workspace(root, samples=False)
    write_experiment(root)
    keys = {}
    with Workspace(root) as workspace:
        for isolation, endpoint in _ENDPOINTS.items():
            publication = workspace.services.publish(
                workspace.experiment("score"),
                service="score",
                endpoint=endpoint,
                settings=EndpointSettings(isolation=isolation),
            )
            keys[isolation] = publication.keys[KeySlot.PRIMARY].reveal()
    return root, keys


def write_experiment(root: Path) -> None:
    """Write the experiment that is published, and its data."""
    folder = root / "experiments" / "score"
    folder.mkdir(parents=True)
    (folder / "experiment.yaml").write_text(EXPERIMENT)
    write_rows(root / "datasets" / "rows.csv")


def _floors(root: Path, stack: ExitStack) -> Mapping[str, Callable[[int], Any]]:
    """Both isolations without HTTP; each gets a number of rows."""
    workspace = stack.enter_context(Workspace(root))
    floors = {}
    for served in workspace.services.served():
        (version,) = served.versions.values()
        handler = stack.enter_context(workspace.services.handler(served, version))
        validator = Validator(handler.schema)
        requests = {count: validator.check(cells(rows(count)), {}) for count in (1, 100)}
        floors[f"{served.endpoint.isolation}, without HTTP"] = (
            lambda count, score=handler.score, requests=requests: score(requests[count])
        )
    return floors


def cells(given: Sequence[Mapping[str, float]]) -> Any:
    """Rows as the validator takes them."""
    names = list(given[0])
    columns = [[row[name] for row in given] for name in names]
    return {"input1": Cells(names=names, columns=columns)}


def _candidates(
    servers: Mapping[str, Server], floors: Mapping[str, Callable[[int], Any]], count: int
) -> Candidates:
    return {name: partial(one.score, rows(count)) for name, one in servers.items()} | {
        name: partial(floor, count) for name, floor in floors.items()
    }


def _print_latencies(candidates: Candidates) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(_REQUESTS + 5):
        for name, call in candidates.items():
            time.sleep(_PAUSE)
            start = time.perf_counter()
            call()
            if turn >= 5:
                seconds[name].append(time.perf_counter() - start)
    for name, times in seconds.items():
        print(f"{name:24}{percentiles(times)}  {_ratios(seconds, times)}")


def _print_rates(candidates: Candidates) -> None:
    rates: dict[str, list[float]] = {name: [] for name in candidates}
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(_TURNS):
        for name, call in candidates.items():
            times = sustained(call, _CLIENTS, _TURN_SECONDS)
            rates[name].append(len(times) / _TURN_SECONDS)
            seconds[name] += times
    for name, times in seconds.items():
        rate = f"{statistics.median(rates[name]):7.1f} a second"
        print(f"{name:24}{rate}  {percentiles(times)}  {_ratios(rates, rates[name])}")


def _ratios(all_of_them: Mapping[str, Sequence[float]], these: Sequence[float]) -> str:
    found = []
    for isolation in ServiceIsolation:
        own = all_of_them[f"studiolo, {isolation}"]
        found.append(spread([our / other for our, other in zip(own, these, strict=True)]))
    return "  ".join(found)


def sustained(call: Callable[[], Any], clients: int, seconds: float) -> list[float]:
    """How long each call took, from so many threads at the same time."""
    took: list[list[float]] = [[] for _ in range(clients)]
    end = time.perf_counter() + seconds

    def work(times: list[float]) -> None:
        while (start := time.perf_counter()) < end:
            call()
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work, args=(times,)) for times in took]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for times in took for one in times]


if __name__ == "__main__":
    main()
