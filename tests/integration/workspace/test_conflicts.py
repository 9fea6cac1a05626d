"""Two who edit the same experiment: the second one to save hears of it, and nothing is lost."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import studiolo
from studiolo.datasets.change import Change
from studiolo.experiments.difference import ChangedBy
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.revision import UNSAVED, Revision, revision_at
from studiolo.workspace.drafts.conflicts import ExperimentChangedError, ScriptChangedError
from studiolo.workspace.errors import ScriptExistsError

COUNT = """\
def azureml_main(frame):
    return frame.iloc[:1],
"""
#: Adds a node of its own again and again, each time to the newest version, until it is saved.
WRITER = """\
import sys
import studiolo
from studiolo.workspace.drafts.conflicts import ExperimentChangedError

with studiolo.open_workspace(sys.argv[1]) as workspace:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(sys.argv[3])):
        while True:
            draft = workspace.draft("weather")
            draft.dataset("cities.csv", name=f"{sys.argv[2]}-{number}")
            try:
                draft.save()
            except ExperimentChangedError:
                continue
            break
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[studiolo.Workspace]:
    root = studiolo.new_workspace(tmp_path / "workspace", samples=False)
    (root / "datasets" / "cities.csv").write_text("city,degrees\nSeoul,25\nOslo,12\n")
    with studiolo.open_workspace(root) as opened:
        draft = opened.new_experiment("weather")
        draft.dataset("cities.csv")
        draft.module("split-data", name="split", dataset=draft["cities"])
        draft.save()
        yield opened


def test_a_conflict_has_both_versions_and_what_differs(workspace: studiolo.Workspace) -> None:
    mine, theirs = workspace.draft("weather"), workspace.draft("weather")
    theirs["split"].change(fraction=0.25)
    theirs.dataset("cities.csv", name="again")
    theirs.save()
    mine["split"].change(fraction=0.75)
    mine["cities"].change(comment="Mine")
    with pytest.raises(ExperimentChangedError) as caught:
        mine.save()
    error = caught.value
    assert error.theirs == theirs.experiment
    assert error.ours == mine.experiment
    assert error.revision == theirs.revision == revision_at(theirs.folder / "experiment.yaml")
    split = error.difference.nodes[NodeName("split")]
    assert split.values == {"parameters.fraction": Change(before=0.25, after=0.75)}
    assert {str(name): node.changed_by for name, node in error.difference.nodes.items()} == {
        "cities": ChangedBy.US,
        "split": ChangedBy.BOTH,
        "again": ChangedBy.THEM,
    }
    assert str(error).splitlines()[1:-1] == [
        "- node \"cities\": comment is not set in the file and 'Mine' in the draft",
        '- node "split": parameters.fraction is 0.25 in the file and 0.75 in the draft',
        '- node "again": only in the file',
    ]
    # Nothing was written, and the draft is as it was.
    assert workspace.experiment("weather") == theirs.experiment
    assert mine["cities"].node.comment == "Mine"


def test_who_has_seen_the_conflict_can_save_over_it(workspace: studiolo.Workspace) -> None:
    mine, theirs = workspace.draft("weather"), workspace.draft("weather")
    theirs.name = "Theirs"
    theirs.save()
    mine.name = "Mine"
    with pytest.raises(ExperimentChangedError) as caught:
        mine.save()
    # A third version that was not seen is not saved over.
    theirs.name = "Theirs again"
    theirs.save()
    with pytest.raises(ExperimentChangedError) as again:
        mine.save(revision=caught.value.revision)
    mine.save(revision=again.value.revision)
    assert workspace.experiment("weather").name == "Mine"


def test_an_edit_from_elsewhere_carries_its_own_revision(workspace: studiolo.Workspace) -> None:
    """As a server has it: the browser made its edit from what it has loaded."""
    loaded = workspace.draft("weather").revision
    first = workspace.draft("weather")
    first.name = "First"
    first.save(revision=loaded)
    second = workspace.draft("weather")
    second.name = "Second"
    with pytest.raises(ExperimentChangedError) as caught:
        second.save(revision=loaded)
    assert caught.value.base is None
    assert caught.value.difference.values == {"name": Change(before="First", after="Second")}
    second.save(revision=first.revision)


