"""From any experiment to one that can be published: its service is set up first if need be."""

from studiolo.experiments.experiment import Experiment
from studiolo.experiments.web_service.interface import service_interface
from studiolo.runs.experiments.progress import Observer
from studiolo.workspace.services.errors import PublishedRunFailedError
from studiolo.workspace.set_up.service_experiment import (
    ServiceExperiment,
    write_service_experiment,
)
from studiolo.workspace.workspace import Workspace


def says_what_it_returns(experiment: Experiment) -> bool:
    """Whether an experiment has a Web Service Output, and can be published as it is."""
    return bool(service_interface(experiment).outputs)


def set_up_for_publishing(
    workspace: Workspace, experiment: Experiment, *, observer: Observer | None = None
) -> ServiceExperiment:
    """Run an experiment that trains, and write the experiment for its web service beside it.

    Raises:
        PublishedRunFailedError: A node failed.
        StudioloError: As `write_service_experiment` does.
    """
    result = workspace.run(experiment, observer=observer)
    if not result.succeeded:
        raise PublishedRunFailedError.of(result)
    return write_service_experiment(workspace, experiment)
