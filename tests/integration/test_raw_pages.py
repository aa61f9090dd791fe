"""What the boards sent is kept, in a folder or a bucket, and can be made into postings again without them."""

import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from aiohttp import web
from boards_server import serve
from ingest_boards import FakeBoards, FakeReader
from ingest_world import World, make_world
from obstore.store import LocalStore, MemoryStore, S3Store

from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import InvalidInput, PostingUnreadable, Unavailable
from jobwire.domain.postings import Posting
from jobwire.ingest.extracting import extract_again
from jobwire.ingest.extraction import Extraction
from jobwire.ingest.keeping import Keeper, KeptExtractor
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.housekeeping import Attic, Housekeeping
from jobwire.storage.made_postings import MadePostings
from jobwire.storage.packed_text import unpacked
from jobwire.storage.posting_columns import extracted_row
from jobwire.storage.raw_pages import RawPages, open_raw_pages

ACME = BoardRef("text", "acme")
ODD = BoardRef("eightfold", "jobs.acme.com/acme.com")
DAY = 24 * 3600.0


class Bucket:
    """An S3 bucket in memory: objects put, got, listed and deleted one by one or several at a time."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        key = urllib.parse.unquote(request.path).removeprefix("/pages/")
        if request.method == "PUT":
            self.objects[key] = await request.read()
            return web.Response(headers={"ETag": '"x"'})
        if request.method == "POST":
            body = (await request.read()).decode()
            gone = [path for path in self.objects if f"<Key>{path}</Key>" in body]
            for one in gone:
                del self.objects[one]
            told = "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in gone)
            return web.Response(text=f"<DeleteResult>{told}</DeleteResult>", content_type="application/xml")
        if "list-type" in request.query:
            return web.Response(text=self._listing(request.query["prefix"]), content_type="application/xml")
        if key not in self.objects:
            return web.Response(status=404)
        return web.Response(
            body=self.objects[key], headers={"ETag": '"x"', "Last-Modified": "Wed, 25 Nov 2026 12:00:00 GMT"}
        )

    def _listing(self, prefix: str) -> str:
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><ETag>x</ETag>"
            "<LastModified>2026-11-25T12:00:00.000Z</LastModified></Contents>"
            for key, body in self.objects.items()
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture(params=["folder", "memory", "bucket"])
async def raw(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RawPages]:
    clock = Clock()
    if request.param == "bucket":
        async with serve() as site:
            site.answer = Bucket()
            yield RawPages(
                S3Store(
                    "pages",
                    endpoint=site.origin,
                    region="eu",
                    access_key_id="a",
                    secret_access_key="b",
                    client_options={"allow_http": True},
                ),
                clock,
            )
    else:
        yield RawPages(MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "raw", mkdir=True), clock)


async def test_the_newest_source_of_each_posting_is_read(raw: RawPages) -> None:
    await raw.keep({ACME: {"7": b"old", "8": b"\0\xff" * 5_000}, ODD: {"9": b"theirs"}})
    await raw.keep({ACME: {"7": b"new"}})

    assert await raw.read(ACME) == {"7": b"new", "8": b"\0\xff" * 5_000}
    assert await raw.read(ODD) == {"9": b"theirs"}
    assert await raw.read(BoardRef("text", "acme2")) == {}


async def test_old_sources_go_but_for_the_newest_of_live_postings(raw: RawPages) -> None:
    clock: Clock = raw._now  # pyright: ignore[reportPrivateUsage, reportAssignmentType]
    await raw.keep({ACME: {"live": b"1", "gone": b"1", "changed": b"1"}})
    clock.now += 91 * DAY
    await raw.keep({ACME: {"changed": b"2"}})
    await raw.tidy(ACME, {"live", "changed"}, days=90)

    assert await raw.read(ACME) == {"live": b"1", "changed": b"2"}
    clock.now += 91 * DAY
    await raw.tidy(ACME, {"live"}, days=90)
    assert await raw.read(ACME) == {"live": b"1"}


async def test_what_is_kept_while_old_sources_are_tidied_stays_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, store = Clock(), MemoryStore()
    raw, elsewhere = RawPages(store, clock), RawPages(store, clock)
    await raw.keep({ACME: {"7": b"old"}})
    clock.now += 91 * DAY
    list_packs = raw._packs  # pyright: ignore[reportPrivateUsage]

    async def and_meanwhile(board: BoardRef) -> list[str]:
        packs = await list_packs(board)
        await elsewhere.keep({ACME: {"7": b"new"}})
        return packs

    monkeypatch.setattr(raw, "_packs", and_meanwhile)
    await raw.tidy(ACME, {"7"}, days=90)
    assert await elsewhere.read(ACME) == {"7": b"new"}


async def test_a_broken_pack_costs_that_pack(tmp_path: Path) -> None:
    raw = RawPages(LocalStore(tmp_path))
    await raw.keep({ACME: {"7": b"good"}})
    (tmp_path / "text" / "acme" / "99999999999999999999-x.zst").write_bytes(b"not zstd")

    assert await raw.read(ACME) == {"7": b"good"}


async def test_a_store_that_is_away_says_so(tmp_path: Path) -> None:
    raw = RawPages(LocalStore(tmp_path / "raw", mkdir=True))
    (tmp_path / "raw" / "text").write_text("a file where a folder belongs")
    with pytest.raises(Unavailable, match="cannot be written"):
        await raw.keep({ACME: {"7": b"x"}})


def test_where_they_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def opened(**settings: object) -> RawPages | None:
        return open_raw_pages(Settings.model_validate({"data_dir": tmp_path, **settings}))

    assert opened() is not None
    assert (tmp_path / "raw").is_dir()
    assert opened(raw_pages="off") is None
    assert opened(database_url="postgresql://x/y") is None
    assert opened(database_url="postgresql://x/y", raw_pages=str(tmp_path / "other")) is not None
    assert opened(raw_pages="~/pages") is not None
    assert (tmp_path / "home" / "pages").is_dir()
    assert opened(raw_pages="s3://bucket/jobwire") is not None
    with pytest.raises(InvalidInput, match="JOBWIRE_RAW_PAGES cannot be opened"):
        opened(raw_pages="nothing://x")


async def test_a_bucket_without_tls_is_reached_by_the_usual_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve() as site:
        site.answer = Bucket()
        for name, value in {
            "AWS_ENDPOINT_URL": site.origin,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu",
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
        }.items():
            monkeypatch.setenv(name, value)
        raw = open_raw_pages(Settings.model_validate({"raw_pages": "s3://pages/jobwire"}))
        assert raw is not None
        await raw.keep({ACME: {"7": b"x"}})
        assert await raw.read(ACME) == {"7": b"x"}


class Improved(FakeReader):
    """A reader of the next version: what it makes of a source is something else."""

    def extract(self, slug: str, source: bytes) -> Posting:
        posting = super().extract(slug, source)
        if posting.external_id == "odd":
            raise PostingUnreadable(f"text:{slug}: posting odd has no heart.")
        return Posting(
            external_id=posting.external_id,
            title=posting.title,
            url=posting.url,
            description=f"better: {posting.description}",
        )


def kept_world(database: Database, boards: FakeBoards, keeper: Keeper) -> World:
    return make_world(database, boards, extractor=KeptExtractor(Extraction(boards, extracted_row), keeper))


class ImprovedBoards(FakeBoards):
    def reader(self, board: BoardRef) -> Improved:
        return Improved(self, board.system, board.system == "text")


async def test_postings_are_made_again_without_the_boards_and_are_no_news(database: Database, tmp_path: Path) -> None:
    raw = RawPages(LocalStore(tmp_path))
    keeper = Keeper(raw)
    boards, better = FakeBoards(), ImprovedBoards()
    better.of = boards.of
    acme, other = boards.add("acme", "1", "2", "odd"), boards.add("other", "3")
    world = kept_world(database, boards, keeper)
    user = await world.user()
    await world.follow(user, "text:acme", "fetch:other")
    async with keeper.keeping():
        await world.run(user)
    await world.execute("UPDATE postings SET source_hash = '\\x00' WHERE external_id = '2'")  # of another source
    lists = acme.lists + other.lists

    tally = await extract_again(better, MadePostings(database), raw)

    assert (tally.boards, tally.read, tally.differ, tally.not_kept, tally.unreadable) == (2, 2, 2, 1, 1)
    assert list(tally.flaws) == ["text:acme: posting odd has no heart."]
    assert acme.lists + other.lists == lists
    rows = await world.rows("SELECT external_id, description FROM postings ORDER BY external_id")
    assert [(row.external_id, unpacked(row.description)) for row in rows] == [
        ("1", "better: text"),
        ("2", "text"),
        ("3", "better: text"),
        ("odd", "text"),
    ]
    await world.execute("DELETE FROM postings WHERE external_id = '2'")
    acme.drop("2")
    assert set((await world.jobs(await world.run(user))).values()) == {"skipped"}
    assert (await extract_again(better, MadePostings(database), raw, [ACME])).differ == 0
    strangers = [BoardRef("text", "zzz"), ACME, BoardRef("text", "yyy")]
    with pytest.raises(InvalidInput, match="Nothing is there of text:zzz, text:yyy: nobody"):
        await extract_again(better, MadePostings(database), raw, strangers)


async def test_housekeeping_tidies_them(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    raw = RawPages(LocalStore(tmp_path), clock)
    boards = FakeBoards()
    boards.add("acme", "1", "2")
    keeper = Keeper(raw)
    world = kept_world(database, boards, keeper)
    user = await world.user()
    await world.follow(user, "text:acme")
    await world.run(user)
    await keeper.hand_on()
    await world.execute("UPDATE postings SET gone_listing = 1 WHERE external_id = '2'")
    clock.now += 91 * DAY
    await Housekeeping(database, keep_runs_days=90, attic=Attic(raw, MadePostings(database), keep_days=90)).clean()

    assert list(await raw.read(ACME)) == ["1"]


async def test_more_than_fits_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobwire.ingest.keeping.MAX_WAITING_BYTES", 10)
    raw = RawPages(MemoryStore())
    keeper = Keeper(raw)
    for n in range(5):
        keeper.take(ACME, str(n), b"1234")
    await keeper.hand_on()

    assert list(await raw.read(ACME)) == ["0", "1"]
    keeper.take(ACME, "9", b"1234")
    await keeper.hand_on()
    assert list(await raw.read(ACME)) == ["0", "1", "9"]
