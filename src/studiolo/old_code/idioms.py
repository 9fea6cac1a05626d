"""Forms of old code that need more than a name to be found: rules over a syntax tree."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from studiolo.old_code.changed_meanings import changed_meanings, is_column, is_frame

#: Attributes by which a variable shows that it is a frame.
_OF_FRAMES: Final = frozenset(
    {
        *("loc", "iloc", "ix", "columns", "dtypes", "shape", "head", "tail", "describe", "apply"),
        *("isnull", "isna", "fillna", "dropna", "drop_duplicates", "iterrows", "itertuples"),
        *("set_index", "reset_index", "sort_values", "rename", "select_dtypes", "corr"),
        *("groupby", "merge", "pivot_table", "resample", "to_csv", "as_matrix"),
    }
)
_IN_PLACE: Final = frozenset(
    {
        *("fillna", "replace", "ffill", "bfill", "interpolate", "clip", "where", "mask", "dropna"),
        *("drop", "drop_duplicates", "rename", "sort_values"),
    }
)
_OBJECT: Final = frozenset({"object", "O", "object_", "|O"})
_SPECIAL: Final = re.compile(r"[\\^$*+?{}\[\]|().]")
_MAKES_FRAMES: Final = frozenset(
    {"DataFrame", "read_csv", "read_table", "concat", "merge", "copy", "get_dummies"}
)


def frames_in(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Names that look like frames: arguments of `azureml_main`, and what is used as one is."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name == "azureml_main":
            names.update(argument.arg for argument in node.args.args)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in _OF_FRAMES:
                names.add(node.value.id)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            if isinstance(function, ast.Attribute) and function.attr in _MAKES_FRAMES:
                names.update(t.id for t in node.targets if isinstance(t, ast.Name))
    return frozenset(names)


def idioms_in(nodes: Sequence[ast.AST], frames: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each idiom."""
    for node in nodes:
        # A list's append gives nothing back, so it is a frame's where a value is taken from it.
        if isinstance(node, ast.Assign | ast.Return) and _is_append(node.value):
            yield node.lineno, "append"
        match node:
            case ast.Compare():
                if _compares_with_object(node):
                    yield node.lineno, "dtype-object"
            case ast.Assign(targets=targets):
                if any(_is_chained(target, frames) for target in targets):
                    yield node.lineno, "chained-assignment"
            case ast.BinOp(left=ast.Name(id="print"), op=ast.RShift()):
                yield node.lineno, "print"
            case ast.AugAssign(target=target) if _is_chained(target, frames):
                yield node.lineno, "chained-assignment"
            case ast.Call():
                yield from ((node.lineno, form) for form in changed_meanings(node, frames))
                if isinstance(node.func, ast.Attribute):
                    yield from _of_call(node, node.func, frames)


def _of_call(
    call: ast.Call, function: ast.Attribute, frames: frozenset[str]
) -> Iterator[tuple[int, str]]:
    keywords = {keyword.arg for keyword in call.keywords}
    on = function.value
    if function.attr in _IN_PLACE and _is_in_place(call) and is_column(on, frames):
        yield call.lineno, "chained-in-place"
    elif function.attr == "replace" and isinstance(on, ast.Attribute) and on.attr == "str":
        if "regex" not in keywords and _is_pattern(call):
            yield call.lineno, "pattern"
    elif function.attr in ("sort", "order", "sortlevel"):
        if _sorts_frame(call, on, frames):
            yield call.lineno, "sort"
    elif function.attr == "drop" and len(call.args) == 2 and _is_axis(call.args[1]):
        yield call.lineno, "drop-axis"
    elif function.attr == "decode" and _is_text(on):
        yield call.lineno, "decode"
    elif function.attr == "get_dummies" and "dtype" not in keywords:
        yield call.lineno, "dummies"
    elif function.attr == "timedelta64" and len(call.args) == 2:
        unit = call.args[1]
        if isinstance(unit, ast.Constant) and unit.value in ("Y", "M"):
            yield call.lineno, "timedelta-years"


def _sorts_frame(call: ast.Call, on: ast.expr, frames: frozenset[str]) -> bool:
    """Lists have a sort as well; theirs takes no column."""
    if is_frame(on, frames) or is_column(on, frames):
        return True
    if {keyword.arg for keyword in call.keywords} & {"columns", "ascending", "inplace"}:
        return True
    match call.args:
        case [ast.Constant(value=str()), *_] | [ast.List(elts=[ast.Constant(value=str()), *_]), *_]:
            return True
    return False


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr() | ast.Call(func=ast.Name(id="str")):
            return True
    return False


def _is_axis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (0, 1, "columns", "index")


def _compares_with_object(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    return any(map(_is_dtype, sides)) and any(map(_is_object, sides))


def _is_dtype(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="dtype" | "dtypes"):
            return True
        case ast.Attribute(value=inner, attr="name" | "kind" | "type"):
            return _is_dtype(inner)
        case ast.Subscript(value=inner):
            return _is_dtype(inner)
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return _is_dtype(inner)
    return False


def _is_object(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(value)):
            return value in _OBJECT
        case ast.Name(id="object") | ast.Attribute(attr="object" | "object_"):
            return True
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return any(map(_is_object, elements))
        case ast.Call(func=ast.Attribute(attr="dtype"), args=[inner]):
            return _is_object(inner)
    return False


def _is_chained(target: ast.expr, frames: frozenset[str]) -> bool:
    match target:
        case ast.Subscript(value=ast.Subscript(value=inner) as column):
            if isinstance(inner, ast.Attribute):
                return inner.attr in ("loc", "iloc", "ix") and is_frame(inner.value, frames)
            return is_frame(inner, frames) and is_column(column, frames)
        case ast.Subscript(value=ast.Attribute() as column):
            return is_column(column, frames)
        case ast.Tuple(elts=elements):
            return any(_is_chained(element, frames) for element in elements)
    return False


def _is_append(node: ast.expr | None) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="append")):
            return True
        case ast.Tuple(elts=[first, *_]) | ast.List(elts=[first, *_]):
            return _is_append(first)
    return False


def _is_in_place(call: ast.Call) -> bool:
    return any(
        k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True
        for k in call.keywords
    )


def _is_pattern(call: ast.Call) -> bool:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return len(text) > 1 and bool(_SPECIAL.search(text))
    return False
