"""A small request that the zygote serves itself, before it forks.

What is done once in a process's life, lazy imports and caches, is done then, and no run pays for
it; and a fork that rehearses shows which memory a run needs.
"""

import json
import os
import resource
import socket
import sys
from typing import Final

import pandas as pd

from studiolo_guest import wire
from studiolo_guest.answer import answer
from studiolo_guest.contract import script
from studiolo_guest.frames.output import frame_to_output
from studiolo_guest.frames.writing import write_batch

#: What scripts often do: their lazy imports are made, and their caches filled, once.
EVERYTHING: Final = """
import numpy as np
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    print(end="")
    dataframe1["a"] = dataframe1["a"] * 2
    kept = dataframe1[dataframe1.a > 0].sort_values("a")
    kept.describe()
    kept.groupby("s").a.mean()
    kept["t"] = kept.s.str.upper() + "!"
    kept = kept[kept.t != "Z!"].merge(dataframe1, on="s")
    return kept.reset_index(drop=True),
"""
#: What scripts do with a model. The first prediction reads the metadata of all packages: that takes
#: longer than the prediction itself.
PREDICTION: Final = """
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def azureml_main(dataframe1=None, dataframe2=None):
    numbers = dataframe1[["a", "b"]]
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(numbers, numbers.a)
    return dataframe1.assign(predicted=model.predict(numbers)),
"""
#: What every run does, whatever its script.
MINIMAL_SCRIPT: Final = """
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    print(end="")
    dataframe1["t"] = dataframe1["a"] * 2
    return dataframe1,
"""


class Rehearsal:
    """A small request, ready to be served by this process or a fork of it."""

    def __init__(self, source: str) -> None:
        frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1, 2, 3], "s": ["x", "y", "z"]})
        console = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        request, self._report, first, second, given = (
            os.memfd_create("rehearsal", os.MFD_CLOEXEC) for _ in range(5)
        )
        os.write(request, _request(source))
        write_batch(given, frame_to_output(frame, log=lambda _: None).batch)
        self._host, self._guest = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._files = [console, request, self._report, first, second, given]
        wire.send(self._host, {}, self._files)

    def serve(self) -> None:
        """Serve it, as any other request; once."""
        answer(self._guest, lambda: None)

    def end(self) -> None:
        """Let go of its files."""
        self._host.close()
        self._guest.close()
        for descriptor in self._files:
            os.close(descriptor)

    def check(self) -> None:
        """See that it went well.

        Raises:
            RuntimeError: it failed, as every other would.
        """
        outcome = json.loads(wire.read_all(self._report))
        if outcome["status"] != "succeeded":
            raise RuntimeError(outcome["error"]["traceback"] or outcome["error"]["message"])


def rehearse(source: str) -> None:
    """Serve a small request with this script in this process.

    Raises:
        RuntimeError: it failed, as every other would.
    """
    rehearsal = Rehearsal(source)
    own = [os.dup(1), os.dup(2)]
    try:
        rehearsal.serve()
        del sys.modules[script.MODULE_NAME]
        rehearsal.check()
    finally:
        for standard, descriptor in zip((1, 2), own, strict=True):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        rehearsal.end()


def _request(source: str) -> bytes:
    return json.dumps(
        {
            "source": source,
            "name": "rehearsal.py",
            "ports": [{"name": "dataset1", "label": "Dataset1"}],
            "inputs": [
                {"port": "dataset1", "kind": "dataset", "files": 1, "places": None, "roles": {}}
            ],
            "outputs": [
                {"name": name, "kind": "dataset", "optional": True} for name in ("first", "second")
            ],
            "has_bundle": False,
            "binding": "connected",
            "parameters": {},
            "columns": {},
            "nullable": False,
            "secrets": {},
            "seed": None,
            "address_space": resource.RLIM_INFINITY,
        }
    ).encode()
