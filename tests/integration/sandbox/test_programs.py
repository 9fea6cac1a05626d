"""Programs: the steps of a published experiment in one process, a fresh one for each call."""

import io
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import cloudpickle
import pyarrow as pa
import pytest

from studiolo.environments.environment import Environment
from studiolo.modules.definition import InputPort, OutputPort, PortKind, PortName
from studiolo.sandbox.errors import ProgramUnloadableError
from studiolo.sandbox.exchange.job import Contract, Job, Outcome
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.program import Call, CallInput, Program, ProgramStep, StepOutput
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.sandbox import Sandbox

from .places import LIMITS, POLICY, PREAMBLE, interpreter_of

FIRST, SECOND = PortName("dataset1"), PortName("dataset2")
RESULT = PortName("results_dataset")
GIVEN = CallInput(name="input1")
OUTPUT = {"output1": StepOutput(step=0, port=RESULT)}
SHORT = replace(LIMITS, timeout_seconds=10)


def sealed(columns: Mapping[str, Sequence[object]]) -> SealedTable:
    return SealedTable.of_file(MemoryFile.of_table(pa.table(dict(columns))))


def script(source: str, **sources: object) -> ProgramStep:
    return ProgramStep(node="node", job=Job(source=source), sources=sources)  # type: ignore[arg-type]


@contextmanager
def loaded(
    environment: Environment, program: Program, withheld: Sequence[str] = ()
) -> Iterator[Sandbox]:
    with Sandbox(
        POLICY, interpreter_of(environment), withheld=withheld, warm=1, program=program
    ) as sandbox:
        yield sandbox


def called(sandbox: Sandbox, **columns: Sequence[object]) -> Outcome:
    return sandbox.call(Call(inputs={"input1": sealed(columns)}), limits=SHORT)


def table_of(outcome: Outcome) -> dict[str, list[object]]:
    assert outcome.failure is None, (outcome.failure, outcome.device.console)
    found: dict[str, list[object]] = outcome.tables["output1"].to_pydict()
    return found


def zipped(**modules: str) -> MemoryFile:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, source in modules.items():
            archive.writestr(f"{name}.py", source)
    return MemoryFile.of_bytes(content.getvalue(), "bundle")


@pytest.mark.parametrize("withheld", [(), ("namespaces",)])
def test_steps_hand_on_what_they_return(
    default_environment: Environment, withheld: Sequence[str]
) -> None:
    doubled = "def azureml_main(a):\n    a['n'] = a.n * 2\n    print('first')\n    return a\n"
    joined = """
def azureml_main(a, b):
    print("second")
    return a.merge(b, on="k")
"""
    constant = sealed({"k": ["x", "y"], "name": ["Ada", None]})
    program = Program(
        steps=[
            script(doubled, **{FIRST: GIVEN}),
            ProgramStep(
                node="join",
                job=Job(source=joined, inputs={SECOND: constant}),
                sources={FIRST: StepOutput(step=0, port=RESULT)},
            ),
        ],
        outputs={"output1": StepOutput(step=1, port=RESULT), "same": GIVEN},
    )
    with loaded(default_environment, program, withheld) as sandbox:
        for number in range(3):
            outcome = called(sandbox, n=[1, number], k=["x", "y"])
            expected = {"n": [2, 2 * number], "k": ["x", "y"], "name": ["Ada", None]}
            assert table_of(outcome) == expected
            assert outcome.tables["same"].to_pydict() == {"n": [1, number], "k": ["x", "y"]}
            assert outcome.device.console == "first\nsecond\n"


def test_what_one_step_writes_into_its_frame_no_other_step_sees(
    default_environment: Environment,
) -> None:
    """Both steps below and an output have the same dataset, and so has what they return."""
    spoiling = "def azureml_main(a):\n    a.loc[0, 'n'] = 99\n    return a\n"
    same = "def azureml_main(a):\n    return a\n"
    first = StepOutput(step=0, port=RESULT)
    program = Program(
        steps=[
            script(same, **{FIRST: GIVEN}),
            script(spoiling, **{FIRST: GIVEN}),
            script(spoiling, **{FIRST: first}),
            script(same, **{FIRST: GIVEN}),
            script(same, **{FIRST: first}),
        ],
        outputs={
            "output1": GIVEN,
            **{f"of {step}": StepOutput(step=step, port=RESULT) for step in range(5)},
        },
    )
    with loaded(default_environment, program) as sandbox:
        tables = called(sandbox, n=[1, 2]).tables
        found = {name: table.to_pydict()["n"] for name, table in tables.items()}
        assert found == {
            "output1": [1, 2],
            "of 0": [1, 2],
            "of 1": [99, 2],
            "of 2": [99, 2],
            "of 3": [1, 2],
            "of 4": [1, 2],
        }


