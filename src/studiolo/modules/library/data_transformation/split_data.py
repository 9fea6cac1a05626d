# /// script
# [tool.studiolo]
# name = "Split Data"
# category = ["Data Transformation", "Sample and Split"]
# classic-id = "70530644c97a4ab685f788bf30a8be5f"
# nullable = true
# seed = "random_seed"
#
# [tool.studiolo.inputs.dataset]
# label = "Dataset"
#
# [tool.studiolo.outputs.results_dataset1]
# label = "Results dataset1"
#
# [tool.studiolo.outputs.results_dataset2]
# label = "Results dataset2"
#
# [tool.studiolo.parameters.splitting_mode]
# label = "Splitting mode"
#
# [tool.studiolo.parameters.fraction]
# label = "Fraction of rows in the first output dataset"
# help = "Split Rows only."
# minimum = 0
# maximum = 1
# used-if = { splitting_mode = ["Split Rows"] }
#
# [tool.studiolo.parameters.randomized_split]
# label = "Randomized split"
# help = "Split Rows only. Off: the first rows go to the first output."
# used-if = { splitting_mode = ["Split Rows"] }
#
# [tool.studiolo.parameters.random_seed]
# label = "Random seed"
# help = "Split Rows only. 0: drawn at random, and kept until you ask for the node to run again."
# minimum = 0
# used-if = { splitting_mode = ["Split Rows"], randomized_split = [true] }
#
# [tool.studiolo.parameters.stratified_split]
# label = "Stratified split"
# help = "Split Rows only. Splits each value of the key column in the same proportion."
# used-if = { splitting_mode = ["Split Rows"] }
#
# [tool.studiolo.parameters.stratification_key_column]
# label = "Stratification key column"
# kind = "column"
# port = "dataset"
# used-if = { splitting_mode = ["Split Rows"], stratified_split = [true] }
#
# [tool.studiolo.parameters.regular_expression]
# label = "Regular expression"
# help = 'A text column and what to find in it: \"column name" ^start'
# used-if = { splitting_mode = ["Regular Expression"] }
#
# [tool.studiolo.parameters.relational_expression]
# label = "Relational expression"
# help = 'A column and what to compare its values with: \"column name" > 3'
# used-if = { splitting_mode = ["Relative Expression"] }
# ///
r"""Splits the rows of a dataset into two.

Both outputs keep the order of the rows.

Split Rows gives the first output its fraction of the rows, rounded down. The rows are chosen at
random unless "Randomized split" is off. With seed 0 they are drawn once for each node, and drawn
again when you ask for the node to run again. In a stratified split, each value of the key column,
and each missing one, has the same share in both outputs, give or take one row.

Regular Expression sends a row to the first output if the expression is found anywhere in its text
column: `\"Text" Gryphon`. The dialect is Python's.

Relative Expression compares numbers, dates or durations: `\"Year" > 2010`. You can combine
comparisons (<, <=, >, >=, ==, !=) with & and |, where & binds more tightly; parentheses are not
allowed: `\"Age" >= 20 & < 30`. Write dates as 2015-10-08 or, as in the classic studio, as
10/08/2015 with the month first, and durations as 00:01:00.

In both you can also name a column by its position from 0, `(\0) <= 30`, and a row whose value is
missing goes to the second output.

Left out: Recommender Split.
"""

import operator
import re
import warnings
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..parts.columns.column_types import duration_of, is_decimal

_Chosen = npt.NDArray[np.bool_]

