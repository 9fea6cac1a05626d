import os
from pathlib import Path

import pytest

from studiolo.sandbox.process.work_directory import DEEPEST, exceeds, remove_tree


def is_exceeded(folder: Path, *, size: int = 1 << 20, files: int = 100) -> bool:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return exceeds(descriptor, os.getpid(), size=size, files=files)
    finally:
        os.close(descriptor)


def make_deep(folder: Path, depth: int) -> None:
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def test_bytes_files_and_depth_count(tmp_path: Path) -> None:
    assert not is_exceeded(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/large").write_bytes(bytes(1 << 18))
    assert not is_exceeded(tmp_path)
    assert is_exceeded(tmp_path, size=1 << 17)
    assert is_exceeded(tmp_path, files=1)


def test_a_file_without_content_takes_no_room(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert not is_exceeded(tmp_path)


def test_files_without_a_name_count(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        (tmp_path / "file").unlink()
        assert not is_exceeded(tmp_path)
        file.write(bytes(2 << 20))
        file.flush()
        assert is_exceeded(tmp_path)
    assert not is_exceeded(tmp_path)


def test_what_links_point_to_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr")
    assert not is_exceeded(tmp_path)


@pytest.mark.parametrize(
    ("depth", "exceeded"), [(DEEPEST - 1, False), (DEEPEST, True), (2000, True)]
)
def test_folders_in_one_another_are_limited(depth: int, exceeded: bool, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    make_deep(tmp_path / "run", depth)
    assert is_exceeded(tmp_path / "run", files=10_000, size=1 << 30) is exceeded
    remove_tree(tmp_path / "run")


def test_folders_that_cannot_be_listed_count(tmp_path: Path) -> None:
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "large").write_bytes(bytes(2 << 20))
    folder.chmod(0o300)
    assert is_exceeded(tmp_path)


def test_a_tree_is_removed_whatever_it_is(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("content")
    outside.chmod(0o444)
    run = tmp_path / "run"
    (run / "a/b").mkdir(parents=True)
    (run / "a/b/file").write_text("x")
    (run / "a/b/file").chmod(0)
    (run / "a/link").symlink_to(outside)
    (run / "a/folder").symlink_to(tmp_path)
    os.mkfifo(run / "pipe")
    make_deep(run, 3000)
    (run / "a/b").chmod(0)
    (run / "a").chmod(0)
    run.chmod(0)
    remove_tree(run)
    assert list(tmp_path.iterdir()) == [outside]
    # A link's target keeps its content and its rights.
    assert outside.read_text() == "content"
    assert outside.stat().st_mode & 0o777 == 0o444
