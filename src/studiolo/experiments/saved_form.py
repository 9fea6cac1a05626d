"""An experiment in the form of its file: plain mappings, lists and scalars, and their layout."""

from collections.abc import Mapping, Sequence
from typing import Any

from studiolo.datasets.reading_options import READING_OPTIONS
from studiolo.experiments.experiment import Experiment, Node
from studiolo.experiments.yaml.text import Path
from studiolo.quantities import duration_text, size_text

#: The format that this Studiolo writes, and the newest that it reads.
FORMAT = 1

#: The keys of each part, in the order in which a new file has them.
EXPERIMENT_KEYS = (
    "studiolo",
    "name",
    "description",
    "environment",
    "nodes",
    "web_service_parameters",
)
DATASET_KEYS = ("dataset", "version", *READING_OPTIONS, "comment")
TRAINED_MODEL_KEYS = ("trained_model", "version", "comment")
TRANSFORM_KEYS = ("transform", "version", "comment")
MODULE_KEYS = (
    "module",
    "script",
    "environment",
    "inputs",
    "parameters",
    "comment",
    "port_binding",
    "seed",
    "timeout",
    "memory",
    "cpus",
    "allow",
    "secrets",
    "cache",
)
#: By the key that says what a node is: the keys that it may have.
KEYS_BY_KIND = {
    "dataset": DATASET_KEYS,
    "trained_model": TRAINED_MODEL_KEYS,
    "transform": TRANSFORM_KEYS,
    "module": MODULE_KEYS,
}
#: In bits. Python does not turn longer ones into text, nor text into them.
_LONGEST_NUMBER = 13_000
PORT_BINDINGS = ("connected", "slot")


def saved_form(experiment: Experiment) -> dict[str, Any]:
    """The content of an experiment's file, without the defaults.

    Raises:
        ValueError: A parameter has a value that no file can say; its message says which.
    """
    form: dict[str, Any] = {"studiolo": FORMAT, "name": experiment.name}
    if experiment.description:
        form["description"] = experiment.description
    if experiment.environment is not None:
        form["environment"] = experiment.environment
    form["nodes"] = {str(name): node_form(node) for name, node in experiment.nodes.items()}
    if experiment.web_service_parameters:
        form["web_service_parameters"] = {
            name: _targets(targets) for name, targets in experiment.web_service_parameters.items()
        }
    return form


def _targets(targets: Sequence[tuple[str, str]]) -> Any:
    """One parameter as a text, several as a list: `rank.trees`."""
    texts = [f"{node}.{parameter}" for node, parameter in targets]
    return texts[0] if len(texts) == 1 else texts


def on_one_line(path: Path, value: Any) -> bool:
    """Whether part of an experiment is written on one line, if it has room there.

    A dataset, a saved model or transform, the inputs of a module, and lists; but each parameter
    has a line of its own, so that a comparison of two versions shows which one was changed.
    """
    match path:
        case ("nodes", _):
            several_lines = "\n" in str(value.get("comment", ""))
            return "module" not in value and not several_lines
        case ("nodes", _, "parameters", _, *_):
            return True
        case ("nodes", _, key):
            return key == "inputs"
        case ("web_service_parameters", _):
            return True
    return False


def node_form(node: Node) -> dict[str, Any]:
    """The keys of a node in an experiment's file, without the defaults.

    Raises:
        ValueError: A parameter has a value that no file can say.
    """
    said: dict[str, Any] = {
        "dataset": node.dataset,
        "trained_model": node.trained_model,
        "transform": node.transform,
        "version": node.version,
        **node.reading.given(),
        "module": None if node.module is None else str(node.module),
        "script": node.script,
        "environment": node.environment,
        "inputs": {str(port): str(source) for port, source in node.inputs.items()} or None,
        "parameters": _parameters(node) or None,
        "comment": node.comment or None,
        "port_binding": None if node.port_binding == PORT_BINDINGS[0] else node.port_binding,
        "seed": node.seed,
        "timeout": None if node.limits.timeout is None else duration_text(node.limits.timeout),
        "memory": None if node.limits.memory is None else size_text(node.limits.memory),
        "cpus": node.limits.cpus,
        "allow": [str(allowance) for allowance in node.allow] or None,
        "secrets": list(node.secrets) or None,
        "cache": node.cache or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _parameters(node: Node) -> dict[str, Any]:
    parameters = {}
    for name, value in node.parameters.items():
        try:
            parameters[str(name)] = _plain(value)
        except TypeError as error:
            message = f'the parameter "{name}" of the node "{node.name}" holds {error}'
            raise ValueError(message) from error
    return parameters


def _plain(value: Any) -> Any:
    """A value with lists for sequences, dicts for mappings, and texts for enumerated ones."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        raise TypeError("a whole number of thousands of digits")
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item) for item in value]
    raise TypeError(f"a value of the type {type(value).__name__}, which YAML can't hold")
