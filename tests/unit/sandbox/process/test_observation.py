"""What the host sees of a process that is not confined at all."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from studiolo.sandbox.process.observation import Promised, broken_promises, status_of

NAMESPACES = ["mount", "pid", "ipc", "user", "network", "uts", "cgroup"]
UNKNOWN_USER = 54_321


@pytest.fixture
def plain() -> Iterator[int]:
    """A child of this process with nothing taken from it."""
    process = subprocess.Popen(["sleep", "600"])
    yield process.pid
    process.kill()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_each_missing_layer_is_seen(plain: int) -> None:
    promised = Promised(namespaces=NAMESPACES, filtered=True, user=UNKNOWN_USER)
    found = broken_promises(plain, os.getpid(), promised)
    assert set(found) >= {
        "its system calls are not filtered",
        "it runs as a different user",
        *(f"it shares the {name} namespace" for name in NAMESPACES),
    }
    if status_of(os.getpid())["NoNewPrivs"] == "0":
        assert "it may gain privileges" in found
    if os.geteuid() == 0:
        assert "it has capabilities" in found
    assert "the process is not a fork of its sandbox" not in found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_a_process_of_another_parent_is_seen(plain: int) -> None:
    promised = Promised(namespaces=[], filtered=False, user=None)
    assert "the process is not a fork of its sandbox" in broken_promises(plain, 1, promised)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_a_process_that_is_gone_keeps_no_promise() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    promised = Promised(namespaces=[], filtered=False, user=None)
    (said,) = broken_promises(process.pid, os.getpid(), promised)
    assert "can't be looked at" in said
