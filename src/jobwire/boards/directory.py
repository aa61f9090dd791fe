"""From what a person writes to a board: a name, `name=board:slug`, or a careers page's address."""

import re
from collections.abc import Collection, Sequence
from typing import Final
from urllib.parse import urlsplit

from jobwire.boards.registry import SYSTEMS, checked, known_system
from jobwire.boards.systems import CareersUrl
from jobwire.domain.companies import BoardRef, check_company_name
from jobwire.domain.errors import InvalidInput, UnknownBoard

WELL_KNOWN: Final = {
    "airbnb": BoardRef("greenhouse", "airbnb"),
    "amazon": BoardRef("amazon", "amazon"),
    "anthropic": BoardRef("greenhouse", "anthropic"),
    "bytedance": BoardRef("bytedance", "bytedance"),
    "cloudflare": BoardRef("greenhouse", "cloudflare"),
    "databricks": BoardRef("greenhouse", "databricks"),
    "datadog": BoardRef("greenhouse", "datadog"),
    "discord": BoardRef("greenhouse", "discord"),
    "figma": BoardRef("greenhouse", "figma"),
    "gitlab": BoardRef("greenhouse", "gitlab"),
    "google": BoardRef("google", "google"),
    "linear": BoardRef("ashby", "linear"),
    "netflix": BoardRef("eightfold", "explore.jobs.netflix.net/netflix.com"),
    "openai": BoardRef("ashby", "openai"),
    "palantir": BoardRef("lever", "palantir"),
    "ramp": BoardRef("ashby", "ramp"),
    "reddit": BoardRef("greenhouse", "reddit"),
    "roblox": BoardRef("greenhouse", "roblox"),
    "spacex": BoardRef("greenhouse", "spacex"),
    "spotify": BoardRef("lever", "spotify"),
    "stripe": BoardRef("greenhouse", "stripe"),
    "tiktok": BoardRef("tiktok", "tiktok"),
    "workday": BoardRef("workday", "workday.wd5/Workday"),
}
"""Companies that a bare name stands for."""

MAX_LINE_CHARS: Final = 2_000
_HAS_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//.*|(?:[^\W_]|-)+(?:\.(?:[^\W_]|-)+)+(?::[0-9]+)?(?:[/?#].*)?", re.IGNORECASE
)


def parse_company(line: str) -> tuple[str | None, BoardRef]:
    """Understand a line: `name=board:slug`, `board:slug`, a careers URL, or a well-known name.

    The name is None where the line has none. Raise `UnknownBoard` or `InvalidInput`.
    """
    line = line.strip()
    if not line:
        raise InvalidInput("There is no company in an empty line.", advice="Write name=board:slug, or a careers URL.")
    if len(line) > MAX_LINE_CHARS:
        raise InvalidInput(f"The line has {len(line)} characters.", advice="Write name=board:slug, or a careers URL.")
    if _ADDRESS.fullmatch(line):  # an address may hold "=" itself
        return None, _from_address(line)
    name, equals, board = (part.strip() for part in line.partition("="))
    if equals:
        return check_company_name(name), parse_board(board)
    return (line.lower() if ":" not in line else None), parse_board(line)


def is_address(text: str) -> bool:
    """Whether a person has written an address of the web, and no name."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def parse_board(text: str) -> BoardRef:
    """Understand `board:slug`, a careers URL, or a well-known name. Raise `UnknownBoard`."""
    text = text.strip()
    if _ADDRESS.fullmatch(text):
        return _from_address(text)
    system, colon, slug = text.partition(":")
    if colon:
        return checked(BoardRef(known_system(system.strip()).name, slug.strip().removeprefix("https://")))
    known = WELL_KNOWN.get(text.lower())
    if known is None:
        raise UnknownBoard(f'Which board "{text}" publishes its openings on is not known.')
    return known


def public_url(board: BoardRef) -> str:
    """Return the address of a board's public page. Raise `UnknownBoard`."""
    return known_system(board.system).public_url(board.slug)


def may_have_own_host(board: BoardRef) -> bool:
    """Whether a board's system answers at hosts of its companies' own as well. Raise `UnknownBoard`."""
    return known_system(board.system).own_host is not None


def _from_address(text: str) -> BoardRef:
    url = _taken_apart(text)
    for system in SYSTEMS.values():
        slug = system.slug_of(url)
        if slug:
            return checked(BoardRef(system.name, slug))
    raise UnknownBoard(
        f"No careers system is known at {url.host}, or the address names no company.",
        advice="Have the page looked at (`POST /api/ingestion/look`), or open one of the company's "
        f"postings and paste that address. Known are {', '.join(SYSTEMS)}. "
        "Where the company's own pages hold its postings, write page: before the address.",
    )


def _taken_apart(text: str) -> CareersUrl:
    try:
        parts = urlsplit(text if _HAS_SCHEME.match(text) else f"https://{text.lstrip('/')}")
        url = CareersUrl.of(parts)
    except ValueError:
        raise InvalidInput("The address cannot be understood.", advice="Paste it as the browser shows it.") from None
    if parts.scheme.lower() not in {"http", "https"} or not url.host or "@" in parts.netloc:
        raise InvalidInput("The address is not one of a web page.", advice="Paste it as the browser shows it.")
    return url


class Directory:
    """The functions above as one thing. It fits `api.ports.Directory`.

    `made_up` are companies of a demo site, as `name=board:slug`. Well-known companies on a system of `stand_ins` are
    not offered: another site answers in that system's place, and knows nothing of them.
    """

    def __init__(self, made_up: Sequence[str] = (), stand_ins: Collection[str] = ()) -> None:
        self._made_up = [(name or board.slug, board) for name, board in map(parse_company, made_up)]
        self._stand_ins = frozenset(stand_ins)

    def parse_company(self, line: str, /) -> tuple[str | None, BoardRef]:
        """Understand a line. Raise `UnknownBoard` or `InvalidInput`."""
        return parse_company(line)

    def public_url(self, board: BoardRef, /) -> str:
        """Return the address of a board's page for people. Raise `UnknownBoard`."""
        return public_url(board)

    def may_have_own_host(self, board: BoardRef, /) -> bool:
        """Whether a board may be known by its company's own host as well. Raise `UnknownBoard`."""
        return may_have_own_host(board)

    def well_known(self) -> Sequence[tuple[str, BoardRef]]:
        """Companies to choose from, each with a name."""
        return [(name, board) for name, board in WELL_KNOWN.items() if board.system not in self._stand_ins]

    def made_up(self) -> Sequence[tuple[str, BoardRef]]:
        """The demo's companies, each with a name."""
        return self._made_up
