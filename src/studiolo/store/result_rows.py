"""Results, to and from their tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select

from studiolo.store.database.schema import DATASET_VERSIONS, RESULT_BLOBS, RESULTS, RUN_NODES
from studiolo.store.identity import BlobDigest, RecipeDigest
from studiolo.store.result_record import KeptImage, NewResult, StoredResult

#: How many are asked for in one statement; databases limit the number of its parameters.
_CHUNK = 900
#: Columns and fields have the same names.
_FIELDS = [field.name for field in fields(StoredResult)]
_AMONG = RESULTS.c.recipe_digest.in_(bindparam("digests", expanding=True))
_FIND = select(*(RESULTS.c[name] for name in _FIELDS)).where(_AMONG)
_RECIPES = select(RESULTS.c.recipe_digest, RESULTS.c.recipe).where(_AMONG)


def find(
    connection: Connection, digests: Iterable[RecipeDigest]
) -> Mapping[RecipeDigest, StoredResult]:
    """Those of the results that are kept."""
    found = {}
    for chunk in _chunks(digests):
        for row in connection.execute(_FIND, {"digests": chunk}).all():
            # A plan looks for a thousand at a time, and to ask a row for each of its columns by
            # name takes longer than to read it.
            result = StoredResult(**dict(zip(_FIELDS, row, strict=True)))
            found[result.recipe_digest] = result
    return found


def recipes(
    connection: Connection, digests: Iterable[RecipeDigest]
) -> Mapping[RecipeDigest, Mapping[str, Any]]:
    """The recipes of those results that are kept."""
    return {
        row.recipe_digest: row.recipe
        for chunk in _chunks(digests)
        for row in connection.execute(_RECIPES, {"digests": chunk})
    }


def keep(connection: Connection, results: Sequence[NewResult]) -> None:
    """Write results down; one of the same recipe takes the place of an older one.

    The older one may be there because another process made it at the same time, or because its
    blobs were lost.
    """
    if not results:
        return
    newest = {result.recipe_digest: result for result in results}
    connection.execute(
        delete(RESULTS).where(RESULTS.c.recipe_digest == bindparam("digest")),
        [{"digest": digest} for digest in newest],
    )
    connection.execute(insert(RESULTS), [_written(result) for result in newest.values()])
    references = [
        {"recipe_digest": result.recipe_digest, "blob": blob}
        for result in newest.values()
        for blob in {*result.blobs, *(image.blob for image in result.images)}
    ]
    if references:
        connection.execute(insert(RESULT_BLOBS), references)


def forget_unused(connection: Connection) -> int:
    """Delete the results that no run has anything to do with any more; how many."""
    used = exists().where(RUN_NODES.c.recipe_digest == RESULTS.c.recipe_digest)
    return connection.execute(delete(RESULTS).where(~used)).rowcount


def referenced_blobs(connection: Connection) -> Set[BlobDigest]:
    """All blobs that anything refers to: results, datasets' versions, pictures of failed nodes."""
    found = set(connection.scalars(select(RESULT_BLOBS.c.blob)))
    found.update(connection.scalars(select(DATASET_VERSIONS.c.content)))
    pictures = select(RUN_NODES.c.images).where(RUN_NODES.c.images.is_not(None))
    for images in connection.scalars(pictures):
        found.update(image["blob"] for image in images)
    return found


def images_to_json(images: Sequence[KeptImage]) -> list[dict[str, str]]:
    """As the tables hold them."""
    return [asdict(image) for image in images]


def images_from_json(images: Sequence[Mapping[str, Any]]) -> list[KeptImage]:
    """The same, read back."""
    return [KeptImage(**image) for image in images]


def _chunks(digests: Iterable[RecipeDigest]) -> Iterator[list[RecipeDigest]]:
    wanted = list(dict.fromkeys(digests))
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]


def _written(result: NewResult) -> dict[str, Any]:
    return {
        "recipe_digest": result.recipe_digest,
        "recipe": result.recipe,
        "outputs": result.outputs,
        "console": result.console,
        "log": list(result.log),
        "images": images_to_json(result.images),
        **result.measures,
        "environment": result.environment,
        "isolation": result.isolation,
        "run": result.run,
        "node": result.node,
        "created_at": result.created_at,
    }
