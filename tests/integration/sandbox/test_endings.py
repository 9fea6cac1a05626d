"""Every way in which a run can end, as a result with its own code."""

import threading
from dataclasses import replace

import pytest

from studiolo.sandbox.exchange.failures import FAILURE_CODES
from studiolo.sandbox.exchange.job import Status

from .places import LIMITS, PREAMBLE, Here, Place, assert_works, attack

ENDINGS = [
    ("script-exit", "sys.exit()"),
    ("script-exit", "raise SystemExit('done')"),
    ("script-exception", "raise KeyboardInterrupt"),
    ("script-exception", "1 / 0"),
    ("script-exception", "os.close(1); os.close(2); raise ValueError('seen')"),
    ("ended-without-result", "os._exit(0)"),
    ("ended-without-result", "os._exit(3)"),
    ("ended-without-result", "os.execv('/bin/true', ['true'])"),
    ("crashed", "ctypes.string_at(0)"),
    ("crashed", "os.abort()"),
    ("crashed", "signal.signal(signal.SIGSEGV, signal.SIG_IGN); ctypes.string_at(0)"),
    ("out-of-memory", "[bytearray(1 << 28) for _ in range(100)]"),
    ("out-of-memory", "raise MemoryError"),
    ("out-of-memory", "import numpy; numpy.ones(1 << 40)"),
]
TOO_LONG = [
    "while True: pass",
    "print('x', flush=True) or time.sleep(60)",
    "threading.Thread(target=time.sleep, args=[60]).start(); time.sleep(60)",
    "[signal.signal(n, lambda *_: None) for n in (2, 15)]; signal.pause()",
    "os.kill(os.getpid(), signal.SIGSTOP); time.sleep(60)",
]


def saying_something_before(script: str) -> str:
    return f"{PREAMBLE}def attack():\n    print('before', flush=True)\n    {script}\n"


@pytest.mark.parametrize(("code", "script"), ENDINGS, ids=[script for _, script in ENDINGS])
def test_ending(code: str, script: str, either: Here) -> None:
    outcome = either.run(saying_something_before(script))
    assert outcome.status is Status.FAILED
    assert outcome.failure is not None
    assert outcome.failure.code == code, outcome.failure
    assert outcome.failure.classic_number == FAILURE_CODES[code]
    assert outcome.failure.message
    assert outcome.tables == {}
    assert outcome.device.console.startswith("before\n")
    assert_works(either)


@pytest.mark.parametrize("script", TOO_LONG)
def test_a_run_ends_at_its_time_limit(script: str, full: Here) -> None:
    outcome = full.run(saying_something_before(script), limits=replace(LIMITS, timeout_seconds=1))
    assert outcome.failure is not None
    assert outcome.failure.code == "timed-out"
    assert outcome.device.console.startswith("before\n")
    assert 1 <= outcome.timings.run < 2
    assert_works(full)


def test_processor_time_is_limited_without_the_host(full: Here) -> None:
    # What the host would do after its own second, the kernel does as well.
    script = """
def attack():
    import resource
    return resource.getrlimit(resource.RLIMIT_CPU)
"""
    limits = replace(LIMITS, timeout_seconds=40, cpus=3)
    assert attack(full, script, limits=limits) == [120, 120]


def test_a_child_that_ran_out_of_processor_time_is_killed(full: Here) -> None:
    script = """
def attack():
    import resource
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
        while True:
            pass
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    outcome = full.run(PREAMBLE + script)
    assert outcome.tables["results_dataset"]["answer"].to_pylist() == ["-9"]


def test_a_lowered_processor_time_ends_the_run(full: Here) -> None:
    script = """
def attack():
    import resource
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass
"""
    outcome = full.run(PREAMBLE + script)
    assert outcome.failure is not None
    assert outcome.failure.code == "killed"
    assert_works(full)


def test_a_full_disk_is_an_error_of_the_script(full: Here) -> None:
    script = """
def attack():
    with open("large", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
"""
    outcome = full.run(PREAMBLE + script, limits=replace(LIMITS, work_directory_size=8 << 20))
    assert outcome.failure is not None
    assert outcome.failure.code == "script-exception"
    assert "No space left" in outcome.failure.message


@pytest.mark.parametrize(
    "script", ["time.sleep(60)", "while True: pass", "os.fork(); os.fork(); time.sleep(60)"]
)
def test_a_run_is_cancelled_within_a_second(script: str, full: Here) -> None:
    cancelled = threading.Event()
    began = threading.Event()

    def cancel() -> None:
        began.wait(10)
        cancelled.set()

    timer = threading.Thread(target=cancel)
    timer.start()
    outcome = full.run(
        f"{PREAMBLE}def attack():\n    print('began', flush=True)\n    {script}\n",
        cancelled=cancelled,
        on_console=lambda _: began.set(),
    )
    timer.join()
    assert outcome.failure is not None
    assert outcome.failure.code == "cancelled"
    assert outcome.timings.run < 1.5
    assert_works(full)


def test_a_run_that_is_cancelled_beforehand_hardly_begins(full: Here) -> None:
    cancelled = threading.Event()
    cancelled.set()
    outcome = full.run(f"{PREAMBLE}def attack():\n    time.sleep(60)\n", cancelled=cancelled)
    assert outcome.failure is not None
    assert outcome.failure.code == "cancelled"


def test_a_result_larger_than_a_file_may_be_comes_back(either: Here) -> None:
    script = "import numpy\ndef attack():\n    return 'x' * (3 << 20)\n"
    outcome = either.run(PREAMBLE + script, limits=replace(LIMITS, file_size=1 << 20))
    assert outcome.failure is None, outcome.failure
    assert len(outcome.tables["results_dataset"]["answer"][0].as_py()) == (3 << 20) + 2


def test_a_result_larger_than_its_limit_is_refused(either: Here) -> None:
    script = "def attack():\n    return 'x' * (3 << 20)\n"
    limits = replace(LIMITS, file_size=1 << 20, result_size=1 << 20)
    outcome = either.run(PREAMBLE + script, limits=limits)
    assert outcome.failure is not None
    assert outcome.failure.code == "result-too-large"
    script = "def attack():\n    return 'x' * (80 << 20)\n"
    outcome = either.run(PREAMBLE + script, limits=limits)
    assert outcome.failure is not None
    assert outcome.failure.code == "result-too-large"


def test_a_child_killed_for_want_of_memory_ends_the_run(place: Place) -> None:
    if not place.namespaces:
        pytest.skip("there are no children without namespaces")
    # Without that a pool would wait for ever for the worker that the kernel has killed.
    script = """
def attack():
    import multiprocessing
    def work(number):
        kept = bytearray(b"x") * (200 << 20)
        time.sleep(60)
    workers = [multiprocessing.Process(target=work, args=[n]) for n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
"""
    limits = replace(LIMITS, memory=400 << 20)
    outcome = place.run(PREAMBLE + script, limits=limits)
    assert outcome.failure is not None
    assert outcome.failure.code == "out-of-memory"
    assert outcome.timings.run < 15
    if place.memory_group:
        assert outcome.peak_memory is not None
        assert outcome.peak_memory <= limits.memory + (64 << 20)
    assert_works(place)
