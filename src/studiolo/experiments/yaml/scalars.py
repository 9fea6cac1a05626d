"""Scalars without quotes: the core schema of YAML 1.2, in both directions.

YAML 1.1, which many programs still read, took `no` for false, `1_000` for a thousand and `12:30`
for 750. Here these are texts; what is written is put in quotes wherever the two would differ.
"""

import math
import re

import yaml

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{
        sign + word: value
        for sign, value in (("", math.inf), ("+", math.inf), ("-", -math.inf))
        for word in (".inf", ".Inf", ".INF")
    },
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
#: A number begins like this; tried first because most scalars are words.
_NUMERIC_START = frozenset("0123456789+-.")
#: Texts that need no quotes anywhere, and outside of brackets and braces, unless they look like
#: something else.
_PLAIN = re.compile(r"[^\W_](?:[\w ./+-]*[\w./+-])?|_\w*")
_PLAIN_IN_BLOCK = re.compile(r"\w(?:[\w ./+,;()%&*!?=<>'\"$@~^-]*[\w./+,;()%&*!?=<>'\"$@~^-])?")


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_YAML_1_1 = yaml.resolver.Resolver()


def scalar_value(text: str) -> Scalar:
    """The value of a scalar without quotes.

    Raises:
        ValueError: It is a whole number of thousands of digits, which Python refuses to read.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def scalar_text(value: Scalar, *, quotes: str = "", anywhere: bool = True) -> str:
    """A scalar on one line.

    Args:
        value: The scalar.
        anywhere: Whether it may also be a key or within brackets and braces, or is a value
            outside of them.
        quotes: The quotes that a text is put in, `'` or `"`; by default only where it needs any.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _float_text(value)
    if quotes == "'" and value.isprintable():
        return "'{}'".format(value.replace("'", "''"))
    return value if not quotes and _stands_without_quotes(value, anywhere) else _quoted(value)


def _float_text(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = float.__repr__(value)
    # YAML 1.1 takes 1e-07 for a text.
    return text if "." in text else text.replace("e", ".0e")


def _stands_without_quotes(text: str, anywhere: bool) -> bool:
    plain = _PLAIN if anywhere else _PLAIN_IN_BLOCK
    if not plain.fullmatch(text) or not text.isprintable():
        return False
    if text in _WORDS or _DECIMAL.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        return False
    # The types that come with PyYAML leave this method out.
    kind = _YAML_1_1.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return not _FLOAT.fullmatch(text) and bool(kind == "tag:yaml.org,2002:str")


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
