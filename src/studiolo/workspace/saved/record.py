"""The record beside a saved model or transform: what it is, and what made it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

#: The format that this Studiolo writes, and the newest that it reads.
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class MadeIn:
    """The environment that a model or transform was made in."""

    #: What tells it from other environments.
    identity: str
    #: "3.12"; empty where it is not known any more.
    python: str = ""
    #: The packages of the environment: "scikit-learn==1.7.2".
    packages: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class SavedRecord:
    """The facts that a person, and the next run, should know about a saved model or transform."""

    #: The digest of its bytes, and their number.
    sha256: str
    bytes: int
    #: When it was saved, as ISO 8601.
    saved_at: str
    #: The experiment's folder in the workspace, the run, the node, and the output of it.
    experiment: str
    run: str
    node: str
    port: str
    #: The node's module and the parameters that it gave.
    module: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: The digest of the recipe of the node's result.
    recipe: str
    #: The columns of the dataset that it was learnt from, each with name, type and role; empty if
    #: that dataset is no longer kept.
    columns: Sequence[Mapping[str, str]] = ()
    environment: MadeIn


class NotARecordError(ValueError):
    """A text is not the record of a saved object; the message says why, to follow a file's name."""


def record_text(record: SavedRecord) -> str:
    """The record as the text of a file."""
    document = {"studiolo": FORMAT, **asdict(record)}
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"


def read_record(text: str) -> SavedRecord:
    """The record that a text is. What a newer Studiolo added is left aside.

    Raises:
        NotARecordError: It is none.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotARecordError(f"is not JSON (line {error.lineno}: {error.msg})") from error
    except (RecursionError, ValueError) as error:
        raise NotARecordError("is not JSON that can be read") from error
    if not isinstance(document, dict) or not isinstance(document.get("environment"), dict):
        raise NotARecordError('is not a record: it has no "environment"')
    if type(number := document.get("studiolo")) is not int or number > FORMAT:
        raise NotARecordError(
            f'has the format {number!r} ("studiolo"), and this Studiolo reads the format {FORMAT}'
        )
    environment = MadeIn(**_known(MadeIn, document["environment"]))
    return SavedRecord(**{**_known(SavedRecord, document), "environment": environment})


def _known(kind: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass that are given, each of the type that it has to be."""
    taken: dict[str, Any] = {}
    for part in fields(kind):
        if part.name not in given:
            if part.name in _REQUIRED:
                raise NotARecordError(f'is not a record: it has no "{part.name}"')
            continue
        value = given[part.name]
        expected = _TYPES.get(part.name, str)
        if type(value) is not expected or (
            isinstance(value, list) and not _is_list_of(part.name, value)
        ):
            raise NotARecordError(f'has a "{part.name}" that can\'t be one')
        taken[part.name] = value
    return taken


def _is_list_of(name: str, items: list[Any]) -> bool:
    return all(isinstance(item, str if name == "packages" else dict) for item in items)


_TYPES = {"bytes": int, "parameters": dict, "columns": list, "environment": dict, "packages": list}
_REQUIRED = {
    *("sha256", "bytes", "saved_at", "experiment", "run", "node", "port", "module", "recipe"),
    "identity",
}
