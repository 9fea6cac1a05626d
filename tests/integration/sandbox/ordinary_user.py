"""Run scripts in a sandbox as a user without privileges; for tests that run as root.

Reads pickles from standard input and writes pickles to standard output. Nothing is imported from
the packages under test before the user has changed.
"""

import ctypes
import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any

_NEW_MOUNTS = 0x0002_0000
_PRIVATE, _BIND = 0x4_4000, 0x5000
_LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    kinds = None if kind is None else kind.encode()
    if _LIBC.mount(source.encode(), target.encode(), kinds, ctypes.c_ulong(flags), data.encode()):
        raise OSError(ctypes.get_errno(), f"mount {target}")


def open_up(places: list[str]) -> None:
    """Show places below folders that only root may enter, for this process alone."""
    closed = {
        Path("/", *place.split("/")[1:2])
        for place in places
        if not Path("/", *place.split("/")[1:2]).stat().st_mode & 1
    }
    if not closed:
        return
    if _LIBC.unshare(_NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), "unshare")
    mount("none", "/", None, _PRIVATE)
    for folder in closed:
        inner = [place for place in places if place.startswith(f"{folder}/")]
        held = []
        for place in inner:
            holder = tempfile.mkdtemp()
            mount(place, holder, None, _BIND)
            held.append(holder)
        mount("tmpfs", str(folder), "tmpfs", 0, "mode=755")
        for place, holder in zip(inner, held, strict=True):
            Path(place).mkdir(parents=True)
            mount(holder, place, None, _BIND)


def main() -> None:
    # Scripts and libraries may print; what is read at the other end are pickles only.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions = sys.stdin.buffer
    user, paths = pickle.load(questions)
    open_up([os.path.realpath(place) for place in (sys.base_prefix, sys.prefix, *paths)])
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    os.environ["HOME"] = "/nonexistent"
    sys.path[:0] = paths

    def answer(message: Any) -> None:
        pickle.dump(message, answers)
        answers.flush()

    from dataclasses import replace

    from places import Here  # type: ignore[import-not-found]  # found by the path

    from studiolo.sandbox.exchange.sealed_table import SealedTable

    environment, withheld = pickle.load(questions)
    with Here.opened(environment, withheld=withheld) as here:
        answer((here.namespaces, here.memory_group))
        while True:
            try:
                source, limits, inputs = pickle.load(questions)
            except EOFError:
                return
            outcome = here.run(source, limits=limits, inputs=inputs)
            # Tables travel, the memory files that they lie in do not.
            plain = {
                port: SealedTable(files=[], places=[], table=table)
                for port, table in outcome.tables.items()
            }
            answer(replace(outcome, results=plain))


if __name__ == "__main__":
    main()
