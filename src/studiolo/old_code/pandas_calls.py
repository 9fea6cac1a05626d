"""Calls that pandas no longer has, or that work differently today."""

from typing import Final

from studiolo.old_code.retired_call import (
    Attribute,
    Effect,
    Idiom,
    Keyword,
    Path,
    RetiredCall,
    Text,
    attribute_error,
    path_error,
)

_ROLLING = ("mean", "sum", "std", "var", "min", "max", "median", "count", "apply", "corr", "cov")
_MOVING = (
    *(f"rolling_{name}" for name in _ROLLING),
    *(f"expanding_{name}" for name in _ROLLING),
    *("ewma", "ewmstd", "ewmvar"),
)
_IN_OTHER_PLACES = ("scatter_matrix", "parallel_coordinates", "andrews_curves", "lag_plot")

PANDAS: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Attribute(names=("ix",)),
        old="frame.ix[0]",
        today="`frame.loc[…]` for labels, `frame.iloc[…]` for positions",
        errors=(attribute_error("ix"),),
    ),
    RetiredCall(
        shape=Attribute(names=("as_matrix", "get_values", "as_blocks")),
        old="frame.as_matrix()",
        today="`frame.to_numpy()`",
        errors=(attribute_error("as_matrix", "get_values", "as_blocks"),),
    ),
    RetiredCall(
        shape=Path(names=("pandas.tools.plotting",)),
        old="from pandas.tools.plotting import scatter_matrix",
        today="`from pandas.plotting import scatter_matrix`",
        errors=(r"No module named 'pandas\.tools", path_error("pandas", "tools")),
    ),
    RetiredCall(
        shape=Path(names=tuple(f"pandas.{name}" for name in _IN_OTHER_PLACES)),
        old="pd.scatter_matrix(frame)",
        today="`pandas.plotting.scatter_matrix(frame)`",
        errors=(path_error("pandas", *_IN_OTHER_PLACES),),
    ),
    RetiredCall(
        shape=Path(names=("pandas.tools.rplot",)),
        old="import pandas.tools.rplot as rplot",
        today="a plot of another library, for example `seaborn.FacetGrid`",
        changed="rplot has no successor in pandas.",
        errors=(r"No module named 'pandas\.tools",),
    ),
    RetiredCall(
        shape=Path(names=("pandas.tools",)),
        old="from pandas.tools.merge import concat",
        today="`from pandas import concat, merge`",
        errors=(r"No module named 'pandas\.tools",),
    ),
    RetiredCall(
        shape=Path(names=("pandas.io.data", "pandas.io.wb")),
        old="from pandas.io.data import DataReader",
        today="the library pandas-datareader, or a connected dataset",
        errors=(r"No module named 'pandas\.io\.(data|wb)",),
        lost="It fetched quotes from services that are long shut down.",
    ),
    RetiredCall(
        shape=Path(names=("pandas.ols", "pandas.stats", "pandas.fama_macbeth")),
        old="pd.ols(y=frame['b'], x=frame['a'])",
        today="`statsmodels.api.OLS(y, x).fit()`",
        errors=(path_error("pandas", "ols", "stats", "fama_macbeth"),),
        lost="Its estimates are those of statsmodels, in a different form.",
    ),
    RetiredCall(
        shape=Path(names=tuple(f"pandas.{name}" for name in _MOVING)),
        old="pd.rolling_mean(frame['a'], 3)",
        today="`frame['a'].rolling(3).mean()`; likewise `.expanding()` and `.ewm()`",
        errors=(path_error("pandas", *_MOVING),),
    ),
    RetiredCall(
        shape=Path(names=("pandas.datetime", "pandas.np", "pandas.TimeSeries", "pandas.Panel")),
        old="pd.datetime.now()",
        today="`datetime.datetime`, `numpy`, `pandas.Series`; a Panel is a frame with a MultiIndex",
        errors=(path_error("pandas", "datetime", "np", "TimeSeries", "Panel"),),
    ),
    RetiredCall(
        shape=Path(names=("pandas.value_counts", "pandas.match")),
        old="pd.value_counts(frame['a'])",
        today="`frame['a'].value_counts()`",
        errors=(path_error("pandas", "value_counts", "match"),),
    ),
    RetiredCall(
        shape=Path(names=("pandas.io.json.json_normalize",)),
        old="from pandas.io.json import json_normalize",
        today="`from pandas import json_normalize`",
        errors=(path_error("pandas.io.json", "json_normalize"),),
    ),
    RetiredCall(
        shape=Path(names=("pandas.util.testing", "pandas.core.datetools", "pandas.lib")),
        old="import pandas.util.testing",
        today="`pandas.testing`, `pandas.tseries.offsets`, `pandas.api.types`",
        errors=(r"No module named 'pandas\.(util\.testing|core\.datetools|lib)",),
    ),
    RetiredCall(
        shape=Idiom(form="sort"),
        old="frame.sort('a')",
        today="`frame.sort_values('a')`, or `frame.sort_index()`",
        errors=(attribute_error("sort", "order", "sortlevel", of="(DataFrame|Series|Index)"),),
    ),
    RetiredCall(
        shape=Idiom(form="append"),
        old="frame = frame.append(other)",
        today="`pandas.concat([frame, other])`",
        errors=(attribute_error("append", of="(DataFrame|Series)"),),
    ),
    RetiredCall(
        shape=Attribute(names=("iteritems", "iterkv", "iterkeys", "itervalues")),
        old="frame.iteritems()",
        today="`.items()`, `.keys()`, `.values()`",
        errors=(attribute_error("iteritems", "iterkv", "iterkeys", "itervalues"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("resample",), names=("how", "fill_method")),
        old="times.resample('D', how='mean')",
        today="`times.resample('D').mean()`",
        errors=(r"resample\(\) got an unexpected keyword argument '(how|fill_method)'",),
    ),
    RetiredCall(
        shape=Attribute(names=("convert_objects",)),
        old="frame.convert_objects(convert_numeric=True)",
        today="`frame.apply(pandas.to_numeric, errors='coerce')`",
        errors=(attribute_error("convert_objects"),),
    ),
    RetiredCall(
        shape=Attribute(names=("set_value", "get_value")),
        old="frame.set_value(0, 'a', 1)",
        today="`frame.at[0, 'a'] = 1`",
        errors=(attribute_error("set_value", "get_value"),),
    ),
    RetiredCall(
        shape=Attribute(names=("irow", "icol", "iget", "iget_value")),
        old="frame.irow(0)",
        today="`frame.iloc[0]`; `frame.iloc[:, 0]` for a column",
        errors=(attribute_error("irow", "icol", "iget", "iget_value"),),
    ),
    RetiredCall(
        shape=Attribute(names=("reindex_axis", "from_items", "from_csv", "clip_upper", "mad")),
        old="frame['a'].clip_upper(3)",
        today="`.reindex(…)`, `pandas.DataFrame(dict(…))`, `pandas.read_csv(…)`, `.clip(upper=…)`; "
        "mad is `(x - x.mean()).abs().mean()`",
        errors=(attribute_error("reindex_axis", "clip_upper", "clip_lower", "mad"),),
    ),
    RetiredCall(
        shape=Attribute(names=("weekday_name", "weekofyear")),
        old="times.index.weekday_name",
        today="`.day_name()`, `.isocalendar().week`",
        errors=(attribute_error("weekday_name", "weekofyear", "week"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("fillna",), names=("method",)),
        old="frame.fillna(method='ffill')",
        today="`frame.ffill()`, `frame.bfill()`",
        errors=(r"fillna\(\) got an unexpected keyword argument 'method'",),
    ),
    RetiredCall(
        shape=Keyword(
            functions=("read_csv", "read_table"),
            names=("error_bad_lines", "warn_bad_lines", "squeeze", "date_parser", "prefix"),
        ),
        old="pd.read_csv('a.csv', error_bad_lines=False)",
        today="`on_bad_lines='skip'`, `.squeeze()` after the call, `date_format=…`",
        errors=(r"read_(csv|table)\(\) got an unexpected keyword argument",),
    ),
    RetiredCall(
        shape=Keyword(functions=("to_csv",), names=("line_terminator",)),
        old="frame.to_csv('a.csv', line_terminator='|')",
        today="`lineterminator=…`",
        errors=(r"to_csv\(\) got an unexpected keyword argument 'line_terminator'",),
    ),
    RetiredCall(
        shape=Idiom(form="drop-axis"),
        old="frame.drop('a', 1)",
        today="`frame.drop(columns='a')`",
        errors=(r"drop\(\) takes from 1 to 2 positional arguments",),
    ),
    RetiredCall(
        shape=Text(
            functions=("resample", "date_range", "Grouper", "asfreq", "TimeGrouper", "bdate_range"),
            keyword="freq",
            pattern=r"\d*(M|Q|A|Y|H|T|S|L|U|N|BM|BQ|BA|BY|SM|CBM|BH)(-[A-Z]{3})?",
        ),
        old="times.resample('M').mean()",
        today="`'ME'` for the end of a month, `'QE'`, `'YE'`, `'h'`, `'min'`, `'s'`",
        changed="Frequencies have new short names.",
        errors=(r"Invalid frequency: ",),
    ),
    RetiredCall(
        shape=Path(names=("pandas.TimeGrouper",)),
        old="pd.TimeGrouper('D')",
        today="`pandas.Grouper(freq='D')`",
        errors=(path_error("pandas", "TimeGrouper"),),
    ),
    RetiredCall(
        shape=Text(functions=("astype",), keyword="dtype", pattern=r"<?[mt]\w*\[(Y|M|W|D|h|m)\]"),
        old="(times.index - times.index[0]).astype('timedelta64[D]')",
        today="`.dt.days`, `.days`; years are `.dt.days / 365.2425`",
        errors=(r"Cannot convert from timedelta64", r"Supported resolutions are 's', 'ms'"),
    ),
    RetiredCall(
        shape=Idiom(form="timedelta-years"),
        old="(times.index - times.index[0]) / np.timedelta64(1, 'Y')",
        today="`.days / 365.2425`, `.dt.days / 365.2425` for a column",
        errors=(r"Unit [YM] is not supported", r"Units 'M', 'Y'", r"[Cc]annot convert .*\[[YM]\]"),
    ),
    RetiredCall(
        shape=None,
        old="row[1]",
        today="`row.iloc[1]`, if this is a row or a column of a frame",
        changed="A number in brackets is a label today, not a position.",
        errors=(r"^KeyError: -?\d+$",),
        line=r"\[-?\d+\]",
    ),
    RetiredCall(
        shape=None,
        old="frame.groupby('a').mean()",
        today="`.mean(numeric_only=True)`",
        changed="Statistics no longer leave out columns of text.",
        errors=(
            r"agg function failed \[how->\w+,dtype->(object|str)\]",
            r"Could not convert string .* to numeric",
            r"dtype 'str' does not support operation",
            r"[Cc]annot perform reduction '\w+' with string dtype",
        ),
        line=r"\.(mean|median|sum|std|var|agg|quantile|corr|cov|skew|kurt)\(",
    ),
    RetiredCall(
        shape=Idiom(form="pattern"),
        old="frame['name'].str.replace('[0-9]+', '')",
        today="`.str.replace(…, regex=True)`, if the text is a pattern",
        changed="The first argument is plain text today; it was a pattern.",
        effect=Effect.CHANGES,
    ),
    RetiredCall(
        shape=Idiom(form="dummies"),
        old="pd.get_dummies(frame['name'])",
        today="`pandas.get_dummies(…, dtype=int)`, if numbers are needed",
        changed="The columns hold True and False today; they held 1 and 0.",
        effect=Effect.CHANGES,
        noted=False,
    ),
    RetiredCall(
        shape=Idiom(form="dtype-object"),
        old="frame['name'].dtype == 'object'",
        today="`pandas.api.types.is_string_dtype(frame['name'])`",
        changed="This is never true today, because columns of text have the type `str`.",
        effect=Effect.NOTHING,
    ),
    RetiredCall(
        shape=Idiom(form="chained-assignment"),
        old="frame['a'][frame['b'] > 1] = 0",
        today="`frame.loc[frame['b'] > 1, 'a'] = 0`",
        changed="This changes a copy today, not the frame.",
        effect=Effect.NOTHING,
    ),
    RetiredCall(
        shape=Idiom(form="chained-in-place"),
        old="frame['a'].fillna(0, inplace=True)",
        today="`frame['a'] = frame['a'].fillna(0)`",
        changed="This changes a copy today, not the frame.",
        effect=Effect.NOTHING,
    ),
)
