"""Reading, and writing where there is no file yet or nothing of it changes."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.errors import (
    ExperimentFileError,
    ExperimentMissingError,
    ExperimentUnreadableError,
    ExperimentUnwritableError,
)
from studiolo.experiments.experiment import Experiment, Node, NodeLimits, NodeName, Source
from studiolo.experiments.file import LARGEST_FILE, read_experiment, write_experiment
from studiolo.experiments.finding import Finding
from studiolo.experiments.saved_form import saved_form
from studiolo.experiments.yaml.patch import same
from studiolo.modules.definition import ModuleId, PortName

from .experiments import EXPERIMENTS

GOLDEN = Path(__file__).parents[2] / "golden" / "experiments"
HEAD = "studiolo: 1\nname: x\n"
_BAD_NAMES = ("a.b", "a/b", "''", "' '", "' a'", '"a\\nb"')


def read(folder: Path, text: str | bytes) -> Experiment:
    content = text.encode() if isinstance(text, str) else text
    (folder / "experiment.yaml").write_bytes(content)
    return read_experiment(folder)


def mistakes(folder: Path, text: str | bytes) -> list[tuple[str, int | None, int | None]]:
    return [(found.code, found.line, found.column) for found in findings(folder, text)]


def findings(folder: Path, text: str | bytes) -> list[Finding]:
    with pytest.raises(ExperimentFileError) as caught:
        read(folder, text)
    assert caught.value.code == "experiment-invalid"
    for found in caught.value.findings:
        assert str(found) in str(caught.value) or len(caught.value.findings) > 20
        assert found.file == folder / "experiment.yaml"
    return list(caught.value.findings)


def test_the_example_of_the_documentation() -> None:
    experiment = read_experiment(GOLDEN / "rank-features.yaml")
    assert experiment.name == "Rank the features of the Pima Indians data"
    assert experiment.folder == GOLDEN
    assert list(experiment.nodes) == ["pima", "tools", "rank"]
    assert experiment.nodes[NodeName("pima")] == Node(
        name=NodeName("pima"), dataset="pima-indians-diabetes.csv"
    )
    assert experiment.nodes[NodeName("rank")] == Node(
        name=NodeName("rank"),
        module=ModuleId("execute-python-script"),
        script="rank_features.py",
        inputs={
            PortName("dataset1"): Source(node=NodeName("pima")),
            PortName("script_bundle"): Source(node=NodeName("tools")),
        },
        comment="Ensemble importance, one row a feature",
    )


def test_every_key() -> None:
    experiment = read_experiment(GOLDEN / "every-key.yaml")
    assert experiment.description.startswith("An experiment that uses all")
    data = experiment.nodes[NodeName("당뇨 데이터")]
    assert (data.dataset, data.version) == ("pima-indians-diabetes.csv", 2)
    rank = experiment.nodes[NodeName("rank")]
    assert rank.limits == NodeLimits(timeout=600, memory=4 << 30, cpus=2)
    assert (rank.port_binding, rank.seed) == ("slot", 2**32 - 1)
    assert rank.inputs[PortName("dataset2")] == Source(
        node=NodeName("split"), port=PortName("results_dataset2")
    )
    split = experiment.nodes[NodeName("split")]
    assert split.parameters["columns"] == ["plasma", "mass", "no", "7"]
    assert split.parameters["column"] is None
    assert split.parameters["query"] == "select *\nfrom t1\n\nwhere age > 30\n"


def test_lines_say_where_things_stand() -> None:
    lines = read_experiment(GOLDEN / "every-key.yaml").lines
    assert lines["당뇨 데이터",] == 7
    assert lines["당뇨 데이터", "version"] == 7
    assert lines["split", "inputs", "dataset"] == 15
    assert lines["split", "parameters", "query"] == 26
    assert lines["join", "timeout"] == 52


@pytest.mark.parametrize("name", ["rank-features.yaml", "every-key.yaml"])
def test_saving_what_was_read_changes_nothing(tmp_path: Path, name: str) -> None:
    content = (GOLDEN / name).read_bytes()
    experiment = read(tmp_path, content)
    before = (tmp_path / "experiment.yaml").stat()
    write_experiment(experiment, tmp_path)
    assert (tmp_path / "experiment.yaml").read_bytes() == content
    # It is not even written: whoever watches the file has nothing to look at.
    assert (tmp_path / "experiment.yaml").stat().st_ino == before.st_ino


def test_what_a_new_file_looks_like(tmp_path: Path) -> None:
    experiment = read_experiment(GOLDEN / "every-key.yaml")
    write_experiment(experiment, tmp_path / "new")
    written = (tmp_path / "new" / "experiment.yaml").read_text(encoding="utf-8")
    assert written == (GOLDEN / "every-key.yaml").read_text(encoding="utf-8")


def test_names_look_like_anything(tmp_path: Path) -> None:
    experiment = read(
        tmp_path,
        f"{HEAD}nodes:\n  1: {{dataset: a.csv}}\n  yes: {{dataset: b.csv}}\n"
        "  r: {module: m, inputs: {a: 1, b: yes, c: 1.5}, parameters: {null: on, x: 1_000}}\n",
    )
    node = experiment.nodes[NodeName("r")]
    assert list(experiment.nodes) == ["1", "yes", "r"]
    assert [str(source) for source in node.inputs.values()] == ["1", "yes", "1.5"]
    assert node.inputs[PortName("c")].port == "5"
    assert node.parameters == {"null": "on", "x": "1_000"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("experiment-value-invalid", 1, 1)]),
        ("- a\n", [("experiment-value-invalid", 1, 1)]),
        ("nodes: {}\n", [("experiment-key-missing", 1, 1)] * 2),
        (HEAD, [("experiment-key-missing", 1, 1)]),
        ("studiolo: 2\nnode: {}\n", [("experiment-format-newer", 1, 11)]),
        ("studiolo: '1'\nname: x\nnodes: {}\n", [("experiment-value-invalid", 1, 11)]),
        ("studiolo: 1\nname: 2024\nnodes: {}\n", [("experiment-value-invalid", 2, 7)]),
        ("studiolo: 1\nname: ' '\nnodes: {}\n", [("experiment-value-invalid", 2, 7)]),
        (f"{HEAD}nodes:\n", [("experiment-value-invalid", 3, 7)]),
        (f"{HEAD}nodes: []\n", [("experiment-value-invalid", 3, 8)]),
        (f"{HEAD}nodes: {{a: b}}\n", [("experiment-value-invalid", 3, 12)]),
        (f"{HEAD}nodes: {{}}\nnotes: 1\n", [("experiment-key-unknown", 4, 1)]),
        (f"{HEAD}name: y\nnodes: {{}}\n", [("experiment-key-duplicate", 3, 1)]),
        (
            f"{HEAD}nodes:\n  a: {{dataset: x}}\n  a: {{dataset: y}}\n",
            [("experiment-key-duplicate", 5, 3)],
        ),
        (f"{HEAD}nodes:\n  a: {{}}\n", [("node-kind-unclear", 4, 3)]),
        (f"{HEAD}nodes:\n  a: {{dataset: x, module: y}}\n", [("node-kind-unclear", 4, 3)]),
        (f"{HEAD}nodes:\n  a: {{dataset: x, script: y}}\n", [("experiment-key-unknown", 4, 19)]),
        (f"{HEAD}nodes:\n  a: {{trained_model: x, transform: y}}\n", [("node-kind-unclear", 4, 3)]),
        (f"{HEAD}nodes:\n  a: {{transform: x, sheet: y}}\n", [("experiment-key-unknown", 4, 21)]),
        (
            f"{HEAD}nodes:\n" + "".join(f"  {name}: {{dataset: x}}\n" for name in _BAD_NAMES),
            [("node-name-invalid", 4 + number, 3) for number in range(len(_BAD_NAMES))],
        ),
        (
            f"{HEAD}nodes: {{}}\n"
            "web_service_parameters: {x: rank, y: [], z: [a.b, 1], '': a.b}\n",
            [("experiment-value-invalid", 4, column) for column in (29, 38, 51, 55)],
        ),
        (
            f"{HEAD}nodes: {{}}\nweb_service_parameters: a.b\n",
            [("experiment-value-invalid", 4, 25)],
        ),
        ("a: b: c", [("experiment-yaml-invalid", 1, 5)]),
        (b"studiolo: 1\nname: Caf\xe9\n", [("experiment-yaml-invalid", 2, 10)]),
        ("한: \x07", [("experiment-yaml-invalid", 1, 4)]),
        (f"{HEAD}nodes: {{}}\n---\n{HEAD}", [("experiment-yaml-unsupported", 4, 1)]),
        (f"%YAML 1.1\n---\n{HEAD}nodes: {{}}\n", [("experiment-yaml-unsupported", 1, 1)]),
        (f"{HEAD}nodes: {{[a]: {{}}}}\n", [("experiment-yaml-unsupported", 3, 9)]),
        ("a: " + "[" * 60, [("experiment-too-large", 1, 53)]),
        ("a: " + "[" * 100_000, [("experiment-too-large", 1, 1003)]),
    ],
)
def test_mistakes_are_found_where_they_are(
    tmp_path: Path, text: str | bytes, expected: list[tuple[str, int, int]]
) -> None:
    assert mistakes(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("value", "column"),
    [
        ("dataset: 7", 17),
        ("dataset: ../x.csv", 17),
        ("dataset: /etc/passwd", 17),
        ("dataset: 'a\\b'", 17),
        ("dataset: ''", 17),
        ("trained_model: 7", 23),
        ("trained_model: ../x", 23),
        ("trained_model: a/b", 23),
        ("trained_model: 'a\\b'", 23),
        ("trained_model: .x", 23),
        ("trained_model: ''", 23),
        ("transform: ..", 19),
        (f"transform: {'x' * 101}", 19),
        ("transform: x, version: 0", 31),
        ("dataset: x, version: 0", 29),
        ("dataset: x, version: true", 29),
        ("dataset: x, version: 1.0", 29),
        ("dataset: x, comment: [a]", 29),
        ("dataset: x, comment: null", 29),
        ("module: ''", 16),
        ("module: m, port_binding: first", 33),
        ("module: m, seed: -1", 25),
        ("module: m, seed: 4294967296", 25),
        ("module: m, timeout: soon", 28),
        ("module: m, timeout: 1:30", 28),
        ("module: m, timeout: true", 28),
        ("module: m, memory: 1MiB", 27),
        ("module: m, memory: [1GiB]", 27),
        ("module: m, cpus: 0", 25),
        ("module: m, allow: a", 26),
        ("module: m, allow: [a]", 27),
        ("module: m, allow: ['a:1', 2]", 34),
        ("module: m, allow: ['https://a:1']", 27),
        ("module: m, cache: 1", 26),
        ("module: m, secrets: A", 28),
        ("module: m, secrets: [A-B]", 28),
        ("module: m, inputs: a", 27),
        ("module: m, inputs: {a: }", 31),
        ("module: m, inputs: {a: b.}", 31),
        ("module: m, inputs: {a: [b]}", 31),
        ("module: m, parameters: []", 31),
        (f"module: m, parameters: {{a: {'7' * 5000}}}", 35),
    ],
)
def test_values_of_the_wrong_kind(tmp_path: Path, value: str, column: int) -> None:
    found = mistakes(tmp_path, f"{HEAD}nodes:\n  a: {{{value}}}\n")
    assert found == [("experiment-value-invalid", 4, column - 1)]


def test_all_mistakes_are_found_at_once(tmp_path: Path) -> None:
    text = (
        "studiolo: 1\nname: 5\nnodes:\n"
        "  a.b: {dataset: x}\n"
        "  c: {modul: m, inputs: {x: a}}\n"
        "  d: {module: &m m, timeout: 0, parameters: {x: !!python/name:os.system , y: *m}}\n"
    )
    assert mistakes(tmp_path, text) == [
        ("experiment-value-invalid", 2, 7),
        ("node-name-invalid", 4, 3),
        ("node-kind-unclear", 5, 3),
        ("experiment-key-unknown", 5, 7),
        ("experiment-yaml-unsupported", 6, 15),
        ("experiment-value-invalid", 6, 30),
        ("experiment-yaml-unsupported", 6, 49),
        ("experiment-yaml-unsupported", 6, 78),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            f"{HEAD}nodes:\n  a: {{modul: m}}\n",
            'The key "modul" of node "a" is not known. Did you mean "module"?',
        ),
        (
            f"{HEAD}nodes:\n  a: {{module: m, version: 1}}\n",
            'The key "version" belongs to a dataset, a trained_model or a transform, and node "a" '
            "is a module.",
        ),
        (
            f"{HEAD}nodes:\n  a: {{dataset: x, version: two}}\n",
            '"version" of node "a" has to be a whole number from 1, and is "two".',
        ),
        ("studiolo: 7\n", "this Studiolo reads the format 1. Update Studiolo"),
        (
            "studiolo: 1\nname: true\nnodes: {}\n",
            'has to be a text, and is "true". Put a text that looks like that in quotes: "true"',
        ),
        ("a: 1\n\tb: 2\n", "there is a tab where only spaces are allowed"),
        ("a: @b\n", 'a text can\'t begin with "@"; put it in quotes'),
        ("a: 'b\nc: d\n", "the quote that opens in line 1 is never closed"),
        ("a: {b: c\nd: e\n", 'or the "{" of line 1 is not closed'),
        ("a:\n  b: 1\n c: 2\n", "check its indentation"),
        ("a: - b\n", 'put the "-" on the next line'),
        (
            f"{HEAD}nodes:\n  a: {{module: m, timeout: 1d}}\n",
            '"1d" is not a duration. Allowed: seconds',
        ),
    ],
)
def test_sentences(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in " ".join(found.message for found in findings(tmp_path, text))


def test_a_folder_or_a_file(tmp_path: Path) -> None:
    experiment = read(tmp_path, f"{HEAD}nodes: {{}}\n")
    assert read_experiment(tmp_path / "experiment.yaml") == experiment


def test_a_missing_experiment_suggests_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "rank-features").mkdir()
    read(tmp_path / "rank-features", f"{HEAD}nodes: {{}}\n")
    with pytest.raises(ExperimentMissingError) as caught:
        read_experiment(tmp_path / "rank-feature")
    assert f'Did you mean "{tmp_path}/rank-features"?' in str(caught.value)


def test_what_is_no_file_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "experiment.yaml").mkdir()
    with pytest.raises(ExperimentUnreadableError, match="directory"):
        read_experiment(tmp_path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    assert mistakes(tmp_path, b" " * (LARGEST_FILE + 1)) == [("experiment-too-large", None, None)]


def test_a_broken_file_is_not_replaced(tmp_path: Path) -> None:
    experiment = read(tmp_path, f"{HEAD}nodes: {{}}\n")
    (tmp_path / "experiment.yaml").write_text("half typ: [")
    with pytest.raises(ExperimentFileError):
        write_experiment(experiment, tmp_path)
    assert (tmp_path / "experiment.yaml").read_text() == "half typ: ["


@pytest.mark.parametrize(
    ("node", "error"),
    [
        (Node(name=NodeName("a"), module=ModuleId("m"), parameters={"x": b"y"}), "type bytes"),
        (Node(name=NodeName("a"), module=ModuleId("m"), parameters={"x": [10**5000]}), "digits"),
        (
            Node(name=NodeName("a"), module=ModuleId("m"), limits=NodeLimits(timeout=0)),
            "is not a duration",
        ),
        (Node(name=NodeName("a")), "does not say what it is"),
        (Node(name=NodeName("a"), dataset="x", seed=1), "belongs to a module"),
        (Node(name=NodeName("a"), dataset="x", comment="\ud800"), "escape"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    tmp_path: Path, node: Node, error: str
) -> None:
    experiment = read(tmp_path, f"{HEAD}nodes: {{}}  # empty\n")
    with pytest.raises((ExperimentFileError, ExperimentUnwritableError), match=error):
        write_experiment(replace(experiment, nodes={node.name: node}), tmp_path)
    assert (tmp_path / "experiment.yaml").read_text() == f"{HEAD}nodes: {{}}  # empty\n"


def test_the_mode_of_the_file_and_links_to_it_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    experiment = read(tmp_path / "real", f"{HEAD}nodes: {{}}\n")
    file = tmp_path / "real" / "experiment.yaml"
    file.chmod(0o640)
    (tmp_path / "experiment.yaml").symlink_to(file)
    write_experiment(replace(experiment, name="new"), tmp_path)
    assert file.stat().st_mode & 0o777 == 0o640
    assert "name: new" in file.read_text()
    assert (tmp_path / "experiment.yaml").is_symlink()
    assert list((tmp_path / "real").iterdir()) == [file]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_to(tmp_path: Path) -> None:
    experiment = read(tmp_path, f"{HEAD}nodes: {{}}\n")
    tmp_path.chmod(0o500)
    with pytest.raises(ExperimentUnwritableError, match="Permission denied"):
        write_experiment(replace(experiment, name="new"), tmp_path)
    tmp_path.chmod(0o700)


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    experiment = read(tmp_path, f"{HEAD}nodes: {{}}\n")
    with pytest.raises(ExperimentUnwritableError, match="as it was"):
        write_experiment(experiment, tmp_path / "experiment.yaml" / "experiment.yaml")


def test_large_experiments_are_read_in_no_time(tmp_path: Path) -> None:
    nodes = [
        f"  n{number}:\n    module: split-data\n    inputs: {{dataset: n{number - 1}}}\n"
        f"    parameters:\n      fraction: 0.5\n    comment: Number {number}  # why\n"
        for number in range(1, 10_000)
    ]
    text = f"{HEAD}nodes:\n  n0: {{dataset: a.csv}}\n{''.join(nodes)}"
    started = time.process_time()
    experiment = read(tmp_path, text)
    assert time.process_time() - started < 5
    assert len(experiment.nodes) == 10_000


@given(experiment=EXPERIMENTS)
def test_what_is_written_is_read_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, experiment: Experiment
) -> None:
    folder = tmp_path_factory.mktemp("written")
    write_experiment(experiment, folder)
    found = read_experiment(folder)
    assert same(saved_form(found), saved_form(experiment))
    assert list(found.nodes) == list(experiment.nodes)
    if "nan" not in str(experiment):
        assert found == replace(experiment, folder=folder)


@given(text=st.text())
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    with pytest.raises(ExperimentFileError):
        read(folder, text.encode(errors="replace"))


def test_web_service_parameters(tmp_path: Path) -> None:
    text = (
        f"{HEAD}nodes: {{}}\nweb_service_parameters:\n"
        "  # for all\n  Seed: [a.seed, b.x.y]\n  7: a b.n\n"
    )
    experiment = read(tmp_path, text)
    assert experiment.web_service_parameters == {
        "Seed": [("a", "seed"), ("b", "x.y")],
        "7": [("a b", "n")],
    }
    targets = {
        "Seed": [(NodeName("a"), "seed")],
        "new": [(NodeName("c"), "n"), (NodeName("d"), "n")],
    }
    write_experiment(replace(experiment, web_service_parameters=targets), tmp_path)
    assert (tmp_path / "experiment.yaml").read_text() == (
        f"{HEAD}nodes: {{}}\nweb_service_parameters:\n  # for all\n  Seed: a.seed\n"
        "  new: [c.n, d.n]\n"
    )


def test_what_a_node_may_reach(tmp_path: Path) -> None:
    text = f"{HEAD}nodes:\n  a: {{module: m, allow: ['b:2', 'A:1=127.0.0.1:3'], cache: true}}\n"
    experiment = read(tmp_path, text)
    node = experiment.nodes[NodeName("a")]
    assert [str(allowance) for allowance in node.allow] == ["a:1=127.0.0.1:3", "b:2"]
    assert node.cache
    allow = ["a:1=127.0.0.1:3", "b:2"]
    assert saved_form(experiment)["nodes"]["a"] == {"module": "m", "allow": allow, "cache": True}
