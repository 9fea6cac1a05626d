"""Every class of our errors, and an error of each class, made from the types of its arguments."""

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any

import studiolo
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import SavedName
from studiolo.modules.definition import PortKind
from studiolo.store.database_address import DatabaseAddress
from studiolo.toml_table import TomlDocument, TomlMistakeKind, TomlTable, TomlTableError

#: Rooms whose errors are those of programs that people start or write.
_ELSEWHERE = ("studiolo.cli.", "studiolo.calling.", "studiolo.server.errors")


def _kinds(kind: type[StudioloError]) -> Iterator[type[StudioloError]]:
    for subclass in kind.__subclasses__():
        if subclass.__module__.startswith("studiolo."):
            yield subclass
            yield from _kinds(subclass)


def _every() -> list[type[StudioloError]]:
    for module in pkgutil.walk_packages(studiolo.__path__, "studiolo."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {kind for kind in _kinds(StudioloError) if not kind.__module__.startswith(_ELSEWHERE)}
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


#: Those that a server can meet, in the order of their modules.
EVERY_ERROR = _every()


def an_error(kind: type[StudioloError]) -> StudioloError:
    """An error of that class."""
    if kind.__init__ is Exception.__init__:
        return kind("A sentence.")
    hints = typing.get_type_hints(kind.__init__)
    given: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in list(inspect.signature(kind.__init__).parameters.values())[1:]:
        value = _made(hints[parameter.name])
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            given.append(value)
        else:
            named[parameter.name] = value
    return kind(*given, **named)


_PLAIN: Mapping[Any, Any] = {
    str: "some-name",
    object: "some-value",
    int: 7,
    float: 7.5,
    bool: False,
    bytes: b"\xff",
    NoneType: None,
    Path: Path("/folder/file"),
    OSError: OSError(5, "reason"),
    PortKind: PortKind.MODEL,
    SavedName: SavedName(PortKind.MODEL, "some-model"),
    DatabaseAddress: DatabaseAddress("postgresql://user@host/database"),
    TomlTableError: TomlTableError(
        TomlMistakeKind.VALUE,
        "A sentence.",
        table=TomlTable(document=TomlDocument(file="file", text=""), content={}),
        key="key",
    ),
}


def _made(kind: Any) -> Any:
    """A value of that type."""
    if hasattr(kind, "__supertype__"):
        return _made(kind.__supertype__)
    origin, within = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, UnionType):
        return _made(next(one for one in within if one is not NoneType))
    if origin is tuple:
        return tuple(_made(one) for one in within if one is not ...)
    if origin is not None and issubclass(origin, Mapping):
        return {_made(within[0]): _made(within[1])}
    if origin is not None and issubclass(origin, Sequence):
        return (_made(within[0]),)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    needed = [
        one
        for one in dataclasses.fields(kind)
        if one.default is one.default_factory is dataclasses.MISSING
    ]
    types = typing.get_type_hints(kind)
    return kind(**{one.name: _made(types[one.name]) for one in needed})
