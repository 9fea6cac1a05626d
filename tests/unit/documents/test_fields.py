"""Documents that are made of a dataclass as it is have each of its fields, and no others."""

from dataclasses import fields

import pytest

from studiolo.datasets.change import Change
from studiolo.datasets.comparison import CellChange, ColumnChange, TableComparison
from studiolo.datasets.profile import Statistics
from studiolo.datasets.profile.json_form import StatisticsDocument
from studiolo.documents.comparison import (
    CellDocument,
    ChangeDocument,
    ColumnCellsDocument,
    TableComparisonDocument,
)
from studiolo.documents.failure import (
    FailureDocument,
    FrameDocument,
    FrameVariablesDocument,
    VariableDocument,
    VariableTableDocument,
)
from studiolo.documents.isolation import AttemptDocument, LayerDocument
from studiolo.sandbox.canary import Attempt
from studiolo.sandbox.exchange.job import Failure, TracebackFrame
from studiolo.sandbox.exchange.variables import FrameVariables, Variable, VariableTable
from studiolo.sandbox.policy.isolation import Layer


@pytest.mark.parametrize(
    ("document", "made_of"),
    [
        (AttemptDocument, Attempt),
        (CellDocument, CellChange),
        (ChangeDocument, Change),
        (ColumnCellsDocument, ColumnChange),
        (FailureDocument, Failure),
        (FrameDocument, TracebackFrame),
        (FrameVariablesDocument, FrameVariables),
        (LayerDocument, Layer),
        (StatisticsDocument, Statistics),
        (TableComparisonDocument, TableComparison),
        (VariableDocument, Variable),
        (VariableTableDocument, VariableTable),
    ],
    ids=lambda it: it.__name__,
)
def test_each_field_is_in_the_document(document: type, made_of: type) -> None:
    assert set(document.__annotations__) == {field.name for field in fields(made_of)}
