"""JSON documents laid out for reading: as JSON, and as literals of Python."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

_WIDTH = 88
_INDENT = "  "


def json_text(document: Any) -> str:
    """A document as JSON; what fits on a line is on one."""
    return _laid_out(document, partial(json.dumps, ensure_ascii=False), "")


def python_text(document: Any) -> str:
    """A document as an expression of Python; what fits on a line is on one."""
    return _laid_out(document, repr, "")


def _laid_out(value: Any, scalar: Callable[[Any], str], before: str) -> str:
    """A value whose first line starts where `before` ends, as deep as `before` is indented."""
    if not isinstance(value, Mapping | list) or not value:
        return scalar(value)
    one_line = scalar(value)
    if len(before) + len(one_line) < _WIDTH:
        return one_line
    inner = before[: len(before) - len(before.lstrip())] + _INDENT
    if isinstance(value, list) and not any(isinstance(one, Mapping | list) for one in value):
        return _block("[]", _filled(map(scalar, value), inner), inner)
    if isinstance(value, list):
        return _block("[]", (inner + _laid_out(one, scalar, inner) for one in value), inner)
    named = ((f"{inner}{scalar(name)}: ", one) for name, one in value.items())
    return _block("{}", (start + _laid_out(one, scalar, start) for start, one in named), inner)


def _block(brackets: str, lines: Iterable[str], inner: str) -> str:
    inside = ",\n".join(lines)
    return f"{brackets[0]}\n{inside}\n{inner.removesuffix(_INDENT)}{brackets[1]}"


def _filled(values: Iterable[str], inner: str) -> Iterable[str]:
    """Lines with as many values as fit; the commas at their ends are left to the caller."""
    line = ""
    for value in values:
        if line and len(f"{inner}{line}, {value},") > _WIDTH:
            yield inner + line
            line = ""
        line = f"{line}, {value}" if line else value
    yield inner + line
