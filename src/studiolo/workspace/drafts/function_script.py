"""The text of a script that was written as a function of a notebook."""

import ast
import builtins
import inspect
import re
import symtable
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from studiolo.python_source import parsed
from studiolo.workspace.errors import ScriptFunctionError

ENTRY = "azureml_main"


def function_script(function: Callable[..., Any]) -> str:
    """A script that does what a function does: the modules that it uses, and its own text.

    A function with a different name becomes `azureml_main` there.

    Raises:
        ScriptFunctionError: Its text can't be had, or it uses what a script can't import.
    """
    name = getattr(function, "__name__", repr(function))
    if not isinstance(function, FunctionType) or function.__closure__:
        reason = "it is not a plain function, but made by a class, a call or another function"
        raise ScriptFunctionError(function=name, reason=reason)
    source = _source(function)
    imports = [_import(function, free) for free in _free_names(source)]
    if name != ENTRY:
        source = re.sub(rf"^def\s+{re.escape(name)}\b", f"def {ENTRY}", source, count=1, flags=re.M)
    return "\n".join([*imports, *[""] * 2 * bool(imports), source])


def _source(function: FunctionType) -> str:
    name = function.__name__
    try:
        source = textwrap.dedent(inspect.getsource(function))
        tree = parsed(source)
    except (OSError, SyntaxError) as error:
        reason = "its text can't be found; give the text itself, or a file"
        raise ScriptFunctionError(function=name, reason=reason) from error
    match tree.body:
        case [ast.FunctionDef() as definition] if definition.name == name:
            if definition.decorator_list:
                raise ScriptFunctionError(function=name, reason="it has a decorator")
            return source
    raise ScriptFunctionError(function=name, reason="it is not written with def")


def _free_names(source: str) -> Iterator[str]:
    """The names that the function takes from around it, each once, as far as Python has no such."""
    seen = set()
    tables = [symtable.symtable(source, "script", "exec")]
    own = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned()}
    while tables:
        table = tables.pop()
        tables.extend(reversed(table.get_children()))
        for symbol in table.get_symbols():
            name = symbol.get_name()
            outer = symbol.is_global() or table.get_type() == "module"
            if outer and symbol.is_referenced() and name not in own and name not in seen:
                seen.add(name)
                if not hasattr(builtins, name):
                    yield name


def _import(function: FunctionType, name: str) -> str:
    """The line that makes a name mean in the script what it means in the notebook.

    Raises:
        ScriptFunctionError: There is no such line.
    """
    if name not in function.__globals__:
        reason = f"it uses the name {name}, which is not defined"
        raise ScriptFunctionError(function=function.__name__, reason=reason)
    value = function.__globals__[name]
    if isinstance(value, ModuleType):
        module = value.__name__
        return f"import {module}" if module == name else f"import {module} as {name}"
    home, own_name = getattr(value, "__module__", None), getattr(value, "__name__", "")
    if home in {None, "__main__", function.__module__} or not own_name.isidentifier():
        reason = (
            f"it uses {name}, which is neither a module nor part of one; define it inside of the "
            "function, or make it a parameter after *"
        )
        raise ScriptFunctionError(function=function.__name__, reason=reason)
    return f"from {home} import {own_name}" + (f" as {name}" if own_name != name else "")
