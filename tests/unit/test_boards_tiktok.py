"""TikTok, on made-up answers in the shape that public connectors read."""

import json

import pytest
from boards_stub import reader_of

from jobwire.boards.directory import parse_board
from jobwire.domain.errors import BoardUnreadable
from jobwire.domain.postings import EmploymentType, Posting
from jobwire.ingest.ports.boards import Listing

JOB = {
    "id": "7350000000000000001",
    "code": "A12345",
    "title": "Site Reliability Engineer, Ads",
    "description": "About us\nWe keep it up & running.",
    "requirement": "1. Python\n2. Patience < endless",
    "city_info": {
        "en_name": "Austin",
        "parent": {"en_name": "Texas", "parent": {"en_name": "United States of America"}},
    },
    "recruit_type": {"en_name": "Regular", "parent": {"en_name": "Full-time"}},
    "job_category": {"en_name": "R&D", "parent": {"en_name": "Technology"}},
    "job_post_info": {"min_salary": 120000, "max_salary": "190,000", "currency": "USD"},
}


async def read(data: object, **more: object) -> tuple[Listing, list[Posting]]:
    board = parse_board("tiktok")
    reader = reader_of(board, lambda _: json.dumps({"code": 0, "data": data, **more}).encode())
    listing = await reader.list(board.slug)
    return listing, [reader.extract(board.slug, one.source or b"") for one in listing.openings]


async def test_a_posting_is_brought_into_our_terms() -> None:
    listing, (posting,) = await read({"job_post_list": [JOB], "count": 1})

    assert listing.complete
    assert posting.external_id == "7350000000000000001"
    assert posting.url == "https://lifeattiktok.com/search/7350000000000000001"
    assert posting.locations == ("Austin, Texas, United States of America",)
    assert posting.employment_type is EmploymentType.FULL_TIME
    assert posting.department == "R&D"
    assert posting.salary
    assert (posting.salary.minimum, posting.salary.maximum, posting.salary.currency) == (120_000, 190_000, "USD")
    assert posting.salary.interval is None
    assert posting.description_text == "About us\nWe keep it up & running.\n1. Python\n2. Patience < endless"


async def test_an_error_with_status_200_is_one() -> None:
    with pytest.raises(BoardUnreadable, match=r"tiktok:tiktok: the site answered with an error \(40001\)"):
        await read(None, code=40001)
    with pytest.raises(BoardUnreadable):
        await read(None)


async def test_a_count_that_is_a_cap_is_not_complete() -> None:
    listing, _ = await read({"job_post_list": [JOB], "count": 10_000})

    assert not listing.complete
    assert "counts no further than 10000" in listing.notes[0]


async def test_bytedance_is_read_as_tiktok_is() -> None:
    board = parse_board("bytedance")
    reader = reader_of(board, lambda _: json.dumps({"data": {"job_post_list": [JOB], "count": 1}}).encode())
    (opening,) = (await reader.list(board.slug)).openings

    assert str(board) == "bytedance:bytedance"
    assert reader.host(board.slug) == "jobs.bytedance.com"
    assert opening.url == "https://joinbytedance.com/search/7350000000000000001"
