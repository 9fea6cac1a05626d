"""`studiolo new`, `check` and `run EXPERIMENT`, as they are typed."""

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from studiolo.environments.environment import Environment
from studiolo.store.run_record import NodeState, RunStatus
from studiolo.workspace.workspace import open_workspace

from .command_line import RUNS_STUDIOLO, CommandLine
from .report_page import undocumented
from .workspace_folder import WorkspaceFolder

GOOD = """
    name: Doubles
    nodes:
      data: {dataset: n.csv}
      double: {module: execute-python-script, script: times.py, inputs: {dataset1: data}}
      two words: {module: execute-python-script, script: sum.py, inputs: {dataset1: double}}
      half:
        module: execute-python-script
        script: times.py
        inputs: {dataset1: data}
        parameters: {by: 0.5}
"""
TIMES = """def azureml_main(frame, *, by: float = 2.0):
    frame["n"] *= by
    return frame
"""
SUM = """def azureml_main(frame):
    return frame.sum().to_frame("total")
"""
BAD = """
    name: Breaks
    nodes:
      data: {dataset: n.csv}
      breaks: {module: execute-python-script, script: breaks.py, inputs: {dataset1: data}}
      after: {module: execute-python-script, script: breaks.py, inputs: {dataset1: breaks}}
"""
WRONG = """
    name: Wrong
    nodes:
      data: {dataset: m.csv}
      next: {module: add-rows, inputs: {dataset1: data, dataset2: dta}}
"""
SLEEPS = """
    name: Sleeps
    nodes:
      first: {module: execute-python-script, script: quick.py}
      sleeps: {module: execute-python-script, script: sleeps.py, inputs: {dataset1: first}}
      after: {module: execute-python-script, script: quick.py, inputs: {dataset1: sleeps}}
"""
KOREAN = """
    name: 당뇨
    nodes:
      당뇨 데이터: {dataset: n.csv}
      모델: {module: execute-python-script, script: 배.py, inputs: {dataset1: 당뇨 데이터}}
"""


@pytest.fixture
def typed(tmp_path: Path, default_environment: Environment) -> WorkspaceFolder:
    """A command line in a workspace with experiments good and bad."""
    folder = WorkspaceFolder(tmp_path)
    folder.write("datasets/n.csv", "n\n1\n2\n3\n")
    folder.experiment("good", GOOD, {"times.py": TIMES, "sum.py": SUM})
    folder.experiment("bad", BAD, {"breaks.py": "def azureml_main(f):\n    return f.missing\n"})
    folder.experiment("wrong", WRONG)
    folder.experiment("당뇨 실험", KOREAN, {"배.py": TIMES.replace("by", "나무")})
    folder.experiment(
        "sleeps",
        SLEEPS,
        {
            "quick.py": "def azureml_main(frame=None):\n    return 1\n",
            "sleeps.py": "import time\ndef azureml_main(frame):\n    time.sleep(60)\n",
        },
    )
    return folder


def states(out: str) -> dict[str, str]:
    """The nodes and their states, as the lines of a run show them."""
    found = re.findall(r"^[✓=✗-] (.+?) +(finished|kept|failed|skipped|cancelled)\b", out, re.M)
    return dict(found)


