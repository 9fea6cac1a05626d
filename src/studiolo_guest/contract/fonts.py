"""Fonts for figures: letters that a font lacks come from another one, or are said to be missing.

Matplotlib's own font has no Korean, Chinese or Japanese letters, and warns of each letter of each
figure that it has to leave out.
"""

import logging
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, Final

#: Fonts with the letters of East Asia, as systems install them; the first that is there is used.
_WIDE_FONTS: Final = (
    *("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "NanumBarunGothic", "Malgun Gothic"),
    *("Baekmuk Dotum", "UnDotum", "Source Han Sans KR", "Noto Sans CJK JP", "Noto Sans CJK SC"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "IPAGothic", "Droid Sans Fallback", "Unifont"),
)
#: How many of the letters that are missing are shown.
_SHOWN: Final = 20


class _Missing:
    """The fonts that a run's figures asked for in vain; each run has its own process."""

    def __init__(self) -> None:
        self.letters: dict[str, None] = {}
        self.families: dict[str, None] = {}
        self.wide: str | None = None


_missing: Final = _Missing()


def adapt_text_helpers(helpers: ModuleType) -> None:
    """Keep the letters that are missing instead of a warning for each."""

    def warn_on_missing_glyph(codepoint: int, *_: object) -> None:
        _missing.letters[chr(int(codepoint))] = None

    helpers.warn_on_missing_glyph = warn_on_missing_glyph  # type: ignore[attr-defined]  # the point of this function


def adapt_font_manager(manager: ModuleType) -> None:
    """Have each text fall back on a font with the letters of East Asia, if there is one."""
    fonts = manager.fontManager
    original: Callable[..., Sequence[Any]] = fonts._find_fonts_by_props

    def find_fonts(prop: Any, *rest: Any, **options: Any) -> list[Any]:
        found = list(original(prop, *rest, **options))
        if _missing.wide is None:
            there = set(fonts.get_font_names())
            _missing.wide = next((name for name in _WIDE_FONTS if name in there), "")
        if _missing.wide:
            wide = prop.copy()
            wide.set_family(_missing.wide)
            path = fonts.findfont(wide, fallback_to_default=False)
            return found if path in found else [*found, path]
        return found

    fonts._find_fonts_by_props = find_fonts
    logging.getLogger(manager.__name__).addFilter(_keep_family)


def _keep_family(record: logging.LogRecord) -> bool:
    """Keep the name of a family that is not there; it is logged for each text of a figure."""
    message = record.getMessage()
    if _missing.wide and "font weight" in message and _missing.wide in message:
        # It stands in for a font that has this weight.
        return False
    if not message.startswith("findfont: ") or "not found" not in message:
        return True
    if isinstance(record.args, tuple) and record.args:
        _missing.families[str(record.args[0])] = None
    return False


def say_what_is_missing(log: Callable[[str], None]) -> None:
    """Say once what was drawn otherwise than asked for."""
    if _missing.families:
        names = ", ".join(_missing.families)
        log(f"Figures use a different font, because this machine does not have {names}.")
    if _missing.letters:
        letters = "".join(list(_missing.letters)[:_SHOWN])
        more = " …" if len(_missing.letters) > _SHOWN else ""
        log(
            f"No font of this machine has the letters {letters}{more}: figures show boxes instead. "
            "Install one, such as the package fonts-nanum for Korean or fonts-noto-cjk, and run "
            "the script again."
        )