_COLUMN = re.compile(r'\s*(?:\\"(?P<quoted>[^"]+)"|\(\s*\\(?P<bare>[^)]+)\))\s*(?P<rest>.*)', re.S)
_COMPARISON = re.compile(r"\s*(<=|>=|==|!=|<|>)\s*(.+?)\s*")
_OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def azureml_main(
    dataset: pd.DataFrame,
    *,
    splitting_mode: Literal[
        "Split Rows", "Regular Expression", "Relative Expression"
    ] = "Split Rows",
    fraction: float = 0.5,
    randomized_split: bool = True,
    random_seed: int = 0,
    stratified_split: bool = False,
    stratification_key_column: str | None = None,
    regular_expression: str = '\\"column name" ^start',
    relational_expression: str = '\\"column name" > 3',
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the chosen rows, and the others."""
    if splitting_mode == "Regular Expression":
        chosen = _found(dataset, regular_expression)
    elif splitting_mode == "Relative Expression":
        chosen = _compared(dataset, relational_expression)
    else:
        order = np.arange(len(dataset))
        if randomized_split:
            # Without a seed here, the one that was drawn for the node: numpy is seeded with it.
            seed = random_seed or np.random.randint(2**31)
            order = np.random.default_rng(seed).permutation(order)
        strata = np.zeros(len(dataset), np.int64)
        if stratified_split:
            if stratification_key_column is None:
                raise ValueError(
                    "A stratified split needs a column whose values it splits in the same "
                    "proportion. Choose the stratification key column."
                )
            strata, _ = pd.factorize(dataset[stratification_key_column], use_na_sentinel=False)
        chosen = _shared_out(order, strata, fraction)
    return dataset[chosen], dataset[~chosen]


def _shared_out(order: npt.NDArray[np.int64], strata: Any, fraction: float) -> _Chosen:
    """The first rows of each stratum in the given order, as many as are its share.

    Shares are differences of rounded running totals: none is a row off, and the sum isn't either.
    """
    # 0.29 of 100 rows are 29, which floats would round down to 28.
    share = Fraction(fraction).limit_denominator(1_000_000)
    sizes = np.bincount(strata)
    ends = np.cumsum(sizes)
    quotas = np.diff(ends * share.numerator // share.denominator, prepend=0)
    by_stratum = order[np.argsort(strata[order], kind="stable")]
    places = np.arange(len(order)) - np.repeat(ends - sizes, sizes)
    chosen = np.zeros(len(order), np.bool_)
    chosen[by_stratum[places < np.repeat(quotas, sizes)]] = True
    return chosen


def _found(dataset: pd.DataFrame, expression: str) -> _Chosen:
    values, pattern = _column(dataset, expression)
    texts = values.dropna()
    if values.dtype == "category":
        texts = texts.astype("str")
    if texts.dtype != "str":
        raise ValueError(
            f'The column "{values.name}" is of the type {values.dtype}, and a regular expression '
            "needs text. Use a relational expression, or make it String with Edit Metadata."
        )
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f'"{pattern}" is not a regular expression: {error}.') from error
    with warnings.catch_warnings():
        # Groups are for the reader here; pandas would rather extract them.
        warnings.simplefilter("ignore", UserWarning)
        found: pd.Series = texts.str.contains(compiled)
    return found.reindex(values.index, fill_value=False).to_numpy(np.bool_)


def _compared(dataset: pd.DataFrame, expression: str) -> _Chosen:
    values, conditions = _column(dataset, expression)
    present = values.dropna()
    met = np.zeros(len(present), np.bool_)
    for alternative in conditions.split("|"):
        all_met = np.ones(len(present), np.bool_)
        for condition in alternative.split("&"):
            named = _COLUMN.fullmatch(condition)
            match = _COMPARISON.fullmatch(named["rest"] if named else condition)
            if match is None:
                raise ValueError(
                    f'"{condition.strip()}" in the relational expression is not a comparison. '
                    "Write "
                    'an operator (<, <=, >, >=, ==, !=) and a value: \\"column name" > 3'
                )
            if named and _column(dataset, condition)[0].name != values.name:
                raise ValueError("A relational expression can compare only one column.")
            limit = _value(match[2], values)
            compared = present.astype(object) if isinstance(limit, Decimal) else present
            all_met &= _OPERATORS[match[1]](compared, limit).to_numpy(np.bool_)
        met |= all_met
    return pd.Series(met, present.index).reindex(values.index, fill_value=False).to_numpy()


def _column(dataset: pd.DataFrame, expression: str) -> tuple[Any, str]:
    """The column that an expression begins with, and the rest of it."""
    match = _COLUMN.fullmatch(expression)
    if match is None:
        raise ValueError(
            f"The expression {expression} does not name a column. Begin with a backslash and the "
            'name in quotes, \\"column name", or with a position from 0, (\\0).'
        )
    name = match["quoted"] or match["bare"].strip()
    if name in dataset.columns:
        return dataset[name], match["rest"].strip()
    if match["bare"] and name.isdecimal() and int(name) < dataset.shape[1]:
        return dataset.iloc[:, int(name)], match["rest"].strip()
    raise ValueError(
        f'The dataset has no column "{name}". Its columns are: {", ".join(dataset.columns)}.'
    )


def _value(text: str, values: Any) -> Any:
    """The text as a value of the column's type."""
    try:
        if values.dtype.kind in "iu" and re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        if values.dtype.kind in "iub" or is_decimal(values):
            # Exactly: beside a float, large integers would be rounded.
            number = Decimal(text)
            return np.nan if number.is_nan() else number
        if pd.api.types.is_numeric_dtype(values.dtype):
            return float(text) if re.search(r"[.eEn]", text) else int(text)
        if pd.api.types.is_timedelta64_dtype(values.dtype):
            return duration_of(text)
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            month_first = re.fullmatch(r"(\d\d?)[/-](\d\d?)[/-](\d{4})(.*)", text)
            iso = "{2}-{0:0>2}-{1:0>2}{3}".format(*month_first.groups()) if month_first else text
            return pd.to_datetime(iso, format="ISO8601").tz_localize(values.dt.tz)
    except (ValueError, InvalidOperation) as error:
        raise ValueError(
            f'"{text}" can\'t be compared with the column "{values.name}", which is of the type '
            f"{values.dtype}. Write numbers as 3.5, dates as 2015-10-08, durations as 00:01:00."
        ) from error
    raise ValueError(
        f'The column "{values.name}" is of the type {values.dtype}; a relational expression '
        "compares numbers, dates and durations. Use a regular expression for text."
    )
