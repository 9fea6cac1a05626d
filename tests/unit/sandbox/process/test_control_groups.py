import os
from pathlib import Path

import pytest

from studiolo.sandbox.process import control_groups
from studiolo.sandbox.process.control_groups import MemoryGroup, find_memory_groups

V1, V2 = control_groups._V1, control_groups._V2


@pytest.mark.parametrize(
    ("version", "events", "expected"),
    [
        (V1, "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", False),
        (V1, "oom_kill_disable 0\nunder_oom 1\noom_kill 2\n", True),
        (V2, "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n", True),
        (V2, "low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\n", False),
        (V2, "", False),
    ],
)
def test_running_out_is_seen(
    version: control_groups._Version, events: str, expected: bool, tmp_path: Path
) -> None:
    (tmp_path / version.events).write_text(events)
    assert MemoryGroup(tmp_path, version).ran_out() is expected


def test_a_group_that_is_gone_knows_nothing(tmp_path: Path) -> None:
    group = MemoryGroup(tmp_path / "none", V2)
    assert group.peak() is None
    assert not group.ran_out()
    assert group.remove()


def test_where_nothing_is_mounted_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_groups, "_ROOT", tmp_path)
    groups, why = find_memory_groups("test")
    assert groups is None
    assert str(tmp_path) in why


def test_groups_of_dead_processes_are_swept_and_others_are_not(tmp_path: Path) -> None:
    gone, ours, strange = (
        tmp_path / name
        for name in ("studiolo-4194305-1", f"studiolo-{os.getpid()}-1", "studiolo-x")
    )
    for folder in (gone, ours, strange):
        (folder / "run-1").mkdir(parents=True)
    control_groups._sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([ours.name, strange.name])