def test_a_column_keeps_its_type_on_the_way(default_environment: Environment) -> None:
    """Integers with gaps are floats to a script, and integers again behind each."""
    same = "def azureml_main(a):\n    assert a.n.dtype == 'float64'\n    return a\n"
    program = Program(
        steps=[
            script(same, **{FIRST: GIVEN}),
            script(same, **{FIRST: StepOutput(step=0, port=RESULT)}),
        ],
        outputs={"output1": StepOutput(step=1, port=RESULT)},
    )
    with loaded(default_environment, program) as sandbox:
        outcome = called(sandbox, n=[1, None, 3])
        assert outcome.tables["output1"].schema.field("n").type == pa.int64()
        assert table_of(outcome) == {"n": [1, None, 3]}


def test_bundles_with_the_same_module_do_not_meet(default_environment: Environment) -> None:
    source = """
import os
import helpers
def azureml_main(a):
    a[helpers.NAME] = len(os.listdir("."))
    os.environ["LEFT"] = "behind"
    open("left", "w").close()
    return a
"""
    steps = []
    origin: CallInput | StepOutput = GIVEN
    for number, name in enumerate("xy"):
        bundle = zipped(helpers=f"import os\nNAME = {name!r} + os.environ.get('LEFT', '')\n")
        job = Job(source=source, bundle=bundle)
        steps.append(ProgramStep(node=name, job=job, sources={FIRST: origin}))
        origin = StepOutput(step=number, port=RESULT)
    with loaded(default_environment, Program(steps=steps, outputs={"output1": origin})) as sandbox:
        assert table_of(called(sandbox, a=[1])) == {"a": [1], "x": [1], "y": [1]}


def test_models_are_opened_before_any_call(default_environment: Environment) -> None:
    class Model:
        def __init__(self) -> None:
            self.opened = 0

        def __setstate__(self, state: dict[str, int]) -> None:
            import time

            self.opened = time.monotonic_ns()

    contract = Contract(
        inputs=[
            InputPort(name=PortName("model"), label="Model", kind=PortKind.MODEL, optional=False),
            InputPort(name=FIRST, label="Data", kind=PortKind.DATASET, optional=False),
        ],
        outputs=[OutputPort(name=RESULT, label="Result", kind=PortKind.DATASET)],
        module=True,
    )
    source = """
def azureml_main(model, data):
    data["opened"] = model.opened
    return data
"""
    model = MemoryFile.of_bytes(cloudpickle.dumps(Model()), "model")
    step = ProgramStep(
        node="score",
        job=Job(source=source, contract=contract, inputs={"model": model}),
        sources={FIRST: GIVEN},
    )
    with loaded(default_environment, Program(steps=[step], outputs=OUTPUT)) as sandbox:
        first, second = (table_of(called(sandbox, n=[1])) for _ in range(2))
        assert first == second
        assert first["opened"] != [0]


@pytest.mark.parametrize("withheld", [(), ("namespaces",)])
def test_what_calls_import_is_imported_before_the_first(
    default_environment: Environment, withheld: Sequence[str]
) -> None:
    source = """
import sys
def azureml_main(a):
    a["there"] = "colorsys" in sys.modules
    a["own"] = "helpers" in sys.modules
    import colorsys
    import helpers
    if a.n[0] == 13:
        raise ValueError("unlucky")
    return a
"""
    bundle = zipped(helpers="")
    step = ProgramStep(node="late", job=Job(source=source, bundle=bundle), sources={FIRST: GIVEN})
    for first_row, there in ((1, True), (13, True)):
        sample = {"input1": sealed({"n": [first_row]})}
        program = Program(steps=[step], outputs=OUTPUT, sample=sample)
        with loaded(default_environment, program, withheld) as sandbox:
            expected = {"n": [2], "there": [there], "own": [False]}
            assert table_of(called(sandbox, n=[2])) == expected


def test_a_model_that_can_not_be_opened_is_said_at_the_start(
    default_environment: Environment,
) -> None:
    contract = Contract(
        inputs=[
            InputPort(name=PortName("model"), label="Model", kind=PortKind.MODEL, optional=False)
        ],
        outputs=[OutputPort(name=RESULT, label="Result", kind=PortKind.DATASET)],
        module=True,
    )
    model = MemoryFile.of_bytes(b"cgone\nModel\n.", "model")
    job = Job(source="def azureml_main(m): ...", contract=contract, inputs={"model": model})
    program = Program(steps=[ProgramStep(node="score", job=job)], outputs=OUTPUT)
    with (
        loaded(default_environment, program) as sandbox,
        pytest.raises(
            ProgramUnloadableError,
            match=r"^The node 'score' can't be loaded\. What is connected to model can't be opened "
            r"here: ModuleNotFoundError: No module named 'gone'\. The module that .* packages\. "
            r"Train it again",
        ),
    ):
        sandbox.call(Call(inputs={}))


