"""What an error says of a path at which there is nothing."""

from pathlib import Path

import pytest

from studiolo.datasets.missing_path import meant, meant_among


def _is_csv(entry: Path) -> bool:
    return entry.suffix == ".csv"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("datasets/iris.csv", "datasets/adult.csv", "datasets/notes.md", "other/x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("datasets/irs.csv", ' Did you mean "datasets/iris.csv"?'),
        ("datasets/zzzz.csv", ' The folder "datasets" has "adult.csv" and "iris.csv".'),
        ("datsets/iris.csv", ' There is no folder "datsets". Did you mean "datasets"?'),
        ("q/w/iris.csv", ' There is no folder "q". This folder has "datasets" and "other".'),
        ("iris.csv", ""),
    ],
)
def test_what_is_there_is_said(path: str, said: str) -> None:
    assert meant(Path(path), _is_csv) == said


def test_many_names_are_cut() -> None:
    names = [f"n{number}" for number in range(20)]
    assert meant_among("other", names).endswith('"n7" and 12 more.')
    assert meant_among("other", []) == ""
