"""`studiolo.toml`: a workspace's name, the limits of its runs, its records and its server."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studiolo.environments.package_sources import USUAL_SOURCES, PackageSources
from studiolo.experiments.allowance import Allowance, merged, parse_allowance, too_many
from studiolo.experiments.memory_limit import parse_memory
from studiolo.quantities import parse_duration
from studiolo.store.database_address import DatabaseAddress
from studiolo.toml_table import TomlDocument, TomlTable, TomlTableError
from studiolo.toml_text import NotTomlError, read_toml
from studiolo.workspace.errors import WorkspaceSettingsError

FILE_NAME = "studiolo.toml"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class WorkspaceSettings:
    """The settings in `studiolo.toml`."""

    name: str
    #: Limits of a node that asks for no others; None: the policy's. Seconds, bytes, processors.
    timeout: int | None = None
    memory: int | None = None
    cpus: int | None = None
    #: Where packages come from.
    packages: PackageSources = USUAL_SOURCES
    #: Bytes that idle sandboxes may keep in memory, and environments on the disk; None: a quarter
    #: of the machine's memory, and as much as there is.
    idle_memory: int | None = None
    environments_disk: int | None = None
    #: The database that its records are in; None: a file in its own folder.
    database: DatabaseAddress | None = None
    #: Names that its server is called by, without ports, beside localhost and addresses.
    hosts: tuple[str, ...] = ()
    #: Whether the help pages of its services show values of the published data to everybody; None:
    #: only where no other machine reaches the server.
    sample_rows: bool | None = None
    #: Hosts of blobs, with a port or without, that batch jobs may ask though they are not public.
    blob_hosts: tuple[str, ...] = ()
    #: Targets in the network that scripts may reach.
    allow: tuple[Allowance, ...] = ()


def read_settings(path: Path) -> WorkspaceSettings:
    """Read a workspace's settings.

    Raises:
        WorkspaceSettingsError: The file can't be read, or says something that has no meaning.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = read_toml(text)
    except NotTomlError as error:
        problem = f"it is not TOML: {error.reason}."
        raise WorkspaceSettingsError(file=path, line=error.line, problem=problem) from error
    except UnicodeDecodeError as error:
        problem = f"it is not text in UTF-8: {error}."
        raise WorkspaceSettingsError(file=path, problem=problem) from error
    except OSError as error:
        problem = f"{error.strerror or error}."
        raise WorkspaceSettingsError(file=path, problem=problem) from error
    table = TomlTable(document=TomlDocument(file=str(path), text=text), content=content)
    try:
        return _settings(table, path.absolute().parent)
    except TomlTableError as error:
        raise WorkspaceSettingsError(
            file=path, line=error.line, problem=error.problem, key=error.key
        ) from error


def _settings(table: TomlTable, root: Path) -> WorkspaceSettings:
    limits, network, server, store, packages, environments = (
        table.table(key)
        for key in ("limits", "network", "server", "store", "packages", "environments")
    )
    settings = WorkspaceSettings(
        name=table.text("name", root.name, blank=True),
        timeout=_limit(limits, "timeout", parse_duration),
        memory=_limit(limits, "memory", parse_memory),
        cpus=_limit(limits, "cpus", int),
        hosts=_hosts(server),
        sample_rows=server.flag("sample_rows") if "sample_rows" in server else None,
        allow=_allow(network),
        blob_hosts=server.texts("blob_hosts", ()),
        packages=_packages(packages, root),
        idle_memory=_limit(environments, "memory", parse_memory),
        environments_disk=_limit(environments, "disk", parse_memory),
        database=store.parsed("database", DatabaseAddress, secret=True)
        if "database" in store
        else None,
    )
    for one in (table, limits, network, server, store, packages, environments):
        one.finish()
    return settings


def _packages(table: TomlTable, root: Path) -> PackageSources:
    """Where packages come from; folders are relative to the workspace's."""
    index = table.text("index") if "index" in table else None
    if index is not None and not index.startswith(("https://", "http://", "file://")):
        table.fail("index", 'must be an address, such as "https://pypi.example.org/simple"')
    folders = [root / folder for folder in table.texts("wheels", ())]
    for folder in folders:
        if not folder.is_dir():
            table.fail("wheels", f'names "{folder}", which is not a folder')
    return PackageSources(
        index=index,
        wheels=tuple(folders),
        only_wheels_folder=table.flag("only_wheels", False),
        allow_builds=table.flag("allow_builds", False),
    )


def _limit(table: TomlTable, key: str, parse: Callable[[str], int]) -> int | None:
    if key not in table:
        return None
    if isinstance(table.content[key], str):
        limit = table.parsed(key, parse)
        return limit if limit > 0 else table.refuse(key, "a number above 0")
    return table.integer(key, minimum=1)


def _allow(table: TomlTable) -> tuple[Allowance, ...]:
    found = []
    for text in table.texts("allow", ()):
        try:
            found.append(parse_allowance(text))
        except ValueError as error:
            table.fail("allow", f"is wrong: {error}")
    allowances = merged(found)
    if problem := too_many(allowances):
        table.fail("allow", f"is wrong: {problem}")
    return allowances


def _hosts(table: TomlTable) -> tuple[str, ...]:
    hosts = table.texts("hosts", ())
    for host in hosts:
        if _HOST.fullmatch(host) is None:
            table.fail("hosts", f'has "{host}"; give names alone, such as scoring.example.org')
    return hosts
