"""The order in which environments make room on the disk."""

import fcntl
import os
from pathlib import Path

import pytest

from studiolo.environments.building.build import MARKER
from studiolo.environments.removal import kept_environments, prune

MIB = 1 << 20


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three environments of one MiB each; "a" was used last, and "b" longest ago."""
    for name, last_used in (("a", 3000), ("b", 1000), ("c", 2000)):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin" / "python").symlink_to("/usr/bin/python3")
        (tmp_path / name / "content").write_bytes(os.urandom(MIB))
        (tmp_path / f"{name}.lock").touch()
        os.utime(tmp_path / f"{name}.lock", (last_used, last_used))
    return tmp_path


def _left(home: Path) -> list[str]:
    return [one.path.name for one in kept_environments(home)]


def test_a_size_is_counted_once(home: Path) -> None:
    (home / "a" / MARKER).touch()
    (home / "b" / MARKER).write_text("7")
    assert [one.size >= MIB for one in kept_environments(home)] == [True, False, True]
    assert int((home / "a" / MARKER).read_text()) >= MIB
    assert kept_environments(home)[1].size == 7
    assert not (home / "c" / MARKER).exists()


def test_the_one_that_was_used_longest_ago_goes_first(home: Path) -> None:
    assert [one.path.name for one in prune(home, keep=2 * MIB + MIB // 2)] == ["b"]
    assert [one.path.name for one in prune(home, keep=MIB + MIB // 2)] == ["c"]
    assert _left(home) == ["a"]


def test_one_that_alone_exceeds_the_budget_goes_unless_it_is_used(home: Path) -> None:
    with (home / "c.lock").open() as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        prune(home, keep=MIB // 2)
        assert _left(home) == ["c"]
    prune(home, keep=MIB // 2)
    assert _left(home) == []
