"""Calls that Matplotlib 3.6 no longer has, with the meaning that they had before."""

import importlib
from typing import Any, Final

import numpy as np

_COLOURS: Final = {
    "spectral": "nipy_spectral",
    "Vega10": "tab10",
    "Vega20": "tab20",
    "Vega20b": "tab20b",
    "Vega20c": "tab20c",
}


def adapt(pyplot: Any) -> None:
    """Give pyplot and its axes the old functions and arguments."""
    Axes: Any = importlib.import_module("matplotlib.axes").Axes  # noqa: N806  # a class
    FigureBase: Any = importlib.import_module("matplotlib.figure").FigureBase  # noqa: N806

    _old_colours(pyplot)
    pyplot.hold = lambda b=None: None
    pyplot.ishold = lambda: True
    Axes.hold = lambda self, b=None: None
    Axes.set_axis_bgcolor = Axes.set_facecolor
    Axes.get_axis_bgcolor = Axes.get_facecolor
    Axes.axisbg = property(Axes.get_facecolor)
    Axes.set_color_cycle = lambda self, clist: self.set_prop_cycle(color=clist)
    for owner, names in {
        Axes: {
            "bar": _left,
            "hist": _density,
            "plot": _axes,
            "tick_params": _on_off,
            "grid": _on_off,
        },
        FigureBase: {"add_subplot": _background, "add_axes": _background},
        pyplot: {
            "bar": _left,
            "hist": _density,
            "subplot": _background,
            "axes": _background,
            "plot": _axes,
            "tick_params": _on_off,
            "grid": _on_off,
        },
    }.items():
        for name, change in names.items():
            setattr(owner, name, _changing(getattr(owner, name), change))


def _old_colours(pyplot: Any) -> None:
    """Give colour maps their old names as well."""
    matplotlib: Any = importlib.import_module("matplotlib")
    for old, today in _COLOURS.items():
        colours = matplotlib.colormaps[today]
        matplotlib.colormaps.register(colours, name=old)
        setattr(pyplot.cm, old, colours)
    pyplot.spectral = lambda: pyplot.set_cmap("nipy_spectral")


def adapt_mlab(mlab: Any) -> None:
    """Give mlab the functions that scripts took from it."""

    def normpdf(x: Any, *args: Any) -> Any:
        mu, sigma = args
        return np.exp(-0.5 * ((x - mu) / sigma) ** 2) / (np.sqrt(2 * np.pi) * sigma)

    mlab.normpdf = normpdf
    mlab.prctile = np.percentile
    mlab.frange = lambda start, stop, step: np.arange(start, stop + step / 2, step)


def _changing(function: Any, change: Any) -> Any:
    def changed(*args: Any, **options: Any) -> Any:
        change(options)
        return function(*args, **options)

    changed.__name__, changed.__doc__ = function.__name__, function.__doc__
    return changed


def _left(options: dict[str, Any]) -> None:
    if "left" in options:
        options["x"] = options.pop("left")


def _density(options: dict[str, Any]) -> None:
    if "normed" in options:
        options.setdefault("density", bool(options.pop("normed")))


def _background(options: dict[str, Any]) -> None:
    if "axisbg" in options:
        options["facecolor"] = options.pop("axisbg")


def _axes(options: dict[str, Any]) -> None:
    """`plot(…, axes=…)` had no effect on where the line was drawn: the current axes have it."""
    options.pop("axes", None)


def _on_off(options: dict[str, Any]) -> None:
    for name, value in options.items():
        if value in ("on", "off") and isinstance(value, str):
            options[name] = value == "on"