def test_the_step_that_failed_is_known(default_environment: Environment) -> None:
    good = "def azureml_main(a):\n    return a\n"
    bad = "def azureml_main(a):\n    print('before')\n    return a / a.missing\n"
    program = Program(
        steps=[
            script(good, **{FIRST: GIVEN}),
            script(bad, **{FIRST: StepOutput(step=0, port=RESULT)}),
        ],
        outputs={"output1": StepOutput(step=1, port=RESULT)},
    )
    with loaded(default_environment, program) as sandbox:
        outcome = called(sandbox, n=[1])
        assert outcome.failure is not None
        assert outcome.failure.code == "script-exception"
        assert [frame.line for frame in outcome.failure.frames] == [3]
        assert outcome.step == 1
        assert outcome.device.console == "before\n"


def test_parameters_of_a_call_are_gone_with_it(default_environment: Environment) -> None:
    source = "def azureml_main(a, *, by: int = 2):\n    a['n'] = a.n * by\n    return a\n"
    job = Job(source=source, parameters={"by": 3})
    step = ProgramStep(node="times", job=job, sources={FIRST: GIVEN})
    with loaded(default_environment, Program(steps=[step], outputs=OUTPUT)) as sandbox:
        call = Call(inputs={"input1": sealed({"n": [2]})}, parameters={0: {"by": "5"}})
        assert table_of(sandbox.call(call)) == {"n": [10]}
        assert table_of(called(sandbox, n=[2])) == {"n": [6]}


#: Each leaves a mark that the next call would find, and says whether it found one.
MARKS = {
    "a global": "found = hasattr(pd, 'mark'); pd.mark = 1",
    "a file": "found = os.path.exists('/job/tmp/mark'); open('/job/tmp/mark', 'w').close()",
    "a file of the step": "found = os.path.exists('mark'); open('mark', 'w').close()",
    "an environment variable": "found = 'MARK' in os.environ; os.environ['MARK'] = '1'",
    "a thread": """
found = threading.active_count() > 1
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
""",
    "a timer": """
found = signal.getitimer(signal.ITIMER_REAL)[0] > 0
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_REAL, 60)
""",
    "a process": """
found = len([p for p in os.listdir('/proc') if p.isdigit()]) > 1
if os.fork() == 0:
    time.sleep(60)
""",
    "what is kept with a frame": "found = frame.attrs.get('mark'); frame.attrs['mark'] = True",
    "a constant dataset": "found = constant.n[0] != 1; constant.loc[0, 'n'] = 7",
    "the console": "found = False; sys.stdout.write('mark')",
    "a memory page of a library": """
text = pd.DataFrame.__doc__
found = text.startswith("x")
ctypes.memset(id(text) + text.__sizeof__() - len(text) - 1, ord("x"), 7)
""",
}


@pytest.fixture(scope="module")
def marking(default_environment: Environment) -> Iterator[Sandbox]:
    with_marks = "".join(
        f"    if what == {name!r}:\n" + "".join(f"        {line}\n" for line in mark.splitlines())
        for name, mark in MARKS.items()
    )
    source = (
        f"{PREAMBLE}\ndef azureml_main(frame, constant):\n    what = frame.what[0]\n{with_marks}"
    )
    source += "    return pd.DataFrame({'found': [bool(found)]})\n"
    job = Job(source=source, inputs={SECOND: sealed({"n": [1]})})
    step = ProgramStep(node="mark", job=job, sources={FIRST: GIVEN})
    with loaded(default_environment, Program(steps=[step], outputs=OUTPUT)) as sandbox:
        yield sandbox


@pytest.mark.parametrize("mark", MARKS)
def test_nothing_of_one_call_is_seen_by_the_next(marking: Sandbox, mark: str) -> None:
    for _ in range(3):
        outcome = called(marking, what=[mark])
        assert table_of(outcome) == {"found": [False]}
        assert outcome.device.console == ("mark" if mark == "the console" else "")


def test_a_call_that_does_not_end_is_ended(default_environment: Environment) -> None:
    source = "import time\ndef azureml_main(a):\n    time.sleep(60 * a.n[0])\n    return a\n"
    program = Program(steps=[script(source, **{FIRST: GIVEN})], outputs=OUTPUT)
    with loaded(default_environment, program) as sandbox:
        limits = replace(LIMITS, timeout_seconds=1)
        began = time.monotonic()
        outcome = sandbox.call(Call(inputs={"input1": sealed({"n": [1]})}), limits=limits)
        assert outcome.failure is not None
        assert outcome.failure.code == "timed-out"
        assert time.monotonic() - began < 30
        assert table_of(called(sandbox, n=[0])) == {"n": [0]}
