"""Letting candidates take turns, so that a busy machine slows all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def take_turns(
    candidates: Mapping[str, Callable[[], Any]], rounds: int, *, warm_up: int = 1
) -> dict[str, list[float]]:
    """Seconds of each candidate in each round, the warm-up rounds left out."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + warm_up):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            if turn >= warm_up:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def print_turns(seconds: Mapping[str, Sequence[float]], ours: str = "studiolo") -> None:
    """Each candidate's milliseconds, and ours as a share of it, round by round."""
    width = max(map(len, seconds)) + 2
    print(f"{'':{width}}{'ms, median (min-max)':>30}{'ours / this (min-max)':>28}")
    for name, times in seconds.items():
        ratios = [our / other for our, other in zip(seconds[ours], times, strict=True)]
        print(f"{name:{width}}{spread([t * 1000 for t in times]):>30}{spread(ratios):>28}")


def spread(values: Sequence[float]) -> str:
    """Median, minimum and maximum."""
    return f"{statistics.median(values):.3g} ({min(values):.3g}-{max(values):.3g})"


def percentiles(seconds: Sequence[float]) -> str:
    """Median, 99th percentile and minimum, in milliseconds."""
    ordered = sorted(seconds)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return (
        f"p50 {statistics.median(ordered) * 1000:6.2f}  p99 {last * 1000:6.2f}  "
        f"min {ordered[0] * 1000:6.2f} ms  (n={len(ordered)})"
    )


def print_noise() -> None:
    """How steady this machine is: the same small work, timed over and over."""
    times = []
    for _ in range(300):
        start = time.perf_counter()
        sum(range(20_000))
        times.append(time.perf_counter() - start)
    times.sort()
    median, slow = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"noise of this machine: one in twenty turns takes {slow / median:.2f} times the median")
