"""Parsing in several threads, each of which may have to wait in the middle."""

import ast
import gc
import threading
import time

from studiolo.python_source import parsed

SOURCE = "\n".join(f"x{number} = f({number}, [a, b, (c, d)])" for number in range(300))


class Garbage:
    """Ends in a collection, and lets a different thread go on then."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        time.sleep(0)


def test_threads_parse_at_the_same_time() -> None:
    failed: list[SystemError] = []

    def tree(depth: int) -> ast.Module:
        return tree(depth - 1) if depth else parsed(SOURCE)

    def parse(depth: int) -> None:
        for _ in range(20):
            for _ in range(50):
                Garbage()
            try:
                tree(depth)
            except SystemError as error:
                failed.append(error)

    threads = [threading.Thread(target=parse, args=(5 * number,)) for number in range(6)]
    before = gc.get_threshold()
    gc.set_threshold(100)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*before)
    assert not failed
