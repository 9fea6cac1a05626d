import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from studiolo.datasets.formats.opening import check_options
from studiolo.datasets.reading.files import check_extension, format_of
from studiolo.datasets.reading_options import ReadingOptions
from studiolo.errors import StudioloError
from studiolo.experiments.check import check_experiment
from studiolo.experiments.experiment import Experiment, SavedName
from studiolo.experiments.file import read_experiment
from studiolo.experiments.finding import Finding, Severity
from studiolo.modules.definition import (
    Export,
    InputPort,
    ModuleDefinition,
    ModuleId,
    OutputPort,
    Parameter,
    ParameterKind,
    PortKind,
    PortName,
)
from studiolo.modules.errors import ScriptMetadataError, UnknownModuleError
from studiolo.modules.script import read_script


def inputs(*ports: tuple[str, PortKind, bool]) -> Sequence[InputPort]:
    return [
        InputPort(name=PortName(name), label=name.title(), kind=kind, optional=optional)
        for name, kind, optional in ports
    ]


def outputs(*ports: tuple[str, PortKind]) -> Sequence[OutputPort]:
    return [OutputPort(name=PortName(name), label=name.title(), kind=kind) for name, kind in ports]


def parameter(name: str, kind: ParameterKind, **facts: Any) -> Parameter:
    return Parameter(name=name, label=name.title(), kind=kind, **facts)


def module(
    name: str,
    takes: Sequence[InputPort],
    gives: Sequence[OutputPort],
    parameters: Sequence[Parameter] = (),
    **facts: Any,
) -> ModuleDefinition:
    return ModuleDefinition(
        id=ModuleId(name),
        name=name,
        category=["Test"],
        description="",
        inputs=takes,
        outputs=gives,
        parameters=parameters,
        source="",
        **facts,
    )


DATASET, MODEL, ZIP = PortKind.DATASET, PortKind.MODEL, PortKind.ZIP
MODULES = [
    module(
        "split-data",
        inputs(("dataset", DATASET, False)),
        outputs(("results_dataset1", DATASET), ("results_dataset2", DATASET)),
        [parameter("fraction", ParameterKind.NUMBER, default=0.5, minimum=0, maximum=1)],
    ),
    module(
        "train-model",
        inputs(("model", MODEL, False), ("dataset", DATASET, False)),
        outputs(("trained_model", MODEL)),
        [parameter("label", ParameterKind.COLUMN, required=True)],
    ),
    module("forest", [], outputs(("model", MODEL))),
    module(
        "export-data",
        inputs(("dataset", DATASET, False)),
        [],
        [
            parameter("file", ParameterKind.FILE),
            parameter("lookup", ParameterKind.FILE, nullable=True),
        ],
        exports={PortName("dataset"): Export(file="file")},
    ),
    module(
        "execute-python-script",
        inputs(
            ("dataset1", DATASET, True), ("dataset2", DATASET, True), ("script_bundle", ZIP, True)
        ),
        outputs(("results_dataset", DATASET)),
    ),
]
FILES: Mapping[str, tuple[PortKind, int]] = {
    "pima.csv": (DATASET, 2),
    "Hello.zip": (ZIP, 1),
    "trained.ilearner": (MODEL, 1),
}


