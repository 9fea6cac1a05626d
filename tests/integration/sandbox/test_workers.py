"""Workers that serve one call of a program after another, and when they are replaced."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.sandbox.exchange.job import Job, Outcome
from studiolo.sandbox.exchange.program import Call, Program, ProgramStep
from studiolo.sandbox.process import workers
from studiolo.sandbox.sandbox import Sandbox

from .places import LIMITS, POLICY, PREAMBLE, interpreter_of
from .test_programs import FIRST, GIVEN, MARKS, OUTPUT, SECOND, sealed, table_of

SECONDS = 3
LIMITED = replace(
    POLICY, limits=replace(LIMITS, timeout_seconds=SECONDS, memory=600 << 20, processes=16)
)
#: Executes what a call brings along; the number of calls that its interpreter has served leaves.
SOURCE = f"""{PREAMBLE}
def azureml_main(frame, constant, *, text=""):
    pd.calls = getattr(pd, "calls", 0) + 1
    space = dict(globals(), frame=frame, constant=constant, found=False, rows=1)
    exec(frame.code[0], space)
    made = {{"calls": pd.calls, "found": bool(space["found"]), "text": text}}
    return pd.DataFrame(made, index=range(space["rows"]))
"""
#: A worker may keep what is in its interpreter. Everything else is put away, or is its end.
SEEN = {"a global", "a memory page of a library"}
#: What a call does to its worker, and the code of its failure. It is empty for none, and None where
#: there may be one or none, depending on who is faster.
OFFENCES = {
    "leaves a thread": ("threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", ""),
    "leaves a process": ("if os.fork() == 0: time.sleep(60)", ""),
    "leaves a signal handler": ("signal.signal(signal.SIGUSR1, lambda *_: None)", ""),
    "leaves an open file": ("pd.left = open('/dev/null')", ""),
    "leaves a file in a folder of its home": (
        "open('/job/home/matplotlib/left', 'w').close()",
        "",
    ),
    "answers before its time": (
        "[os.write(int(name), b'{}') for name in os.listdir('/proc/self/fd')"
        " if 'socket' in tried(os.readlink, '/proc/self/fd/' + name)]",
        None,
    ),
    "keeps much memory": ("pd.left = bytearray(400 << 20)", ""),
    "fails": ("raise ValueError('no')", "script-exception"),
    "ends itself": ("os._exit(3)", "ended-without-result"),
    "floods its memory": ("pd.left = [bytearray(1 << 20) for _ in range(1 << 20)]", "any"),
    "hangs": ("while True: pass", "timed-out"),
}
#: What a call brings along, prints and returns, each of them too much for a message: the code, a
#: parameter, and how many rows come back.
LONG = "x" * 100_000
SIZES = [
    ("", "", 1),
    (f"text = '{LONG}'", "", 1),
    ("", LONG, 1),
    ("rows = 5_000", "long enough", 5_000),
    (f"print('{LONG[:50_000]}')", "", 1),
    ("", "", 1),
]
#: A reply, and what is wrong with it.
RESULT = {"rows": 0, "references": []}
REPORT = {"outputs": [{**RESULT, "bytes": 4}], "log": [], "seconds": {}}
FORGED: dict[str, tuple[object, bytes]] = {
    "fewer bytes than it says": (REPORT, b"abc"),
    "more bytes than it says": (REPORT, b"abcde"),
    "no stream of Arrow's": (REPORT, b"abcd"),
    "a size that is not one": ({**REPORT, "outputs": [{**RESULT, "bytes": -4}]}, b""),
    "a result without a size": ({**REPORT, "outputs": [RESULT]}, b""),
    "no result": ({**REPORT, "outputs": []}, b""),
    "no report": ([], b""),
}
PROGRAM = Program(
    steps=[
        ProgramStep(
            node="node",
            job=Job(source=SOURCE, inputs={SECOND: sealed({"n": [1]})}),
            sources={FIRST: GIVEN},
        )
    ],
    outputs=OUTPUT,
)


@pytest.fixture(scope="module")
def one(default_environment: Environment) -> Iterator[Sandbox]:
    """A sandbox with one worker."""
    interpreter = interpreter_of(default_environment)
    with Sandbox(LIMITED, interpreter, warm=1, program=PROGRAM, several_calls=True) as sandbox:
        yield sandbox


def call(sandbox: Sandbox, code: str = "") -> Outcome:
    return sandbox.call(Call(inputs={"input1": sealed({"code": [code]})}))


def calls_of(sandbox: Sandbox) -> int:
    """How many calls its interpreter has served, with this one."""
    (calls,) = table_of(call(sandbox))["calls"]
    assert isinstance(calls, int)
    return calls


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def replaced(sandbox: Sandbox) -> None:
    call(sandbox, "raise ValueError('the next call gets a new worker')")


@pytest.mark.parametrize("mark", MARKS)
def test_the_next_call_sees_what_is_in_the_interpreter_and_nothing_else(
    one: Sandbox, mark: str
) -> None:
    replaced(one)
    seen = []
    for _ in range(3):
        outcome = call(one, MARKS[mark])
        seen.append(table_of(outcome)["found"][0])
        assert outcome.device.console == ("mark" if mark == "the console" else "")
    assert seen == [False, mark in SEEN, mark in SEEN]


@pytest.mark.parametrize("offence", OFFENCES)
def test_a_call_that_leaves_something_behind_is_the_last_of_its_worker(
    one: Sandbox, offence: str
) -> None:
    replaced(one)
    assert [calls_of(one), calls_of(one)] == [1, 2]
    code, expected = OFFENCES[offence]
    failure = call(one, code).failure
    if expected == "any":
        assert failure is not None
    elif expected is not None:
        assert ("" if failure is None else failure.code) == expected
    assert [calls_of(one), calls_of(one)] == [1, 2]


def test_calls_of_all_sizes_take_turns(one: Sandbox) -> None:
    replaced(one)
    before = descriptors()
    for number, (code, text, rows) in enumerate(SIZES, start=1):
        inputs = {"input1": sealed({"code": [code]})}
        outcome = one.call(Call(inputs=inputs, parameters={0: {"text": text}}))
        assert table_of(outcome) == {
            "calls": [number] * rows,
            "found": [False] * rows,
            "text": [text] * rows,
        }
        assert outcome.device.console == (LONG[:50_000] + "\n" if "print" in code else "")
        del outcome
    assert descriptors() <= before + 8
    failure = call(one, f"raise ValueError('{LONG}')").failure
    assert failure is not None
    assert LONG[:10_000] in failure.message


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_reply_is_refused(one: Sandbox, name: str) -> None:
    report, streams = FORGED[name]
    message = json.dumps(report).encode() + b"\n" + streams
    code = f"""
