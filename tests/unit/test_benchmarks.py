"""The command that runs benchmarks by name."""

import subprocess
from pathlib import Path
from typing import Any

import benchmarks.__main__ as command
import pytest

FOLDER = Path(command.__file__).parent


def modules_run(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    started: list[str] = []

    def run(arguments: list[str], **_: Any) -> None:
        started.append(arguments[-1])

    monkeypatch.setattr(subprocess, "run", run)
    command.main(names)
    return started


def test_those_that_are_named_run_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    found = modules_run(monkeypatch, "studio", "services")
    assert found == ["benchmarks.studio", "benchmarks.services"]


def test_without_a_name_all_run_but_the_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    every = {
        f"benchmarks.{path.stem}"
        for path in FOLDER.glob("*.py")
        if "\ndef main(" in path.read_text(encoding="utf-8") and path.name != "__main__.py"
    }
    assert {*modules_run(monkeypatch)} == every - {"benchmarks.soak"}


def test_an_unknown_name_is_refused_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        modules_run(monkeypatch, "studio", "stdio")
    said = capsys.readouterr().err
    assert "there is no benchmark stdio; there are runs, handover, " in said
    assert "studio, soak" in said
