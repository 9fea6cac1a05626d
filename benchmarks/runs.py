"""One small script, over and over: in the sandbox, and in what people use instead.

The floor of a call is a persistent worker that is not isolated at all: it starts nothing, forks
nothing, and what one script leaves behind the next one finds.

The rows "not prepared" are without `studiolo_guest/cheap_forks`: forks copy the page tables of the
zygote, and copy pages while they run.
"""

import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from benchmarks.turns import percentiles, print_noise, spread, take_turns
from benchmarks.worker import Worker
from studiolo.environments.building.build import default_environment
from studiolo.environments.environment import default_spec
from studiolo.environments.request import EnvironmentRequest
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.exchange.job import Job, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.policy.policy import load_policy
from studiolo.sandbox.sandbox import Sandbox
from studiolo.workspace.sandboxes.sandbox_factory import (
    WARM_IMPORTS,
    LocalSandboxFactory,
)

HELLO = """
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    print("Hello", len(dataframe1))
    dataframe1["c"] = dataframe1.a * 2
    return dataframe1,
"""
_PLAIN = """
import pandas as pd
{script}
azureml_main(pd.read_csv("input.csv"))[0].to_csv("output.csv", index=False)
"""
_SUSTAINED_SECONDS = 6.0


def ten_rows() -> pa.Table:
    """A float, an integer and a text column."""
    return pa.table(
        {
            "a": pa.array([float(n) for n in range(10)]),
            "b": pa.array(list(range(10))),
            "s": pa.array([f"value {n}" for n in range(10)], pa.large_string()),
        }
    )


def main() -> None:
    """Run the comparison and print it."""
    environment = default_environment()
    print_noise()
    print("environment: default, with", ", ".join(WARM_IMPORTS))
    job = Job(source=HELLO, inputs={"dataset1": MemoryFile.of_table(ten_rows())})
    warm = _sandbox(warm=3)
    demand = _sandbox(warm=0, many=True)
    plain_warm = _sandbox(warm=3, prepared=False)
    plain_demand = _sandbox(warm=0, many=True, prepared=False)
    with (
        warm,
        demand,
        plain_warm,
        plain_demand,
        TemporaryDirectory() as folder,
        Worker(environment.python) as worker,
    ):
        candidates: dict[str, Callable[[], object]] = {
            "warm": partial(_checked, warm, job),
            "on demand": partial(_checked, demand, job),
            "warm, not prepared": partial(_checked, plain_warm, job),
            "on demand, not prepared": partial(_checked, plain_demand, job),
            "persistent worker, not isolated (the floor)": partial(worker.call, HELLO),
        }
        print(f"isolation: {warm.isolation.level}, {', '.join(warm.isolation.active)}")
        _print_latencies(candidates, rounds=300)
        _print_share(warm, job)
        _print_peers(Path(folder), environment.python, partial(_checked, warm, job))
    for size, prepared in ((0, True), (3, True), (0, False), (3, False)):
        sandboxes = [_sandbox(warm=size, many=True, prepared=prepared) for _ in range(2)]
        ready = f"{size or 'no'} forks ready{'' if prepared else ', not prepared'}"
        _print_sustained(sandboxes, job, 2, ready)
        for sandbox in sandboxes:
            sandbox.close()


def _sandbox(*, warm: int, many: bool = False, prepared: bool = True) -> Sandbox:
    """A sandbox with everything imported, with or without waiting forks."""
    policy = load_policy()
    warm_up = replace(policy.warm_up, forks_are_prepared=prepared)
    factory = LocalSandboxFactory(RunSettings(warm=warm), policy=replace(policy, warm_up=warm_up))
    environment = factory.environment_for(EnvironmentRequest(base=default_spec()))
    return factory.sandbox_for(environment, many=many)


def _checked(sandbox: Sandbox, job: Job) -> Outcome:
    outcome = sandbox.run(job)
    if outcome.failure is not None:
        raise RuntimeError(outcome.failure.message)
    return outcome


def _print_latencies(candidates: dict[str, Callable[[], object]], rounds: int) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 10):
        for name, run in candidates.items():
            # Time to replace the waiting forks, as between people's requests.
            time.sleep(0.06)
            start = time.perf_counter()
            run()
            if turn >= 10:
                seconds[name].append(time.perf_counter() - start)
    for name, times in seconds.items():
        print(f"{name:45}{percentiles(times)}")


def _print_share(sandbox: Sandbox, job: Job) -> None:
    """Where the time of a warm run goes, by the host's clock and by the guest's."""
    parts: dict[str, list[float]] = {}
    for _ in range(50):
        time.sleep(0.06)
        timings = _checked(sandbox, job).timings
        inside = sum(timings.phases.values())
        shares = {"take a fork": timings.start, **timings.phases}
        shares |= {"reach it and hear of it": timings.run - inside, "check": timings.collect}
        for name, seconds in shares.items():
            parts.setdefault(name, []).append(seconds * 1000)
    print("  of which, ms:", ", ".join(f"{n} {statistics.median(v):.2f}" for n, v in parts.items()))


def _print_peers(folder: Path, python: Path, ours: Callable[[], object]) -> None:
    """What starts a process for each call."""
    (folder / "input.csv").write_text("a,b,s\n" + "".join(f"{n}.0,{n},value\n" for n in range(10)))
    (folder / "plain.py").write_text(_PLAIN.format(script=HELLO))
    command = [str(python), "plain.py"]
    candidates: dict[str, Callable[[], object]] = {
        "studiolo, warm": ours,
        "python script.py": partial(_call, command, folder),
    }
    if shutil.which("bwrap"):
        jail = ["bwrap", "--ro-bind", "/", "/", "--bind", str(folder), str(folder)]
        jail += ["--dev", "/dev", "--proc", "/proc", "--unshare-all", "--chdir", str(folder)]
        candidates["bwrap python script.py"] = partial(_call, [*jail, *command], folder)
    else:
        print("bubblewrap is not installed: it is left out")
    seconds = take_turns(candidates, 7)
    first = seconds["studiolo, warm"]
    for name, times in seconds.items():
        ratios = [other / our for our, other in zip(first, times, strict=True)]
        print(f"{name:45}{spread([t * 1000 for t in times])} ms, {spread(ratios)} times ours")


def _call(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _print_sustained(sandboxes: list[Sandbox], job: Job, clients: int, ready: str) -> None:
    for sandbox in sandboxes:
        _checked(sandbox, job)
    until = time.perf_counter() + _SUSTAINED_SECONDS
    counts = [0] * clients

    def client(number: int) -> None:
        while time.perf_counter() < until:
            _checked(sandboxes[number % len(sandboxes)], job)
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        f"{f'sustained, {clients} clients, {ready}':60}"
        f"{sum(counts) / _SUSTAINED_SECONDS:.0f} runs a second"
    )


if __name__ == "__main__":
    main()
