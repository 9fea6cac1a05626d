"""What is wrong before a script runs: exit code 2, and nothing else happens."""

import struct
import zipfile
from collections.abc import Callable

import pytest

from .command_line import CommandLine

OK = "print('I ran')\ndef azureml_main(*frames):\n    return None\n"

#: What is written, under which name, and what the error must say of it.
DATASETS: dict[str, tuple[str, str | bytes | None, list[str]]] = {
    "missing": ("data.csv", None, ["dataset-file-missing, classic 0048", '"data.csv"']),
    "missing, but a like one is there": (
        "scirpt.csv",
        None,
        ["dataset-file-missing", '"scirpt.csv"', 'Did you mean "script.csv"?'],
    ),
    "unknown extension": (
        "data.docx",
        "x",
        ["dataset-format-unknown, classic 0049", '".docx"', '"data.docx"', ".csv", ".parquet"],
    ),
    "not what the extension says": (
        "data.parquet",
        "a,b\n1,2\n",
        ["dataset-file-damaged, classic 0049", '"data.parquet"', "Parquet"],
    ),
    "not UTF-8": (
        "data.csv",
        b"a,b\n1,caf\xe9\n",
        ["dataset-encoding-not-utf8, classic 0049", "data.csv, line 2", "0xE9", "windows-1252"],
    ),
    "a NUL byte": ("data.csv", b"a\n1\0\n", ["dataset-nul-byte", "data.csv, line 2, byte"]),
    "empty": ("data.csv", "", ["dataset-file-empty, classic 0049", '"data.csv"']),
    "a ragged row": (
        "data.csv",
        "a,b\n1,2\n3,4,five\n",
        ["dataset-row-ragged, classic 0049", "data.csv, line 3", "3 fields", "2", '"five"'],
    ),
    "an open quote": (
        "data.csv",
        'a,b\n1,"open\n2,3\n',
        ["dataset-quote-unterminated", "data.csv, line 2", 'column 2 ("b")'],
    ),
    "a duplicate name": (
        "data.csv",
        "x,y,x\n1,2,3\n",
        ["dataset-column-name-duplicate, classic 0028", "data.csv, line 1", '"x"', "1, 3"],
    ),
    "ARFF that is none": (
        "data.arff",
        "@relation r\n@attribute a numeric\n@data\nword\n",
        ["data.arff, line 4", '"word"', '("a")'],
    ),
}


@pytest.mark.parametrize("case", DATASETS)
def test_a_bad_dataset_is_named_with_the_place_and_the_way_out(
    studiolo: CommandLine, case: str
) -> None:
    name, content, facts = DATASETS[case]
    studiolo.file("script.csv", "a\n1\n")
    if content is not None:
        studiolo.file(name, content)
    ended = studiolo.run(OK, "--dataset2", name)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("error[")
    assert ended.err.count("\n") == 1, "one sentence, on one line where nobody wraps it"
    for fact in facts:
        assert fact in ended.err


def _bomb(studiolo: CommandLine) -> str:
    return studiolo.bundle({f"{number}.bin": bytes(300 << 20) for number in range(4)})


