"""Experiments that are written in Python."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import studiolo
from studiolo.datasets.formats.errors import FormatCannotHoldError
from studiolo.environments.environment import Environment
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.file import read_experiment
from studiolo.modules.errors import ScriptMissingError
from studiolo.runs.errors import NodeUnknownError
from studiolo.store.run_record import NodeState
from studiolo.workspace.drafts.conflicts import ExperimentChangedError
from studiolo.workspace.errors import (
    DatasetExistsError,
    ExperimentExistsError,
    ExperimentNameError,
    KeywordAmbiguousError,
    NameNotGivenError,
    NodeNameTakenError,
    NodeOfAnotherDraftError,
    NodeRefusedError,
    ScriptExistsError,
    ScriptUnsuitableError,
    WorkspaceUnwritableError,
)
from studiolo.workspace.folder.state_folder import StateFolder

COUNT = """\
import pandas as pd

def azureml_main(frame, *, times: int = 1):
    print("counting")
    return pd.DataFrame({"rows": [len(frame) * times]}),
"""


def count(frame: pd.DataFrame, *, times: int = 1) -> Any:
    return (pd.DataFrame({"rows": [len(frame) * times]}),)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[studiolo.Workspace]:
    root = studiolo.new_workspace(tmp_path / "workspace", samples=False)
    (root / "datasets" / "cities.csv").write_text("city,degrees\nSeoul,25\nOslo,12\n")
    with studiolo.open_workspace(root) as opened:
        yield opened


@pytest.fixture
def draft(workspace: studiolo.Workspace) -> studiolo.Draft:
    return workspace.new_experiment("weather", title="What the weather is like")


def test_an_experiment_is_built_checked_run_changed_and_saved(
    workspace: studiolo.Workspace,
    draft: studiolo.Draft,
    default_environment: Environment,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cities = draft.dataset("cities.csv")
    split = draft.module("split-data", dataset=cities, fraction=0.5, comment="Halves")
    script = draft.script(COUNT, name="count", dataset1=split["results_dataset2"], times=3)
    assert draft.check() == []
    assert not draft.folder.exists()

    run = draft.run(progress=True)
    assert run.succeeded
    assert run[script].frame().to_dict("list") == {"rows": [3]}
    assert run["count"].console == "counting\n"
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "cities: finished",
        "split-data: finished",
        "count: finished",
    ]

    script.change(times=np.int64(5))
    run = draft.run(to=["count"])
    assert run["split-data"].state is NodeState.KEPT
    assert run[script].frame()["rows"].tolist() == [5]
    saved = workspace.experiment("weather")
    assert saved.name == "What the weather is like"
    assert saved.nodes == draft.nodes
    assert (draft.folder / "count.py").read_text() == COUNT


def test_a_function_becomes_a_script_beside_the_experiment(
    draft: studiolo.Draft, default_environment: Environment
) -> None:
    node = draft.script(count, dataset1=draft.dataset("cities.csv"), times=2)
    assert (node.name, node.node.script) == ("count", "count.py")
    assert draft.run()[node].frame()["rows"].tolist() == [4]
    source = (draft.folder / "count.py").read_text()
    # `Any` is what its annotation needs.
    assert "import pandas as pd\n" in source
    assert "from typing import Any\n" in source
    assert "\ndef azureml_main(frame" in source


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"fracton": 0.5}, 'has no parameter "fracton". Did you mean "fraction"?'),
        ({"datset": "cities"}, 'has no parameter "datset"'),
        ({"dataset": "citys"}, 'a node "citys", which does not exist'),
        ({"dataset": "cities.first"}, 'is a dataset and has no output "first"'),
        ({"fraction": 2}, '"fraction" must be a number from 0 to 1, not 2'),
        ({"dataset": pd.DataFrame({"a": [1]})}, "takes a node of the experiment, not a DataFrame"),
        (
            {"timeout": "soon"},
            'The timeout of node "split-data" is wrong: "soon" is not a duration',
        ),
        ({"seed": -1}, '"seed" of node "split-data" has to be a whole number'),
        ({"name": "a.b"}, 'has a "." in it'),
    ],
)
def test_what_is_wrong_is_said_where_it_is_written(
    draft: studiolo.Draft, given: dict[str, Any], sentence: str
) -> None:
    draft.dataset("cities.csv")
    before = draft.nodes
    with pytest.raises(NodeRefusedError) as caught:
        draft.module("split-data", **given)
    assert sentence in str(caught.value)
    assert draft.nodes == before


def test_nodes_modules_and_files_that_do_not_exist_are_refused(draft: studiolo.Draft) -> None:
    cities = draft.dataset("cities.csv")
    split = draft.module("split-data", dataset=cities)
    with pytest.raises(NodeRefusedError, match=r'no output "results".* Did you mean "results_'):
        draft.module("split-data", dataset=split["results"])
    with pytest.raises(NodeRefusedError, match='Did you mean "split-data"'):
        draft.module("splt-data")
    with pytest.raises(NodeRefusedError, match=r'Did you mean "cities\.csv"'):
        draft.dataset("citys.csv")
    with pytest.raises(NodeRefusedError, match="has no version 3"):
        draft.dataset("cities.csv", version=3)
    with pytest.raises(NodeUnknownError, match='Did you mean "cities"'):
        draft["citis"]
    with pytest.raises(ScriptMissingError):
        draft.script("nowhere.py")
    with pytest.raises(ScriptUnsuitableError, match="a int"):
        draft.script(3)  # type: ignore[arg-type]  # what the error is for


def test_what_is_still_missing_is_found_by_the_check_and_keeps_it_from_running(
    draft: studiolo.Draft,
) -> None:
    split = draft.module("split-data", fraction=0.5)
    (finding,) = draft.check()
    assert finding.code == "input-missing"
    with pytest.raises(ExperimentFileError) as caught:
        draft.run()
    assert caught.value.findings == (finding,)
    assert not draft.folder.exists()
    split.change(dataset=draft.dataset("cities.csv"), timeout="2m", seed=7)
    assert draft.check() == []
    assert (split.node.limits.timeout, split.node.seed) == (120, 7)
    split.change(dataset=None, timeout=None)
    assert (split.node.inputs, split.node.limits.timeout, split.node.seed) == ({}, None, 7)


def test_a_circle_is_found_by_the_check(draft: studiolo.Draft) -> None:
    one = draft.module("split-data", name="one", dataset=draft.dataset("cities.csv"))
    two = draft.module("split-data", name="two", dataset=one)
    one.change(dataset=two)
    assert [finding.code for finding in draft.check()] == ["node-cycle"]


def test_names_that_nobody_gave_get_numbers_and_given_ones_are_taken_once(
    draft: studiolo.Draft,
) -> None:
    cities = draft.dataset("cities.csv")
    names = [draft.module("split-data", dataset=cities).name for _ in range(3)]
    assert names == ["split-data", "split-data 2", "split-data 3"]
    draft.module("split-data", name="mine", dataset=cities)
    with pytest.raises(NodeNameTakenError, match="mine"):
        draft.module("split-data", name="mine", dataset=cities)
    draft.remove("split-data 2")
    assert draft.module("split-data").name == "split-data 2"


def test_nodes_of_another_draft_are_not_taken_for_ones_own(
    workspace: studiolo.Workspace, draft: studiolo.Draft
) -> None:
    cities = workspace.new_experiment("other").dataset("cities.csv")
    with pytest.raises(NodeOfAnotherDraftError, match="cities"):
        draft.module("split-data", dataset=cities)


def test_a_keyword_that_could_mean_two_things_is_refused(draft: studiolo.Draft) -> None:
    greet = "def azureml_main(frame=None, *, name='you', seed=0, dataset1=1):\n    return frame,\n"
    with pytest.raises(KeywordAmbiguousError, match=r"more=\{'name': …\}"):
        draft.script(studiolo.Script(source=greet, name="greet.py"), name="me")
    with pytest.raises(KeywordAmbiguousError, match=r"more=\{'seed': …\}"):
        draft.script(studiolo.Script(source=greet, name="greet.py"), seed=1)
    with pytest.raises(KeywordAmbiguousError, match="Rename the parameter"):
        draft.script(studiolo.Script(source=greet, name="greet.py"), dataset1="cities")
    node = draft.script(
        studiolo.Script(source=greet, name="greet.py"),
        name="me",
        seed=1,
        more={"name": "Ada", "seed": 2},
    ).node
    assert (node.name, node.seed) == ("me", 1)
    assert node.parameters == {"name": "Ada", "seed": 2}


@pytest.mark.parametrize(
    "made",
    [
        lambda: pd.DataFrame({"a": [1, 2]}),
        lambda: pa.table({"a": [1, 2]}),
        lambda: studiolo.Dataset(table=pa.table({"a": [1, 2]})),
    ],
)
def test_a_frame_becomes_a_dataset_file_that_replaces_no_other(
    workspace: studiolo.Workspace, made: Callable[[], Any]
) -> None:
    draft = workspace.new_experiment("one")
    with pytest.raises(NameNotGivenError, match="name="):
        draft.dataset(made())
    assert draft.dataset(made(), name="numbers").node.dataset == "numbers.parquet"
    again = workspace.new_experiment("two").dataset(made(), name="numbers.csv")
    assert (again.name, again.node.dataset) == ("numbers", "numbers.csv")
    assert (workspace.root / "datasets" / "numbers.csv").read_text() == "a\n1\n2\n"
    # The same is shared, something else is not written over it.
    workspace.new_experiment("three").dataset(made(), name="numbers.csv")
    other = pd.DataFrame({"a": [3]})
    with pytest.raises(DatasetExistsError, match=r"numbers\.csv"):
        workspace.new_experiment("four").dataset(other, name="numbers.csv")
    workspace.new_experiment("four").dataset(other, name="numbers.csv", replace=True)
    assert (workspace.root / "datasets" / "numbers.csv").read_text() == "a\n3\n"
    names = {path.name for path in (workspace.root / "datasets").iterdir()}
    assert names == {"cities.csv", "numbers.csv", "numbers.parquet"}


@pytest.mark.parametrize("replace", [False, True])
def test_no_link_leads_a_frame_out_of_the_datasets(
    replace: bool, workspace: studiolo.Workspace, draft: studiolo.Draft, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.csv").write_text("mine\n1\n")
    datasets = workspace.root / "datasets"
    (datasets / "folder").symlink_to(outside)
    (datasets / "mine.csv").symlink_to(outside / "mine.csv")
    (datasets / "new.csv").symlink_to(outside / "new.csv")
    frame = pd.DataFrame({"a": [1]})
    for name in ("folder/new.csv", "folder/mine.csv"):
        with pytest.raises((WorkspaceUnwritableError, DatasetExistsError)):
            draft.dataset(frame, name=name, replace=replace)
    for name in ("mine.csv", "new.csv"):
        # A link that is the file's own name gives way to the file, if that was asked for.
        with contextlib.suppress(WorkspaceUnwritableError, DatasetExistsError):
            draft.dataset(frame, name=name, replace=replace)
    assert [path.name for path in outside.iterdir()] == ["mine.csv"]
    assert (outside / "mine.csv").read_text() == "mine\n1\n"


def test_a_frame_that_is_refused_leaves_no_file(
    workspace: studiolo.Workspace, draft: studiolo.Draft
) -> None:
    frame = pd.DataFrame({"a": [b"bytes"]})
    with pytest.raises(NodeRefusedError, match="line breaks"):
        draft.dataset(frame, name="a\nb")
    with pytest.raises(NodeRefusedError, match=r"without \"\.\.\""):
        draft.dataset(frame, name="../cities")
    with pytest.raises(FormatCannotHoldError):
        draft.dataset(frame, name="bytes.csv")
    assert workspace.datasets.names == ["cities.csv"]


def test_a_script_file_is_taken_along_and_replaces_no_other(
    draft: studiolo.Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("count.py").write_text(COUNT)
    draft.script("count.py", name="one")
    draft.save()
    assert (draft.folder / "count.py").read_text() == COUNT
    Path("count.py").write_text(f"# Better.\n{COUNT}")
    with pytest.raises(ScriptExistsError, match=r"count\.py"):
        draft.script("count.py", name="two")
    draft.script(draft.folder / "count.py", name="two")
    draft.script("count.py", name="three", replace=True)
    draft.save()
    assert (draft.folder / "count.py").read_text() == f"# Better.\n{COUNT}"
    with pytest.raises(ScriptExistsError):
        draft.script(COUNT, name="count")
    with pytest.raises(NameNotGivenError, match="given as text"):
        draft.script(COUNT)


def test_a_new_experiment_takes_no_other_ones_place_unasked(
    workspace: studiolo.Workspace, draft: studiolo.Draft
) -> None:
    draft.script(COUNT, name="count")
    draft.save()
    with pytest.raises(ExperimentExistsError, match="replace=True"):
        workspace.new_experiment("weather")
    anew = workspace.new_experiment("weather", replace=True)
    # Its script, too.
    anew.script(f"# New.\n{COUNT}", name="count")
    assert (draft.folder / "count.py").read_text() == COUNT
    anew.save()
    assert (draft.folder / "count.py").read_text() == f"# New.\n{COUNT}"
    assert read_experiment(draft.folder).name == "weather"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", ".hidden", "a\nb", " a"])
def test_an_experiments_name_is_that_of_a_folder(workspace: studiolo.Workspace, name: str) -> None:
    with pytest.raises(ExperimentNameError):
        workspace.new_experiment(name)


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(
    workspace: studiolo.Workspace, draft: studiolo.Draft
) -> None:
    draft.dataset("cities.csv")
    draft.save()
    file = draft.folder / "experiment.yaml"
    one, two = workspace.draft("weather"), workspace.draft("weather")
    one["cities"].change(comment="Both of them")
    one.save()
    two.name = "Mine"
    with pytest.raises(ExperimentChangedError, match=r"experiment\.yaml"):
        two.save()
    assert "Both of them" in file.read_text()
    # A comment in the file is no change of the experiment, and stays.
    file.write_text(f"# For my sister.\n{file.read_text()}")
    one.name = "Cities"
    one.save()
    assert file.read_text().startswith("# For my sister.\n")
    assert workspace.experiment("weather").name == "Cities"


def test_a_blank_name_is_refused_before_anything_is_written(draft: studiolo.Draft) -> None:
    draft.name = " "
    draft.script(COUNT, name="count")
    with pytest.raises(ExperimentFileError, match="name"):
        draft.save()
    assert not draft.folder.exists()


def test_a_failed_node_is_a_result_that_says_so(
    draft: studiolo.Draft,
    default_environment: Environment,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fail = "def azureml_main(frame):\n    raise ValueError('<b>no</b>\\nsecond line')\n"
    node = draft.script(fail, name="fail", dataset1=draft.dataset("cities.csv"))
    draft.module("split-data", dataset=node)
    run = draft.run(progress=True)
    assert not run.succeeded
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].endswith("s: ValueError: <b>no</b>")
    assert lines[2] == "split-data: skipped: The node 'fail', which it needs, did not succeed."
    shown = run[node]._repr_html_()
    assert "&lt;b&gt;no&lt;/b&gt;" in shown
    assert "<b>no" not in shown + run._repr_html_()


def test_a_result_that_is_gone_is_shown_as_a_sentence(
    workspace: studiolo.Workspace, draft: studiolo.Draft, default_environment: Environment
) -> None:
    node = draft.script(COUNT, name="count", dataset1=draft.dataset("cities.csv"))
    run = draft.run()
    assert ">2</td>" in run[node]._repr_html_()
    for blob in StateFolder(workspace.root).blobs.folder.rglob("*"):
        if blob.is_file():
            blob.unlink()
    again = workspace.result(run.id)
    assert again[node]._repr_html_().startswith("<p>")


def test_a_draft_is_made_for_a_web_service(workspace: studiolo.Workspace) -> None:
    draft = workspace.new_experiment("service")
    rows = draft.module("web-service-input", name="input1", dataset=draft.dataset("cities.csv"))
    sample = draft.module("split-data", name="sample", dataset=rows, fraction=0.5)
    sample.web_service_parameter("fraction", name="Share").web_service_parameter("random_seed")
    draft.module("web-service-output", name="output1", dataset=sample)
    assert list(draft.check()) == []
    draft.save()
    text = (workspace.root / "experiments/service/experiment.yaml").read_text(encoding="utf-8")
    assert text.endswith(
        "web_service_parameters:\n  Share: sample.fraction\n  random_seed: sample.random_seed\n"
    )
    again = workspace.draft("service")
    again["sample"].web_service_parameter("columns")
    assert [found.code for found in again.check()] == ["parameter-unknown"]
