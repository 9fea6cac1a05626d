"""Web services from the terminal: publish, list, change, call, unpublish."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .workspace_folder import WorkspaceFolder

#: The classic documentation's own service: expressions come in, and go out with their results.
EXPRESSIONS = """
    name: Evaluate expressions
    description: Evaluates Python expressions.
    web_service_parameters:
      Digits: evaluate.digits
    nodes:
      expressions: {dataset: expressions.csv}
      input1: {module: web-service-input, inputs: {dataset: expressions}}
      evaluate:
        module: execute-python-script
        script: evaluate.py
        inputs: {dataset1: input1}
      output1: {module: web-service-output, inputs: {dataset: evaluate}}
    """
EVALUATE = """
    import math
    import os
    import pandas as pd

    def evaluate(expression, digits):
        try:
            value = eval(expression, {"math": math, "os": os})
            return repr(round(value, digits) if isinstance(value, float) else value)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    def azureml_main(dataframe1, *, digits: int = 4):
        if "crash" in dataframe1.expression.tolist():
            raise ValueError("crashed")
        results = [evaluate(expression, digits) for expression in dataframe1.expression]
        return dataframe1.assign(result=results)
    """
KEY = re.compile(r"primary key +(\S+)")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("services"))
    folder.write("datasets/expressions.csv", "expression\n1 + 1\nmath.pi\n")
    folder.experiment("expressions", EXPRESSIONS, {"evaluate.py": EVALUATE})
    ended = folder("publish", "experiments/expressions")
    assert ended.code == 0, ended.err
    folder.write("published", ended.out)
    return folder


def asked(workspace: WorkspaceFolder, *expressions: str) -> str:
    """A dataset of expressions; its name."""
    rows = "".join(f'"{expression}"\n' for expression in expressions)
    return workspace.file("asked.csv", f"expression\n{rows}")


def test_publishing_shows_the_addresses_and_the_keys_once(workspace: WorkspaceFolder) -> None:
    said = workspace.read("published")
    assert said.startswith("Published expressions v1.\n")
    assert "/services/expressions/score" in said
    assert re.search(r"/workspaces/[0-9a-f]{32}/services/[0-9a-f]{32}/execute", said)
    key = KEY.search(said)
    assert key is not None
    assert len(key[1]) == 88
    assert f'-H "Authorization: Bearer {key[1]}"' in said
    assert '{"inputs": {"input1": [{"expression": "1 + 1"}]}}' in said

    assert re.search(r"isolation +request: each request has a process of its own\n", said)

    again = workspace(
        "publish", "experiments/expressions", "--note", "the same", "--isolation", "worker"
    )
    assert again.out.startswith("Published expressions v2.\n")
    workers = "worker: a request may see what earlier requests to the same version left in memory"
    assert workers in again.out
    assert workers in workspace("service", "expressions").out
    assert KEY.search(again.out) is None
    for file in workspace.folder.rglob("*"):
        if file.is_file() and file.name != "published":
            assert key[1].encode() not in file.read_bytes(), file


def test_rows_are_scored_without_a_server(workspace: WorkspaceFolder) -> None:
    ended = workspace("call", "expressions", "--data", asked(workspace, "2 * 3", "1 / 3"))
    assert ended.out.splitlines() == ["expression,result", "2 * 3,6", "1 / 3,0.3333"], ended.err
    ended = workspace(
        "call", "expressions", "--data", "asked.csv", "--param", "Digits=1", "--output", "out.csv"
    )
    assert ended.code == 0, ended.err
    assert ended.err == "out.csv: 2 rows, 2 columns\n"
    assert workspace.read("out.csv").splitlines()[-1] == "1 / 3,0.3"


def test_a_hostile_expression_gets_nowhere(workspace: WorkspaceFolder) -> None:
    hostile = asked(
        workspace,
        "os.listdir('/root')",
        "os.system('touch /job/tmp/mark')",
        "os.kill(1, 9)",
        "os.environ.setdefault('MARK', 'left')",
        "__import__('socket').create_connection(('127.0.0.1', 8765), 1)",
    )
    workspace("call", "expressions", "--data", hostile)
    honest = asked(workspace, "os.path.exists('/job/tmp/mark')", "os.environ.get('MARK')")
    ended = workspace("call", "expressions", "--data", honest)
    assert [line.rpartition(",")[2] for line in ended.out.splitlines()[1:]] == ["False", "None"]


def test_what_is_wrong_with_rows_is_said(workspace: WorkspaceFolder) -> None:
    workspace.file("wrong.csv", "formula\n1\n")
    ended = workspace("call", "expressions", "--data", "wrong.csv")
    assert ended.code == 2
    assert ended.err.startswith("InputMismatchError ")
    ended = workspace("call", "expressions", "--data", asked(workspace, "crash"))
    assert ended.code == 1
    assert 'The node "evaluate" failed: ' in ended.err
    assert "ValueError: crashed" in ended.err
    ended = workspace("call", "expresions", "--data", "asked.csv")
    assert 'There is no service "expresions". Did you mean "expressions"?' in ended.err


def test_limits_are_set_and_shown(workspace: WorkspaceFolder) -> None:
    ended = workspace("service", "expressions", "limits", "concurrent=4", "time=2m", "size=1MiB")
    assert ended.out == (
        "The limits of expressions (default) are concurrent=4 queue=100 time=2m size=1MiB "
        "rows=1000000.\n"
    )
    shown = workspace("service", "expressions").out
    assert re.search(r"requests at a time +4, and 100 wait\n", shown)
    assert re.search(r"a request's size +at most 1MiB\n", shown)
    refused = workspace("service", "expressions", "limits", "queue=5", "rows=none")
    assert refused.code == 2
    assert 'error[endpoint-limit]: The limit "rows" can\'t be read: "none"' in refused.err
    assert "No limit has changed." in refused.err
    back = workspace("service", "expressions", "limits", "concurrent=20", "time=1m", "size=64MiB")
    assert workspace("service", "expressions", "limits").out == back.out
    unwanted = workspace("service", "expressions", "rollback", "v1=3")
    assert (unwanted.code, "rollback takes none" in unwanted.err) == (2, True)


def test_traffic_goes_to_versions_and_back(workspace: WorkspaceFolder) -> None:
    if "v2" not in workspace("services").out:
        workspace("publish", "experiments/expressions")
    ended = workspace("service", "expressions", "traffic", "v1=90", "v2=10")
    assert ended.out == "Calls of expressions (default) now go to v1 90 %, v2 10 %.\n"
    assert "v1 90 %, v2 10 %" in workspace("services").out
    ended = workspace("service", "expressions", "traffic", "v1=90")
    assert ended.code == 2
    ended = workspace("service", "expressions", "rollback")
    assert ended.out == "Calls of expressions (default) now go to v2 100 %.\n"


def test_a_key_is_replaced(workspace: WorkspaceFolder) -> None:
    ended = workspace("service", "expressions", "keys", "--rotate", "secondary")
    assert len(ended.out.splitlines()[-1]) == 88
    ended = workspace("service", "expressions", "keys")
    assert ended.code == 2
    assert "--rotate" in ended.err


def test_a_service_is_shown(workspace: WorkspaceFolder) -> None:
    shown = workspace("service", "expressions", "--url", "http://127.0.0.1:1").out
    assert "Evaluates Python expressions." in shown
    assert "There are no figures. http://127.0.0.1:1 does not answer" in shown
    assert re.search(r"input1 +expression\n", shown)
    assert re.search(r"Digits +usually 4\n", shown)
    assert re.search(r"output1 +expression, result\n", shown)
    document = json.loads(workspace("service", "expressions", "--json").out)
    assert document["name"] == "expressions"
    assert document["endpoints"][0]["concurrent_calls"] == 20


def test_the_service_of_an_experiment_that_trains_is_set_up_first(tmp_path: Path) -> None:
    folder = WorkspaceFolder(tmp_path)
    rows = "".join(f"{n},{'low' if n < 20 else 'high'}\n" for n in range(40))
    folder.write("datasets/rows.csv", f"n,size\n{rows}")
    folder.experiment(
        "sizes",
        """
        name: Sizes
        nodes:
          rows: {dataset: rows.csv}
          learner: {module: two-class-logistic-regression}
          train:
            module: train-model
            inputs: {untrained_model: learner, dataset: rows}
            parameters: {label_column: size}
          score: {module: score-model, inputs: {trained_model: train, dataset: rows}}
          evaluate: {module: evaluate-model, inputs: {scored_dataset: score}}
        """,
    )
    ended = folder("publish", "experiments/sizes")
    assert ended.code == 0, ended.err
    assert "sizes has no Web Service Output, so its service is set up first." in ended.err
    assert ended.out.startswith("Published sizes v1.\n")
    assert (folder.folder / "experiments/sizes-service/experiment.yaml").exists()
    folder.file("new.csv", "n\n3\n39\n")  # callers do not know the label
    ended = folder("call", "sizes", "--data", "new.csv", "--output", "scored.csv")
    assert ended.code == 0, ended.err
    labels = [line.split(",")[2] for line in folder.read("scored.csv").splitlines()]
    assert labels == ["Scored Labels", "low", "high"]


def test_what_can_not_be_published_is_said(tmp_path: Path) -> None:
    folder = WorkspaceFolder(tmp_path)
    folder.experiment("named", EXPRESSIONS, {"evaluate.py": EVALUATE})
    folder.write("datasets/expressions.csv", "expression\n1\n")
    ended = folder("publish", "experiments/named", "--name", "a/b")
    assert 'No service can be called "a/b"' in ended.err
    assert folder("services").out.startswith("Nothing is published yet")


def test_a_file_is_scored_whole(workspace: WorkspaceFolder) -> None:
    ended = workspace(
        "batch", "expressions", "--input", asked(workspace, "2 ** 5"), "--output", "all.jsonl"
    )
    assert ended.code == 0, ended.err
    assert "all.jsonl: 1 row, 2 columns" in ended.err
    assert workspace.read("all.jsonl") == '{"expression": "2 ** 5", "result": "32"}\n'


def test_a_batch_that_can_not_be_scored_writes_nothing(workspace: WorkspaceFolder) -> None:
    given = asked(workspace, "1", "crash")
    for options, code, said in [
        (["--output", "no.csv"], 1, 'The node "evaluate" failed: crashed'),
        (["--output", "no.xyz"], 2, "no.xyz"),
        (["--output", given], 2, "is an input of the batch"),
        (["--output", "no.csv", "--param", "Dogits=1"], 2, 'Did you mean "Digits"?'),
        (["--output", "no.csv", "--input", "other=asked.csv"], 2, 'There is no input "other".'),
    ]:
        ended = workspace("batch", "expressions", "--input", given, *options)
        assert (ended.code, said in ended.err) == (code, True), ended
    assert not list(workspace.folder.glob("no.*"))


def test_a_batch_that_was_interrupted_or_killed_goes_on(workspace: WorkspaceFolder) -> None:
    # Each row is long enough to be a piece, and takes a while, so that there is one to be ended in.
    lines = [f"__import__('time').sleep(0.5) or {n}".ljust(9 << 20) for n in range(7)]
    workspace.file("long.csv", "\n".join(["expression", *lines, ""]))
    folder = workspace.folder / ".studiolo" / "batches"
    command = [
        *("batch", "expressions", "--row-wise"),
        *("--input", "long.csv", "--output", "scored.jsonl"),
    ]

    def parts() -> dict[str, int]:
        """When each piece was written that is done."""
        return {path.name: path.stat().st_mtime_ns for path in folder.glob("*/parts/[0-9]*")}

    done: dict[str, int] = {}
    for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        process = subprocess.Popen(
            [sys.executable, "-m", "studiolo", *command],
            cwd=workspace.folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            while process.poll() is None and len(parts()) == len(done):
                time.sleep(0.01)
            process.send_signal(number)
            said = process.communicate(timeout=60)[1]
        finally:
            process.kill()
        assert process.returncode == code, said
        assert ("Cancelled." in said) == (number == signal.SIGINT)
        assert not (workspace.folder / "scored.jsonl").exists()
        before, done = done, parts()
        assert len(before) < len(done) < len(lines)
        # What was done before is not done again.
        assert before.items() <= done.items()
    again = workspace(*command)
    assert again.code == 0, again.err
    results = [json.loads(line)["result"] for line in workspace.read("scored.jsonl").splitlines()]
    assert results == [str(n) for n in range(len(lines))]
    assert not parts()


def test_a_service_is_unpublished(workspace: WorkspaceFolder) -> None:
    workspace("publish", "experiments/expressions", "--name", "other")
    ended = workspace("unpublish", "other", "--yes")
    assert ended.out == "other is no longer published.\n"
    assert "other" not in workspace("services").out


def test_a_service_with_several_inputs_is_called_with_a_file_for_each(tmp_path: Path) -> None:
    folder = WorkspaceFolder(tmp_path)
    folder.write("datasets/people.csv", "name\nAda\n")
    folder.write("datasets/towns.csv", "town\nLondon\n")
    folder.experiment(
        "pairs",
        """
        name: Pairs
        nodes:
          people: {dataset: people.csv}
          towns: {dataset: towns.csv}
          who: {module: web-service-input, inputs: {dataset: people}}
          where: {module: web-service-input, inputs: {dataset: towns}}
          both: {module: add-columns, inputs: {left_dataset: who, right_dataset: where}}
          output1: {module: web-service-output, inputs: {dataset: both}}
        """,
    )
    assert folder("publish", "experiments/pairs").code == 0
    folder.file("grace.csv", "name\nGrace\n")
    folder.file("york.csv", "town\nNew York\n")
    ended = folder("call", "pairs", "--data", "where=york.csv", "--data", "who=grace.csv")
    assert ended.out.splitlines() == ["name,town", "Grace,New York"], ended.err
    for wrong, said in [
        (["grace.csv"], "--data who=FILE --data where=FILE"),
        (["who=grace.csv", "who=york.csv"], "more than once"),
    ]:
        ended = folder("call", "pairs", *[word for one in wrong for word in ("--data", one)])
        assert ended.code == 2
        assert said in " ".join(ended.err.replace("│", " ").split())
    ended = folder("call", "pairs", "--data", "who=grace.csv")
    assert 'The input "where" is missing.' in ended.err