def test_a_deleted_experiment_is_a_conflict_too(workspace: studiolo.Workspace) -> None:
    draft = workspace.draft("weather")
    (draft.folder / "experiment.yaml").unlink()
    draft.name = "Mine"
    with pytest.raises(ExperimentChangedError, match="deleted") as caught:
        draft.save()
    assert caught.value.theirs is None
    assert caught.value.revision == UNSAVED
    draft.save(revision=UNSAVED)
    assert workspace.experiment("weather").name == "Mine"


def test_a_new_experiment_does_not_replace_one_that_came_meanwhile(
    workspace: studiolo.Workspace,
) -> None:
    one, two = workspace.new_experiment("new"), workspace.new_experiment("new")
    one.save()
    two.name = "Two"
    with pytest.raises(ExperimentChangedError):
        two.save()


def test_a_file_that_somebody_is_at_work_on_is_not_saved_over(
    workspace: studiolo.Workspace,
) -> None:
    draft = workspace.draft("weather")
    file = draft.folder / "experiment.yaml"
    file.write_text("studiolo: 1\nname: [half")
    with pytest.raises(ExperimentFileError):
        draft.save()
    assert file.read_text() == "studiolo: 1\nname: [half"


def test_a_script_that_changed_meanwhile_is_not_replaced(workspace: studiolo.Workspace) -> None:
    draft = workspace.draft("weather")
    draft.script(COUNT, name="count", dataset1=draft["cities"])
    draft.save()
    file = draft.folder / "count.py"
    mine = workspace.draft("weather")
    seen = revision_at(file)
    mine.remove("count")
    mine.script(f"# mine\n{COUNT}", name="count", dataset1=mine["cities"], replace=True)
    file.write_text(f"# theirs\n{COUNT}")
    mine.name = "Mine"
    with pytest.raises(ScriptChangedError) as caught:
        mine.save()
    assert caught.value.theirs == f"# theirs\n{COUNT}"
    assert caught.value.ours == f"# mine\n{COUNT}"
    # Nothing was written, neither the script nor the experiment.
    assert file.read_text().startswith("# theirs")
    assert workspace.experiment("weather").name == "weather"

    mine.remove("count")
    options: dict[str, Any] = {"name": "count", "dataset1": mine["cities"]}
    with pytest.raises(ScriptChangedError):
        mine.script(f"# mine\n{COUNT}", replace=seen, **options)
    mine.script(f"# mine\n{COUNT}", replace=caught.value.revision, **options)
    mine.save()
    assert file.read_text().startswith("# mine")


def test_a_script_that_came_meanwhile_keeps_the_experiment_from_being_saved(
    workspace: studiolo.Workspace,
) -> None:
    draft = workspace.draft("weather")
    draft.script(COUNT, name="count", dataset1=draft["cities"])
    (draft.folder / "count.py").write_text("# theirs\n")
    with pytest.raises(ScriptExistsError):
        draft.save()
    assert "count" not in workspace.experiment("weather").nodes
    # The same text is no conflict.
    (draft.folder / "count.py").write_text(COUNT)
    draft.save()
    assert "count" in workspace.experiment("weather").nodes


def save_together(
    draft: studiolo.Draft, together: threading.Barrier
) -> Revision | ExperimentChangedError:
    together.wait()
    try:
        draft.save()
    except ExperimentChangedError as error:
        return error
    return draft.revision


def test_of_many_who_save_at_once_from_one_revision_one_succeeds(
    workspace: studiolo.Workspace,
) -> None:
    many = 6
    together = threading.Barrier(many)
    with ThreadPoolExecutor(many) as pool:
        for attempt in range(5):
            drafts = [workspace.draft("weather") for _ in range(many)]
            for number, draft in enumerate(drafts):
                draft.description = f"{attempt}, {number}"
            outcomes = list(pool.map(save_together, drafts, [together] * many))
            saved = [found for found in outcomes if not isinstance(found, ExperimentChangedError)]
            lost = [found for found in outcomes if isinstance(found, ExperimentChangedError)]
            assert saved == [workspace.draft("weather").revision]
            assert {error.revision for error in lost} == set(saved)


def test_processes_that_save_at_once_lose_no_edit(workspace: studiolo.Workspace) -> None:
    each = 8
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(workspace.root), name, str(each)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        with writer:
            assert writer.wait(timeout=120) == 0
    nodes = workspace.experiment("weather").nodes
    assert len(nodes) == 2 + 2 * each
