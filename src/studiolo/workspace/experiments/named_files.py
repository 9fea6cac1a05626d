"""The dataset files that a node names by its parameters, as Import Data does."""

from collections.abc import Iterator

from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Node
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ParameterKind


def files_of_parameters(node: Node, catalogue: Catalogue) -> Iterator[str]:
    """The files, without those that the node's module writes; none if there is no such module."""
    if node.module is None:
        return
    try:
        definition = catalogue.find(node.module)
    except StudioloError:
        return
    written = {export.file for export in definition.exports.values()}
    for parameter in definition.parameters:
        value = node.parameters.get(parameter.name)
        is_file = parameter.kind is ParameterKind.FILE and parameter.name not in written
        if is_file and isinstance(value, str) and value.strip():
            yield value
