import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.experiments.allowance import (
    MOST_ALLOWANCES,
    Allowance,
    NetworkPlace,
    merged,
    parse_allowance,
    too_many,
)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("db.example.com:5432", "db.example.com", 5432),
        (" API.Example.COM.:443 ", "api.example.com", 443),
        ("localhost:1", "localhost", 1),
        ("my_account.blob.core.windows.net:80", "my_account.blob.core.windows.net", 80),
        ("böse.de:80", "xn--bse-sna.de", 80),
        ("10.1.2.3:65535", "10.1.2.3", 65535),
        ("[::1]:80", "::1", 80),
        ("[FD00:0::1]:443", "fd00::1", 443),
    ],
)
def test_a_host_and_a_port(text: str, host: str, port: int) -> None:
    assert parse_allowance(text) == Allowance(target=NetworkPlace(host=host, port=port))


def test_a_stand_in() -> None:
    found = parse_allowance("account.blob.core.windows.net:80=127.0.0.1:10000")
    assert found.target == NetworkPlace(host="account.blob.core.windows.net", port=80)
    assert found.stand_in == NetworkPlace(host="127.0.0.1", port=10000)
    assert str(found) == "account.blob.core.windows.net:80=127.0.0.1:10000"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a host and a port"),
        ("example.com", "not a host and a port"),
        (":80", "not a host and a port"),
        ("example.com:", "not a host and a port"),
        ("https://example.com:443", "not a host and a port"),
        ("example.com:443/path", "not a host and a port"),
        ("user@example.com:443", "not a host and a port"),
        ("exa mple.com:80", "not a host and a port"),
        ("-example.com:80", "not a host and a port"),
        ("a..b:80", "not a host and a port"),
        ("::1:80", "not a host and a port"),
        ("[example.com:80", "not a host and a port"),
        ("example.com:80\nother.com:80", "not a host and a port"),
        ("example.com:\uff11", "not a host and a port"),
        ("example.com:0", "1 to 65535"),
        ("example.com:65536", "1 to 65535"),
        ("example.com:99999999999999999999", "1 to 65535"),
        ("*.example.com:443", '"*"'),
        ("10.1.2:80", "whole address"),
        ("0.0.0.0:80", "stands for many"),
        ("[::]:80", "stands for many"),
        ("224.0.0.1:80", "stands for many"),
        ("a:1=", "not a host and a port"),
        ("a:1=b:2", "A stand-in is an address"),
    ],
)
def test_anything_else_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".*") as raised:
        parse_allowance(text)
    assert said in str(raised.value)


@given(st.text(max_size=40))
def test_a_text_is_an_allowance_or_a_sentence(text: str) -> None:
    with contextlib.suppress(ValueError):
        found = parse_allowance(text)
        assert parse_allowance(str(found)) == found


def test_of_two_for_one_target_the_later_wins() -> None:
    first, second = parse_allowance("a:1=127.0.0.1:1"), parse_allowance("a:1=127.0.0.1:2")
    other = parse_allowance("b:1")
    assert merged([first, other], [second]) == (second, other)


def test_there_is_a_bound() -> None:
    names = [parse_allowance(f"host{number}:80") for number in range(MOST_ALLOWANCES + 1)]
    assert too_many(names[1:]) is None
    assert "100" in (too_many(names) or "")
