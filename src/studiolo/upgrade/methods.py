"""Rules for calls: by the name of a method, or by the path of a function."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from studiolo.old_code.pandas_calls import FREQUENCIES
from studiolo.upgrade import meanings
from studiolo.upgrade.called import Called, is_text, unquoted
from studiolo.upgrade.facts import Facts

#: The new text of a call; None to leave it.
Rule = Callable[[Called, Facts], str | None]

_FILLS: Final = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}
_STATISTICS: Final = ("sum", "mean", "median", "std", "var", "min", "max", "skew", "kurt", "count")
_LOSSES: Final = ("mean_squared_error", "mean_absolute_error", "median_absolute_error", "log_loss")


def _as_matrix(call: Called, _: Facts) -> str | None:
    columns = call.first("columns")
    of = call.on if columns is None else f"{call.on}[{columns}]"
    return f"{of}.to_numpy()"


def _sort(call: Called, facts: Facts) -> str | None:
    by = call.first("columns")
    is_frame = call.on in facts.frames
    if by is None or not (is_frame or is_text(by) or by.startswith("[")):
        return None
    if len(call.positional) > 1:
        return None
    named = {name: code for name, code in call.named.items() if name != "columns"}
    return Called(on=call.on, positional=[by], named=named).text(f"{call.on}.sort_values")


def _order(call: Called, _: Facts) -> str | None:
    return None if call.positional else call.text(f"{call.on}.sort_values")


def _sort_index(call: Called, _: Facts) -> str | None:
    if "by" not in call.named:
        return None
    rest = {name: code for name, code in call.named.items() if name != "by"}
    moved = Called(on=call.on, positional=[call.named["by"]], named=rest)
    return moved.text(f"{call.on}.sort_values")


def _resample(call: Called, facts: Facts) -> str | None:
    named = dict(call.named)
    positional = list(call.positional)
    if len(positional) == 2 and is_text(positional[1]):
        named["how"] = positional.pop()
    how, fill, limit = (named.pop(name, None) for name in ("how", "fill_method", "limit"))
    if how is None and fill is None:
        return None
    grouped = Called(on=call.on, positional=positional, named=named)
    text = _frequency("resample", "freq")(grouped, facts) or grouped.text(f"{call.on}.resample")
    if how is not None:
        plain = is_text(how) and unquoted(how).isidentifier()
        text += f".{unquoted(how)}()" if plain else f".agg({how})"
    if fill is not None:
        if unquoted(fill) not in _FILLS:
            return None
        text += f".{_FILLS[unquoted(fill)]}({'' if limit is None else f'limit={limit}'})"
    return text


def _fillna(call: Called, _: Facts) -> str | None:
    method = call.named.get("method")
    if method is None or unquoted(method) not in _FILLS or call.positional:
        return None
    return call.text(f"{call.on}.{_FILLS[unquoted(method)]}", without=("method",))


def _drop(call: Called, _: Facts) -> str | None:
    if len(call.positional) != 2 or call.positional[1] not in ("0", "1"):
        return None
    label, axis = call.positional
    moved = Called(on=call.on, positional=[label], named={"axis": axis, **call.named})
    return moved.text(f"{call.on}.drop")


def _replace(call: Called, _: Facts) -> str | None:
    pattern = call.positional[0] if call.positional else ""
    found = re.fullmatch(r"[rRuU]*(['\"])(.*)\1", pattern)
    if not call.on.endswith(".str") or "regex" in call.named or not found:
        return None
    if len(found[2]) < 2 or not re.search(r"[\\^$*+?{}\[\]|().]", found[2]):
        return None
    return f"{call.text(f'{call.on}.replace')[:-1]}, regex=True)"


def _feature_names(call: Called, _: Facts) -> str | None:
    return f"list({call.text(f'{call.on}.get_feature_names_out')})"


def _groupby_statistic(name: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        if call.positional or call.named or not re.search(r"\.groupby\([^()]*\)$", call.on):
            return None
        return f"{call.on}.{name}(numeric_only=True)"

    return rule


def _at(call: Called, _: Facts) -> str | None:
    if len(call.positional) != 2 or call.named:
        return None
    return f"{call.on}.at[{', '.join(call.positional)}]"


def _plot(call: Called, _: Facts) -> str | None:
    """Without the argument `axes`, which had no effect on where the line was drawn."""
    if "axes" not in call.named:
        return None
    return call.text(f"{call.on}.plot", without=("axes",))


def _plot_date(call: Called, _: Facts) -> str | None:
    if len(call.positional) != 2 or {"fmt", "tz", "xdate", "ydate"} & call.named.keys():
        return None
    marked = Called(on=call.on, positional=[*call.positional, '"o"'], named=call.named)
    return marked.text(f"{call.on}.plot")


def _bad_lines(name: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        if call.named.get("error_bad_lines") != "False":
            return None
        named = {k: v for k, v in call.named.items() if not k.endswith("_bad_lines")}
        moved = Called(on=call.on, positional=call.positional, named=named)
        text = moved.text(f"{call.on}.{name}")
        return f'{text[:-1]}, on_bad_lines="skip")'

    return rule


def _place(form: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        if len(call.positional) != form.count("{") - 1 or call.named:
            return None
        return form.format(call.on, *call.positional)

    return rule


def _frequency(name: str, keyword: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        places = [
            *call.positional[:1],
            *(call.named[k] for k in (keyword, "rule") if k in call.named),
        ]
        for code in places:
            if not is_text(code):
                continue
            found = re.fullmatch(r"(\d*)([A-Z]+)(-[A-Z]{3})?", unquoted(code))
            if found and found[2] in FREQUENCIES:
                new = f'"{found[1]}{FREQUENCIES[found[2]]}{found[3] or ""}"'
                changed = Called(
                    on=call.on,
                    positional=[new if c is code else c for c in call.positional],
                    named={k: new if c is code else c for k, c in call.named.items()},
                )
                return changed.text(f"{call.on}.{name}" if call.on else name)
        return None

    return rule


METHODS: Final[Mapping[str, list[Rule]]] = {
    **meanings.METHODS,
    "as_matrix": [_as_matrix],
    "get_values": [_as_matrix],
    "sort": [_sort],
    "order": [_order],
    "sort_index": [_sort_index],
    "resample": [_resample, _frequency("resample", "freq")],
    "asfreq": [_frequency("asfreq", "freq")],
    "date_range": [_frequency("date_range", "freq")],
    "Grouper": [_frequency("Grouper", "freq")],
    "fillna": [_fillna],
    "drop": [_drop],
    "replace": [_replace],
    "get_feature_names": [_feature_names],
    "get_value": [_at],
    "plot": [_plot],
    "plot_date": [_plot_date],
    "read_csv": [_bad_lines("read_csv")],
    "read_table": [_bad_lines("read_table")],
    "irow": [_place("{}.iloc[{}]")],
    "icol": [_place("{}.iloc[:, {}]")],
    "iget": [_place("{}.iloc[{}]")],
    "iget_value": [_place("{}.iat[{}, {}]")],
    "clip_upper": [_place("{}.clip(upper={})")],
    "clip_lower": [_place("{}.clip(lower={})")],
    **{name: [_groupby_statistic(name)] for name in ("mean", "median", "std", "var", "sum")},
}


def _rolling(kind: str, name: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        if not call.positional or {"freq", "how"} & call.named.keys():
            return None
        on, *rest = call.positional
        own = {k: v for k, v in call.named.items() if k not in ("min_periods", "center", "window")}
        window = {k: v for k, v in call.named.items() if k not in own}
        given: list[str] = []
        if kind == "rolling" and "window" not in window:
            if not rest:
                return None
            given = [rest.pop(0)]
        extra = ["raw=True"] if name == "apply" else []
        if name == "count" and "min_periods" not in window:
            window["min_periods"] = "0"
        if name not in ("apply", "quantile") and rest:
            return None
        if not on.isidentifier() and not on.endswith(("]", ")")) and "." not in on:
            return None
        moving = Called(on=on, positional=given, named=window).text(f"{on}.{kind}")
        inner = [*rest, *(f"{k}={v}" for k, v in own.items()), *extra]
        return f"{moving}.{name}({', '.join(inner)})"

    return rule


def _weighted(name: str) -> Rule:
    def rule(call: Called, _: Facts) -> str | None:
        if len(call.positional) != 1 or {"freq", "how", "bias"} & call.named.keys():
            return None
        moving = Called(on="", named={"min_periods": "0", **call.named}).text("ewm")
        return f"{call.positional[0]}.{moving}.{name}()"

    return rule


def _dummies(call: Called, facts: Facts) -> str | None:
    if "dtype" in call.named:
        return None
    return f"{call.text(f'{facts.pandas}.get_dummies')[:-1]}, dtype=int)"


def _value_counts(call: Called, _: Facts) -> str | None:
    if len(call.positional) != 1:
        return None
    return call.rest().text(f"{call.positional[0]}.value_counts")


def _time_grouper(call: Called, facts: Facts) -> str | None:
    freq = call.first("freq")
    if freq is None or "how" in call.named or len(call.positional) > 1:
        return None
    named = {"freq": freq, **{k: v for k, v in call.named.items() if k != "freq"}}
    moved = Called(on="", named=named)
    return _frequency("Grouper", "freq")(moved, facts) or moved.text("Grouper")


def _time_grouper_of_pandas(call: Called, facts: Facts) -> str | None:
    made = _time_grouper(call, facts)
    return None if made is None else f"{facts.pandas}.{made}"


def _three_folds(function: str) -> Rule:
    """Three folds by default, and losses by today's names."""

    def rule(call: Called, _: Facts) -> str | None:
        named = dict(call.named)
        if "cv" not in named:
            named["cv"] = "3"
        scoring = named.get("scoring", "")
        if is_text(scoring) and unquoted(scoring) in _LOSSES:
            named["scoring"] = f'"neg_{unquoted(scoring)}"'
        if named == call.named or {"iid", "fit_params"} & named.keys():
            return None
        return Called(on=call.on, positional=call.positional, named=named).text(function)

    return rule