class Catalogue:
    """The modules above; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, id: ModuleId, /) -> ModuleDefinition:  # noqa: A002
        self.asked += 1
        for known in MODULES:
            if known.id == id:
                return known
        raise UnknownModuleError(id=id, known=[known.id for known in MODULES])


def dataset(name: str, version: int | None) -> PortKind | None:
    kind, versions = FILES.get(name, (None, 0))
    return kind if version is None or version <= versions else None


def script_parameters(source: str) -> Sequence[Parameter]:
    if source.startswith("broken"):
        raise ScriptMetadataError(line=1, reason="it is broken")
    return [
        parameter("trees", ParameterKind.INTEGER, default=100),
        parameter("depth", ParameterKind.INTEGER, required=source.startswith("deep")),
    ]


def check_reading(name: str, version: int | None, options: ReadingOptions) -> None:
    check_options(options, file=name, file_format=format_of(name))


class GoneError(StudioloError):
    code = "saved-missing"


class NoVersionError(StudioloError):
    code = "saved-version-missing"


def saved(name: SavedName, version: int | None) -> Sequence[str]:
    if name not in {(MODEL, "diabetes"), (PortKind.TRANSFORM, "ages")}:
        raise GoneError(f'no "{name.name}"')
    if (version or 1) > 2:
        raise NoVersionError(f"no version {version}")
    return [] if version != 2 else ["It is old."]


def check(experiment: Experiment, catalogue: Catalogue | None = None) -> list[Finding]:
    return check_experiment(
        experiment,
        catalogue or Catalogue(),
        datasets=dataset,
        reading=check_reading,
        files=check_extension,
        read_script=read_script,
        script_parameters=script_parameters,
        saved=saved,
        dataset_names=list(FILES),
        environments=["default", "classic"],
    )


def experiment_of(folder: Path, nodes: str) -> Experiment:
    text = f"studiolo: 1\nname: x\nnodes:\n  pima: {{dataset: pima.csv}}\n{nodes}"
    (folder / "experiment.yaml").write_text(text)
    (folder / "folder").mkdir()
    (folder / "rank.py").write_text("def azureml_main(): ...")
    (folder / "deep.py").write_text("deep")
    (folder / "broken.py").write_text("broken")
    return read_experiment(folder)


def test_the_environment_of_an_experiment_exists(tmp_path: Path) -> None:
    experiment = experiment_of(tmp_path, "environment: classics\n")
    (finding,) = check(experiment)
    assert (finding.code, finding.line, finding.node) == ("environment-unknown", 5, None)
    assert 'Did you mean "classic"?' in finding.message


def test_nothing_is_wrong(tmp_path: Path) -> None:
    experiment = experiment_of(
        tmp_path,
        """\
  tools: {dataset: Hello.zip, version: 1}
  old: {dataset: trained.ilearner}
  split: {module: split-data, inputs: {dataset: pima}, parameters: {fraction: 0.7}}
  zipped: {module: split-data, inputs: {dataset: tools}}
  train:
    module: train-model
    inputs: {model: forest, dataset: split.results_dataset2}
    parameters: {label: outcome}
  again: {module: train-model, inputs: {model: old, dataset: split}, parameters: {label: outcome}}
  forest: {module: forest}
  rank:
    module: execute-python-script
    script: rank.py
    inputs: {dataset2: split, script_bundle: tools}
    parameters: {trees: 10}
  export:
    module: export-data
    inputs: {dataset: rank}
    parameters: {file: a.csv, lookup: pima.csv}
