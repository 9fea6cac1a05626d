"""The filter of the process that reads a dataset file."""

import pytest

from studiolo.sandbox.policy.syscall_numbers import syscall_numbers
from studiolo_guest.reading_filter import CALLS, OWN_PROCESS, THREADS, TOO_NEW


@pytest.mark.parametrize(("place", "machine"), [(0, "x86_64"), (1, "aarch64")])
def test_its_numbers_are_those_of_the_sandbox(place: int, machine: str) -> None:
    known = syscall_numbers(machine)
    for name, numbers in [*CALLS.items(), OWN_PROCESS, THREADS, TOO_NEW]:
        assert known[name] == numbers[place], name
