import ipaddress
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from jobwire.boards.addresses import PrivateAddress, PublicResolver, is_loopback, is_private, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
        "2001:0:7f00:1::", "fec0::1", "feff::1", "3fff::1", "3fff:fff::1", "5f00::1", "::10.0.0.1", "::8.8.8.8",
        "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:a00:1::1", "::ffff:169.254.169.254",
        "2001:4860::5efe:10.0.0.1", "2001:4860::200:5efe:192.168.0.1", "192.88.99.1", "fd00:ec2::254",
    ],
)  # fmt: skip
def test_what_may_be_somebodys_own_network_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert is_private(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert not is_private(address)


def test_names_are_judged_when_they_are_resolved() -> None:
    assert not is_private("localhost")
    assert not is_private("127.1")


@pytest.mark.parametrize(("host", "own"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("8.8.8.8", False)])
def test_is_loopback(host: str, *, own: bool) -> None:
    assert is_loopback(host) is own


class Answers(AbstractResolver):
    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        pass


async def test_only_public_addresses_of_a_name_are_used() -> None:
    found = await PublicResolver(Answers("10.0.0.1", "8.8.8.8", "::1")).resolve("board.example")

    assert [result["host"] for result in found] == ["8.8.8.8"]


async def test_a_name_with_private_addresses_only_is_refused() -> None:
    with pytest.raises(PrivateAddress):
        await PublicResolver(Answers("10.0.0.1", "fe80::1%eth0")).resolve("board.example")
