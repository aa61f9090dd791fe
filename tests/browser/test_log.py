"""The log of a run that goes on: it follows the newest line, and holds still for somebody who reads an older one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from browser_world import Visit, World
from careers_site import Board, Opening
from playwright.async_api import Locator, Page, expect

from jobwire.domain.runs import RunId
from jobwire.storage.wakeups import Announcer
from stream_books import LedgerBook

HELD = 1000
"""So many lines the panel holds."""
AT_ONCE = 50
"""So many lines a version of the run brings."""

UNDER_THE_EYE = """(box) => {
    const { left, top, width, height } = box.getBoundingClientRect()
    const line = document.elementFromPoint(left + width / 2, top + height / 2).closest('[data-seq]')
    return { seq: line.dataset.seq, y: line.getBoundingClientRect().top - top }
}"""
IS_AT_THE_END = """(box) => {
    const last = [...box.querySelectorAll('[data-seq]')].at(-1).getBoundingClientRect()
    const { top, bottom } = box.getBoundingClientRect()
    return last.top >= top && last.bottom <= bottom
}"""
COUNT_WHAT_FORCES_A_LAYOUT = """() => {
    window.asked = []
    const properties = { scrollTop: Element, scrollHeight: Element, clientHeight: Element, offsetHeight: HTMLElement }
    for (const [name, owner] of Object.entries(properties)) {
        const { get, set } = Object.getOwnPropertyDescriptor(owner.prototype, name)
        const noted = (how, inner) => function (...args) {
            if (this.getAttribute('role') === 'log') asked.push(`${how} ${name}`)
            return inner.apply(this, args)
        }
        Object.defineProperty(owner.prototype, name, {
            configurable: true, get: noted('get', get), ...(set && { set: noted('set', set) }),
        })
    }
}"""


@dataclass
class Log:
    """A run whose only job waits, and its log, which a test writes."""

    page: Page
    run_id: RunId
    book: LedgerBook

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def follow(self) -> Locator:
        return self.page.get_by_label("Follow")

    async def write(self, lines: int) -> None:
        for _ in range(lines // AT_ONCE):
            await self.book.log(self.run_id, AT_ONCE)

    async def write_and_follow(self, lines: int) -> None:
        """Write lines, and see the last of them at the end of the panel."""
        before = await self.newest()
        await self.write(lines)
        last = self.page.locator(f'[data-seq="{before + lines}"]')
        await expect(last).to_be_attached()
        assert await self.box.evaluate(IS_AT_THE_END)

    async def newest(self) -> int:
        seq = await self.box.get_by_test_id("log-line").last.get_attribute("data-seq")
        assert seq is not None
        return int(seq)

    async def under_the_eye(self) -> dict[str, Any]:
        return await self.box.evaluate(UNDER_THE_EYE)


@pytest.fixture
async def log(world: World, visit: Visit) -> AsyncIterator[Log]:
    board = Board(openings=[Opening(key="1", title="Engineer")], free=0)
    await visit.person.follow(f"smartrecruiters:{world.site.add(board)}")
    run_id = await visit.person.start_run()
    await visit.page.goto(f"/runs/{run_id}?stay=true")
    await expect(visit.page.get_by_test_id("connection-pill")).to_have_attribute("data-state", "live")
    await expect(visit.page.get_by_test_id("log-line").first).to_be_visible()
    async with Announcer(world.database.conninfo) as announcer:
        yield Log(visit.page, RunId(run_id), LedgerBook(world.database, announcer.announce))
    board.let_all_through()


async def test_the_line_that_is_read_keeps_its_place(log: Log) -> None:
    """Also where so many lines come that it is none of the newest thousand any more."""
    await log.write_and_follow(HELD + AT_ONCE)
    await log.box.hover()
    await log.page.mouse.wheel(0, -3000)
    await expect(log.follow).not_to_be_checked()
    read = await log.under_the_eye()
    for unseen in (100, HELD):
        await log.write(unseen)
        await expect(log.page.get_by_role("button", name=f"{unseen:,} new lines")).to_be_visible()
        assert await log.under_the_eye() == read
    await log.page.get_by_role("button", name="new lines").click()
    await expect(log.follow).to_be_checked()
    assert await log.box.evaluate(IS_AT_THE_END)
    await log.write_and_follow(AT_ONCE)


async def test_it_follows_again_from_the_end_on(log: Log) -> None:
    await log.write_and_follow(HELD)
    await log.box.focus()
    await log.page.keyboard.press("Home")
    await expect(log.follow).not_to_be_checked()
    await log.write(AT_ONCE)
    await expect(log.page.get_by_role("button", name=f"{AT_ONCE} new lines")).to_be_visible()
    await log.page.keyboard.press("End")
    await expect(log.follow).to_be_checked()
    await log.write_and_follow(AT_ONCE)
    await expect(log.follow).to_be_checked()


async def test_following_forces_no_layout(log: Log) -> None:
    """Whatever asks how high the log is, or where it stands, has the page laid out then and there, at every flush."""
    await log.page.evaluate(COUNT_WHAT_FORCES_A_LAYOUT)
    await log.write_and_follow(4 * AT_ONCE)
    assert await log.page.evaluate("asked") == []
