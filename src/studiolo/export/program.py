"""An experiment as one Python program that does the same without Studiolo."""

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from studiolo.datasets.dataset import Dataset
from studiolo.environments.environment import default_spec
from studiolo.environments.package_names import suggest_package
from studiolo.experiments.experiment import NodeName
from studiolo.export.errors import ExportDeviceError
from studiolo.export.literals import quoted
from studiolo.export.module import SourceFunction, as_function
from studiolo.export.names import Names
from studiolo.export.nodes import FOLDER, RESULTS, SELECT, SELECT_ONE, NodeLines, stem
from studiolo.export.parts import names_defined, parts_of
from studiolo.export.readers import FileReading, differences, reader
from studiolo.modules.definition import PortKind
from studiolo.runs.planning.plan import DATASET_PORT, Plan, PlannedDataset, Step
from studiolo.runs.scripts.imports import imported_modules

#: What every program needs; pandas keeps text in the memory of pyarrow.
_ALWAYS = ("numpy", "pandas", "pyarrow")
#: What a saved model or transform needs in any case.
_FOR_SAVED = ("cloudpickle", "scikit-learn")
_PYTHON = ">=3.11"
_LOCKED = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)(?: ; (?P<where>.*?))? \\$", re.M
)


@dataclass(frozen=True, kw_only=True)
class ExportedProgram:
    """A program, and what its user should know."""

    text: str
    #: What it does otherwise than the experiment, a sentence each.
    notes: Sequence[str]


def export_program(
    plan: Plan, datasets: Mapping[NodeName, Mapping[str, Dataset]], *, file: str
) -> ExportedProgram:
    """Write the program that does what a plan does.

    Args:
        plan: What the program is to do.
        datasets: What Studiolo reads itself, by node: the content of a dataset node by the name
            of its port, and what a module's parameters stand for by the parameter's name.
        file: The name of the program's file, which it tells how to run.

    Raises:
        ExportFormatError: It would have to read or write a file that only Studiolo can.
        ExportDeviceError: It would have to return what a script printed and drew.
    """
    for step in plan.steps.values():
        if step.returns_device:
            raise ExportDeviceError(node=step.name)
    return _Exporter(plan, datasets, file).program()


