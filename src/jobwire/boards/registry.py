"""All careers systems that are known. A new one is a file of its own, and a line here."""

from typing import Final
from urllib.parse import unquote

from yarl import URL

from jobwire.boards import (
    amazon,
    ashby,
    breezy,
    eightfold,
    google,
    greenhouse,
    lever,
    page,
    personio,
    recruitee,
    smartrecruiters,
    teamtailor,
    tiktok,
    workable,
    workday,
)
from jobwire.boards.hosts import ascii_name
from jobwire.boards.http import BoardClient
from jobwire.boards.systems import Site, System
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import UnknownBoard
from jobwire.ingest.ports.boards import BoardReader
from jobwire.settings import Settings

SYSTEMS: Final = {
    system.name: system
    for system in (
        greenhouse.SYSTEM,
        lever.SYSTEM,
        lever.EU_SYSTEM,
        ashby.SYSTEM,
        smartrecruiters.SYSTEM,
        recruitee.SYSTEM,
        workable.SYSTEM,
        teamtailor.SYSTEM,
        personio.SYSTEM,
        personio.COM_SYSTEM,
        breezy.SYSTEM,
        workday.SYSTEM,
        eightfold.SYSTEM,
        amazon.SYSTEM,
        google.SYSTEM,
        tiktok.SYSTEM,
        tiktok.BYTEDANCE_SYSTEM,
        page.SYSTEM,
    )
}


def known_system(name: str) -> System:
    """Return a system by its name. Raise `UnknownBoard` that says which there are."""
    system = SYSTEMS.get(name.lower())
    if system is None:
        raise UnknownBoard(
            f'No careers system is called "{name}".', advice=f"Known are {', '.join(SYSTEMS)}: write board:slug."
        )
    return system


def checked(board: BoardRef) -> BoardRef:
    """Return the board with its system's name as it is written, and its host in ASCII.

    Raise `UnknownBoard` where it cannot exist.
    """
    system = known_system(board.system)
    in_ascii = _in_ascii(board.slug)
    slug = in_ascii if system.is_own_host(in_ascii) else board.slug
    if not system.slug.fullmatch(slug):
        raise UnknownBoard(
            f'"{board.slug}" cannot be the name of a board at {system.name}.',
            advice=f"Copy it from the address of the company's careers page, {unquote(system.public_url('…'))}.",
        )
    return BoardRef(system.name, slug)


def _in_ascii(slug: str) -> str:
    """Return a slug that begins with a host's name as it is asked for; one that begins with none as it is."""
    host, slash, rest = slug.partition("/")
    try:
        return ascii_name(host) + slash + rest
    except ValueError:
        return slug


class BoardRegistry:
    """The readers of all systems, over one client. It fits `Boards`."""

    def __init__(self, settings: Settings, client: BoardClient) -> None:
        self._client = client
        self._readers = {name: system.reader(site_of(system, settings, client)) for name, system in SYSTEMS.items()}

    def reader(self, board: BoardRef) -> BoardReader:
        """Return the reader for a board. Raise `UnknownBoard`."""
        return self._readers[checked(board).system]

    def pause_s(self, host: str) -> float:
        """Return for how many seconds a host wants to be left alone; 0 for one that may be asked."""
        return self._client.standing(host).pause_s


def site_of(system: System, settings: Settings, client: BoardClient) -> Site:
    """Return where a system is really asked."""
    replacement = next((settings.board_urls[key] for key in system.override_keys if key in settings.board_urls), None)
    return Site(system, client, None if replacement is None else str(URL(str(replacement)).origin()))
