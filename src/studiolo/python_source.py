"""The source of Python programs, parsed by one thread at a time.

CPython 3.11 counts its depth in a tree for all threads together. Where two of them parse at once,
`ast.parse` may fail with "AST constructor recursion depth mismatch" (gh-106905).
"""

import ast
import threading

_LOCK = threading.Lock()


def parsed(source: str) -> ast.Module:
    """The tree of a program.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It has a NUL.
    """
    with _LOCK:
        return ast.parse(source)
