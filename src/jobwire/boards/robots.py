"""What a site asks of robots (RFC 9309), for pages that were made for people."""

from dataclasses import dataclass
from typing import Final
from urllib.robotparser import RobotFileParser

from jobwire.boards import parse
from jobwire.boards.systems import Site
from jobwire.domain.errors import BoardError, BoardGone

_AGENT: Final = "Jobwire"
MAX_CHARS: Final = 500_000
"""No more of it has to be read: RFC 9309, 2.5."""


@dataclass(frozen=True, slots=True)
class Robots:
    """A site's rules."""

    rules: RobotFileParser

    def allow(self, path: str) -> bool:
        """Whether a page may be read by us."""
        return self.rules.can_fetch(_AGENT, path)

    def check(self, path: str, board: str) -> None:
        """Raise a `BoardError` where a page may not be read by us."""
        if not self.allow(path):
            raise BoardError(
                f"{board}: the site asks robots to leave {path} alone (robots.txt).",
                advice="Jobwire does as it asks. Ask the company for permission, or stop following it.",
            )


async def robots_of(site: Site, slug: str) -> Robots:
    """Read a site's rules; where it has none, everything is allowed."""
    rules = RobotFileParser()
    try:
        text = parse.text(await site.get("/robots.txt", slug))[:MAX_CHARS]
    except BoardGone:
        text = ""
    rules.parse(text.splitlines())
    return Robots(rules)
