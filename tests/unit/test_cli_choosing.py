"""From the words of a command line to companies that are followed."""

import pytest

from jobwire.cli.answers import FollowAnswer
from jobwire.cli.choosing import choose, names_followed, retry_wish
from jobwire.domain.errors import InvalidInput, UnknownBoard
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import RetryWish

FOLLOWS = [
    FollowAnswer(company_name="Acme Inc", source="lever:acme", is_enabled=True),
    FollowAnswer(company_name="figma", source="ashby:figma-two", is_enabled=True),
]


@pytest.mark.parametrize(
    ("word", "source", "name"),
    [
        ("Acme Inc", "Acme Inc=lever:acme", "Acme Inc"),
        ("lever:acme", "Acme Inc=lever:acme", "Acme Inc"),
        ("https://jobs.lever.co/acme", "Acme Inc=lever:acme", "Acme Inc"),
        ("Acme Inc=lever:acme", "Acme Inc=lever:acme", "Acme Inc"),
        ("other=lever:acme", "other=lever:acme", None),
        ("stripe", "stripe=greenhouse:stripe", None),
        ("lever:plaid", "plaid=lever:plaid", None),
        ("https://boards.greenhouse.io/newco?gh_src=a=b", "newco=greenhouse:newco", None),
    ],
)
def test_a_word_means_a_company_that_is_followed_already_where_it_can(word: str, source: str, name: str | None) -> None:
    assert choose(word, FOLLOWS) == (source, name)


def test_a_followed_name_is_not_moved_to_another_board() -> None:
    with pytest.raises(InvalidInput, match="already followed, at ashby:figma-two"):
        choose("figma=greenhouse:figma", FOLLOWS)
    with pytest.raises(InvalidInput, match="name=greenhouse:figma"):
        choose("greenhouse:figma", FOLLOWS)


@pytest.mark.parametrize("word", ["nobody-knows-it", "https://example.com/jobs", "x=nowhere:slug"])
def test_what_means_no_board_is_said_so(word: str) -> None:
    with pytest.raises(UnknownBoard):
        choose(word, FOLLOWS)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["Acme Inc"], ["Acme Inc"]),
        (["https://jobs.lever.co/acme", "Acme Inc", "figma"], ["Acme Inc", "figma"]),
        (["Acme Inc=lever:acme"], ["Acme Inc"]),
        (["ashby:figma-two"], ["figma", "figma once more"]),
    ],
)
def test_companies_to_leave_are_named_as_they_are_followed(words: list[str], names: list[str]) -> None:
    twice = FollowAnswer(company_name="figma once more", source="ashby:figma-two", is_enabled=False)
    assert names_followed(words, [*FOLLOWS, twice]) == names


def test_all_that_is_not_followed_is_named_before_anything_is_left() -> None:
    words = ["figma", "other=lever:acme", "greenhouse:figma", "zzz", ""]
    with pytest.raises(InvalidInput) as caught:
        names_followed(words, FOLLOWS)
    assert caught.value.message == 'You do not follow "other=lever:acme", "greenhouse:figma", "zzz", "".'


def test_a_retry_is_of_everything_of_companies_or_of_jobs_of_one() -> None:
    assert retry_wish([], []) == RetryWish()
    assert retry_wish(["a", "b"], []) == RetryWish(companies=["a", "b"])
    assert retry_wish(["a"], ["7", "8", "7"]) == RetryWish(jobs=[JobKey("a", "7"), JobKey("a", "8")])
    for companies in ([], ["a", "b"]):
        with pytest.raises(InvalidInput, match="--company"):
            retry_wish(companies, ["7"])
