"""Rules for statements: appending, chained assignment, methods that work in place."""

import libcst as cst

from studiolo.upgrade.called import called, code_of
from studiolo.upgrade.facts import Facts

_IN_PLACE = ("fillna", "replace", "ffill", "bfill", "interpolate", "clip", "where", "mask")
_ACCESSORS = {"loc", "iloc", "at", "iat", "ix", "attrs", "values", "columns", "index", "str", "dt"}
_OBJECT = ("'object'", '"object"', "object", "'O'", '"O"', "np.object_", "numpy.object_")


def appended(value: cst.BaseExpression, facts: Facts) -> str | None:
    """A concatenation in place of `frame.append(other)`, whose value is used."""
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        return _appended_first(value, facts)
    call = called(value) if value.func.attr.value == "append" else None
    if call is None or len(call.positional) != 1:
        return None
    (other,) = call.positional
    pandas = facts.pandas
    if other.startswith("["):
        parts = f"[{call.on}, *{other}]"
    elif other in facts.rows or other.startswith("{"):
        parts = f"[{call.on}, {pandas}.DataFrame([{other}])]"
    else:
        parts = f"[{call.on}, {other}]"
    named = "".join(f", {name}={code}" for name, code in call.named.items())
    return f"{pandas}.concat({parts}{named})"


def _appended_first(value: cst.BaseExpression, facts: Facts) -> str | None:
    """The same in what `azureml_main` returns: a tuple whose first element is a frame."""
    if not isinstance(value, cst.Tuple) or not value.elements:
        return None
    first, *rest = value.elements
    new = appended(first.value, facts)
    if new is None:
        return None
    others = ", ".join(code_of(element.value) for element in rest)
    text = f"{new}, {others}" if others else f"{new},"
    return f"({text})" if value.lpar else text


def assigned(statement: cst.Assign, facts: Facts) -> cst.Assign:
    """`frame.loc[rows, column] = …` in place of `frame[column][rows] = …`."""
    if len(statement.targets) != 1:
        return statement
    target = statement.targets[0].target
    if not isinstance(target, cst.Subscript) or len(target.slice) != 1:
        return statement
    found = _column(target.value, facts)
    if found is None:
        return statement
    frame, column = found
    rows = code_of(target.slice[0].slice)
    if rows.strip() == ":":
        return statement
    new = cst.parse_expression(f"{frame}.loc[{rows}, {column}]")
    assert isinstance(new, cst.Subscript)
    return statement.with_changes(targets=[cst.AssignTarget(target=new)])


def expressed(statement: cst.Expr, facts: Facts) -> str | None:
    """An assignment in place of a call whose effect on the frame is lost today."""
    value = statement.value
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        return None
    name = value.func.attr.value
    known = name in ("set_value", "hold", *_IN_PLACE)
    call = called(value) if known else None
    if call is None:
        return None
    if name == "set_value" and len(call.positional) == 3 and not call.named:
        row, column, new = call.positional
        return f"{call.on}.loc[{row}, {column}] = {new}"
    if name == "hold" and facts.path(call.on) == "matplotlib.pyplot":
        return "pass"
    if call.named.get("inplace") != "True":
        return None
    found = _column(value.func.value, facts)
    # `fillna(method=…)` has been given its new name by now.
    if found is None or name not in _IN_PLACE:
        return None
    frame, column = found
    return f"{frame}[{column}] = {call.text(f'{call.on}.{name}', without=('inplace',))}"


def compared(node: cst.Comparison, facts: Facts) -> str | None:
    """A question for text in place of `column.dtype == "object"`."""
    if len(node.comparisons) != 1 or not isinstance(node.left, cst.Attribute):
        return None
    (part,) = node.comparisons
    if node.left.attr.value != "dtype" or code_of(part.comparator) not in _OBJECT:
        return None
    asked = f"{facts.pandas}.api.types.is_string_dtype({code_of(node.left.value)})"
    if isinstance(part.operator, cst.Equal | cst.Is):
        return asked
    return f"not {asked}" if isinstance(part.operator, cst.NotEqual | cst.IsNot) else None


def _column(node: cst.BaseExpression, facts: Facts) -> tuple[str, str] | None:
    """The frame and the column, if this takes a column out of a frame."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 1:
        frame, index = code_of(node.value), node.slice[0].slice
        if not isinstance(index, cst.Index):
            return None
        is_text = isinstance(index.value, cst.SimpleString)
        if frame.isidentifier() and (frame in facts.frames or is_text):
            return (frame, code_of(index.value)) if is_text else None
    if isinstance(node, cst.Attribute) and node.attr.value not in _ACCESSORS:
        frame = code_of(node.value)
        if frame in facts.frames:
            return frame, f'"{node.attr.value}"'
    return None
