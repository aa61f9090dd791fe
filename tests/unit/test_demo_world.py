"""The made-up world: the same for the same options, and honest about what changed."""

from collections import Counter
from dataclasses import replace

import pytest

from jobwire.demo.companies import make_companies
from jobwire.demo.options import SHOW, SYSTEMS, DemoOptions, Faults
from jobwire.demo.world import World
from jobwire.domain.companies import check_company_name

BUSY = DemoOptions(companies=8, postings=800, churn=0.3)


def everything(world: World):
    return [(posting, posting.write()) for company in world.companies for posting in world.postings(company)]


def test_the_same_options_make_the_same_world() -> None:
    first, second = World(BUSY), World(BUSY)
    assert first.companies == second.companies
    for _ in range(3):
        assert everything(first) == everything(second)
        first.advance()
        second.advance()


def test_another_seed_makes_another_world() -> None:
    first, second = World(BUSY), World(replace(BUSY, seed=2))
    assert {company.name for company in first.companies} != {company.name for company in second.companies}


def test_reaching_a_generation_step_by_step_or_at_once_is_the_same() -> None:
    stepped, jumped = World(BUSY), World(BUSY)
    for _ in range(4):
        stepped.advance()
        for company in stepped.companies:
            stepped.roster(company)
    for _ in range(4):
        jumped.advance()
    for company in stepped.companies:
        assert stepped.roster(company) == jumped.roster(company) == jumped.roster_at(company, 4)


@pytest.mark.parametrize(("companies", "postings"), [(1, 0), (1, 1), (5, 3), (12, 600), (97, 1234), (1000, 100_000)])
def test_boards_hold_exactly_the_postings_that_were_asked_for(companies: int, postings: int) -> None:
    world = World(DemoOptions(companies=companies, postings=postings))
    assert len(world.companies) == companies
    assert sum(len(world.roster(company).entries) for company in world.companies) == postings


def test_sizes_are_skewed_as_real_boards_are() -> None:
    sizes = sorted(company.size for company in make_companies(DemoOptions(companies=1000, postings=100_000)))
    assert sizes[500] < 70
    assert sizes[-1] > 800


def test_no_two_of_a_large_world_share_a_name_a_board_or_an_id() -> None:
    world = World(DemoOptions(companies=3000, postings=30_000))
    assert len({company.name for company in world.companies}) == 3000
    assert len({company.slug.casefold() for company in world.companies}) == 3000
    ids = [key for company in world.companies for key in world.roster(company).entries]
    assert len(set(ids)) == 30_000
    assert set(Counter(company.system for company in world.companies).values()) == {750}
    for company in world.companies:
        assert company.slug.isascii()
        assert company.slug.isalnum()
        check_company_name(company.name)
        assert "=" not in company.name


def test_a_generation_adds_changes_and_removes_what_it_says() -> None:
    world = World(BUSY)
    totals = Counter[str]()
    for _ in range(5):
        before = {c.slug: {p.external_id: p for p in world.postings(c)} for c in world.companies}
        world.advance()
        for company in world.companies:
            old, new = before[company.slug], {p.external_id: p for p in world.postings(company)}
            changes = world.last_changes(company)
            assert changes.new == new.keys() - old.keys()
            assert changes.gone == old.keys() - new.keys()
            assert changes.changed == {key for key in new.keys() & old.keys() if new[key] != old[key]}
            for key in changes.changed:
                assert new[key].write().duties != old[key].write().duties
                assert new[key].changed_at > old[key].changed_at
            totals += Counter(new=len(changes.new), changed=len(changes.changed), gone=len(changes.gone))
    # A third of 0.3 of 800 postings, five times.
    assert all(320 <= total <= 480 for total in totals.values()), totals


def test_an_id_that_has_gone_never_comes_back_as_another_posting() -> None:
    world = World(DemoOptions(companies=2, postings=40, churn=1))
    seen: set[str] = {key for company in world.companies for key in world.roster(company).entries}
    for _ in range(30):
        world.advance()
        for company in world.companies:
            new = world.last_changes(company).new
            assert not new & seen
            seen |= new


def test_no_generation_takes_more_than_a_quarter_of_a_board() -> None:
    world = World(DemoOptions(companies=20, postings=200, churn=1))
    for _ in range(10):
        before = {company.slug: len(world.roster(company).entries) for company in world.companies}
        world.advance()
        for company in world.companies:
            assert len(world.last_changes(company).gone) <= before[company.slug] / 4


def test_without_churn_nothing_moves() -> None:
    world = World(replace(BUSY, churn=0))
    before = everything(world)
    world.advance()
    assert everything(world) == before


def test_one_board_moves_on_by_itself() -> None:
    world = World(BUSY)
    one, other = world.companies[:2]
    assert world.advance_board(one) == 1
    assert (world.generation_of(one), world.generation_of(other), world.generation) == (1, 0, 0)
    world.advance()
    assert (world.generation_of(one), world.generation_of(other), world.generation) == (2, 1, 1)


def test_what_is_odd_stays_odd() -> None:
    world = World(replace(SHOW, churn=1))
    assert world.untitled is not None
    assert world.missing_detail is not None
    untitled, missing = world.postings(world.untitled)[0], world.postings(world.missing_detail)[0]
    for _ in range(10):
        world.advance()
        assert world.posting(world.untitled, untitled.external_id) == untitled
        assert world.posting(world.missing_detail, missing.external_id) == missing
    assert untitled.title == ""
    assert not world.opens(world.missing_detail, missing)
    titles = [posting.title for company in world.companies for posting in world.postings(company)]
    assert titles.count("") == 1


def test_a_quiet_world_has_nothing_odd() -> None:
    world = World(DemoOptions())
    assert world.untitled is world.missing_detail is None
    assert all(posting.title for company in world.companies for posting in world.postings(company))


def test_a_board_is_found_by_its_system_alone() -> None:
    world = World(DemoOptions())
    for company in world.companies:
        for system in SYSTEMS:
            assert world.company(system, company.slug) is (company if system == company.system else None)
        assert (world.company(company.system, company.slug.upper()) is None) == (company.system == "lever")


@pytest.mark.parametrize(
    "wrong", [{"companies": 0}, {"postings": -1}, {"churn": 1.1}, {"latency": -1}, {"churn_after": -1}]
)
def test_options_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DemoOptions(**wrong)  # pyright: ignore[reportArgumentType]


def test_rates_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="busy"):
        Faults(busy=2)
