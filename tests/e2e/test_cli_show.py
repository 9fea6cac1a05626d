"""`studiolo show`: what came of an experiment and of its nodes, looked at afterwards."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.kept_results import blobs_of
from studiolo.store.blobs import Blobs
from studiolo.store.identity import RunId, new_run_id
from studiolo.store.records import Records
from studiolo.store.run_record import NewRun, NodeChange, NodeState, PlannedNode
from studiolo.workspace.workspace import open_workspace

from .command_line import CommandLine, Ended
from .report_page import undocumented
from .workspace_folder import WorkspaceFolder

ROWS = "n,kind\n" + "".join(f"{n},{'abc'[n % 3]}\n" for n in range(30))
MEANS = """
    import matplotlib.pyplot as plt


    def azureml_main(frame, *, factor=1):
        for n in range(60):
            print("line", n)
        plt.plot([1, 2])
        plt.savefig("line.png")
        result = frame.groupby("kind", as_index=False).mean()
        result["n"] *= factor
        return result
"""
BREAKS = """
    def azureml_main(frame):
        print("so far")
        return frame.missing
"""
GOOD = """
    name: Means of kinds
    nodes:
      data: {dataset: rows.csv}
      means: {module: execute-python-script, script: means.py, inputs: {dataset1: data}}
      halves: {module: split-data, inputs: {dataset: data}}
      learner: {module: two-class-logistic-regression}
"""
BAD = """
    name: Breaks
    nodes:
      data: {dataset: rows.csv}
      breaks: {module: execute-python-script, script: breaks.py, inputs: {dataset1: data}}
      after: {module: remove-duplicate-rows, inputs: {dataset: breaks}}
