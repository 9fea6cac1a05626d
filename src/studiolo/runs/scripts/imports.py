"""Which libraries a script imports, found by reading it."""

import ast
import functools
from collections.abc import Collection

from studiolo.old_code import python2
from studiolo.python_source import parsed


@functools.lru_cache(maxsize=10_000)
def imported_modules(source: str) -> frozenset[str]:
    """The modules that a script names in its import statements, wherever these are.

    Lines that Python can't read are left out: the script's run says so.
    """
    try:
        tree = parsed(source)
    except SyntaxError:
        tree = python2.read(source).tree
    except (ValueError, MemoryError, RecursionError):
        # The parser raises MemoryError for endless signs, however much memory there is.
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


#: What is imported by the first use of a module, and not by its import.
_COMPANIONS = {
    "matplotlib.pyplot": "matplotlib.backends.backend_agg",
    "seaborn": "matplotlib.backends.backend_agg",
}


def worth_preloading(imported: Collection[str], known: Collection[str]) -> frozenset[str]:
    """Those of the ``known`` modules that a script which imports these is going to load."""
    wanted = {module for module in known if module in imported}
    wanted |= {_COMPANIONS[module] for module in wanted if module in _COMPANIONS}
    return frozenset(wanted)
