"""Which addresses may be connected to, decided where the connection is made.

A name is checked by nobody: it may resolve to one address when it is checked and to another when it is used. What is
checked is the address that the socket is about to connect to, so a second DNS answer cannot slip by.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291 section 2.4: all that is given out of IPv6 so far
_NOBODYS = (  # special by the IANA's registries, global in the eyes of some releases of Python
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
)
FOR_PAGES = "[fetch] allow_networks"  # where networks are listed that pages may be in
_REFUSED = "is a private, loopback, link-local or reserved address"


class AddressRefusedError(OSError):
    """The connection was not made; ``address`` is where it would have gone, ``listed`` where it could be allowed."""

    def __init__(self, address: str, listed: str = FOR_PAGES) -> None:
        example = f'["{address}/{128 if ":" in address else 32}"]'
        super().__init__(f"{address} {_REFUSED}; to allow it, list its network: {listed} = {example}")
        self.address = address


class Guard:
    """Allows global addresses and the listed networks."""

    def __init__(self, allowed: Sequence[Network] = (), listed: str = FOR_PAGES) -> None:
        self.allowed, self._listed = tuple(allowed), listed

    def permits(self, text: str) -> bool:
        """Whether a connection to the numeric address may be made."""
        address = _plain(ipaddress.ip_address(text.partition("%")[0]))
        if any(address.version == network.version and address in network for network in self.allowed):
            return True
        if address.version == 6 and address not in _UNICAST:
            return False
        return address.is_global and not address.is_multicast and not any(address in network for network in _NOBODYS)

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for an address that ``getaddrinfo`` gave: aiohttp's socket factory. Raises `AddressRefusedError`."""
        family, kind, protocol, _, sockaddr = info
        if not self.permits(sockaddr[0]):
            raise AddressRefusedError(sockaddr[0], self._listed)
        return socket.socket(family, kind, protocol)


def _plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only wraps it (mapped, 6to4, NAT64); else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 == 0 and int(address) > 1:  # ::a.b.c.d, deprecated, still understood by some systems
        return ipaddress.IPv4Address(int(address))
    return address.ipv4_mapped or address.sixtofour or address
