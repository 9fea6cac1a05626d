"""Methods of `.str` and the labels of `cut`, as pandas had them before 0.20."""

import importlib
import itertools
import math
import re
from typing import Any

import numpy as np


def adapt(pd: Any) -> None:
    """Give `.str`, `cut` and `qcut` their old meaning."""
    methods: Any = importlib.import_module("pandas.core.strings.accessor").StringMethods
    methods.match = _match(methods.match)
    methods.extract = _extract(methods.extract)
    methods.decode = _decode
    pd.cut = _labelled(pd, pd.cut)
    pd.qcut = _labelled(pd, pd.qcut, closed_below=True)


def _match(today: Any) -> Any:
    """The groups, if the pattern has some."""

    def match(
        self: Any,
        pat: Any,
        case: bool = True,
        flags: int = 0,
        na: Any = np.nan,
        as_indexer: bool = False,
    ) -> Any:
        pattern = re.compile(pat, flags=flags if case else flags | re.IGNORECASE)
        if as_indexer or not pattern.groups:
            return today(self, pat, case=case, flags=flags, na=na)

        def groups(text: Any) -> Any:
            if not isinstance(text, str):
                return na
            found = pattern.match(text)
            return found.groups() if found else []

        return self._orig.map(groups)

    match.__doc__ = today.__doc__
    return match


def _extract(today: Any) -> Any:
    """A series, if the pattern has one group."""

    def extract(self: Any, pat: str, flags: int = 0, expand: bool = False) -> Any:
        return today(self, pat, flags, expand)

    extract.__doc__ = today.__doc__
    return extract


def _decode(self: Any, encoding: str, errors: str = "strict") -> Any:
    """Text, which is Unicode already, stays as it is; bytes become text."""

    def decoded(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.decode(encoding, errors)
        return value if isinstance(value, str) else np.nan

    return self._orig.map(decoded)


def _labelled(pd: Any, today: Any, *, closed_below: bool = False) -> Any:
    """Intervals are texts such as `(2, 4]`; since 0.20 they are objects."""

    def cut(
        x: Any,
        bins: Any,
        *args: Any,
        retbins: bool = False,
        precision: int = 3,
        include_lowest: bool = False,
        **options: Any,
    ) -> Any:
        if closed_below:
            options |= dict(zip(("labels",), args, strict=False))
        else:
            options |= dict(zip(("right", "labels"), args, strict=False))
            options["include_lowest"] = include_lowest
        made, edges = today(x, bins, retbins=True, precision=precision, **options)
        if options.get("labels") is None and _are_numbers(edges):
            labels = _labels(
                np.asarray(edges),
                precision,
                right=options.get("right", True),
                lowest=closed_below or include_lowest,
            )
            kept = made.cat if isinstance(made, pd.Series) else made
            made = kept.rename_categories(labels)
        return (made, edges) if retbins else made

    cut.__name__, cut.__doc__ = today.__name__, today.__doc__
    return cut


def _are_numbers(edges: Any) -> bool:
    return getattr(np.asarray(edges), "dtype", np.dtype(object)).kind in "iuf"


def _labels(edges: Any, precision: int, *, right: bool, lowest: bool) -> list[str]:
    """The texts of intervals, with as many digits as tell the edges apart."""
    for digits in range(precision, precision + 20):
        texts = [_label(edge, digits) for edge in edges]
        pairs = list(itertools.pairwise(texts))
        if all(low != high for low, high in pairs):
            break
    if not right:
        return [f"[{low}, {high})" for low, high in pairs]
    made = [f"({low}, {high}]" for low, high in pairs]
    return [f"[{made[0][1:]}", *made[1:]] if lowest else made


def _label(edge: Any, digits: int) -> str:
    """A number with its whole part in full and so many digits after the point."""
    if not isinstance(edge, float) or math.isinf(edge):  # NumPy's float64 is one
        return str(edge)
    fraction, whole = math.modf(abs(edge))
    sign = "-" if edge < 0 else ""
    if not fraction:
        return f"{sign}{whole:.0f}"
    text = f"{fraction:.{digits}g}"
    if "." not in text and "e" not in text:  # rounded up to 1
        return f"{-whole - 1:.0f}" if edge < 0 else f"{whole + 1:.0f}"
    if "e" in text:
        return f"{edge:.{digits}g}"
    return f"{sign}{whole:.0f}.{text.split('.')[1].rstrip('0')}"