""",
    )
    assert check(experiment) == []


@pytest.mark.parametrize(
    ("node", "code", "sentence"),
    [
        ("module: split-date", "module-unknown", 'Did you mean "split-data"?'),
        (
            "module: split-data, inputs: {dataset: pina}",
            "node-unknown",
            'The input "dataset" of node "a" comes from a node "pina", which does not exist. '
            'Did you mean "pima"?',
        ),
        ("module: what, inputs: {dataset: pina}", "node-unknown", '"pina"'),
        (
            "module: split-data, inputs: {dataset: pima, data: pima}",
            "port-unknown",
            'The module split-data of node "a" has no input "data". Did you mean "dataset"? '
            "Its inputs: dataset.",
        ),
        (
            "module: split-data, inputs: {dataset: b.result}",
            "port-unknown",
            'The module forest of node "b" has no output "result". Its outputs: model.',
        ),
        (
            "module: split-data, inputs: {dataset: c}",
            "port-unknown",
            'The module export-data of node "c" has no output. Its outputs: none.',
        ),
        (
            "module: split-data, inputs: {dataset: pima.results}",
            "port-unknown",
            'The node "pima" is a dataset and has no output "results". Write pima alone.',
        ),
        (
            "module: split-data, inputs: {dataset: b.model}",
            "port-kind-mismatch",
            'This wires a model, "b.model", into the port "dataset" of node "a", which takes a '
            "dataset.",
        ),
        (
            "module: execute-python-script, script: rank.py, inputs: {script_bundle: pima}",
            "port-kind-mismatch",
            "which takes a zip",
        ),
        (
            "module: split-data",
            "input-missing",
            'The input "dataset" of node "a" (split-data) is not connected. It needs a dataset.',
        ),
        ("module: forest, script: rank.py", "script-not-taken", "takes none. Delete the line"),
        (
            "module: split-data, environment: classic, inputs: {dataset: pima}",
            "environment-not-taken",
            "has its own. Delete the line",
        ),
        (
            "module: execute-python-script, script: rank.py, environment: clasic",
            "environment-unknown",
            'Did you mean "classic"? There are "default" and "classic".',
        ),
        ("module: execute-python-script", "script-not-given", "such as script: rank_features.py."),
        (
            "module: execute-python-script, script: rnk.py",
            "script-missing",
            'rank.py"?',
        ),
        ("module: execute-python-script, script: folder", "script-unreadable", "directory"),
        (
            "module: execute-python-script, script: broken.py",
            "script-metadata-invalid",
            "it is broken",
        ),
        (
            "dataset: pina.csv",
            "dataset-file-missing",
            'There is no dataset file "pina.csv" in the workspace\'s folder datasets. Did you '
            'mean "pima.csv"?',
        ),
        ("dataset: pina.csv, version: 3", "dataset-file-missing", "no dataset file"),
        (
            "dataset: pima.csv, version: 3",
            "dataset-version-missing",
            'The dataset "pima.csv" has no version 3.',
        ),
        (
            "module: forest, parameters: {trees: 1}",
            "parameter-unknown",
            'The node "a" (forest) has no parameter "trees". Its parameters: none.',
        ),
        (
            "module: execute-python-script, script: rank.py, parameters: {tress: 1}",
            "parameter-unknown",
            'Did you mean "trees"? Its parameters: trees, depth.',
        ),
        (
            "module: execute-python-script, script: rank.py, parameters: {trees: many}",
            "parameter-value",
            '"many"',
        ),
        (
            "module: execute-python-script, script: deep.py",
            "parameter-missing",
            'gives no value for its parameter "depth", which has no default.',
        ),
        (
            "module: split-data, inputs: {dataset: pima}, parameters: {fraction: 2}",
            "parameter-out-of-range",
            "from 0 to 1",
        ),
        (
            "module: export-data, inputs: {dataset: pima}, parameters: {lookup: pina.csv}",
            "dataset-file-missing",
            'Did you mean "pima.csv"?',
        ),
    ],
)
def test_mistakes(tmp_path: Path, node: str, code: str, sentence: str) -> None:
    experiment = experiment_of(
        tmp_path,
        "  b: {module: forest}\n"
        "  c: {module: export-data, inputs: {dataset: pima}, parameters: {file: x.csv}}\n"
        f"  a: {{{node}}}\n",
    )
    found = {finding.code: finding for finding in check(experiment)}
    assert set(found) <= {code, "module-unknown"}
    assert sentence in found[code].message
    assert found[code].file == tmp_path / "experiment.yaml"
    assert (found[code].line, found[code].node) == (7, "a")


def test_each_option_of_reading_is_checked_at_its_line(tmp_path: Path) -> None:
    nodes = """  odd:
    dataset: pima.csv
    encoding: latin-17
    delimiter: ab
    decimal: ";"
    sheet: First
  fine: {dataset: pima.csv, encoding: windows-1252, delimiter: tab, decimal: ","}
"""
    findings = check(experiment_of(tmp_path, nodes))
    assert [(found.code, found.line) for found in findings] == [
        ("dataset-encoding-unknown", 7),
        ("dataset-delimiter-not-allowed", 8),
        ("dataset-decimal-not-allowed", 9),
        ("dataset-sheet-not-applicable", 10),
    ]


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    experiment = experiment_of(
        tmp_path,
        """\
  a:
    module: split-data
    inputs:
      dataset: nowhere
    parameters:
      fraction: half
  b:
    dataset: pima.csv
    version: 9
  c:
    module: split-date
