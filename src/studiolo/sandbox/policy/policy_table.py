"""Reading one section of the policy file strictly: every key known, every value of its type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from studiolo.quantities import parse_size
from studiolo.sandbox.errors import PolicyError
from studiolo.toml_text import line_of_entry


@dataclass(frozen=True, kw_only=True)
class PolicySource:
    """The text of a policy file, kept so that a mistake can be found in it."""

    name: str
    text: str


class PolicyTable:
    """One section; it remembers which keys were read, so that ``finish`` can name the others."""

    def __init__(
        self, *, source: PolicySource, keys: Sequence[str] = (), values: Mapping[str, object]
    ) -> None:
        """``keys`` lead to the section, from the top of the file."""
        self._source = source
        self._keys = tuple(keys)
        self._values = values
        self._read: dict[str, None] = {}

    def table(self, key: str) -> "PolicyTable":
        """A section below this one."""
        value = self._value(key)
        if not isinstance(value, dict):
            self.fail(key, f'"{key}" must be a section.')
        return PolicyTable(source=self._source, keys=(*self._keys, key), values=value)

    def tables(self) -> dict[str, "PolicyTable"]:
        """Every section below this one, by name."""
        return {key: self.table(key) for key in self._values}

    def text(self, key: str) -> str:
        """A string."""
        value = self._value(key)
        if not isinstance(value, str):
            self.fail(key, f'"{key}" must be a string, not {value!r}.')
        return value

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """A string out of a few."""
        value, choices = self.text(key), tuple(allowed)
        if value not in choices:
            self.fail(key, f'"{key}" is "{value}".', value=value, allowed=choices)
        return value

    def texts(self, key: str, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of different strings, out of ``allowed`` if that is given."""
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, f'"{key}" must be a list of strings, not {value!r}.')
        choices = None if allowed is None else tuple(allowed)
        for number, item in enumerate(value):
            if item in value[:number]:
                self.fail(key, f'"{key}" lists "{item}" twice.')
            if choices is not None and item not in choices:
                self.fail(key, f'"{key}" lists "{item}".', value=item, allowed=choices)
        return tuple(value)

    def integer(self, key: str) -> int:
        """A whole number that is not negative."""
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.fail(key, f'"{key}" must be a whole number from 0, not {value!r}.')
        return value

    def positive(self, key: str) -> int:
        """A whole number from 1."""
        value = self.integer(key)
        return value if value else self.fail(key, f'"{key}" must be at least 1, not 0.')

    def size(self, key: str) -> int:
        """A number of bytes, written with its unit."""
        value = self._value(key)
        try:
            return parse_size(value if isinstance(value, str) else "")
        except ValueError:
            self.fail(key, f'"{key}" must be a size such as "64MiB", not {value!r}.')

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        value = self._value(key) if self.has(key) else False
        if not isinstance(value, bool):
            self.fail(key, f'"{key}" must be true or false, not {value!r}.')
        return value

    def has(self, key: str) -> bool:
        """Whether the key is there; it counts as known from now on."""
        self._read[key] = None
        return key in self._values

    def names(self, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        """All keys of the section, out of ``allowed`` if that is given."""
        choices = None if allowed is None else tuple(allowed)
        for key in self._values:
            if choices is not None and key not in choices:
                self.fail(key, f'unknown key "{key}".', value=key, allowed=choices)
        return tuple(self._values)

    def finish(self) -> None:
        """Refuse keys that were not read."""
        self.names(allowed=self._read)

    def fail(
        self, key: str, problem: str, *, value: str = "", allowed: Iterable[str] = ()
    ) -> NoReturn:
        """Raise the error for a mistake at a key."""
        raise PolicyError(
            source=self._source.name,
            line=line_of_entry(self._source.text, (*self._keys, key)) or None,
            section=".".join(self._keys),
            problem=problem,
            value=value,
            allowed=tuple(allowed),
        )

    def _value(self, key: str) -> object:
        if not self.has(key):
            self.fail(key, f'"{key}" is missing.')
        return self._values[key]
