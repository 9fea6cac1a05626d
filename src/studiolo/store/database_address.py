"""The address of a PostgreSQL database, which may hold a password and does not show it."""

import re
from urllib.parse import unquote, urlsplit

_SCHEME = "postgresql"
#: Further ways of writing the same, which other programs use.
_SCHEMES = (_SCHEME, "postgres", "postgresql+psycopg")
_EXAMPLE = "postgresql://user@host:5432/database"
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]*\]|[^:\[\]]*)(:[0-9]*)?")


class DatabaseAddress:
    """A URL as PostgreSQL's own programs take it: ``postgresql://user@host:5432/database``.

    What it leaves out comes from the environment (``PGPASSWORD``, ``PGHOST`` …) and from
    ``~/.pgpass``. As text it is without its password and its parameters.
    """

    __slots__ = ("_shown", "_url", "database")

    def __init__(self, url: str) -> None:
        """Take a URL.

        Raises:
            ValueError: It is not the URL of a database. The message does not repeat it.
        """
        scheme, separator, rest = url.partition("://")
        if scheme not in _SCHEMES or not separator:
            raise ValueError(f"it must be the URL of a PostgreSQL database, such as {_EXAMPLE}")
        if not url.isprintable() or " " in url:
            raise ValueError("a URL has no blanks or control characters; a blank is written %20")
        self._url = f"{_SCHEME}://{rest}"
        user, hosts, path = _parts(self._url)
        self._shown = f"{_SCHEME}://{user}{hosts}{path}"
        #: The name of the database; "" if the URL names none.
        self.database = unquote(path.removeprefix("/"))

    def reveal(self) -> str:
        """The URL itself, for the driver."""
        return self._url

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"DatabaseAddress({self._shown!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatabaseAddress) and self._url == other._url

    def __hash__(self) -> int:
        return hash(self._url)


def _parts(url: str) -> tuple[str, str, str]:
    """The user, without a password and with its @, the hosts, and the path."""
    split = urlsplit(url)
    login, at, hosts = split.netloc.rpartition("@")
    # Part of a password would be left over, and shown as part of a host or of the path.
    whole = url.count("@") == len(at) and not split.fragment
    if not whole or not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise ValueError(
            f"it must be written like {_EXAMPLE}; in a user's name or a password, the characters "
            ": / ? # [ ] @ are written %3A %2F %3F %23 %5B %5D %40"
        )
    return f"{login.partition(':')[0]}{at}", hosts, split.path
