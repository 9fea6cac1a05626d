"""The text of an experiment's file, read strictly: every mistake is found, nothing is guessed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.datasets.reading_options import READING_OPTIONS, ReadingOptions
from studiolo.experiments.allowance import Allowance, merged, parse_allowance, too_many
from studiolo.experiments.experiment import (
    ENVIRONMENT_PLACE,
    NODE_KINDS,
    WEB_SERVICE_PLACE,
    Experiment,
    Node,
    NodeLimits,
    NodeName,
    Source,
)
from studiolo.experiments.finding import Finding
from studiolo.experiments.memory_limit import parse_memory
from studiolo.experiments.parts import NODE_KEYS, Part, PartReader, kind_of
from studiolo.experiments.saved_form import (
    EXPERIMENT_KEYS,
    FORMAT,
    KEYS_BY_KIND,
    PORT_BINDINGS,
)
from studiolo.experiments.spelling import listed
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
from studiolo.modules.definition import ModuleId, PortName
from studiolo.quantities import parse_duration

#: NumPy takes no others.
_LARGEST_SEED = 2**32 - 1


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


class _Reader(PartReader):
    """Turns a tree into an experiment; continues after a mistake, to find them all."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._lines: dict[tuple[str, ...], int] = {}

    def experiment(self, root: YamlNode | None, folder: Path) -> Experiment | None:
        if not isinstance(root, MappingNode):
            self.find(
                "experiment-value-invalid",
                f"An experiment is a mapping with the keys {listed(EXPERIMENT_KEYS)}, and this is "
                f"{kind_of(root)}.",
                root or YamlPosition(0, 0, 1, 1),
            )
            return None
        part = Part(root, "an experiment", {key.text: value for key, value in root.entries})
        if not self._has_our_format(part):
            return None
        self.check_keys(root, EXPERIMENT_KEYS, part)
        name = self.text(part, "name")
        nodes = self.required(part, "nodes")
        if "name" not in part.values:
            self.required(part, "name")
        elif name is not None and not name.strip():
            self.wrong(part, "name", "a text that is not blank")
        if "environment" in part.values:
            self._lines[ENVIRONMENT_PLACE,] = part.values["environment"].line
        return Experiment(
            name=name or "",
            description=self.text(part, "description") or "",
            environment=self.text(part, "environment"),
            nodes=self._nodes(part, nodes),
            web_service_parameters=self._web_service_parameters(part),
            folder=folder,
            lines=self._lines,
        )

    def _has_our_format(self, part: Part) -> bool:
        node = self.required(part, "studiolo")
        if node is None:
            return True
        number = self.whole(part, "studiolo", least=1)
        if number is None or number == FORMAT:
            return True
        self.find(
            "experiment-format-newer",
            f"The file has the format {number}; this Studiolo reads the format {FORMAT}. Update "
            "Studiolo to open it.",
            node,
        )
        return False

    def _nodes(self, part: Part, nodes: YamlNode | None) -> dict[NodeName, Node]:
        if nodes is None or not self.is_mapping(part, "nodes"):
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
                self.find(
                    "experiment-value-invalid",
                    f"The node {quoted(name)} has to be a mapping with one of "
                    f"{listed(NODE_KINDS)}, and is {kind_of(value)}.",
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
        self.find(
            "node-name-invalid",
            f"The name {quoted(name)} of a node {reason}. A name is any text without dots, "
            "slashes and line breaks.",
            key,
            NodeName(name),
        )

    def _node(self, name: NodeName, key: ScalarNode, mapping: MappingNode) -> Node:
        part = Part(
            key,
            f"node {quoted(name)}",
            {entry.text: value for entry, value in mapping.entries},
            name,
        )
        for entry, _ in mapping.entries:
            self._lines[name, entry.text] = entry.line
        kinds = [kind for kind in NODE_KINDS if kind in part.values]
        self.check_keys(
            mapping, KEYS_BY_KIND[kinds[0]] if len(kinds) == 1 else NODE_KEYS, part, kinds
        )
        if len(kinds) != 1:
            names = f"has {' and '.join(kinds)}" if kinds else "does not say what it is"
            self.find(
                "node-kind-unclear",
                f"The node {quoted(name)} {names}. Give it one of {listed(NODE_KINDS)}.",
                key,
                name,
            )
        return Node(
            name=name,
            dataset=self.file_name(part, "dataset"),
            trained_model=self.saved_name(part, "trained_model"),
            transform=self.saved_name(part, "transform"),
            version=self.whole(part, "version", least=1),
            reading=ReadingOptions(**{name: self.text(part, name) for name in READING_OPTIONS}),
            module=self._module(part),
            script=self.file_name(part, "script"),
            environment=self.text(part, "environment"),
            inputs=self._inputs(part),
            parameters=self._parameters(part),
            port_binding=self._port_binding(part),
            seed=self.whole(part, "seed", least=0, most=_LARGEST_SEED),
            limits=NodeLimits(
                timeout=self.quantity(part, "timeout", parse_duration),
                memory=self.quantity(part, "memory", parse_memory),
                cpus=self.whole(part, "cpus", least=1),
            ),
            allow=self._allow(part),
            secrets=self._secrets(part),
            cache=bool(
                self.of_kind(part, "cache", "true or false", lambda value: isinstance(value, bool))
            ),
            comment=self.text(part, "comment") or "",
        )

    def _web_service_parameters(self, part: Part) -> dict[str, list[tuple[NodeName, str]]]:
        key = "web_service_parameters"
        if key not in part.values or not self.is_mapping(part, key):
            return {}
        mapping = part.values[key]
        assert isinstance(mapping, MappingNode)
        read: dict[str, list[tuple[NodeName, str]]] = {}
        for name, value in mapping.entries:
            self._lines[WEB_SERVICE_PLACE, name.text] = name.line
            if not name.text.strip() or not name.text.isprintable():
                message = f"The name {quoted(name.text)} of a web-service parameter can't be seen."
                self.find("experiment-value-invalid", message, name)
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
            f"rank.trees, or a list of these, and is {kind_of(item)}."
        )
        self.find("experiment-value-invalid", message, item)

    def _module(self, part: Part) -> ModuleId | None:
        module = self.text(part, "module")
        if module == "":
            self.wrong(part, "module", 'the id of a module, such as "split-data"')
        return None if module is None else ModuleId(module)

    def _allow(self, part: Part) -> tuple[Allowance, ...]:
        node = part.values.get("allow")
        if node is None or isinstance(node, RefusedNode):
            return ()
        if not isinstance(node, SequenceNode):
            self.wrong(part, "allow", 'a list of hosts and ports, such as ["api.example.com:443"]')
            return ()
        found = []
        for item in node.items:
            value = self.plain(item, part)
            try:
                found.append(parse_allowance(value if isinstance(value, str) else kind_of(item)))
            except ValueError as error:
                message = f'"allow" of {part.called}: {error}'
                self.find("experiment-value-invalid", message, item, part.node)
        allowances = merged(found)
        if problem := too_many(allowances):
            self.find("experiment-value-invalid", problem, node, part.node)
        return allowances

    def _secrets(self, part: Part) -> tuple[str, ...]:
        def fits(value: Any) -> bool:
            return isinstance(value, list) and all(
                isinstance(name, str) and name.isidentifier() and name.isascii() for name in value
            )

        names = self.of_kind(part, "secrets", "a list of names, such as [DB_PASSWORD]", fits)
        return tuple(dict.fromkeys(names or ()))

    def _port_binding(self, part: Part) -> str:
        binding = self.text(part, "port_binding")
        if binding is not None and binding not in PORT_BINDINGS:
            self.wrong(part, "port_binding", " or ".join(PORT_BINDINGS))
        return binding or PORT_BINDINGS[0]

    def _inputs(self, part: Part) -> dict[PortName, Source]:
        if "inputs" not in part.values or not self.is_mapping(part, "inputs"):
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
                self.find(
                    "experiment-value-invalid",
                    f"The input {quoted(key.text)} of {part.called} has to be the name of a node, "
                    f"or node.port, and is {kind_of(value)}.",
                    value,
                    part.node,
                )
                continue
            inputs[PortName(key.text)] = Source(
                node=NodeName(node), port=PortName(port) if dot else None
            )
        return inputs

    def _parameters(self, part: Part) -> dict[str, Any]:
        if "parameters" not in part.values or not self.is_mapping(part, "parameters"):
            return {}
        mapping = part.values["parameters"]
        assert isinstance(mapping, MappingNode)
        assert part.node is not None
        for key, _ in mapping.entries:
            self._lines[part.node, "parameters", key.text] = key.line
        return {key.text: self.plain(value, part) for key, value in mapping.entries}
