"""The network of a run that may reach targets by name: a loopback of its own, the host behind it.

The fork makes the sockets that the host's proxy listens on, while it still has the right to, and
hands them over. From then on there is nothing else in its network.
"""

import errno
import fcntl
import ipaddress
import os
import socket
import struct
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from studiolo_guest import kernel, wire

_LOOPBACK: Final = "127.0.0.1"
# linux/sockios.h
_SIOCSIFFLAGS: Final = 0x8914
_SIOCSIFADDR: Final = 0x8916
_SIOCSIFNETMASK: Final = 0x891C
_UP: Final = 0x1 | 0x40  # IFF_UP | IFF_RUNNING
_BACKLOG: Final = 128
_ADDRESS_SECONDS: Final = 5.0
#: The loopback is the first interface of every network namespace.
_LOOPBACK_INDEX: Final = 1
#: Addresses of names are here; to connect to one, a script has asked for the name.
_OF_NAMES: Final = "127.77."
_LONGEST: Final = 400


@dataclass(frozen=True, kw_only=True)
class Network:
    """The network, as the host describes it."""

    #: Addresses that the loopback has besides its own.
    addresses: Sequence[str]
    #: Address and port of each socket that the host listens on.
    listeners: Sequence[tuple[str, int]]
    #: The port at which a script's process asks whether it may reach a target.
    door: int

    @staticmethod
    def from_message(message: Mapping[str, Any] | None) -> "Network | None":
        """Read the `network` part of the host's first message."""
        return None if message is None else Network(**message)

    def offer(self, link: socket.socket) -> None:
        """Enter a network namespace of one's own, and hand the host its sockets in there."""
        kernel.unshare(kernel.CLONE_NEWNET)
        _set_up(self.addresses)
        sockets = [_listener(address, port) for address, port in self.listeners]
        wire.send(link, {"listening": len(sockets)}, [each.fileno() for each in sockets])
        for each in sockets:
            each.close()


class TargetRefusedError(PermissionError):
    """The run may not reach a target, for the reason that the host gave."""


def ask_before_connecting(door: int) -> None:
    """From now on have Python's own sockets ask the host first, so that errors say what is wrong.

    This is not what keeps a script from other targets; its network does that. A program that does
    not ask finds no such name, no route, or a connection that is closed at once.
    """

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host, port = arguments[:2]
            if isinstance(host, str) and not _is_address(host):
                _ask(door, host, port)
        elif event == "socket.connect":
            where = arguments[1]
            if isinstance(where, tuple) and where[1:2] != (door,):
                host, port = where[:2]
                if isinstance(host, str) and not host.startswith(_OF_NAMES):
                    _ask(door, host, port)

    sys.addaudithook(hook)


def _ask(door: int, host: str, port: object) -> None:
    try:
        number = int(port)  # type: ignore[call-overload]  # whatever a script gave
        question = f"{host} {number}\n".encode("idna" if not host.isascii() else "ascii")
    except (TypeError, ValueError, UnicodeError):
        return
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as asking:
        asking.connect((_LOOPBACK, door))
        asking.sendall(question[:_LONGEST])
        answer = b""
        while not answer.endswith(b"\n") and (more := asking.recv(4096)):
            answer += more
    if reason := answer.decode("utf-8", "replace").strip():
        raise TargetRefusedError(errno.EACCES, reason)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _set_up(addresses: Sequence[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _UP))
        for number, address in enumerate(a for a in addresses if ":" not in a):
            name = f"lo:{number}".encode()
            fcntl.ioctl(control, _SIOCSIFADDR, _request(name, address))
            # Without it the kernel takes the whole class of the address for its own.
            fcntl.ioctl(control, _SIOCSIFNETMASK, _request(name, "255.255.255.255"))
    wide = [address for address in addresses if ":" in address]
    if wide:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as control:
            for address in wide:
                packed = socket.inet_pton(socket.AF_INET6, address)
                fcntl.ioctl(
                    control, _SIOCSIFADDR, struct.pack("16sIi", packed, 128, _LOOPBACK_INDEX)
                )


def _request(name: bytes, address: str) -> bytes:
    """A `struct ifreq` with an IPv4 address."""
    return struct.pack("16sHH4s16x", name, socket.AF_INET, 0, socket.inet_aton(address))


def _listener(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    give_up = time.monotonic() + _ADDRESS_SECONDS
    while True:
        try:
            made.bind((address, port))
            break
        except OSError as error:
            # The kernel takes a moment until an IPv6 address can be used.
            if error.errno != errno.EADDRNOTAVAIL or time.monotonic() > give_up:
                raise
            time.sleep(0.001)
    made.listen(_BACKLOG)
    os.set_blocking(made.fileno(), False)
    return made
