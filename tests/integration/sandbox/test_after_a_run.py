"""What the host does once a run is over: its work is limited, whatever the run has prepared."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.sandbox.errors import ZygoteFailedError
from studiolo.sandbox.policy.isolation import Isolation
from studiolo.sandbox.process.bring_up import Started
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.sandbox import Sandbox

from .places import (
    LIMITS,
    POLICY,
    PREAMBLE,
    Here,
    answer_of,
    assert_works,
    interpreter_of,
    processes,
)
from .test_forged_results import FORGING

_PINNED = """
import pyarrow as pa
def attack():
    content = stream(pa.table({"a": list(range(20000))}))
    write("report", json.dumps(dict(GOOD, outputs=[dict(rows=20000, references=[])])).encode())
    write("results_dataset", content)
    result = files()["results_dataset"]
    pin(result)
    os.write(files()["link"], b"{}")
    time.sleep(60)
"""
#: Where the pages of a result can be held, so that it can't be made final.
PINS = {
    "the console": "os.sendfile(1, result, 0, 65536)",
    "the console, page by page": """import fcntl
    fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_DIRECT)
    [os.sendfile(1, result, 4096 * n, 4096) for n in range(16)]""",
    "its own socket": "os.sendfile(files()['link'], result, 0, 4096)",
    "a pipe of its own": "global kept; kept = os.pipe(); os.sendfile(kept[1], result, 0, 65536)",
    "sockets that hold one another": """a, b = socket.socketpair()
    os.sendfile(a.fileno(), result, 0, 65536)
    tried(socket.send_fds, a, [b'x'], [a.fileno(), b.fileno()])
    tried(socket.send_fds, b, [b'x'], [a.fileno(), b.fileno()])""",
    "a mapping": "import mmap; global kept; kept = mmap.mmap(result, 4096)",
}


@pytest.mark.parametrize("name", PINS)
def test_a_result_whose_pages_are_held_hangs_nobody(name: str, either: Here) -> None:
    script = f"{PREAMBLE}{FORGING}{_PINNED}def pin(result):\n    {PINS[name]}\n"
    outcome = either.run(script, limits=replace(LIMITS, timeout_seconds=20))
    if outcome.failure is None:
        assert outcome.tables["results_dataset"].num_rows == 20_000
    else:
        assert outcome.failure.code == "result-invalid", outcome.failure
    assert outcome.timings.total < 15
    assert_works(either)


def test_holes_take_no_memory_of_the_host(either: Here) -> None:
    script = f"""{PREAMBLE}{FORGING}
import pyarrow as pa
def attack():
    import resource
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    rows = 10_000_000
    # The schema and the batch of a table of zeros, but for the zeros.
    content = stream(pa.table({{"a": pa.array(memoryview(bytes(8 * rows)).cast("q"))}}))
    write("results_dataset", content[:4096])
    os.pwrite(files()["results_dataset"], content[-4096:], len(content) - 4096)
    done(dict(GOOD, outputs=[dict(rows=rows, references=[])]))
"""
    outcome = either.run(script)
    assert outcome.failure is not None
    assert outcome.failure.code == "result-invalid"
    assert "holes" in outcome.failure.message
    assert_works(either)


def test_a_large_category_of_many_rows_is_too_large(full: Here) -> None:
    script = """
import pandas as pd
def azureml_main():
    return pd.DataFrame({"a": pd.Categorical.from_codes([0] * 1000, ["x" * (1 << 20)])}),
"""
    outcome = full.run(script, limits=replace(LIMITS, result_size=500 << 20))
    assert outcome.failure is not None
    assert outcome.failure.code == "result-too-large"
    assert "its own copy of its category" in outcome.failure.message
    outcome = full.run(script, limits=replace(LIMITS, result_size=2 << 30))
    assert outcome.failure is None, outcome.failure


def test_a_column_of_the_input_many_times_is_too_large(full: Here) -> None:
    import pyarrow as pa

    script = f"""{PREAMBLE}{FORGING}
import pyarrow as pa
def attack(frame):
    references = [[n, f"c{{n}}", 0, 0] for n in range(1000)]
    done(dict(GOOD, outputs=[dict(rows=1000, references=references)]),
         results_dataset=stream(pa.table({{}})))
"""
    inputs = {"dataset1": pa.table({"a": ["x" * 1000] * 1000})}
    outcome = full.run(script, inputs=inputs, limits=replace(LIMITS, result_size=500 << 20))
    assert outcome.failure is not None
    assert outcome.failure.code == "result-too-large", outcome.failure
    outcome = full.run(script, inputs=inputs)
    assert outcome.failure is None, outcome.failure
    assert outcome.tables["results_dataset"].num_columns == 1000


def test_many_references_cost_little(full: Here) -> None:
    import pyarrow as pa

    script = f"""{PREAMBLE}{FORGING}
