"""A fork's one request: take it in, run the script, hand back the report."""

import json
import os
import socket
from collections.abc import Callable

from studiolo_guest import wire
from studiolo_guest.confine import limit_address_space
from studiolo_guest.request import Request


def answer(link: socket.socket, load: Callable[[], None]) -> bool:
    """Serve the request that comes over ``link``; False if the host is gone instead.

    ``load`` loads the packages that the zygote has not: under the run's limits, and while the host
    watches, since their code is a script's choice.

    The descriptors that come with it are, in this order: the console's pipe, the request file, the
    report file, a file for each output, the script bundle if the request says so, and the inputs'.
    """
    received = wire.receive(link)
    if received is None:
        return False
    console, request_file, report_file, *files = received[1]
    os.dup2(console, 1)
    os.dup2(console, 2)
    os.close(console)
    request = Request.read(wire.read_all(request_file))
    os.close(request_file)
    limit_address_space(request.address_space)
    load()
    # Only now: it imports pandas, which not every zygote has.
    from studiolo_guest import script  # noqa: PLC0415

    count = len(request.outputs)
    results, files = files[:count], files[count:]
    bundle_file = files.pop(0) if request.has_bundle else None
    report = script.run(request, bundle_file, files, results)
    payload = json.dumps(report).encode()
    while payload:
        payload = payload[os.write(report_file, payload) :]
    link.send(b"{}")
    return True
