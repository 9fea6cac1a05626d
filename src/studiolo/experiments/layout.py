"""The layout of an experiment, `layout.json`: the one place where it is read and written.

It says where the nodes are on the canvas, and nothing that a result depends on: an experiment runs
without it, and whatever is wrong with it.
"""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from studiolo.experiments.errors import ExperimentUnwritableError, LayoutFileError
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.finding import Finding, Severity
from studiolo.files.whole_file import replacing

FILE_NAME = "layout.json"
#: The format that this Studiolo writes, and the newest that it reads.
FORMAT = 1
#: In bytes; a hundred thousand nodes.
LARGEST_FILE = 8 << 20
#: Farther from the origin no canvas goes.
_FARTHEST = 1e7
#: How far a copy is put from its original, to the right and down.
_BESIDE = 32
#: Mistakes of one file that are told.
_TOLD = 20


@dataclass(frozen=True, kw_only=True)
class Position:
    """The upper left corner of a node on the canvas, in pixels at a zoom of 1; y goes down."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The positions of nodes. A node that has none is placed by the program that draws it."""

    positions: Mapping[NodeName, Position] = field(default_factory=dict)

    def moved(self, positions: Mapping[NodeName, Position]) -> "Layout":
        """The layout with these nodes elsewhere."""
        return Layout(positions={**self.positions, **positions})

    def renamed(self, node: NodeName, name: NodeName) -> "Layout":
        """The layout after a node was given another name."""
        positions = dict(self.positions)
        if node in positions:
            positions[name] = positions.pop(node)
        return Layout(positions=positions)

    def duplicated(self, node: NodeName, name: NodeName) -> "Layout":
        """The layout with a copy of a node beside it."""
        there = self.positions.get(node)
        if there is None:
            return self
        return self.moved({name: Position(x=there.x + _BESIDE, y=there.y + _BESIDE)})

    def without(self, node: NodeName) -> "Layout":
        """The layout after a node was removed."""
        return Layout(positions={n: place for n, place in self.positions.items() if n != node})


@dataclass(frozen=True, kw_only=True)
class ReadLayout:
    """The outcome of reading a layout."""

    #: As much of it as could be read.
    layout: Layout
    #: Warnings: they keep nothing from running. While there are any, the file is not replaced.
    findings: tuple[Finding, ...] = ()


def read_layout(folder: Path) -> ReadLayout:
    """Read the layout of an experiment, given by its folder; an empty one if it has none.

    It may have positions of nodes that the experiment doesn't have at the moment: a user may be
    editing its file, or have gone to another state of it. They are kept until it is written.
    """
    file = folder / FILE_NAME
    reader = _Reader(file)
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ReadLayout(layout=Layout())
    except OSError as error:
        reader.find(f"It can't be read: {error.strerror or error}.")
    else:
        reader.read(content)
    return ReadLayout(
        layout=Layout(positions=reader.positions), findings=tuple(reader.findings[:_TOLD])
    )


def write_layout(layout: Layout, folder: Path, *, nodes: Collection[NodeName]) -> None:
    """Write the layout of an experiment, all of it or nothing.

    Args:
        layout: Where its nodes are.
        folder: Its folder.
        nodes: The nodes that it has, in its order. Positions of others are dropped.

    Raises:
        LayoutFileError: The file that is there has mistakes, so a user is at work on it; or a
            position is not a finite number.
        ExperimentUnwritableError: It can't be written.
    """
    file = folder / FILE_NAME
    before = read_layout(folder)
    if before.findings:
        raise LayoutFileError(before.findings)
    kept = {node: layout.positions[node] for node in nodes if node in layout.positions}
    content = _text(kept).encode()
    reader = _Reader(file)
    reader.read(content)
    if reader.findings:
        raise LayoutFileError(reader.findings)
    if kept == before.layout.positions:
        return
    try:
        with replacing(file) as sink:
            sink.write(content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExperimentUnwritableError(path=str(file), reason=reason) from error


def _text(positions: Mapping[NodeName, Position]) -> str:
    """A line for each node, so that a comparison of two versions shows which ones were moved."""
    lines = [
        f"    {json.dumps(str(node), ensure_ascii=False)}: "
        f'{{"x": {_number(place.x)}, "y": {_number(place.y)}}}'
        for node, place in positions.items()
    ]
    nodes = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
    return f'{{\n  "studiolo": {FORMAT},\n  "nodes": {nodes}\n}}\n'


def _number(value: float) -> str:
    return json.dumps(int(value) if math.isfinite(value) and value == int(value) else float(value))


class _Reader:
    """Reads the text of a layout, and finds every mistake."""

    def __init__(self, file: Path) -> None:
        self.positions: dict[NodeName, Position] = {}
        self.findings: list[Finding] = []
        self._file = file

    def find(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        self.findings.append(
            Finding(
                code=LayoutFileError.code,
                message=f"The layout of the canvas: {message}",
                file=self._file,
                line=line,
                column=column,
                severity=Severity.WARNING,
            )
        )

    def read(self, content: bytes) -> None:
        if len(content) > LARGEST_FILE:
            self.find(f"It is larger than {LARGEST_FILE >> 20} MiB.")
            return
        try:
            document = json.loads(
                content.decode("utf-8-sig"),
                object_pairs_hook=self._object,
                parse_constant=float,
                parse_int=float,
            )
        except json.JSONDecodeError as error:
            self.find(f"It is not JSON: {error.msg}.", line=error.lineno, column=error.colno)
        except UnicodeDecodeError as error:
            self.find(f"Byte 0x{content[error.start]:02X} is not UTF-8. Save the file as UTF-8.")
        except RecursionError:
            self.find("It is nested too deeply.")
        else:
            self._document(document)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            self.find(f'"{twice}" is there twice in the same object. Remove one of them.')
        return found

    def _document(self, document: Any) -> None:
        if not isinstance(document, dict):
            self.find('It has to be an object: {"studiolo": 1, "nodes": {}}.')
            return
        version = document.get("studiolo")
        if version != FORMAT:
            newer = isinstance(version, float) and version > FORMAT
            hint = " A newer Studiolo has written it." if newer else ""
            self.find(f'"studiolo", its format, has to be {FORMAT}.{hint}')
            if newer:
                return
        self._no_others(document, {"studiolo", "nodes"}, "the file")
        nodes = document.get("nodes")
        if not isinstance(nodes, dict):
            self.find('"nodes" has to be an object: {"split": {"x": 0, "y": 0}}.')
            return
        for name, place in nodes.items():
            self._node(name, place)

    def _node(self, name: str, place: Any) -> None:
        where = f'the node "{name}"'
        if not isinstance(place, dict):
            self.find(f'The position of {where} has to be an object: {{"x": 0, "y": 0}}.')
            return
        self._no_others(place, {"x", "y"}, where)
        x, y = place.get("x"), place.get("y")
        if _is_coordinate(x) and _is_coordinate(y):
            self.positions[NodeName(name)] = Position(x=x, y=y)
        else:
            most = f"{_FARTHEST:.0f}"
            self.find(f"x and y of {where} have to be numbers between -{most} and {most}.")

    def _no_others(self, found: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in found.keys() - known:
            self.find(f'"{key}" of {where} is not known. Known: {", ".join(sorted(known))}.')


def _is_coordinate(value: Any) -> TypeGuard[float]:
    return isinstance(value, float) and abs(value) <= _FARTHEST
