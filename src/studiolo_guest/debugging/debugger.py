"""A debugger in a run: pydevd, which speaks the Debug Adapter Protocol over a given socket.

It listens nowhere, connects to nothing and starts no process. debugpy's adapter, which would, is
not used: pydevd understands the protocol by itself.
"""

import importlib
import importlib.util
import json
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from studiolo_guest.contract.request import Request

#: For `settrace`, which wants an address although the socket is there.
_NOWHERE = {"host": "studiolo", "port": 1}


def attach(request: Request, line: int) -> Request:
    """Wait until a debugger at the other end of ``line`` is ready; the request to run then.

    The script becomes a file of its working directory: breakpoints are set by files.
    """
    file = Path.cwd() / request.name
    file.write_text(request.source, encoding="utf-8")
    person = socket.socket(fileno=line)
    # The first word is for the host, which tells the editor's files from ours by it.
    ready = json.dumps({"type": "event", "event": "studioloReady", "body": os.getcwd()}).encode()
    person.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(ready), ready))
    pydevd = _pydevd(request.debugger)
    pydevd.start_client = lambda *_: person
    pydevd.settrace(
        **_NOWHERE,
        suspend=False,
        patch_multiprocessing=False,
        wait_for_ready_to_run=True,
        # Our own frames, and pydevd's.
        dont_trace_start_patterns=(os.path.dirname(os.path.dirname(__file__)),),
    )
    return replace(request, name=str(file))


def detach() -> None:
    """End the session as soon as the debugger has been told what it still waits for."""
    sys.modules["pydevd"].stoptrace()


def _pydevd(place: str) -> Any:
    # Python's own modules are frozen, which pydevd warns of; its extensions are for another Python.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    # By its place, and not by a search: what is beside it is not for scripts.
    spec = importlib.util.spec_from_file_location(
        "debugpy", os.path.join(place, "__init__.py"), submodule_search_locations=[place]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules["debugpy"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # It also chooses the protocol.
    importlib.import_module("debugpy.server")
    return importlib.import_module("pydevd")
