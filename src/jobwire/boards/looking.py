"""Which careers system is behind a page: by the addresses and marks that are in it. A guess, to be confirmed."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

from yarl import URL

from jobwire.boards import page as pages_system
from jobwire.boards.hosts import ascii_name
from jobwire.boards.http import BoardClient
from jobwire.boards.links import links_of, path_on
from jobwire.boards.markup import job_postings
from jobwire.boards.registry import SYSTEMS, BoardRegistry, site_of
from jobwire.boards.robots import Pages
from jobwire.boards.systems import CareersUrl
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import AddressRefused, BoardError, HostBusy, InvalidInput
from jobwire.ingest.looking import Look, Sighting
from jobwire.settings import Settings

MAX_ADDRESSES: Final = 20_000
MAX_SIGHTINGS: Final = 5
MAX_SITES: Final = 20
"""So many boards are shown of a host that has them all, as a Workday tenant has."""
MAX_HOPS: Final = 3
"""So many redirects to other hosts are followed: the person has named the page, and each host is asked by its rules."""
MAX_FURTHER: Final = 2
"""So many pages that the first one leads to are looked at where that shows nothing."""
_ADDRESS: Final = re.compile(
    r"""(?:https?:)?//[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}[^\s"'<>\\^`{|}]{0,500}""", re.IGNORECASE
)
_SMARTRECRUITERS: Final = re.compile(r"""["']?company_code["']?\s{0,9}[:=]\s{0,9}["']([A-Za-z0-9_-]{1,100})["']""")
_EIGHTFOLD: Final = re.compile(r"""_EF_GROUP_ID["']?\s{0,9}[:=]\s{0,9}["']([a-z0-9.-]{1,100})["']""")
_SERVED_BY: Final = {
    "recruitee": re.compile(r"""\bdata-component=["']PublicApp["']"""),
    "teamtailor": re.compile(r"""\bdata-controller=["'][^"'<>]{0,500}?\bcareersite--"""),
}
"""What pages hold that these systems serve themselves, at whatever host: not their widgets in other pages."""
_LIKELY: Final = re.compile(r"job|career|position|opening|vacanc|stelle|karriere|emploi|empleo|vaga", re.IGNORECASE)
_OWN_PAGES: Final = frozenset({"embed", "api", "static", "assets", "job-seeker", "widgets", "js", "css", "favicon.ico"})
"""First segments of a careers system's addresses that name no company."""
TITLES: Final = {
    "smartrecruiters": "SmartRecruiters",
    "breezy": "BreezyHR",
    "lever-eu": "Lever (EU)",
    "personio-com": "Personio",
    "tiktok": "TikTok",
    "bytedance": "ByteDance",
}


class PageLooker:
    """Looks at careers pages. It fits `ingest.looking.PageLooker`."""

    def __init__(self, settings: Settings, client: BoardClient) -> None:
        self._site = site_of(pages_system.SYSTEM, settings, client)
        self._pages = Pages(self._site)

    async def look(self, address: str) -> Look:
        """Say which boards a page shows. Raise a `BoardError`, or `InvalidInput`."""
        host, path = _apart(address)
        for _ in range(MAX_HOPS):
            try:
                return await self._look(host, path)
            except AddressRefused as error:
                if error.leads_to is None:
                    raise
                if known := boards_at([error.leads_to]):
                    return Look(address=address, sightings=[_sighting(host, known[0], f"leads to {error.leads_to}")])
                host, path = _apart(error.leads_to)
        raise InvalidInput(
            f"{address} leads from host to host.", advice="Open it in a browser, and paste where it ends."
        )

    async def _look(self, host: str, path: str) -> Look:
        if sites := sites_of(host, path, (await self._pages.rules(host)).sitemaps):
            return Look(address=host + path, sightings=sites)
        first = await self._pages.read(host, path)
        if sightings := boards_on(host, first):
            return Look(address=host + path, sightings=sightings)
        own = [_own(host, path)] if job_postings(first) else []
        for further in _further(host, path, first):
            page = await self._read_further(host, further)
            if sightings := boards_on(host, page):
                return Look(address=host + path, sightings=sightings)
            if job_postings(page) and not own:
                own = [_own(host, path)]
        return Look(address=host + path, sightings=own)

    async def _read_further(self, host: str, path: str) -> str:
        try:
            return await self._pages.read(host, path)
        except HostBusy:
            raise
        except AddressRefused as error:
            return error.leads_to or ""
        except BoardError:
            return ""


def page_host(boards: BoardRegistry) -> Callable[[str], str]:
    """Return what says which throttle key an address's page has. It raises `InvalidInput`."""

    def host_of(address: str) -> str:
        host, _ = _apart(address)
        return boards.reader(BoardRef(pages_system.SYSTEM.name, host)).host(host)

    return host_of


