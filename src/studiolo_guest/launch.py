"""Where the host starts an environment's interpreter: enter the jail, then become the zygote.

Run as ``python -P -s -S launch.py DESCRIPTOR``, DESCRIPTOR being the control socket.
"""

import gc
import importlib
import os
import socket
import sys
import time
from typing import NoReturn

_HERE = os.path.dirname(os.path.abspath(__file__))
# The package is found from here on through its own path; its parent folder stays off sys.path,
# since it may hold the server's packages.
sys.path.insert(0, os.path.dirname(_HERE))
from studiolo_guest import jail, kernel, wire  # noqa: E402  # needs the line above

del sys.path[0]


#: What NumPy and pandas import of the standard library.
_WANTED = """
    ast bz2 calendar cmath concurrent.futures.thread csv ctypes dataclasses datetime decimal
    gzip hashlib hmac importlib.resources inspect ipaddress json linecache locale logging lzma
    mmap pathlib pickle platform pprint pydoc queue random secrets shutil socket subprocess
    sysconfig tarfile tempfile tokenize typing unicodedata urllib.parse uuid zipfile zoneinfo
"""


def main() -> NoReturn:
    """Enter the jail and serve; a layer that can't be had is reported to the host."""
    # Nothing that is imported is garbage: looking through it again and again takes a tenth of the
    # time that pandas takes to load.
    gc.disable()
    link = socket.socket(fileno=int(sys.argv[1]))
    # Nothing is known yet, so the time is used for what is wanted in any case. The standard library
    # only: it is the host's own, and this process has no jail around it yet.
    for module in _WANTED.split():
        importlib.import_module(module)
    received = wire.receive(link)
    if received is None:
        os._exit(0)
    message = received[0]
    os.environ.clear()
    os.environ.update(message["environment"])
    time.tzset()
    kernel.limit_malloc_arenas(os.environ)
    try:
        jail.enter(jail.JailConfig.from_message(message["jail"]), _HERE, [link.fileno()])
        # Only now: its own modules are found inside the jail.
        from studiolo_guest import zygote  # noqa: PLC0415

        zygote.main(link, message)
    except jail.JailError as error:
        wire.send(link, {"failed": error.layer, "why": error.reason})
    except Exception as error:  # noqa: BLE001  # the border to the host: it must learn of anything
        wire.send(link, {"failed": "interpreter", "why": f"{type(error).__name__}: {error}"})
    os._exit(1)


if __name__ == "__main__":
    main()
