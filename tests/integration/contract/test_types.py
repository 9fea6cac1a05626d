"""How integers with gaps and dates come in and go out."""

import datetime
from collections.abc import Callable

import pyarrow as pa
import pytest

from studiolo.sandbox.exchange.job import Outcome

Run = Callable[..., Outcome]
ConsoleOf = Callable[..., str]
TableOf = Callable[..., pa.Table]

AGES = [22, None, 51]
PEOPLE = pa.table({"age": pa.array(AGES), "id": pa.array([2**53 + 1, None, 3])})


def test_old_code_works_with_integers_that_have_gaps(console_of: ConsoleOf) -> None:
    source = """
        import numpy as np
        from sklearn.linear_model import LinearRegression

        def azureml_main(frame):
            print(np.isnan(frame.age).sum(), np.where(frame.age > 50, 1, 0))
            LinearRegression().fit(frame[["age"]].dropna().values, [1, 2])
            print(frame.age.values.dtype)
    """
    ages = pa.table({"age": pa.array(AGES)})
    assert console_of(source, dataset1=ages) == "1 [0 0 1]\nfloat64\n"


@pytest.mark.parametrize("returned", ["frame", "frame.copy()", "frame[frame.index >= 0]"])
def test_integers_with_gaps_go_out_as_integers(run: Run, returned: str) -> None:
    outcome = run(f"def azureml_main(frame):\n    return {returned},", dataset1=PEOPLE)
    assert outcome.tables["results_dataset"].equals(PEOPLE)
    assert [line for line in outcome.log if "'id'" in line and "Int64" in line] == [*outcome.log]
    assert len(outcome.log) == 1


def test_a_script_may_ask_for_nullable_types(run: Run) -> None:
    source = "def azureml_main(frame):\n    print(*frame.dtypes)\n    return frame,"
    outcome = run(source, dataset1=PEOPLE, nullable=True)
    assert outcome.device.console == "Int64 Int64\n"
    assert outcome.tables["results_dataset"].equals(PEOPLE)
    assert not outcome.log


def test_a_copy_of_dates_is_dates(table_of: TableOf) -> None:
    days = [datetime.date(2017, 5, 1), datetime.date(2018, 1, 31)]
    source = """
        import pandas as pd

        def azureml_main(frame):
            frame["copied"] = frame["day"]
            frame["parsed"] = pd.to_datetime(frame["day"].dt.strftime("%Y/%m/%d"))
            frame["noon"] = frame["day"] + pd.Timedelta(hours=12)
            return frame,
    """
    table = table_of(source, dataset1=pa.table({"day": days}))
    assert [str(kind) for kind in table.schema.types[:3]] == ["date32[day]"] * 3
    assert pa.types.is_timestamp(table.schema.field("noon").type)
    assert table["parsed"].to_pylist() == days
