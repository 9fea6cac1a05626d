"""`studiolo runs`: the run history, and what is forgotten of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.store.blobs import Blobs
from studiolo.store.identity import RunId, new_run_id
from studiolo.store.locks import RunLock, WorkspaceUse
from studiolo.store.records import Records
from studiolo.store.run_record import NewRun, RunStatus, Session

from .report_page import undocumented
from .workspace_folder import WorkspaceFolder

BEGAN = datetime(2025, 1, 31, 22, 45, 2, tzinfo=UTC)
CLOCK = {"TZ": "UTC"}


@dataclass(frozen=True, kw_only=True)
class History:
    """A workspace with runs that nobody has to wait for."""

    folder: WorkspaceFolder

    @property
    def store(self) -> Path:
        """Where they are recorded."""
        return self.folder.folder / ".studiolo"

    def add(
        self,
        status: RunStatus = RunStatus.FINISHED,
        *,
        hours: float = 0,
        experiment: str = "e",
        partial: bool = False,
        prepares: Session | None = None,
    ) -> RunId:
        """A run that began so many hours later, and took 90 seconds."""
        began = BEGAN + timedelta(hours=hours)
        run = new_run_id(began)
        with Records.open(self.store) as records:
            records.begin_run(
                NewRun(
                    id=run,
                    experiment=f"experiments/{experiment}",
                    experiment_name=f"The name of {experiment}",
                    partial=partial,
                    prepares=prepares,
                    started_at=began,
                    pid=1,
                    host="studio",
                    snapshot={},
                ),
                [],
            )
            if status is not RunStatus.RUNNING:
                records.end_run(run, status, ended_at=began + timedelta(seconds=90))
        return run


@pytest.fixture
def history(tmp_path: Path) -> History:
    folder = WorkspaceFolder(tmp_path)
    for name in ("e", "other"):
        folder.experiment(name, f"name: The name of {name}\nnodes: {{}}\n")
    return History(folder=folder)


def test_an_experiments_runs_are_listed_as_the_classic_studio_listed_them(
    history: History,
) -> None:
    runs = [
        history.add(RunStatus.FINISHED),
        history.add(RunStatus.FAILED, hours=1, partial=True),
        history.add(RunStatus.CANCELLED, hours=1.25, partial=True, prepares=Session.CONSOLE),
        history.add(RunStatus.RUNNING, hours=2),
        history.add(RunStatus.RUNNING, hours=3),
    ]
    history.add(experiment="other")
    with RunLock.take(history.store, runs[4]):
        ended = history.folder("runs", "e", environment={**CLOCK, "COLUMNS": "130"})
    assert (ended.code, ended.err) == (0, "")
    dash = "\N{EN DASH}"
    rows = [re.split(r"  +", line.rstrip()) for line in ended.out.splitlines()]
    day = "2025-01-31"
    assert rows == [
        ["The name of e"],
        ["STATE", "STATUS", "START TIME", "END TIME", "RUN"],
        ["Locked", "Running", "2025-02-01 01:45:02", dash, runs[4]],
        ["Locked", "Interrupted", "2025-02-01 00:45:02", dash, runs[3]],
        ["Locked", "Cancelled (for a console)", "2025-02-01 00:00:02", "00:01:32", runs[2]],
        [
            *("Locked", "Failed (partial run)"),
            *(f"{day} 23:45:02", "23:46:32", runs[1]),
        ],
        ["Locked", "Finished", f"{day} 22:45:02", "22:46:32", runs[0]],
    ]


def test_a_workspaces_runs_are_those_of_all_experiments(history: History) -> None:
    first, second = history.add(), history.add(hours=1, experiment="other")
    for path in (".", history.folder.folder, "experiments"):
        ended = history.folder("runs", path, environment=CLOCK)
        assert (ended.code, ended.err) == (0, "")
        shown = ended.out.splitlines()
        assert "EXPERIMENT" in shown[0]
        assert ["experiments/other" in shown[1], second[-6:] in shown[1]] == [True, True]
        assert ["experiments/e" in shown[2], first[-6:] in shown[2]] == [True, True]


def test_the_rest_is_announced(history: History) -> None:
    runs = [history.add(hours=hour) for hour in range(4)]
    ended = history.folder("runs", "e", "--limit", "2")
    assert runs[1] not in ended.out
    assert [runs[3] in ended.out, runs[2] in ended.out] == [True, True]
    assert ended.out.endswith("… and older ones; --limit 4 lists more of them.\n")
    assert "older" not in history.folder("runs", "e", "--limit", "4").out


@pytest.mark.parametrize("arguments", [["e"], ["."]])
def test_a_narrow_terminal_gets_the_ids_whole(history: History, arguments: list[str]) -> None:
    run = history.add(RunStatus.FAILED, partial=True)
    shown = history.folder("runs", *arguments, environment={"COLUMNS": "80"}).out
    assert run in shown
    assert "Failed (partial run)" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_was_new_in_each_run_is_said(
    history: History,
    default_environment: Environment,
) -> None:
    folder = history.folder
    folder.write("datasets/rows.csv", "a,b\n1,2\n3,4\n5,6\n7,8\n")
    text = """
        name: E
        nodes:
          data: {dataset: rows.csv}
          split: {module: split-data, inputs: {dataset: data}, parameters: {fraction: 0.25}}
          all: {module: remove-duplicate-rows, inputs: {dataset: split},
                parameters: {key_columns: [a]}}
    """
    folder.experiment("e", text)
    folder.run_experiment("e")
    folder.run_experiment("e")
    folder.experiment("e", text.replace("0.25", "0.75"))
    folder.run_experiment("e")
    folder("run", "e", "--only", "split")
    changes = [run["changes"] for run in folder("runs", "e", "--json").report["runs"]]
    assert changes == [
        ["again: split"],
        ["split: the parameter fraction (0.25 → 0.75)"],
        [],
        ["new: everything"],
    ]
    lines = folder("runs", "e", environment={"COLUMNS": "80"}).out.splitlines()
    assert lines[3::2] == [
        "  again: split",
        "  split: the parameter fraction (0.25 → 0.75)",
        "  nothing new",
        "  new: everything",
    ]


def test_the_history_as_json(history: History) -> None:
    run = history.add(RunStatus.RUNNING)
    report = history.folder("runs", "e", "--json").report
    assert report == {
        "experiment": "experiments/e",
        "draft": {"name": "The name of e"},
        "runs": [
            {
                "run": run,
                "experiment": "experiments/e",
                "name": "The name of e",
                "status": "interrupted",
                "partial": False,
                "prepares": None,
                "started_at": BEGAN.isoformat(),
                "ended_at": None,
                "changes": [],
            }
        ],
        "more": False,
    }
    assert undocumented(report) == set()
    workspace = history.folder("runs", "--json").report
    assert (workspace["experiment"], workspace["draft"]) == (None, None)


def test_where_nothing_was_run_that_is_said(history: History) -> None:
    assert history.folder("runs").out == "Nothing has been run yet.\n"
    shown = history.folder("runs", "e").out.splitlines()
    assert shown[0] == "The name of e"
    assert shown[1] == "Nothing has been run yet."


def test_a_broken_file_keeps_nobody_from_its_history(history: History) -> None:
    run = history.add()
    history.folder.experiment("e", "nodes: {")
    ended = history.folder("runs", "e")
    assert (ended.code, ended.err) == (0, "")
    assert run in ended.out
    assert ended.out.splitlines()[0] == "e"


def test_nothing_of_a_name_steers_the_terminal(history: History) -> None:
    history.folder.experiment("e", 'name: "E\\e[2J"\nnodes: {}\n')
    assert "\x1b" not in history.folder("runs", "e").out


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["nope"], "experiment-missing"),
        (["/"], "workspace-missing"),
        (["e", "--limit", "0"], "--limit"),
        (["--keep", "-1"], "--keep"),
        (["e", "--keep", "1"], "Give the workspace instead"),
    ],
)
def test_bad_usage_is_explained(history: History, arguments: list[str], fact: str) -> None:
    history.add()
    ended = history.folder("runs", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert fact in " ".join(ended.err.replace("│", " ").split())


def test_old_runs_are_forgotten_of_each_experiment(history: History) -> None:
    for hour in range(4):
        history.add(hours=hour)
    left = {history.add(hours=5), history.add(experiment="other")}
    ended = history.folder("runs", "--keep", "1")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Forgot 4 runs and 0 results; removed 0 files, 0 bytes.\n"
    assert {run["run"] for run in history.folder("runs", "--json").report["runs"]} == left
    assert history.folder("runs", "--keep", "1").out == "There were no runs to forget.\n"


def test_a_run_that_was_interrupted_is_forgotten_as_others_are(history: History) -> None:
    history.add(RunStatus.RUNNING)
    newest = history.add(hours=1)
    history.folder("runs", "--keep", "1")
    assert [run["run"] for run in history.folder("runs", "--json").report["runs"]] == [newest]


def test_nothing_is_forgotten_while_somebody_uses_the_workspace(history: History) -> None:
    history.add()
    with WorkspaceUse.begin(history.store):
        ended = history.folder("runs", "--keep", "0")
    assert (ended.code, ended.out) == (2, "")
    assert "error[workspace-in-use]: Other processes are using" in ended.err
    assert len(history.folder("runs", "--json").report["runs"]) == 1


def test_results_go_with_the_last_run_that_refers_to_them(
    history: History, default_environment: Environment
) -> None:
    folder = history.folder
    folder.write("datasets/rows.csv", "a,b\n1,2\n3,4\n5,6\n7,8\n")
    for fraction in (0.25, 0.75):
        text = f"""
            name: E
            nodes:
              data: {{dataset: rows.csv}}
              split:
                module: split-data
                inputs: {{dataset: data}}
                parameters: {{fraction: {fraction}, randomized_split: false}}
        """
        folder.experiment("e", text)
        newest = folder.run_experiment("e")
    blobs = Blobs(history.store)
    before = {path.name for path in blobs.folder.rglob("*") if path.is_file()}
    report = folder("runs", "--keep", "1", "--json").report
    assert report["forgotten"] == {"runs": 1, "results": 1}
    after = {path.name for path in blobs.folder.rglob("*") if path.is_file()}
    assert after < before
    assert report["removed"]["files"] == len(before - after)
    assert report["removed"]["bytes"] > 0
    assert undocumented(report) == set()
    shown = folder("show", "e/split", "--run", newest)
    assert (shown.code, shown.err) == (0, "")
    assert "results_dataset1: 3 rows, 2 columns" in shown.out
