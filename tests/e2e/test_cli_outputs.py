import io
import json
import os
from pathlib import Path
from unittest.mock import ANY

import pyarrow.csv
import pytest

from studiolo.datasets.reading.files import read_dataset

from .command_line import CommandLine

ONE = """
    import pandas as pd
    def azureml_main():
        return pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    """
TWO = """
    import pandas as pd
    print("I ran")
    def azureml_main():
        return pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [2]})
    """
FAILS = "def azureml_main():\n    print('so far')\n    return 1 / 0\n"
OLD = "what was there before\n"


@pytest.mark.parametrize(
    "name",
    ["r.csv", "r.tsv", "r.arff", "r.parquet", "r.arrow", "r.jsonl", "r.xlsx", "r.csv.gz"],
)
def test_the_extension_chooses_the_format(studiolo: CommandLine, name: str) -> None:
    ended = studiolo.run(ONE, "--output", name)
    assert ended.code == 0, ended.err
    read = read_dataset(studiolo.folder / name).table
    assert read.column_names == ["a", "b"]
    assert [str(value) for value in read["a"].to_pylist()] in (["1", "2"], ["1.0", "2.0"])
    assert read["b"].to_pylist() == ["x", "y"]
    assert ended.out == "", "there is no preview where there is an output"


def test_a_written_file_is_like_any_other_new_file(studiolo: CommandLine) -> None:
    studiolo.run(ONE, "--output", "new.csv")
    assert (studiolo.folder / "new.csv").stat().st_mode & 0o777 == 0o644
    assert studiolo.names == {"script.py", "new.csv"}


def test_both_frames_are_written(studiolo: CommandLine) -> None:
    ended = studiolo.run(TWO, "--output", "one.csv", "--output2", "two.tsv")
    assert ended.code == 0, ended.err
    assert (studiolo.read("one.csv"), studiolo.read("two.tsv")) == ("a\n1\n", "b\n2\n")


def test_the_second_frame_alone_can_be_written(studiolo: CommandLine) -> None:
    ended = studiolo.run(TWO, "--output2", "-")
    assert (ended.code, ended.out) == (0, "b\n2\n"), ended.err


@pytest.mark.parametrize("name", ["two.csv", "two.tsv", "two.jsonl"])
def test_a_second_output_that_the_script_does_not_fill_is_empty_and_said(
    studiolo: CommandLine, name: str
) -> None:
    studiolo.file(name, OLD)
    ended = studiolo.run(ONE, "--output", "one.csv", "--output2", name, "--device", "device")
    assert ended.code == 0, ended.err
    said = f"note: azureml_main returned no second data frame, so {name} is empty."
    assert ended.err.splitlines() == ["one.csv: 2 rows, 2 columns", said, ANY]
    assert studiolo.read(name) == "", "an older file would be taken for this run's"
    assert studiolo.read("one.csv") == "a,b\n1,x\n2,y\n"
    assert (studiolo.folder / "device" / "index.html").exists()


def test_nothing_returned_is_an_empty_file(studiolo: CommandLine) -> None:
    ended = studiolo.run("def azureml_main():\n    pass\n", "--output", "none.csv")
    assert ended.code == 0, ended.err
    assert "none.csv: 0 rows, 0 columns\n" in ended.err
    assert "azureml_main returned nothing" in ended.err
    assert studiolo.read("none.csv") == ""


def test_an_empty_second_output_leaves_the_standard_output_empty(studiolo: CommandLine) -> None:
    ended = studiolo.run(ONE, "--output2", "-")
    assert (ended.code, ended.out) == (0, ""), ended.err
    assert "returned no second data frame, so results_dataset2 is empty.\n" in ended.err


def test_standard_output_is_csv_and_nothing_else(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import os, sys, pandas as pd
        import matplotlib.pyplot as plt
        print("while it is imported")
        def azureml_main():
            print("to stdout")
            print("to stderr", file=sys.stderr)
            os.write(1, b"past Python\\n")
            plt.plot([1, 2]); plt.savefig("plot.png")
            return pd.DataFrame({"text": ['a "quoted", one', "line\\nbreak", ""]}, index=[3, 4, 5])
        """,
        *("--output", "-"),
    )
    assert ended.code == 0, ended.err
    table = pyarrow.csv.read_csv(
        io.BytesIO(ended.out.encode()),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
    )
    assert table.to_pydict() == {"text": ['a "quoted", one', "line\nbreak", ""]}
    for line in ("while it is imported", "to stdout", "to stderr", "past Python", "plot.png"):
        assert line in ended.err
        assert line not in ended.out


def test_json_is_the_whole_report_and_nothing_else(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import pandas as pd
        import matplotlib.pyplot as plt
        def azureml_main():
            print("to be kept apart")
            plt.plot([1, 2]); plt.savefig("plot.png")
            return pd.DataFrame({"n": [1, 2], "t": ["x", None]}, index=[3, 4]), pd.DataFrame()
        """,
        "--json",
    )
    assert ended.code == 0, ended.err
    report = ended.report
    assert report["status"] == "succeeded"
    assert report["error"] is None
    assert report["ports"]["results_dataset"]["rows"] == 2
    columns = report["ports"]["results_dataset"]["columns"]
    assert [column["name"] for column in columns] == ["n", "t"]
    assert columns[0]["type"] == "int64"
    assert report["ports"]["results_dataset2"] == {"rows": 0, "columns": []}
    assert report["device"]["console"] == "to be kept apart\n"
    assert report["device"]["console_dropped_bytes"] == 0
    (image,) = report["device"]["images"]
    assert (image["name"], image["media_type"]) == ("plot.png", "image/png")
    assert image["bytes"] > 1000
    assert any("row index" in line for line in report["log"])
    assert report["environment"] == "default"
    timings = report["timings"]
    assert timings["total"] == pytest.approx(timings["start"] + timings["run"] + timings["collect"])
    assert set(timings["phases"]) >= {"import", "call"}
    assert report["peak_memory_bytes"] > 1 << 20
    assert 0 < report["cpu_seconds"] < 60
    assert report["isolation"]["asked"] == "auto"
    layers = {layer["name"]: layer for layer in report["isolation"]["layers"]}
    assert layers["seccomp"].keys() == {"name", "active", "detail", "remedy"}
    assert "to be kept apart" in ended.err


