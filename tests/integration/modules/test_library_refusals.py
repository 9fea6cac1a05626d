"""A user's mistake is told as one, also where another module's object finds it."""

from decimal import Decimal

import pandas as pd
import pytest

from studiolo.environments.environment import Environment

from ..workspaces import Ran, WorkspaceFolder

EXPERIMENT = """
studiolo: 1
name: Mistakes
nodes:
  train: {dataset: train.csv}
  one row: {dataset: one_row.csv}
  other: {dataset: other.csv}
  text: {dataset: text.csv}
  labels: {dataset: labels.csv}
  prices: {dataset: prices.parquet}

  clean:
    module: clean-missing-data
    inputs: {dataset: train}
    parameters: {columns_to_be_cleaned: [x], cleaning_mode: Replace with mean}
  scale:
    module: normalize-data
    inputs: {dataset: train}
    parameters: {columns_to_transform: [x]}
  learner: {module: two-class-logistic-regression}
  model:
    module: train-model
    inputs: {untrained_model: learner, dataset: clean.cleaned_dataset}
    parameters: {label_column: y}

  cleaned row:
    module: apply-transformation
    inputs: {transformation: clean.cleaning_transformation, dataset: one row}
  scaled row:
    module: apply-transformation
    inputs: {transformation: scale.transformation_function, dataset: one row}
  scored row: {module: score-model, inputs: {trained_model: model, dataset: cleaned row}}
  cleaned price:
    module: clean-missing-data
    inputs: {dataset: prices}
    parameters: {columns_to_be_cleaned: all}
  highest price:
    module: apply-sql-transformation
    inputs: {table1: prices}
    parameters: {sql_query_script: select price from t1 order by price desc}

  clean other:
    module: apply-transformation
    inputs: {transformation: clean.cleaning_transformation, dataset: other}
  clean text:
    module: apply-transformation
    inputs: {transformation: clean.cleaning_transformation, dataset: text}
  scale text:
    module: apply-transformation
    inputs: {transformation: scale.transformation_function, dataset: text}
  score other: {module: score-model, inputs: {trained_model: model, dataset: other}}
  score text: {module: score-model, inputs: {trained_model: model, dataset: text}}
  scored labels: {module: score-model, inputs: {trained_model: model, dataset: labels}}
  evaluate: {module: evaluate-model, inputs: {scored_dataset: scored labels}}
  misspelt:
    module: apply-sql-transformation
    inputs: {table1: train}
    parameters: {sql_query_script: 'select "z" from t1'}
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, default_environment: Environment) -> Ran:
    place = WorkspaceFolder(tmp_path_factory.mktemp("refusals") / "workspace")
    rows = "\n".join(f"{number if number % 7 else ''},{int(number > 20)}" for number in range(40))
    place.dataset("train.csv", f"x,y\n{rows}\n")
    place.dataset("one_row.csv", "x,z\n,a\n")
    place.dataset("other.csv", "w,y\n1,0\n")
    place.dataset("text.csv", "x,y\nten,0\n,1\n")
    place.dataset("labels.csv", "x,y\n1,no\n30,yes\n")
    prices = pd.DataFrame({"price": [Decimal("9.50"), None, Decimal("10.25")]})
    place.dataset("prices.parquet", prices.to_parquet())
    place.experiment("")
    (place.folder() / "experiment.yaml").write_text(EXPERIMENT)
    return place.run()


def test_a_row_without_a_value_goes_all_the_way(ran: Ran) -> None:
    assert len(ran.table("scored row")["Scored Labels"]) == 1
    assert ran.table("cleaned row")["x"][0] == pytest.approx(20, abs=1)
    assert len(ran.table("scaled row")["x"]) == 1


def test_decimals_stay_decimals(ran: Ran) -> None:
    assert ran.table("cleaned price")["price"] == [Decimal("9.50"), Decimal(0), Decimal("10.25")]
    assert ran.table("highest price")["price"] == [Decimal("10.25"), Decimal("9.50"), None]


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        ("clean other", 'cleans columns that this dataset lacks: "x"'),
        ("clean text", 'column "x" is of the type str'),
        ("scale text", 'scales the column "x"'),
        ("score other", 'no column "x", which the model was trained with'),
        ("score text", 'column "x" holds str values'),
        ("evaluate", 'label column "y" holds str values'),
        ("misspelt", "no such column: z"),
    ],
)
def test_a_mistake_is_refused_by_name(ran: Ran, node: str, sentence: str) -> None:
    code, _, message = ran.failure(node)
    assert code == "module-refused"
    assert sentence in message
