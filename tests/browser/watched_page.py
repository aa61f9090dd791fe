"""A page in Chromium, and everything that it should not have done."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request
from run_tables import Jobs


@dataclass
class Watch:
    """What the pages of a context complained about, and what they asked for."""

    complaints: list[str] = field(default_factory=list[str])
    requests: list[str] = field(default_factory=list[str])
    expected: str | None = None
    """Part of what Chromium itself notes where a test asks for trouble."""

    @property
    def surprises(self) -> list[str]:
        return [said for said in self.complaints if self.expected is None or self.expected not in said]

    def attach(self, context: BrowserContext) -> None:
        context.on("page", self._page)
        context.on("request", self._request)

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("console", self._console)
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")

    def tokens_in_addresses(self) -> list[str]:
        """What the tokens were for that went over in an address (audience `aud` of each)."""
        queries = [parse_qs(urlsplit(request.split(" ", 1)[1]).query) for request in self.requests]
        tokens = [token for query in queries for token in query.get("token", [])]
        return [json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))["aud"] for token in tokens]

    def count(self, part: str) -> int:
        return sum(part in request for request in self.requests)


async def jobs_on_page(page: Page) -> Jobs:
    """All rows of the job list: only those in view are in the page, so it is scrolled from end to end."""
    await page.bring_to_front()  # a page behind another one draws nothing
    jobs: Jobs = {}
    scroller = page.locator('[role="rowgroup"]')
    top, height = 0, 1
    while top < height:
        await scroller.evaluate("(element, top) => element.scrollTo(0, top)", top)
        await _frames(page)
        for company, key, status in await page.locator('[data-testid="job-row"]').evaluate_all(
            "rows => rows.map(({ dataset }) => [dataset.company, dataset.externalId, dataset.status])"
        ):
            jobs[company, key] = status
        height, step = await scroller.evaluate("element => [element.scrollHeight, element.clientHeight]")
        top += step
    return jobs


async def _frames(page: Page) -> None:
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
