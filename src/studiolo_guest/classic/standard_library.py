"""Names that the standard library has moved or dropped since Python 2 and 3.5."""

import collections
import collections.abc
import inspect
import itertools
import os
import string
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, Final

_ABSTRACT: Final = (
    *("Callable", "Container", "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping"),
    *("MutableSequence", "MutableSet", "Sequence", "Set", "Sized"),
)
_URLS: Final[dict[str, Callable[..., Any]]] = {
    "urlopen": urllib.request.urlopen,
    "urlretrieve": urllib.request.urlretrieve,
    "urlencode": urllib.parse.urlencode,
    "quote": urllib.parse.quote,
    "quote_plus": urllib.parse.quote_plus,
    "unquote": urllib.parse.unquote,
    "unquote_plus": urllib.parse.unquote_plus,
}


def adapt() -> None:
    """Give the modules their old names back."""
    import urllib

    for name in _ABSTRACT:
        _give(collections, name, getattr(collections.abc, name))
    for name, function in _URLS.items():
        _give(urllib, name, function)
    _give(time, "clock", time.process_time)
    _give(inspect, "getargspec", _getargspec)
    _give(sys, "maxint", sys.maxsize)
    _give(sys, "setdefaultencoding", lambda _: None)
    _give(os, "getcwdu", os.getcwd)
    for name, kind in (("izip", zip), ("imap", map), ("ifilter", filter)):
        _give(itertools, name, kind)
    _give(itertools, "izip_longest", itertools.zip_longest)
    _give(string, "letters", string.ascii_letters)
    _give(string, "lowercase", string.ascii_lowercase)
    _give(string, "uppercase", string.ascii_uppercase)
    _give(string, "maketrans", str.maketrans)
    _give(string, "join", lambda words, sep=" ": sep.join(words))
    for name in ("lower", "upper", "strip", "split", "replace", "find"):
        _give(string, name, getattr(str, name))


def _give(module: Any, name: str, value: Any) -> None:
    if not hasattr(module, name):
        setattr(module, name, value)


_ArgSpec = collections.namedtuple("_ArgSpec", "args varargs keywords defaults")


def _getargspec(function: Any) -> Any:
    found = inspect.getfullargspec(function)
    return _ArgSpec(found.args, found.varargs, found.varkw, found.defaults)