""",
    )
    assert [(finding.line, finding.code) for finding in check(experiment)] == [
        (8, "node-unknown"),
        (10, "parameter-value"),
        (13, "dataset-version-missing"),
        (15, "module-unknown"),
    ]


def test_a_cycle_is_named_in_the_direction_of_the_data(tmp_path: Path) -> None:
    experiment = experiment_of(
        tmp_path,
        "".join(
            f"  {name}: {{module: split-data, inputs: {{dataset: {source}}}}}\n"
            for name, source in ("ac", "ba", "cb", "dd")
        ),
    )
    around, alone = check(experiment)
    assert 'The nodes "a" → "b" → "c" → "a" form a circle' in around.message
    assert (around.code, around.line, around.node) == ("node-cycle", 5, "a")
    assert 'The nodes "d" → "d" form a circle' in alone.message


def test_an_experiment_that_was_never_saved_has_no_lines(tmp_path: Path) -> None:
    experiment = experiment_of(tmp_path, "  a: {module: what}\n")
    unsaved = Experiment(name="x", nodes=experiment.nodes, folder=tmp_path)
    [finding] = check(unsaved)
    assert str(finding).startswith(f"{tmp_path}/experiment.yaml: There is no module")


def test_a_module_is_asked_for_once_even_if_it_can_not_be_had(tmp_path: Path) -> None:
    experiment = experiment_of(tmp_path, "".join(f"  {n}: {{module: m}}\n" for n in range(9)))
    catalogue = Catalogue()
    assert len(check(experiment, catalogue)) == 9
    assert catalogue.asked == 1


@pytest.mark.parametrize("source", ["n{}", "m{}"])
def test_large_experiments_are_checked_in_no_time(tmp_path: Path, source: str) -> None:
    nodes = [
        f"  n{number + 1}: {{module: split-data, inputs: {{dataset: {source.format(number)}}}, "
        "parameters: {fraction: 0.5}}\n"
        for number in range(5_000)
    ]
    experiment = experiment_of(tmp_path, f"  n0: {{dataset: pima.csv}}\n{''.join(nodes)}")
    started = time.process_time()
    found = check(experiment)
    assert time.process_time() - started < 2
    assert {finding.code for finding in found} <= {"node-unknown"}


def test_saved_models_and_transforms(tmp_path: Path) -> None:
    experiment = experiment_of(
        tmp_path,
        """\
  diabetes: {trained_model: diabetes, version: 1}
  old: {trained_model: diabetes, version: 2}
  newer: {trained_model: diabetes, version: 3}
  gone: {transform: diabetes}
  ages: {transform: ages}
  train:
    module: train-model
    inputs: {model: diabetes, dataset: ages}
    parameters: {label: x}
  port:
    module: train-model
    inputs: {model: diabetes.trained_model, dataset: diabetes}
    parameters: {label: x}
""",
    )
    found = check(experiment)
    assert [(f.code, f.line, f.severity) for f in found] == [
        ("saved-environment-differs", 6, Severity.WARNING),
        ("saved-version-missing", 7, Severity.ERROR),
        ("saved-missing", 8, Severity.ERROR),
        ("port-kind-mismatch", 12, Severity.ERROR),
        ("port-unknown", 16, Severity.ERROR),
        ("port-kind-mismatch", 16, Severity.ERROR),
    ]
    assert found[3].message == (
        'This wires a transform, "ages", into the port "dataset" of node "train", which takes a '
        "dataset."
    )
    assert found[4].message == (
        'The node "diabetes" is a trained model and has no output "trained_model". Write diabetes '
        "alone."
    )


def test_web_service_parameters_are_checked_with_their_lines(tmp_path: Path) -> None:
    text = """\
  rank: {module: execute-python-script, script: rank.py}
web_service_parameters:
  Trees: rank.trees
  Depth: rank.dpeth
  Share: splt.fraction
"""
    found = check(experiment_of(tmp_path, text))
    assert [(f.code, f.line, f.severity) for f in found] == [
        ("web-service-output-missing", None, Severity.WARNING),
        ("parameter-unknown", 8, Severity.ERROR),
        ("node-unknown", 9, Severity.ERROR),
    ]
