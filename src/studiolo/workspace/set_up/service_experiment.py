"""Sets a web service up in a workspace: saves what training learned, and writes the experiment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import Experiment, experiment_key
from studiolo.experiments.file import FILE_NAME, read_experiment, write_experiment
from studiolo.experiments.finding import Severity
from studiolo.experiments.layout import FILE_NAME as LAYOUT_FILE
from studiolo.experiments.layout import read_layout, write_layout
from studiolo.experiments.saved_form import saved_form
from studiolo.experiments.web_service.decisions import Choices
from studiolo.experiments.web_service.set_up import ServiceSetUp, ToSave, set_up_service
from studiolo.files.placing import put
from studiolo.modules.definition import PortKind
from studiolo.runs.history.experiment_result import NodeResult
from studiolo.workspace.errors import WorkspaceUnwritableError
from studiolo.workspace.saved.saved_objects import SavedVersion
from studiolo.workspace.set_up.errors import ResultsOutdatedError, ServiceExperimentExistsError
from studiolo.workspace.workspace import Workspace

#: Two blank lines or more; the line end is taken over.
_GAP = re.compile(rb"(\r?\n)(?:[ \t]*\r?\n){2,}")
#: What the experiment for the service is called: the experiment's name with this behind it.
SUFFIX = "-service"


@dataclass(frozen=True, kw_only=True)
class ServiceExperiment:
    """The experiment that was written for a web service."""

    folder: Path
    saved: Sequence[SavedVersion]
    #: What happened to the nodes, a sentence each.
    changes: Sequence[str]


def write_service_experiment(
    workspace: Workspace,
    experiment: Experiment,
    *,
    learner: str | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    replace: bool = False,
) -> ServiceExperiment:
    """Write the experiment for a web service beside one that has run.

    Its models and transforms are saved first. Comments of the experiment's file come over.

    Args:
        workspace: The workspace.
        experiment: What was run, as `Workspace.experiment` reads it.
        learner: The node that trains the model to score with, or its untrained learner. This and
            the next two are only needed where the experiment leaves them open.
        inputs: Where rows of callers enter: a dataset, or NODE or NODE.PORT that takes them.
        outputs: What the service returns: NODE, or NODE.PORT.
        replace: Whether to overwrite an experiment for the service that was changed since.

    Raises:
        ExperimentFileError: It has mistakes that `check` finds.
        ServiceSetUpError: Something has to be decided, or the experiment can't be a service.
        ResultsOutdatedError: It has not run as it is now.
        ServiceExperimentExistsError: There is one, with another content.
        WorkspaceUnwritableError: A file can't be written.
        StudioloError: A model can't be saved.
    """
    errors = [one for one in workspace.check(experiment) if one.severity is Severity.ERROR]
    if errors:
        raise ExperimentFileError(errors)
    folder = experiment.folder.resolve().parent / f"{experiment.folder.resolve().name}{SUFFIX}"
    choices = Choices(learner=learner, inputs=inputs, outputs=outputs)
    made = set_up_service(experiment, workspace.catalogue.find, folder=folder, choices=choices)
    files = _files(experiment, made)
    if not replace:
        _refuse_changed(folder, files)
    results = _results(workspace, experiment, made.to_save)
    saved = [
        workspace.save_model(result, name=one.saved.name, port=one.port)
        if one.saved.kind is PortKind.MODEL
        else workspace.save_transform(result, name=one.saved.name, port=one.port)
        for one, result in zip(made.to_save, results, strict=True)
    ]
    try:
        for name, content in files.items():
            put(content, folder / name, folder=folder.parent, replace=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceUnwritableError(path=folder, reason=reason) from error
    _place(experiment, made.experiment)
    return ServiceExperiment(folder=folder, saved=saved, changes=made.changes)


def _place(before: Experiment, made: Experiment) -> None:
    """Let nodes be where they were on the canvas, unless they have been moved since."""
    layout = read_layout(before.folder).layout
    if layout.positions and not (made.folder / LAYOUT_FILE).exists():
        write_layout(layout, made.folder, nodes=list(made.nodes))


def _files(experiment: Experiment, made: ServiceSetUp) -> dict[str, bytes]:
    """The files of the new experiment by name, the graph last: it is there once all of it is."""
    scripts = dict.fromkeys(n.script for n in made.experiment.nodes.values() if n.script)
    try:
        files = {script: (experiment.folder / script).read_bytes() for script in scripts}
        with TemporaryDirectory() as temporary:
            copy = Path(temporary) / FILE_NAME
            copy.write_bytes((experiment.folder / FILE_NAME).read_bytes())
            write_experiment(made.experiment, copy)
            files[FILE_NAME] = _without_gaps(copy)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceUnwritableError(path=experiment.folder, reason=reason) from error
    return files


def _without_gaps(file: Path) -> bytes:
    """The content of an experiment's file, without the blank lines that were around nodes."""
    content = file.read_bytes()
    before = saved_form(read_experiment(file))
    file.write_bytes(_GAP.sub(rb"\1\1", content))
    # A text of several lines may have such a gap, too.
    return file.read_bytes() if saved_form(read_experiment(file)) == before else content


def _refuse_changed(folder: Path, files: dict[str, bytes]) -> None:
    different = [
        name
        for name, content in files.items()
        if (folder / name).exists() and (folder / name).read_bytes() != content
    ]
    if different:
        raise ServiceExperimentExistsError(folder=folder, files=different)


def _results(
    workspace: Workspace, experiment: Experiment, to_save: Sequence[ToSave]
) -> list[NodeResult]:
    """The results of the nodes that learned something, as the experiment is now."""
    if not to_save:
        return []
    steps = workspace.plan(experiment).steps
    key = experiment_key(experiment, workspace.root)
    found: list[NodeResult] = []
    outdated: list[str] = []
    for one in to_save:
        run = workspace.runs.latest_of_node(key, one.node)
        result = None if run is None else workspace.result(run).nodes.get(one.node)
        is_now = result is not None and result.record.recipe_digest == steps[one.node].digest
        if result is not None and is_now and result.ports:
            found.append(result)
        else:
            outdated.append(one.node)
    if outdated:
        raise ResultsOutdatedError(experiment=experiment.folder.name, nodes=outdated)
    return found
