"""The calls that a process serves: taken in, run, answered."""

import os
import socket
from collections.abc import Sequence

from studiolo_guest import wire
from studiolo_guest.confine import limit_address_space
from studiolo_guest.programs.between_calls import Housekeeping
from studiolo_guest.programs.program import Call, Program
from studiolo_guest.programs.reply import Reply
from studiolo_guest.programs.values import Value, held, mapped


class Calls:
    """The calls of a program that come over a socket.

    What is small travels in the messages. The console's pipe, a file for the report and one for
    each result come with the first call, and are kept for as long as nothing was written to the
    files; what was written to is the host's alone.
    """

    def __init__(self, link: socket.socket, program: Program, *, several: bool) -> None:
        """With ``several``, this process serves one call after another."""
        self._link = link
        self._program = program
        self._housekeeping = Housekeeping() if several else None
        #: The pipe, and the files in the order in which they came.
        self._own: list[int] = []

    def serve_one(self) -> bool:
        """Serve the next call; False if the host is gone instead."""
        received = wire.receive_bytes(self._link)
        if received is None:
            return False
        message, descriptors = received
        if message == wire.IN_A_FILE:
            message = wire.read_all(descriptors[0])
            os.close(descriptors.pop(0))
        content, streams = wire.unpacked(message)
        call = Call.read(content)
        if call.files:
            for descriptor in self._own:
                os.close(descriptor)
            count = 2 + self._program.outputs
            self._own, descriptors = descriptors[:count], descriptors[count:]
        console, report_file, *result_files = self._own
        for standard in (1, 2):
            os.dup2(console, standard)
        limit_address_space(call.address_space)
        reply = Reply(report_file, result_files)
        report = self._program.serve(call, lambda: _given(call, streams, descriptors), reply)
        answer = reply.message(report)
        if self._housekeeping is not None:
            self._housekeeping.tidy_up(descriptors, kept=len(self._own))
        self._link.send(answer)
        return True


def _given(call: Call, streams: bytes, files: Sequence[int]) -> dict[str, Value]:
    """The datasets of a call, by the program's inputs."""
    given: dict[str, Value] = {}
    rest = list(files)
    place = 0
    for name, entry in call.inputs.items():
        if "bytes" in entry:
            end = place + entry["bytes"]
            given[name] = held(entry, streams[place:end])
            place = end
        else:
            own, rest = rest[: entry["files"]], rest[entry["files"] :]
            given[name] = mapped(entry, own)
    return given
