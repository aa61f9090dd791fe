import time

import pytest

from jobwire.domain.errors import InvalidInput
from jobwire.domain.filters import MAX_EXPRESSIONS, MAX_TERM_CHARS, MAX_TERMS, TitleFilters


def keeps(title: str, include: list[str], exclude: list[str] | None = None) -> bool:
    return TitleFilters.of(include, exclude or []).keeps(title)


def test_no_terms_keep_everything() -> None:
    assert TitleFilters().keeps("")
    assert TitleFilters().keeps("Engineer")


@pytest.mark.parametrize(
    ("term", "title", "kept"),
    [
        ("engineer", "Senior ENGINEER", True),
        ("engineer", "Engineering Lead", True),
        ("data engineer", "Data  Engineer", False),
        ("STRASSE", "Straße", True),
        ('"go"', "Go Developer", True),
        ('"go"', "Django Developer", False),
        ('"go"', "Django or Go", True),
        ('"go"', "Python/Go", True),
        ('"go"', "go_lang", False),
        ('"c++"', "C++ Developer", True),
        ('"über"', "Fahrer (über 18)", True),
        ("/^(senior|staff) .*engineer$/", "Staff Software Engineer", True),
        ("/^(senior|staff) .*engineer$/", "Software Engineer", False),
        ("/", "A/B", True),
        ("//", "A//B", True),
        ('""', 'A""', True),
        ("(", "Engineer (m/w/d)", True),
    ],
)
def test_a_term_keeps_a_title(term: str, title: str, kept: bool) -> None:  # noqa: FBT001 - a table's column
    assert keeps(title, [term]) is kept


@pytest.mark.parametrize(
    ("title", "include", "exclude", "kept", "term", "found"),
    [
        ("Senior Go Engineer", ["cook", "engineer"], ["intern"], True, "engineer", "Engineer"),
        ("Engineering Intern", ["engineer"], ["intern"], False, "intern", "Intern"),
        ("Cook", ["engineer"], [], False, None, None),
        ("Cook", [], ["intern"], True, None, None),
        ("Django or Go, 東京", ['"go"'], [], True, '"go"', "Go"),
        ("東京 Staff SRE II", ["/s(taff|r) +sre/"], [], True, "/s(taff|r) +sre/", "Staff SRE"),
        ("Große Straße 1", ["strasse"], [], True, "strasse", "Straße"),
        ("Maß Straßen", ["ß"], [], True, "ß", "ß"),
    ],
)
def test_a_verdict_names_the_term_and_where_it_is(
    title: str,
    include: list[str],
    exclude: list[str],
    kept: bool,  # noqa: FBT001
    term: str | None,
    found: str | None,
) -> None:
    filters = TitleFilters.of(include, exclude)
    verdict = filters.verdict(title)
    assert (verdict.kept, verdict.term) == (kept, term)
    assert (title[slice(*verdict.span)] if verdict.span else None) == found
    assert filters.keeps(title) is kept


def test_exclude_wins() -> None:
    assert not keeps("Engineer, Intern", ["engineer"], ["intern"])
    assert keeps("Engineer", ["cook", "engineer"], ["intern"])
    assert not keeps("Intern", [], ["intern"])


def test_terms_are_tidied_and_kept_in_order() -> None:
    filters = TitleFilters.of([" b ", "a", "", "  ", "b"], ["x"])
    assert (filters.include, filters.exclude) == (("b", "a"), ("x",))
    assert filters == TitleFilters(("b", "a"), ("x",))


@pytest.mark.parametrize("term", ["/(/", "/a{9999}/", "/(?=a)/"])
def test_a_bad_expression_is_named(term: str) -> None:
    with pytest.raises(InvalidInput, match="is not a regular expression") as raised:
        TitleFilters.of([term])
    assert term in str(raised.value)


def test_there_is_a_limit_to_terms() -> None:
    with pytest.raises(InvalidInput, match="At most 200"):
        TitleFilters.of([str(number) for number in range(MAX_TERMS + 1)])
    with pytest.raises(InvalidInput, match="At most 500"):
        TitleFilters.of(["x" * (MAX_TERM_CHARS + 1)])
    with pytest.raises(InvalidInput, match="Join some of them"):
        TitleFilters.of([f"/{number}/" for number in range(MAX_EXPRESSIONS + 1)])


@pytest.mark.parametrize("term", [r"/\pL{1000}/", r"/(((\pL{10}){10}){10})/", r"/(\x{1F600}|\pL){400}/"])
def test_an_expression_that_grows_too_large_is_refused(term: str) -> None:
    with pytest.raises(InvalidInput, match="too large"):
        TitleFilters.of([term])


def test_no_expression_can_hang() -> None:
    began = time.process_time()
    assert not keeps("a" * 20_000 + "!", ["/^(a+)+$/"])
    assert time.process_time() - began < 5  # backtracking would take for ever
