"""The floor of a call: a process that has imported everything and runs whatever is sent to it."""

import subprocess
from pathlib import Path
from typing import Self

_LOOP = """
import sys
import pandas as pd
frame = pd.DataFrame({"a": [float(n) for n in range(10)], "b": range(10), "s": ["value"] * 10})
sys.stdout, out = sys.stderr, sys.stdout
for line in sys.stdin:
    names = {}
    exec(compile(eval(line), "script.py", "exec"), names)
    result = names["azureml_main"](frame.copy())
    out.write(repr(len(result[0])) + "\\n")
    out.flush()
"""


class Worker:
    """A Python that runs scripts one after the other in itself."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-c", _LOOP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def call(self, script: str) -> str:
        """Run a script; the number of rows that it returned."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(repr(script) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the worker ended")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
