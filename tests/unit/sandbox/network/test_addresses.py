import ipaddress

import pytest

from studiolo.experiments.allowance import NetworkPlace, parse_allowance
from studiolo.sandbox.network.addresses import kind_of_private
from studiolo.sandbox.network.guest_network import GuestNetwork
from studiolo.sandbox.network.resolver import look_up


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
    ],
)
def test_private_addresses(address: str) -> None:
    assert kind_of_private(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize("address", ["1.1.1.1", "20.60.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert kind_of_private(ipaddress.ip_address(address)) is None


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (a, 80)) for a in addresses]
    )


def test_a_name_that_leads_to_a_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "169.254.169.254")
    allowed = parse_allowance("innocent.example.com:80")
    found = look_up(allowed.target, [allowed])
    assert found.refused
    assert not found.places
    assert "metadata" in found.reason
    assert "--allow innocent.example.com:80=169.254.169.254:80" in found.reason
    itself = parse_allowance("169.254.169.254:80")
    assert look_up(allowed.target, [allowed, itself]).places == [itself.target]
    assert look_up(allowed.target, [allowed, parse_allowance("169.254.169.254:81")]).refused


def test_only_the_public_addresses_of_a_name_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "10.0.0.1", "1.1.1.1", "::ffff:127.0.0.1")
    allowed = parse_allowance("mixed.example.com:80")
    assert look_up(allowed.target, [allowed]).places == [NetworkPlace(host="1.1.1.1", port=80)]


def test_a_name_without_an_address() -> None:
    allowed = parse_allowance("no-such-host.invalid:80")
    found = look_up(allowed.target, [allowed])
    assert not found.refused
    assert found.reason.startswith("no-such-host.invalid has no address: ")


def test_each_name_has_an_address_inside() -> None:
    texts = ["a.example:80", "b.example:80", "a.example:443", "localhost:80", "10.0.0.1:443"]
    network = GuestNetwork.of([parse_allowance(text) for text in texts])
    first, second = network.addresses["a.example"], network.addresses["b.example"]
    assert first != second
    assert network.hosts_file == f"{first} a.example\n{second} b.example\n"
    assert network.meant_by(first, 443) == NetworkPlace(host="a.example", port=443)
    assert network.meant_by("127.0.0.1", 80) == NetworkPlace(host="localhost", port=80)
    assert network.find(network.meant_by(second, 443)) is None
    assert network.message["addresses"] == ["10.0.0.1"]
    assert network.message["listeners"][1:] == [["0.0.0.0", 80], ["0.0.0.0", 443]]
    assert network.door not in (80, 443)
