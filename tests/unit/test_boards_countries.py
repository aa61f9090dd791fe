"""Countries by code and by name, in the languages that postings state them in; what may be several is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.boards import countries
from jobwire.boards.countries import country
from jobwire.boards.terms import country_code


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("de", "DE"),
        (" US ", "US"),
        ("UK", "GB"),
        ("USA", "US"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("germany.", "DE"),
        ("Deutschland", "DE"),
        ("Alemania", "DE"),
        ("Allemagne", "DE"),
        ("Niemcy", "DE"),
        ("\u30c9\u30a4\u30c4", "DE"),
        ("\ub3c5\uc77c", "DE"),
        ("Espana", "ES"),
        ("The  Netherlands", "NL"),
        ("United States of America", "US"),
        ("U.S.A.", "US"),
        ("C\u00f4te d\u2019Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Hong Kong", "HK"),
        ("Turkey", "TR"),
        ("T\u00fcrkiye", "TR"),
        ("Georgia", "GE"),
    ],
)
def test_what_states_one_country(stated: str, code: str) -> None:
    assert country(stated) == code


@pytest.mark.parametrize(
    "stated",
    [
        *(None, "", " ", "1a", "ZZ", "EU", "EN", "XYZ", "usd", "SUN", "Congo", "Kongo", "Korea"),
        *("Europe", "Remote", "Berlin", "Berlin, Germany", "Germany or Austria", "x" * 1_000_000),
    ],
)
def test_what_does_not(stated: str | None) -> None:
    assert country(stated) is None


def test_the_first_that_is_understood_counts() -> None:
    assert country_code(None, "Nowhere", "France", "DE") == "FR"
    assert country_code() is None


def test_no_name_of_ours_contradicts_the_library() -> None:
    """Each of ours stands for the one country that it is listed under: it would be dropped else."""
    assert {name: country(name) for names in countries._ALSO.values() for name in names} == {
        name: code for code, names in countries._ALSO.items() for name in names
    }


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    code = country(text)
    assert code is None or (len(code) == 2 and code.isalpha() and code.isupper())
