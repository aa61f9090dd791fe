"""What a posting is to this person: relative to the listing up to which they took the board in."""

import pytest

from jobwire.domain.companies import BoardRef
from jobwire.domain.filters import TitleFilters
from jobwire.domain.progress import JobKey
from jobwire.domain.runs import CompanyStatus, JobStatus, RunId
from jobwire.ingest.crawling import verdict
from jobwire.ingest.ports import News, OpenJob, RunCompany


def company(taken: int, *taken_include: str) -> RunCompany:
    return RunCompany(
        run_id=RunId(1),
        company="acme",
        board_id=1,
        board=BoardRef("text", "acme"),
        filters=TitleFilters(),
        taken=taken,
        taken_filters=TitleFilters.of(taken_include),
        listing=9,
        status=CompanyStatus.CRAWLING,
        failures=0,
    )


def job(first_listing: int) -> OpenJob:
    return OpenJob(
        key=JobKey("acme", "1"),
        attempt=1,
        status=JobStatus.PENDING,
        title="Engineer",
        posting_id=1,
        source_hash=None,
        first_listing=first_listing,
        checked_listing=0,
        news=News(0, None),
    )


@pytest.mark.parametrize(
    ("taken", "first", "news", "said"),
    [
        (0, 1, News(1, "new"), ("ready", "new")),
        (0, 1, News(5, "changed"), ("ready", "new")),
        (4, 5, News(7, "changed"), ("ready", "new")),
        (4, 1, News(1, "new"), ("skipped", "unchanged")),
        (4, 1, News(4, "changed"), ("skipped", "unchanged")),
        (4, 1, News(5, "changed"), ("ready", "changed")),
        (4, 1, News(5, "back"), ("ready", "back")),
        (4, 1, News(5, "new"), ("ready", "new")),
    ],
)
def test_ready_is_what_is_news_since(taken: int, first: int, news: News, said: tuple[str, str]) -> None:
    assert verdict(company(taken), job(first), "Engineer", news) == said


def test_what_the_filters_kept_out_is_new_to_them() -> None:
    unchanged = News(1, "new")
    assert verdict(company(4, "cook"), job(1), "Engineer", unchanged) == ("ready", "new to your filters")
    assert verdict(company(4, "engineer"), job(1), "Engineer", unchanged) == ("skipped", "unchanged")
    assert verdict(company(4, "cook"), job(5), "Engineer", News(5, "new")) == ("ready", "new")
