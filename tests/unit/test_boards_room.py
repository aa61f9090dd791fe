"""What one board may take and hold, and what many share: `boards/room.py`."""

import asyncio

import pytest
from boards_stub import reader_of

from jobwire.boards import room
from jobwire.boards.room import FREE_BYTES, MAX_HELD_BYTES, MAX_TAKEN_BYTES, MEGABYTE, Load, NoRoom, Room
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardUnreadable, HostBusy


def test_one_board_holds_no_more_than_it_may() -> None:
    load = Load(Room(common_bytes=2 * MAX_HELD_BYTES), "lever:acme")
    load.take(MAX_HELD_BYTES)

    with pytest.raises(BoardUnreadable, match="lever:acme: the listing holds more than 160 MB"):
        load.take(1)


def test_one_listing_takes_no_more_than_it_may_however_little_it_keeps() -> None:
    load = Load(Room(), "page:acme.example")
    for _ in range(MAX_TAKEN_BYTES // MEGABYTE):
        load.begin_answer()
        load.take(MEGABYTE)
    load.begin_answer()

    with pytest.raises(BoardUnreadable, match=r"page:acme\.example: the listing takes more than 512 MB"):
        load.take(1)


async def test_the_answer_in_hand_is_let_go_with_the_next_request_and_kept_lines_are_not() -> None:
    load = Load(Room(common_bytes=0), "lever:acme")
    load.take(FREE_BYTES)
    load.begin_answer()
    await load.keep(FREE_BYTES - 10)
    load.take(10)

    with pytest.raises(NoRoom):
        load.take(1)


async def test_where_the_common_room_is_used_up_one_board_at_a_time_has_all_it_may_have() -> None:
    shared = Room(common_bytes=MEGABYTE)
    first, second, third = (Load(shared, f"lever:{name}") for name in "abc")
    await first.keep(FREE_BYTES + MEGABYTE)
    await second.keep(10 * FREE_BYTES)  # it is the one
    waits = asyncio.create_task(third.keep(FREE_BYTES + 1))
    await asyncio.sleep(0)
    assert not waits.done()

    del second
    await waits


async def test_a_board_that_waits_has_common_room_as_soon_as_there_is_enough() -> None:
    shared = Room(common_bytes=2 * MEGABYTE)
    first, large, third = (Load(shared, f"lever:{name}") for name in "abc")
    await first.keep(FREE_BYTES + 2 * MEGABYTE)
    await large.keep(10 * FREE_BYTES)
    waits = asyncio.create_task(third.keep(FREE_BYTES + MEGABYTE))
    await asyncio.sleep(0)
    assert not waits.done()

    del first
    await asyncio.wait_for(waits, 5)
    assert not shared.lend(MEGABYTE + 1)  # it is used in common
    assert shared.lend(MEGABYTE)


async def test_an_answer_that_was_refused_has_its_room_when_it_is_asked_for_again() -> None:
    shared = Room(common_bytes=2 * MEGABYTE)
    first, large, third = (Load(shared, f"lever:{name}") for name in "abc")
    await first.keep(FREE_BYTES + MEGABYTE)
    await large.keep(10 * FREE_BYTES)
    third.begin_answer()
    with pytest.raises(NoRoom):
        third.take(FREE_BYTES + 2 * MEGABYTE)
    waits = asyncio.create_task(third.wait())
    await asyncio.sleep(0)
    assert not waits.done()

    del first
    await asyncio.wait_for(waits, 5)
    late = Load(shared, "lever:d")
    with pytest.raises(NoRoom):
        late.take(FREE_BYTES + MEGABYTE)
    third.begin_answer()
    third.take(FREE_BYTES + 2 * MEGABYTE)
    await third.keep(0)
    third.begin_answer()
    late.take(FREE_BYTES + MEGABYTE)


async def test_what_was_taken_in_vain_is_not_held_against_the_board() -> None:
    shared = Room(common_bytes=0)
    load = Load(shared, "lever:a")
    for _ in range(2 * MAX_TAKEN_BYTES // (FREE_BYTES + 1)):
        load.begin_answer()
        with pytest.raises(NoRoom):
            load.take(FREE_BYTES + 1)


async def test_room_comes_back_with_the_board_that_had_it() -> None:
    shared = Room(common_bytes=MEGABYTE)
    first = Load(shared, "lever:a")
    await first.keep(FREE_BYTES + MEGABYTE)
    del first

    second = Load(shared, "lever:b")
    second.take(FREE_BYTES + MEGABYTE)


async def test_who_waits_for_long_comes_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LONGEST_WAIT_S", 0.01)
    shared = Room(common_bytes=0)
    first, second = Load(shared, "lever:a"), Load(shared, "lever:b")
    await first.keep(2 * FREE_BYTES)

    with pytest.raises(HostBusy, match="lever:b: other large boards are being read"):
        await second.keep(2 * FREE_BYTES)


async def test_a_listing_of_pages_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is new and of a usual size: only all of them together are too much."""
    monkeypatch.setattr(room, "MAX_HELD_BYTES", 5 * MEGABYTE)
    pages = 0

    def page(_: str) -> bytes:
        nonlocal pages
        pages += 1
        lines = (b'{"id":"%d-%d","text":"Engineer","description":"%b"}' % (pages, n, b"x" * 5_000) for n in range(100))
        return b"[" + b",".join(lines) + b"]"

    with pytest.raises(BoardUnreadable, match="lever:acme: the listing holds more than 5 MB"):
        await reader_of(BoardRef("lever", "acme"), page).list("acme")
    assert pages < 20
