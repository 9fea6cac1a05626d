"""`studiolo convert` and `studiolo profile`."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from studiolo.datasets.reading.files import read_dataset

from .command_line import CommandLine

CSV = "n,x,t\n1,0.5,a\n2,,b\n3,2.5,\n"
FORMATS = ["csv", "tsv", "arff", "parquet", "arrow", "feather", "jsonl", "xlsx"]


# Reading knows nothing of writing: each format is read once and written once.
@pytest.mark.parametrize(
    ("source", "target"), list(zip(FORMATS, FORMATS[1:] + FORMATS[:1], strict=True))
)
def test_every_format_is_converted(
    studiolo: CommandLine, source: str, target: str, converted: Path
) -> None:
    ended = studiolo("convert", converted / f"data.{source}", f"out.{target}")
    assert ended.code == 0, ended.err
    assert ended.out == ""
    assert ended.err == f"out.{target}: 3 rows, 3 columns\n"
    table = read_dataset(studiolo.folder / f"out.{target}").table
    assert table.column_names == ["n", "x", "t"]
    assert table["n"].cast(pa.float64()).to_pylist() == [1, 2, 3]
    assert table["x"].to_pylist() == [0.5, None, 2.5]
    assert table["t"].to_pylist()[:2] == ["a", "b"]
    assert not table["t"].to_pylist()[2]


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset in every format."""
    folder = tmp_path_factory.mktemp("formats")
    command_line = CommandLine(folder)
    command_line.file("data.csv", CSV)
    for name in FORMATS[1:]:
        assert command_line("convert", "data.csv", f"data.{name}").code == 0
    return folder


def test_standard_output_gets_csv_and_nothing_else(studiolo: CommandLine) -> None:
    studiolo.file("data.jsonl", '{"a": 1, "b": "x, y"}\n')
    ended = studiolo("convert", "data.jsonl", "-")
    assert (ended.code, ended.out, ended.err) == (0, 'a,b\n1,"x, y"\n', "")


def test_a_file_that_cannot_be_read_leaves_the_target_as_it_was(studiolo: CommandLine) -> None:
    studiolo.file("bad.csv", "a,b\n1\n")
    studiolo.file("out.csv", "old\n")
    ended = studiolo("convert", "bad.csv", "out.csv")
    assert (ended.code, ended.out) == (2, "")
    assert "error[dataset-row-ragged, classic 0049]: bad.csv, line 2" in ended.err
    assert studiolo.read("out.csv") == "old\n"
    assert studiolo.names == {"bad.csv", "out.csv"}


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["data.csv", "out.docx"], ["dataset-format-unknown", '".docx"']),
        (["none.csv", "out.csv"], ["dataset-file-missing", '"none.csv"']),
        (["data.csv", "nowhere/out.csv"], ["dataset-file-unwritable", '"nowhere/out.csv"']),
        (["data.csv", "out.csv", "--sheet", "One"], ["dataset-sheet-not-applicable", '"One"']),
        (["data.csv"], ["OUT"]),
    ],
)
def test_convert_explains_bad_usage(
    studiolo: CommandLine, arguments: list[str], facts: list[str]
) -> None:
    studiolo.file("data.csv", CSV)
    ended = studiolo("convert", *arguments)
    assert (ended.code, ended.out) == (2, "")
    for fact in facts:
        assert fact in ended.err
    assert studiolo.names == {"data.csv"}


def test_the_profile_shows_every_column(studiolo: CommandLine) -> None:
    studiolo.file("data.csv", CSV)
    ended = studiolo("profile", "data.csv", environment={"COLUMNS": "120"})
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "3 rows, 3 columns"
    assert lines[2].split() == [
        *("name", "type", "missing", "unique", "mean", "median", "min", "max", "std"),
        "distribution",
    ]
    assert lines[4].split()[:9] == ["x", "float64", "1", "2", "1.5", "1.5", "0.5", "2.5", "1.414"]


def test_the_profile_of_a_wide_file_shows_a_hundred_columns(studiolo: CommandLine) -> None:
    names = [f"x{place}" for place in range(102)]
    studiolo.file("wide.csv", f"{','.join(names)}\n{','.join('1' * 102)}\n")
    ended = studiolo("profile", "wide.csv", environment={"COLUMNS": "120"})
    assert (ended.code, ended.err) == (0, "")
    shown = [line.split()[0] for line in ended.out.splitlines() if line.startswith("x")]
    assert shown == names[:100]
    assert "2 more columns not shown: --json shows everything." in ended.out
    assert '"x101"' in json.dumps(studiolo("profile", "wide.csv", "--json").report)


def test_the_profile_as_json_is_json(studiolo: CommandLine) -> None:
    studiolo.file("data.csv", CSV)
    ended = studiolo("profile", "data.csv", "--json", "--bins", "2")
    assert (ended.code, ended.err) == (0, "")
    text = json.dumps(ended.report)
    for name in ('"n"', '"x"', '"t"'):
        assert name in text


def test_the_profile_of_a_bad_file_is_its_error(studiolo: CommandLine) -> None:
    ended = studiolo("profile", "none.csv")
    assert (ended.code, ended.out) == (2, "")
    assert 'error[dataset-file-missing, classic 0048]: There is no dataset file "none.csv"' in (
        ended.err
    )


def test_reading_options_of_every_command_that_reads_a_dataset(studiolo: CommandLine) -> None:
    (studiolo.folder / "old.csv").write_bytes("name;n\ncafé;1,5\n".encode("windows-1252"))
    refused = studiolo("convert", "old.csv", "-")
    assert refused.code == 2
    assert 'windows-1252 "café;1,5"' in refused.err
    options = ("--encoding", "windows-1252", "--delimiter", "semicolon")
    assert studiolo("convert", *options, "old.csv", "-").out == 'name,n\ncafé,"1,5"\n'
    assert "café" in studiolo("profile", *options, "old.csv").out
    studiolo.file(
        "script.py", "def azureml_main(d):\n    print(list(d.columns), d.name[0])\n    return d"
    )
    ran = studiolo("run", "script.py", "--dataset1", "old.csv", *options)
    assert "['name', 'n'] café" in ran.out
    guessed = studiolo("run", "script.py", "--dataset1", "old.csv", "--encoding", "windows-1252")
    assert "note: dataset1: Its fields are separated by semicolons" in guessed.err
