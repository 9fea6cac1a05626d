"""A fork's request: take it in, run the script, hand back the report."""

import json
import os
import socket
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from studiolo_guest import wire
from studiolo_guest.confine import limit_address_space
from studiolo_guest.contract.request import Request

if TYPE_CHECKING:
    from studiolo_guest.contract.script import Ran


def answer(link: socket.socket, load: Callable[[], None]) -> bool:
    """Serve the request that comes over ``link``; False if the host is gone instead.

    ``load`` loads the packages that the zygote has not: under the run's limits, and while the host
    watches, since their code is a script's choice. Calls of a program are served in
    `programs.calls`.

    The descriptors that come with it are, in this order: the console's pipe, the request file, the
    report file, a file for each output, the script bundle if the request says so, the inputs', and
    a socket where a person looks into the run.
    """
    received = wire.receive(link)
    if received is None:
        return False
    console, request_file, report_file, *files = received[1]
    os.dup2(console, 1)
    os.dup2(console, 2)
    os.close(console)
    content = wire.read_all(request_file)
    os.close(request_file)
    ran = _run(content, files, load)
    _write(report_file, ran.report)
    if ran.frames:
        link.send(wire.VARIABLES_FOLLOW)
        _collect_variables(ran, report_file)
    link.send(wire.IN_A_FILE)
    return True


def _write(report_file: int, report: Mapping[str, Any]) -> None:
    payload = json.dumps(report).encode()
    while payload:
        payload = payload[os.write(report_file, payload) :]


def _collect_variables(ran: "Ran", report_file: int) -> None:
    """Add them to the report's file, which says already why the script failed."""
    # Most scripts succeed.
    from studiolo_guest.debugging.variables import Collector  # noqa: PLC0415

    try:
        Collector(report_file).collect(ran.frames)
    except BaseException:  # noqa: BLE001  # whatever the script's own code does here
        # The host shows those that were written, and says that there are more.
        return


def _run(content: bytes, files: list[int], load: Callable[[], None]) -> "Ran":
    request = Request.read(content)
    limit_address_space(request.address_space)
    load()
    # Only now: it imports pandas, which not every zygote has.
    from studiolo_guest.contract import script  # noqa: PLC0415

    count = len(request.outputs)
    results, files = files[:count], files[count:]
    bundle_file = files.pop(0) if request.has_bundle else None
    if request.mode == "console":
        from studiolo_guest.debugging import console  # noqa: PLC0415  # few runs have one

        return script.Ran(report=console.serve(request, bundle_file, files[:-1], files[-1]))
    if request.mode == "debug":
        from studiolo_guest.debugging import debugger  # noqa: PLC0415  # likewise

        request = debugger.attach(request, files.pop())
        try:
            return script.run(request, bundle_file, files, results)
        finally:
            debugger.detach()
    return script.run(request, bundle_file, files, results)
