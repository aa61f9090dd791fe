"""Careers pages whose hosts are written in other letters than ASCII: asked by their ASCII names, and judged by them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.boards.directory import is_address, parse_board, parse_company, public_url
from jobwire.boards.hosts import ascii_name
from jobwire.boards.links import path_on
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import InvalidInput, UnknownBoard

MUNICH = "xn--mnchen-3ya.example"


def wide(text: str) -> str:
    """The text in the wide letters and digits of East Asia, which stand for the usual ones."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Example.COM", "example.com"),
        ("", ""),
        ("München.example", MUNICH),
        (MUNICH.upper(), MUNICH),
        ("mu\u0308nchen.example", MUNICH),
        ("jobs.例え.テスト", "jobs.xn--r8jz45g.xn--zckzah"),
        ("straße.example", "xn--strae-oqa.example"),
        ("①②⑦.⓪.⓪.①", "127.0.0.1"),
        (wide("localhost"), "localhost"),
    ],
)
def test_a_name_is_brought_into_ascii(host: str, name: str) -> None:
    assert ascii_name(host) == name


@pytest.mark.parametrize(
    "host", ["ü..example", "-ü.example", "a_ü.example", "ü:80", "ü" * 64 + ".example", "ü." * 200, "\u200dü"]
)
def test_what_can_be_no_name_is_none(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ascii_name(host)


@given(st.text())
def test_any_text_is_a_name_or_none(host: str) -> None:
    with suppress(ValueError):
        assert ascii_name(host).isascii()


@pytest.mark.parametrize(
    ("line", "board"),
    [
        ("page:München.example/jobs", BoardRef("page", f"{MUNICH}/jobs")),
        ("page:https://münchen.example", BoardRef("page", MUNICH)),
        (f"page:{MUNICH}/jobs", BoardRef("page", f"{MUNICH}/jobs")),
        ("recruitee:münchen.example", BoardRef("recruitee", MUNICH)),
        ("teamtailor:münchen.example", BoardRef("teamtailor", MUNICH)),
        ("page:例え.テスト", BoardRef("page", "xn--r8jz45g.xn--zckzah")),
        ("https://münchen.example/careers?domain=acme.com", BoardRef("eightfold", f"{MUNICH}/acme.com")),
        ("münchen.example/careers?domain=acme.com", BoardRef("eightfold", f"{MUNICH}/acme.com")),
    ],
)
def test_a_board_may_be_at_such_a_host(line: str, board: BoardRef) -> None:
    assert parse_board(line) == board
    assert parse_company(f"acme={line}")[1] == board
    assert public_url(board).isascii()


@pytest.mark.parametrize("address", ["https://münchen.example/", "münchen.example", "例え.テスト/jobs"])
def test_an_address_that_is_at_no_known_system_is_still_one(address: str) -> None:
    assert is_address(address)
    with pytest.raises(UnknownBoard, match="No careers system is known at xn--"):
        parse_company(address)


@pytest.mark.parametrize(
    "board",
    [
        *(
            "page:①②⑦.⓪.⓪.①/jobs",
            "page:127。0。0。1",
            f"page:{wide('10')}.0.0.1",
            f"page:{wide('localhost')}",
            "page:ü@127.0.0.1",
        ),
        *("page:ü..example", "page:a_ü.example", "page:ü.example:80", "page:ü.example/ü", "recruitee:münchen"),
        *(f"page:[::{wide('1')}]", f"page:{wide('2130706433')}", "page:ü.0x7f000001"),
    ],
)
def test_no_spelling_makes_an_address_a_name(board: str) -> None:
    with pytest.raises(UnknownBoard, match="cannot be the name of a board"):
        parse_board(board)


def test_a_host_that_can_be_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be understood"):
        parse_company("https://a_ü.example/")


def test_links_are_on_the_host_in_either_spelling() -> None:
    addresses = [f"https://{host}/a?b=1" for host in (MUNICH, "münchen.example", "MÜNCHEN.example")]
    assert {path_on(MUNICH, one) for one in addresses} == {"/a?b=1"}
    assert path_on(MUNICH, "https://munchen.example/a") is None
    assert path_on(MUNICH, "https://ü..example/a") is None
