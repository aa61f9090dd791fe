"""What a posting is to this person: relative to the listing up to which they took the board in."""

import pytest

from jobwire.domain.companies import BoardRef
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import CompanyStatus, RunId
from jobwire.domain.stays import Stay
from jobwire.ingest.crawling import DEAD_LINK, Gone, verdict, verdict_on_gone
from jobwire.ingest.ports.postings import News
from jobwire.ingest.ports.runs import RunCompany


def company(taken: int, *, takings: tuple[int, ...] = ()) -> RunCompany:
    return RunCompany(
        run_id=RunId(1),
        company="acme",
        board_id=1,
        board=BoardRef("text", "acme"),
        filters=TitleFilters(),
        taken=taken,
        taken_filters=TitleFilters(),
        takings=takings or (taken,),
        listing=9,
        status=CompanyStatus.CRAWLING,
        reason=None,
        failures=0,
        named=False,
    )


@pytest.mark.parametrize(
    ("taken", "first", "news", "said"),
    [
        (0, 1, News(1), ("ready", "new")),
        (0, 1, News(5, (0, 0, 0, 0, 0, 0, 0, 5)), ("ready", "new")),
        (4, 5, News(7, (0, 0, 0, 0, 0, 0, 0, 7)), ("ready", "new")),
        (4, 1, News(1), ("skipped", "unchanged")),
        (4, 1, News(4, (0, 0, 0, 0, 0, 0, 0, 4)), ("skipped", "unchanged")),
        (4, 1, News(5, (0, 0, 0, 0, 0, 0, 0, 5)), ("ready", "changed: text")),
        (4, 1, News(5), ("ready", "new")),
    ],
)
def test_ready_is_what_is_news_since(taken: int, first: int, news: News, said: tuple[str, str]) -> None:
    assert verdict(company(taken), Stay(first), news, was_kept=True) == said


@pytest.mark.parametrize(
    ("taken", "said"), [(1, "changed: title, salary, text"), (4, "changed: title, salary"), (6, "changed: salary")]
)
def test_all_parts_are_told_that_have_changed_since(taken: int, said: str) -> None:
    news = News(7, (6, 0, 0, 0, 0, 0, 7, 3))
    assert verdict(company(taken), Stay(1), news, was_kept=True) == ("ready", said)


def test_what_the_filters_kept_out_is_new_to_them() -> None:
    unchanged = News(1)
    assert verdict(company(4), Stay(1), unchanged, was_kept=False) == ("ready", "new to your filters")
    assert verdict(company(4), Stay(1), unchanged, was_kept=True) == ("skipped", "unchanged")
    assert verdict(company(4), Stay(5), News(5), was_kept=False) == ("ready", "new")


@pytest.mark.parametrize(
    ("takings", "stay", "said"),
    [
        ((1, 3), Stay(1, (2, 4)), ("ready", "back")),
        ((1,), Stay(1, (2, 4)), ("skipped", "unchanged")),  # it went and came back in between
        ((3,), Stay(1, (2, 4)), ("ready", "new")),  # it was gone before this person began to follow
        ((2, 4), Stay(3, (4, 5)), ("ready", "new")),  # it came and went in between
        ((1, 3), Stay(1, (2, 4, 5, 6)), ("ready", "back")),
        ((1, 3, 4), Stay(1, (2, 4, 5, 6)), ("skipped", "unchanged")),
        ((1, 5), Stay(1, (2, 4, 5, 6)), ("ready", "back")),
    ],
)
def test_back_is_what_somebody_saw_and_then_saw_gone(
    takings: tuple[int, ...], stay: Stay, said: tuple[str, str]
) -> None:
    assert verdict(company(takings[-1], takings=takings), stay, News(1), was_kept=True) == said


def test_listings_that_this_run_knows_nothing_of_say_nothing_of_what_was_seen() -> None:
    assert verdict(company(3, takings=(3, 5)), Stay(1, (2, 4)), News(1), was_kept=True) == ("ready", "new")


def test_back_with_another_text_is_back() -> None:
    changed = News(4, (0, 0, 0, 0, 0, 0, 0, 4))
    assert verdict(company(3, takings=(1, 3)), Stay(1, (2, 4)), changed, was_kept=True) == ("ready", "back")


def test_a_posting_is_told_expired_once() -> None:
    assert verdict_on_gone(company(3), Stay(1), Gone()) == ("expired", Gone().reason)
    assert verdict_on_gone(company(3), Stay(1, gone=4), DEAD_LINK) == ("expired", DEAD_LINK.reason)
    assert verdict_on_gone(company(0), Stay(1, gone=2), DEAD_LINK) == ("expired", DEAD_LINK.reason)
    assert verdict_on_gone(company(3), Stay(1, gone=3), DEAD_LINK)[0] == "skipped"
    assert verdict_on_gone(company(3), Stay(1, (2, 4)), DEAD_LINK)[0] == "skipped"  # listed again, and dead again
