"""The secrets of this user: given to runs by name, kept encrypted, and in no record.

The key is in a file of its own, so that a copy of the other file alone opens nothing. That does not
protect from those who can read all of this user's files.
"""

import contextlib
import json
import os
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studiolo.environments.location import studiolo_home
from studiolo.files.whole_file import replacing
from studiolo.sandbox.policy.policy import load_policy
from studiolo.suggestions import did_you_mean
from studiolo.workspace.errors import (
    SecretMissingError,
    SecretNameError,
    SecretsUnreadableError,
    SecretValueError,
)

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
#: Characters. A shorter one would be found in texts that have nothing to do with it.
_SHORTEST: Final = 6
_LONGEST: Final = 32_768


class SecretStore:
    """Secrets by name, in a folder that its owner alone can enter."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or studiolo_home() / "secrets"
        self._file = self._folder / "secrets.json"
        self._key = self._folder / "key"

    @property
    def names(self) -> Sequence[str]:
        """The names of the secrets, in order.

        Raises:
            SecretsUnreadableError: The file is damaged, or can't be read.
        """
        return sorted(self._tokens())

    def set(self, name: str, value: str) -> None:
        """Keep a secret, in the place of an earlier one of that name.

        Raises:
            SecretNameError: It can't be the name of an environment variable of a run.
            SecretValueError: It is too short, too long, or no text that a variable can hold.
            SecretsUnreadableError: They can't be read or written.
        """
        if _NAME.fullmatch(name) is None:
            raise SecretNameError(
                name=name, why="Use letters, digits and underscores, such as DB_PASSWORD."
            )
        if name in load_policy().environment:
            raise SecretNameError(name=name, why="Each run has a variable of that name already.")
        if not _SHORTEST <= len(value) <= _LONGEST or "\0" in value:
            raise SecretValueError(name=name, shortest=_SHORTEST, longest=_LONGEST)
        tokens = {**self._tokens(), name: self._cipher().encrypt(value.encode()).decode()}
        self._write(tokens)

    def remove(self, name: str) -> None:
        """Forget a secret.

        Raises:
            SecretMissingError: There is none of that name.
            SecretsUnreadableError: They can't be read or written.
        """
        tokens = dict(self._tokens())
        if tokens.pop(name, None) is None:
            raise self._missing(name)
        self._write(tokens)

    def values(self, names: Collection[str]) -> Mapping[str, str]:
        """The secrets of these names.

        Raises:
            SecretMissingError: One of them is not there.
            SecretsUnreadableError: They can't be read.
        """
        if not names:
            return {}
        # Here and not above: it takes long to load, and few runs need it.
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        tokens, cipher = self._tokens(), self._cipher()
        found = {}
        for name in names:
            if name not in tokens:
                raise self._missing(name)
            try:
                found[name] = cipher.decrypt(tokens[name].encode()).decode()
            except (InvalidToken, UnicodeDecodeError) as error:
                why = f'"{name}" was not encrypted with the key beside it'
                raise SecretsUnreadableError(path=self._file, why=why) from error
        return found

    def _missing(self, name: str) -> SecretMissingError:
        return SecretMissingError(name=name, hint=did_you_mean(name, self.names))

    def _cipher(self) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415  # as above

        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._key.exists():
                self._make_key(Fernet.generate_key())
            return Fernet(self._key.read_bytes())
        except (OSError, ValueError) as error:
            raise SecretsUnreadableError(path=self._key, why=_why(error)) from error

    def _make_key(self, key: bytes) -> None:
        """Make the key's file, whole; of two processes that do so, the first one's stays."""
        made = self._folder / f".key-{secrets.token_hex(8)}"
        try:
            descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
            with contextlib.suppress(FileExistsError):
                os.link(made, self._key)
        finally:
            made.unlink(missing_ok=True)

    def _tokens(self) -> Mapping[str, str]:
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise SecretsUnreadableError(path=self._file, why=_why(error)) from error
        if not isinstance(read, dict) or not all(isinstance(v, str) for v in read.values()):
            raise SecretsUnreadableError(path=self._file, why="it is not an object of texts")
        return read

    def _write(self, tokens: Mapping[str, str]) -> None:
        try:
            with replacing(self._file) as sink:
                os.fchmod(sink.fileno(), 0o600)
                sink.write(json.dumps(tokens, indent=1, sort_keys=True).encode())
        except OSError as error:
            raise SecretsUnreadableError(path=self._file, why=_why(error)) from error


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "it is damaged"
