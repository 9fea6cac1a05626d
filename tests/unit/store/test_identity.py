import re
from datetime import UTC, datetime, timedelta

from studiolo.store.identity import new_run_id

MOMENT = datetime(2025, 1, 31, 18, 45, 2, 7_999, tzinfo=UTC)


def test_a_run_is_called_by_the_time_of_its_beginning_and_chance() -> None:
    assert re.fullmatch(r"20250131-184502007-[0-9a-f]{6}", new_run_id(MOMENT))
    assert len({new_run_id(MOMENT) for _ in range(100)}) == 100


def test_ids_sort_by_time() -> None:
    steps = (
        timedelta(0),
        timedelta(milliseconds=1),
        timedelta(seconds=1),
        timedelta(hours=9),
        timedelta(days=300),
    )
    ids = [new_run_id(MOMENT + step) for step in steps]
    assert ids == sorted(ids)
