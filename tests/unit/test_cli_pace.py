"""How fast a run goes and how long it will take: the numbers are those of the page's own test (`pace.test.ts`)."""

import pytest

from jobwire.cli.pace import Part, Sample, rate_of, roughly, seconds_left


def sample(at: float, begun_at: float = 0, /, **companies: tuple[int, int]) -> Sample:
    """Each company on a host of its own, unless its name says otherwise: "a_host"."""
    parts = {
        name: Part(host=name.partition("_")[2] or name, done=done, total=total, begun_at=begun_at, begun_done=0)
        for name, (done, total) in companies.items()
    }
    return Sample(at, sum(part.done for part in parts.values()), parts)


def test_there_is_a_rate_only_when_there_is_something_to_go_by() -> None:
    assert rate_of([]) is None
    assert rate_of([sample(0, a=(0, 9)), sample(1, a=(5, 9))]) is None
    assert rate_of([sample(0, a=(0, 99)), sample(5, a=(50, 99))]) == 10


def test_the_slowest_host_counts_and_not_the_mean_of_all() -> None:
    samples = [sample(0, quick=(0, 500), slow=(0, 100)), sample(10, quick=(480, 500), slow=(10, 100))]
    assert seconds_left(samples, 600, 10) == 90


def test_companies_at_one_host_are_taken_together() -> None:
    samples = [sample(0, a_host=(0, 60), b_host=(0, 150)), sample(10, a_host=(50, 60), b_host=(50, 150))]
    assert seconds_left(samples, 210, 10) == 11


def test_that_a_host_is_asked_slower_is_not_taken_for_lasting() -> None:
    assert seconds_left([sample(0, -30, a=(195, 300)), sample(10, -30, a=(200, 300))], 300, 40) == 20


def test_a_company_is_measured_from_when_it_began_and_not_before_there_is_something_to_go_by() -> None:
    def samples(at: float, done: int) -> list[Sample]:
        return [
            sample(0, quick=(0, 500)),
            sample(7, 7, quick=(300, 500), slow=(0, 100)),
            sample(at, 7, quick=(480, 500), slow=(done, 100)),
        ]

    early = seconds_left(samples(8, 1), 600, 10)
    assert early is not None
    assert early < 3
    assert seconds_left(samples(12, 50), 600, 12) == 5


def test_nothing_is_said_too_early_and_nothing_at_the_end() -> None:
    assert seconds_left([sample(0, a=(0, 1000)), sample(4, a=(20, 1000))], 1000, 60) is None
    more = [sample(0, a=(0, 1000)), sample(4, a=(40, 1000))]
    assert seconds_left(more, 1000, 4) is None
    assert seconds_left(more, 1000, 6) == 96
    assert seconds_left([sample(0, a=(0, 9)), sample(9, a=(9, 9))], 9, 9) is None


def test_a_retry_takes_back_what_was_done_and_that_is_no_speed() -> None:
    samples = [sample(0, a=(50, 100)), sample(5, a=(40, 100))]
    assert rate_of(samples) == 0
    assert seconds_left(samples, 100, 9) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.001, "5 s"), (12, "15 s"), (58, "1 min"), (61, "2 min"), (601, "11 min"), (4600, "1 h 20 min")],
)
def test_times_are_rough(seconds: float, said: str) -> None:
    assert roughly(seconds) == said
