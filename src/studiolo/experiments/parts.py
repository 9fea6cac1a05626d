"""A part of an experiment's file: a mapping whose keys and values are read strictly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.experiments.experiment import SAVED_NAME_RULE, NodeName, is_saved_name
from studiolo.experiments.finding import Finding
from studiolo.experiments.saved_form import FORMAT, KEYS_BY_KIND
from studiolo.experiments.spelling import Spelling, listed
from studiolo.experiments.yaml.document import (
    MappingNode,
    RefusedNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    YamlPosition,
)
from studiolo.experiments.yaml.problem import quoted
from studiolo.files.inside import stays_inside

#: The keys of nodes of any kind.
NODE_KEYS = tuple(dict.fromkeys(key for keys in KEYS_BY_KIND.values() for key in keys))


@dataclass(slots=True)
class Part:
    """A mapping of the file, by key, and what sentences call it."""

    place: YamlPosition
    called: str
    values: dict[str, YamlNode]
    node: NodeName | None = None


class PartReader:
    """Reads values by kind, and notes what is wrong instead of raising it."""

    def __init__(self, file: Path) -> None:
        """``file`` is what findings call the file."""
        self.findings: list[Finding] = []
        self._file = file
        self._spelling = Spelling()

    def plain(self, value: YamlNode, part: Part) -> Any:
        """Any value. The depth of a document is limited, so that this may recurse."""
        if isinstance(value, MappingNode):
            return {key.text: self.plain(inner, part) for key, inner in value.entries}
        if isinstance(value, SequenceNode):
            return [self.plain(item, part) for item in value.items]
        if isinstance(value, RefusedNode):
            return None
        try:
            return value.value
        except ValueError:
            self.find(
                "experiment-value-invalid",
                f"A whole number of {part.called} has {len(value.text)} digits, which is too long. "
                "Put a text of digits in quotes.",
                value,
                part.node,
            )
            return None

    # Values of one kind. Each is None where there is none, or where it was wrong and is reported.

    def text(self, part: Part, key: str) -> str | None:
        """A text."""
        text: str | None = self.of_kind(part, key, "a text", lambda value: isinstance(value, str))
        return text

    def whole(self, part: Part, key: str, *, least: int, most: int | None = None) -> int | None:
        """A whole number from ``least`` to ``most``."""
        limits = f"from {least}" if most is None else f"from {least} to {most}"

        def fits(value: Any) -> bool:
            return type(value) is int and value >= least and (most is None or value <= most)

        number: int | None = self.of_kind(part, key, f"a whole number {limits}", fits)
        return number

    def of_kind(self, part: Part, key: str, kind: str, fits: Callable[[Any], bool]) -> Any:
        """A value that fits, or else is reported as not being of that kind."""
        node = part.values.get(key)
        if node is None or isinstance(node, RefusedNode):
            return None
        value = self.plain(node, part)
        if fits(value):
            return value
        self.wrong(part, key, kind)
        return None

    def file_name(self, part: Part, key: str) -> str | None:
        """The name of a file that is inside its folder."""
        name = self.text(part, key)
        if name is None:
            return None
        if not stays_inside(name) or "\\" in name or not name.isprintable():
            kind = 'a file\'s name, in its folder and without "..", with "/" between folders'
            self.wrong(part, key, kind)
        return name

    def saved_name(self, part: Part, key: str) -> str | None:
        """The name of a saved model or transform."""
        name = self.text(part, key)
        if name is not None and not is_saved_name(name):
            self.wrong(part, key, f"the name of a saved {key.replace('_', ' ')}, {SAVED_NAME_RULE}")
        return name

    def quantity(self, part: Part, key: str, parse: Callable[[str | float], int]) -> int | None:
        """A size or a time, as ``parse`` reads it."""
        node = part.values.get(key)
        if node is None or isinstance(node, RefusedNode):
            return None
        value = self.plain(node, part)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            kind = "a time such as 10m" if key == "timeout" else "a size such as 4GiB"
            self.wrong(part, key, kind)
            return None
        try:
            return parse(value)
        except ValueError as error:
            message = f"The {key} of {part.called} is wrong: {error}"
            self.find("experiment-value-invalid", message, node, part.node)
            return None

    def is_mapping(self, part: Part, key: str) -> bool:
        """Whether the value is a mapping."""
        node = part.values[key]
        if not isinstance(node, MappingNode | RefusedNode):
            self.wrong(part, key, "a mapping; write {} if it is empty")
        return isinstance(node, MappingNode)

    def required(self, part: Part, key: str) -> YamlNode | None:
        """A value that every experiment has."""
        if key not in part.values:
            examples = {"studiolo": f"studiolo: {FORMAT}", "name": "name: …", "nodes": "nodes: {}"}
            message = f'The key "{key}" is missing. Every experiment has one: {examples[key]}'
            self.find("experiment-key-missing", f"{message}.", part.place)
        return part.values.get(key)

    def check_keys(
        self,
        mapping: MappingNode,
        allowed: tuple[str, ...],
        part: Part,
        kinds: Sequence[str] = (),
    ) -> None:
        """Report keys that are not allowed; ``kinds`` are what the node is, if it is one."""
        for key, _ in mapping.entries:
            if key.text in allowed:
                continue
            if part.node is not None and key.text in NODE_KEYS:
                *others, last = [
                    f"a {kind}" for kind, keys in KEYS_BY_KIND.items() if key.text in keys
                ]
                belongs = f"{', '.join(others)} or {last}" if others else last
                reason = (
                    f'The key "{key.text}" belongs to {belongs}, and {part.called} is a {kinds[0]}.'
                )
            else:
                hint = self._spelling.hint(key.text, allowed)
                reason = f"The key {quoted(key.text)} of {part.called} is not known.{hint}"
            message = f"{reason} Allowed: {listed(allowed)}."
            self.find("experiment-key-unknown", message, key, part.node)

    def wrong(self, part: Part, key: str, kind: str) -> None:
        """Report a value that is not of the kind that it has to be."""
        node = part.values[key]
        message = f'"{key}" of {part.called} has to be {kind}, and is {kind_of(node)}.'
        if kind == "a text" and isinstance(node, ScalarNode) and node.text:
            message += f' Put a text that looks like that in quotes: "{node.text}".'
        self.find("experiment-value-invalid", message, node, part.node)

    def find(
        self, code: str, message: str, place: YamlPosition, node: NodeName | None = None
    ) -> None:
        """Note a finding at a place of the file."""
        self.findings.append(
            Finding(
                code=code,
                message=message,
                file=self._file,
                line=place.line,
                column=place.column,
                node=node,
            )
        )


def kind_of(node: YamlNode | None) -> str:
    """The value that was found, as a phrase for a sentence."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if isinstance(node, ScalarNode) and (node.text or node.style):
        return quoted(node.text)
    return "empty"
