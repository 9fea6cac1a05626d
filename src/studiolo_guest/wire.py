"""Messages between the host and the zygote: JSON in one packet, with file descriptors beside it.

What both know without a message is here, too.
"""

import array
import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any

#: Where this package is inside the jail.
GUEST_DIRECTORY = "/opt/studiolo/studiolo_guest"
#: Where a fork of a shared zygote finds the environment that its script adds to the zygote's own,
#: and where all environments are until the fork has chosen that one.
ADDED_DIRECTORY = "/opt/studiolo/added"
ENVIRONMENTS_DIRECTORY = "/opt/studiolo/environments"
#: How many times the process that the host starts forks until it is the zygote, with namespaces.
GENERATIONS = 2
#: Both ends refuse a longer packet; what can be larger travels in a memory file instead.
MESSAGE_BYTES = 64 * 1024
_DESCRIPTORS = 250
#: The first word of a fork that has confined itself.
CONFINED = b'{"confined": true}'
#: In place of a content that is in a file: a request is in the first file that comes with this, a
#: reply in the files that came with the request.
IN_A_FILE = b"{}"
#: The word of a fork whose script has failed, and which now looks at its variables.
VARIABLES_FOLLOW = b'{"variables": true}'


def send(link: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message; the descriptors stay open on this side."""
    send_bytes(link, json.dumps(message).encode(), descriptors)


def receive(link: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its descriptors (close-on-exec), or None when the other end is gone."""
    received = receive_bytes(link)
    if received is None:
        return None
    payload, descriptors = received
    message = json.loads(payload)
    if not isinstance(message, dict):
        raise TypeError(f"a message must be a JSON object, not {type(message).__name__}")
    return message, descriptors


def send_bytes(link: socket.socket, payload: bytes, descriptors: Sequence[int] = ()) -> None:
    """Send one message of any form; the descriptors stay open on this side."""
    if descriptors:
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        link.sendmsg([payload], ancillary)
    else:
        link.send(payload)


def receive_bytes(link: socket.socket) -> tuple[bytes, list[int]] | None:
    """The next message as it is, and its descriptors, or None when the other end is gone."""
    try:
        payload, descriptors, _, _ = socket.recv_fds(link, MESSAGE_BYTES, _DESCRIPTORS)
    except ConnectionResetError:
        return None
    return (payload, list(descriptors)) if payload else None


def packed(content: Mapping[str, Any], streams: Sequence[bytes]) -> bytes:
    """One message of a content and of streams, whose sizes the content says."""
    return b"".join([json.dumps(content).encode(), b"\n", *streams])


def unpacked(message: bytes) -> tuple[bytes, bytes]:
    """The content of a packed message, which is JSON, and all of its streams."""
    content, _, streams = message.partition(b"\n")
    return content, streams


def read_all(descriptor: int) -> bytes:
    """Everything in a memory file, whatever its offset."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
