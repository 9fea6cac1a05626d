"""Lines of a script of Python 2 whose values are others in Python 3: no call of them is retired."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

#: Words that only scripts of Python 2 have, where they parse as Python 3; the guest has the same.
SIGNS: Final = re.compile(
    r"(?<![\w.])(xrange|unicode|basestring|raw_input|unichr|execfile|cmp|long)\s*\("
    r"|\.(has_key|iteritems|iterkeys|itervalues)\s*\("
    r"|(?<![\w.])(izip|imap|ifilter)\b"
    r"|(?<!\w)(import|from)\s+(urllib2|urlparse|httplib|cPickle|ConfigParser|Queue|HTMLParser"
    r"|commands|StringIO|cStringIO)\b|(?<![\w.])(reduce|reload)\s*\("
)
_LISTS: Final = frozenset({"map", "filter", "zip", "range"})
#: By name: the sentence for the log of a run in `classic`, where most have their old value.
SENTENCES: Final[Mapping[str, str]] = {
    "division": "`/` of two integers gives an integer, as in Python 2; in Python 3 that is `//`.",
    "lists": "`map`, `filter`, `zip` and `range` give lists, as in Python 2; in Python 3 that is "
    "`list(map(…))`.",
    "round": "`round` gives a float and rounds halves away from zero, as in Python 2.",
    "encode": "`.encode(…)` gives bytes, which were text in Python 2: they can't be joined with "
    "text. Leave it out where text is meant.",
    "binary": "A file that is opened with 'rb' gives bytes, which were text in Python 2. Open it "
    "with 'r' where text is meant.",
}


def values_of_python_2(nodes: Sequence[ast.AST]) -> Iterator[tuple[int, str]]:
    """Lines that may have another value in Python 3, and why: a name of `SENTENCES`.

    Not those that can be seen to have the same: a quotient of floats, a loop over a range.
    """
    divides = not divides_as_today(nodes)
    loops = {id(node.iter) for node in nodes if isinstance(node, ast.For)}
    for node in nodes:
        match node:
            case ast.BinOp(op=ast.Div(), left=left, right=right) if divides:
                if not (_is_float(left) or _is_float(right)):
                    yield node.lineno, "division"
            case ast.AugAssign(op=ast.Div(), value=value) if divides and not _is_float(value):
                yield node.lineno, "division"
            case ast.Call(func=ast.Name(id=name)) if name in _LISTS and id(node) not in loops:
                yield node.lineno, "lists"
            case ast.Call(func=ast.Name(id="round")):
                yield node.lineno, "round"
            case ast.Call(func=ast.Attribute(attr="encode", value=on)) if not _is_str(on):
                yield node.lineno, "encode"
            case ast.Call(func=ast.Name(id="open" | "file"), args=[_, ast.Constant(value="rb")]):
                yield node.lineno, "binary"


def divides_as_today(nodes: Sequence[ast.AST]) -> bool:
    """Whether a script asks for the division of Python 3."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in nodes
    )


def _is_float(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=float()) | ast.Call(func=ast.Name(id="float")):
            return True
        case ast.BinOp(left=left, right=right):
            return _is_float(left) or _is_float(right)
        case ast.UnaryOp(operand=operand):
            return _is_float(operand)
    return False


def _is_str(node: ast.expr) -> bool:
    """Whether it is the accessor of a column: that has had bytes since Python 3."""
    return isinstance(node, ast.Attribute) and node.attr == "str"
