"""What made-up postings say, and how it is put into markup."""

import re
from html import unescape
from statistics import median

import pytest

from jobwire.demo.bodies import Section
from jobwire.demo.dice import Dice, weighted
from jobwire.demo.markup import BOXED, CLASSIC, NESTED, ROOMY, Style, html, plain
from jobwire.demo.options import DemoOptions
from jobwire.demo.places import PLACES
from jobwire.demo.words import LANGUAGES, register, words
from jobwire.demo.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World(DemoOptions(companies=24, postings=1200))


def test_every_trade_hires_for_lines_of_work_that_exist() -> None:
    for trade in register().trades:
        assert trade.fields.keys() <= words("en").fields.keys()


def test_featured_companies_have_a_trade_and_a_home() -> None:
    trades, homes = {trade.label for trade in register().trades}, {place.city for place in PLACES}
    for one in register().featured:
        assert one.trade in trades
        assert one.home in homes


def test_every_place_speaks_a_language_that_has_words() -> None:
    assert {place.language for place in PLACES} == set(LANGUAGES)


def test_descriptions_are_as_long_as_real_ones(world: World) -> None:
    lengths = [len(html(CLASSIC, *p.write().sections).encode()) for c in world.companies for p in world.postings(c)]
    assert 3_000 < median(lengths) < 5_000
    assert min(lengths) > 1_500


def test_no_slot_stays_unfilled(world: World) -> None:
    for company in world.companies:
        for posting in world.postings(company):
            text = posting.title + plain(*posting.write().sections)
            assert "{" not in text
            assert "  Senior" not in text


def test_titles_and_texts_vary_in_language_and_script(world: World) -> None:
    postings = [posting for company in world.companies for posting in world.postings(company)]
    assert {posting.common.language for posting in postings} == set(LANGUAGES)
    everything = "".join(plain(*posting.write().sections) for posting in postings)
    for expected in ("ü", "é", "雲" if "雲" in everything else "開", "🎂", "&", "<"):
        assert expected in everything
    assert len({posting.title for posting in postings}) > 300


def test_salaries_are_ranges(world: World) -> None:
    salaries = [p.salary for c in world.companies for p in world.postings(c) if p.salary]
    assert salaries
    for salary in salaries:
        assert salary.minimum is not None
        assert salary.maximum is not None
        assert 0 < salary.minimum < salary.maximum


@pytest.mark.parametrize("style", [CLASSIC, ROOMY, BOXED, NESTED])
def test_markup_keeps_every_word(style: Style) -> None:
    section = Section("A & B", ("1 < 2",), ("Safety: stop & think", "we argue: openly", "R&D <lab>"))
    text = unescape(re.sub(r"<[^>]+>", "", html(style, section)))
    for line in ("A & B", "1 < 2", "Safety: stop & think", "we argue: openly", "R&D <lab>"):
        assert line in text
    assert "<strong>Safety:</strong>" in html(style, section)
    assert "<strong>we argue" not in html(style, section)


def test_plain_text_has_headings_paragraphs_and_bullets() -> None:
    assert plain(Section("Who", ("We.",)), Section("What", bullets=("a", "b"))) == "WHO\n\nWe.\n\nWHAT\n\n  • a\n  • b"


def test_a_window_has_no_doubles_and_moves_with_its_shift() -> None:
    things = tuple(range(9))
    for seed in range(50):
        first = Dice(f"{seed}").window(things, 5)
        second = Dice(f"{seed}").window(things, 5, 1)
        assert len(set(first)) == 5
        assert first[1:] == second[:4]
        assert second[4] not in first
        assert sorted(Dice(f"{seed}").window(things, 20)) == list(things)


def test_dice_stay_within_their_bounds() -> None:
    dice = Dice("bounds")
    assert {dice.between(2, 4) for _ in range(100)} == {2, 3, 4}
    assert {dice.pick("ab") for _ in range(50)} == {"a", "b"}
    assert sorted(dice.several(range(5), 9)) == [0, 1, 2, 3, 4]
    assert len(set(dice.several(range(100), 30))) == 30
    assert {dice.around(1.5) for _ in range(50)} == {1, 2}
    assert weighted({"a": 2, "b": 1}) == ("a", "a", "b")
