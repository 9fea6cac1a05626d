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
        "rolling_quantile": _rolling(pd, "quantile", takes="quantile"),
        "rolling_apply": _rolling(pd, "apply", takes="func", raw=True),
        "rolling_corr": _rolling_pair(pd, "corr"),
        "rolling_cov": _rolling_pair(pd, "cov"),
        "expanding_count": _expanding(pd, "count", least=0),
        "expanding_quantile": _expanding(pd, "quantile", takes="quantile"),
        "expanding_apply": _expanding(pd, "apply", takes="func", raw=True),
        "expanding_corr": _expanding_pair(pd, "corr"),
        "expanding_cov": _expanding_pair(pd, "cov"),
        "ewma": _weighted(pd, "mean"),
        "ewmvar": _weighted(pd, "var"),
        "ewmstd": _weighted(pd, "std"),
        "ewmvol": _weighted(pd, "std"),
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
        _refuse(freq, options)
        given, rest = _taken(takes, more, options)
        if rest:
            min_periods = rest[0]
        moving = _values(pd, arg).rolling(
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
        _refuse(freq, options)
        given, rest = _taken(takes, more, options)
        if rest:
            min_periods = rest[0]
        moving = _values(pd, arg).expanding(least if min_periods is None else min_periods)
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
        _refuse(freq, options)
        if window is None and isinstance(arg2, int | float):
            arg2, window = None, int(arg2)
        moving = _values(pd, arg1).rolling(window, min_periods=min_periods, center=center)
        other = None if arg2 is None else _values(pd, arg2)
        return _like(arg1, getattr(moving, name)(other, **options))

    return rolling


def _expanding_pair(pd: Any, name: str) -> Callable[..., Any]:
    def expanding(
        arg1: Any, arg2: Any = None, min_periods: int = 1, freq: Any = None, **options: Any
    ) -> Any:
        _refuse(freq, options)
        other = None if arg2 is None else _values(pd, arg2)
        return _like(
            arg1, getattr(_values(pd, arg1).expanding(min_periods), name)(other, **options)
        )

    return expanding


def _weighted(pd: Any, name: str) -> Callable[..., Any]:
    def weighted(arg: Any, *more: Any, **options: Any) -> Any:
        options |= dict(zip(_WEIGHTS, more, strict=False))
        bias = {"bias": options.pop("bias")} if "bias" in options else {}
        _refuse(options.pop("freq", None), options)
        options.setdefault("min_periods", 0)
        return _like(arg, getattr(_values(pd, arg).ewm(**options), name)(**bias))

    return weighted


def _taken(takes: str, more: tuple[Any, ...], options: dict[str, Any]) -> tuple[list[Any], Any]:
    """The argument of the statistic itself, and the other positional ones."""
    if not takes:
        return [], more
    if takes in options:
        return [options.pop(takes)], more
    return list(more[:1]), more[1:]


def _refuse(freq: Any, options: dict[str, Any]) -> None:
    if freq is not None or options.pop("how", None) is not None:
        raise NotImplementedError(
            "`freq=` and `how=` of the old moving functions are not restored. Resample first: "
            "`series.resample(freq).mean()`."
        )


def _values(pd: Any, arg: Any) -> Any:
    if isinstance(arg, pd.Series | pd.DataFrame):
        return arg
    return pd.DataFrame(arg) if np.ndim(arg) > 1 else pd.Series(arg)


def _like(arg: Any, result: Any) -> Any:
    """An array for an array, as the old functions had it."""
    return result.to_numpy() if isinstance(arg, np.ndarray | list) else result
