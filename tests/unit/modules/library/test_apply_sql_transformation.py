import random
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType

import pandas as pd
import pytest


@pytest.fixture
def sql(load_module: Callable[[str], ModuleType]) -> Callable[..., pd.DataFrame]:
    main = load_module("apply_sql_transformation").azureml_main

    def run(query: str, *tables: pd.DataFrame | None) -> pd.DataFrame:
        frame = main(*tables, sql_query_script=query)
        assert isinstance(frame, pd.DataFrame)
        return frame

    return run


Sql = Callable[..., pd.DataFrame]


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame(
        {"name": ["Ada", "Bob", None], "born": [1815, 1990, 2001], "size": [1.6, None, 1.8]}
    )


@pytest.fixture
def typed() -> pd.DataFrame:
    """Every type that a dataset has, with a gap in each column that may have one."""
    frame = pd.DataFrame(
        {
            "boolean": [True, False, True],
            "gaps": pd.array([True, None, False], "boolean"),
            "integer": pd.array([1, None, 2**62], "Int64"),
            "small": pd.Series([1, 2, 3], dtype="int8"),
            "float": [0.5, None, 1.0],
            "day": pd.to_datetime(["2020-01-31", "NaT", "2020-02-01"]),
            "time": pd.to_datetime(
                ["2020-01-31 12:00:00.25", "NaT", "1969-01-01 00:00:00.0"]
            ).as_unit("us"),
            "zoned": pd.to_datetime(["2020-07-01", "NaT", "2020-02-01"]).tz_localize(
                "Europe/Berlin"
            ),
            "duration": pd.to_timedelta([90.5, None, -1], unit="s"),
            "text": ["x", None, "007"],
            "bytes": pd.Series([b"\0", None, b"x"], dtype=object),
        }
    )
    frame["category"] = pd.Categorical(
        ["low", None, "high"], ["low", "high", "unused"], ordered=True
    )
    frame["numbers"] = pd.Categorical([20, None, 10])
    return frame


def test_types_come_back(sql: Sql, typed: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(sql("select * from t1", typed), typed)


def test_types_come_back_under_another_name_and_through_joins(
    sql: Sql, typed: pd.DataFrame
) -> None:
    result = sql(
        "with q as (select day as d, category as c, integer as i from t1) "
        "select q.d, q.c, t2.boolean as b from q left join t2 on q.i = t2.integer",
        typed,
        typed,
    )
    assert result["d"].dtype == typed["day"].dtype
    assert result["c"].dtype == typed["category"].dtype
    assert result["b"].tolist() == [True, pd.NA, True]


def test_what_sqlite_sees(sql: Sql, typed: pd.DataFrame) -> None:
    row = sql(
        "select typeof(boolean), boolean + 0, day || '', time || '', zoned || '', duration + 0, "
        "category || '', numbers + 0, typeof(bytes), strftime('%Y', day) from t1 limit 1",
        typed,
    )
    assert row.iloc[0].tolist() == [
        "integer",
        1,
        "2020-01-31",
        "2020-01-31 12:00:00.250000",
        "2020-06-30 22:00:00",
        90.5,
        "low",
        20,
        "blob",
        "2020",
    ]


def test_agrees_with_sqlite(sql: Sql, people: pd.DataFrame) -> None:
    query = "select born / 100 as century, count(*) n, avg(size) mean from t1 group by 1 order by 1"
    with sqlite3.connect(":memory:") as connection:
        people.to_sql("t1", connection, index=False)
        expected = pd.read_sql(query, connection)
    connection.close()
    pd.testing.assert_frame_equal(sql(query, people), expected)


def test_three_tables(sql: Sql, people: pd.DataFrame) -> None:
    other = pd.DataFrame({"born": [1815], "died": [1852]})
    query = "select * from t1 join t3 on t1.born = t3.born"
    result = sql(query, people, None, other)
    # Of equal names all but the first get a number later, from the contract.
    assert list(result.columns) == ["name", "born", "size", "born", "died"]
    assert result["died"].tolist() == [1852]


def test_a_union_of_different_types_loses_nothing(sql: Sql, typed: pd.DataFrame) -> None:
    other = pd.DataFrame({"c": ["medium"]})
    result = sql("select category from t1 union all select c from t2", typed, other)
    assert result["category"].fillna("-").tolist() == ["low", "-", "high", "medium"]
    mixed = sql("select day from t1 union all select 'never'", typed)
    assert mixed["day"].tolist()[-1] == "never"
    for name in ("small", "boolean", "integer"):
        numbers = sql(f"select {name} from t1 union all select 300.5", typed)
        assert numbers[name].tolist()[-1] == 300.5
    assert sql("select small from t1 union all select 300", typed)["small"].max() == 300


def test_several_statements_give_the_rows_of_the_last_select(
    sql: Sql, people: pd.DataFrame
) -> None:
    script = """
        -- Names; and semicolons in text
        select 'not; this' from t1;
        create table young as select name, born from t1 where born > 1900;
        /* the result */
        select * from young where coalesce(name, ';') != ';';
        drop table young;
    """
    assert sql(script, people).to_dict("records") == [{"name": "Bob", "born": 1990}]
    assert sql("pragma table_info(t1)", people)["name"].tolist() == ["name", "born", "size"]


def test_results_without_rows_keep_their_columns(sql: Sql, typed: pd.DataFrame) -> None:
    result = sql("select day, boolean, text, 1 + 1 as two from t1 where 0", typed)
    assert list(result.columns) == ["day", "boolean", "text", "two"]
    assert result.empty
    assert result["day"].dtype == typed["day"].dtype
    assert sql("select * from t1", typed.head(0)).empty


def test_names_that_need_quotes(sql: Sql) -> None:
    frame = pd.DataFrame({'a "b" c': [1], "select": [2]})
    assert sql('select "a ""b"" c" + [select] as n from t1', frame)["n"].tolist() == [3]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([5, 2**64 - 1], dtype="uint64"),
        pd.Series([None, 2**64 - 1], dtype="UInt64"),
        pd.Series([Decimal("0.1"), Decimal("0.12345678901234567890")]),
        pd.Series([Decimal(1), Decimal(2**53 + 1)]),
        pd.to_timedelta(pd.Series([0, 2**62 + 1])),
    ],
)
def test_what_sqlite_would_round_is_refused(sql: Sql, values: pd.Series) -> None:
    with pytest.raises(ValueError, match='in row 2 of the column "n" without rounding it'):
        sql("select n from t1", pd.DataFrame({"n": values}))