"""
FILE = "experiments/good/experiment.yaml"


@dataclass(frozen=True, kw_only=True)
class Runs:
    """A workspace in which things were run; tests only look at it."""

    folder: WorkspaceFolder
    first: RunId
    second: RunId
    failed: RunId

    def __call__(self, *arguments: str | Path) -> Ended:
        """Run `studiolo show`."""
        return self.folder("show", *arguments, environment={"TZ": "UTC"})


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, default_environment: Environment) -> Runs:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("shown"))
    folder.write("datasets/rows.csv", ROWS)
    folder.experiment("good", GOOD, {"means.py": MEANS})
    folder.experiment("bad", BAD, {"breaks.py": BREAKS})
    folder.experiment("new", GOOD, {"means.py": MEANS})
    first = folder.run_experiment("good")
    second = folder.run_experiment("good", to=["means"])
    return Runs(folder=folder, first=first, second=second, failed=folder.run_experiment("bad"))


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_an_experiment_is_shown_by_its_newest_run(runs: Runs) -> None:
    ended = runs("experiments/good")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "Means of kinds"
    assert lines[1] == f"experiments/good, run {runs.second}"
    began = datetime.strptime(runs.second[:15], "%Y%m%d-%H%M%S")
    assert lines[2].startswith(f"Finished (partial run)  {began:%Y-%m-%d %H:%M:%S} ")
    assert lines[4].split() == [
        "node",
        "module",
        "or",
        "dataset",
        *["state", "rows", "time", "memory", "why"],
    ]
    assert lines[5].split()[:5] == ["data", "rows.csv", "=", "kept", "30"]
    assert "Nothing that it depends" in lines[5]
    assert "halves" not in ended.out


def test_the_names_of_an_experiment_are_as_good_as_each_other(runs: Runs) -> None:
    shown = runs("experiments/good").out
    for name in ("good", "experiments/good/", FILE, runs.folder.folder / "experiments/good"):
        assert runs(name).out == shown
    inside = CommandLine(runs.folder.folder / "experiments/good")
    assert inside("show", ".").out == shown
    assert inside("show", "good").out == shown
    node = runs("good/means").out
    assert inside("show", "./means").out == node
    assert runs(f"{FILE}/means").out == node


def test_an_earlier_run_is_named_by_enough_of_its_id(runs: Runs) -> None:
    for name in (runs.first, runs.first[-6:]):
        shown = runs("good", "--run", name)
        assert f"run {runs.first}\nFinished  " in shown.out
        assert "halves   split-data" in shown.out


def test_a_failure_is_told_with_the_line_that_it_is_about(runs: Runs) -> None:
    ended = runs("bad")
    assert (ended.code, ended.err) == (0, "")
    assert "\nFailed  " in ended.out
    assert re.search(r"^breaks +breaks\.py +✗ failed ", ended.out, re.M)
    assert re.search(r"^after +remove-duplicate-rows +\S skipped ", ended.out, re.M)
    assert "error[script-exception, classic 0085]: AttributeError: " in ended.out
    assert "  → breaks.py, line 3: return frame.missing\n" in ended.out
    assert '"studiolo show bad/breaks" has the traceback.' in ended.out
    assert "Traceback" not in ended.out
    node = runs("bad/breaks").out
    assert "Traceback (most recent call last):\n" in node
    assert "console\nso far\n" in node
    assert re.search(r"^cost .* of processor time, ", node, re.M)
    assert node.endswith("--variables shows the local variables.\n")


def test_the_variables_of_a_failed_node_are_shown_when_asked_for(runs: Runs) -> None:
    shown = runs("bad/breaks", "--variables").out
    assert (
        "variables in azureml_main, breaks.py, line 3\n  frame  DataFrame  30 \u00d7 2\n" in shown
    )
    assert re.search(r"^ +n +kind *\n +0 +0 +a *\n", shown, re.M)
    document = json.loads(runs("bad/breaks", "--json").out)
    (frame,) = document["error"]["frames"]
    (variable,) = frame["variables"]["shown"]
    assert (variable["name"], variable["table"]["cells"][1]) == ("frame", ["1", "b"])
    # A run with many nodes would be large with all of their variables.
    (of_run,) = json.loads(runs("bad", "--json").out)["nodes"]["breaks"]["error"]["frames"]
    assert "variables" not in of_run
    assert "The node did not fail" in runs("good/means", "--variables").out


def test_a_node_is_shown_with_its_data_its_profile_and_its_console(runs: Runs) -> None:
    ended = runs("good/means", "--run", runs.first)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    facts = {line.split()[0]: line.split(maxsplit=1)[1].rstrip() for line in lines[1:7]}
    assert facts["what"] == "script means.py"
    assert facts["state"] == "✓ finished"
    assert facts["why"] == "It has not run before."
    assert facts["run"].startswith(f"{runs.first}, 20")
    assert re.fullmatch(r"\d.* s, .* of processor time, .* of memory, .* of results", facts["cost"])
    assert "results_dataset: 3 rows, 2 columns\nkind     n\na     13.5\n" in ended.out
    assert ["n", "float64", "0", "3"] in [line[:4] for line in words(ended.out)]
    assert (
        "console\n… 20 lines before; --device DIR writes the whole console.\nline 20\n" in ended.out
    )
    assert "Drawn: line.png. --device DIR writes it." in ended.out


def test_a_kept_node_says_from_which_run_its_result_came(runs: Runs) -> None:
    ended = runs("good/means")
    assert f"result  of run {runs.first}" in ended.out
    assert "why     Nothing that it depends on has changed." in ended.out


def test_a_node_is_shown_by_the_newest_run_in_which_it_took_part(runs: Runs) -> None:
    assert f"run    {runs.first}," in runs("good/halves").out


def test_each_output_is_shown_or_one(runs: Runs) -> None:
    both = runs("good/halves").out
    assert "results_dataset1: " in both
    assert "results_dataset2: " in both
    one = runs("good/halves", "--port", "results_dataset2").out
    assert "results_dataset1" not in one
    assert "results_dataset2: " in one


def test_what_only_a_sandbox_opens_is_named_with_its_size(runs: Runs) -> None:
    ended = runs("good/learner")
    assert re.search(r"^untrained_model: a model, [\d.]+ (bytes|KiB)$", ended.out, re.M)
    assert "It is opened only in a sandbox" in ended.out


def test_the_whole_dataset_is_written_in_the_format_of_the_extension(
    runs: Runs, tmp_path: Path
) -> None:
    ended = runs("good/means", "--output", tmp_path / "means.csv")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"{tmp_path / 'means.csv'}: 3 rows, 2 columns\n"
    assert (tmp_path / "means.csv").read_text() == "kind,n\na,13.5\nb,14.5\nc,15.5\n"
    second = runs("good/halves", "--port", "results_dataset2", "--output", "-")
    assert (second.code, second.err) == (0, "")
    assert second.out.startswith("n,kind\n")
    assert len(second.out.splitlines()) == 16


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["good/learner", "--output", "x.csv"], ["output-missing", '"learner"', "untrained_model"]),
        (["bad/breaks", "--output", "x.csv"], ["output-missing", "failed"]),
        (["new/means", "--output", "x.csv"], ["output-missing", "not run"]),
        (["good/means", "--output", "x.docx"], ["dataset-format-unknown", '".docx"']),
        (["good/means", "--output", "none/x.csv"], ["does not exist"]),
        (["good/means", "--output", "-", "--json"], ["--output a file"]),
        (["good/means", "--port", "resultsdataset"], ["output-missing", "results_dataset."]),
        (["good", "--output", "x.csv"], ["--output", "good/NODE"]),
        (["good", "--port", "results_dataset"], ["--port", "good/NODE"]),
        (["good/mean"], ["node-unknown", 'Did you mean "means"?']),
        (["new/mean"], ["node-unknown", 'Did you mean "means"?']),
        (["bad/after", "--run", "FIRST"], ["belongs to experiments/good"]),
        (["good/halves", "--run", "SECOND"], ["node-unknown", '"halves"']),
        (["goood"], ["experiment-missing", 'Did you mean "good"?']),
        (["goood/means"], ["experiment-missing", 'Did you mean "good"?']),
        (["good", "--run", "zzz"], ["run-unknown", '"zzz"']),
        (["good/" + 300 * "x" + "/y"], ["experiment-missing"]),
        (["good/means", "--device", "studiolo.toml"], ["device-folder-unwritable"]),
    ],
)
def test_what_cannot_be_shown_is_explained(
    runs: Runs, arguments: list[str], facts: list[str]
) -> None:
    ids = {"FIRST": runs.first, "SECOND": runs.second}
    before = runs.folder.names
    ended = runs(*(ids.get(argument, argument) for argument in arguments))
    assert (ended.code, ended.out) == (2, "")
    said = " ".join(ended.err.replace("│", " ").split())
    for fact in facts:
        assert fact in said
    assert runs.folder.names == before


def test_the_device_is_a_folder(runs: Runs, tmp_path: Path) -> None:
    ended = runs("good/means", "--device", tmp_path / "device")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"1 image and the console: {tmp_path / 'device' / 'index.html'}\n"
    written = {path.name for path in (tmp_path / "device").iterdir()}
    assert written == {"console.txt", "line.png", "index.html"}
    assert (tmp_path / "device/console.txt").read_text() == "".join(
        f"line {n}\n" for n in range(60)
    )
    page = (tmp_path / "device/index.html").read_text()
    assert "<h1>means</h1>" in page
    assert f"Means of kinds, run {runs.second} (finished (partial run))." in page


def test_what_has_not_run_is_said_to(runs: Runs) -> None:
    experiment, node = runs("new"), runs("new/means")
    assert (experiment.code, node.code) == (0, 0)
    assert experiment.out == (
        'Means of kinds\nIt has not been run yet: "studiolo run new" runs it.\n'
    )
    assert node.out == 'means\nIt has not run yet: "studiolo run new --to means" runs it.\n'
    skipped = runs("bad/after").out
    assert re.search(r"^state  \S skipped", skipped, re.M)
    assert "why    The node 'breaks', which it needs, did not succeed." in skipped


def test_the_document_of_an_experiment(runs: Runs) -> None:
    report = runs("bad", "--json").report
    assert report["run"] == runs.failed
    assert (report["experiment"], report["name"]) == ("experiments/bad", "Breaks")
    assert (report["status"], report["partial"]) == ("failed", False)
    assert list(report["nodes"]) == ["data", "breaks", "after"]
    breaks = report["nodes"]["breaks"]
    assert (breaks["module"], breaks["script"]) == ("execute-python-script", "breaks.py")
    assert breaks["error"]["frames"][-1]["line"] == 3
    assert report["nodes"]["data"]["dataset"] == "rows.csv"
    assert undocumented(report) == set()
    never = runs("new", "--json").report
    assert (never["run"], never["status"], never["nodes"]) == (None, None, {})


def test_the_document_of_a_node_has_all_of_its_console(runs: Runs) -> None:
    report = runs("good/means", "--json").report
    assert report["console"] == "".join(f"line {n}\n" for n in range(60))
    assert report["images"] == ["line.png"]
    port = report["ports"]["results_dataset"]
    assert (port["kind"], port["rows"]) == ("dataset", 3)
    assert port["columns"][1] == {"name": "n", "type": "double", "role": "feature"}
    assert port["profile"]["columns"][1]["statistics"]["mean"] == 14.5
    model = runs("good/learner", "--json").report["ports"]["untrained_model"]
    assert set(model) == {"kind", "bytes"}
    assert model["kind"] == "model"
    assert undocumented(report) == set()
    assert runs("new/means", "--json").report["state"] is None


@pytest.fixture
def workspace(tmp_path: Path, default_environment: Environment) -> WorkspaceFolder:
    """A workspace of a test's own."""
    folder = WorkspaceFolder(tmp_path)
    folder.write("datasets/rows.csv", ROWS)
    folder.experiment("e", "name: E\nnodes:\n  data: {dataset: rows.csv}\n")
    return folder


