"""What a zygote says is checked as what a guest says is."""

import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from studiolo.sandbox.process.zygote_messages import Ended, Forked, ZygoteMessageError, read_news


@pytest.fixture
def kinds() -> Iterator[Mapping[str, int]]:
    """A descriptor of each kind."""
    with socket.socket(socket.AF_UNIX) as link, Path("/dev/null").open("rb") as file:
        folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        process = os.pidfd_open(os.getpid())
        yield {"socket": link.fileno(), "file": file.fileno(), "folder": folder, "pidfd": process}
        os.close(folder)
        os.close(process)


def test_news_of_a_fork(kinds: Mapping[str, int]) -> None:
    link, process, folder = (kinds[name] for name in ("socket", "pidfd", "folder"))
    assert read_news({"child": 7}, [link, process, folder]) == Forked(
        name=7, link=link, pidfd=process, directory=folder
    )
    assert read_news({"child": 7}, [link, process]) == Forked(
        name=7, link=link, pidfd=process, directory=None
    )


@pytest.mark.parametrize(
    "handed",
    [
        (),
        ("socket",),
        ("file", "pidfd", "folder"),
        ("socket", "pidfd", "file"),
        ("socket", "pidfd", "socket"),
        ("folder", "pidfd"),
        ("socket", "pidfd", "folder", "folder"),
    ],
)
def test_descriptors_of_another_kind_are_refused(
    handed: tuple[str, ...], kinds: Mapping[str, int]
) -> None:
    with pytest.raises(ZygoteMessageError, match="descriptor"):
        read_news({"child": 7}, [kinds[name] for name in handed])


@pytest.mark.parametrize(
    "said",
    [
        {"child": -1},
        {"exit": 1},
        {"exit": 1, "status": "0", "cpu_seconds": 1},
        {"exit": 1, "status": 0, "cpu_seconds": -1},
        {"exit": 1, "status": 0, "cpu_seconds": float("nan")},
        {"exit": 1, "status": 0, "cpu_seconds": "1"},
        {},
        {"failed": "x"},
    ],
    ids=str,
)
def test_what_no_zygote_says_is_refused(said: Mapping[str, Any]) -> None:
    with pytest.raises(ZygoteMessageError):
        read_news(said, [])
    assert read_news({"exit": 1, "status": 0, "cpu_seconds": 0.5}, []) == Ended(
        name=1, status=0, cpu_seconds=0.5
    )


def test_descriptors_without_a_fork_are_refused(kinds: Mapping[str, int]) -> None:
    with pytest.raises(ZygoteMessageError, match="without a fork"):
        read_news({"exit": 1, "status": 0, "cpu_seconds": 1}, [kinds["file"]])
