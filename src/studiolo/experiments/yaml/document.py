"""A YAML document as a tree that knows the place of everything.

libyaml splits the text; what its pieces mean is decided here and in `yaml_scalars`, since PyYAML's
own loaders follow YAML 1.1, forget places, and take the last of two equal keys.
"""

import re
from dataclasses import dataclass

import yaml

from studiolo.experiments.yaml.problem import Problem, control_character, not_yaml, quoted
from studiolo.experiments.yaml.scalars import Scalar, scalar_value

#: How deep lists and mappings may be nested; no experiment comes near it.
DEEPEST = 50
#: How many keys and values a document may have: ten times what 10,000 ordinary nodes have.
MOST_VALUES = 1_000_000


@dataclass(slots=True)
class YamlPosition:
    """A part of the text."""

    #: Offsets into the text: the first character, and the one after the last.
    start: int
    end: int
    #: Of the first character, from 1.
    line: int
    column: int


@dataclass(slots=True)
class ScalarNode(YamlPosition):
    """A text, number, truth value or nothing."""

    #: As it is written, without quotes and escapes.
    text: str
    #: One of `'`, `"`, `|` and `>`; empty for a scalar without quotes.
    style: str

    @property
    def value(self) -> Scalar:
        """The scalar's value. Raises ValueError for a whole number with thousands of digits."""
        return self.text if self.style else scalar_value(self.text)


@dataclass(slots=True)
class MappingNode(YamlPosition):
    """Keys and their values, in the order of the text; no two keys have the same text."""

    entries: "list[tuple[ScalarNode, YamlNode]]"
    #: Whether it is in braces.
    flow: bool


@dataclass(slots=True)
class SequenceNode(YamlPosition):
    """A list."""

    items: "list[YamlNode]"
    #: Whether it is in brackets.
    flow: bool


@dataclass(slots=True)
class RefusedNode(YamlPosition):
    """A placeholder for something that has been reported."""


YamlNode = ScalarNode | MappingNode | SequenceNode | RefusedNode


def parse_document(text: str) -> tuple[YamlNode | None, list[Problem]]:
    """Read a document; None where it is empty, or not YAML at all and a problem says so."""
    return _Builder(text).build()


