"""Values of Python 2 that are others in Python 3: quotients of integers, lists, rounded numbers."""

import ast
import builtins
import decimal
import itertools
from typing import Any, Final

_DECODE: Final = "_studiolo_decode"
_DIVIDE: Final = "_studiolo_divide"
_DIVIDE_IN_PLACE: Final = "_studiolo_divide_in_place"


def names() -> dict[str, Any]:
    """The functions by the names under which a script of Python 2 finds them."""
    return {
        "map": _map,
        "filter": _filter,
        "zip": lambda *parts: list(zip(*parts, strict=False)),
        "range": lambda *ends: list(range(*ends)),
        "round": _round,
        _DECODE: _decoded,
        _DIVIDE: _quotient,
        _DIVIDE_IN_PLACE: _quotient_in_place,
    }


def changed(tree: ast.Module) -> ast.Module:
    """The script with functions in place of what has another value in Python 3."""
    made: ast.Module = _Values(divides=not _divides_as_today(tree)).visit(tree)
    return ast.fix_missing_locations(made)


def _divides_as_today(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in tree.body
    )


class _Values(ast.NodeTransformer):
    """Puts functions in the place of divisions, and of `text.decode(…)`, which gives the text."""

    def __init__(self, *, divides: bool) -> None:
        self._divides = divides

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Put a function in the place of the method."""
        self.generic_visit(node)
        function = node.func
        if not (isinstance(function, ast.Attribute) and function.attr == "decode"):
            return node
        return _called(_DECODE, node, [function.value, *node.args], node.keywords)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Divide by a function."""
        self.generic_visit(node)
        if not (self._divides and isinstance(node.op, ast.Div)):
            return node
        return _called(_DIVIDE, node, [node.left, node.right])

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """Divide by a function, and assign what it gives."""
        self.generic_visit(node)
        if not (self._divides and isinstance(node.op, ast.Div)):
            return node
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        value = _called(_DIVIDE_IN_PLACE, node, [read, node.value])
        return ast.copy_location(ast.Assign(targets=[node.target], value=value), node)


def _called(
    name: str, place: ast.AST, args: list[ast.expr], keywords: list[ast.keyword] | None = None
) -> ast.Call:
    function = ast.Name(id=name, ctx=ast.Load())
    return ast.copy_location(ast.Call(func=function, args=args, keywords=keywords or []), place)


def _decoded(value: Any, *args: Any, **options: Any) -> Any:
    return value if isinstance(value, str) else value.decode(*args, **options)


def _quotient(left: Any, right: Any) -> Any:
    if _is_whole(left) and _is_whole(right):
        return left // right
    return left / right


def _quotient_in_place(left: Any, right: Any) -> Any:
    if _is_whole(left) and _is_whole(right):
        left //= right
    else:
        left /= right
    return left


def _is_whole(value: Any) -> bool:
    """Whether it is an integer, or an array of them. Series divided as today even then."""
    if isinstance(value, int):
        return True
    return (
        type(value).__module__ == "numpy"
        and getattr(value, "dtype", None) is not None
        and (value.dtype.kind in "iub")
    )


def _map(function: Any, *parts: Any) -> list[Any]:
    if len(parts) == 1:
        return list(parts[0] if function is None else map(function, parts[0]))
    rows = itertools.zip_longest(*parts)
    return list(rows) if function is None else [function(*row) for row in rows]


def _filter(function: Any, values: Any) -> Any:
    kept = list(filter(function, values))
    if isinstance(values, str):
        return "".join(kept)
    return tuple(kept) if isinstance(values, tuple) else kept


def _round(number: Any, ndigits: int = 0) -> Any:
    """A float, and halves go away from zero."""
    if not isinstance(number, int | float):
        return builtins.round(number, ndigits)
    exact = decimal.Decimal(number)
    if not exact.is_finite():
        return float(number)
    step = decimal.Decimal(1).scaleb(-ndigits)
    return float(exact.quantize(step, rounding=decimal.ROUND_HALF_UP))
