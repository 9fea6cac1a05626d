"""The files of saved models and transforms."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import SavedName
from studiolo.modules.definition import PortKind
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.workspace.errors import WorkspaceUnwritableError
from studiolo.workspace.saved.errors import (
    SavedDamagedError,
    SavedMissingError,
    SavedNameError,
    SavedVersionMissingError,
)
from studiolo.workspace.saved.record import (
    MadeIn,
    NotARecordError,
    SavedRecord,
    read_record,
    record_text,
)
from studiolo.workspace.saved.saved_objects import SavedObjects, SavedVersion

DIABETES = SavedName(PortKind.MODEL, "diabetes")
HERE = MadeIn(identity="k1", python="3.12", packages=["numpy==2.1", "scikit-learn==1.7"])


def record_of(content: bytes, **changed: Any) -> SavedRecord:
    facts: dict[str, Any] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "saved_at": "2026-11-27T09:00:00+00:00",
        "experiment": "experiments/predict",
        "run": "20261127-090000000-9f2c4e",
        "node": "당뇨",
        "port": "trained_model",
        "module": "train-model",
        "parameters": {"label_column": "class"},
        "recipe": "r" * 64,
        "columns": [{"name": "age", "type": "int64"}],
        "environment": HERE,
        **changed,
    }
    return SavedRecord(**facts)


def save(objects: SavedObjects, content: bytes, saved: SavedName = DIABETES) -> SavedVersion:
    return objects.save(saved, MemoryFile.of_bytes(content, "model"), record_of(content))


@pytest.fixture
def objects(tmp_path: Path) -> SavedObjects:
    return SavedObjects(tmp_path)


def test_versions_are_counted_and_the_newest_is_meant(
    objects: SavedObjects, tmp_path: Path
) -> None:
    assert objects.names(PortKind.MODEL) == []
    assert [save(objects, content).version for content in (b"one", b"one", b"two", b"one")] == [
        1,
        1,
        2,
        3,
    ]
    assert objects.find(DIABETES).version == 3
    assert objects.find(DIABETES, 2).file.read_bytes() == b"two"
    assert objects.names(PortKind.MODEL) == ["diabetes"]
    assert objects.names(PortKind.TRANSFORM) == []
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == {
        f"models/diabetes/{number}.{kind}" for number in (1, 2, 3) for kind in ("model", "json")
    }
    save(objects, b"ages", SavedName(PortKind.TRANSFORM, "diabetes"))
    assert (tmp_path / "transforms/diabetes/1.transform").read_bytes() == b"ages"


def test_a_record_comes_back_as_it_was(objects: SavedObjects) -> None:
    found = save(objects, b"one")
    assert found.record == record_of(b"one")
    assert '"node": "당뇨"' in found.record_file.read_text(encoding="utf-8")
    newer = {**json.loads(record_text(found.record)), "more": 1}
    assert read_record(json.dumps(newer)) == found.record


def test_a_file_without_its_record_takes_up_its_number(
    objects: SavedObjects, tmp_path: Path
) -> None:
    """A save was killed between the two files, or somebody saves at this moment."""
    (tmp_path / "models/diabetes").mkdir(parents=True)
    (tmp_path / "models/diabetes/1.model").write_bytes(b"half")
    assert objects.versions(DIABETES) == []
    assert save(objects, b"one").version == 2
    assert objects.find(DIABETES).version == 2
    with pytest.raises(SavedDamagedError, match=r'1\.json" is missing'):
        objects.find(DIABETES, 1)


def test_what_is_not_there_is_told_with_what_is(objects: SavedObjects) -> None:
    with pytest.raises(SavedMissingError, match="studiolo save-model EXPERIMENT/NODE --name diab"):
        objects.find(DIABETES)
    save(objects, b"one")
    save(objects, b"two")
    with pytest.raises(SavedMissingError, match='Did you mean "diabetes"'):
        objects.find(SavedName(PortKind.MODEL, "diabetse"))
    with pytest.raises(SavedMissingError, match='The only one is "diabetes"'):
        objects.find(SavedName(PortKind.MODEL, "x"))
    with pytest.raises(SavedVersionMissingError, match=r"no version 3\. It has 1 and 2\. Leave"):
        objects.find(DIABETES, 3)


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "../x", "a/b", "a\\b", ".x", "a\n", " a", "x" * 101, "한" * 70]
)
def test_a_name_is_that_of_a_folder(objects: SavedObjects, tmp_path: Path, name: str) -> None:
    saved = SavedName(PortKind.MODEL, name)
    with pytest.raises(SavedNameError, match="can't be the name of a trained model"):
        objects.find(saved)
    with pytest.raises(SavedNameError):
        save(objects, b"one", saved)
    assert objects.versions(saved) == []
    assert list(tmp_path.iterdir()) == []


def _edit(change: Callable[[dict[str, Any]], object]) -> Callable[[SavedVersion], object]:
    def edited(found: SavedVersion) -> None:
        document = json.loads(found.record_file.read_text(encoding="utf-8"))
        change(document)
        found.record_file.write_text(json.dumps(document), encoding="utf-8")

    return edited


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda found: found.file.write_bytes(b"0ne"), "does not have the SHA-256"),
        (lambda found: found.file.unlink(), '1.model" is missing'),
        (lambda found: found.record_file.write_text("{"), "is not JSON (line 1"),
        (lambda found: found.record_file.write_text("[" * 100_000), "is not JSON"),
        (lambda found: found.record_file.write_bytes(b"\xff"), "is not UTF-8"),
        (lambda found: found.record_file.write_text("[]"), 'has no "environment"'),
        (_edit(lambda record: record.pop("sha256")), 'has no "sha256"'),
        (_edit(lambda record: record.update(bytes="9")), 'has a "bytes" that can\'t be one'),
        (_edit(lambda record: record.update(columns=[1])), 'has a "columns" that can\'t be one'),
        (_edit(lambda record: record.update(studiolo=2)), "has the format 2"),
        (_edit(lambda record: record.update(sha256="0" * 64)), "does not have the SHA-256"),
    ],
)
def test_files_that_were_damaged_are_named(
    objects: SavedObjects, spoil: Callable[[SavedVersion], object], says: str
) -> None:
    found = save(objects, b"one")
    spoil(found)
    with pytest.raises(SavedDamagedError) as caught:
        objects.find(DIABETES)
    assert says in str(caught.value)
    assert '"models/diabetes/1.' in str(caught.value)
    # The next one is as good as any.
    assert objects.find(DIABETES, save(objects, b"one").version).version == 2


def test_nothing_is_left_of_what_could_not_be_saved(
    objects: SavedObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: SavedRecord) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studiolo.workspace.saved.saved_objects.record_text", full)
    with pytest.raises(WorkspaceUnwritableError, match="No space left"):
        save(objects, b"one")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_is_written_through_a_link_that_leads_out(
    objects: SavedObjects, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "models/diabetes").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceUnwritableError, match="symbolic link"):
        save(objects, b"one")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("here", "says"),
    [
        (HERE, None),
        (
            MadeIn(identity="k2", python="3.13", packages=["numpy==2.1", "scikit-learn==1.8"]),
            "(Python 3.12 there, 3.13 here; scikit-learn 1.7 there, 1.8 here)",
        ),
        (MadeIn(identity="k2", python="3.12", packages=HERE.packages), "different environment."),
    ],
)
def test_another_environment_is_told(objects: SavedObjects, here: MadeIn, says: str | None) -> None:
    save(objects, b"one")
    notes = objects.notes(DIABETES, None, here)
    assert len(notes) == (says is not None)
    assert says is None or says in notes[0]


def test_whatever_a_record_holds_is_read_or_refused() -> None:
    for text in ("", "null", "1", '"x"', '{"studiolo": true, "environment": {}}', "[" * 2000):
        with pytest.raises(NotARecordError):
            read_record(text)


def test_errors_have_sentences(objects: SavedObjects) -> None:
    with pytest.raises(StudioloError) as caught:
        objects.find(SavedName(PortKind.TRANSFORM, "ages"))
    assert str(caught.value) == (
        'There is no transform "ages" in the workspace\'s folder transforms. Save one at the '
        "output of a node in the studio, or with: "
        "studiolo save-transform EXPERIMENT/NODE --name ages"
    )