def _false_size(studiolo: CommandLine) -> str:
    """A zip whose directory says that a member is ten bytes long, which it is not."""
    name = studiolo.bundle({"tools.py": b"#" * 5_000_000})
    data = bytearray((studiolo.folder / name).read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    return studiolo.file(name, bytes(data))


def _link(studiolo: CommandLine) -> str:
    member = zipfile.ZipInfo("link.py")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(studiolo.folder / "bundle.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    return "bundle.zip"


BUNDLES: dict[str, tuple[Callable[[CommandLine], str], list[str]]] = {
    "missing": (lambda _: "none.zip", ["bundle-missing, classic 0048", '"none.zip"']),
    "no zip": (
        lambda s: s.file("bundle.zip", "no zip"),
        ["bundle-unreadable, classic 0102", '"bundle.zip"', "not a zip archive"],
    ),
    "cut off": (
        lambda s: s.file("cut.zip", (s.folder / s.bundle({"a.py": "x=1"})).read_bytes()[:60]),
        ["bundle-unreadable, classic 0102", '"cut.zip"'],
    ),
    "a bomb": (_bomb, ["bundle-too-large, classic 0102", '"bundle.zip"', "1258291200 bytes"]),
    "a bomb that lies": (_false_size, ["bundle-unreadable, classic 0102", "tools.py"]),
    "a way out": (
        lambda s: s.bundle({"../out.py": "x=1"}),
        ["bundle-member-refused, classic 0102", '"../out.py"', '"bundle.zip"'],
    ),
    "an absolute path": (
        lambda s: s.bundle({"/tmp/out.py": "x=1"}),
        ["bundle-member-refused, classic 0102", '"/tmp/out.py"'],
    ),
    "a link": (_link, ["bundle-member-refused, classic 0102", '"link.py"']),
}


@pytest.mark.parametrize("case", BUNDLES)
def test_a_bad_bundle_is_refused(studiolo: CommandLine, case: str) -> None:
    make, facts = BUNDLES[case]
    name = make(studiolo)
    ended = studiolo.run(OK, "--script-bundle", name)
    assert ended.code == 2
    assert "I ran" not in ended.out
    assert ended.err.startswith("error[")
    for fact in facts:
        assert fact in ended.err


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("none.py", None, ["script-missing, classic 0048", '"none.py"']),
        ("latin.py", b"# caf\xe9\n", ["script-unreadable", '"latin.py"', "line 1", "0xE9"]),
        ("late.py", b"#\n#\n#\n#caf\xe9", ["script-unreadable", "line 4", "0xE9", "UTF-8"]),
        ("odd.py", b"# -*- coding: klingon -*-\n", ["script-unreadable", "klingon"]),
        (".", None, ["workspace-missing", "studiolo.toml", "studiolo new"]),
    ],
)
def test_a_script_that_cannot_be_read_is_named(
    studiolo: CommandLine, name: str, content: bytes | None, facts: list[str]
) -> None:
    if content is not None:
        studiolo.file(name, content)
    ended = studiolo("run", name)
    assert (ended.code, ended.out) == (2, "")
    for fact in facts:
        assert fact in ended.err


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        ([], ["SCRIPT.py|EXPERIMENT"]),
        (["script.py", "--isolation", "none"], ["--isolation", "none", "strict", "auto", "off"]),
        (["script.py", "--port-binding", "x"], ["--port-binding", "connected", "slot"]),
        (["script.py", "--timeout", "0"], ["--timeout", '"0"', "90s"]),
        (["script.py", "--timeout", "soon"], ["--timeout", '"soon"', "90s"]),
        (["script.py", "--memory", "1KiB"], ["--memory", '"1KiB"', "64MiB"]),
        (["script.py", "--memory", "lots"], ["--memory", '"lots"', "GiB"]),
        (["script.py", "--cpus", "0"], ["--cpus", "1"]),
        (["script.py", "--param", "trees"], ["--param", '"trees"', "NAME=VALUE"]),
        (["script.py", "--param", "2x=1"], ["--param", '"2x=1"', "NAME=VALUE"]),
        (["script.py", "--dataset3", "x.csv"], ["--dataset3"]),
    ],
)
def test_bad_usage_is_explained(
    studiolo: CommandLine, arguments: list[str], facts: list[str]
) -> None:
    studiolo.script(OK)
    ended = studiolo("run", *arguments)
    assert (ended.code, ended.out) == (2, "")
    for fact in facts:
        assert fact in ended.err


@pytest.mark.parametrize(
    ("given", "code", "facts"),
    [
        ("tree=3", "parameter-unknown", ["'tree'", "'trees'"]),
        ("trees=many", "parameter-value, classic 0002", ["'trees'", "'many'", "whole number"]),
    ],
)
def test_a_parameter_that_the_script_does_not_take_is_bad_usage(
    studiolo: CommandLine, given: str, code: str, facts: list[str]
) -> None:
    source = "def azureml_main(*, trees: int = 3):\n    print('I ran')\n"
    ended = studiolo.run(source, "--param", given)
    assert ended.code == 2
    assert f"error[{code}]" in ended.err
    assert "I ran" not in ended.out
    for fact in facts:
        assert fact in ended.err


def test_a_dependency_that_is_no_package_is_refused(studiolo: CommandLine) -> None:
    ended = studiolo.run('# /// script\n# dependencies = ["../mine"]\n# ///\n' + OK)
    assert ended.code == 2
    assert "../mine" in ended.err


def test_an_error_cannot_steer_the_terminal(studiolo: CommandLine) -> None:
    studiolo.file("data.csv", b"a\x1b[2J,a\x1b[2J\n1,2\n")
    ended = studiolo.run(OK, "--dataset1", "data.csv")
    assert ended.code == 2
    assert "\x1b" not in ended.err
