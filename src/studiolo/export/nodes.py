"""The nodes of an experiment as lines of an exported program."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from studiolo.datasets.dataset import Dataset
from studiolo.experiments.experiment import NodeName
from studiolo.export.entry import (
    module_arguments,
    returns_bare,
    script_arguments,
    signature_of,
)
from studiolo.export.literals import WIDTH, bracketed, indented, literal, quoted
from studiolo.export.names import Names
from studiolo.export.readers import FileReading, frame_literal, place, writer
from studiolo.export.variables import SECOND, Variables, files_written, is_script
from studiolo.modules.definition import Parameter, ParameterKind, PortKind, PortName
from studiolo.modules.signature import Signature
from studiolo.runs.planning.plan import DATASET_PORT, Plan, Step, outputs_of
from studiolo.runs.scripts.imports import imported_modules

#: What a program's `main` is given: the folder of the datasets, and that of the results.
FOLDER: Final = "datasets"
RESULTS: Final = "write"
#: The functions that choose columns; they are a module of the sandbox's.
SELECT: Final = "select"
SELECT_ONE: Final = "select_one"

_BUNDLE: Final = PortName("script_bundle")
#: The widest that a statement inside of `main` may be.
_WIDTH: Final = WIDTH - 4
_DRAWING: Final = {"matplotlib", "seaborn", "pylab"}


class NodeLines:
    """Writes the lines of one program after another node's, and notes which parts they need."""

    def __init__(
        self,
        plan: Plan,
        datasets: Mapping[NodeName, Mapping[str, Dataset]],
        *,
        names: Names,
        sources: Mapping[str, str],
        readers: Mapping[FileReading, str],
    ) -> None:
        """Prepare to write the nodes of a plan.

        Args:
            plan: Whose nodes.
            datasets: What Studiolo reads for them itself; see `export_program`.
            names: Gives the variables their names.
            sources: By the text of a module or script: the function that it became.
            readers: By file and options: the function that reads it.
        """
        self._plan = plan
        self._datasets = datasets
        self._sources = sources
        self._readers = readers
        #: The parts of the runtime that the lines call.
        self.parts: set[str] = set()
        self._variables = Variables(plan, names)
        self.draws = any(map(self._draws, plan.steps.values()))

    def lines(self) -> Iterator[str]:
        """The statements of the program, a text of one or more lines each."""
        for step in self._plan.steps.values():
            if step.definition is not None:
                statements = list(self._module(step))
            else:
                statements = list(self._dataset(step) if step.dataset else self._saved(step))
            if not statements:
                continue
            yield "\n".join([*_comment(step.node.comment), *statements])
        entries = [f"{quoted(name)}: {variable}" for name, variable in self._results()]
        yield f"return {bracketed('{', entries, '}', _WIDTH - 7)}"

    def _results(self) -> Iterator[tuple[str, str]]:
        """The outputs that no node uses, by the name that they are shown under."""
        for name in self._variables.ends:
            ports = self._variables.wanted(self._plan.steps[name])
            frames = [p for p in ports if self._variables.kind(name, p) is PortKind.DATASET]
            for number, port in enumerate(frames):
                yield f"{name}.{port}" if number else name, self._variables.of(name, port)

    def _dataset(self, step: Step) -> Iterator[str]:
        assert step.dataset is not None
        variable = self._variables.of(step.name, DATASET_PORT)
        if step.dataset.kind is PortKind.DATASET:
            yield f"{variable} = {self._readers[step.dataset.name, step.dataset.reading]}({FOLDER})"
        elif step.name not in self._variables.ends:
            yield f"{variable} = {place(FOLDER, step.dataset.name)}"

    def _saved(self, step: Step) -> Iterator[str]:
        """A saved model or transform, from the workspace's folder beside that of the datasets."""
        assert step.saved is not None
        if step.name not in self._variables.ends:
            ((port, _),) = outputs_of(step)
            file = place(f"{FOLDER}.parent", step.saved.place)
            yield f"{self._variables.of(step.name, port)} = {self._part('saved_object')}({file})"

    def _module(self, step: Step) -> Iterator[str]:
        if step.seed is not None:
            if step.node.seed is None:
                yield "# Drawn in Studiolo; without this line each run draws anew."
            yield f"{self._part('seed')}({step.seed})"
        bundle = step.sources.get(_BUNDLE) if is_script(step) else None
        if bundle is None:
            yield from self._assignment(step, _WIDTH)
        else:
            yield f"with {self._part('script_bundle')}({self._variables.of(*bundle)}):"
            yield from map(indented, self._assignment(step, _WIDTH - 4))
        yield from self._writes(step)
        if self._draws(step):
            yield f"{self._part('save_figures')}({quoted(step.name)}, {RESULTS})"

    def _draws(self, step: Step) -> bool:
        if step.script is None:
            return False
        return bool(_DRAWING & {m.partition(".")[0] for m in imported_modules(step.script.source)})

    def _assignment(self, step: Step, width: int) -> Iterator[str]:
        """The call of the module, and what becomes of what it returns."""
        assert step.definition is not None
        wanted = self._variables.wanted(step)
        targets = [
            self._variables.of(step.name, port) if port in wanted else "_"
            for port, _ in outputs_of(step)
        ]
        if is_script(step):
            part = "script_datasets" if SECOND in wanted else "script_dataset"
            shown = ", ".join(targets if SECOND in wanted else targets[:1])
            yield self._call(step, f"{shown} = {self._part(part)}(", self._end(step), width)
        elif not wanted:
            yield self._call(step, "", "", width)
        elif len(targets) == 1:
            opening, closing = self._converted(step, step.definition.outputs[0].kind)
            yield self._call(step, f"{targets[0]} = {opening}", closing, width)
        else:
            yield from self._several(step, wanted, targets, width)

    def _several(
        self, step: Step, wanted: Sequence[PortName], targets: Sequence[str], width: int
    ) -> Iterator[str]:
        """The call of a module with more than one output."""
        assert step.definition is not None
        kinds = [self._variables.kind(step.name, port) for port in wanted]
        shown, opening, closing = ", ".join(targets), "", ""
        if any(output.optional for output in step.definition.outputs):
            opening, closing = f"{self._part('all_outputs')}(", f", {len(targets)})"
        if len(kinds) == len(targets) and set(kinds) == {PortKind.DATASET}:
            opening, closing = (
                f"{self._part('each_dataset')}({opening}",
                f"{closing}{self._end(step)}",
            )
            yield self._call(step, f"{shown} = {opening}", closing, width)
            return
        yield self._call(step, f"{shown} = {opening}", closing, width)
        for port, kind in zip(wanted, kinds, strict=True):
            variable = self._variables.of(step.name, port)
            if kind is PortKind.DATASET:
                yield f"{variable} = {self._part('dataset')}({variable}{self._end(step)}"
            elif kind is PortKind.ZIP:
                yield f"{variable} = {self._part('as_file')}({variable})"

    def _converted(self, step: Step, kind: PortKind) -> tuple[str, str]:
        """The code around the call of a module with one output."""
        if kind is PortKind.DATASET:
            return f"{self._part('dataset')}(", self._end(step)
        assert step.script is not None
        bare = returns_bare(step.script.source)
        opening, closing = ("", "") if bare else (f"{self._part('only')}(", ")")
        if kind is PortKind.ZIP:
            return f"{self._part('as_file')}({opening}", f"{closing})"
        return opening, closing

    def _call(self, step: Step, before: str, after: str, width: int) -> str:
        assert step.script is not None
        entry = f"{self._sources[step.script.source]}()"
        signature = signature_of(step.script.source)
        items = [*self._arguments(step, signature), *self._keywords(step, width - 8)]
        if is_script(step) and signature is None:
            items.insert(0, entry)
            entry = self._part("call")
        line = bracketed(f"{before}{entry}(", items, f"){after}", width)
        if "\n" not in line or not after:
            return line
        # The call on lines of its own, inside of what is around it.
        inner = bracketed(f"{entry}(", items, ")", width - 4)
        return f"{before.rstrip()}\n{indented(inner)}\n{after}"

    def _arguments(self, step: Step, signature: Signature | None) -> list[str]:
        assert step.definition is not None
        given = [
            self._taken(step, port.name) if port.name in step.sources else "None"
            for port in step.definition.inputs
            if port.name != _BUNDLE or not is_script(step)
        ]
        if is_script(step):
            return script_arguments(signature, given, slot=step.node.port_binding == "slot")
        return module_arguments(signature, given)

    def _taken(self, step: Step, port: PortName) -> str:
        """The value for an input port: a copy, if another node still needs the original."""
        source = step.sources[port]
        needed = self._variables.taken(source)
        variable, kind = self._variables.of(*source), self._variables.kind(*source)
        if kind is PortKind.ZIP:
            return f"{self._part('opened')}({variable})"
        if kind is PortKind.DATASET and not step.metadata.nullable:
            return f"{self._part('with_floats')}({variable})"
        if not needed:
            return variable
        if kind is PortKind.DATASET:
            return f"{variable}.copy()"
        return f"{self._part('duplicate')}({variable})"

    def _end(self, step: Step) -> str:
        """The end of what is around the call of a module: the frames that it got with floats."""
        if step.metadata.nullable:
            return ")"
        given = [
            self._variables.of(*source)
            for source in step.sources.values()
            if self._variables.kind(*source) is PortKind.DATASET
        ]
        return f", [{', '.join(given)}])" if given else ")"

    def _keywords(self, step: Step, width: int) -> Iterator[str]:
        assert step.definition is not None
        values: dict[str, str] = {}
        held = self._datasets.get(step.name, {})
        for name, value in step.parameters.items():
            if name in held:
                values[name], parts = frame_literal(held[name], width)
                self.parts.update(["pd", *parts])
            else:
                values[name] = literal(value, width - len(name))
        for name, version in step.files.items():
            values[name] = f"{self._readers[version.name, version.reading]}({FOLDER})"
        for name, (parameter, selection) in step.columns.items():
            values[name] = self._columns(step, parameter, selection, width - len(name))
        # In the order of the module's form.
        order = {p.name: place for place, p in enumerate(step.definition.parameters)}
        for name in sorted(values, key=lambda name: order.get(name, len(order))):
            value = values[name]
            yield f"{name}={value}" if name.isidentifier() else f"**{{{quoted(name)}: {value}}}"

    def _columns(self, step: Step, parameter: Parameter, selection: Any, width: int) -> str:
        """The names that a selection means: written out where they don't depend on the dataset."""
        source = step.sources.get(parameter.port) if parameter.port else None
        if source is None:
            return "None"
        if isinstance(selection, str):
            return quoted(selection)
        variable = self._variables.of(*source)
        single = parameter.kind is ParameterKind.COLUMN
        begin, rules = selection["begin"], selection["rules"]
        if not single and not rules:
            return f"list({variable}.columns)" if begin == "all" else "[]"
        if not single and begin == "none" and len(rules) == 1 and rules[0]["include"]:
            names = rules[0].get("names")
            if names is not None:
                return literal(names, width)
        choose = self._part(SELECT_ONE if single else SELECT)
        return bracketed(f"{choose}(", [variable, literal(selection, width - 4)], ")", width)

    def _writes(self, step: Step) -> Iterator[str]:
        """The statements that write what the host writes once the module has succeeded."""
        for port, file, overwrite in files_written(step):
            source = step.sources[port]
            self._variables.taken(source)
            variable = self._variables.of(*source)
            statement, part = writer(variable, file, folder=FOLDER, overwrite=overwrite)
            self.parts.add(part)
            yield statement

    def _part(self, name: str) -> str:
        self.parts.add(name)
        return name


def _comment(text: str) -> list[str]:
    shown = "".join(c if c.isprintable() else " " for c in text)
    words = " ".join(shown.split())
    lines: list[str] = []
    for word in words.split(" ") if words else ():
        if lines and len(lines[-1]) + 1 + len(word) <= _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"# {word}")
    return lines


def stem(file: str) -> str:
    """A file's name without its extension."""
    return PurePosixPath(file).name.partition(".")[0]