class TestRun:
    def test_each_node_has_a_line_and_the_end_says_how_it_went(
        self, typed: WorkspaceFolder
    ) -> None:
        first = typed("run", "experiments/good")
        assert (first.code, first.err) == (0, "")
        assert states(first.out) == dict.fromkeys(
            ["data", "double", "two words", "half"], "finished"
        )
        assert re.search(r"^✓ data +finished +[\d.]+ s +3 rows", first.out, re.M)
        # All last nodes are shown, and none that another one took.
        assert "half.results_dataset: 3 rows, 1 column\n" in first.out
        assert "two words.results_dataset: 1 row, 1 column\n" in first.out
        assert "double.results_dataset" not in first.out
        ended = first.out.splitlines()[-2]
        assert re.fullmatch(r"finished in [\d.]+ s · 4 finished · run [0-9a-f]{6}", ended)
        assert first.out.endswith("Look: studiolo show experiments/good/half\n")

        run = ended[-6:]
        again = typed("run", "experiments/good/experiment.yaml", "--to", "two words")
        assert again.code == 0
        lines = [line for line in again.out.splitlines() if line.startswith("=")]
        assert all(line.endswith(f"from run {run}") for line in lines)
        assert len(lines) == 3
        assert "finished in" in again.out
        assert "studiolo show 'experiments/good/experiment.yaml/two words'" in again.out
        shown = typed("show", "experiments/good/experiment.yaml/two words")
        assert shown.code == 0
        assert "12" in shown.out

    def test_a_selection_says_what_runs(self, typed: WorkspaceFolder) -> None:
        for arguments, ran, kept in (
            (["--to", "double"], {"data", "double"}, set()),
            ([], {"two words", "half"}, {"data", "double"}),
            (["--only", "double"], {"double"}, {"data"}),
            (["--from", "double"], {"double", "two words"}, {"data"}),
            (["--again", "--to", "half"], {"data", "half"}, set()),
            (
                ["--param", "double.by=3", "--param", "half.by=1"],
                {"double", "two words", "half"},
                {"data"},
            ),
        ):
            ended = typed("run", "experiments/good", *arguments)
            assert ended.code == 0, ended.err
            found = states(ended.out)
            assert {node for node, state in found.items() if state == "finished"} == ran, arguments
            assert {node for node, state in found.items() if state == "kept"} == kept, arguments

    def test_the_report_is_a_document_and_the_lines_go_elsewhere(
        self, typed: WorkspaceFolder
    ) -> None:
        ended = typed("run", "experiments/good", "--json", "--param", "double.by=4")
        assert ended.code == 0
        report = ended.report
        assert (report["status"], report["experiment"]) == ("finished", "experiments/good")
        assert report["nodes"]["two words"]["ports"] == {
            "results_dataset": {
                "kind": "dataset",
                "rows": 1,
                "columns": [{"name": "total", "type": "double"}],
            }
        }
        assert set(states(ended.err)) == set(report["nodes"])
        assert undocumented(report) == set()

    def test_a_failure_is_shown_in_full_and_its_code_is_1(self, typed: WorkspaceFolder) -> None:
        ended = typed("run", "experiments/bad")
        assert ended.code == 1
        assert states(ended.out) == {"data": "finished", "breaks": "failed", "after": "skipped"}
        assert "breaks failed:" in ended.err
        assert "error[script-exception, classic 0085]:" in ended.err
        assert "→ breaks.py, line 2: return f.missing" in ended.err
        assert "failed in" in ended.out
        assert ended.out.endswith("Look: studiolo show experiments/bad/breaks\n")
        assert (ended.out + ended.err).count("has no attribute 'missing'") == 2, "sentence, trace"
        report = typed("run", "experiments/bad", "--json")
        assert report.code == 1
        assert "has no attribute 'missing'" in report.err
        assert report.report["nodes"]["breaks"]["error"]["code"] == "script-exception"
        assert undocumented(report.report) == set()

    def test_each_failure_is_a_sentence_and_those_of_modules_have_no_trace(
        self, typed: WorkspaceFolder
    ) -> None:
        nodes = [
            f"      split {n}: {{module: split-data, inputs: {{dataset: data}}, parameters: "
            f"{{splitting_mode: Regular Expression, regular_expression: any {n}}}}}"
            for n in range(5)
        ]
        text = "    name: Splits\n    nodes:\n      data: {dataset: n.csv}\n" + "\n".join(nodes)
        typed.experiment("splits", text)
        ended = typed("run", "experiments/splits")
        assert ended.code == 1
        for n in range(5):
            assert f"split {n} failed:" in ended.err
        sentence = "does not name a column."
        assert " ".join((ended.out + ended.err).split()).count(sentence) == 5
        assert "Traceback" not in ended.err
        assert "line " not in ended.err
        shown = typed("show", "experiments/splits/split 0")
        assert " ".join(shown.out.split()).count(sentence) == 1
        assert "Traceback" not in shown.out
        assert "traceback" not in typed("show", "experiments/splits").out

    def test_what_a_model_came_to_is_shown_first(self, typed: WorkspaceFolder) -> None:
        columns = [f"a long name of column {n}" for n in range(9)]
        rows = "\n".join(",".join(str((r * 7 + c) % 11) for c in range(9)) for r in range(20))
        typed.write("datasets/wide.csv", ",".join(columns) + "\n" + rows + "\n")
        text = """
            name: Wide
            nodes:
              data: {dataset: wide.csv}
              learner: {module: linear-regression}
              train: {module: train-model, inputs: {untrained_model: learner, dataset: data},
                      parameters: {label_column: a long name of column 8}}
              score: {module: score-model, inputs: {trained_model: train, dataset: data}}
              evaluate: {module: evaluate-model, inputs: {scored_dataset: score}}
        """
        typed.experiment("wide", text)
        out = typed("run", "experiments/wide", "--to", "score", environment={"COLUMNS": "80"}).out
        assert "Scored Labels" in out
        assert "a long name of" in out
        assert "more columns" in out
        assert max(map(len, out.splitlines())) <= 100
        figures = typed("run", "experiments/wide", environment={"COLUMNS": "80"}).out
        for name in ("Mean Absolute Error", "Coefficient of Determination"):
            assert re.search(rf"^{name} +[\d.e-]+ *$", figures, re.M), figures

    def test_findings_keep_it_from_running(self, typed: WorkspaceFolder) -> None:
        ended = typed("run", "experiments/wrong")
        assert (ended.code, ended.out) == (2, "")
        file = "experiments/wrong/experiment.yaml"
        assert f"error[dataset-file-missing]: {file}:5: " in ended.err
        assert f'error[node-unknown]: {file}:6: The input "dataset2" of node "next"' in ended.err
        assert 'Did you mean "data"?' in ended.err

    def test_names_of_any_script_are_typed_as_they_are(self, typed: WorkspaceFolder) -> None:
        ended = typed("run", "experiments/당뇨 실험", "--param", "모델.나무=3", "--to", "모델")
        assert ended.code == 0
        assert states(ended.out) == {"당뇨 데이터": "finished", "모델": "finished"}
        assert ended.out.endswith("Look: studiolo show 'experiments/당뇨 실험/모델'\n")
        assert "9" in typed("show", "experiments/당뇨 실험/모델").out

    def test_limits_hold_for_nodes_that_set_none(self, typed: WorkspaceFolder) -> None:
        typed.write("studiolo.toml", 'name = "Test"\n[limits]\ntimeout = "1h"\n')
        nap = "import time\ndef azureml_main():\n    time.sleep({})\n    return 1\n"
        typed.experiment(
            "naps",
            """
            name: Naps
            nodes:
              usual: {module: execute-python-script, script: long.py}
              own: {module: execute-python-script, script: short.py, timeout: 1m}
            """,
            {"long.py": nap.format(60), "short.py": nap.format(1.5)},
        )
        ended = typed("run", "experiments/naps", "--timeout", "1", "--memory", "1GiB", "--json")
        assert ended.code == 1
        nodes = ended.report["nodes"]
        assert nodes["own"]["state"] == "finished"
        error = nodes["usual"]["error"]
        assert (error["code"], error["remedy"]) == ("timed-out", "more-time")
        assert "longer than 1 second." in error["message"]
        # What is shown later is what was recorded.
        shown = " ".join(typed("show", "experiments/naps/usual").out.split())
        assert "longer than 1 second. Give the node more time (`timeout: 1h` at the" in shown
        typed("show", "experiments/naps/usual", "--device", "device")
        page = (typed.folder / "device" / "index.html").read_text(encoding="utf-8")
        assert "Give the node more time" in page

    @pytest.mark.parametrize(
        ("arguments", "fact"),
        [
            (
                ["experiments/good", "--dataset1", "x.csv"],
                "--dataset1: this option is for a script",
            ),
            (
                ["experiments/good", "--port-binding", "slot"],
                "--port-binding: this option is for a script",
            ),
            (
                ["experiments/good", "--secret", "API_TOKEN"],
                "experiment.yaml says it: secrets: [NAME], for each node",
            ),
            (["s.py", "--to", "x"], "--to: this option is for an experiment"),
            (["s.py", "--from", "x"], "--from: this option is for an experiment"),
            (["s.py", "--again"], "--again: this option is for an experiment"),
            (["experiments/good", "--to", "duble"], 'no node "duble". Did you mean "double"?'),
            (["experiments/good", "--param", "by=3"], '"by=3" must be NODE.NAME=VALUE'),
            (["experiments/good", "--param", "double.by"], '"double.by" must be NODE.NAME=VALUE'),
            (["experiments/good", "--param", "x.by=3"], 'There is no node "x".'),
            (["experiments/good", "--param", "double.by=x"], 'The parameter "by" must be a number'),
            (["experiments/good", "--param", "double.bye=3"], 'has no parameter "bye"'),
            (["experiments/none"], 'There is no experiment "experiments/none'),
            (["/"], "is not in a workspace"),
        ],
    )
    def test_bad_usage_is_explained(
        self, typed: WorkspaceFolder, arguments: list[str], fact: str
    ) -> None:
        ended = typed("run", *arguments, environment={"COLUMNS": "400"})
        assert (ended.code, ended.out) == (2, "")
        assert fact in " ".join(ended.err.split())
        assert not (typed.folder / ".studiolo" / "blobs").exists()

    def test_a_text_that_is_no_unicode_is_a_value_all_the_same(
        self, typed: WorkspaceFolder
    ) -> None:
        typed.write(
            "experiments/good/times.py",
            "def azureml_main(frame, *, by: str = ''):\n    return frame\n",
        )
        typed.experiment("good", GOOD.replace("parameters: {by: 0.5}", "comment: x"))
        for value in (b"half.by=\xff", b"half.by=\xfe"):
            ended = subprocess.run(
                [*RUNS_STUDIOLO, "run", "experiments/good", "--param", value],
                cwd=typed.folder,
                capture_output=True,
                env={**os.environ, "NO_COLOR": "1"},
                check=False,
            )
            assert (ended.returncode, ended.stderr) == (0, b"")

    def test_two_terminals_in_one_folder(self, typed: WorkspaceFolder) -> None:
        both = [typed.start("run", "experiments/good") for _ in range(2)]
        for process in both:
            out, err = process.communicate(timeout=120)
            assert (process.returncode, err) == (0, "")
            assert set(states(out).values()) <= {"finished", "kept"}

    def test_nobody_may_read_to_the_end(self, typed: WorkspaceFolder) -> None:
        process = typed.start("run", "experiments/good")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(timeout=120) == 0
        process.stderr.close()
        with open_workspace(typed.folder) as workspace:
            assert [run.status for run in workspace.runs.newest()] == ["finished"]

    @pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
    def test_a_sign_to_stop_is_heard_and_recorded(
        self, typed: WorkspaceFolder, sign: signal.Signals
    ) -> None:
        process = typed.start("run", "experiments/sleeps")
        assert process.stdout is not None
        # What comes next sleeps for a minute.
        assert process.stdout.readline().startswith("✓ first")
        process.send_signal(sign)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (130, "")
        assert states(out) == {"sleeps": "cancelled", "after": "cancelled"}
        assert "cancelled in" in out
        with open_workspace(typed.folder) as workspace:
            (record,) = workspace.runs.newest()
            assert record.status is RunStatus.CANCELLED
            nodes = workspace.result(record.id).nodes
            assert [node.state for node in nodes.values()] == [
                NodeState.FINISHED,
                NodeState.CANCELLED,
                NodeState.CANCELLED,
            ]


