"""The calling convention of a script's or module's `azureml_main`, by its text."""

import ast
from collections.abc import Iterator, Sequence

from studiolo.modules.signature import ENTRY, Signature, read_outline
from studiolo.python_source import parsed

_SEQUENCES = ("tuple", "Tuple", "list", "List", "Sequence", "Any", "object")


def signature_of(source: str) -> Signature | None:
    """The arguments that it takes; None where only running the source can tell."""
    try:
        return read_outline(source).signature
    except SyntaxError:
        return None


def script_arguments(
    signature: Signature | None, frames: Sequence[str], *, slot: bool
) -> list[str]:
    """The positional arguments of a script, by the port binding of its node.

    Args:
        signature: What the script takes.
        frames: What is connected to its dataset ports, in order; "None" where nothing is.
        slot: Whether each port has its own place; else only the connected ones count.
    """
    takes_any = signature is None or any(not a.name.startswith("**") for a in signature.starred)
    slots = signature.positional if signature else ()
    if slot:
        return list(frames if takes_any else frames[: len(slots)])
    connected = [frame for frame in frames if frame != "None"]
    missing = [argument for argument in slots[len(connected) :] if argument.default is None]
    return [*connected, *("None" for _ in missing)]


def module_arguments(signature: Signature | None, given: Sequence[str]) -> list[str]:
    """The positional arguments of a module, without those at the end that are None anyway."""
    arguments = list(given)
    slots = signature.positional if signature else ()
    while arguments and arguments[-1] == "None" and _is_none(slots[len(arguments) - 1].default):
        arguments.pop()
    return arguments


def may_return_two(source: str) -> bool:
    """Whether a script may return a second dataset."""
    entry = _entry(source)
    return entry is None or any(_may_be_two(value) for value in _returned(entry))


def returns_bare(source: str) -> bool:
    """Whether a module with one output surely returns it as such, and not in a tuple."""
    entry = _entry(source)
    annotation = None if entry is None else entry.returns
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(named, ast.Name) and named.id not in _SEQUENCES


def _is_none(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value is None


def _entry(source: str) -> ast.FunctionDef | None:
    try:
        body = parsed(source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    found = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == ENTRY]
    return found[-1] if found else None


def _returned(entry: ast.FunctionDef) -> Iterator[ast.expr]:
    ahead: list[ast.AST] = list(entry.body)
    while ahead:
        node = ahead.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        ahead += ast.iter_child_nodes(node)


def _may_be_two(value: ast.expr) -> bool:
    match value:
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return len(elements) > 1 or any(isinstance(e, ast.Starred) for e in elements)
        case ast.Constant() | ast.Dict() | ast.Subscript():
            return False
        case ast.Call(func=ast.Attribute()):
            # A method of a frame, or a function of pandas.
            return False
    return True
