"""Sentences of errors that are worded for terminals and for programs, for people on a page."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from studiolo.datasets.missing_path import meant_among
from studiolo.errors import StudioloError
from studiolo.suggestions import those_known
from studiolo.workspace.saved.errors import words

#: Where a set-up of a service needs a decision: the field of the request, and what to do; by the
#: option of the command line.
CHOICES: Final = {
    "--learner": ("learner", " Choose the node that trains the model."),
    "--input": ("inputs", " Choose where the rows of callers enter."),
    "--output": ("outputs", " Choose what the service returns."),
}
#: Sentences of errors that are worded for programs, for people who look at a page.
_ON_A_PAGE: Final[Mapping[str, Callable[[Any], str]]] = {
    "experiment-exists": lambda error: (
        f'There already is an experiment "{error.name}". Choose another name.'
    ),
    "experiment-changed": lambda _: (
        "The experiment was changed elsewhere meanwhile, so your change was not saved."
    ),
    "script-changed": lambda error: (
        f'The script "{error.file}" was changed elsewhere meanwhile, so it was not saved.'
    ),
    "script-exists": lambda error: (
        f'There already is a script "{error.file}" with a different text. Choose another name.'
    ),
    "node-name-taken": lambda error: (
        f'The experiment already has a node "{error.node}". Choose another name.'
    ),
    "service-set-up": lambda error: f"{error.problem}{CHOICES.get(error.option, ('', ''))[1]}",
    "service-unknown": lambda error: (
        f'There is no web service "{error.service}".' + those_known(error.known)
    ),
    "results-outdated": lambda error: (
        f'The experiment "{error.experiment}" has no result of {", ".join(error.nodes[:10])} as it '
        "is now. Run it first."
    ),
    "service-output-missing": lambda _: (
        "The experiment has no Web Service Output, so its service would return nothing. Add one, "
        "or set up a web service."
    ),
    "service-experiment-exists": lambda error: (
        f'The experiment "{error.folder.name}" exists already and was edited since. Nothing was '
        "written. Rename it to keep it, or choose to replace it."
    ),
    "dataset-exists": lambda error: (
        f'There already is a dataset "{error.file}" with different content. Replace it, and its '
        "content stays an older version; or choose another name."
    ),
    "dataset-encoding-not-utf8": lambda error: (
        f"{error.problem} Then choose that encoding, or save the file as UTF-8."
    ),
    "dataset-nul-byte": lambda error: (
        f"{error.problem} "
        + (
            f"The file looks like {error.likely}. Choose that encoding, or save the file as UTF-8."
            if error.likely
            else "Remove the byte, or check whether it is a binary file with a text file's name."
        )
    ),
    "batch-pieces-differ": lambda error: (
        f'The pieces of the output "{error.output}" don\'t fit together: {error.problem}. Publish '
        "the experiment so that its rows are scored in one piece. In a terminal: studiolo publish "
        "EXPERIMENT --whole"
    ),
    "isolation-unavailable": lambda error: (
        f'The isolation "{error.asked}" is not available here; missing: '
        f"{'; '.join(error.missing)}. {' '.join(error.remedies)} The settings show which layers "
        "this machine has."
    ),
    "sandbox-failed": lambda error: (
        f"The sandbox could not be built: {error.layer}: {error.why}. The settings show which "
        "layers this machine has."
    ),
    "secret-missing": lambda error: (
        f'There is no secret "{error.name}".{error.hint} In a terminal of the workspace: studiolo '
        f"secret set {error.name}"
    ),
    "environment-unknown": lambda error: (
        f'There is no environment "{error.name}".{those_known(error.known)} In a '
        f"terminal of the workspace: studiolo environment create {error.name}"
    ),
    "environment-not-locked": lambda error: (
        f'The environment "{error.name}" {error.reason} In a terminal of the workspace: studiolo '
        f"environment lock {error.name}"
    ),
    "lock-damaged": lambda error: (
        f'The lock "{error.path.name}" can\'t be used: {error.reason}. Bring the earlier file '
        f"back, or lock the packages again. In a terminal of the workspace: {error.renewed_by}"
    ),
    "lock-unfit": lambda error: (
        f'The lock "{error.path.name}" does not fit its script: {error.reason}. Undo the '
        f"change, or lock the packages again. In a terminal of the workspace: {error.renewed_by}"
    ),
    "database-missing": lambda error: (
        f'There is no database "{error.address.database}" at "{error.address}". Create it on its '
        "server, encoded in UTF-8, or name another one in studiolo.toml."
    ),
    "saved-missing": lambda error: (
        f"There is no {words(error.saved)} in the workspace."
        f"{meant_among(error.saved.name, error.known) or ' Save one at the output of a node.'}"
    ),
}


def sentence_for_page(error: StudioloError) -> str:
    """The sentence of an error for people who look at a page, which has buttons and no options."""
    worded = _ON_A_PAGE.get(error.code)
    return str(error) if worded is None else worded(error)