class TestCheck:
    def test_what_is_fine_is_said_to_be(self, typed: WorkspaceFolder) -> None:
        ended = typed("check", "experiments/good")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == "experiments/good: 4 nodes, nothing to fix.\n"
        assert not (typed.folder / ".studiolo").exists()

    def test_a_finding_has_its_place(self, typed: WorkspaceFolder) -> None:
        ended = typed("check", "experiments/wrong")
        assert (ended.code, ended.out) == (2, "")
        first, second = ended.err.splitlines()
        assert first.startswith(
            "error[dataset-file-missing]: experiments/wrong/experiment.yaml:5: There is no dataset "
            'file "m.csv"'
        )
        assert second.startswith("error[node-unknown]: experiments/wrong/experiment.yaml:6: ")

    @pytest.mark.parametrize(
        ("text", "code", "place"),
        [
            ("studiolo: 1\nname: [\n", "experiment-yaml-invalid", "experiment.yaml:"),
            (
                "studiolo: 99\nname: x\nnodes: {}\n",
                "experiment-format-newer",
                "experiment.yaml:1:11:",
            ),
        ],
    )
    def test_a_file_that_can_not_be_read(
        self, typed: WorkspaceFolder, text: str, code: str, place: str
    ) -> None:
        (typed.folder / "experiments/good/experiment.yaml").write_text(text)
        for command in ("check", "run"):
            ended = typed(command, "experiments/good")
            assert (ended.code, ended.out) == (2, "")
            assert f"error[{code}]: experiments/good/{place}" in ended.err

    def test_the_findings_as_json(self, typed: WorkspaceFolder) -> None:
        ended = typed("check", "experiments/wrong", "--json")
        assert (ended.code, ended.err) == (2, "")
        findings = ended.report["findings"]
        assert [found["code"] for found in findings] == ["dataset-file-missing", "node-unknown"]
        assert [found["line"] for found in findings] == [5, 6]
        assert undocumented(ended.report) == set()
        good = typed("check", "experiments/good", "--json")
        assert (good.code, good.report) == (0, {"findings": []})


