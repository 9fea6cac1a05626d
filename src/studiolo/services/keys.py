"""The keys of an endpoint: made, shown once, and recognised by what is kept of them.

What is kept is a hash with a salt of each key's own. A fast one will do: a slow one, as passwords
need, makes it costly to try what people choose, and 64 random bytes can't be found by trying at any
speed. It would make each request costly instead.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from typing import NoReturn

from studiolo.store.identity import KeyHash
from studiolo.store.services.service_record import EndpointKey, KeySlot

#: As in the classic studio, whose keys are 88 characters of base64: clients may count on it.
_BYTES = 64
_SALT_BYTES = 16
_METHOD = "blake2b"
#: Keeps these hashes from being equal to any that were made for something else.
_PURPOSE = b"studiolo key"
#: Compared with where there is no endpoint, so that this takes as long; no key has this digest.
_DECOY = KeyHash(f"{_METHOD}:{'0' * 32}:{'0' * 64}")


class Key:
    """A key that opens an endpoint. Nothing shows it but `reveal`: no repr, format or pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def new(cls) -> "Key":
        """A new key: base64, 88 characters, from the system's random numbers."""
        return cls(base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii"))

    def reveal(self) -> str:
        """The key itself, to be shown to its owner once."""
        return self._text

    def hashed(self) -> KeyHash:
        """The hash that is kept, made anew with each call: "blake2b", the salt and the digest."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return KeyHash(f"{_METHOD}:{salt.hex()}:{_digest(self._text, salt).hex()}")

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key can't be pickled")


def new_keys() -> Mapping[KeySlot, Key]:
    """The keys of a new endpoint."""
    return {slot: Key.new() for slot in KeySlot}


def hashes(keys: Mapping[KeySlot, Key]) -> Mapping[KeySlot, KeyHash]:
    """The hashes that are kept of keys."""
    return {slot: key.hashed() for slot, key in keys.items()}


def matching_key(presented: str, keys: Collection[EndpointKey]) -> KeySlot | None:
    """Which of an endpoint's keys a caller presented; None if neither.

    How long it takes tells nothing: both keys are compared in full, and a decoy in place of each
    that is not there.

    Args:
        presented: What the caller sent, whatever it is.
        keys: The endpoint's; none if there is no such endpoint.
    """
    kept = {key.slot: key.hash for key in keys}
    matches = [_is(presented, kept.get(slot, _DECOY)) for slot in KeySlot]
    return next((slot for slot, match in zip(KeySlot, matches, strict=True) if match), None)


def _is(presented: str, kept: KeyHash) -> bool:
    method, salt, digest = kept.split(":")
    if method != _METHOD:
        raise ValueError(f"{method} is not a way in which keys are kept")
    return hmac.compare_digest(_digest(presented, bytes.fromhex(salt)), bytes.fromhex(digest))


def _digest(text: str, salt: bytes) -> bytes:
    # What isn't text in UTF-8 is not a key, and must not be an error that differs from "wrong".
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=32, salt=salt, person=_PURPOSE).digest()
