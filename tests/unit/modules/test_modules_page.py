"""What docs/reference/modules.md shows is what is read."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from studiolo.modules.column_selection import COLUMN_ROLES, COLUMN_TYPES, read_column_selection
from studiolo.modules.declaration import read_declaration
from studiolo.modules.definition import ModuleId, ParameterKind
from studiolo.modules.errors import ModuleKeyUnknownError
from studiolo_guest.contract.column_selection import select

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "modules.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\b.*?\n(.*?)^```$", PAGE, re.M | re.S)
    assert found is not None
    return found[1]


def test_the_example_is_a_module_of_fewer_than_twenty_lines() -> None:
    source = block("python")
    assert source.count("\n") < 20
    module = read_declaration(source, id=ModuleId("clip-outliers"), path=None)
    assert module.name == "Clip Outliers"
    assert [parameter.kind for parameter in module.parameters] == [
        ParameterKind.COLUMNS,
        ParameterKind.NUMBER,
    ]


def test_the_example_does_what_it_says() -> None:
    namespace: dict[str, Any] = {}
    exec(block("python"), namespace)
    frame = pd.DataFrame({"a": [0] * 99 + [100], "b": ["x"] * 100})
    clipped = namespace["azureml_main"](frame, columns=["a"], spread=2.0)
    assert clipped["a"].max() == pytest.approx(1 + 2 * 10)
    assert list(clipped["b"]) == ["x"] * 100


def test_the_selection_is_one() -> None:
    selection = read_column_selection(yaml.safe_load(block("yaml")), parameter="columns")
    frame = pd.DataFrame({"Patient": ["a"], "Visit": ["b"], "BMI": [1.5], "y": [1], "z": ["c"]})
    frame.attrs["roles"] = {"y": "label"}
    assert select(frame, selection) == ["Patient", "Visit", "BMI", "z"]


@pytest.mark.parametrize("words", [COLUMN_TYPES, COLUMN_ROLES, tuple(ParameterKind)])
def test_every_word_is_told_of(words: tuple[str, ...]) -> None:
    assert [word for word in words if word not in PAGE] == []


@pytest.mark.parametrize("table", ["", ".inputs.a", ".parameters.p"])
def test_every_key_is_told_of(table: str) -> None:
    source = (
        f"# /// script\n# [tool.studiolo{table}]\n# unknown = 1\n# ///\n"
        "def azureml_main(a, *, p=1): ...\n"
    )
    with pytest.raises(ModuleKeyUnknownError) as caught:
        read_declaration(source, id=ModuleId("x"), path=None)
    assert [key for key in caught.value.mistake.known if f"`{key}`" not in PAGE] == []