def test_decimals_are_compared_as_numbers(sql: Sql) -> None:
    prices = pd.DataFrame({"price": [Decimal("9.50"), Decimal("100.00"), None, Decimal("10.25")]})
    figures = sql("select max(price) as high, min(price) as low from t1", prices)
    assert figures.map(str).to_numpy().tolist() == [["100.00", "9.50"]]
    ordered = sql("select price from t1 where price > 9.6 order by price", prices)
    assert ordered["price"].tolist() == [Decimal("10.25"), Decimal("100.00")]
    assert str(ordered["price"][1]) == "100.00"
    assert sql("select price from t1", prices)["price"].isna().tolist() == [
        False,
        False,
        True,
        False,
    ]
    mixed = sql("select price from t1 union all select 0.125", prices)["price"]
    assert mixed.dropna().tolist() == [9.5, 100.0, 10.25, 0.125]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select sum(price) from t1", ["0.60"]),
        ("select MAX(t1.price) AS high from t1 where price < 0.3", ["0.20"]),
        ('select min("price") from t1 group by item order by item', ["0.10", "0.30"]),
        (
            "select item, sum(distinct price) s from t1 group by item order by item",
            ["0.30", "0.30"],
        ),
        ("select s from (select sum(price) as s from t1 where item = 'a')", ["0.30"]),
        (
            "select sum(price) over (order by price rows 1 preceding) s from t1",
            ["0.10", "0.30", "0.50"],
        ),
        ("select sum(price) from t1 where price > 5", ["nan"]),
    ],
)
def test_functions_of_decimals_are_exact_decimals(
    sql: Sql, query: str, expected: list[str]
) -> None:
    prices = [Decimal("0.10"), Decimal("0.20"), Decimal("0.30")]
    frame = sql(query, pd.DataFrame({"item": ["a", "a", "b"], "price": prices}))
    assert list(map(str, frame.iloc[:, -1])) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select sum(n) from t1", 6),
        ("select sum(x) from t1", 1.75),
        ("select sum(n + x) from t1", 7.75),
        ("select sum(text) from t1", 1.0),
        ("select avg(price) from t1", 0.2),
        ("select sum(price * 2) from t1", 1.2),
        ("select max(price, 5) from t1 limit 1", 5),
        ("select count(*) from t1 having sum(price) = 0.6", 3),
    ],
)
def test_expressions_beside_decimals_stay_numbers(sql: Sql, query: str, expected: float) -> None:
    prices = pd.Series([Decimal("0.10"), Decimal("0.20"), Decimal("0.30")])
    frame = pd.DataFrame({"n": [1, 2, 3], "x": [0.25, 0.5, 1.0], "text": ["1", "b", None]})
    figure = sql(query, frame.assign(price=prices)).iloc[0, 0]
    assert figure == pytest.approx(expected)
    assert not isinstance(figure, Decimal)