import pyarrow as pa
def attack(frame):
    references = [[n, f"c{{n}}", 0, 0] for n in range(50_000)]
    done(dict(GOOD, outputs=[dict(rows=2, references=references)]),
         results_dataset=stream(pa.table({{}})))
"""
    before = time.process_time()
    outcome = full.run(script, inputs={"dataset1": pa.table({"a": [1, 2]})})
    assert time.process_time() - before < 5
    assert outcome.failure is None, outcome.failure
    assert outcome.tables["results_dataset"].num_columns == 50_000


def test_a_run_is_cancelled_while_it_is_collected(full: Here) -> None:
    cancelled = threading.Event()
    script = f"""{PREAMBLE}
def attack():
    open("a.png", "wb").write(b"no picture")
    print("nearly done", flush=True)
    return 1
"""
    # The text comes just before the end: at the latest it is read when the run is over.
    outcome = full.run(script, on_console=lambda _: cancelled.set(), cancelled=cancelled)
    assert outcome.failure is not None
    assert outcome.failure.code == "cancelled"
    assert outcome.tables == {}
    assert outcome.device.console == "nearly done\n"
    assert_works(full)


@pytest.mark.parametrize("number", [1, 5, 9, 11, 14, 24, 29, 31, 34, 35, 50, 64])
def test_any_signal_that_ends_a_run_is_told(number: int, filtered: Here) -> None:
    # Where the process is the first of a pid namespace, the kernel lets most of them pass.
    script = f"""{PREAMBLE}
def attack():
    libc.signal({number}, None)
    os.kill(os.getpid(), {number})
    return 1
"""
    outcome = filtered.run(script, limits=replace(LIMITS, timeout_seconds=1))
    codes = {"crashed", "killed", "timed-out", "system-call-refused", "processor-time"}
    assert outcome.failure is None or outcome.failure.code in codes, outcome.failure


#: Names as no drawing library gives them.
NAMES = [
    "b'.png'",
    "b'.PNG'",
    "b'.svg'",
    "b'\\xff.png'",
    "b'a\\n\\x1b[31mb.png'",
    "b'\\xed\\xa0\\x80.png'",
    "b'index.html/a.png'",
    "b'x' * 251 + b'.png'",
    "b'\\xff' * 251 + b'.png'",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_an_image_can_be_kept_or_told(name: str, either: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    import matplotlib.image, numpy
    name = {name}
    os.makedirs(os.path.dirname(name) or b".", exist_ok=True)
    matplotlib.image.imsave("sound.png", numpy.zeros((2, 2, 3)))
    os.rename("sound.png", name)
    return 1
"""
    outcome = either.run(script)
    assert outcome.failure is None, outcome.failure
    names = [image.name for image in outcome.device.images]
    assert len(names) + len(outcome.log) == 1
    assert all(name.encode().decode().isprintable() for name in names)


def test_files_that_vanish_while_they_are_collected(full: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    for number in range(4):
        if os.fork() == 0:
            names = [f"{{number}}-{{n}}.png" for n in range(40)]
            while True:
                for name in names:
                    tried(lambda: os.close(os.open(name, os.O_CREAT | os.O_WRONLY)))
                for name in names:
                    tried(os.unlink, name)
    # A process that takes long to be gone leaves them time.
    kept = bytearray(b"x") * (100 << 20)
    time.sleep(0.2)
    os.write(1, b"done")
    os._exit(1)
"""
    outcome = full.run(script)
    assert outcome.failure is not None
    assert outcome.failure.code == "ended-without-result"
    assert_works(full)


def test_notes_of_images_tell_nothing_of_the_host(either: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    for number in range(50):
        open(f"{{number}}.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" * (number % 3))
    return 1
"""
    outcome = either.run(script)
    assert not any("0x" in line or "object" in line for line in outcome.log), outcome.log
    # And there are not as many of them as a script likes.
    assert len(outcome.log) == 21
    assert outcome.log[-1] == "30 more images are left out."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", "b'\\x89PNG\\r\\n\\x1a\\n' + bytes(32) * (1 << 19)"),
        ("a.jpg", "b'\\xff\\xd8' + b'\\xff' * (16 << 20)"),
        ("a.jpg", "b'\\xff\\xd8' + b'\\xff\\xe5\\x00\\x02' * (4 << 20)"),
    ],
)
def test_a_picture_of_a_million_parts_is_not_looked_through(
    name: str, content: str, full: Here
) -> None:
    before = time.process_time()
    outcome = full.run(
        f"{PREAMBLE}def attack():\n    open({name!r}, 'wb').write({content})\n    return 1\n"
    )
    assert time.process_time() - before < 2
    assert outcome.device.images == []
    assert "parts" in outcome.log[0]


