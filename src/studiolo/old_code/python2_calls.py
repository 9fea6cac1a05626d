"""Calls of Python 2, and of its standard library."""

from typing import Final

from studiolo.old_code.retired_call import (
    Attribute,
    Builtin,
    Idiom,
    Path,
    RetiredCall,
    Syntax,
    attribute_error,
    path_error,
)

_MODULES = {
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "httplib": "http.client",
    "StringIO": "io",
    "cStringIO": "io",
    "cPickle": "pickle",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "HTMLParser": "html.parser",
    "commands": "subprocess",
}
_NAMES = {
    "xrange": "`range`",
    "unicode": "`str`",
    "basestring": "`str`",
    "raw_input": "a parameter of `azureml_main`",
    "long": "`int`",
    "unichr": "`chr`",
    "execfile": "`exec(open(…).read())`",
    "reduce": "`functools.reduce`",
    "reload": "`importlib.reload`",
    "cmp": "a comparison of your own",
}

_FORMS: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Syntax(form="print"),
        old="print 'done'",
        today="`print('done')`",
        errors=(r"Missing parentheses in call to 'print'", r">>: 'builtin_function_or_method'"),
    ),
    RetiredCall(
        shape=Syntax(form="except"),
        old="try: pass\nexcept ValueError, error: pass",
        today="`except ValueError as error:`",
        errors=(r"multiple exception types must be parenthesized",),
    ),
    RetiredCall(
        shape=Syntax(form="raise"),
        old="raise ValueError, 'no rows'",
        today="`raise ValueError('no rows')`",
        errors=(r"^SyntaxError: invalid syntax",),
        error_is_common=True,
    ),
    RetiredCall(
        shape=Syntax(form="exec"),
        old="exec 'x = 1'",
        today="`exec('x = 1')`",
        errors=(r"Missing parentheses in call to 'exec'",),
    ),
    RetiredCall(
        shape=Syntax(form="unequal"),
        old="1 <> 2",
        today="`1 != 2`",
        errors=(r"^SyntaxError: invalid syntax",),
        error_is_common=True,
    ),
    RetiredCall(
        shape=Syntax(form="backticks"),
        old="x = `1`",
        today="`repr(1)`",
        errors=(r"^SyntaxError: invalid syntax",),
        error_is_common=True,
    ),
    RetiredCall(
        shape=Syntax(form="number"),
        old="x = 0777 + 10L",
        today="`0o777`, `10`",
        errors=(r"leading zeros in decimal integer literals", r"invalid decimal literal"),
        error_is_common=True,
    ),
    RetiredCall(
        shape=Syntax(form="text"),
        old="x = ur'a'",
        today="`r'a'`",
        errors=(r"^SyntaxError: invalid syntax",),
        error_is_common=True,
    ),
    RetiredCall(
        shape=Syntax(form="parameters"),
        old="f = lambda (a, b): a",
        today="one parameter, unpacked in the function",
        errors=(r"parameters cannot be parenthesized", r"^SyntaxError: invalid syntax"),
        error_is_common=True,
    ),
    RetiredCall(
        shape=Syntax(form="tabs"),
        old="if True:\n        x = 1\n\tx = 2",
        today="spaces only",
        changed="Tabs and spaces are mixed in the indentation.",
        errors=(r"^(TabError|IndentationError)",),
    ),
)

PYTHON_2: Final[tuple[RetiredCall, ...]] = (
    *_FORMS,
    *(
        RetiredCall(
            shape=Builtin(names=(name,)),
            old=f"{name}(1)",
            today=today,
            errors=(rf"name '{name}' is not defined",),
        )
        for name, today in _NAMES.items()
    ),
    *(
        RetiredCall(
            shape=Path(names=(name,)),
            old=f"import {name}",
            today=f"`import {today}`",
            errors=(rf"No module named '{name}'",),
        )
        for name, today in _MODULES.items()
    ),
    RetiredCall(
        shape=Path(names=("urllib.urlopen", "urllib.urlencode", "urllib.quote", "urllib.unquote")),
        old="import urllib; urllib.urlencode({})",
        today="`urllib.request.urlopen`, `urllib.parse.urlencode`, `urllib.parse.quote`",
        errors=(path_error("urllib", "urlopen", "urlencode", "quote", "unquote"),),
    ),
    RetiredCall(
        shape=Path(names=("itertools.izip", "itertools.imap", "itertools.ifilter")),
        old="from itertools import izip",
        today="`zip`, `map`, `filter`",
        errors=(path_error("itertools", "izip", "imap", "ifilter"),),
    ),
    RetiredCall(
        shape=Path(names=("string.letters", "string.maketrans", "string.join", "string.lowercase")),
        old="import string; string.letters",
        today="`string.ascii_letters`, `str.maketrans`, `' '.join(…)`, `string.ascii_lowercase`",
        errors=(path_error("string", "letters", "maketrans", "join", "lowercase", "uppercase"),),
    ),
    RetiredCall(
        shape=Path(names=("sys.maxint", "sys.setdefaultencoding")),
        old="import sys; sys.maxint",
        today="`sys.maxsize`; text is Unicode without setdefaultencoding",
        errors=(path_error("sys", "maxint", "setdefaultencoding"),),
    ),
    RetiredCall(
        shape=Path(
            names=tuple(
                f"collections.{name}" for name in ("Mapping", "Iterable", "Sequence", "Callable")
            )
        ),
        old="from collections import Mapping",
        today="`from collections.abc import Mapping`",
        errors=(path_error("collections", "Mapping", "Iterable", "Sequence", "Callable"),),
        renames=tuple(
            (f"collections.{n}", f"collections.abc.{n}")
            for n in ("Mapping", "Iterable", "Sequence", "Callable")
        ),
    ),
    RetiredCall(
        shape=Path(names=("time.clock",)),
        old="import time; time.clock()",
        today="`time.perf_counter()`",
        errors=(path_error("time", "clock"),),
        renames=(("time.clock", "time.perf_counter"),),
    ),
    RetiredCall(
        shape=Path(names=("inspect.getargspec",)),
        old="import inspect; inspect.getargspec(print)",
        today="`inspect.getfullargspec(…)`",
        errors=(path_error("inspect", "getargspec"),),
        renames=(("inspect.getargspec", "inspect.getfullargspec"),),
    ),
    RetiredCall(
        shape=Attribute(names=("has_key",)),
        old="{}.has_key('a')",
        today="`'a' in {…}`",
        errors=(attribute_error("has_key"),),
    ),
    RetiredCall(
        shape=Idiom(form="decode"),
        old="'a'.decode('utf-8')",
        today="the text itself, which is Unicode already; only bytes can be decoded",
        errors=(r"'str' object has no attribute 'decode'",),
    ),
    RetiredCall(
        shape=None,
        old="{}.keys()[0]",
        today="`list({…}.keys())[0]`",
        changed="keys, values, items, map, filter and zip no longer make lists.",
        errors=(r"'(dict_(keys|values|items)|map|filter|zip)' object is not subscriptable",),
    ),
)
