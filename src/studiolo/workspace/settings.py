"""`studiolo.toml`: a workspace's name, the limits of its runs, its records and its server."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from studiolo.experiments.memory_limit import parse_memory
from studiolo.quantities import parse_duration
from studiolo.store.database_address import DatabaseAddress
from studiolo.toml_text import NotTomlError, read_toml
from studiolo.workspace.errors import WorkspaceSettingsError

FILE_NAME = "studiolo.toml"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
_LIMITS: Mapping[str, Callable[[str], int]] = {
    "timeout": parse_duration,
    "memory": parse_memory,
    "cpus": int,
}


@dataclass(frozen=True, kw_only=True)
class WorkspaceSettings:
    """The settings in `studiolo.toml`."""

    name: str
    #: Limits of a node that asks for no others; None: the policy's. Seconds, bytes, processors.
    timeout: int | None = None
    memory: int | None = None
    cpus: int | None = None
    #: The database that its records are in; None: a file in its own folder.
    database: DatabaseAddress | None = None
    #: Names that its server is called by, without ports, beside localhost and addresses.
    hosts: tuple[str, ...] = ()


def read_settings(path: Path) -> WorkspaceSettings:
    """Read a workspace's settings.

    Raises:
        WorkspaceSettingsError: The file can't be read, or says something that has no meaning.
    """
    try:
        table = read_toml(path.read_text(encoding="utf-8"))
    except (NotTomlError, UnicodeDecodeError) as error:
        raise WorkspaceSettingsError(file=path, problem=f"it is not TOML: {error}") from error
    except OSError as error:
        raise WorkspaceSettingsError(file=path, problem=error.strerror or str(error)) from error
    _refuse_unknown(path, table, ("name", "limits", "server", "store"), "")
    name = table.get("name", path.parent.name)
    if not isinstance(name, str):
        raise WorkspaceSettingsError(file=path, problem=f"name must be a text, not {name!r}")
    limits = table.get("limits", {})
    if not isinstance(limits, dict):
        raise WorkspaceSettingsError(file=path, problem="limits must be a table: [limits]")
    _refuse_unknown(path, limits, tuple(_LIMITS), "limits.")
    return WorkspaceSettings(
        name=name,
        database=_database(path, table),
        hosts=_hosts(path, table),
        **_limits(path, limits),
    )


def _limits(path: Path, table: Mapping[str, Any]) -> dict[str, int]:
    limits = {}
    for key, value in table.items():
        try:
            limit = value if type(value) is int else _LIMITS[key](value)
        except (TypeError, ValueError) as error:
            problem = f"limits.{key} is {value!r}: {error}"
            raise WorkspaceSettingsError(file=path, problem=problem) from error
        if limit < 1:
            raise WorkspaceSettingsError(
                file=path, problem=f"limits.{key} is {value!r}, and must be above 0"
            )
        limits[key] = limit
    return limits


def _database(path: Path, table: Mapping[str, Any]) -> DatabaseAddress | None:
    store = table.get("store", {})
    if not isinstance(store, dict):
        raise WorkspaceSettingsError(file=path, problem="store must be a table: [store]")
    _refuse_unknown(path, store, ("database",), "store.")
    url = store.get("database")
    if url is None:
        return None
    # The value is not repeated: there may be a password in it.
    if not isinstance(url, str):
        raise WorkspaceSettingsError(file=path, problem="store.database must be a text")
    try:
        return DatabaseAddress(url)
    except ValueError as error:
        raise WorkspaceSettingsError(file=path, problem=f"store.database: {error}") from error


def _hosts(path: Path, table: Mapping[str, Any]) -> tuple[str, ...]:
    server = table.get("server", {})
    if not isinstance(server, dict):
        raise WorkspaceSettingsError(file=path, problem="server must be a table: [server]")
    _refuse_unknown(path, server, ("hosts",), "server.")
    hosts = server.get("hosts", [])
    if not isinstance(hosts, list):
        problem = 'server.hosts must be a list of names: ["scoring.example.org"]'
        raise WorkspaceSettingsError(file=path, problem=problem)
    for host in hosts:
        if not isinstance(host, str) or _HOST.fullmatch(host) is None:
            problem = f"server.hosts has {host!r}; give names alone, such as scoring.example.org"
            raise WorkspaceSettingsError(file=path, problem=problem)
    return tuple(hosts)


def _refuse_unknown(
    path: Path, table: Mapping[str, Any], known: tuple[str, ...], prefix: str
) -> None:
    for key in table:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f" Did you mean {prefix}{close[0]}?" if close else ""
            problem = f"it has no key {prefix}{key}.{hint} There are {', '.join(known)}"
            raise WorkspaceSettingsError(file=path, problem=problem)