class _Builder:
    """Puts libyaml's events together, without recursion: the text decides how deep it goes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.root: YamlNode | None = None
        #: The lists and mappings that are open, outermost first.
        self.open: list[MappingNode | SequenceNode] = []
        #: For each of them: the key that waits for its value, and the keys so far.
        self.keys: list[ScalarNode | RefusedNode | None] = []
        self.lines: list[dict[str, int]] = []

    def build(self) -> tuple[YamlNode | None, list[Problem]]:
        try:
            self._read(yaml.CBaseLoader(self.text))
        except yaml.reader.ReaderError:
            return None, [control_character(self.text)]
        except yaml.MarkedYAMLError as error:
            return None, [*self.problems, not_yaml(self.text, error)]
        return self.root, self.problems

    def _read(self, parser: yaml.CBaseLoader) -> None:
        documents = values = 0
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event))
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._finish(event)
            elif isinstance(event, yaml.AliasEvent):
                self._report(event, *_ALIAS)
                self._add(RefusedNode(*_place(event)))
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report(event, *_SECOND_DOCUMENT)
                    return
                if event.version or event.tags:
                    self._report(event, *_DIRECTIVE)
            values += 1
            if len(self.open) > DEEPEST or values > MOST_VALUES:
                self._report(event, *(_TOO_DEEP if values <= MOST_VALUES else _TOO_MANY))
                self.root = None
                return

    def _scalar(self, event: yaml.ScalarEvent) -> ScalarNode:
        self._look_for_extras(event)
        style = event.style or ""
        start, end, line, column = _place(event)
        if style in {"|", ">"}:
            end = _end_of_block_scalar(self.text, start, end)
        return ScalarNode(start, end, line, column, event.value, style)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._look_for_extras(event)
        node: MappingNode | SequenceNode
        if type(event) is yaml.MappingStartEvent:
            node = MappingNode(*_place(event), [], bool(event.flow_style))
        else:
            node = SequenceNode(*_place(event), [], bool(event.flow_style))
        self.open.append(node)
        self.keys.append(None)
        self.lines.append({})

    def _finish(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        node = self.open.pop()
        self.keys.pop()
        self.lines.pop()
        if node.flow:
            node.end = _place(event)[1]
        # libyaml lets a block end where the next thing begins, after comments on that.
        elif isinstance(node, MappingNode):
            node.end = node.entries[-1][1].end if node.entries else node.start
        else:
            node.end = node.items[-1].end if node.items else node.start
        self._add(node)

    def _add(self, node: YamlNode) -> None:
        """Put a finished node where it belongs: into a list, or as a key, or as its value."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self._key(node)
            return
        self.keys[-1] = None
        if isinstance(key, ScalarNode):
            parent.entries.append((key, node))

    def _key(self, node: YamlNode) -> ScalarNode | RefusedNode:
        refused = RefusedNode(node.start, node.end, node.line, node.column)
        if isinstance(node, RefusedNode):
            return refused
        if not isinstance(node, ScalarNode):
            self._report_at(
                node,
                "experiment-yaml-unsupported",
                "A key has to be a text, not a list or mapping.",
            )
            return refused
        lines = self.lines[-1]
        if node.text in lines:
            message = (
                f"The key {quoted(node.text)} appears here a second time; the first is in line "
                f"{lines[node.text]}. Rename or delete one of them."
            )
            self._report_at(node, "experiment-key-duplicate", message)
            return refused
        lines[node.text] = node.line
        return node

    def _look_for_extras(
        self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent
    ) -> None:
        if event.tag is not None:
            code, message = _TAG
            self._report(
                event, code, message.format(quoted(event.tag.replace("tag:yaml.org,2002:", "!!")))
            )
        if event.anchor is not None:
            self._report(event, *_ANCHOR)

    def _report(self, event: yaml.Event, code: str, message: str) -> None:
        self._report_at(YamlPosition(*_place(event)), code, message)

    def _report_at(self, place: YamlPosition, code: str, message: str) -> None:
        self.problems.append(
            Problem(code=code, message=message, line=place.line, column=place.column)
        )


_TOO_DEEP = (
    "experiment-too-large",
    f"Lists and mappings are nested more than {DEEPEST} deep. Move data into a dataset.",
)
_TOO_MANY = (
    "experiment-too-large",
    f"The file has more than {MOST_VALUES:,} keys and values. Move data into a dataset.",
)
_UNSUPPORTED = "experiment-yaml-unsupported"
_TAG = (
    _UNSUPPORTED,
    "The tag {} is not allowed: an experiment holds plain values only. Delete it.",
)
_ANCHOR = (
    _UNSUPPORTED,
    "An anchor (&…) is not allowed in an experiment. Delete it, and write the value out "
    "wherever it is used; put a text that begins with & in quotes.",
)
_ALIAS = (
    _UNSUPPORTED,
    "An alias (*…) is not allowed in an experiment. Write the value out; put a text that begins "
    "with * in quotes.",
)
_DIRECTIVE = (_UNSUPPORTED, "A line that begins with % is not allowed in an experiment. Delete it.")
_SECOND_DOCUMENT = (
    _UNSUPPORTED,
    "A second document begins here (---), but a file holds one experiment. Delete the line, or "
    "move what follows to a file of its own.",
)


def _place(event: yaml.Event) -> tuple[int, int, int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return start.index, end.index, start.line + 1, start.column + 1


def _end_of_block_scalar(text: str, start: int, end: int) -> int:
    """Where its last line ends; libyaml counts the blank lines and line breaks after it."""
    header = re.match(r"[|>]\S*", text[start : start + 4])
    if header is not None and "+" in header[0]:
        # These are part of the value, save for what ends the last of them.
        return end - (2 if text.endswith("\r\n", start, end) else text.endswith("\n", start, end))
    return start + len(text[start:end].rstrip(" \t\r\n"))
