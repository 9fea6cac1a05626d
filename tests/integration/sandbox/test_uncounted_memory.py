"""Runs whose memory no control group counts: their deadline, and what the kernel keeps for them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from studiolo.environments.environment import Environment

from .places import LIMITS, POLICY, PREAMBLE, Here, answer_of, assert_works

#: Bytes that a socket keeps for the other end, and what its last message has beyond that.
_QUEUE = 300_000
#: Each makes counting slow: its processes hold the locks that the kernel needs for it.
BUSY = {
    "spinning": "while True: pass",
    "mapping": """
            size = 20000 * 4096
            libc.mmap.restype = ctypes.c_void_p
            base = libc.mmap(None, ctypes.c_size_t(size), 3, 0x22, -1, ctypes.c_long(0))
            while True:
                for n in range(0, 20000, 2):
                    libc.mprotect(ctypes.c_void_p(base + n * 4096), ctypes.c_size_t(4096), 1)
                libc.mprotect(ctypes.c_void_p(base), ctypes.c_size_t(size), 3)""",
}


@pytest.fixture(scope="module")
def uncounted(default_environment: Environment) -> Iterator[Here]:
    with Here.opened(default_environment, withheld=["memory control group"]) as here:
        if not here.namespaces:
            pytest.skip("without namespaces there are no children")
        yield here


@pytest.mark.parametrize("name", BUSY)
def test_many_busy_processes_do_not_delay_the_deadline(name: str, uncounted: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    for _ in range({LIMITS.processes_uncounted - 2}):
        if os.fork() == 0:
            {BUSY[name]}
    while True:
        pass
"""
    outcome = uncounted.run(script, limits=replace(LIMITS, timeout_seconds=3))
    assert outcome.failure is not None
    assert outcome.failure.code == "timed-out", outcome.failure
    assert outcome.timings.run < 5
    assert_works(uncounted)


def test_the_limits_of_what_is_not_counted(uncounted: Here) -> None:
    script = """
def attack():
    import resource
    limits = resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE
    return [resource.getrlimit(limit)[0] for limit in limits]
"""
    found = answer_of(uncounted.run(PREAMBLE + script))
    assert found == [LIMITS.processes_uncounted, LIMITS.open_files_uncounted]
    # Less that is asked for stays less.
    fewer = replace(LIMITS, processes=9, open_files=50)
    assert answer_of(uncounted.run(PREAMBLE + script, limits=fewer)) == [9, 50]


def test_what_sockets_keep_is_bounded(uncounted: Here) -> None:
    script = """
def hog():
    kept, total = [], 0
    while True:
        try:
            pair = socket.socketpair()
        except OSError:
            return total
        kept.append(pair)
        for end in pair:
            end.setblocking(False)
            tried(lambda: [end.send(bytes(4096)) for _ in range(1000)])
        total += 2
def attack():
    told, tell = os.pipe()
    forked = 0
    while forked < 200:
        try:
            child = os.fork()
        except OSError:
            break
        forked += 1
        if child == 0:
            os.close(told)
            os.write(tell, b"%d\\n" % hog())
            time.sleep(60)
    os.close(tell)
    numbers = b""
    while numbers.count(b"\\n") < forked:
        numbers += os.read(told, 4096)
    return [forked, sum(map(int, numbers.split()))]
"""
    forked, sockets = answer_of(uncounted.run(PREAMBLE + script))
    policy = POLICY.limits
    assert forked < policy.processes_uncounted
    assert 0 < sockets < policy.processes_uncounted * policy.open_files_uncounted
    assert sockets * _QUEUE < 640 << 20
    assert_works(uncounted)


def test_memory_is_still_counted(uncounted: Here) -> None:
    script = """
def attack():
    for _ in range(4):
        if os.fork() == 0:
            kept = bytearray(b"x") * (150 << 20)
            time.sleep(60)
    time.sleep(60)
"""
    outcome = uncounted.run(PREAMBLE + script, limits=replace(LIMITS, memory=300 << 20))
    assert outcome.failure is not None
    assert outcome.failure.code == "out-of-memory"
    assert outcome.timings.run < 20
