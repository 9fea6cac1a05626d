"""Matplotlib without a screen: the backend is Agg, and every figure ends as a picture.

Classic scripts select Agg and call savefig; scripts from elsewhere call plt.show() or leave
their figures open. All of them should just work.
"""

import itertools
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from studiolo_guest.contract import fonts
from studiolo_guest.contract.after_import import adapt_after_import

_PYPLOT: Final = "matplotlib.pyplot"
_SAVED: Final = "_studiolo_saved"
#: The run's working directory; each run is a process of its own.
_place: Final = {"directory": ""}


def install() -> None:
    """Adapt matplotlib now, if it is imported, or else as soon as the script imports it."""
    adapt_after_import(_ADAPTERS)


def save_into(directory: str) -> None:
    """Set where figures are saved for the script, wherever it has gone with `os.chdir`."""
    _place["directory"] = directory


def save_open_figures(*, log: Callable[[str], None]) -> None:
    """Save the figures that are still open and were never saved by the script.

    ``log`` gets a line for a figure that cannot be drawn; the script keeps its result.
    """
    pyplot = sys.modules.get(_PYPLOT)
    try:
        _save_open(pyplot, log)
    finally:
        fonts.say_what_is_missing(log)


def _save_open(pyplot: Any, log: Callable[[str], None]) -> None:
    for number in pyplot.get_fignums() if pyplot is not None else ():
        try:
            _save(pyplot, number)
        except Exception as error:  # noqa: BLE001  # drawing runs code of the script (artists, callbacks)
            why = " ".join("".join(traceback.format_exception_only(error)).split())[:400]
            log(f"Figure {number}, which the script left open, can't be drawn: {why}")


def _save(pyplot: Any, number: int) -> None:
    figure = pyplot.figure(number)
    if not getattr(figure, _SAVED, False):
        figure.savefig(_free_name(number))


def _free_name(number: int) -> str:
    names = (
        os.path.join(_place["directory"], f"figure-{later}.png")
        for later in itertools.count(number)
    )
    return next(name for name in names if not os.path.lexists(name))


def _adapt_matplotlib(matplotlib: ModuleType) -> None:
    def use(*_: object, **__: object) -> None:
        """Accept any backend, and options of old versions, and keep Agg: there is no screen."""

    matplotlib.use = use  # type: ignore[attr-defined]  # the point of this function
    warnings.filterwarnings("ignore", message=".*is non-interactive, and thus cannot be shown")


def _adapt_pyplot(pyplot: ModuleType) -> None:
    def show(*_: object, **__: object) -> None:
        """Save what is open, then start afresh, as a notebook does."""
        for number in pyplot.get_fignums():
            _save(pyplot, number)
        pyplot.close("all")

    original = pyplot.switch_backend

    def switch_backend(newbackend: object) -> None:  # noqa: ARG001  # any is accepted
        """Load Agg the first time, when pyplot itself asks, and keep it."""
        if pyplot._backend_mod is None:
            original("agg")

    pyplot.show = show  # type: ignore[attr-defined]  # the point of this function
    pyplot.switch_backend = switch_backend  # type: ignore[attr-defined]  # likewise
    pyplot.Figure.savefig = _marking(pyplot.Figure.savefig)


def _marking(savefig: Callable[..., Any]) -> Callable[..., Any]:
    def marking_savefig(self: Any, fname: Any, *rest: Any, **options: Any) -> None:
        savefig(self, fname, *rest, **options)
        if isinstance(fname, str | os.PathLike):
            setattr(self, _SAVED, True)

    marking_savefig.__doc__ = savefig.__doc__
    return marking_savefig


_ADAPTERS: Final[dict[str, Callable[[ModuleType], None]]] = {
    "matplotlib": _adapt_matplotlib,
    "matplotlib._text_helpers": fonts.adapt_text_helpers,
    "matplotlib.font_manager": fonts.adapt_font_manager,
    _PYPLOT: _adapt_pyplot,
}
