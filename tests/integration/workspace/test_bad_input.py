"""What can be wrong around a run, from YAML that is none to disks that forget."""

import json
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.progress import NodeProgress
from studiolo.store.database.sqlite import FILE_NAME
from studiolo.store.errors import BlobRottenError, RecordsNewerError
from studiolo.store.run_record import NodeState
from studiolo.workspace.workspace import Workspace

from ..workspaces import Watcher, WorkspaceFolder, ran, spoil, writable

ROOT = Path(__file__).parents[3]
NODES = """
data: {dataset: n.csv}
double: {module: execute-python-script, script: double.py, inputs: {dataset1: data}}
sum: {module: execute-python-script, script: sum.py, inputs: {dataset1: double}}
other: {module: execute-python-script, script: sum.py, inputs: {dataset1: double}, seed: 1}
"""
SCRIPTS = {
    "double.py": "def azureml_main(frame):\n    return frame * 2\n",
    "sum.py": "def azureml_main(frame):\n    return frame.sum().to_frame('total')\n",
}


@pytest.fixture
def graph(place: WorkspaceFolder) -> WorkspaceFolder:
    place.dataset("n.csv", "n\n1\n2\n3\n")
    place.experiment(NODES, scripts=SCRIPTS)
    return place


class TestExperiments:
    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            ("studiolo: 1\nname: x\nnodes: {a: {dataset: [}}\n", "experiment-yaml-invalid", 3),
            ("%PDF-1.4\n\x01", "experiment-yaml-invalid", 2),
            ("studiolo: 2\nname: x\nnodes: {}\nwhatever: 1\n", "experiment-format-newer", 1),
            ("", "experiment-value-invalid", 1),
            ("studiolo: 1\nname: x\nnodes: {a.b: {dataset: n.csv}}\n", "node-name-invalid", 3),
        ],
    )
    def test_a_file_that_is_no_experiment(
        self, place: WorkspaceFolder, text: str, code: str, line: int
    ) -> None:
        folder = place.experiment("")
        (folder / "experiment.yaml").write_text(text)
        with Workspace(place.root) as workspace, pytest.raises(ExperimentFileError) as caught:
            workspace.experiment("experiment")
        # What else is wrong with the file comes after it.
        found = caught.value.findings[0]
        assert (found.code, found.line) == (code, line)
        assert not (place.root / ".studiolo").exists(), "looking leaves no traces"

    def test_what_a_check_finds_is_not_run(self, place: WorkspaceFolder) -> None:
        place.experiment(
            """
            one: {module: add-rows, inputs: {dataset1: two, dataset2: two}}
            two: {module: add-rows, inputs: {dataset1: one, dataset2: nobody}}
            """
        )
        with Workspace(place.root) as workspace, pytest.raises(ExperimentFileError) as caught:
            workspace.run(workspace.experiment("experiment"))
        assert {found.code for found in caught.value.findings} == {"node-cycle", "node-unknown"}

    def test_an_experiment_is_found_by_its_name_its_folder_and_its_file(
        self, graph: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(graph.folder())
        with Workspace(graph.root) as workspace:
            for typed in ("experiment", graph.folder(), graph.folder() / "experiment.yaml", "."):
                assert len(workspace.experiment(typed).nodes) == 4


class TestManyNodes:
    COUNT = 10_000

    def chain(self, place: WorkspaceFolder, *, closed: bool = False) -> None:
        place.dataset("n.csv", "n\n1\n")
        before = f"n{self.COUNT - 1}" if closed else "data"
        nodes = ["data: {dataset: n.csv}"]
        for number in range(self.COUNT):
            nodes.append(
                f"n{number}: {{module: select-columns-in-dataset, inputs: {{dataset: {before}}}, "
                "parameters: {select_columns: [n]}}"
            )
            before = f"n{number}"
        place.experiment("\n".join(nodes))

    def test_a_long_chain_is_checked_planned_and_carried_out(self, place: WorkspaceFolder) -> None:
        self.chain(place)
        # Nothing of it can run, so that this takes no longer than it has to.
        place.dataset("n.csv", "another column\n1\n")
        with Workspace(place.root) as workspace:
            experiment = workspace.experiment("experiment")
            assert workspace.check(experiment) == []
            plan = workspace.plan(experiment)
            assert len(plan.steps) == len({s.digest for s in plan.steps.values()}) == self.COUNT + 1
            failed = ran(workspace.run(experiment), read=False)
        assert failed.states["n0"] is NodeState.FAILED
        skipped = [s for s in failed.states.values() if s is NodeState.SKIPPED]
        assert len(skipped) == self.COUNT - 1

    def test_a_long_circle_is_refused(self, place: WorkspaceFolder) -> None:
        self.chain(place, closed=True)
        with Workspace(place.root) as workspace:
            (found,) = workspace.check(workspace.experiment("experiment"))
        assert found.code == "node-cycle"
        assert len(found.message) < 500


def test_names_may_be_of_any_script(place: WorkspaceFolder) -> None:
    place.dataset("당뇨 데이터.csv", "나이\n50\n")
    place.experiment(
        """
        당뇨 데이터: {dataset: 당뇨 데이터.csv}
        모델 하나:
          module: execute-python-script
          script: 점수 매기기.py
          inputs: {dataset1: 당뇨 데이터}
        고르기:
          module: select-columns-in-dataset
          inputs: {dataset: 모델 하나.results_dataset}
          parameters: {select_columns: [점수]}
        """,
        scripts={
            "점수 매기기.py": "def azureml_main(f, *, 나무: int = 1):\n"
            "    f['점수'] = f['나이'] * 나무\n    return f\n"
        },
        name="당뇨 실험",
    )
    ran = place.run("당뇨 실험", parameters={("모델 하나", "나무"): "3"})
    assert ran.table("고르기") == {"점수": [150]}
    assert ran.result.record.experiment == "experiments/당뇨 실험"
    assert (
        place.run("당뇨 실험").reasons["모델 하나"] == "Changed: the parameter 나무 (3 → default)."
    )


def test_a_script_that_changes_while_it_waits_is_run_as_it_was(graph: WorkspaceFolder) -> None:
    class Editor(Watcher):
        def node_changed(self, progress: NodeProgress) -> None:
            if progress.node == NodeName("data"):
                graph.script("double.py", "def azureml_main(frame):\n    return frame * 100\n")
            super().node_changed(progress)

    during = graph.run(observer=Editor())
    assert during.table("double") == {"n": [2, 4, 6]}
    after = graph.run()
    assert after.reasons["double"] == "Changed: the script."
    assert after.table("double") == {"n": [100, 200, 300]}


class TestDamagedResults:
    """Bytes that rot are found when they are read, and made again."""

    @staticmethod
    def blob_of(graph: WorkspaceFolder, node: str) -> Path:
        """The file of what the node gave; runs the experiment, if need be."""
        first = graph.run()
        kept = first.result[node].kept
        assert kept is not None
        (entry,) = kept.outputs.values()
        (digest,) = entry["files"]
        return graph.root.joinpath(".studiolo", "blobs", digest[:2], digest)

    @pytest.mark.parametrize("cut", [False, True])
    def test_a_result_that_rotted_is_made_again_where_it_is_needed(
        self, graph: WorkspaceFolder, cut: bool
    ) -> None:
        blob = self.blob_of(graph, "double")
        content = blob.read_bytes()
        if cut:
            with writable(blob):
                blob.write_bytes(content[:-8])
        else:
            spoil(blob)
        # Two nodes at once need it.
        again = graph.run(only=["sum", "other"])
        assert again.status == "finished"
        assert again.states["double"] is NodeState.FINISHED
        assert again.reasons["double"].startswith("Its kept result is damaged: the file ")
        assert (
            f'{blob}" has changed since it was written (the SHA-256 of its'
            in again.reasons["double"]
        )
        assert again.states["data"] is NodeState.KEPT
        assert again.table("sum") == again.table("other") == {"total": [12]}
        assert blob.read_bytes() == content
        assert graph.run().ran() == set()

    def test_all_that_it_was_made_of_may_have_rotted_too(self, graph: WorkspaceFolder) -> None:
        self.blob_of(graph, "double")
        content = {path: path.read_bytes() for path in graph.blob_files()}
        for path in content:
            spoil(path)
        again = graph.run(only=["sum", "other"])
        assert again.ran() == {"data", "double", "sum", "other"}
        assert again.table("sum") == {"total": [12]}
        # Those of the nodes that ran are what they were, and so is the dataset's own.
        assert {path: path.read_bytes() for path in graph.blob_files()} == content

    def test_a_result_that_is_missing_is_made_again(self, graph: WorkspaceFolder) -> None:
        self.blob_of(graph, "double").unlink()
        again = graph.run()
        assert again.ran() == {"double"}
        assert again.reasons["double"] == "Its result is no longer kept."
        assert again.table("double") == {"n": [2, 4, 6]}

    def test_a_result_that_vanishes_under_a_run_is_made_again(self, graph: WorkspaceFolder) -> None:
        blob = self.blob_of(graph, "double")

        class Thief(Watcher):
            def node_changed(self, progress: NodeProgress) -> None:
                if not self.told:
                    blob.unlink(missing_ok=True)
                super().node_changed(progress)

        again = graph.run(only=["sum"], observer=Thief())
        assert again.reasons["double"] == (
            f'Its kept result is damaged: the file "{blob}" is missing.'
        )
        assert again.table("sum") == {"total": [12]}

    def test_what_can_not_be_made_again_fails_what_needs_it(self, graph: WorkspaceFolder) -> None:
        graph.script(
            "double.py",
            "import time\ndef azureml_main(frame):\n    time.sleep(1.2)\n    return frame * 2\n",
        )
        spoil(self.blob_of(graph, "double"))
        # What a node may take is no part of what it gives.
        graph.change(
            "script: double.py, inputs: {dataset1: data}",
            "script: double.py, inputs: {dataset1: data}, timeout: 1",
        )
        again = graph.run(only=["sum"])
        assert again.status == "failed"
        assert again.states["double"] is NodeState.FAILED
        code, _, message = again.failure("sum")
        assert code == "timed-out"
        assert message.startswith("The node 'double', which it needs, had to run again: ")

    def test_what_nobody_needs_is_found_when_somebody_looks(self, graph: WorkspaceFolder) -> None:
        blob = self.blob_of(graph, "sum")
        spoil(blob)
        last = graph.run(read=False)
        assert last.ran() == set()
        with pytest.raises(BlobRottenError, match=blob.name):
            last.result["sum"].dataset()
        assert graph.run(only=["sum"]).table("sum") == {"total": [12]}


def test_records_of_a_newer_studiolo_are_left_alone(graph: WorkspaceFolder) -> None:
    graph.run()
    database = graph.root / ".studiolo" / FILE_NAME
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = database.read_bytes()
    with pytest.raises(RecordsNewerError, match="have the version 9999"):
        graph.run()
    assert database.read_bytes() == before


#: What the programs below have at hand.
BEFORE = """
import ctypes, json, os, sys
from pathlib import Path
from studiolo.errors import StudioloError
from studiolo.workspace.workspace import Workspace
root = Path(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
def say(value):
    print(json.dumps(value), flush=True)
def run(read=(), root=root):
    with Workspace(root) as workspace:
        try:
            result = workspace.run(workspace.experiment("experiment"))
        except StudioloError as error:
            return [error.code, str(error)]
        states = {name: node.state for name, node in result.nodes.items()}
        tables = {n: result[n].dataset().table.to_pydict() for n in read}
        return [result.status, states, tables]
"""


def answers(code: str, root: Path) -> list[Any]:
    """What a program says, line by line, run to its end in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + textwrap.dedent(code), str(root)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_full_disk_costs_nothing_that_was_kept(place: WorkspaceFolder) -> None:
    place.experiment(
        """
        small: {module: execute-python-script, script: small.py}
        large: {module: execute-python-script, script: large.py, inputs: {dataset1: small}}
        after: {module: execute-python-script, script: after.py, inputs: {dataset1: large}}
        """,
        scripts={
            "small.py": "def azureml_main():\n    return 1\n",
            "large.py": "import numpy as np, pandas as pd\ndef azureml_main(f):\n"
            "    return pd.DataFrame({'x': np.random.default_rng(1).random(2_000_000)})\n",
            "after.py": "def azureml_main(f):\n    return f.sum().to_frame('x')\n",
        },
    )
    said = answers(
        """
        store = root / ".studiolo"
        store.mkdir()
        def mount(flags, size):
            return libc.mount(b"none", str(store).encode(), b"tmpfs", flags, size)
        if libc.unshare(0x20000) or libc.mount(None, b"/", None, 0x44000, None):
            sys.exit()
        if mount(0, b"size=6m"):
            sys.exit()
        say(run())
        with Workspace(root) as workspace:
            (record,) = workspace.runs.newest()
            nodes = workspace.result(record.id).nodes
            say([record.status, {name: node.state for name, node in nodes.items()}])
            say([path.name for path in (store / "blobs").glob("incoming-*")])
            say(nodes["small"].dataset().table.to_pydict())
        mount(0x20, b"size=64m")
        say(run(["small"]))
        """,
        place.root,
    )
    if not said:
        pytest.skip("a file system of a few megabytes needs the right to mount one")
    (code, sentence), (status, states), left, small, after = said
    assert code == "records-disk-full"
    assert "There is no room left" in sentence
    assert status == "failed"
    assert states["small"] == "finished"
    assert {states["large"], states["after"]} <= {"cancelled"}
    assert left == []
    assert small == {"column": [1]}
    assert after == [
        "finished",
        {"small": "kept", "large": "finished", "after": "finished"},
        {"small": {"column": [1]}},
    ]


@contextmanager
def for_everybody() -> Iterator[Path]:
    """A folder that every user may enter; pytest's are root's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class TestReadOnly:
    AS_ORDINARY_USER = """
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    """

    def test_running_is_refused_and_looking_is_not(self) -> None:
        with for_everybody() as folder:
            place = WorkspaceFolder(folder / "workspace")
            place.dataset("n.csv", "n\n1\n2\n3\n")
            place.experiment(NODES, scripts=SCRIPTS)
            first = place.run()
            said = answers(
                f"""
                say(run(["sum"])[2])
                {textwrap.indent(textwrap.dedent(self.AS_ORDINARY_USER), " " * 16).strip()}
                say(run())
                with Workspace(root) as workspace:
                    say([run.status for run in workspace.runs.newest()])
                    result = workspace.result({first.id!r})
                    say(result["sum"].dataset().table.to_pydict())
                    say(list(workspace.check(workspace.experiment("experiment"))))
                """,
                place.root,
            )
            for path in [place.root, *place.root.rglob("*")]:
                path.chmod(0o755)
        warm, refused, runs, table, findings = said
        assert warm == {"sum": {"total": [12]}}
        code, sentence = refused
        assert code == "records-read-only"
        assert "so nothing can be run in it. Make the folder writable" in sentence
        assert runs == ["finished", "finished"]
        assert table == {"total": [12]}
        assert findings == []

    def test_what_was_never_run_can_be_checked(self) -> None:
        with for_everybody() as folder:
            place = WorkspaceFolder(folder / "workspace")
            place.dataset("n.csv", "n\n1\n")
            place.experiment(NODES, scripts=SCRIPTS)
            place.copy(folder / "warm")
            said = answers(
                f"""
                # What is imported late is imported now, while it may be read.
                run(root=root.with_name("warm"))
                {textwrap.indent(textwrap.dedent(self.AS_ORDINARY_USER), " " * 16).strip()}
                with Workspace(root) as workspace:
                    say(list(workspace.check(workspace.experiment("experiment"))))
                say(run())
                """,
                place.root,
            )
            for path in [place.root, *place.root.rglob("*")]:
                path.chmod(0o755)
        findings, (code, sentence) = said
        assert findings == []
        assert code == "records-read-only"
        assert "Make the folder writable" in sentence