class TestNew:
    def test_a_workspace_is_made_and_its_experiments_run(self, studiolo: CommandLine) -> None:
        made = studiolo("new", "my work")
        assert (made.code, made.err) == (0, "")
        assert made.out.startswith("Made the workspace my work.\n")
        named = re.findall(r"^  studiolo run '(my work/experiments/[^']+)'$", made.out, re.M)
        assert len(named) > 3
        assert studiolo("check", named[0]).code == 0

    def test_an_empty_one_has_no_samples(self, studiolo: CommandLine) -> None:
        made = studiolo("new", "empty", "--empty")
        assert made.code == 0
        assert "Put dataset files into its folder datasets." in made.out
        files = sorted(path.name for path in (studiolo.folder / "empty").rglob("*"))
        assert files == [".gitignore", "datasets", "experiments", "modules", "studiolo.toml"]

    def test_what_is_there_is_left_alone(self, studiolo: CommandLine) -> None:
        (studiolo.folder / "mine").mkdir()
        studiolo.file("mine/notes.txt", "mine")
        studiolo.file("file", "mine")
        for there in ("mine", "file"):
            ended = studiolo("new", there)
            assert (ended.code, ended.out) == (2, "")
            assert "error[workspace-exists]" in ended.err
        assert studiolo.read("mine/notes.txt") == "mine"
        assert studiolo.names == {"mine", "file"}


