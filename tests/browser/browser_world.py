"""Who and what a browser test deals with."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from careers_site import CareersSite
from jobwire_process import JobwireProcess, Person
from playwright.async_api import Browser, Page
from watched_page import Watch

from jobwire.demo.server import DemoSite
from jobwire.storage.database import Database


@dataclass
class World:
    """A server for all tests of the session: each test is a person of its own there."""

    server: JobwireProcess
    database: Database
    site: CareersSite
    demo: DemoSite

    def person(self) -> Person:
        return Person(self.server, self.database, f"{secrets.token_hex(4)}@example.org")


@dataclass
class Visit:
    """One person in front of one browser."""

    person: Person
    page: Page
    watch: Watch

    async def another_tab(self) -> Page:
        return await self.page.context.new_page()


PATIENCE_MS = 60_000
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox"] if os.geteuid() == 0 else []


async def open_page(chromium: Browser, person: Person, origin: str | None = None) -> Visit:
    """Sign somebody in, in a browser of their own, and go where the start page leads them.

    `origin`: where it goes to the server by another way.
    """
    watch = Watch()
    base = origin or person.origin
    context = await chromium.new_context(base_url=base, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    watch.attach(context)
    page = await context.new_page()
    await page.goto((await person.link()).replace(person.origin, base))
    # Where the start page has yet to ask where to go, it follows the run that a test then starts: one more that watches
    await page.wait_for_url(re.compile(r"/(configure|runs/\d+)"))
    return Visit(person, page, watch)
