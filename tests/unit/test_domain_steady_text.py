"""A page's text: what moves by itself is no change, and every real edit is one."""

import time
from dataclasses import replace

import pytest

from jobwire.domain.postings import FINGERPRINT_PARTS, PART_BYTES, Posting, fingerprint
from jobwire.domain.steady_text import steady_sentences, steady_url
from patience import PATIENCE_S

TEXT = (
    "<p>Posted 3 days ago · 12 people applied</p><h2>Your role</h2><p>You build our payments platform with 5 years of "
    "experience in Go. You lead 3 engineers.</p><ul><li>€60,000 to €75,000 a year</li><li>30 days of vacation</li></ul>"
    "<p>We serve 4,000 customers. Apply by 31 December.</p>"
)
PAGE = Posting(
    external_id="/jobs/1",
    title="Engineer",
    url="https://acme.example/jobs/1",
    description=TEXT,
    is_page=True,
)


def parts(before: Posting, after: Posting) -> set[str]:
    """Which parts of a posting have changed."""
    one, other = fingerprint(before), fingerprint(after)
    return {
        name
        for n, name in enumerate(FINGERPRINT_PARTS)
        if one[n * PART_BYTES : (n + 1) * PART_BYTES] != other[n * PART_BYTES : (n + 1) * PART_BYTES]
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Posted 3 days ago", "Posted 4 days ago"),
        ("Posted 3 days ago", "Posted a week ago"),
        ("Posted 3 days ago", "Posted today"),
        ("12 people applied", "1,204 people have already applied"),
        ("· 12 people applied", "· 15 people applied"),
        ("<h2>Your role</h2>", "<h3 class='x9f3'>Your&nbsp;role</h3>\n\n"),
        ("<ul>", "<ul data-session='9f3ab2'>"),
        ("You lead 3 engineers.", "You lead 3 engineers.<script>var t = 1764391;</script><style>.a{}</style>"),
        ("<li>30 days of vacation</li>", "<li>30   days of\n vacation</li>"),
    ],
)
def test_what_moves_by_itself_is_no_change(before: str, after: str) -> None:
    assert before in TEXT
    assert parts(PAGE, replace(PAGE, description=TEXT.replace(before, after))) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("5 years of experience", "3 years of experience"),
        ("€75,000", "€80,000"),
        ("in Go", "in Rust"),
        ("You lead 3 engineers.", "You lead 4 engineers."),
        ("You lead 3 engineers.", ""),
        ("30 days of vacation", "28 days of vacation"),
        ("4,000 customers", "5,000 customers"),
        ("31 December", "30 November"),
        ("<li>30 days", "<li>A company car</li><li>30 days"),
        ("You build", "You do not build"),
    ],
)
def test_every_real_edit_is_told_however_small(before: str, after: str) -> None:
    assert before in TEXT
    assert parts(PAGE, replace(PAGE, description=TEXT.replace(before, after))) == {"text"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Updated 2026-11-28", "Updated 2026-11-29"),
        ("Last updated: November 28, 2026", "Last updated: November 29, 2026"),
        ("Be among the first 25 applicants", "Be among the first 50 applicants"),
        ("Over 100 applicants", "Over 200 applicants"),
        ("Viewed 17 times", "Viewed 18 times"),
        ("Closes in 5 days", "Closes in 4 days"),
        ("Only 3 days left to apply", "Only 2 days left to apply"),
        ("Vor 3 Tagen veröffentlicht", "Vor 4 Tagen veröffentlicht"),
        ("Veröffentlicht vor 2 Stunden", "Veröffentlicht vor 1 Tag"),
        ("Publié il y a 3 jours", "Publié il y a 4 jours"),
        ("Publicado hace 2 semanas", "Publicado hace 3 semanas"),
        ("Geplaatst 3 dagen geleden", "Geplaatst 4 dagen geleden"),
        ("23 Bewerber haben sich beworben", "24 Bewerber haben sich beworben"),
        ("See https://acme.example/jobs?session=1", "See https://acme.example/jobs?session=2"),
        ("We pay well. We are kind.", "We are kind. We pay well."),
        ("We are kind.", "We are kind. We are kind."),
    ],
)
def test_a_sentence_that_moves(one: str, other: str) -> None:
    assert steady_sentences(f"<p>{one}</p>") == steady_sentences(f"<p>{other}</p>")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You process 20 applications a day", "You process 30 applications a day"),
        ("Work 3 days a week", "Work 4 days a week"),
        ("Founded 10 years ago", "Founded 12 years ago"),
        ("A team of 12 people", "A team of 14 people"),
        ("You start today", "You start in May"),
    ],
)
def test_a_sentence_that_looks_like_one_that_moves(one: str, other: str) -> None:
    assert steady_sentences(one) != steady_sentences(other)


@pytest.mark.parametrize(
    ("url", "steady"),
    [
        ("https://a.example/jobs/1?utm_source=x&utm_medium=y", "https://a.example/jobs/1"),
        ("https://a.example/jobs?id=7&gclid=abc", "https://a.example/jobs?id=7"),
        ("https://a.example/jobs;jsessionid=9F?id=7", "https://a.example/jobs?id=7"),
        ("https://a.example/jobs?gh_jid=7#apply", "https://a.example/jobs?gh_jid=7#apply"),
        ("https://a.example/jobs", "https://a.example/jobs"),
    ],
)
def test_an_address_without_what_says_how_somebody_came_to_it(url: str, steady: str) -> None:
    assert steady_url(url) == steady


def test_what_a_system_states_in_fields_is_compared_to_the_letter() -> None:
    stated = replace(PAGE, is_page=False)
    moved = replace(stated, description=TEXT.replace("3 days ago", "4 days ago"), url=f"{PAGE.url}?utm_source=x")
    assert parts(stated, moved) == {"address", "text"}


ODD = ("1," * 500_000, "posted " * 100_000, "a " * 500_000, "1 people " * 90_000, "<p" * 400_000)


@pytest.mark.parametrize("odd", ODD)
def test_the_largest_texts_take_no_time(odd: str) -> None:
    began = time.perf_counter()
    steady_sentences(odd)
    assert time.perf_counter() - began < PATIENCE_S  # with the square of its size it would be hours
