"""A run's working directory: its own, writable, and gone afterwards."""

from collections.abc import Callable

from studiolo.sandbox.exchange.job import Failure

ConsoleOf = Callable[..., str]
FailureOf = Callable[..., Failure]

LOOK = """
import os
import tempfile
from pathlib import Path

def azureml_main():
    places = [Path("."), Path(tempfile.gettempdir()), Path.home(), Path("/dev/shm")]
    for place in places:
        print(sorted(path.name for path in place.rglob("*") if path.suffix == ".left"))
        (place / "behind.left").write_text("x")
        assert (place / "behind.left").read_text() == "x"
"""


def test_it_is_empty_and_writable_and_the_next_run_sees_nothing_of_it(
    console_of: ConsoleOf,
) -> None:
    for _ in range(3):
        assert console_of(LOOK) == "[]\n" * 4


def test_nothing_else_can_be_written(failure_of: FailureOf) -> None:
    failure = failure_of("def azureml_main():\n    open('/usr/x', 'w')")
    assert failure.exception_type in {"OSError", "PermissionError"}
    assert "'/usr/x'" in failure.message


def test_a_file_that_is_not_there_is_the_script_s_own_mistake(failure_of: FailureOf) -> None:
    failure = failure_of("def azureml_main():\n    open('data.csv')")
    assert (failure.code, failure.exception_type) == ("script-exception", "FileNotFoundError")


def test_the_clock_is_utc_and_sets_have_one_order(console_of: ConsoleOf) -> None:
    source = """
import os, subprocess, sys, time
LETTERS = "print(list({'a', 'b', 'c', 'd', 'e', 'f'}))"

def azureml_main():
    print(time.tzname[0], time.timezone, os.environ["TZ"])
    exec(LETTERS)
    subprocess.run([sys.executable, "-c", LETTERS])
"""
    first, second = console_of(source), console_of(source)
    assert first == second
    clock, here, below = first.splitlines()
    assert clock == "UTC 0 UTC"
    assert here == below
