"""The recipe of a node's result, its digest, and how two recipes differ.

Equal recipes give equal results, so that a kept result stands in for a run. The digest of a recipe
names the result everywhere; nothing of the result itself has to be looked at.
"""

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from studiolo.rendering.plain_text import from_difference
from studiolo.store.identity import RecipeDigest

Recipe = Mapping[str, Any]

#: Characters of a value that are shown.
_VALUE: Final = 40

#: Names of a recipe's parts for people, in the order in which differences are listed.
PARTS = {
    "file": "the dataset's name",
    "dataset": "the dataset's content",
    "trained_model": "the saved model's name",
    "transform": "the saved transform's name",
    "saved": "what is saved under the name",
    "module": "the module",
    "source": "the script",
    "environment": "the packages",
    "binding": "the port binding",
    "device": "whether its Python device is connected",
    "seed": "the seed",
    "draw": "the draw",
    "network": "what it may reach in the network",
    "secrets": "the secrets that it is given",
    "contract": "how Studiolo runs scripts",
    "reader": "how Studiolo reads files",
}


def digest_of(recipe: Recipe) -> RecipeDigest:
    """The recipe's name: 64 hexadecimal digits."""
    return RecipeDigest(source_digest(_text(recipe)))


@functools.lru_cache(maxsize=10_000)
def source_digest(source: str) -> str:
    """The digest of a script's text; many nodes of an experiment share few texts."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def differences(before: Recipe, after: Recipe) -> list[str]:
    """The changes of a recipe, a phrase each: `the script`, `the parameter trees (5 → 9)`.

    Recipes with different digests differ in a phrase at least.
    """
    found = [phrase for part, phrase in PARTS.items() if _differ(before, after, part)]
    found += _changed_values("parameter", before, after)
    found += _changed_values("option", before, after)
    found += _changed_inputs(before, after)
    if before.get("once") != after.get("once"):
        found.append("its result may differ each time")
    return found


def without_draw(recipe: Recipe, draw: int | None) -> Recipe:
    """The recipe as it was before something was drawn for it."""
    rest = {part: value for part, value in recipe.items() if part != "draw"}
    return rest if draw is None or "draw" in recipe else {**rest, "seed": None}


def _changed_values(kind: str, before: Recipe, after: Recipe) -> Iterator[str]:
    old, new = before.get(f"{kind}s", {}), after.get(f"{kind}s", {})
    for name in dict.fromkeys([*old, *new]):
        if _differ(old, new, name):
            shown = from_difference(_shown(old, name), _shown(new, name), width=_VALUE)
            first, second = (_cut(text) for text in shown)
            yield f"the {kind} {name} ({first} → {second})"


def _changed_inputs(before: Recipe, after: Recipe) -> Iterator[str]:
    old, new = before.get("inputs", {}), after.get("inputs", {})
    for port in dict.fromkeys([*old, *new]):
        if _differ(old, new, port):
            yield f"the input {port}"


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> bool:
    """Whether a digest would tell them apart: to Python, 1 is equal to 1.0 and to True."""
    return (key in before) != (key in after) or _text(before.get(key)) != _text(after.get(key))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _shown(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "default"
    # Half of a surrogate pair, as a command line can hold it, can't be recorded but as an escape.
    return json.dumps(values[name], ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE else f"{text[: _VALUE - 1]}…"