def test_a_broken_file_is_told_line_by_line_where_it_is_needed(workspace: WorkspaceFolder) -> None:
    broken = (
        "name: E\nnodes:\n  data: {datset: rows.csv}\n  other: {dataset: rows.csv, nosuch: 1}\n"
    )
    workspace.experiment("e", broken)
    ended = workspace("show", "e")
    assert (ended.code, ended.out) == (2, "")
    lines = ended.err.splitlines()
    assert len(lines) >= 2
    assert all(re.search(r"experiment\.yaml:\d+:\d+: ", line) for line in lines)


def test_runs_are_shown_while_somebody_is_at_work_on_the_file(workspace: WorkspaceFolder) -> None:
    run = workspace.run_experiment("e")
    workspace.experiment("e", "name: E\nnodes: {")
    ended = workspace("show", "e")
    assert (ended.code, ended.err) == (0, "")
    assert run in ended.out


def test_a_run_whose_process_is_gone_was_interrupted(workspace: WorkspaceFolder) -> None:
    begun = datetime.now(UTC)
    run = new_run_id(begun)
    with Records.open(workspace.folder / ".studiolo") as records:
        records.begin_run(
            NewRun(
                id=run,
                experiment="experiments/e",
                experiment_name="E",
                started_at=begun,
                pid=1,
                host="elsewhere",
                snapshot={},
            ),
            [PlannedNode(node=NodeName("data")), PlannedNode(node=NodeName("next"))],
        )
        change = NodeChange(node=NodeName("data"), state=NodeState.RUNNING, started_at=begun)
        records.change_nodes(run, [change])
    ended = workspace("show", "e", environment={"COLUMNS": "140"})
    assert "\nInterrupted  " in ended.out
    assert re.search(r"^data +\S cancelled ", ended.out, re.M)
    assert re.search(r"^next +\S skipped ", ended.out, re.M)
    report = workspace("show", "e", "--json").report
    assert report["status"] == "interrupted"
    assert report["nodes"]["next"]["state"] == "skipped"


