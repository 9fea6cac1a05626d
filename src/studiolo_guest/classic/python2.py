"""Names and modules of Python 2, for scripts of it that the host has turned into Python 3."""

import ast
import functools
import importlib
import importlib.util
import logging
import re
from collections.abc import Callable, Mapping
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any, Final

from studiolo_guest.classic import python2_values

#: By old module: those of today that have its names.
_MOVED: Final = {
    "urllib2": ("urllib.request", "urllib.error", "urllib.parse"),
    "urlparse": ("urllib.parse",),
    "httplib": ("http.client",),
    "cPickle": ("pickle",),
    "ConfigParser": ("configparser",),
    "Queue": ("queue",),
    "HTMLParser": ("html.parser",),
    "commands": ("subprocess",),
    "StringIO": ("io",),
    "cStringIO": ("io",),
}


def names() -> dict[str, Any]:
    """The names that every module of Python 2 has without an import."""
    return {
        "xrange": range,
        "unicode": str,
        "basestring": str,
        "long": int,
        "unichr": chr,
        "raw_input": input,
        "reduce": functools.reduce,
        "reload": _reload,
        "cmp": lambda a, b: (a > b) - (a < b),
        "execfile": _execfile,
        "file": open,
        "apply": lambda function, args=(), options=None: function(*args, **(options or {})),
        **python2_values.names(),
    }


def _reload(module: Any) -> Any:
    # For `sys.setdefaultencoding`, which is there without it.
    return module if module.__name__ == "sys" else importlib.reload(module)


def _execfile(path: str, names_: dict[str, Any] | None = None) -> None:
    import inspect

    if names_ is None:
        frame = inspect.currentframe()
        assert frame is not None
        assert frame.f_back is not None
        names_ = frame.f_back.f_globals
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), names_)  # noqa: S102  # what it is for


def _filled(parts: tuple[str, ...]) -> Callable[[Any], None]:
    def fill(module: Any) -> None:
        for name in parts:
            found = vars(importlib.import_module(name))
            module.__dict__.update({n: v for n, v in found.items() if not n.startswith("__")})

    return fill


MODULES: Final[Mapping[str, Callable[[Any], None]]] = {
    name: _filled(parts) for name, parts in _MOVED.items()
}


#: What a converter can change without a guess, each line staying where it is.
_FIXES: Final = (
    *("print", "except", "raise", "exec", "ne", "repr", "numliterals", "has_key", "dict"),
    *("unicode", "paren", "throw", "tuple_params", "getcwdu"),
)
#: Words that only scripts of Python 2 have, where they parse as Python 3.
_SIGNS: Final = re.compile(
    r"(?<![\w.])(xrange|unicode|basestring|raw_input|unichr|execfile|cmp|long)\s*\("
    r"|\.(has_key|iteritems|iterkeys|itervalues)\s*\("
    r"|(?<![\w.])(izip|imap|ifilter)\b"
    r"|(?<!\w)(import|from)\s+(urllib2|urlparse|httplib|cPickle|ConfigParser|Queue|HTMLParser"
    r"|commands|StringIO|cStringIO)\b|(?<![\w.])(reduce|reload)\s*\("
)


def translate(source: str, name: str) -> tuple[CodeType, Mapping[str, Any]]:
    """The code of a script, of Python 3 or 2, and the names that it finds without an import.

    Raises:
        SyntaxError: It is neither.
    """
    try:
        tree = ast.parse(source, name)
    except SyntaxError:
        text = _converted(source)
        if text is None:
            raise
        tree = ast.parse(text, name)
    else:
        if not _SIGNS.search(source):
            return compile(tree, name, "exec", dont_inherit=True), {}
        if (text := _converted(source)) is not None:
            tree = ast.parse(text, name)
    changed = python2_values.changed(tree)
    return compile(changed, name, "exec", dont_inherit=True), names()


def _converted(source: str) -> str | None:
    """The script in Python 3; None if it is not of Python 2 either."""
    from fissix.pgen2.parse import ParseError
    from fissix.pgen2.tokenize import TokenError
    from fissix.refactor import RefactoringTool

    logging.getLogger("RefactoringTool").setLevel(logging.ERROR)
    lines = [_expanded(line) for line in source.replace("\r\n", "\n").split("\n")]
    tool = RefactoringTool([f"fissix.fixes.fix_{fix}" for fix in _FIXES])
    try:
        return str(tool.refactor_string("\n".join(lines).rstrip("\n") + "\n", "script"))
    except (ParseError, TokenError, IndentationError):
        return None


def _expanded(line: str) -> str:
    """The line with an indentation of blanks, as Python 2 read tabs."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent.expandtabs(8) + line.lstrip(" \t")


class BundleLoader(SourceFileLoader):
    """Loads a module of the script bundle, of Python 3 or 2."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Its code."""
        path = self.get_filename(fullname)
        code, self._names = translate(importlib.util.decode_source(self.get_data(path)), path)
        return code

    def exec_module(self, module: Any) -> None:
        """Execute it."""
        code = self.get_code(module.__name__)
        module.__dict__.update(self._names)
        exec(code, module.__dict__)  # type: ignore[arg-type]  # noqa: S102  # importing it is that
