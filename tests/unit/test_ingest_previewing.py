"""What a preview says of a listing."""

from jobwire.domain.filters import TitleFilters
from jobwire.ingest.ports.boards import Listing, Opening, Unreadable
from jobwire.ingest.previewing import preview_of
from jobwire.ingest.previews import PreviewStatus


def opening(key: str, title: str, url: str = "https://example.com/same") -> Opening:
    return Opening(external_id=key, title=title, location="Köln", url=url)


def test_the_filters_part_the_openings_and_urls_count_once():
    listing = Listing(
        openings=[
            opening("1", "Senior Engineer"),
            opening("2", "Engineer"),
            opening("3", "Cook", "https://example.com/3"),
        ],
        unreadable=[Unreadable(external_id="4", title="", reason="It has no title.")],
    )
    preview = preview_of(listing, TitleFilters.of(["engineer"], []), {"2", "4", "9"})
    assert preview.status is PreviewStatus.SUCCESS
    assert (preview.total_count, preview.filtered_count, preview.urls_count) == (4, 2, 1)
    assert [job.id for job in preview.included] == ["1", "2"]
    assert [job.id for job in preview.excluded] == ["3", "4"]
    assert [job.id for job in (*preview.included, *preview.excluded) if job.known] == ["2", "4"]


def test_what_there_is_to_say_of_a_listing_is_said():
    note = "Only the first 200 pages of the listing were read."
    listing = Listing(openings=[opening("1", "Engineer")], complete=False, notes=[note])
    assert preview_of(listing, TitleFilters.of([], []), ()).notes == [note]