def test_a_result_that_was_damaged_on_the_disk_is_an_error_beside_the_rest(
    workspace: WorkspaceFolder,
) -> None:
    workspace.run_experiment("e")
    with open_workspace(workspace.folder) as opened:
        kept = opened.result(opened.runs.newest()[0].id)["data"].kept
    assert kept is not None
    (blob,) = blobs_of(kept.outputs)
    Blobs(workspace.folder / ".studiolo").path(blob).unlink()
    ended = workspace("show", "e/data")
    assert ended.code == 0
    assert "what   dataset rows.csv" in ended.out
    assert "error[blob-missing]" in ended.out
    assert "damage" in workspace("show", "e/data", "--json").report["ports"]["dataset"]
    written = workspace("show", "e/data", "--output", "x.csv")
    assert (written.code, written.out) == (2, "")
    assert "x.csv" not in workspace.names


def test_nothing_that_users_wrote_steers_the_terminal(workspace: WorkspaceFolder) -> None:
    script = """
        def azureml_main(frame):
            print("\\x1b[2J")
            return frame.rename(columns={"n": "\\x1b[31m"})
    """
    text = """
        name: "E\\e[2J"
        nodes:
          data: {dataset: rows.csv}
          s: {module: execute-python-script, script: s.py, inputs: {dataset1: data}}
    """
    workspace.experiment("e", text, {"s.py": script})
    workspace.run_experiment("e")
    for target in ("e", "e/s"):
        ended = workspace("show", target)
        assert (ended.code, ended.err) == (0, "")
        assert "\x1b" not in ended.out
