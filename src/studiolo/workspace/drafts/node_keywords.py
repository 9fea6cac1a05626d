"""Keywords of a node that is written in Python: ports, parameters, settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from studiolo.datasets.reading_options import READING_OPTIONS
from studiolo.experiments.allowance import Allowance, merged, parse_allowance
from studiolo.experiments.experiment import Node, NodeLimits, NodeName, Source
from studiolo.experiments.memory_limit import parse_memory
from studiolo.modules.definition import PortName
from studiolo.quantities import parse_duration
from studiolo.workspace.errors import (
    KeywordAmbiguousError,
    NodeOfAnotherDraftError,
    NodeRefusedError,
)

_LIMITS: Mapping[str, Callable[[Any], int]] = {
    "timeout": parse_duration,
    "memory": parse_memory,
    "cpus": lambda number: number,
}
#: A node's keys beside ports and parameters, each with its default.
_SETTINGS = {
    "comment": "",
    "seed": None,
    "port_binding": "connected",
    "environment": None,
    "allow": (),
    "secrets": (),
    "cache": False,
    **dict.fromkeys(_LIMITS),
}


class Reference(Protocol):
    """A node of a draft, and an output of it."""

    @property
    def draft(self) -> object:
        """Whose node."""

    @property
    def name(self) -> NodeName:
        """Its name."""

    @property
    def port(self) -> PortName | None:
        """The output; None: the first."""


@dataclass(frozen=True, kw_only=True)
class Keywords:
    """The ports and parameters of a node's module and its script, by name."""

    ports: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()

    def meaning(self, keyword: str) -> list[str]:
        """The meanings of a keyword, as phrases for a message."""
        meanings = [f'the input "{keyword}"'] if keyword in self.ports else []
        return meanings + ([f'the parameter "{keyword}"'] if keyword in self.parameters else [])

    def applied(
        self, node: Node, given: Mapping[str, Any], more: Mapping[str, Any], *, draft: object
    ) -> Node:
        """The node with what was given; whether it has such ports and parameters shows its check.

        Args:
            node: The node.
            given: By keyword: ports, parameters and settings.
            more: Ports and parameters only.
            draft: Whose nodes it may be connected to.

        Raises:
            KeywordAmbiguousError: A keyword could mean two things.
            NodeRefusedError: A value can't be what the keyword needs.
            NodeOfAnotherDraftError: A node of another draft was given.
        """
        refuse_ambiguous({name: given[name] for name in given if name in _SETTINGS}, self, more)
        settings = {name: given[name] for name in given if name in _SETTINGS}
        inputs, parameters = dict(node.inputs), dict(node.parameters)
        if node.dataset is not None:
            node, given = _read_otherwise(node, given)
        for name, value in [*given.items(), *more.items()]:
            if name in settings and name not in more:
                continue
            if len(meanings := self.meaning(name)) > 1:
                raise KeywordAmbiguousError(
                    keyword=name, meanings=meanings, way_out="Rename the parameter in the script."
                )
            is_port = name in self.ports or _is_reference(value)
            if is_port and value is None:
                inputs.pop(PortName(name), None)
            elif is_port:
                inputs[PortName(name)] = _source(node, name, value, draft)
            else:
                parameters[name] = _plain(value)
        return _with_settings(replace(node, inputs=inputs, parameters=parameters), settings)


def refuse_ambiguous(own: Mapping[str, Any], keywords: Keywords, more: Mapping[str, Any]) -> None:
    """Refuse keywords of ours that a module or a script has a port or a parameter of, too.

    Args:
        own: What was given for keywords of ours; None is nothing.
        keywords: What the module and the script have.
        more: What was given in a way that leaves no doubt.

    Raises:
        KeywordAmbiguousError: There is one.
    """
    for keyword, value in own.items():
        meanings = keywords.meaning(keyword)
        if value is not None and meanings and keyword not in more:
            ours = f"the node's {keyword.replace('_', ' ')}"
            way_out = f"For {meanings[0]} write more={{{keyword!r}: …}}."
            raise KeywordAmbiguousError(
                keyword=keyword, meanings=[ours, *meanings], way_out=way_out
            )


def _is_reference(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("draft", "name", "port"))


def _source(node: Node, port: str, value: Any, draft: object) -> Source:
    if _is_reference(value):
        reference: Reference = value
        if reference.draft is not draft:
            raise NodeOfAnotherDraftError(port=port, source=reference.name)
        return Source(node=reference.name, port=reference.port)
    if isinstance(value, str) and value:
        # As an experiment's file has it.
        name, _, output = value.partition(".")
        return Source(node=NodeName(name), port=PortName(output) if output else None)
    reason = (
        f'The input "{port}" of node "{node.name}" takes a node of the experiment, not a '
        f"{type(value).__name__}. A frame becomes a node by experiment.dataset(frame, name=…)."
    )
    raise NodeRefusedError(node=node.name, reasons=[reason])


def _read_otherwise(node: Node, given: Mapping[str, Any]) -> tuple[Node, Mapping[str, Any]]:
    """A dataset's node with what was given of its version and its reading; and the rest of it."""
    reading = {name: given[name] for name in given if name in READING_OPTIONS}
    rest = {name: given[name] for name in given if name not in {*READING_OPTIONS, "version"}}
    changed = replace(node, reading=replace(node.reading, **reading))
    return replace(changed, version=given.get("version", node.version)), rest


def _with_settings(node: Node, settings: Mapping[str, Any]) -> Node:
    limits: dict[str, int | None] = {}
    plain: dict[str, Any] = {}
    for name, value in settings.items():
        chosen = _SETTINGS[name] if value is None else _plain(value)
        if name == "allow":
            plain[name] = _allowances(node, chosen)
        elif name in _LIMITS:
            try:
                limits[name] = None if value is None else _LIMITS[name](chosen)
            except ValueError as error:
                reason = f'The {name} of node "{node.name}" is wrong: {error}'
                raise NodeRefusedError(node=node.name, reasons=[reason]) from error
        else:
            plain[name] = chosen
    return replace(node, **plain, limits=NodeLimits(**{**vars(node.limits), **limits}))


def _allowances(node: Node, given: Any) -> tuple[Allowance, ...]:
    try:
        return merged(
            one if isinstance(one, Allowance) else parse_allowance(str(one))
            for one in ([given] if isinstance(given, str | Allowance) else given)
        )
    except ValueError as error:
        reason = f'The allow of node "{node.name}" is wrong: {error}'
        raise NodeRefusedError(node=node.name, reasons=[reason]) from error


def _plain(value: Any) -> Any:
    """A value without the types of NumPy, which frames and ranges give."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
