"""The text of an experiment's file, read strictly: every mistake is found, nothing is guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.datasets.reading_options import READING_OPTIONS, ReadingOptions
from studiolo.experiments.experiment import (
    NODE_KINDS,
    SAVED_NAME_RULE,
    WEB_SERVICE_PLACE,
    Experiment,
    Node,
    NodeLimits,
    NodeName,
    Source,
    is_saved_name,
)
from studiolo.experiments.finding import Finding
from studiolo.experiments.memory_limit import parse_memory
from studiolo.experiments.saved_form import (
    EXPERIMENT_KEYS,
    FORMAT,
    KEYS_BY_KIND,
    PORT_BINDINGS,
)
from studiolo.experiments.spelling import Spelling, listed
from studiolo.experiments.yaml.document import (
    MappingNode,
    RefusedNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    YamlPosition,
    parse_document,
)
from studiolo.experiments.yaml.problem import quoted
from studiolo.files.inside import stays_inside
from studiolo.modules.definition import ModuleId, PortName
from studiolo.quantities import parse_duration

#: NumPy takes no others.
_LARGEST_SEED = 2**32 - 1
_NODE_KEYS = tuple(dict.fromkeys(key for keys in KEYS_BY_KIND.values() for key in keys))


@dataclass(frozen=True, kw_only=True)
class ReadExperiment:
    """The outcome of reading a text."""

    #: None, if there are findings.
    experiment: Experiment | None
    #: As much of it as could be read in spite of the findings, to find more that is wrong.
    partial: Experiment | None
    #: In the order of the text.
    findings: list[Finding]
    #: The tree of the text; None if it has none.
    root: MappingNode | None


def read_text(text: str, *, file: Path, folder: Path) -> ReadExperiment:
    """Read an experiment.

    Args:
        text: The content of its file.
        file: What findings call the file.
        folder: The folder of the experiment.
    """
    reader = _Reader(file)
    document, problems = parse_document(text)
    for problem in problems:
        reader.findings.append(
            Finding(
                code=problem.code,
                message=problem.message,
                file=file,
                line=problem.line,
                column=problem.column,
            )
        )
    experiment = None
    if document is not None or not problems:
        experiment = reader.experiment(document, folder)
    findings = sorted(reader.findings, key=lambda found: (found.line or 0, found.column or 0))
    return ReadExperiment(
        experiment=None if findings else experiment,
        partial=experiment,
        findings=findings,
        root=document if isinstance(document, MappingNode) else None,
    )


@dataclass(slots=True)
class _Part:
    """A mapping of the file, by key, and what sentences call it."""

    place: YamlPosition
    called: str
    values: dict[str, YamlNode]
    node: NodeName | None = None


class _Reader:
    """Turns a tree into an experiment; continues after a mistake, to find them all."""

    def __init__(self, file: Path) -> None:
        self.findings: list[Finding] = []
        self._file = file
        self._spelling = Spelling()
        self._lines: dict[tuple[str, ...], int] = {}

    def experiment(self, root: YamlNode | None, folder: Path) -> Experiment | None:
        if not isinstance(root, MappingNode):
            self._find(
                "experiment-value-invalid",
                f"An experiment is a mapping with the keys {listed(EXPERIMENT_KEYS)}, and this is "
                f"{_kind(root)}.",
                root or YamlPosition(0, 0, 1, 1),
            )
            return None
        part = _Part(root, "an experiment", {key.text: value for key, value in root.entries})
        if not self._has_our_format(part):
            return None
        self._check_keys(root, EXPERIMENT_KEYS, part)
        name = self._text(part, "name")
        nodes = self._required(part, "nodes")
        if "name" not in part.values:
            self._required(part, "name")
        elif name is not None and not name.strip():
            self._wrong(part, "name", "a text that is not blank")
        return Experiment(
            name=name or "",
            description=self._text(part, "description") or "",
            nodes=self._nodes(part, nodes),
            web_service_parameters=self._web_service_parameters(part),
            folder=folder,
            lines=self._lines,
        )

    def _has_our_format(self, part: _Part) -> bool:
        node = self._required(part, "studiolo")
        if node is None:
            return True
        number = self._whole(part, "studiolo", least=1)
        if number is None or number == FORMAT:
            return True
        self._find(
            "experiment-format-newer",
            f"The file has the format {number}; this Studiolo reads the format {FORMAT}. Update "
            "Studiolo to open it.",
            node,
        )
        return False

    def _nodes(self, part: _Part, nodes: YamlNode | None) -> dict[NodeName, Node]:
        if nodes is None or not self._is_mapping(part, "nodes"):
            return {}
        assert isinstance(nodes, MappingNode)
        read: dict[NodeName, Node] = {}
        for key, value in nodes.entries:
            name = NodeName(key.text)
            self._lines[name,] = key.line
            self._check_name(key)
            if isinstance(value, RefusedNode):
                continue
            if not isinstance(value, MappingNode):
                self._find(
                    "experiment-value-invalid",
                    f"The node {quoted(name)} has to be a mapping with one of "
                    f"{listed(NODE_KINDS)}, and is {_kind(value)}.",
                    value,
                    name,
                )
                continue
            read[name] = self._node(name, key, value)
        return read

    def _check_name(self, key: ScalarNode) -> None:
        name = key.text
        if not name.strip():
            reason = "is blank"
        elif name != name.strip():
            reason = "begins or ends with a blank"
        elif "." in name or "/" in name:
            reason = f'has a "{"." if "." in name else "/"}" in it'
        elif not name.isprintable():
            reason = "has an invisible character in it"
        else:
            return
        self._find(
            "node-name-invalid",
            f"The name {quoted(name)} of a node {reason}. A name is any text without dots, "
            "slashes and line breaks.",
            key,
            NodeName(name),
        )

    def _node(self, name: NodeName, key: ScalarNode, mapping: MappingNode) -> Node:
        part = _Part(
            key,
            f"node {quoted(name)}",
            {entry.text: value for entry, value in mapping.entries},
            name,
        )
        for entry, _ in mapping.entries:
            self._lines[name, entry.text] = entry.line
        kinds = [kind for kind in NODE_KINDS if kind in part.values]
        self._check_keys(
            mapping, KEYS_BY_KIND[kinds[0]] if len(kinds) == 1 else _NODE_KEYS, part, kinds
        )
        if len(kinds) != 1:
            names = f"has {' and '.join(kinds)}" if kinds else "does not say what it is"
            self._find(
                "node-kind-unclear",
                f"The node {quoted(name)} {names}. Give it one of {listed(NODE_KINDS)}.",
                key,
                name,
            )
        return Node(
            name=name,
            dataset=self._file_name(part, "dataset"),
            trained_model=self._saved_name(part, "trained_model"),
            transform=self._saved_name(part, "transform"),
            version=self._whole(part, "version", least=1),
            reading=ReadingOptions(**{name: self._text(part, name) for name in READING_OPTIONS}),
            module=self._module(part),
            script=self._file_name(part, "script"),
            inputs=self._inputs(part),
            parameters=self._parameters(part),
            port_binding=self._port_binding(part),
            seed=self._whole(part, "seed", least=0, most=_LARGEST_SEED),
            limits=NodeLimits(
                timeout=self._quantity(part, "timeout", parse_duration),
                memory=self._quantity(part, "memory", parse_memory),
                cpus=self._whole(part, "cpus", least=1),
            ),
            comment=self._text(part, "comment") or "",
        )

    def _web_service_parameters(self, part: _Part) -> dict[str, list[tuple[NodeName, str]]]:
        key = "web_service_parameters"
        if key not in part.values or not self._is_mapping(part, key):
            return {}
        mapping = part.values[key]
        assert isinstance(mapping, MappingNode)
        read: dict[str, list[tuple[NodeName, str]]] = {}
        for name, value in mapping.entries:
            self._lines[WEB_SERVICE_PLACE, name.text] = name.line
            if not name.text.strip() or not name.text.isprintable():
                message = f"The name {quoted(name.text)} of a web-service parameter can't be seen."
                self._find("experiment-value-invalid", message, name)
            items = value.items if isinstance(value, SequenceNode) else [value]
            if not items:
                self._wrong_target(name.text, value)
            read[name.text] = [
                target
                for item in items
                if not isinstance(item, RefusedNode)
                and (target := self._target(name.text, item)) is not None
            ]
        return read

    def _target(self, name: str, item: YamlNode) -> tuple[NodeName, str] | None:
        """A node and a parameter of it, `rank.trees`; a node's name has no dot."""
        node, _, parameter = item.text.partition(".") if isinstance(item, ScalarNode) else ("",) * 3
        if node.strip() and parameter:
            return NodeName(node), parameter
        self._wrong_target(name, item)
        return None

    def _wrong_target(self, name: str, item: YamlNode) -> None:
        message = (
            f"The web-service parameter {quoted(name)} has to be node.parameter, such as "
            f"rank.trees, or a list of these, and is {_kind(item)}."
        )
        self._find("experiment-value-invalid", message, item)

    def _module(self, part: _Part) -> ModuleId | None:
        module = self._text(part, "module")
        if module == "":
            self._wrong(part, "module", 'the id of a module, such as "split-data"')
        return None if module is None else ModuleId(module)

    def _port_binding(self, part: _Part) -> str:
        binding = self._text(part, "port_binding")
        if binding is not None and binding not in PORT_BINDINGS:
            self._wrong(part, "port_binding", " or ".join(PORT_BINDINGS))
        return binding or PORT_BINDINGS[0]

    def _inputs(self, part: _Part) -> dict[PortName, Source]:
        if "inputs" not in part.values or not self._is_mapping(part, "inputs"):
            return {}
        mapping = part.values["inputs"]
        assert isinstance(mapping, MappingNode)
        assert part.node is not None
        inputs: dict[PortName, Source] = {}
        for key, value in mapping.entries:
            self._lines[part.node, "inputs", key.text] = key.line
            if isinstance(value, RefusedNode):
                continue
            # A node may have any name, so that also "1" and "true" are names here, not values.
            node, dot, port = (
                value.text.partition(".") if isinstance(value, ScalarNode) else ("", "", "")
            )
            if not node.strip() or (dot and not port):
                self._find(
                    "experiment-value-invalid",
                    f"The input {quoted(key.text)} of {part.called} has to be the name of a node, "
                    f"or node.port, and is {_kind(value)}.",
                    value,
                    part.node,
                )
                continue
            inputs[PortName(key.text)] = Source(
                node=NodeName(node), port=PortName(port) if dot else None
            )
        return inputs

    def _parameters(self, part: _Part) -> dict[str, Any]:
        if "parameters" not in part.values or not self._is_mapping(part, "parameters"):
            return {}
        mapping = part.values["parameters"]
        assert isinstance(mapping, MappingNode)
        assert part.node is not None
        for key, _ in mapping.entries:
            self._lines[part.node, "parameters", key.text] = key.line
        return {key.text: self._plain(value, part) for key, value in mapping.entries}

    def _plain(self, value: YamlNode, part: _Part) -> Any:
        """Any value. The depth of a document is limited, so that this may recurse."""
        if isinstance(value, MappingNode):
            return {key.text: self._plain(inner, part) for key, inner in value.entries}
        if isinstance(value, SequenceNode):
            return [self._plain(item, part) for item in value.items]
        if isinstance(value, RefusedNode):
            return None
        try:
            return value.value
        except ValueError:
            self._find(
                "experiment-value-invalid",
                f"A whole number of {part.called} has {len(value.text)} digits, which is too long. "
                "Put a text of digits in quotes.",
                value,
                part.node,
            )
            return None

    # Values of one kind. Each is None where there is none, or where it was wrong and is reported.

    def _text(self, part: _Part, key: str) -> str | None:
        text: str | None = self._of_kind(part, key, "a text", lambda value: isinstance(value, str))
        return text

    def _whole(self, part: _Part, key: str, *, least: int, most: int | None = None) -> int | None:
        limits = f"from {least}" if most is None else f"from {least} to {most}"

        def fits(value: Any) -> bool:
            return type(value) is int and value >= least and (most is None or value <= most)

        number: int | None = self._of_kind(part, key, f"a whole number {limits}", fits)
        return number

    def _of_kind(self, part: _Part, key: str, kind: str, fits: Callable[[Any], bool]) -> Any:
        node = part.values.get(key)
        if node is None or isinstance(node, RefusedNode):
            return None
        value = self._plain(node, part)
        if fits(value):
            return value
        self._wrong(part, key, kind)
        return None

    def _file_name(self, part: _Part, key: str) -> str | None:
        name = self._text(part, key)
        if name is None:
            return None
        if not stays_inside(name) or "\\" in name or not name.isprintable():
            kind = 'a file\'s name, in its folder and without "..", with "/" between folders'
            self._wrong(part, key, kind)
        return name

    def _saved_name(self, part: _Part, key: str) -> str | None:
        name = self._text(part, key)
        if name is not None and not is_saved_name(name):
            self._wrong(
                part, key, f"the name of a saved {key.replace('_', ' ')}, {SAVED_NAME_RULE}"
            )
        return name

    def _quantity(self, part: _Part, key: str, parse: Callable[[str | float], int]) -> int | None:
        node = part.values.get(key)
        if node is None or isinstance(node, RefusedNode):
            return None
        value = self._plain(node, part)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            kind = "a time such as 10m" if key == "timeout" else "a size such as 4GiB"
            self._wrong(part, key, kind)
            return None
        try:
            return parse(value)
        except ValueError as error:
            message = f"The {key} of {part.called} is wrong: {error}"
            self._find("experiment-value-invalid", message, node, part.node)
            return None

    def _is_mapping(self, part: _Part, key: str) -> bool:
        node = part.values[key]
        if not isinstance(node, MappingNode | RefusedNode):
            self._wrong(part, key, "a mapping; write {} if it is empty")
        return isinstance(node, MappingNode)

    def _required(self, part: _Part, key: str) -> YamlNode | None:
        if key not in part.values:
            examples = {"studiolo": f"studiolo: {FORMAT}", "name": "name: …", "nodes": "nodes: {}"}
            message = f'The key "{key}" is missing. Every experiment has one: {examples[key]}'
            self._find("experiment-key-missing", f"{message}.", part.place)
        return part.values.get(key)

    def _check_keys(
        self,
        mapping: MappingNode,
        allowed: tuple[str, ...],
        part: _Part,
        kinds: Sequence[str] = (),
    ) -> None:
        for key, _ in mapping.entries:
            if key.text in allowed:
                continue
            if part.node is not None and key.text in _NODE_KEYS:
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
            self._find("experiment-key-unknown", message, key, part.node)

    def _wrong(self, part: _Part, key: str, kind: str) -> None:
        node = part.values[key]
        message = f'"{key}" of {part.called} has to be {kind}, and is {_kind(node)}.'
        if kind == "a text" and isinstance(node, ScalarNode) and node.text:
            message += f' Put a text that looks like that in quotes: "{node.text}".'
        self._find("experiment-value-invalid", message, node, part.node)

    def _find(
        self, code: str, message: str, place: YamlPosition, node: NodeName | None = None
    ) -> None:
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


def _kind(node: YamlNode | None) -> str:
    """The value that was found, as a phrase for a sentence."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if isinstance(node, ScalarNode) and (node.text or node.style):
        return quoted(node.text)
    return "empty"
