"""Which addresses may be connected to: public ones, unless the settings say otherwise."""

import ipaddress
import socket
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NEVER_PUBLIC: Final = tuple(
    map(ipaddress.ip_network, ("fec0::/10", "3fff::/20", "5f00::/16", "::/96", "::ffff:0:0:0/96", "192.88.99.0/24"))
)
"""What this Python may take for public: networks of one's own, as they once were, examples, SRv6, and IPv4 in IPv6."""
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""The middle of an address that carries an IPv4 one in its last four bytes, in whatever network: RFC 5214."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def parse_address(host: str) -> Address | None:
    """Return the address that a URL's host is, None where it is a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is reachable from everywhere, so that nobody's own network is behind it.

    IPv6 addresses that carry an IPv4 one (mapped, 6to4, Teredo, NAT64, ISATAP) are judged by that as well.
    """
    if any(address in network for network in _NEVER_PUBLIC):
        return False
    carried = _carried(address) if isinstance(address, ipaddress.IPv6Address) else None
    if carried is not None:
        return is_public(carried)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64 or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def is_private(host: str) -> bool:
    """Whether a URL's host is an address, and not a public one."""
    address = parse_address(host)
    return address is not None and not is_public(address)


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this very machine."""
    address = parse_address(host)
    return host == "localhost" if address is None else address.is_loopback


class PrivateAddress(Exception):
    """A name that has private addresses only."""


class PublicResolver(AbstractResolver):
    """Resolves names, and drops all addresses that are not public.

    The connection is made to what this returns, so that a name cannot change its mind between check and use. Hosts
    that are addresses already never come here: `is_private` is for them.
    """

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve `host`. Raise `PrivateAddress` where nothing public is found."""
        found = await self._inner.resolve(host, port, family)
        public = [result for result in found if (ip := parse_address(result["host"])) and is_public(ip)]
        if found and not public:
            raise PrivateAddress(host)
        return public

    async def close(self) -> None:
        """Close what it resolves with."""
        await self._inner.close()