def test_a_sum_of_decimals_that_would_be_rounded_is_refused(sql: Sql) -> None:
    prices = pd.DataFrame({"price": [Decimal("9000000000000.01")] * 2})
    with pytest.raises(ValueError, match='in row 1 of the column "total" has more than 15 digits'):
        sql("select sum(price) as total from t1", prices)
    assert str(sql("select max(price) from t1", prices).iloc[0, 0]) == "9000000000000.01"


def test_large_integers_beside_floats_stay_what_they_are(sql: Sql) -> None:
    frame = pd.DataFrame({"n": [2**53 + 1]})
    assert sql("select n from t1 union all select 0.5", frame)["n"].tolist() == [2**53 + 1, 0.5]
    assert sql("select n from t1 union all select 2", frame)["n"].tolist() == [2**53 + 1, 2]


def test_categories_of_integers_stay_integers(sql: Sql) -> None:
    frame = pd.DataFrame({"zip": pd.Categorical([12345, None, 2**53 + 1])})
    texts = sql("select 'zip ' || zip as t from t1", frame)["t"]
    assert texts.fillna("-").tolist() == ["zip 12345", "-", f"zip {2**53 + 1}"]


@pytest.mark.parametrize(
    "query",
    [
        'select "Colour" from t1',
        "select n from t1 where \"Colour\" = 'red'",
        'select n from t1 order by "Colour"',
        'select n from t1 where color = "red"',
        'select /* "n" */ "Colour" -- "n"\nfrom t1',
    ],
)
def test_a_misspelt_name_in_quotes_is_no_text(sql: Sql, query: str) -> None:
    frame = pd.DataFrame({"color": ["red", "blue"], "n": [1, 2]})
    with pytest.raises(ValueError, match="Put text in single quotes"):
        sql(query, frame)


def test_names_in_quotes(sql: Sql) -> None:
    frame = pd.DataFrame({"color": ["red"], "a`b": [1], 'c "d"': [2], "e]": [3]})
    result = sql(
        """select "COLOR", 'it''s "x"' as "s t", "a`b" + "c ""d\""" as [sum "], `e]` + "e]" from t1
        where "color" = 'red' order by "s t";""",
        frame,
    )
    assert result.iloc[0].tolist() == ["red", 'it\'s "x"', 3, 6]
    assert list(result)[1:3] == ["s t", 'sum "']
    # The name of an expression is what was written.
    assert list(sql('select "color" || 1 from t1', frame)) == ['"color" || 1']
    created = 'create table "new" as select "color" from t1; select "color" from "new"'
    assert sql(created, frame)["color"].tolist() == ["red"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "select nam from t1",
            'no such column: nam. Did you mean "name"? The table "t1" has the columns "name", '
            '"born", "size". The statement is:\nselect nam',
        ),
        ("select * from t2", 'such table: t2. The database has the table "t1".'),
        ("selekt 1", 'near "selekt": syntax error'),
        ("create table x (a)", "no statement that gives rows"),
        ("-- nothing", "no statement that gives rows"),
    ],
)
def test_says_what_is_wrong(sql: Sql, people: pd.DataFrame, query: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        sql(query, people)
    assert sentence in str(caught.value)


def test_names_that_differ_in_case_only(sql: Sql) -> None:
    with pytest.raises(ValueError, match='t1 has the columns "a", "A"'):
        sql("select * from t1", pd.DataFrame({"a": [1], "A": [2]}))


def test_random_numbers_follow_the_seed_of_the_run(sql: Sql) -> None:
    numbers = pd.DataFrame({"n": range(100)})
    query = "SELECT n, random() AS r, hex(randomblob(8)) AS b FROM t1 ORDER BY random()"
    samples = []
    for seed in (1, 1, 2):
        random.seed(seed)
        samples.append(sql(query, numbers))
    assert samples[0].equals(samples[1])
    assert samples[0]["n"].tolist() != samples[2]["n"].tolist()
    assert samples[0]["r"].nunique() == 100
    assert samples[0]["r"].min() < 0 < samples[0]["r"].max()
