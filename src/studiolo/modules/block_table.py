"""A table of a module's metadata block that knows its place."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from studiolo.modules.errors import ModuleKeyUnknownError, ModuleValueError, ModuleWordUnknownError
from studiolo.modules.script_metadata import ScriptMetadata


@dataclass(frozen=True, kw_only=True)
class BlockTable:
    """[tool.studiolo], or a table in it; an empty one where the block has none.

    Values are asked for by type, and refused with file and line if they are of another one.
    """

    #: Named in errors.
    file: str
    metadata: ScriptMetadata
    content: Mapping[str, object]
    #: Its keys below [tool.studiolo].
    path: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """The name between the brackets."""
        return ".".join(("tool", "studiolo", *self.path))

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def line(self, key: str | None = None) -> int:
        """The line of the file where the table begins, or a key of it."""
        return self.metadata.line_of(*self.path, *(() if key is None else (key,)))

    def only(self, known: Sequence[str]) -> None:
        """Refuse any other key.

        Raises:
            ModuleKeyUnknownError: There is one.
        """
        for key in self.content:
            if key not in known:
                raise ModuleKeyUnknownError(
                    key=key, table=self.header, known=known, file=self.file, line=self.line(key)
                )

    def table(self, key: str) -> "BlockTable":
        """The table at that key; an empty one if there is none."""
        content = self.content.get(key, {})
        if not isinstance(content, dict):
            raise self.refusal(key, f"a table, [{self.header}.{key}]")
        return BlockTable(
            file=self.file, metadata=self.metadata, content=content, path=(*self.path, key)
        )

    def tables(self) -> Iterator[tuple[str, "BlockTable"]]:
        """Each key with its table, in the order of the file."""
        for key in self.content:
            yield key, self.table(key)

    def text(self, key: str, default: str) -> str:
        """A text that is not blank."""
        value = self.content.get(key, default)
        if not isinstance(value, str) or (key in self and not value.strip()):
            raise self.refusal(key, "text in quotes")
        return value

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts that is not empty."""
        value = self.content.get(key, list(default))
        if not isinstance(value, list) or not value:
            raise self.refusal(key, "a list of texts")
        if not all(isinstance(item, str) and item.strip() for item in value):
            raise self.refusal(key, "a list of texts")
        return tuple(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.content.get(key, default)
        if not isinstance(value, bool):
            raise self.refusal(key, "true or false")
        return value

    def number(self, key: str) -> float | None:
        """A number; None if there is none."""
        value = self.content.get(key)
        if value is None:
            return None
        # To Python, true is 1; and no number is less than nan.
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_usual(value):
            raise self.refusal(key, "a number")
        return value

    def word(self, key: str, known: Sequence[str], default: str) -> str:
        """One of the known words.

        Raises:
            ModuleWordUnknownError: It is another one.
        """
        value = self.text(key, default)
        if value not in known and key in self:
            raise ModuleWordUnknownError(
                key=key,
                table=self.header,
                value=value,
                known=known,
                file=self.file,
                line=self.line(key),
            )
        return value

    def refusal(self, key: str, allowed: str) -> ModuleValueError:
        """The error for a value that is not what it has to be."""
        return ModuleValueError(
            key=key,
            table=self.header,
            value=self.content[key],
            allowed=allowed,
            file=self.file,
            line=self.line(key),
        )


def _is_usual(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        # A whole number that is greater than any floating point number.
        return False
