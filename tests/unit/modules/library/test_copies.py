"""Modules can't import each other, so some definitions stand in several of them."""

import ast
from collections import defaultdict

import pytest
from tests.unit.modules.library.conftest import LIBRARY

SHARED = {
    *("Features", "features_of", "fit_parameters", "floats_of", "labelled_rows", "meaning"),
    *("mean_and_scale", "pipeline", "places_of", "target_of", "weights_of"),
    *("SparseLogisticRegression", "loss_of"),
    *("assigned", "draw_clusters"),
    *("_NoRedirection", "_answer", "_authenticate", "_request", "_secret_value", "_shown", "_sign"),
    *("_database", "_names_database", "_session"),
    *("_delimited", "_other_delimiter", "_typed"),
    *("duration_of", "is_decimal", "kind_of", "plain", "together", "type_of"),
}


def definitions() -> dict[str, dict[str, str]]:
    """By name and file, each definition at the top of a module."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(LIBRARY.glob("*/*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name][path.stem] = ast.get_source_segment(source, node) or ""
    return found


@pytest.mark.parametrize("name", sorted(SHARED))
def test_copies_are_the_same(name: str) -> None:
    copies = definitions()[name]
    assert len(copies) > 1
    assert len(set(copies.values())) == 1, f"{name} differs between {', '.join(copies)}"
