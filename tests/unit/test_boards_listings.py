import json
import tracemalloc

import pytest
from boards_stub import reader_of

from jobwire.boards.listings import CAPS, MAX_NAMELESS, MAX_PAGES, Draft, PageRead, identity, read_pages
from jobwire.boards.room import Load, Room
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import BoardUnreadable, PostingUnreadable
from jobwire.ingest.ports.boards import Opening


def a_draft() -> Draft:
    return Draft(Load(Room(), "lever:acme"))


def opening(key: object) -> Opening:
    return Opening(external_id=str(key), title="Engineer", location="", url="https://acme.example")


async def read_all(pages: list[list[object]], *, total: int | None = None) -> tuple[Draft, list[int]]:
    draft = a_draft()
    offsets: list[int] = []

    async def read(offset: int) -> PageRead:
        offsets.append(offset)
        page = pages[min(offset // 2, len(pages) - 1)]
        for key in page:
            draft.add(opening(key))
        return PageRead(len(page), total)

    await read_pages(draft, read, limit=2)
    return draft, offsets


@pytest.mark.parametrize(
    ("pages", "total", "asked"),
    [
        ([[1, 2], [3]], None, [0, 2]),
        ([[1, 2], []], None, [0, 2]),
        ([[]], None, [0]),
        ([[1, 2], [3, 4]], 4, [0, 2]),
        ([[1, 2], [3]], 3, [0, 2]),
        ([[]], 0, [0]),
    ],
)
async def test_pages_are_read_to_the_end(pages: list[list[object]], total: int | None, asked: list[int]) -> None:
    draft, offsets = await read_all(pages, total=total)
    listing = draft.finish()

    assert offsets == asked
    assert listing.complete
    assert len(listing.openings) == sum(map(len, pages))


async def test_a_page_that_comes_again_and_again_ends_the_listing() -> None:
    draft, offsets = await read_all([[1, 2]])
    listing = draft.finish()

    assert offsets == [0, 2]
    assert not listing.complete
    assert any("repeats" in note for note in listing.notes)


async def test_pages_that_overlap_are_not_complete() -> None:
    draft, _ = await read_all([[1, 2], [2, 3], [4]])
    listing = draft.finish()

    assert [one.external_id for one in listing.openings] == ["1", "2", "3", "4"]
    assert not listing.complete


async def test_fewer_postings_than_announced_are_not_complete() -> None:
    draft, _ = await read_all([[1, 2], [3]], total=7)
    listing = draft.finish()

    assert not listing.complete
    assert listing.notes == ["The board says that it has 7 postings, and lists 3."]


async def test_the_number_of_pages_is_bounded() -> None:
    draft, offsets = await read_all([[2 * n, 2 * n + 1] for n in range(MAX_PAGES + 5)])

    assert len(offsets) == MAX_PAGES
    assert not draft.finish().complete


def test_a_posting_that_is_listed_twice_is_kept_once_and_noted() -> None:
    draft = a_draft()
    for key in (1, 2, 1):
        draft.add(opening(key))
    draft.refuse(PostingUnreadable("broken"), 2)
    draft.refuse(PostingUnreadable("broken"), 3, " A title ")
    listing = draft.finish()

    assert [one.external_id for one in listing.openings] == ["1", "2"]
    assert [(one.external_id, one.title) for one in listing.unreadable] == [("3", "A title")]
    assert listing.complete
    assert "2 postings were listed more than once" in listing.notes[0]


def test_a_single_repeated_posting_is_told_of_in_the_singular() -> None:
    draft = a_draft()
    for key in (1, 1):
        draft.add(opening(key))
    assert draft.finish().notes == ["1 posting was listed more than once: the first of each was kept."]


def test_a_posting_without_an_id_leaves_the_listing_in_doubt() -> None:
    draft = a_draft()
    draft.refuse(PostingUnreadable("no id"))
    draft.refuse(PostingUnreadable("no id"), "", "Engineer")
    listing = draft.finish()

    assert [one.external_id for one in listing.unreadable] == ["", ""]
    assert not listing.complete
    assert len(listing.notes) == 1


@pytest.mark.parametrize("size", sorted(CAPS))
def test_a_round_number_of_postings_may_be_a_limit(size: int) -> None:
    draft = a_draft()
    for key in range(size - 1):
        draft.add(opening(key))
    assert draft.finish().complete

    draft.add(opening(size))
    listing = draft.finish()
    assert f"exactly {size}" in listing.notes[0]
    assert not listing.complete


@pytest.mark.parametrize(
    ("external_id", "title", "says"),
    [
        (None, "Engineer", 'the posting "Engineer" has no id'),
        ("", None, "a posting has no id"),
        ("a b", "Engineer", "has no id, or none that can be kept"),
        ("x" * 201, "Engineer", "none that can be kept"),
        ("a\nb", "Engineer", "none that can be kept"),
        (7, None, "posting 7 has no title"),
        ("a7", " \u00a0 ", "posting a7 has no title"),
        ("a8", "\u200b\ufeff", "posting a8 has no title"),
    ],
)
def test_what_lacks_a_key_or_a_title_says_so(external_id: str | int | None, title: str | None, says: str) -> None:
    with pytest.raises(PostingUnreadable) as caught:
        identity(external_id, title, board="lever:acme")

    assert says in caught.value.message
    assert caught.value.message.startswith("lever:acme: ")


def test_lines_without_an_id_are_told_up_to_a_number() -> None:
    draft = a_draft()
    for _ in range(MAX_NAMELESS + 7):
        draft.refuse(PostingUnreadable("no id"))
    listing = draft.finish()

    assert len(listing.unreadable) == MAX_NAMELESS
    assert listing.notes[-1] == "7 more lines of the listing have no id, and are not shown."
    assert not listing.complete
    assert draft.seen == MAX_NAMELESS + 7


@pytest.mark.parametrize("item", [b"1", b"{}", b'{"id":1,"title":"a"}', b'{"id":1,"title":"a","content":5}'])
async def test_a_listing_of_tiny_items_ends(monkeypatch: pytest.MonkeyPatch, item: bytes) -> None:
    monkeypatch.setattr("jobwire.boards.listings.MAX_LINES", 2_000)
    reader = reader_of(BoardRef("greenhouse", "acme"), lambda _: b'{"jobs":[' + b",".join([item] * 10_000) + b"]}")
    listing = await reader.list("acme")

    assert len(listing.openings) + len(listing.unreadable) <= MAX_NAMELESS + 1
    assert not listing.complete
    assert "Only the first 2000 lines of the listing were read." in listing.notes


async def test_an_answer_of_millions_of_values_is_refused_before_it_is_taken_apart() -> None:
    body = b'{"jobs":[' + b"1," * 200_000 + b"1]}"
    reader = reader_of(BoardRef("greenhouse", "acme"), lambda _: body)
    tracemalloc.start()
    with pytest.raises(BoardUnreadable, match="greenhouse:acme: the answer holds more than 70000 values"):
        await reader.list("acme")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_000_000


async def test_the_requests_for_one_listing_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that says "more than I count" of every part would be asked for ever."""
    monkeypatch.setattr("jobwire.boards.room.MAX_REQUESTS", 50)
    facets = [
        {"facetParameter": name, "values": [{"id": f"{name}{n}", "count": 1} for n in range(20)]}
        for name in ("jobFamilyGroup", "timeType", "locations")
    ]
    page = json.dumps({"total": 2_000, "jobPostings": [], "facets": facets}).encode()
    reader = reader_of(BoardRef("workday", "acme.wd5/Careers"), lambda _: page)

    with pytest.raises(BoardUnreadable, match="takes more than 50 requests"):
        await reader.list("acme.wd5/Careers")


@pytest.mark.parametrize("digits", [5_000, 4_000, 201])
async def test_an_id_of_thousands_of_digits_is_none(digits: int) -> None:
    body = b'{"jobs":[{"id":' + b"9" * digits + b',"title":"Engineer"}]}'
    listing = await reader_of(BoardRef("greenhouse", "acme"), lambda _: body).list("acme")

    assert [line.external_id for line in listing.unreadable] == [""]
    assert listing.unreadable[0].reason.startswith("greenhouse:acme: ")
