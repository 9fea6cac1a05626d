"""Secrets that must not leave the sandbox with what is shown of a script's variables."""

import re
from typing import Final

#: The stand-in for a text that is left out.
HIDDEN: Final = "•••"
#: Words of names whose values are likely to be secrets.
_WORDS: Final = frozenset(
    {
        *("password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "key", "apikey"),
        *("accountkey", "credential", "credentials", "connectionstring", "sas", "sig"),
    }
)
_PAIRS: Final = ("connection string", "pass phrase")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: `password='…'`, `"api_key": …` and `AccountKey=…;`, within any text.
_ASSIGNED: Final = re.compile(
    r"""(?<![\w-])(?P<name>[A-Za-z_][\w-]*)(?P<sign>['"]?\s{0,3}[=:]\s{0,3})"""
    r"""(?P<value>'[^']*'?|"[^"]*"?|[^\s'",;&)\]}]+)"""
)
#: What is between `://` and `@` of an address.
_LOGIN: Final = re.compile(r"(?<=://)[^/\s@'\"]+(?=@)")


def is_secret_name(name: str) -> bool:
    """Whether a name says that its value is a secret: `db_password`, `apiKey`, `SAS_TOKEN`."""
    words = [part.lower() for part in _PART.findall(name)]
    if words[-1:] == ["error"]:
        # A `KeyError` is none.
        return False
    return not _WORDS.isdisjoint(words) or any(pair in " ".join(words) for pair in _PAIRS)


def without_secrets(text: str, values: tuple[str, ...] = ()) -> str:
    """The text without these values, and without what it assigns to names of secrets."""
    for value in values:
        text = text.replace(value, HIDDEN)
    text = _LOGIN.sub(HIDDEN, text)
    return _ASSIGNED.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    if not is_secret_name(found["name"]):
        return found[0]
    return f"{found['name']}{found['sign']}{HIDDEN}"
