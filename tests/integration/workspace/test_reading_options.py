"""Datasets of an experiment that are read with options."""

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import studiolo
from studiolo.environments.environment import Environment
from studiolo.store.run_record import NodeState
from studiolo.workspace.errors import NodeRefusedError
from studiolo.workspace.transfer.copying import copy_experiment

PRICES = "Ort;Preis\nMünchen;3,14\nKöln;2,5\n".encode("windows-1252")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[studiolo.Workspace]:
    root = studiolo.new_workspace(tmp_path / "here", samples=False)
    (root / "datasets" / "preise.csv").write_bytes(PRICES)
    book = openpyxl.Workbook()
    for title, value in (("First", 1), ("Second", 2)):
        sheet = book.create_sheet(title)
        sheet.append(["a"])
        sheet.append([value])
    book.save(root / "datasets" / "book.xlsx")
    content = (root / "datasets" / "book.xlsx").read_bytes()
    (root / "datasets" / "packed.xlsx.gz").write_bytes(gzip.compress(content))
    with zipfile.ZipFile(root / "datasets" / "packed.zip", "w") as archive:
        archive.writestr("book.xlsx", content)
    with studiolo.open_workspace(root) as opened:
        yield opened


def test_a_dataset_is_read_as_its_node_says(
    workspace: studiolo.Workspace, default_environment: Environment
) -> None:
    draft = workspace.new_experiment("prices")
    draft.dataset("preise.csv", encoding="windows-1252", delimiter=";", decimal=",")
    draft.dataset("preise.csv", name="text", encoding="windows-1252")
    draft.dataset("book.xlsx", sheet="Second")
    result = draft.run()
    assert result["preise"].frame().to_dict("list") == {
        "Ort": ["München", "Köln"],
        "Preis": [3.14, 2.5],
    }
    assert list(result["text"].frame()["Preis"]) == ["3,14", "2,5"]
    assert result["book"].frame().to_dict("list") == {"a": [2]}
    kept = draft.run()
    assert [kept[name].state for name in ("preise", "text", "book")] == [NodeState.KEPT] * 3

    file = workspace.root / "experiments" / "prices" / "experiment.yaml"
    file.write_text(file.read_text().replace("Second", "First"))
    changed = workspace.run(workspace.experiment("prices"))
    assert changed["book"].frame().to_dict("list") == {"a": [1]}
    assert changed["preise"].state is NodeState.KEPT


def test_options_that_do_not_fit_the_file_are_refused(workspace: studiolo.Workspace) -> None:
    draft = workspace.new_experiment("prices")
    with pytest.raises(NodeRefusedError, match=r'no sheet "Third"\. Its sheets'):
        draft.dataset("book.xlsx", sheet="Third")
    for packed in ("packed.xlsx.gz", "packed.zip"):
        draft.dataset(packed, name=f"in {packed[-2:]}", sheet="Second")
        with pytest.raises(NodeRefusedError, match=r'no sheet "Third"\. Its sheets'):
            draft.dataset(packed, sheet="Third")
    with pytest.raises(NodeRefusedError, match="one character"):
        draft.dataset("preise.csv", delimiter="ab")
    with pytest.raises(NodeRefusedError, match="a text file such as"):
        draft.dataset("book.xlsx", encoding="utf-16")
    with pytest.raises(NodeRefusedError, match="takes no delimiter"):
        draft.dataset(pd.DataFrame({"a": [1]}), name="frame.csv", delimiter=";")
    assert not (workspace.root / "datasets" / "frame.csv").exists()


def test_options_go_along_with_a_copy_and_an_export(
    workspace: studiolo.Workspace, tmp_path: Path
) -> None:
    draft = workspace.new_experiment("prices")
    draft.dataset("preise.csv", encoding="windows-1252", delimiter="semicolon", decimal=",")
    draft.save()
    there = studiolo.new_workspace(tmp_path / "there", samples=False)
    with studiolo.open_workspace(there) as other:
        copy_experiment("prices", workspace, other)
        copied = other.experiment("prices").nodes
    assert copied == workspace.experiment("prices").nodes

    program = tmp_path / "prices.py"
    studiolo_command = [sys.executable, "-m", "studiolo", "export"]
    experiment = workspace.root / "experiments" / "prices"
    subprocess.run([*studiolo_command, str(experiment), "--output", str(program)], check=True)
    run = subprocess.run(
        [sys.executable, str(program), str(workspace.root / "datasets")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "München   3.14" in run.stdout


def test_a_dataset_s_node_is_read_otherwise_from_then_on(workspace: studiolo.Workspace) -> None:
    draft = workspace.new_experiment("changed")
    node = draft.dataset("preise.csv", encoding="windows-1252", delimiter=";")
    node.change(decimal=",", comment="with decimal commas")
    reading = node.node.reading
    assert (reading.encoding, reading.delimiter, reading.decimal) == ("windows-1252", ";", ",")
    assert node.node.comment == "with decimal commas"
    with pytest.raises(NodeRefusedError):
        node.change(delimiter="ab")
    with pytest.raises(NodeRefusedError):
        node.change(version=7)
    assert node.change(delimiter=None).node.reading.delimiter is None
