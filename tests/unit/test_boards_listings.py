import pytest

from jobwire.boards.listings import MAX_PAGES, Draft, PageRead, identity, read_pages
from jobwire.domain.errors import PostingUnreadable
from jobwire.ingest.ports import Opening


def opening(key: object) -> Opening:
    return Opening(external_id=str(key), title="Engineer", location="", url="https://acme.example")


async def read_all(pages: list[list[object]], *, total: int | None = None) -> tuple[Draft, list[int]]:
    draft = Draft("lever:acme")
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
    draft = Draft("lever:acme")
    for key in (1, 2, 1):
        draft.add(opening(key))
    draft.refuse(PostingUnreadable("broken"), 2)
    draft.refuse(PostingUnreadable("broken"), 3, " A title ")
    listing = draft.finish()

    assert [one.external_id for one in listing.openings] == ["1", "2"]
    assert [(one.external_id, one.title) for one in listing.unreadable] == [("3", "A title")]
    assert listing.complete
    assert "2 postings were listed more than once" in listing.notes[0]


def test_a_posting_without_an_id_leaves_the_listing_in_doubt() -> None:
    draft = Draft("lever:acme")
    draft.refuse(PostingUnreadable("no id"))
    draft.refuse(PostingUnreadable("no id"), "", "Engineer")
    listing = draft.finish()

    assert [one.external_id for one in listing.unreadable] == ["", ""]
    assert not listing.complete
    assert len(listing.notes) == 1


def test_a_round_number_of_postings_is_noted() -> None:
    draft = Draft("lever:acme")
    for key in range(1_000):
        draft.add(opening(key))

    assert "exactly 1000" in draft.finish().notes[0]


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
    ],
)
def test_what_lacks_a_key_or_a_title_says_so(external_id: str | int | None, title: str | None, says: str) -> None:
    with pytest.raises(PostingUnreadable) as caught:
        identity(external_id, title, board="lever:acme")

    assert says in caught.value.message
    assert caught.value.message.startswith("lever:acme: ")
