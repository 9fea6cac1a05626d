"""The data of plots: two columns against each other, and scores against their label."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from fastapi import APIRouter
from typing_extensions import TypedDict

from studiolo.server.api.datasets import Version
from studiolo.workspace.studio.evaluation import evaluate
from studiolo.workspace.studio.studio import Studio
from studiolo.workspace.studio.tables.comparing_columns import Boxes, Scatter, compare_columns
from studiolo.workspace.studio.tables.open_tables import OpenTable


class PointDocument(TypedDict):
    """A row with two numbers."""

    x: float
    y: float


class ScatterDocument(TypedDict):
    """Two columns of numbers, as points."""

    points: Sequence[PointDocument]
    #: Rows that have both; the points are a sample if there are more of them.
    rows: int


class BoxDocument(TypedDict):
    """The numbers of the rows that have a value."""

    value: str
    count: int
    minimum: float
    first_quartile: float
    median: float
    third_quartile: float
    maximum: float


class BoxesDocument(TypedDict):
    """A column of numbers for each of the most frequent values of the other one."""

    boxes: Sequence[BoxDocument]
    #: Whether the values are those of the second column.
    by_second: bool


class CrosstabDocument(TypedDict):
    """How often the most frequent values of two columns come together."""

    first: Sequence[str]
    second: Sequence[str]
    #: By the first, then by the second.
    counts: Sequence[Sequence[int]]


class ComparedColumnsDocument(TypedDict):
    """Two columns against each other; one of the three is there, by the kinds of the columns."""

    scatter: ScatterDocument | None
    boxes: BoxesDocument | None
    crosstab: CrosstabDocument | None


class CurvePointDocument(TypedDict):
    """The rows on each side of a threshold, by weight."""

    #: Rows with this probability or more are called positive.
    threshold: float
    true_positives: float
    false_positives: float
    true_negatives: float
    false_negatives: float


class EvaluationDocument(TypedDict):
    """The scores of a dataset, compared with its label."""

    label: str
    #: In order; the last of two is the positive one.
    classes: Sequence[str]
    #: Weight of rows by the actual class, then by the one that was scored.
    confusion: Sequence[Sequence[float]]
    #: From the highest threshold to the lowest; empty unless there are two classes.
    curve: Sequence[CurvePointDocument]


def plot_routes(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["plots"])

    @routes.get("/runs/{run}/nodes/{node}/outputs/{port}/compare")
    def compare_output_columns(
        run: str, node: str, port: str, first: str, second: str
    ) -> ComparedColumnsDocument:
        """Two columns of an output against each other."""
        return _compared(studio.tables.output(run, node, port), first, second)

    @routes.get("/runs/{run}/nodes/{node}/outputs/{port}/evaluation")
    def evaluate_output(run: str, node: str, port: str) -> EvaluationDocument:
        """The scores of an output of Score Model, compared with its label."""
        found = evaluate(studio.tables.output(run, node, port).dataset)
        return cast("EvaluationDocument", asdict(found))

    @routes.get("/dataset-columns/compare")
    def compare_dataset_columns(
        name: str, first: str, second: str, version: Version = None
    ) -> ComparedColumnsDocument:
        """Two columns of a dataset file against each other."""
        return _compared(studio.tables.dataset(name, version), first, second)

    return routes


def _compared(table: OpenTable, first: str, second: str) -> ComparedColumnsDocument:
    found = compare_columns(table.dataset, first, second)
    compared: ComparedColumnsDocument = {"scatter": None, "boxes": None, "crosstab": None}
    if isinstance(found, Scatter):
        points: list[PointDocument] = [{"x": x, "y": y} for x, y in found.points]
        compared["scatter"] = {"points": points, "rows": found.rows}
    elif isinstance(found, Boxes):
        compared["boxes"] = cast("BoxesDocument", asdict(found))
    else:
        compared["crosstab"] = cast("CrosstabDocument", asdict(found))
    return compared
