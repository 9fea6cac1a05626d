"""The disk space that files take."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def size_on_disk(place: Path) -> int:
    """The disk space that a file, or the files below a folder, take, each counted once."""
    blocks: dict[tuple[int, int], int] = {}
    for found in _below(os.fspath(place)) if place.is_dir() else _itself(place):
        blocks[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(blocks.values())


def _itself(file: Path) -> Iterator[os.stat_result]:
    with suppress(OSError):
        yield file.lstat()


def _below(folder: str) -> Iterator[os.stat_result]:
    """The files below a folder, without those that vanish meanwhile or are in a locked folder.

    An environment has tens of thousands of files, for which `Path` takes three times as long.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
            else:
                with suppress(OSError):
                    yield entry.stat(follow_symlinks=False)
