import pytest

from jobwire.domain.expiry import judge


def verdict(*, complete: bool = True, live: int = 100, missing: int = 5, listed: int = 95, last: tuple[int, ...] = ()):
    return judge(complete=complete, live=live, missing=missing, listed=listed, last_counts=last)


def test_a_complete_listing_expires_what_it_lacks() -> None:
    assert verdict().expires
    assert verdict().why_not == ""


def test_nothing_missing_needs_no_judgement() -> None:
    assert verdict(complete=False, missing=0, listed=0).expires


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"complete": False}, "the listing was not complete"),
        ({"missing": 100, "listed": 0}, "the board answered with an empty list"),
        ({"missing": 51, "listed": 49}, "51 of 100 postings would go at once"),
        ({"missing": 35, "listed": 65, "last": (100, 100, 100)}, "lists 65 postings, and usually about 100"),
    ],
)
def test_the_guards_say_why_not(case: dict[str, object], why: str) -> None:
    said = verdict(**case)  # pyright: ignore[reportArgumentType]
    assert not said.expires
    assert why in said.why_not


def test_the_limits_themselves_are_allowed() -> None:
    assert verdict(missing=50, listed=50).expires
    assert verdict(missing=30, listed=70, last=(100, 100, 100)).expires
    assert verdict(live=2, missing=1, listed=1).expires
    assert not verdict(live=1, missing=1, listed=1).expires


def test_the_usual_size_needs_three_listings_and_forgets_those_before_the_fifth() -> None:
    assert verdict(missing=40, listed=60, last=(100, 100)).expires
    assert verdict(missing=40, listed=60, last=(60, 60, 60, 100, 100, 1_000, 1_000)).expires
    assert not verdict(missing=40, listed=60, last=(60, 100, 100, 100, 60)).expires


def test_postings_that_join_do_not_hide_those_that_go() -> None:
    assert not verdict(live=100, missing=60, listed=200).expires
