"""The file of an experiment's layout."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.errors import ExperimentUnwritableError, LayoutFileError
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.finding import Severity
from studiolo.experiments.layout import (
    FILE_NAME,
    LARGEST_FILE,
    Layout,
    Position,
    read_layout,
    write_layout,
)

SPLIT, TRAIN, GONE = NodeName("split"), NodeName("훈련"), NodeName("gone")
COORDINATES = st.floats(-1e7, 1e7, allow_nan=False)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def layout(**positions: tuple[float, float]) -> Layout:
    return Layout(
        positions={NodeName(name): Position(x=x, y=y) for name, (x, y) in positions.items()}
    )


def written(folder: Path, text: str) -> Path:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def test_an_experiment_without_a_layout_has_an_empty_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        read = read_layout(folder)
        assert (read.layout, read.findings) == (Layout(), ())


def test_a_node_is_a_line_of_the_file_in_the_order_of_the_experiment(tmp_path: Path) -> None:
    moved = layout(훈련=(16, -32.5), split=(0, 0), gone=(1, 1))
    write_layout(moved, tmp_path, nodes=[SPLIT, TRAIN, NodeName("without a place")])
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == (
        "{\n"
        '  "studiolo": 1,\n'
        '  "nodes": {\n'
        '    "split": {"x": 0, "y": 0},\n'
        '    "훈련": {"x": 16, "y": -32.5}\n'
        "  }\n"
        "}\n"
    )
    assert read_layout(tmp_path).layout == layout(훈련=(16, -32.5), split=(0, 0))


@given(positions=st.dictionaries(NAMES, st.tuples(COORDINATES, COORDINATES)))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, positions: dict[str, tuple[float, float]]
) -> None:
    folder = tmp_path_factory.mktemp("layout")
    given = layout(**positions)
    write_layout(given, folder, nodes=list(given.positions))
    read = read_layout(folder)
    assert (read.layout, read.findings) == (given, ())


def test_nodes_that_the_experiment_lacks_are_read_and_dropped_when_it_is_written(
    tmp_path: Path,
) -> None:
    write_layout(layout(split=(0, 0), gone=(5, 5)), tmp_path, nodes=[SPLIT, GONE])
    read = read_layout(tmp_path).layout
    assert GONE in read.positions
    write_layout(read.moved({SPLIT: Position(x=1, y=1)}), tmp_path, nodes=[SPLIT])
    assert read_layout(tmp_path).layout == layout(split=(1, 1))


def test_a_layout_that_has_not_changed_is_not_written(tmp_path: Path) -> None:
    written(tmp_path, '{"nodes": {"split": {"y": 2, "x": 1}}, "studiolo": 1}')
    write_layout(layout(split=(1, 2)), tmp_path, nodes=[SPLIT])
    assert (tmp_path / FILE_NAME).read_text().startswith('{"nodes"')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ('{"studiolo": 1,\n<<<<<<< HEAD', "not JSON"),
        ("[]", "object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"nodes": {}}', "format"),
        ('{"studiolo": 2, "nodes": {"split": {"x": 1, "y": 1}}}', "newer Studiolo"),
        ('{"studiolo": 1}', '"nodes" has to be'),
        ('{"studiolo": 1, "nodes": {}, "zoom": 2}', '"zoom" of the file is not known'),
        ('{"studiolo": 1, "nodes": {"a": [1, 2]}}', 'the node "a" has to be an object'),
        ('{"studiolo": 1, "nodes": {"a": {"x": 1}}}', 'x and y of the node "a"'),
        ('{"studiolo": 1, "nodes": {"a": {"x": true, "y": 1}}}', "numbers"),
        ('{"studiolo": 1, "nodes": {"a": {"x": NaN, "y": 1}}}', "numbers"),
        ('{"studiolo": 1, "nodes": {"a": {"x": 1e400, "y": 1}}}', "numbers"),
        ('{"studiolo": 1, "nodes": {"a": {"x": ' + "9" * 5000 + ', "y": 1}}}', "numbers"),
        ('{"studiolo": 1, "nodes": {"a": {"x": 1, "y": 1, "z": 1}}}', '"z" of the node "a"'),
        (
            '{"studiolo": 1, "nodes": {"a": {"x": 1, "y": 1}, "a": {"x": 2, "y": 1}}}',
            '"a" is there twice',
        ),
    ],
)
def test_mistakes_are_warnings_and_the_file_is_not_written_over(
    text: str, message: str, tmp_path: Path
) -> None:
    read = read_layout(written(tmp_path, text))
    assert message in read.findings[0].message
    assert {found.code for found in read.findings} == {"layout-invalid"}
    assert {found.severity for found in read.findings} == {Severity.WARNING}
    with pytest.raises(LayoutFileError, match="delete it"):
        write_layout(layout(split=(1, 1)), tmp_path, nodes=[SPLIT])
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text


def test_a_syntax_error_has_its_line_and_what_can_be_read_is_read(tmp_path: Path) -> None:
    found = read_layout(written(tmp_path, '{\n  "studiolo": 1,\n  oops')).findings[0]
    assert (found.line, found.column) == (3, 3)
    text = '{"studiolo": 1, "nodes": {"split": {"x": 3, "y": 4}, "train": {}}}'
    assert read_layout(written(tmp_path, text)).layout == layout(split=(3, 4))


def test_files_that_are_none_are_findings_too(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert "can't be read" in read_layout(tmp_path).findings[0].message
    (tmp_path / FILE_NAME).rmdir()
    (tmp_path / FILE_NAME).write_bytes(b'{"\xff"}')
    assert "0xFF is not UTF-8" in read_layout(tmp_path).findings[0].message
    (tmp_path / FILE_NAME).write_bytes(b" " * (LARGEST_FILE + 1))
    assert "larger than 8 MiB" in read_layout(tmp_path).findings[0].message


def test_many_mistakes_are_told_in_part(tmp_path: Path) -> None:
    nodes: dict[str, object] = {f"node {number}": {} for number in range(1000)}
    read = read_layout(written(tmp_path, json.dumps({"studiolo": 1, "nodes": nodes})))
    assert len(read.findings) == 20


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e8])
def test_a_position_that_is_nowhere_is_refused(wrong: float, tmp_path: Path) -> None:
    with pytest.raises(LayoutFileError, match="numbers between"):
        write_layout(layout(split=(wrong, 1)), tmp_path, nodes=[SPLIT])
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExperimentUnwritableError, match=r"layout\.json"):
        write_layout(layout(split=(1, 1)), tmp_path / "missing", nodes=[SPLIT])


def test_nodes_are_renamed_duplicated_and_removed() -> None:
    before = layout(split=(10, 20), train=(0, 0))
    assert before.renamed(SPLIT, NodeName("halves")) == layout(halves=(10, 20), train=(0, 0))
    assert before.renamed(GONE, NodeName("halves")) == before
    assert before.duplicated(SPLIT, NodeName("again")).positions[NodeName("again")] == Position(
        x=42, y=52
    )
    assert before.duplicated(GONE, NodeName("again")) == before
    assert before.without(SPLIT) == layout(train=(0, 0))
