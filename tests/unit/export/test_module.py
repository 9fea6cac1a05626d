"""Sources as functions of an exported program: the same lines, the same meaning."""

import ast
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.export import runtime as exported_runtime
from studiolo.export.module import as_function
from studiolo.modules.catalogue import load_library
from studiolo.modules.script_metadata import read_script_metadata

LIBRARY = load_library()
INDENTED = {
    "texts of several lines": '''
        """Docstring

        of three lines
        """
        a = """one
          two
        """
        def azureml_main():
            b = f"""{a
        }
            x{1}"""
            return a, b, 'c\\
        d'
        ''',
    "continued lines": """
        def azureml_main(a=(1,
          2), # comment
        b=3):
            # comment

            return a, \\
        b
        """,
    "tabs": "def azureml_main():\n\tif True:\n\t\treturn 1\n",
    "classes and names": """
        import os, sys as system
        class A:
            '''Docstring
            of A.'''
            x = 1
            def get(self):
                return self.x, helper.__name__
        def azureml_main():
            return A().get()
        def helper(): return 1
        """,
    "eval with names of its own": """
        import math
        def azureml_main():
            return eval("math.pi", {"math": math})
        """,
    "name": """
        def azureml_main():
            return __name__
        if __name__ == "__main__":
            1 / 0
        """,
    "metadata": """
        # /// script
        # dependencies = []
        # ///
        def azureml_main():
            return 1
        """,
    "form feed": "def azureml_main():\n    return 1\n\f\n",
    "a docstring at the end": 'def azureml_main():\n    """Returns\n    nothing."""',
}
#: Sources with what their `azureml_main` gives.
LOADED: dict[str, tuple[str, Any]] = {
    "future": ("from __future__ import annotations\ndef azureml_main() -> X: return 1\n", 1),
    "star": ("from math import *\ndef azureml_main(): return floor(pi)\n", 3),
    "globals": ("n = 5\ndef azureml_main(): return globals()['n']\n", 5),
    "eval": ("n = 5\ndef azureml_main(): return eval('n')\n", 5),
    "a builtin's name": ("list = list\ndef azureml_main(): return list('ab')\n", ["a", "b"]),
    "a docstring": ('"""One\n  two."""\ndef azureml_main(): return __doc__\n', "One\n  two."),
    "both quotes": (
        "from math import *\ndef azureml_main(): return '''a''', \"\"\"b\"\"\"\n",
        ("a", "b"),
    ),
    "global": (
        """
        n = 1
        def azureml_main():
            global n
            n += 1
            return n
        """,
        2,
    ),
    "pickled": (
        """
        import pickle
        class A: n = 1
        def azureml_main():
            return pickle.loads(pickle.dumps(A())).n
        """,
        1,
    ),
    "modules": (
        """
        import sys
        def azureml_main():
            return "azureml_main" in dir(sys.modules[__name__])
        """,
        True,
    ),
    "a class's own name": (
        """
        n = 5
        class A: n = n
        def azureml_main():
            return A.n
        """,
        5,
    ),
    "another's docstring": (
        '''
        def azureml_main():
            """One
            two."""
            return azureml_main.__doc__.split()
        ''',
        ["One", "two."],
    ),
}


def made(source: str, *, loaded: bool) -> Callable[[], Callable[..., Any]]:
    """The function that a source became."""
    function = as_function(source, name="made", file="source.py")
    assert function.is_loaded is loaded, function.text
    namespace: dict[str, Any] = {"load": exported_runtime.load, "__name__": "__main__"}
    exec(function.text, namespace)
    entry: Callable[[], Callable[..., Any]] = namespace["made"]
    return entry


def alone(source: str) -> Callable[..., Any]:
    """The entry of a source in a file of its own."""
    namespace: dict[str, Any] = {"__name__": "source"}
    exec(compile(source, "source.py", "exec", dont_inherit=True), namespace)
    entry: Callable[..., Any] = namespace["azureml_main"]
    return entry


@pytest.mark.parametrize("name", INDENTED)
def test_lines_are_indented_and_mean_the_same(name: str) -> None:
    source = textwrap.dedent(INDENTED[name]).lstrip("\n")
    assert made(source, loaded=False)()() == alone(source)()


@pytest.mark.parametrize("name", LOADED)
def test_what_means_another_thing_in_a_function_is_loaded_as_text(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, given = LOADED[name]
    source = textwrap.dedent(source).lstrip("\n")
    # So that it is taken out again afterwards.
    monkeypatch.setitem(sys.modules, "script", sys)
    assert made(source, loaded=True)()() == given


def test_a_source_that_is_not_python_is_carried_along() -> None:
    function = as_function("def azureml_main(:\n", name="made", file="source.py")
    assert function.is_loaded
    ast.parse(function.text)
    for odd in ("print 'x'\n", "\0", "x = 1\r", "'''\"\"\"\\", "\ud800"):
        ast.parse(as_function(odd, name="made", file="a.py").text.encode(errors="replace"))


@pytest.mark.parametrize("module", LIBRARY)
def test_the_library_is_indented(module: Any) -> None:
    source = LIBRARY[module].source
    function = as_function(source, name="made", file="m.py")
    assert not function.is_loaded
    metadata = read_script_metadata(source)
    lines = source.split("\n")[metadata.line + metadata.text.count("\n") + 1 :]
    kept = [line for line in lines if line.strip()]
    made_lines = [line for line in function.text.split("\n")[1:-2] if line.strip()]
    assert [line.lstrip() for line in made_lines] == [line.lstrip() for line in kept]
    compile(function.text, "m.py", "exec")


@given(st.text(max_size=30))
def test_any_text_comes_back(text: str) -> None:
    source = f"text = {text!r}\ndef azureml_main():\n    return text\n# {text!a}\n"
    assert made(source, loaded=False)()() == text
    wild = f"from math import *\ndef azureml_main():\n    return {text!r}\n"
    assert made(wild, loaded=True)()() == text
