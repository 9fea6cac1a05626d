"""`pandas.rolling_mean` and its like, which pandas 0.18 turned into methods."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

_STATISTICS: Final = ("sum", "mean", "median", "std", "var", "min", "max", "skew", "kurt")
#: In the order in which the old functions took them by position.
_WEIGHTS: Final = ("com", "span", "halflife", "min_periods", "freq", "adjust")


def functions(pd: Any) -> dict[str, Callable[..., Any]]:
    """The functions by name: `rolling_mean`, `expanding_sum`, `ewma`."""
    made: dict[str, Callable[..., Any]] = {}
    for name in _STATISTICS:
        made[f"rolling_{name}"] = _rolling(pd, name)
        made[f"expanding_{name}"] = _expanding(pd, name)
    made |= {
        "rolling_count": _rolling(pd, "count", least=0),
        "rolling_quantile": _rolling(pd, "quantile", takes="quantile", interpolation="lower"),
        "rolling_apply": _rolling(pd, "apply", takes="func", raw=True),
        "rolling_corr": _rolling_pair(pd, "corr"),
        "rolling_cov": _rolling_pair(pd, "cov"),
        "expanding_count": _expanding(pd, "count", least=0),
        "expanding_quantile": _expanding(pd, "quantile", takes="quantile", interpolation="lower"),
        "expanding_apply": _expanding(pd, "apply", takes="func", raw=True),
        "expanding_corr": _expanding_pair(pd, "corr"),
        "expanding_cov": _expanding_pair(pd, "cov"),
        "ewma": _weighted(pd, "mean"),
        "ewmvar": _weighted(pd, "var"),
        "ewmstd": _weighted(pd, "std"),
        "ewmvol": _weighted(pd, "std"),
        "ewmcorr": _weighted_pair(pd, "corr"),
        "ewmcov": _weighted_pair(pd, "cov"),
        "rolling_window": _rolling_window(pd),
    }
    return made


def _rolling(
    pd: Any, name: str, *, least: int | None = None, takes: str = "", **fixed: Any
) -> Callable[..., Any]:
    def rolling(
        arg: Any,
        window: int,
        *more: Any,
        min_periods: int | None = None,
        freq: Any = None,
        center: bool = False,
        **options: Any,
    ) -> Any:
        values = _at(freq, _values(pd, arg), name, options)
        given, rest = _taken(takes, more, options)
        if rest:
            min_periods = rest[0]
        moving = values.rolling(
            window, min_periods=least if min_periods is None else min_periods, center=center
        )
        return _like(arg, getattr(moving, name)(*given, **fixed, **options))

    return rolling


def _expanding(
    pd: Any, name: str, *, least: int = 1, takes: str = "", **fixed: Any
) -> Callable[..., Any]:
    def expanding(
        arg: Any, *more: Any, min_periods: int | None = None, freq: Any = None, **options: Any
    ) -> Any:
        values = _at(freq, _values(pd, arg), name, options)
        given, rest = _taken(takes, more, options)
        if rest:
            min_periods = rest[0]
        moving = values.expanding(least if min_periods is None else min_periods)
        return _like(arg, getattr(moving, name)(*given, **fixed, **options))

    return expanding


def _rolling_pair(pd: Any, name: str) -> Callable[..., Any]:
    def rolling(
        arg1: Any,
        arg2: Any = None,
        window: int | None = None,
        min_periods: int | None = None,
        freq: Any = None,
        center: bool = False,
        **options: Any,
    ) -> Any:
        if window is None and isinstance(arg2, int | float):
            arg2, window = None, int(arg2)
        values = _at(freq, _values(pd, arg1), name, options)
        moving = values.rolling(window, min_periods=min_periods, center=center)
        other = None if arg2 is None else _values(pd, arg2)
        return _like(arg1, getattr(moving, name)(other, **options))

    return rolling


def _expanding_pair(pd: Any, name: str) -> Callable[..., Any]:
    def expanding(
        arg1: Any, arg2: Any = None, min_periods: int = 1, freq: Any = None, **options: Any
    ) -> Any:
        values = _at(freq, _values(pd, arg1), name, options)
        other = None if arg2 is None else _values(pd, arg2)
        return _like(arg1, getattr(values.expanding(min_periods), name)(other, **options))

    return expanding


def _weighted(pd: Any, name: str) -> Callable[..., Any]:
    def weighted(arg: Any, *more: Any, **options: Any) -> Any:
        options |= dict(zip(_WEIGHTS, more, strict=False))
        bias = {"bias": options.pop("bias")} if "bias" in options else {}
        values = _at(options.pop("freq", None), _values(pd, arg), name, options)
        options.setdefault("min_periods", 0)
        return _like(arg, getattr(values.ewm(**options), name)(**bias))

    return weighted


def _weighted_pair(pd: Any, name: str) -> Callable[..., Any]:
    def weighted(arg1: Any, arg2: Any = None, *more: Any, **options: Any) -> Any:
        options |= dict(zip(_WEIGHTS, more, strict=False))
        bias = {"bias": options.pop("bias")} if "bias" in options else {}
        values = _at(options.pop("freq", None), _values(pd, arg1), name, options)
        options.setdefault("min_periods", 0)
        other = None if arg2 is None else _values(pd, arg2)
        return _like(arg1, getattr(values.ewm(**options), name)(other, **bias))

    return weighted


def _rolling_window(pd: Any) -> Callable[..., Any]:
    def rolling(
        arg: Any,
        window: Any,
        win_type: str | None = None,
        min_periods: int | None = None,
        freq: Any = None,
        center: bool = False,
        mean: bool = True,
        **options: Any,
    ) -> Any:
        values = _at(freq, _values(pd, arg), "mean", options)
        moving = values.rolling(window, win_type=win_type, min_periods=min_periods, center=center)
        return _like(arg, moving.mean(**options) if mean else moving.sum(**options))

    return rolling


def _taken(takes: str, more: tuple[Any, ...], options: dict[str, Any]) -> tuple[list[Any], Any]:
    """The argument of the statistic itself, and the other positional ones."""
    if not takes:
        return [], more
    if takes in options:
        return [options.pop(takes)], more
    return list(more[:1]), more[1:]


def _at(freq: Any, values: Any, statistic: str, options: dict[str, Any]) -> Any:
    """The values at a frequency, if one was asked for: by `how`, or by what the statistic is of."""
    own = statistic if statistic in ("min", "max", "median") else "mean"
    how = options.pop("how", None) or own
    return values if freq is None else values.resample(freq).aggregate(how)


def _values(pd: Any, arg: Any) -> Any:
    if isinstance(arg, pd.Series | pd.DataFrame):
        return arg
    return pd.DataFrame(arg) if np.ndim(arg) > 1 else pd.Series(arg)


def _like(arg: Any, result: Any) -> Any:
    """An array for an array, as the old functions had it."""
    return result.to_numpy() if isinstance(arg, np.ndarray | list) else result
