"""Tables of a TOML document, read by key and type; each mistake is one kind of error.

Who reads a table asks for each of its keys by the type that it must have, and then refuses all
other keys. A mistake names the file, the line, the table, the key, the value, and what is allowed.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NoReturn, TypeVar

from studiolo.suggestions import did_you_mean
from studiolo.toml_text import line_of_entry

_T = TypeVar("_T")
_MOST_NAMES = 20
_LONGEST_VALUE = 80


class TomlMistakeKind(Enum):
    """The ways in which a table can be wrong."""

    KEY_UNKNOWN = "key unknown"
    KEY_MISSING = "key missing"
    VALUE = "value"
    #: A value that has to be one of a few words.
    WORD_UNKNOWN = "word unknown"


class TomlTableError(ValueError):
    """A table of a TOML document has a mistake."""

    def __init__(
        self,
        kind: TomlMistakeKind,
        problem: str,
        *,
        table: "TomlTable",
        key: str,
        value: object = None,
        allowed: str = "",
        known: Sequence[str] = (),
    ) -> None:
        self.kind = kind
        #: A sentence, without file and line.
        self.problem = problem
        self.file = table.file
        #: From 1. It is the line of the innermost table that should have the key, where the key is
        #: missing, and the first line of the text, where finding it takes too long.
        self.line = table.line(key)
        #: The table's name, as between the brackets; empty for the top of the document.
        self.table = table.header
        self.key = key
        self.value = value
        #: What the value must be.
        self.allowed = allowed
        #: The keys or words that are allowed.
        self.known = tuple(known)
        super().__init__(f"{self.file}, line {self.line}: {problem}")


@dataclass(frozen=True, kw_only=True)
class TomlDocument:
    """The text that tables are from: mistakes are looked for in it."""

    #: Named in errors.
    file: str
    text: str
    #: Lines of the file before the text.
    lines_before: int = 0
    #: In a text of more lines, finding the wrong one takes too long.
    most_lines: int = 500

    def line_of(self, keys: Sequence[str]) -> int:
        """The line of the file, from 1, where the entry at these keys is."""
        long = self.text.count("\n") >= self.most_lines
        return self.lines_before + (0 if long else line_of_entry(self.text, keys))


@dataclass(frozen=True, kw_only=True)
class TomlTable:
    """A table; one that is left out is empty.

    All that read a value raise `TomlTableError` if the value is of a different type.
    """

    document: TomlDocument
    content: Mapping[str, object]
    #: The keys that lead to it, from the top.
    path: tuple[str, ...] = ()
    _asked: dict[str, None] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.document.file

    @property
    def header(self) -> str:
        """The name between the brackets; empty for the top."""
        return ".".join(self.path)

    def __contains__(self, key: str) -> bool:
        self._asked[key] = None
        return key in self.content

    def line(self, key: str | None = None) -> int:
        """The line of the file where the table begins, or a key of it."""
        return max(self.document.line_of((*self.path, *(() if key is None else (key,)))), 1)

    def only(self, known: Iterable[str]) -> None:
        """Refuse any other key."""
        keys = tuple(known)
        for key in self.content:
            if key not in keys:
                choice = f" Its keys are {_listed(keys)}." if keys else ""
                raise TomlTableError(
                    TomlMistakeKind.KEY_UNKNOWN,
                    f'{self._name} has no key "{key}".{did_you_mean(key, keys)}{choice}',
                    table=self,
                    key=key,
                    value=self.content[key],
                    known=keys,
                )

    def finish(self) -> None:
        """Refuse keys that were not asked for."""
        self.only(self._asked)

    def table(self, key: str) -> "TomlTable":
        """The table at that key."""
        content = self._value(key, {})
        if not isinstance(content, dict):
            self.refuse(key, f"a table, [{'.'.join((*self.path, key))}]")
        return TomlTable(document=self.document, content=content, path=(*self.path, key))

    def tables(self) -> Iterator[tuple[str, "TomlTable"]]:
        """Each key with its table, in the order of the file."""
        for key in self.content:
            yield key, self.table(key)

    def text(self, key: str, default: str | None = None, *, blank: bool = False) -> str:
        """A text; one of blanks alone only where ``blank`` says so."""
        value = self._value(key, default)
        if not isinstance(value, str) or not (blank or value.strip() or key not in self.content):
            self.refuse(key, "text in quotes")
        return value

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        value = self._value(key, None if default is None else list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, "a list of texts")
        return tuple(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        return value

    def integer(self, key: str, *, minimum: int = 0) -> int:
        """A whole number that is not below the minimum."""
        value = self._value(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            self.refuse(key, f"a whole number from {minimum}")
        return value

    def number(self, key: str) -> float | None:
        """A number that is finite; None if the key is left out."""
        if key not in self:
            return None
        value = self.content[key]
        # To Python, true is 1; and no number is less than nan.
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            self.refuse(key, "a number")
        return value

    def word(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        """One of the known words."""
        value = self.text(key, default)
        if key in self.content:
            self.check_word(key, value, known)
        return value

    def words(self, key: str, known: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of different texts, all of them known words if those are given."""
        values = self.texts(key)
        words = None if known is None else tuple(known)
        for number, value in enumerate(values):
            if value in values[:number]:
                self.fail(key, f'lists "{value}" twice')
            if words is not None:
                self.check_word(key, value, words)
        return values

    def parsed(self, key: str, parse: Callable[[str], _T], *, secret: bool = False) -> _T:
        """A text in a form of its own.

        Args:
            key: Where it is.
            parse: Reads the text; raises ValueError with a sentence.
            secret: Keeps the value out of the error.
        """
        value = self._value(key, None)
        if not isinstance(value, str):
            self.refuse(key, "text in quotes", secret=secret)
        try:
            return parse(value)
        except ValueError as error:
            shown = None if secret else value
            raise self._mistake(key, f": {str(error).rstrip('.')}", value=shown) from error

    def check_word(self, key: str, value: str, known: Iterable[str]) -> None:
        """Refuse a word that is not known."""
        words = tuple(known)
        if value in words:
            return
        choice = f"It can be {_listed(words)}." if words else "There is none that it can name."
        raise TomlTableError(
            TomlMistakeKind.WORD_UNKNOWN,
            f"{self._entry(key)} can't be {_shown(value)}.{did_you_mean(value, words)} {choice}",
            table=self,
            key=key,
            value=value,
            known=words,
        )

    def refuse(self, key: str, allowed: str, *, secret: bool = False) -> NoReturn:
        """Raise the error for a value that is not what is allowed."""
        value = self.content[key]
        found = "" if secret else f", not {_shown(value)}"
        shown = None if secret else value
        raise self._mistake(key, f" must be {allowed}{found}", value=shown, allowed=allowed)

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise the error for an entry: ``problem`` goes on after its name."""
        raise self._mistake(key, f" {problem}", value=self.content.get(key))

    def missing(self, key: str, why: str = "") -> TomlTableError:
        """The error for a key that must be there."""
        reason = f": {why}" if why else ""
        return TomlTableError(
            TomlMistakeKind.KEY_MISSING,
            f'{self._name} needs a key "{key}"{reason}.',
            table=self,
            key=key,
        )

    @property
    def _name(self) -> str:
        return f"[{self.header}]" if self.path else "the file"

    def _entry(self, key: str) -> str:
        return f'"{key}" in [{self.header}]' if self.path else f'"{key}"'

    def _value(self, key: str, default: Any) -> Any:
        if key in self:
            return self.content[key]
        if default is None:
            raise self.missing(key)
        return default

    def _mistake(
        self, key: str, problem: str, *, value: object, allowed: str = ""
    ) -> TomlTableError:
        return TomlTableError(
            TomlMistakeKind.VALUE,
            f"{self._entry(key)}{problem}.",
            table=self,
            key=key,
            value=value,
            allowed=allowed,
        )


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        # A whole number that is greater than any floating point number.
        return False


def _shown(value: object) -> str:
    """A value for a sentence: as TOML writes it, on one line and not too long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = str(value)
    except ValueError:
        # Python does not write out whole numbers beyond 4300 digits.
        return "a number of thousands of digits"
    if len(text) > _LONGEST_VALUE:
        text = f"{text[: _LONGEST_VALUE - 3]}..."
    if not text.isprintable():
        text = text.encode("unicode_escape").decode("ascii")
    return f'"{text}"' if isinstance(value, str) else text


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(f'"{name}"' for name in names[:_MOST_NAMES]) + more