class _Exporter:
    def __init__(
        self, plan: Plan, datasets: Mapping[NodeName, Mapping[str, Dataset]], file: str
    ) -> None:
        self._plan = plan
        self._datasets = datasets
        self._file = file
        self._runtime = files("studiolo.export").joinpath("runtime.py").read_text("utf-8")
        self._functions = Names(prefix="_")
        self._parts = {"arguments", "show"}
        self._notes: list[str] = []

    def program(self) -> ExportedProgram:
        readers = dict(self._readers())
        sources = dict(self._sources())
        reserved = {*names_defined(self._runtime), FOLDER, RESULTS, SELECT, SELECT_ONE, "main"}
        nodes = NodeLines(
            self._plan,
            self._datasets,
            names=Names(reserved),
            sources={source: name for source, (name, _) in sources.items()},
            readers={file: name for file, (name, _) in readers.items()},
        )
        body = [textwrap.indent(line, "    ") for line in nodes.lines()]
        self._parts |= nodes.parts
        functions = [function for _, function in sources.values()]
        if any(function.is_loaded for function in functions):
            self._parts.add("load")
        if nodes.draws:
            self._parts.add("os")
        parts = parts_of(self._runtime, self._parts)
        selecting = list(self._selecting())
        blocks = [
            *(text for _, text in readers.values()),
            *(function.text for function in functions),
            *selecting,
            *parts.functions,
            self._main(body, draws=nodes.draws),
        ]
        standard, installed = _in_groups(parts.imports)
        head = [block for block in (standard, installed) if block]
        if nodes.draws:
            # Before the first import of matplotlib.
            head.append('os.environ.setdefault("MPLBACKEND", "agg")')
        head += parts.constants
        spaced = "\n\n\n".join(block.strip("\n") for block in blocks)
        write = ", given.write" if nodes.draws else ""
        last = f"    given = arguments()\n    show(main(given.{FOLDER}{write}), given.write)\n"
        text = (
            f"{self._metadata()}\n{self._docstring()}\n\n"
            + "\n\n".join(head)
            + f"\n\n\n{spaced}\n\n\n"
            + f'if __name__ == "__main__":\n{last}'
        )
        return ExportedProgram(text=text, notes=tuple(self._notes))

    def _readers(self) -> Iterator[tuple[FileReading, tuple[str, str]]]:
        """By file and options: the function that reads it, and its definition."""
        read: set[FileReading] = set()
        for step, name, version in self._files():
            if version.kind is not PortKind.DATASET:
                continue
            if step.node.version is not None:
                self._notes.append(
                    f"{version.name}: the experiment uses version {step.node.version} of the file, "
                    "the program the version in the folder."
                )
            reading = version.name, version.reading
            if reading in read:
                continue
            dataset = self._datasets[step.name].get(name)
            function = self._functions.give(f"read {stem(version.name)}")
            read.add(reading)
            text, parts = reader(
                version.name, dataset, function=function, folder=FOLDER, options=version.reading
            )
            self._parts.update(parts)
            self._notes += [] if dataset is None else differences(version.name, dataset)
            yield reading, (function, text)

    def _files(self) -> Iterator[tuple[Step, str, PlannedDataset]]:
        """The dataset files that steps read: the step, the port or parameter, and the file."""
        for step in self._plan.steps.values():
            if step.dataset is not None:
                yield step, DATASET_PORT, step.dataset
            for name, version in step.files.items():
                yield step, name, version

    def _sources(self) -> Iterator[tuple[str, tuple[str, SourceFunction]]]:
        """By the text of a module or script: the function that it becomes."""
        met: set[str] = set()
        for step in self._plan.steps.values():
            script = step.script
            if script is None or script.source in met:
                continue
            met.add(script.source)
            name = self._functions.give(stem(script.name))
            yield script.source, (name, as_function(script.source, name=name, file=script.name))

    def _selecting(self) -> Iterator[str]:
        """The choice of columns as the sandbox makes it, if a node needs it."""
        if not self._parts & {SELECT, SELECT_ONE}:
            return
        guest = files("studiolo_guest")
        source = guest.joinpath("contract", "column_selection.py").read_text("utf-8")
        name = self._functions.give("column selection")
        both = f"{SELECT}, {SELECT_ONE}"
        yield as_function(source, name=name, file="column_selection.py", gives=both).text
        yield f"{both} = {name}()"

    def _main(self, body: Sequence[str], *, draws: bool) -> str:
        write = f", {RESULTS}: Path | None = None" if draws else ""
        says = '"""Carry out the experiment; its results, by the names of the nodes."""'
        head = f"def main({FOLDER}: Path{write}) -> dict[str, Any]:\n    {says}\n"
        return head + "\n\n".join(body)

    def _metadata(self) -> str:
        """The block that tells tools such as uv what the program needs (PEP 723)."""
        steps = [step for step in self._plan.steps.values() if step.script is not None]
        asked = dict.fromkeys(need for step in steps for need in step.metadata.dependencies)
        pythons = [step.metadata.requires_python for step in steps]
        ranges = dict.fromkeys([_PYTHON, *(python for python in pythons if python)])
        lines = [
            "# /// script",
            f"# requires-python = {quoted(','.join(ranges))}",
            "# dependencies = [",
            *(f"#     {quoted(need)}," for need in [*self._default_packages(), *asked]),
            "# ]",
            "# ///",
        ]
        return "\n".join(lines)

    def _default_packages(self) -> list[str]:
        """Those of the default environment that are used, in the versions that it has."""
        imported = {
            module
            for step in self._plan.steps.values()
            if step.script is not None
            for module in imported_modules(step.script.source)
            if module.partition(".")[0] not in sys.stdlib_module_names
        }
        saved = any(step.saved is not None for step in self._plan.steps.values())
        used = {*_ALWAYS, *(_FOR_SAVED if saved else ()), *map(suggest_package, imported)}
        return [
            f"{package['name']}=={package['version']}"
            + (f" ; {package['where']}" if package["where"] else "")
            for package in _LOCKED.finditer(default_spec().lock)
            if package["name"] in used
        ]

    def _docstring(self) -> str:
        experiment = self._plan.experiment
        named = dict.fromkeys(version.name for _, _, version in self._files())
        read = f' It reads from the folder, "{FOLDER}" if none is given: {", ".join(named)}.'
        paragraphs = [
            _wrapped(experiment.name.rstrip(".") + "."),
            _wrapped(experiment.description),
            _wrapped(
                f'Does what the Studiolo experiment "{experiment.folder.name}" does, without '
                "Studiolo. The packages that it needs are named above; uv installs them:"
            ),
            f"    uv run {self._file} [DATASETS_FOLDER] [--write FOLDER]",
            _wrapped(
                f"With --write the results are written as CSV files.{read if named else ''} "
                "Files that a script saves go to the folder in which you start the program."
            ),
            *(["What differs from Studiolo:"] if self._notes else []),
            *(_wrapped(f"- {note}") for note in self._notes),
        ]
        text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
        escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        return f'"""{escaped}\n"""'


def _wrapped(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return textwrap.fill(" ".join(shown.split()), 98, break_long_words=False)


def _in_groups(imports: str) -> tuple[str, str]:
    """Those of the standard library, and the others."""
    lines = imports.split("\n")
    standard = [line for line in lines if re.split(r"[ .]", line)[1] in sys.stdlib_module_names]
    return "\n".join(standard), "\n".join(line for line in lines if line not in standard)
