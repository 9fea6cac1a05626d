import base64
import copy
import hmac
import pickle
from datetime import UTC, datetime

import pytest

from studiolo.services.keys import Key, hashes, matching_key, new_keys
from studiolo.store.identity import KeyHash
from studiolo.store.services.service_record import EndpointKey, KeySlot


def kept(slot: KeySlot, key: Key) -> EndpointKey:
    return EndpointKey(slot=slot, hash=key.hashed(), created_at=datetime.now(UTC))


def test_a_key_looks_like_one_of_the_classic_studio() -> None:
    keys = [Key.new().reveal() for _ in range(50)]
    assert len(set(keys)) == 50
    assert {len(key) for key in keys} == {88}
    assert {len(base64.b64decode(key, validate=True)) for key in keys} == {64}


def test_either_key_opens_and_nothing_else_does() -> None:
    keys = new_keys()
    there = [kept(slot, key) for slot, key in keys.items()]
    for slot, key in keys.items():
        assert matching_key(key.reveal(), there) is slot
        # Without one of them, the other still opens.
        rest = [one for one in there if one.slot is slot]
        assert matching_key(key.reveal(), rest) is slot
    primary = keys[KeySlot.PRIMARY].reveal()
    wrong = [
        "",
        primary[:-1],
        primary + "=",
        primary.swapcase(),
        f" {primary}",
        there[0].hash,
        "é\x00\ud800",
        "x" * 1_000_000,
        Key.new().reveal(),
    ]
    for presented in wrong:
        assert matching_key(presented, there) is None


def test_no_key_opens_an_endpoint_that_does_not_exist() -> None:
    for presented in ("", Key.new().reveal()):
        assert matching_key(presented, []) is None


@pytest.mark.parametrize("there", [0, 1, 2])
def test_both_keys_are_compared_whatever_is_there(
    there: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = new_keys()
    records = [kept(slot, key) for slot, key in keys.items()][:there]
    compared: list[tuple[int, int]] = []

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((len(a), len(b)))
        return a == b

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for presented in (keys[KeySlot.PRIMARY].reveal(), keys[KeySlot.SECONDARY].reveal(), "wrong"):
        compared.clear()
        matching_key(presented, records)
        assert compared == [(32, 32), (32, 32)]


def test_hashes_of_one_key_differ_and_do_not_hold_it() -> None:
    key = Key.new()
    found = {key.hashed() for _ in range(10)}
    assert len(found) == 10
    raw = base64.b64decode(key.reveal()).hex()
    for hashed in found:
        assert key.reveal() not in hashed
        assert raw not in hashed
        method, salt, digest = hashed.split(":")
        assert (method, len(salt), len(digest)) == ("blake2b", 32, 64)


def test_nothing_shows_a_key_unasked() -> None:
    keys = new_keys()
    key = keys[KeySlot.PRIMARY]
    for shown in (repr(key), str(key), f"{key}", f"{keys}", f"{key!a:>200}"):
        assert key.reveal()[:8] not in shown
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="can't be pickled"):
            leak(key)
    assert not hasattr(key, "__dict__")


def test_what_is_kept_in_an_unknown_way_opens_nothing() -> None:
    key = Key.new()
    hashed = hashes({KeySlot.PRIMARY: key})[KeySlot.PRIMARY].replace("blake2b", "md5")
    record = EndpointKey(slot=KeySlot.PRIMARY, hash=KeyHash(hashed), created_at=datetime.now(UTC))
    with pytest.raises(ValueError, match="md5 is not a way") as refused:
        matching_key(key.reveal(), [record])
    assert key.reveal() not in str(refused.value)