def boards_on(host: str, page: str) -> Sequence[Sighting]:
    """Return the boards that a page of a host shows: that of the host itself, then those it shows most often."""
    own = _served_at(host, page)
    counted = Counter(one for one in _boards_at(_addresses(page)) if own is None or one.system != own.system)
    for mark, system in ((_SMARTRECRUITERS, "smartrecruiters"), (_EIGHTFOLD, "eightfold")):
        if found := mark.search(page):
            slug = found[1] if system == "smartrecruiters" else f"{host}/{found[1]}"
            counted.update(_checked(BoardRef(system, slug)))
    named = [
        _sighting(host, board, f"named in the page {times} time{'' if times == 1 else 's'}")
        for board, times in counted.most_common(MAX_SIGHTINGS)
    ]
    return named if own is None else [_sighting(host, own, "its pages are made by it"), *named][:MAX_SIGHTINGS]


def sites_of(host: str, path: str, sitemaps: Iterable[str]) -> Sequence[Sighting]:
    """Return the boards that a careers system has at this host, by its sitemaps: the one at `path` first, if it is one.

    Such a host need not have a page that names them: Workday's answers 406.
    """
    boards = [one for one in dict.fromkeys(boards_at(sitemaps)) if _own_host_of(one) == host]
    asked = boards_at([f"https://{host}{path}"])
    ordered = sorted(boards, key=lambda one: one not in asked)[:MAX_SITES]
    return [_sighting(host, one, f"named in its robots.txt, one of {len(boards)}") for one in ordered]


def _own_host_of(board: BoardRef) -> str | None:
    """Return the host that a board has to itself, or with its company's others; None where all companies share one."""
    system = SYSTEMS[board.system]
    return urlsplit(system.origin_of(board.slug)).hostname if "{}" in system.origin else None


def _served_at(host: str, page: str) -> BoardRef | None:
    """Return the board whose system has made this page, where that answers at the companies' own hosts as well."""
    names_it = page.lower()
    for name, mark in _SERVED_BY.items():
        if name in names_it and mark.search(page):
            under = SYSTEMS[name].slug_of(CareersUrl(host=host, segments=(), query={}))
            return next(_checked(BoardRef(name, under or host)), None)
    return None


def boards_at(addresses: Iterable[str]) -> Sequence[BoardRef]:
    """Return the boards that addresses name, each as often as it is named."""
    return list(_boards_at(addresses))


def _boards_at(addresses: Iterable[str]) -> Iterator[BoardRef]:
    for address in addresses:
        if (url := careers_url(address)) is None:
            continue
        for system in SYSTEMS.values():
            slug = system.slug_of(url)
            if slug and slug not in _OWN_PAGES:
                yield from _checked(BoardRef(system.name, slug))
                break


def _checked(board: BoardRef) -> Iterator[BoardRef]:
    if SYSTEMS[board.system].slug.fullmatch(board.slug):
        yield board


def _addresses(page: str) -> Iterator[str]:
    """Return what looks like an address in a page, in its attributes, scripts and texts."""
    text = html.unescape(page.replace("\\/", "/").replace("\\u002F", "/").replace("\\u0026", "&"))
    for number, found in enumerate(_ADDRESS.finditer(text)):
        if number >= MAX_ADDRESSES:
            return
        yield found[0].rstrip(".,;)")


def careers_url(address: str) -> CareersUrl | None:
    """Take an address apart; None where it is none of the web."""
    try:
        parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
        url = CareersUrl.of(parts)
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and url.host else None


def _further(host: str, path: str, page: str) -> Sequence[str]:
    """Return the pages on the same host that may show more."""
    base = f"https://{host}{path}"
    paths = (path_on(host, urljoin(base, link)) for link in links_of(page, base))
    likely = dict.fromkeys(one for one in paths if one is not None and one != path and _LIKELY.search(one))
    return list(likely)[:MAX_FURTHER]


def _own(host: str, path: str) -> Sighting:
    board = BoardRef("page", f"{host}{path}".rstrip("/").partition("?")[0])
    return Sighting(
        board=board,
        sentence=f"{host} shows no careers system that is known; its own pages say that they are postings.",
        url=pages_system.SYSTEM.public_url(board.slug),
    )


def _sighting(host: str, board: BoardRef, evidence: str) -> Sighting:
    title = TITLES.get(board.system, board.system.capitalize())
    return Sighting(
        board=board,
        sentence=f'{host} is {title} board "{board.slug}" ({evidence}).',
        url=SYSTEMS[board.system].public_url(board.slug),
    )


def _apart(address: str) -> tuple[str, str]:
    """Return a page's host, and its path with the query. Raise `InvalidInput`."""
    try:
        url = URL(address if "://" in address else f"https://{address.lstrip('/')}")
        host = ascii_name(url.host or "")
    except ValueError:
        url, host = URL(), ""
    is_plain = url.scheme in {"http", "https"} and not url.user and not url.explicit_port
    if not is_plain or not pages_system.SYSTEM.slug.fullmatch(host):
        raise InvalidInput(f"{address[:200]} is no address of a public page.", advice="Paste it as browsers show it.")
    return host, url.raw_path_qs or "/"
