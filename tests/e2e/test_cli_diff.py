"""`studiolo diff`: what differs between two runs."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.store.identity import RunId

from .command_line import CommandLine, Ended
from .report_page import undocumented
from .workspace_folder import WorkspaceFolder

ROWS = "n,kind\n" + "".join(f"{n},{'abc'[n % 3]}\n" for n in range(30))
MEANS = """
def azureml_main(frame, *, factor=1):
    result = frame.groupby("kind", as_index=False).mean()
    result["n"] *= factor
    return result
"""
EXPERIMENT = """
name: Means of kinds
nodes:
  data: {dataset: rows.csv}
  halves: {module: split-data, inputs: {dataset: data}, parameters: {fraction: 0.5}}
  means:
    module: execute-python-script
    script: means.py
    inputs: {dataset1: data}
    parameters: {factor: 2}
  sorted: {module: remove-duplicate-rows, inputs: {dataset: means}}
  learner: {module: two-class-logistic-regression}
"""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """A workspace in which variants of an experiment were run; tests only look at it."""

    folder: WorkspaceFolder
    #: By what was changed; `first` is what all others are changed from.
    ids: dict[str, RunId]

    def __call__(self, before: str, after: str, *arguments: str) -> Ended:
        """Run `studiolo diff` on two of them."""
        return self.folder("diff", self.ids[before], self.ids[after], *arguments)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, default_environment: Environment) -> Runs:
    folder = WorkspaceFolder(tmp_path_factory.mktemp("compared"))
    ids = {}

    def run(name: str, text: str = EXPERIMENT, script: str = MEANS, rows: str = ROWS) -> None:
        folder.write("datasets/rows.csv", rows)
        folder.experiment("e", text, {"means.py": script})
        ids[name] = folder.run_experiment("e")

    run("first")
    run("again")
    run("comment", script=f"{MEANS}# The end.\n")
    run(
        "script",
        script=MEANS.replace("mean()", "median()").replace(
            "return result", "return result.assign(m=1)"
        ),
    )
    run("parameters", EXPERIMENT.replace("{factor: 2}", "{}").replace("0.5", "0.25"))
    run("failed", script=MEANS.replace("return result", "return result.missing"))
    run("rows", rows=f"{ROWS}30,a\n")
    run("wires", EXPERIMENT.replace("{dataset1: data}", "{dataset1: halves.results_dataset1}"))
    more = "  more: {dataset: rows.csv}\n"
    run("nodes", EXPERIMENT.replace("  learner: {module: two-class-logistic-regression}\n", more))
    run(
        "learner",
        EXPERIMENT.replace("regression}", "regression, parameters: {random_number_seed: 7}}"),
    )
    return Runs(folder=folder, ids=ids)


def test_of_a_run_that_took_everything_from_the_first_nothing_differs(runs: Runs) -> None:
    for after in ("first", "again"):
        ended = runs("first", after)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[-1] == "Nothing differs."
        assert runs("first", after, "--json").report["differs"] is False


def test_the_runs_are_named_by_enough_of_their_ids(runs: Runs) -> None:
    first, again = runs.ids["first"], runs.ids["again"]
    ended = runs.folder("diff", first[-6:], again[-6:])
    assert ended.code == 0
    heads = [line.split() for line in ended.out.splitlines()[:2]]
    assert [heads[0][0], heads[0][-1]] == ["-", first]
    assert [heads[1][0], heads[1][-1]] == ["+", again]
    elsewhere = CommandLine(runs.folder.folder / "experiments/e")
    assert elsewhere("diff", first, again).out == ended.out


def test_a_script_is_compared_line_by_line(runs: Runs) -> None:
    ended = runs("first", "script")
    assert (ended.code, ended.err) == (1, "")
    first, second = (runs.ids[name][-6:] for name in ("first", "script"))
    assert f"    --- means.py (run {first})\n    +++ means.py (run {second})\n" in ended.out
    assert "    -    return result\n    +    return result.assign(m=1)\n" in ended.out
    assert ended.out.splitlines()[-1] == "2 nodes of 5 differ."
    # The dataset and the learner are not spoken of.
    nodes = {"data", "halves", "means", "sorted", "learner"}
    assert [line for line in ended.out.splitlines() if line in nodes] == ["means", "sorted"]


def test_a_script_that_gives_the_same_differs_in_itself_only(runs: Runs) -> None:
    report = runs("first", "comment", "--json").report
    means, after = report["nodes"]["means"], report["nodes"]["sorted"]
    assert "+# The end.\n" in means["script"]["diff"]
    assert means["results"] == {}
    assert after["inputs"] == {
        "dataset": {"before": "means.results_dataset", "after": "means.results_dataset"}
    }
    assert after["results"] == {}


def test_columns_and_cells_that_differ_are_told(runs: Runs) -> None:
    assert "results_dataset  + column m\n" in unpadded(runs("first", "script").out)
    table = runs("first", "parameters", "--json").report["nodes"]["means"]["results"]
    assert table["results_dataset"]["table"]["cells"] == [
        {
            "name": "n",
            "cells": 3,
            "first": [
                {"row": 1, "before": "27.0", "after": "13.5"},
                {"row": 2, "before": "29.0", "after": "14.5"},
                {"row": 3, "before": "31.0", "after": "15.5"},
            ],
        }
    ]
    shown = runs("first", "parameters").out
    assert "3 cells of n: 27.0 → 13.5 (row 1), 29.0 → 14.5 (row 2), " in shown


def test_parameters_are_told_with_their_values(runs: Runs) -> None:
    shown = unpadded(runs("first", "parameters").out)
    assert "parameter factor  2 → default\n" in shown
    assert "parameter fraction  0.5 → 0.25\n" in shown
    assert re.search(r"results_dataset1    15 rows → [78]\n", shown)


def unpadded(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_another_content_of_a_dataset_is_told_by_its_version(runs: Runs) -> None:
    ended = runs("first", "rows")
    assert ended.code == 1
    shown = unpadded(ended.out)
    assert "data\n  dataset  version 1 → version 2\n  rows     30 → 31\n" in shown
    assert "  input dataset1   data.dataset, which differs\n" in shown


def test_another_wiring_is_told(runs: Runs) -> None:
    shown = runs("first", "wires").out
    assert "input dataset1   data.dataset → halves.results_dataset1" in shown


def test_nodes_of_one_run_only_are_told(runs: Runs) -> None:
    ended = runs("first", "nodes")
    assert ended.code == 1
    assert "\n+ more\n- learner\n" in ended.out
    assert ended.out.endswith("\n0 nodes of 4 differ, 1 added, 1 removed.\n")
    report = runs("nodes", "first", "--json").report
    assert (report["added"], report["removed"]) == (["learner"], ["more"])


def test_states_are_told_and_a_kept_result_is_as_good_as_a_new_one(runs: Runs) -> None:
    shown = unpadded(runs("first", "failed").out)
    assert "  state   finished → failed\n" in shown
    assert "  state          finished → skipped\n" in shown
    report = runs("again", "failed", "--json").report
    assert report["nodes"]["means"]["state"] == {"before": "kept", "after": "failed"}


def test_models_are_compared_without_opening_them(runs: Runs) -> None:
    report = runs("first", "learner", "--json").report["nodes"]["learner"]
    sizes = report["results"]["untrained_model"]["bytes"]
    assert sizes["before"] > 0
    shown = unpadded(runs("first", "learner").out)
    assert "parameter random_number_seed  default → 7\n" in shown
    assert "untrained_model               contents differ (" in shown


def test_the_document_names_both_runs(runs: Runs) -> None:
    report = runs("first", "failed", "--json").report
    assert undocumented(report) == set()
    assert undocumented(runs("first", "script", "--json").report) == set()
    assert report["before"]["run"] == runs.ids["first"]
    assert report["after"]["status"] == "failed"
    assert list(report["nodes"]) == ["data", "halves", "means", "sorted", "learner"]
    assert [n for n, node in report["nodes"].items() if node["differs"]] == ["means", "sorted"]


def test_a_terminal_sees_colours(runs: Runs) -> None:
    ended = runs.folder(
        "diff",
        runs.ids["first"],
        runs.ids["script"],
        environment={"NO_COLOR": "", "FORCE_COLOR": "1", "TERM": "xterm-256color"},
    )
    assert "\x1b[31m    -    return result\x1b[0m" in ended.out
    assert "\x1b[32m    +    return result.assign(m=1)\x1b[0m" in ended.out


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["FIRST", "zzz"], 'There is no run "zzz".'),
        (["2", "FIRST"], "run-ambiguous"),
        (["FIRST"], "runs-too-few"),
        (["FIRST", "FIRST", "--workspace", "/"], "workspace-missing"),
    ],
)
def test_trouble_is_not_taken_for_a_difference(runs: Runs, arguments: list[str], fact: str) -> None:
    given = [runs.ids["first"] if argument == "FIRST" else argument for argument in arguments]
    ended = runs.folder("diff", *given)
    assert (ended.code, ended.out) == (2, "")
    assert fact in ended.err


def test_without_ids_the_last_two_runs_are_compared(runs: Runs) -> None:
    last = [runs.ids[name] for name in ("nodes", "learner")]
    for arguments in ((), (last[1],), (last[1][-6:],)):
        ended = runs.folder("diff", *arguments)
        assert (ended.code, ended.err) == (1, "")
        assert [line.split()[-1] for line in ended.out.splitlines()[:2]] == last
    inside = CommandLine(runs.folder.folder / "experiments/e")("diff", "--json")
    assert [inside.report["before"]["run"], inside.report["after"]["run"]] == last


def test_the_last_two_runs_of_an_experiment_are_compared_by_its_name(runs: Runs) -> None:
    folder = runs.folder.folder
    without = runs.folder("diff").out
    for place in ("e", "experiments/e", "experiments/e/experiment.yaml", folder):
        assert runs.folder("diff", place).out == without
    outside = CommandLine(folder.parent)("diff", f"{folder.name}/experiments/e")
    assert (outside.code, outside.out) == (1, without)


def test_where_there_are_no_two_runs_that_is_said(runs: Runs, tmp_path: Path) -> None:
    first = runs.folder("diff", runs.ids["first"])
    assert (first.code, first.out) == (2, "")
    assert "error[runs-too-few]: A comparison needs two runs" in " ".join(first.err.split())
    assert f"experiments/e has no run before {runs.ids['first']}." in " ".join(first.err.split())
    nothing = WorkspaceFolder(tmp_path)("diff")
    assert (nothing.code, nothing.out) == (2, "")
    assert "nothing has been run yet" in " ".join(nothing.err.split())