def test_large_files_that_are_no_pictures_are_not_all_read(full: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    for number in range(500):
        with open(f"{{number}}.png", "wb") as file:
            file.truncate(30 << 20)
    return 1
"""
    before = time.process_time()
    outcome = full.run(script)
    assert time.process_time() - before < 3
    assert outcome.failure is None, outcome.failure
    assert any("not all of it was searched" in line for line in outcome.log)


@contextmanager
def not_isolated(environment: Environment) -> Iterator[Sandbox]:
    with Sandbox(
        POLICY, interpreter_of(environment), isolation_asked=Isolation.OFF, many=True
    ) as sandbox:
        yield sandbox


def test_without_isolation_nothing_is_left_running(default_environment: Environment) -> None:
    script = f"""{PREAMBLE}
def attack():
    started = subprocess.Popen(["sleep", "4747"], start_new_session=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return started.pid
"""
    with not_isolated(default_environment) as sandbox:
        here = Here(sandbox, default_environment)
        assert isinstance(answer_of(here.run(script)), int)
        counted = here.memory_group
    # Only a control group knows what a run has started.
    if counted:
        assert not any(line.startswith("sleep 4747") for line in processes().values())
    for number, line in processes().items():
        if line.startswith("sleep 4747"):
            os.kill(number, signal.SIGKILL)


def test_a_console_of_single_packets_keeps_the_host_idle(full: Here) -> None:
    script = f"""{PREAMBLE}
def attack():
    import fcntl
    fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_DIRECT)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        os.write(1, b"x")
    return 1
"""
    before = time.process_time()
    outcome = full.run(script)
    assert time.process_time() - before < 0.4
    assert outcome.failure is None, outcome.failure
    assert set(outcome.device.console) == {"x"}


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_zygote_that_dies_again_while_it_starts_is_replaced(
    default_environment: Environment, monkeypatch: pytest.MonkeyPatch, *, is_ready: bool
) -> None:
    start = Sandbox._start
    deaths = iter(range(2))

    def started(self: Sandbox) -> Started:
        dies = next(deaths, None) is not None
        if dies and not is_ready:
            self._bring_up = self._bring_up or self._new_bring_up()
            os.kill(self._bring_up.launcher_pid, signal.SIGKILL)
        new = start(self)
        if dies:
            os.kill(new.zygote.pid, signal.SIGKILL)
        return new

    monkeypatch.setattr(Sandbox, "_start", started)
    # It is asked for its layers first, as where a service is loaded.
    with Here.opened(default_environment) as here:
        assert answer_of(here.run(f"{PREAMBLE}def attack():\n    return 1\n")) == 1
        assert len(here.sandbox._workers._zygotes) <= 1, "groups of dead processes are kept"
    assert next(deaths, None) is None


def test_an_interpreter_that_dies_before_its_first_message_is_found_dead_later() -> None:
    launcher = Launcher()
    launcher.kill()
    launcher.begin({"jail": {}})
    launcher.hand_over([])
    assert launcher.ended()
    launcher.close()


def test_a_run_that_is_cancelled_does_not_wait_for_a_zygote_that_starts_anew(
    default_environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_start, cancelled = threading.Event(), threading.Event()
    start = Sandbox._start

    def started(self: Sandbox) -> Started:
        may_start.wait()
        return start(self)

    source = f"{PREAMBLE}def attack():\n    return 1\n"
    with Here.opened(default_environment) as here:
        zygote = here.sandbox._ready().zygote
        monkeypatch.setattr(Sandbox, "_start", started)
        os.kill(zygote.pid, signal.SIGKILL)
        while zygote.alive:
            time.sleep(0.01)
        cancelled.set()
        outcome = here.run(source, cancelled=cancelled)
        assert outcome.failure is not None
        assert outcome.failure.code == "cancelled"
        may_start.set()
        assert answer_of(here.run(source)) == 1


def test_a_zygote_that_says_what_is_wrong_is_not_started_again(
    default_environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def started(self: Sandbox) -> Started:
        begun.append(self)
        raise ZygoteFailedError(layer="seccomp", why="refused", python=Path("python"), printed="")

    monkeypatch.setattr(Sandbox, "_start", started)
    with (
        Sandbox(POLICY, interpreter_of(default_environment)) as sandbox,
        pytest.raises(ZygoteFailedError, match="seccomp: refused"),
    ):
        sandbox.isolation  # noqa: B018
    assert len(begun) == 1
