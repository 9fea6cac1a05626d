"""Values as JSON, and the file of an experiment, can have them."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypeAliasType

#: A value of JSON.
Json = TypeAliasType(
    "Json", "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
)

# What the text of the type names.
__all__ = ["Json", "Mapping", "Sequence"]