def test_findings_and_reports_know_no_other_keys(typed: WorkspaceFolder) -> None:
    """What the page says there is, there is."""
    page = (Path(__file__).parents[2] / "docs/reference/experiment-report.md").read_text()
    section = page.partition("## A run\n")[2].partition("\n## ")[0]
    rows = set(re.findall(r"^\| `([a-z_.*]+)`", section, re.M))
    report = typed("run", "experiments/bad", "--json").report
    assert rows == {*report, *(f"nodes.*.{key}" for key in report["nodes"]["breaks"])}
    section = page.partition("## `studiolo check --json`\n")[2].partition("\n## ")[0]
    rows = set(re.findall(r"^\| `([a-z_.*]+)`", section, re.M))
    checked: dict[str, Any] = typed("check", "experiments/wrong", "--json").report
    assert rows == {*checked, *(f"findings.*.{key}" for key in checked["findings"][0])}


def test_all_mistakes_are_found_at_once(typed: WorkspaceFolder) -> None:
    typed.experiment(
        "mistakes",
        """
        name: Mistakes
        nods: 3
        nodes:
          a: {dataset: no.csv, versoin: 2}
          b:
            module: split-dta
            parametrs: {fraction: 0.5}
          c:
            module: split-data
            parameters: {fracton: 0.5}
            inputs: {dataset: gone}
          d: {module: split-data, inputs: {dataset: a}, timeout: soon}
          gone: 5
        """,
    )
    for command in ("check", "run"):
        ended = typed(command, "experiments/mistakes")
        assert ended.code == 2
        found = [line.partition("]")[0].removeprefix("error[") for line in ended.err.splitlines()]
        assert sorted(name.partition(",")[0] for name in found) == [
            "dataset-file-missing",
            "experiment-key-unknown",
            "experiment-key-unknown",
            "experiment-key-unknown",
            "experiment-value-invalid",
            "experiment-value-invalid",
            "module-unknown",
            "parameter-unknown",
        ]


@pytest.mark.parametrize("place", [".", "datasets"])
def test_names_of_the_workspace_are_enough_inside_of_it(typed: WorkspaceFolder, place: str) -> None:
    typed.write("datasets/named.csv", "a\n1\n2\n")
    typed.script("def azureml_main(frame):\n    return frame\n", "datasets/echo.py")
    inside = CommandLine(typed.folder / place)
    script = typed.folder / "datasets" / "echo.py"
    assert inside("check", "good").code == 0
    assert inside("profile", "named.csv").out.startswith("2 rows, 1 column")
    assert inside("convert", "named.csv", "-").out == "a\n1\n2\n"
    ran = inside("run", script, "--dataset1", "named.csv", "--output", "-")
    assert (ran.code, ran.out) == (0, "a\n1\n2\n")
    for command in ("check", "run", "show"):
        missing = inside(command, "godo")
        assert missing.code == 2
        assert 'There is no experiment "godo". Did you mean "good"?' in missing.err