#: By the path that a function had.
FUNCTIONS: Final[Mapping[str, Rule]] = {
    **meanings.FUNCTIONS,
    **{f"pandas.rolling_{name}": _rolling("rolling", name) for name in _STATISTICS},
    **{f"pandas.expanding_{name}": _rolling("expanding", name) for name in _STATISTICS},
    "pandas.rolling_apply": _rolling("rolling", "apply"),
    "pandas.rolling_quantile": _rolling("rolling", "quantile"),
    "pandas.expanding_apply": _rolling("expanding", "apply"),
    "pandas.ewma": _weighted("mean"),
    "pandas.ewmstd": _weighted("std"),
    "pandas.ewmvar": _weighted("var"),
    "pandas.get_dummies": _dummies,
    "pandas.value_counts": _value_counts,
    "pandas.TimeGrouper": _time_grouper_of_pandas,
}
_FOLDED: Final = {
    *("sklearn.cross_validation.cross_val_score", "sklearn.cross_validation.cross_val_predict"),
    *("sklearn.grid_search.GridSearchCV", "sklearn.grid_search.RandomizedSearchCV"),
    *("sklearn.learning_curve.learning_curve", "sklearn.learning_curve.validation_curve"),
}
#: By the path, for functions that keep the name by which the script calls them: the rule for it.
KEEPING: Final[Mapping[str, Callable[[str], Rule]]] = {
    **dict.fromkeys(_FOLDED, _three_folds),
    **meanings.LEARNERS,
}
