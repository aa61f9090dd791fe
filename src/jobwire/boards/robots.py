"""What a site asks of robots, for pages that were made for people: robots.txt (RFC 9309), and TDM reservations."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from protego import Protego

from jobwire.boards import parse
from jobwire.boards.answers import reserved
from jobwire.boards.notices import asks_who_we_are
from jobwire.boards.packed import unpacked
from jobwire.boards.room import Load
from jobwire.boards.systems import Site
from jobwire.domain.errors import BoardError, BoardGone, BoardRefused

_AGENT: Final = "Jobwire"
MAX_CHARS: Final = 500_000
"""No more of it has to be read: RFC 9309, 2.5."""
KEEP_S: Final = 3600.0
"""So long do a site's rules serve; no more than a day is allowed (2.4)."""
MAX_SITES: Final = 500
MAX_SITEMAPS_NAMED: Final = 100
LONGEST_DELAY_S: Final = 30.0
"""A site that wants longer pauses between requests gets these."""
_RESERVED: Final = re.compile(
    r"""<meta\b(?=[^<>]{0,500}\bname\s{0,9}=\s{0,9}["']?tdm-reservation\b)"""
    r"""[^<>]{0,500}\bcontent\s{0,9}=\s{0,9}["']?1\b""",
    re.IGNORECASE,
)
"""https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/#sec-html"""


@dataclass(frozen=True, slots=True)
class Robots:
    """A site's rules, as they were read `at` (by the client's clock)."""

    rules: Protego
    origin: str
    at: float

    def allow(self, path: str) -> bool:
        """Whether a page may be read by us."""
        return self.rules.can_fetch(self.origin + path, _AGENT)

    def check(self, path: str, board: str) -> None:
        """Raise a `BoardError` where a page may not be read by us."""
        if not self.allow(path):
            raise BoardError(
                f"{board}: the site asks robots to leave {path} alone (robots.txt).",
                advice="Jobwire does as it asks. Ask the company for permission, or stop following it.",
            )

    @property
    def sitemaps(self) -> Sequence[str]:
        """The addresses of the site's sitemaps that it names."""
        return list(islice(self.rules.sitemaps, MAX_SITEMAPS_NAMED))

    @property
    def delay_s(self) -> float:
        """The pause that it wants between two requests; 0 where it says nothing."""
        return min(LONGEST_DELAY_S, self.rules.crawl_delay(_AGENT) or 0.0)


class Pages:
    """Reads pages of a careers system's boards as their sites ask it to."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: OrderedDict[str, Robots] = OrderedDict()

    async def read(self, slug: str, path: str, load: Load | None = None) -> str:
        """Return the text of a board's page. Raise a `BoardError` where it may not be read."""
        (await self.rules(slug)).check(path, self._site.board(slug))
        return self._checked(slug, await self._site.get(path, slug, load=load))

    async def read_posting(self, slug: str, path: str, external_id: str, load: Load | None = None) -> str:
        """Return the text of a posting's page. Raise a `BoardError` where it may not be read."""
        (await self.rules(slug)).check(path, self._site.board(slug))
        return self._checked(slug, await self._site.get_posting(path, slug, external_id, load=load))

    async def rules(self, slug: str) -> Robots:
        """Return the rules of a board's site; where it has none, everything is allowed.

        A site that cannot tell them (status 500, no answer) fails: then nothing is allowed.
        """
        origin = self._site.own_origin(slug)
        now = self._site.client.clock()
        rules = self._known.get(origin)
        if rules is None or now - rules.at > KEEP_S:
            rules = Robots(await self._read_rules(slug), origin, now)
            self._known[origin] = rules
            if len(self._known) > MAX_SITES:
                self._known.popitem(last=False)
        self._site.slow_down(slug, rules.delay_s)
        return rules

    async def _read_rules(self, slug: str) -> Protego:
        try:
            text = parse.text(await self._site.get("/robots.txt", slug))[:MAX_CHARS]
        except BoardGone:
            text = ""
        return Protego.parse(text)

    def _checked(self, slug: str, body: bytes) -> str:
        page = parse.text(unpacked(body, self._site.board(slug)))
        if _RESERVED.search(page):
            raise reserved(self._site.board(slug), self._site.own_origin(slug))
        if asks_who_we_are(page):
            board, origin = self._site.board(slug), self._site.own_origin(slug)
            raise BoardRefused(f"{board}: {origin} asks whether a person is reading, instead of answering.")
        return page
