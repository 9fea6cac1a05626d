import json

import pytest

from .command_line import CommandLine

FIRST = "a,b\n1,x\n2,y\n"
SECOND = "c\n10\n20\n30\n"
SHAPES = """
    import pandas as pd
    def azureml_main(*frames):
        shapes = ["none" if frame is None else str(frame.shape) for frame in frames]
        return pd.DataFrame({"shape": shapes}),
    """
#: Says what it gets in both places, whatever is connected.
PLACES = """
    import pandas as pd
    def azureml_main(first=None, second=None):
        shapes = ["none" if frame is None else str(frame.shape) for frame in (first, second)]
        return pd.DataFrame({"shape": shapes}),
    """


@pytest.fixture(autouse=True)
def datasets(studiolo: CommandLine) -> None:
    studiolo.file("first.csv", FIRST)
    studiolo.file("second.tsv", SECOND)


def test_both_datasets_arrive_in_order(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        SHAPES, "--dataset1", "first.csv", "--dataset2", "second.tsv", "--output", "-"
    )
    assert (ended.code, ended.out) == (0, 'shape\n"(2, 2)"\n"(3, 1)"\n')


@pytest.mark.parametrize(
    ("options", "shapes"),
    [
        ([], ["(3, 1)", "none"]),
        (["--port-binding", "connected"], ["(3, 1)", "none"]),
        (["--port-binding", "slot"], ["none", "(3, 1)"]),
    ],
)
def test_a_lone_second_dataset_is_bound_as_asked(
    studiolo: CommandLine, options: list[str], shapes: list[str]
) -> None:
    ended = studiolo.run(PLACES, "--dataset2", "second.tsv", "--output", "out.jsonl", *options)
    assert ended.code == 0, ended.err
    rows = [json.loads(line) for line in studiolo.read("out.jsonl").splitlines()]
    assert [row["shape"] for row in rows] == shapes


def test_a_bundle_is_imported_from_and_its_files_are_read(studiolo: CommandLine) -> None:
    bundle = studiolo.bundle({"tools.py": "def twice(x): return 2 * x\n", "words.txt": "salve\n"})
    ended = studiolo.run(
        """
        import tools
        def azureml_main(frame):
            print(open("Script Bundle/words.txt").read())
            frame["a"] = tools.twice(frame["a"])
            return frame
        """,
        *("--dataset1", "first.csv", "--script-bundle", bundle, "--output", "out.csv"),
    )
    assert ended.code == 0, ended.err
    assert "salve\n" in ended.out
    assert studiolo.read("out.csv") == "a,b\n2,x\n4,y\n"


def test_parameters_are_converted_to_what_the_script_declares(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import pandas as pd
        def azureml_main(*, trees: int = 1, rate: float = 1.0, name: str = "", deep: bool = False):
            return pd.DataFrame({"value": [repr(v) for v in (trees, rate, name, deep)]})
        """,
        *("--param", "trees=200", "--param", "rate=0.5"),
        *("--param", "name=a=b c", "--param", "deep=true"),
        *("--output", "-"),
    )
    assert (ended.code, ended.out) == (0, "value\n200\n0.5\n'a=b c'\nTrue\n")


def test_limits_reach_the_script(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import os, pandas as pd
        def azureml_main():
            return pd.DataFrame({"threads": [os.environ.get("OMP_NUM_THREADS")]})
        """,
        *("--cpus", "1", "--timeout", "1m", "--memory", "600MiB", "--output", "-"),
    )
    assert (ended.code, ended.out) == (0, "threads\n1\n")


def test_the_preview_shows_the_results_and_what_is_left_out(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import pandas as pd
        def azureml_main():
            wide = pd.DataFrame({f"column {i}": range(25) for i in range(40)})
            tall = pd.DataFrame({"text": ["plain", None, "two\\nlines"], "n": [1.5, 2, 3]})
            return wide, tall
        """
    )
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0] == "results_dataset: 25 rows, 40 columns"
    assert lines[1].split("  ")[:2] == ["column 0", "column 1"]
    assert lines[22] == "… 5 more rows and 30 more columns; --output FILE writes everything."
    assert lines[23:] == [
        "results_dataset2: 3 rows, 2 columns",
        "text         n",
        "plain      1.5",
        "·          2  ",
        "two⏎lines  3  ",
    ]
    assert "succeeded in " in ended.err


def test_the_preview_shows_what_python_has_no_value_for(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import numpy as np, pandas as pd
        def azureml_main():
            return pd.DataFrame({
                "far": np.array(["20000-01-01"], "datetime64[s]"),
                "fine": np.array(["2020-01-01T00:00:00.000000001"], "datetime64[ns]"),
                "wide": ["\\u65e5\\u672c" * 30],
            })
        """
    )
    assert ended.code == 0, ended.err
    assert "20000-01-01 00:00:00" in ended.out
    assert "2020-01-01 00:00:00.000000001" in ended.out
    assert "\u65e5\u672c" * 9 in ended.out


def test_a_long_cell_costs_the_preview_nothing(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import pandas as pd
        def azureml_main():
            y = pd.Categorical(["y" * (64 << 20), "z"])
            return pd.DataFrame({"a": ["x" * (64 << 20), "w"], "b": y})
        """
    )
    assert ended.code == 0, ended.err
    assert f"{'x' * 39}…  {'y' * 39}…" in ended.out


def test_a_large_category_of_many_rows_is_written_in_pieces(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import pandas as pd
        def azureml_main():
            return pd.DataFrame({"a": pd.Categorical.from_codes([0] * 300, ["x" * (1 << 20)])})
        """,
        *("--output", "out.csv"),
    )
    assert ended.code == 0, ended.err
    assert (studiolo.folder / "out.csv").stat().st_size == 2 + 300 * ((1 << 20) + 1)


def test_notes_say_what_was_done_to_the_result(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        "def azureml_main(frame):\n    return frame.describe()\n", "--dataset1", "first.csv"
    )
    assert ended.code == 0, ended.err
    assert "note: The row index of the returned frame is dropped" in ended.err


def test_the_script_is_found_by_any_path_and_named_as_it_is(studiolo: CommandLine) -> None:
    (studiolo.folder / "deep folder").mkdir()
    path = studiolo.script("def azureml_main():\n    1 / 0\n", "deep folder/my script.py")
    ended = studiolo("run", path)
    assert ended.code == 1
    assert 'File "my script.py", line 2, in azureml_main' in ended.err
    assert "→ my script.py, line 2: 1 / 0" in ended.err


def test_what_a_script_prints_and_what_it_returns_stand_apart(studiolo: CommandLine) -> None:
    ended = studiolo.run("def azureml_main():\n    print('said')\n    return {'x': [1]}\n")
    assert ended.out.splitlines()[:3] == ["said", "", "results_dataset: 1 row, 1 column"]
