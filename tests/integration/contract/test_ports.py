"""Which frame reaches which argument: the classic table, and the designer's."""

from collections.abc import Callable

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.job import Failure, Outcome

Run = Callable[..., Outcome]
TableOf = Callable[..., pa.Table]
ConsoleOf = Callable[..., str]
FailureOf = Callable[..., Failure]

BUNDLE = {"in_the_bundle.py": "FOUND = 'bundle'\n"}
#: What a script prints of its arguments: the name in the frame, or None.
TELL = """
def tell(*frames):
    print(*[None if frame is None else frame["name"][0] for frame in frames])
"""
FUNCTIONS = {
    "0": "def azureml_main():\n    tell()",
    "1": "def azureml_main(any_name):\n    tell(any_name)",
    "1 with default": "def azureml_main(BikeShare=None):\n    tell(BikeShare)",
    "2": "def azureml_main(left, right):\n    tell(left, right)",
    "2 with defaults": "def azureml_main(df1=None, df2=None):\n    tell(df1, df2)",
    "2, second with default": "def azureml_main(df1, df2=None):\n    tell(df1, df2)",
    "*args": "def azureml_main(*frames):\n    tell(*frames)",
}
MISMATCH = "arity-mismatch"
#: By what is connected (1, 2, or both) and by function: what is printed, or the failure.
CONNECTED = {
    "": ["", "None", "None", "None None", "None None", "None None", ""],
    "1": [MISMATCH, "D1", "D1", "D1 None", "D1 None", "D1 None", "D1"],
    "2": [MISMATCH, "D2", "D2", "D2 None", "D2 None", "D2 None", "D2"],
    "12": [MISMATCH, MISMATCH, MISMATCH, "D1 D2", "D1 D2", "D1 D2", "D1 D2"],
}
SLOT = {
    "": ["", "None", "None", "None None", "None None", "None None", "None None"],
    "1": [MISMATCH, "D1", "D1", "D1 None", "D1 None", "D1 None", "D1 None"],
    "2": [MISMATCH, MISMATCH, MISMATCH, "None D2", "None D2", "None D2", "None D2"],
    "12": [MISMATCH, MISMATCH, MISMATCH, "D1 D2", "D1 D2", "D1 D2", "D1 D2"],
}
ROWS = [
    pytest.param(binding, ports, function, expected, id=f"{binding}-[{ports}]-{function}")
    for binding, table in (("connected", CONNECTED), ("slot", SLOT))
    for ports, row in table.items()
    for function, expected in zip(FUNCTIONS, row, strict=True)
]


def connected(ports: str) -> dict[str, pa.Table]:
    return {f"dataset{port}": pa.table({"name": [f"D{port}"]}) for port in ports}


@pytest.mark.parametrize("has_bundle", [False, True], ids=["", "bundle"])
@pytest.mark.parametrize(("binding", "ports", "function", "expected"), ROWS)
def test_each_row_of_the_table(
    run: Run, binding: str, ports: str, function: str, expected: str, has_bundle: bool
) -> None:
    find = "from in_the_bundle import FOUND\nprint(FOUND)\n" if has_bundle else ""
    outcome = run(
        find + TELL + FUNCTIONS[function],
        port_binding=binding,
        bundle=BUNDLE if has_bundle else None,
        **connected(ports),
    )
    printed = outcome.device.console.split("\n")
    if has_bundle:
        assert printed.pop(0) == "bundle"
    if expected == MISMATCH:
        assert outcome.failure is not None
        assert outcome.failure.code == MISMATCH
        assert outcome.failure.classic_number == 85
    else:
        assert outcome.failure is None
        assert printed == [expected, ""]


def test_a_mismatch_names_the_ports_and_the_parameters(
    failure_of: FailureOf, one: pa.Table, two: pa.Table
) -> None:
    failure = failure_of("def azureml_main(only):\n    pass", dataset1=one, dataset2=two)
    assert failure.message == (
        "Dataset1 and Dataset2 are connected, so azureml_main is called with 2 data frames, but it "
        "takes 1 (only). Give it a parameter for each connected port, or disconnect a port."
    )


def test_a_parameter_that_no_port_fills_is_none_and_the_log_says_so(
    run: Run, two: pa.Table
) -> None:
    outcome = run("def azureml_main(a, b):\n    return a,", dataset2=two)
    assert outcome.tables["results_dataset"].to_pydict() == {"name": ["second"]}
    assert outcome.log == [
        "The parameter 'b' of azureml_main is None: no connected dataset port is left for it."
    ]


def test_further_parameters_keep_their_defaults(console_of: ConsoleOf, one: pa.Table) -> None:
    source = "def azureml_main(a, b=None, depth=5):\n    print(b, depth)"
    assert console_of(source, dataset1=one) == "None 5\n"


@pytest.mark.parametrize(
    "entry",
    [
        "azureml_main = lambda frame=None: (frame,)",
        "class Scorer:\n    def __call__(self, frame): return frame,\nazureml_main = Scorer()",
        "from in_the_bundle import azureml_main",
    ],
    ids=["lambda", "object", "imported"],
)
def test_anything_that_can_be_called_is_an_entry(
    table_of: TableOf, one: pa.Table, entry: str
) -> None:
    bundle = {"in_the_bundle.py": "def azureml_main(frame):\n    return frame,\n"}
    assert table_of(entry, dataset1=one, bundle=bundle).to_pydict() == {"name": ["first"]}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "The script defines no function azureml_main."),
        ("def azureml_mian(df):\n    return df,", "Did you mean to call azureml_mian"),
        ("azureml_main = 3", "must be a function, but the script makes it a int"),
    ],
)
def test_a_script_without_entry(failure_of: FailureOf, source: str, said: str) -> None:
    failure = failure_of(source)
    assert (failure.code, failure.classic_number) == ("entry-missing", 85)
    assert said in failure.message


def test_code_above_the_function_runs_once_and_the_main_part_never(console_of: ConsoleOf) -> None:
    source = """
        COUNT = []
        print("top")
        COUNT.append(1)
        def azureml_main():
            print(len(COUNT), __name__ == "__main__")
        if __name__ == "__main__":
            print("never")
    """
    assert console_of(source) == "top\n1 False\n"
