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

from studiolo_guest import script, wire
from studiolo_guest.answer import answer
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
#: What every run does, whatever its script.
THE_LEAST: Final = """
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    print(end="")
    dataframe1["t"] = dataframe1["a"] * 2
    return dataframe1,
"""


def rehearse(source: str) -> None:
    """Serve a small request with this script.

    Raises:
        RuntimeError: it failed, as every other would.
    """
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1, 2, 3], "s": ["x", "y", "z"]})
    console = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    request, report, first, second, given = (
        os.memfd_create("rehearsal", os.MFD_CLOEXEC) for _ in range(5)
    )
    os.write(request, _request(source))
    write_batch(given, frame_to_output(frame, log=lambda _: None).batch)
    host, guest = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    own = [os.dup(1), os.dup(2)]
    with host, guest:
        wire.send(host, {}, [console, request, report, first, second, given])
        answer(guest)
    for standard, descriptor in zip((1, 2), own, strict=True):
        os.dup2(descriptor, standard)
    del sys.modules[script.MODULE_NAME]
    outcome = json.loads(wire.read_all(report))
    for descriptor in (*own, console, request, report, first, second, given):
        os.close(descriptor)
    if outcome["status"] != "succeeded":
        raise RuntimeError(outcome["error"]["traceback"] or outcome["error"]["message"])


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
            "seed": None,
            "address_space": resource.RLIM_INFINITY,
        }
    ).encode()
