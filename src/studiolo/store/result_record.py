"""A node's result, kept to be used again wherever the same is asked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studiolo.experiments.experiment import NodeName
from studiolo.store.identity import BlobDigest, RecipeDigest, RunId
from studiolo.store.measures import Measures


@dataclass(frozen=True, kw_only=True)
class KeptImage:
    """A picture that a script left."""

    name: str
    #: "image/png", "image/jpeg" or "image/svg+xml".
    media_type: str
    blob: BlobDigest


@dataclass(frozen=True, kw_only=True)
class StoredResult(Measures):
    """The record that is needed to use a result again.

    What was printed, noted and drawn is kept with the nodes of runs; see `NodeRecord`.
    """

    recipe_digest: RecipeDigest
    #: By output port: what it is and which blobs hold it, as plain JSON.
    outputs: Mapping[str, Any]
    #: How long the run took.
    seconds: float
    bytes: int
    #: The name of the environment that it was made in.
    environment: str
    #: How well the run was isolated: the level's name.
    isolation: str
    #: Where it was made first. The run may have been forgotten since.
    run: RunId
    node: NodeName
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewResult(StoredResult):
    """A result as it is recorded, with what is only read when it is looked at."""

    #: What it was made of, as plain JSON: answers "why did this run again".
    recipe: Mapping[str, Any]
    #: What the script printed.
    console: str
    #: What the contract did that a person should know, a sentence each.
    log: Sequence[str]
    images: Sequence[KeptImage]
    #: The blobs that ``outputs`` refers to; those of ``images`` count without being named.
    blobs: Collection[BlobDigest]