for name in os.listdir("/proc/self/fd"):
    if "socket" in tried(os.readlink, f"/proc/self/fd/{{name}}"):
        os.write(int(name), {message!r})
time.sleep(60)
"""
    failure = call(one, code).failure
    assert failure is not None
    assert failure.code == "result-invalid", failure
    assert calls_of(one) == 1


def test_a_worker_is_replaced_after_so_many_calls(
    one: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MOST_REQUESTS", 3)
    replaced(one)
    assert [calls_of(one) for _ in range(5)] == [1, 2, 3, 1, 2]


def test_calls_that_hang_hold_up_no_others(one: Sandbox) -> None:
    with ThreadPoolExecutor(3) as threads:
        hanging = [threads.submit(call, one, "while True: pass") for _ in range(2)]
        time.sleep(0.2)
        began = time.monotonic()
        assert table_of(call(one))["found"] == [False]
        took = time.monotonic() - began
        assert not any(future.done() for future in hanging), f"the third call took {took} s"
        failures = [future.result().failure for future in hanging]
        assert [failure and failure.code for failure in failures] == ["timed-out"] * 2
    # Those that came in addition are gone, and the one that is kept serves on.
    assert sorted([calls_of(one), calls_of(one)]) in ([1, 2], [2, 3])


def test_nothing_adds_up(one: Sandbox) -> None:
    replaced(one)
    calls_of(one)
    # Those of workers before may still be closed meanwhile.
    before = descriptors()
    assert [calls_of(one) for _ in range(20)] == list(range(2, 22))
    assert descriptors() <= before