def test_json_tells_a_failure_too(studiolo: CommandLine) -> None:
    ended = studiolo.run(FAILS, "--json")
    assert ended.code == 1
    report = ended.report
    assert (report["status"], report["ports"]) == ("failed", {})
    error = report["error"]
    assert (error["code"], error["classic_number"]) == ("script-exception", 85)
    assert (error["exception_type"], error["message"]) == ("ZeroDivisionError", "division by zero")
    assert error["frames"] == [
        {
            "file": "script.py",
            "line": 3,
            "function": "azureml_main",
            "source": "return 1 / 0",
            "column": 0,
            "variables": {"shown": [], "left_out": 0},
        }
    ]
    assert report["device"]["console"] == "so far\n"


def test_json_is_utf_8_json_whatever_a_script_says_and_the_terminal_understands(
    studiolo: CommandLine,
) -> None:
    script = studiolo.script(
        "def azureml_main():\n    raise ValueError('\\ud800 \u00e9 \\x00 \"')\n"
    )
    ended = studiolo("run", script, "--json", environment={"PYTHONIOENCODING": "ascii"})
    assert ended.code == 1
    message = ended.report["error"]["message"]
    assert message.endswith(' \u00e9 \x00 "')
    assert json.loads(ended.out.encode())["status"] == "failed"


@pytest.mark.parametrize("arguments", [["--output", "out.csv"], ["--output2", "out.csv"]])
def test_a_failed_run_leaves_an_older_file_as_it_was(
    studiolo: CommandLine, arguments: list[str]
) -> None:
    studiolo.file("out.csv", OLD)
    before = (studiolo.folder / "out.csv").stat()
    assert studiolo.run(FAILS, *arguments).code == 1
    after = (studiolo.folder / "out.csv").stat()
    assert studiolo.read("out.csv") == OLD
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert studiolo.names == {"out.csv", "script.py"}


def test_a_result_that_the_format_cannot_hold_leaves_an_older_file_as_it_was(
    studiolo: CommandLine,
) -> None:
    studiolo.file("out.csv", OLD)
    ended = studiolo.run(
        """
        import numpy as np, pandas as pd
        def azureml_main():
            return pd.DataFrame({"n": [1], "far": np.array(["20000-01-01"], "datetime64[s]")})
        """,
        *("--output", "out.csv"),
    )
    assert ended.code == 2
    assert "error[dataset-format-cannot-hold]" in ended.err
    assert '"far"' in ended.err
    assert "Parquet" in ended.err
    assert studiolo.read("out.csv") == OLD
    assert studiolo.names == {"out.csv", "script.py"}


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--output", "nowhere/out.csv"], ["--output:", "nowhere", "does not exist"]),
        (["--output2", "nowhere/out.csv"], ["--output2:", "nowhere", "does not exist"]),
        (["--output", "out.docx"], ["dataset-format-unknown", '".docx"', ".csv"]),
        (["--output", "-", "--json"], ["--json:", "standard output"]),
        (["--output", "a.csv", "--output2", "./a.csv"], ["--output2:", '"./a.csv"']),
        (["--output", "-", "--output2", "-"], ["--output2:"]),
        (["--output", "folder.csv"], ["--output:", '"folder.csv"', "is a folder"]),
    ],
)
def test_an_impossible_output_is_refused_before_the_script_runs(
    studiolo: CommandLine, arguments: list[str], facts: list[str]
) -> None:
    (studiolo.folder / "folder.csv").mkdir()
    ended = studiolo.run(TWO, *arguments)
    assert ended.code == 2
    assert "I ran" not in ended.out + ended.err
    for fact in facts:
        assert fact in " ".join(ended.err.replace("\u2502", "").split())
    assert studiolo.names == {"folder.csv", "script.py"}


def test_a_folder_that_is_not_writable_is_refused(studiolo: CommandLine) -> None:
    closed = unwritable(studiolo.folder)
    ended = studiolo.run(ONE, "--output", str(closed / "out.csv"))
    assert ended.code == 2
    assert "out.csv" in ended.err
    assert ended.out == ""


def unwritable(folder: Path) -> Path:
    """A folder that nobody can make files in, not even root."""
    if os.geteuid() == 0:
        return Path("/proc")
    closed = folder / "closed"
    closed.mkdir(mode=0o500)
    return closed


def test_the_table_on_standard_output_survives_a_large_result(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import pandas as pd
        def azureml_main():
            return pd.DataFrame({"n": range(200_000)})
        """,
        *("--output", "-"),
    )
    assert ended.code == 0
    assert ended.out.splitlines() == ["n", *map(str, range(200_000))]
