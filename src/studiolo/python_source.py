"""The source of Python programs, parsed by one thread at a time.

CPython 3.11 counts its depth in a tree for all threads together. Where a finalizer lets a different
thread parse in the middle of that, `ast.parse` fails: "AST constructor recursion depth mismatch".
"""

import ast
import threading

#: A finalizer may parse as well.
_LOCK = threading.RLock()


def parsed(source: str) -> ast.Module:
    """The tree of a program.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It has a NUL.
        MemoryError, RecursionError: It is nested too deeply.
    """
    with _LOCK:
        return ast.parse(source)


def parsed_expression(source: str) -> ast.expr:
    """The tree of a single expression.

    Raises:
        SyntaxError: It is not one.
        ValueError: It has a NUL.
        MemoryError, RecursionError: It is nested too deeply.
    """
    with _LOCK:
        return ast.parse(source, mode="eval").body
