"""Secrets taken out of everything that a run leaves behind, but for what it returns."""

import dataclasses
import json
from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import quote

_T = TypeVar("_T")
#: Stands in the place of a secret.
MASK: Final = "••••"


class Masking:
    """Replaces secrets in texts, also as Python, JSON and addresses write them."""

    def __init__(self, secrets: Collection[str]) -> None:
        forms = {
            form
            for secret in secrets
            for form in (
                secret,
                repr(secret)[1:-1],
                json.dumps(secret)[1:-1],
                json.dumps(secret, ensure_ascii=False)[1:-1],
                quote(secret, safe=""),
                quote(secret),
            )
        }
        # The longest first: one may be part of another.
        self._forms = sorted(filter(None, forms), key=len, reverse=True)
        self._longest = max(map(len, self._forms), default=0)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def of(self, value: _T) -> _T:
        """A value with all of its texts masked: a dataclass, a mapping, a sequence or a text."""
        masked: Any = value
        # A member of an enumeration is one of our own words.
        if isinstance(value, str) and not isinstance(value, Enum):
            masked = self.text(value)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            changes = {
                field.name: self.of(getattr(value, field.name))
                for field in dataclasses.fields(value)
                if field.init
            }
            masked = dataclasses.replace(value, **changes)
        elif isinstance(value, Mapping):
            masked = {self.of(key): self.of(part) for key, part in value.items()}
        elif isinstance(value, list | tuple):
            masked = type(value)(map(self.of, value))
        result: _T = masked
        return result

    def passing_on(self, receiver: Callable[[str], None]) -> "MaskedStream":
        """A receiver of pieces of a text, which passes them on without the secrets."""
        return MaskedStream(self, receiver)

    def begun(self, text: str) -> int:
        """How many characters at the end may be the beginning of a secret."""
        longest = min(len(text), self._longest - 1)
        return next(
            (n for n in range(longest, 0, -1) if any(f.startswith(text[-n:]) for f in self._forms)),
            0,
        )


class MaskedStream:
    """Pieces of a text, masked as they come: a secret may be in two of them."""

    def __init__(self, masking: Masking, receiver: Callable[[str], None]) -> None:
        self._masking = masking
        self._receiver = receiver
        self._held = ""

    def write(self, piece: str) -> None:
        """Pass on what can't be the beginning of a secret."""
        text = self._masking.text(self._held + piece)
        held = self._masking.begun(text)
        self._held = text[len(text) - held :]
        if passed := text[: len(text) - held]:
            self._receiver(passed)

    def finish(self) -> None:
        """Pass on the rest."""
        if self._held:
            self._receiver(self._held)
            self._held = ""
