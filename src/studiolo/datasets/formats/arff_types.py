"""The types that ARFF's ``@attribute`` lines declare, and the reading of their values."""

import re
from dataclasses import dataclass
from typing import Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc

from studiolo.datasets.arrow import Values
from studiolo.datasets.formats.arff_dates import LETTERS, DatePattern, date_pattern

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^NaN$|^[+-]?Infinity$"
_INTEGER = re.compile(r"[+-]?[0-9]+")
#: A declaration's first word; KEEL writes real[0,9].
_KIND = re.compile(r"[A-Za-z]*")
_DEFAULT_DATE = "yyyy-MM-dd'T'HH:mm:ss"


class DeclarationError(Exception):
    """An ``@attribute`` line declares what can't be a column; the text says what."""

    def __init__(self, problem: str, allowed: str = "") -> None:
        self.allowed = allowed
        super().__init__(problem)


class Attribute(Protocol):
    """A declared column."""

    #: Name of the column.
    name: str

    @property
    def allowed(self) -> str:
        """The values that are allowed, as a phrase for an error."""

    @property
    def default(self) -> str | None:
        """Value that sparse rows leave out."""

    def first_wrong(self, words: Values) -> int | None:
        """Index of the first word that is not a value of the column."""

    def typed(self, words: Values) -> Values:
        """The words, which are all right, as values."""


@dataclass(kw_only=True)
class _Number:
    name: str
    allowed: str = "a number such as 1.5 or ? for missing"
    default: str | None = "0"

    def first_wrong(self, words: Values) -> int | None:
        return _first(pc.invert(pc.match_substring_regex(words, _NUMBER)))

    def typed(self, words: Values) -> Values:
        return pc.replace_substring_regex(words, r"^\+", "").cast(pa.float64())


@dataclass(kw_only=True)
class _Integer(_Number):
    """A column of integers, or of floats if one has decimals: Weka makes no difference."""

    allowed: str = "an integer of 64 bits, a number beside which none is rounded, or ? for missing"

    def first_wrong(self, words: Values) -> int | None:
        wrong = super().first_wrong(words)
        if wrong is not None:
            return wrong
        whole = self._is_whole(words)
        for place, word in enumerate(words.to_pylist()):
            if word is not None and _INTEGER.fullmatch(word):
                number = int(word) if len(word) <= len(str(-(2**63))) else 2**63
                exact = whole or int(float(number)) == number
                if not -(2**63) <= number < 2**63 or not exact:
                    return place
        return None

    def typed(self, words: Values) -> Values:
        if not self._is_whole(words):
            return super().typed(words)
        return pc.replace_substring_regex(words, r"^\+", "").cast(pa.int64())

    def _is_whole(self, words: Values) -> bool:
        return pc.all(pc.match_substring_regex(words, f"^(?:{_INTEGER.pattern})$")).as_py() in (
            True,
            None,
        )


@dataclass(kw_only=True)
class _Text:
    name: str
    allowed: str = "text"
    default: str | None = ""

    def first_wrong(self, words: Values) -> int | None:  # noqa: ARG002 any word is a text
        return None

    def typed(self, words: Values) -> Values:
        return words


@dataclass(kw_only=True)
class _Words:
    name: str
    words: list[str]

    @property
    def allowed(self) -> str:
        shown = ", ".join(f'"{word}"' for word in self.words[:20])
        return f"one of {shown}{', …' if len(self.words) > 20 else ''} or ? for missing"

    @property
    def default(self) -> str | None:
        return self.words[0] if self.words else None

    def first_wrong(self, words: Values) -> int | None:
        known = pc.is_in(words, value_set=pa.array(self.words, pa.large_string()))
        return _first(pc.and_(pc.invert(known), pc.is_valid(words)))

    def typed(self, words: Values) -> Values:
        declared = pa.array(self.words, pa.large_string())
        places = pc.index_in(words, value_set=declared)
        return cast("Values", pa.DictionaryArray.from_arrays(places, declared))


@dataclass(kw_only=True)
class _Date:
    name: str
    form: DatePattern
    #: What Weka takes for a zero.
    default: str | None = None

    @property
    def allowed(self) -> str:
        return f'a date of the form "{self.form.text}" or ? for missing'

    def first_wrong(self, words: Values) -> int | None:
        listed = words.to_pylist()
        return next(
            (
                place
                for place, word in enumerate(listed)
                if word is not None and self.form.moment(word) is None
            ),
            None,
        )

    def typed(self, words: Values) -> Values:
        moments = [None if word is None else self.form.moment(word) for word in words.to_pylist()]
        if not self.form.has_time:
            return pa.array(moments, pa.timestamp("us")).cast(pa.date32())
        return pa.array(moments, pa.timestamp("us", "UTC" if self.form.has_zone else None))


def attribute_of(name: str, declared: str, words: list[str] | None) -> Attribute:
    """The column that a declaration describes; anything after its type is ignored.

    Args:
        name: Name of the column.
        declared: The declaration after the name.
        words: Values of a categorical column, where the declaration lists them.

    Raises:
        DeclarationError: It describes none.
    """
    if words is not None:
        return _Words(name=name, words=words)
    match = _KIND.match(declared)
    kind = match.group().lower() if match else ""
    if kind == "date":
        return _date_attribute(name, declared[len("date") :].strip())
    if kind in ("numeric", "real"):
        return _Number(name=name)
    if kind == "integer":
        return _Integer(name=name)
    if kind == "string":
        return _Text(name=name)
    if kind == "relational":
        raise DeclarationError(
            "the column is a table in itself (relational), which no column of a dataset can hold",
            "flat columns; in Weka, the filter MultiInstanceToPropositional makes them",
        )
    raise DeclarationError("the type of the column is unknown")


def _date_attribute(name: str, form: str) -> Attribute:
    if len(form) >= 2 and form[0] in "'\"" and form[-1] == form[0]:
        form = form[1:-1]
    pattern = date_pattern(form or _DEFAULT_DATE)
    if pattern is None:
        raise DeclarationError(f'the date pattern "{form}" is not supported', LETTERS)
    return _Date(name=name, form=pattern)


def _first(wrong: Values) -> int | None:
    place: int = pc.index(wrong, value=pa.scalar(value=True)).as_py()
    return place if place >= 0 else None
