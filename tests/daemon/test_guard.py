"""Which addresses may be connected to: the rule itself, and the sockets of real requests."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from daemon.http.guard import AddressRefusedError, Guard
from feeds.errors import FetchError
from tests.daemon.names import Named, NameServer, needs_name
from tests.daemon.servers import answer, fetching, redirect, serving

REFUSED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fe80::1%25lo", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1",
    "2001:db8::1", "3fff::1", "2001::1", "100::1", "5f00::1", "4000::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::a9fe:a9fe",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1",
]  # fmt: skip
GLOBAL = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"]


@pytest.mark.parametrize("address", REFUSED)
def test_no_address_of_the_inside_is_permitted(address: str) -> None:
    """A news page could make the daemon ask the operator's own network."""
    assert not Guard().permits(address)


@pytest.mark.parametrize("address", [*GLOBAL, "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"])
def test_addresses_of_the_world_are_permitted(address: str) -> None:
    """No site at all could be read, or none over IPv6 from a network with NAT64."""
    assert Guard().permits(address)


def test_listed_networks_are_permitted_and_no_others() -> None:
    """An operator could not watch the intranet, or would open all of it by listing a part."""
    guard = Guard([ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00:1::/32")])
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00:1::5", "8.8.8.8"):
        assert guard.permits(address), address
    for address in ("10.2.0.1", "127.0.0.1", "fd00:2::5", "::1", "::ffff:10.2.0.1"):
        assert not guard.permits(address), address


def test_the_refusal_names_the_address_and_the_setting() -> None:
    """An operator would not learn from the error how to allow an address on purpose."""
    with pytest.raises(AddressRefusedError, match=r"10\.0\.0\.1 is .*allow_networks") as caught:
        Guard().open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)))
    assert caught.value.address == "10.0.0.1"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "LOCALHOST", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "127.1", "127.0.1",
        "0", "0.0.0.0", "①②⑦.0.0.1", "127。0。0。1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    ],
)  # fmt: skip
async def test_no_spelling_of_loopback_gets_through(host: str) -> None:
    """A link spelled in an odd way would reach services on the daemon's own machine."""
    needs_name(host)
    async with serving(answer(b"secret")) as server, fetching(allow_networks=()) as (fetcher, naps):
        with pytest.raises(FetchError, match="allow_networks") as caught:
            await fetcher.fetch(server.url(host=host))
        assert server.got == []
    assert not caught.value.transient
    assert naps.taken == []  # what is refused is refused for good, and not tried again


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    """A public page could send the daemon to the cloud's metadata service."""
    for target in (
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://10.0.0.1/",
        "http://0xa9fea9fe/",
    ):
        async with serving({"/": redirect(target)}) as server, fetching() as (fetcher, naps):
            with pytest.raises(FetchError, match="allow_networks") as caught:
                await fetcher.fetch(server.url())
            assert caught.value.url == server.url()
            assert naps.taken == []


@pytest.mark.parametrize(
    "found", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "::1 127.0.0.1"]
)
async def test_a_name_that_resolves_to_a_private_address_is_refused(named: Named, found: str) -> None:
    """Whoever owns a domain could point it at the inside of the operator's network."""
    named(NameServer(found))
    async with serving(answer(b"secret")) as server, fetching(allow_networks=()) as (fetcher, _):
        with pytest.raises(FetchError, match="allow_networks"):
            await fetcher.fetch(server.url(host="news.example"))
        assert server.got == []


async def test_a_second_dns_answer_cannot_slip_by(named: Named) -> None:
    """A name that is harmless when first asked for could be turned to the inside afterwards (DNS rebinding)."""
    names = NameServer("127.0.0.1", "127.0.0.2")
    named(names)
    only_first = (ipaddress.ip_network("127.0.0.1/32"),)
    async with serving(answer(b"news")) as server, fetching(allow_networks=only_first) as (fetcher, _):
        page = await fetcher.fetch(server.url(host="news.example"))
        assert page is not None
        assert page.body == b"news"
        with pytest.raises(FetchError, match=r"127\.0\.0\.2 is .*allow_networks"):
            await fetcher.fetch(server.url(host="news.example"))
    assert names.asked == 2


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment would make the connections, where nobody checks their addresses."""
    async with serving(answer(b"proxied")) as proxy, serving(answer(b"direct")) as server, fetching() as (fetcher, _):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        page = await fetcher.fetch(server.url())
        assert page is not None
        assert page.body == b"direct"
        assert proxy.got == []
