"""The keys and the traffic of endpoints, to and from their tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from studiolo.store.database.schema import ENDPOINT_KEYS, ENDPOINT_TRAFFIC
from studiolo.store.identity import EndpointId, KeyHash
from studiolo.store.services.service_record import EndpointKey, KeySlot, Traffic

_KEYS = ENDPOINT_KEYS.c
_TRAFFIC = ENDPOINT_TRAFFIC.c


def keys(
    connection: Connection, only: EndpointId | None = None
) -> Mapping[EndpointId, Sequence[EndpointKey]]:
    """The keys of all endpoints or of one, the primary one first."""
    statement = select(ENDPOINT_KEYS).order_by(_KEYS.slot)
    if only is not None:
        statement = statement.where(_KEYS.endpoint == only)
    found: dict[EndpointId, list[EndpointKey]] = {}
    for row in connection.execute(statement):
        key = EndpointKey(
            slot=KeySlot(row.slot),
            hash=row.hash,
            created_at=row.created_at,
            rotated_at=row.rotated_at,
        )
        found.setdefault(row.endpoint, []).append(key)
    return found


def add_keys(
    connection: Connection,
    endpoint: EndpointId,
    hashes: Mapping[KeySlot, KeyHash],
    *,
    now: datetime,
) -> None:
    """Write down the keys of a new endpoint."""
    connection.execute(
        insert(ENDPOINT_KEYS),
        [
            {"endpoint": endpoint, "slot": slot, "hash": hashes[slot], "created_at": now}
            for slot in KeySlot
        ],
    )


def rotate(
    connection: Connection, endpoint: EndpointId, slot: KeySlot, hashed: KeyHash, *, now: datetime
) -> None:
    """Write down a key in place of the one that the slot held."""
    connection.execute(
        update(ENDPOINT_KEYS)
        .where(_KEYS.endpoint == endpoint, _KEYS.slot == slot)
        .values(hash=hashed, rotated_at=now)
    )


def traffic_history(connection: Connection, endpoint: EndpointId) -> Sequence[Traffic]:
    """The traffic that an endpoint has and had, oldest first."""
    statement = (
        select(ENDPOINT_TRAFFIC).where(_TRAFFIC.endpoint == endpoint).order_by(_TRAFFIC.change)
    )
    return [_read(row) for row in connection.execute(statement)]


def current_traffic(
    connection: Connection, only: EndpointId | None = None
) -> Mapping[EndpointId, Traffic]:
    """The traffic that all endpoints have, or one."""
    newest = select(_TRAFFIC.endpoint, func.max(_TRAFFIC.change).label("change"))
    if only is not None:
        newest = newest.where(_TRAFFIC.endpoint == only)
    chosen = newest.group_by(_TRAFFIC.endpoint).subquery()
    statement = select(ENDPOINT_TRAFFIC).join(
        chosen, (_TRAFFIC.endpoint == chosen.c.endpoint) & (_TRAFFIC.change == chosen.c.change)
    )
    return {row.endpoint: _read(row) for row in connection.execute(statement)}


def traffic_after(connection: Connection, endpoint: EndpointId, change: int) -> Traffic:
    """The traffic that an endpoint had after a change that is recorded."""
    return _read(
        connection.execute(
            select(ENDPOINT_TRAFFIC).where(_TRAFFIC.endpoint == endpoint, _TRAFFIC.change == change)
        ).one()
    )


def add_traffic(connection: Connection, endpoint: EndpointId, traffic: Traffic) -> None:
    """Write down a change of an endpoint's traffic."""
    connection.execute(
        insert(ENDPOINT_TRAFFIC).values(
            endpoint=endpoint,
            change=traffic.change,
            weights={str(version): weight for version, weight in traffic.weights.items()},
            former=traffic.former,
            changed_at=traffic.changed_at,
        )
    )


def _read(row: Row[Any]) -> Traffic:
    return Traffic(
        change=row.change,
        weights={int(version): weight for version, weight in row.weights.items()},
        former=row.former,
        changed_at=row.changed_at,
    )
