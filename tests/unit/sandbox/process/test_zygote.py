import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from studiolo.sandbox.errors import ZygoteFailedError
from studiolo.sandbox.policy.policy import load_policy
from studiolo.sandbox.process.launcher import Launcher
from studiolo.sandbox.process.zygote import Zygote


class Told:
    """A launcher whose zygote says what a test has it say."""

    def __init__(self) -> None:
        self.link, self.other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.getpid()
        self.killed = False

    def kill(self) -> None:
        self.killed = True

    def ended(self, _: float = 0.0) -> bool:
        return self.killed

    def printed(self) -> str:
        return ""


@pytest.fixture
def told() -> Iterator[Told]:
    made = Told()
    yield made
    made.link.close()
    made.other.close()


@pytest.mark.parametrize(
    "said",
    [
        b"\xff\xfe",
        b"[" * 60_000,
        b"[1]",
        b"{}",
        b'{"ready": 1}',
        b'{"ready": {"landlock_abi": -1, "not_preloaded": []}}',
        b'{"ready": {"landlock_abi": 7, "not_preloaded": [1]}}',
        b'{"failed": 1, "why": []}',
    ],
)
def test_a_first_message_that_no_zygote_sends_is_an_error_in_words(said: bytes, told: Told) -> None:
    zygote = Zygote(cast("Launcher", told), Path("python"), generations=0)
    told.other.send(said)
    with pytest.raises(ZygoteFailedError):
        zygote.wait_until_ready(load_policy().warm_up)
    assert told.killed
