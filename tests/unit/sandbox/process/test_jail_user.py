"""The users that sandboxes of root run as."""

import os

import pytest

from studiolo.sandbox.process.jail_user import new_jail_user


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_sandboxes_of_a_process_have_different_users() -> None:
    users = [new_jail_user() for _ in range(8)]
    if None in users:
        pytest.skip("this user namespace has no other user ids")
    assert len(set(users)) == len(users)
    assert os.geteuid() not in users


def test_an_ordinary_user_stays_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert new_jail_user() is None
