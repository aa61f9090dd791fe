"""The client's states, with time and connections by hand (docs/reference/protocol.md)."""

from collections.abc import Sequence

import msgspec
import pytest

from jobwire.client.machine import Machine
from jobwire.client.sse import Event
from jobwire.client.states import Close, Open, Patience, Signal, State
from jobwire.domain.errors import NotFound, Unavailable
from jobwire.domain.progress import JobKey, RunView
from jobwire.domain.runs import JobStatus, RunStatus

STATUS = Event("status", "ingesting")
ALL = Event("all_jobs", '{"acme": [{"external_id": "1", "title": "A", "status": "pending"}]}', "3.100")
FINISHED = Event("status", "finished", "9.100")


def update(version: int, status: str = "ready") -> Event:
    return Event("update", f'{{"acme": {{"1": "{status}"}}}}', f"{version}.100")


def beat(view: RunView, version: int, *, digest: str | None = None) -> Event:
    said = {"at": 1, "version": version, "jobs": len(view.jobs), "digest": digest or view.digest()}
    return Event("beat", msgspec.json.encode(said).decode())


def rotate(reason: str = "lifetime") -> Event:
    return Event("rotate", f'{{"in_ms": 2000, "reason": "{reason}"}}')


class Hands:
    """A machine, and what it did."""

    def __init__(self, view: RunView | None = None) -> None:
        self.now = 100.0
        self.view = view or RunView()
        self.signals: list[Signal] = []
        self.machine = Machine(
            self.view, self.signals.append, uniform=lambda _low, high: high, patience=Patience(), now=self.now
        )

    @classmethod
    def live(cls) -> "Hands":
        hands = cls()
        hands.machine.tick(hands.now)
        hands.hear(1, STATUS, ALL)
        hands.did()
        hands.signals.clear()
        return hands

    def did(self) -> Sequence[Open | Close]:
        commands, self.machine.commands = self.machine.commands, []
        return commands

    def hear(self, line: int, *events: Event) -> None:
        for event in events:
            self.machine.heard(line, event, self.now)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.machine.tick(self.now)

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def job(self) -> JobStatus:
        return self.view.jobs[JobKey("acme", "1")].status

    @property
    def news(self) -> list[Signal]:
        return [signal for signal in self.signals if signal is not Signal.CHANGED]


def test_it_connects_is_live_at_the_first_event_and_ends_with_the_run() -> None:
    hands = Hands()
    assert hands.machine.deadline == hands.now
    hands.pass_time(0)
    assert hands.state is State.CONNECTING
    assert hands.did() == [Open(1, "")]
    hands.hear(1, STATUS)
    assert hands.state is State.LIVE
    assert hands.view.status is None  # a group counts as a whole
    hands.hear(1, ALL)
    assert hands.view.status is RunStatus.INGESTING
    hands.hear(1, FINISHED)
    assert hands.state is State.ENDED
    assert hands.did() == [Close(1)]
    assert hands.machine.deadline == float("inf")


def test_a_view_that_has_come_somewhere_goes_on_from_there_and_one_at_the_end_is_done() -> None:
    hands = Hands(RunView(cursor="7.100"))
    hands.pass_time(0)
    assert hands.did() == [Open(1, "7.100")]
    assert Hands(RunView(status=RunStatus.ABORTED)).state is State.ENDED


def test_failures_are_followed_by_longer_and_longer_pauses() -> None:
    hands = Hands()
    pauses = []
    for line in range(1, 9):
        hands.pass_time(hands.machine.deadline - hands.now)
        hands.machine.broken(line, hands.now)
        assert hands.state is State.WAITING
        pauses.append(hands.machine.deadline - hands.now)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert hands.news == [Signal.LOST]
    hands.pass_time(30)
    hands.hear(9, STATUS, ALL)
    assert hands.news == [Signal.LOST, Signal.BACK]
    hands.machine.broken(9, hands.now)
    assert hands.machine.deadline - hands.now == 1


def test_an_orderly_end_is_followed_by_the_pause_that_the_server_asks_for() -> None:
    hands = Hands.live()
    hands.machine.asked(1, 20)
    hands.machine.closed(1, hands.now)
    assert hands.machine.deadline - hands.now == pytest.approx(0.02)
    assert hands.news == []
    hands.pass_time(0.02)
    assert hands.did() == [Close(1), Open(2, "3.100")]


def test_a_server_that_shows_nothing_is_lost_but_asked_again_when_it_says() -> None:
    hands = Hands.live()
    hands.machine.closed(1, hands.now)
    hands.pass_time(60)
    hands.machine.asked(2, 9_000)
    hands.machine.closed(2, hands.now)
    assert hands.news == [Signal.LOST]
    assert hands.machine.deadline - hands.now == pytest.approx(9)


def test_what_a_server_may_ask_for_is_bounded() -> None:
    hands = Hands.live()
    hands.machine.asked(1, 999_999_999)
    hands.machine.closed(1, hands.now)
    assert hands.machine.deadline - hands.now == 60


def test_a_connection_without_an_event_for_25_s_is_dead() -> None:
    hands = Hands.live()
    hands.pass_time(24)
    hands.hear(1, update(4))
    hands.pass_time(24.9)
    assert hands.state is State.LIVE
    hands.pass_time(0.2)
    assert hands.state is State.WAITING
    assert hands.did() == [Close(1)]
    assert hands.news == [Signal.LOST]


def test_ten_minutes_without_an_event_are_enough() -> None:
    hands = Hands.live()
    while not hands.state.is_over:
        hands.pass_time(hands.machine.deadline - hands.now)
    assert hands.state is State.REFUSED
    assert isinstance(hands.machine.refusal, Unavailable)
    assert 600 < hands.now - 100 < 660


def test_what_comes_on_a_connection_that_was_closed_is_not_heard() -> None:
    hands = Hands.live()
    hands.machine.broken(1, hands.now)
    hands.hear(1, update(4))
    hands.machine.closed(1, hands.now)
    hands.machine.denied(1, NotFound(""), hands.now)
    hands.machine.missed(1, hands.now)
    assert (hands.state, hands.job, hands.view.cursor) == (State.WAITING, JobStatus.PENDING, "3.100")


def test_a_group_that_is_cut_leaves_no_trace() -> None:
    hands = Hands.live()
    hands.hear(1, Event("update", '{"acme": {"1": "ready"}}'), Event("companies", "{}"))
    hands.machine.broken(1, hands.now)
    assert hands.job is JobStatus.PENDING
    assert hands.view.cursor == "3.100"


def test_the_pieces_of_a_snapshot_are_shown_as_they_come_and_a_cut_among_them_begins_anew() -> None:
    hands = Hands.live()
    hands.hear(1, STATUS, Event("all_jobs", ALL.data, "0"), Event("added", ALL.data.replace('"1"', '"2"')))
    assert len(hands.view.jobs) == 2
    hands.machine.broken(1, hands.now)
    hands.pass_time(60)
    assert hands.did()[-1] == Open(2, "")


# Rotation


def test_a_rotation_makes_before_it_breaks() -> None:
    hands = Hands.live()
    hands.hear(1, rotate())
    assert hands.state is State.ROTATING
    assert hands.did() == [Open(2, "3.100")]
    hands.hear(1, update(4, "crawling"))
    assert hands.job is JobStatus.CRAWLING
    hands.hear(2, update(5))
    assert (hands.state, hands.job) == (State.LIVE, JobStatus.READY)
    assert hands.did() == [Close(1)]
    hands.hear(1, update(6, "error"))
    assert hands.job is JobStatus.READY
    assert hands.news == []


def test_a_rotation_for_the_token_wants_a_fresh_ticket() -> None:
    hands = Hands.live()
    hands.hear(1, rotate("token"), rotate("token"))
    assert hands.did() == [Open(2, "3.100", fresh=True)]


def test_a_process_that_is_going_has_nowhere_to_go_to() -> None:
    hands = Hands.live()
    hands.hear(1, rotate("shutdown"))
    assert hands.state is State.LIVE
    assert hands.did() == []


def test_a_next_connection_that_is_behind_takes_nothing_back_and_takes_over_when_it_has_caught_up() -> None:
    """It leads to another machine, which has read the run a moment ago."""
    hands = Hands.live()
    hands.hear(1, rotate(), update(6, "ready"))
    hands.did()
    hands.hear(2, Event("update", '{"acme": {"1": "crawling"}}'), Event("companies", "{}", "5.100"))
    assert hands.job is JobStatus.READY
    hands.hear(2, beat(RunView(), 5))
    assert (hands.state, hands.did()) == (State.ROTATING, [])
    hands.hear(2, update(6, "ready"))
    assert (hands.state, hands.did()) == (State.LIVE, [Close(1)])
    assert hands.view.cursor == "6.100"


def test_what_brings_everything_is_never_behind() -> None:
    """The server may have had a reason: a database that was restored is at an earlier version."""
    hands = Hands.live()
    hands.hear(1, rotate(), update(6, "ready"))
    hands.hear(2, STATUS, ALL)
    assert (hands.state, hands.job, hands.view.cursor) == (State.LIVE, JobStatus.PENDING, "3.100")


def test_an_old_connection_that_goes_first_leaves_the_next_one_connecting() -> None:
    hands = Hands.live()
    hands.hear(1, rotate())
    hands.machine.closed(1, hands.now)
    assert hands.state is State.CONNECTING
    hands.hear(2, update(4))
    assert (hands.state, hands.job) == (State.LIVE, JobStatus.READY)
    assert hands.news == []


def test_a_next_connection_that_fails_leaves_the_old_one_as_it_is() -> None:
    hands = Hands.live()
    hands.hear(1, rotate())
    hands.machine.broken(2, hands.now)
    assert hands.state is State.LIVE
    hands.hear(1, update(4))
    assert hands.job is JobStatus.READY
    hands.machine.closed(1, hands.now)
    assert hands.state is State.WAITING


def test_a_run_that_ends_while_it_rotates_closes_both() -> None:
    hands = Hands.live()
    hands.hear(1, rotate())
    hands.did()
    hands.hear(1, FINISHED)
    assert hands.state is State.ENDED
    assert hands.did() == [Close(1), Close(2)]


# Beats


def test_a_view_that_is_wrong_asks_for_everything_once() -> None:
    hands = Hands.live()
    hands.hear(1, beat(hands.view, 3, digest="00000001"))
    assert (hands.state, hands.news) == (State.CONNECTING, [Signal.ASTRAY])
    assert hands.did() == [Close(1), Open(2, "")]
    hands.hear(2, STATUS, ALL, beat(hands.view, 3, digest="00000001"))
    assert (hands.state, hands.did()) == (State.LIVE, [])
    assert hands.news == [Signal.ASTRAY]


def test_it_heals_again_once_a_beat_has_agreed() -> None:
    hands = Hands.live()
    hands.hear(1, beat(hands.view, 3, digest="00000001"))
    hands.hear(2, STATUS, ALL)
    hands.hear(2, beat(hands.view, 3))
    hands.hear(2, beat(hands.view, 3, digest="00000001"))
    assert hands.news == [Signal.ASTRAY, Signal.ASTRAY]


def test_the_last_beat_is_heard_before_its_groups_cursor_and_nothing_after_it_counts_when_it_disagrees() -> None:
    hands = Hands.live()
    hands.hear(1, Event("update", '{"acme": {"1": "ready"}}'), beat(hands.view, 9, digest="00000001"), FINISHED)
    assert hands.state is State.CONNECTING
    assert hands.view.status is RunStatus.INGESTING
    hands.hear(2, STATUS, ALL, FINISHED)
    assert hands.state is State.ENDED


def test_a_beat_from_before_the_cursor_says_nothing() -> None:
    hands = Hands.live()
    hands.hear(1, update(6), beat(RunView(), 5))
    assert hands.state is State.LIVE
    assert hands.news == []
    hands.hear(1, beat(RunView(), 7))  # what no event shows moves the version, too
    assert hands.news == [Signal.ASTRAY]


@pytest.mark.parametrize("event", [Event("update", "{", "4.1"), Event("beat", "{}"), Event("rotate", "[]")])
def test_nonsense_heals_once_and_then_is_refused(event: Event) -> None:
    hands = Hands.live()
    hands.hear(1, event)
    assert (hands.state, hands.did()) == (State.CONNECTING, [Close(1), Open(2, "")])
    hands.hear(2, STATUS, ALL, event)
    assert hands.state is State.REFUSED
    assert "cannot be understood" in str(hands.machine.refusal)


def test_events_that_nobody_knows_are_left_out() -> None:
    hands = Hands.live()
    hands.hear(1, Event("novelty", "?"), Event("novelty", "?", "4.100"))
    assert (hands.state, hands.view.cursor, hands.job) == (State.LIVE, "4.100", JobStatus.PENDING)


def test_204_before_the_end_asks_for_everything() -> None:
    hands = Hands.live()
    hands.machine.closed(1, hands.now)
    hands.pass_time(60)
    hands.machine.missed(2, hands.now)
    assert hands.state is State.WAITING
    hands.pass_time(60)
    assert hands.did()[-1] == Open(3, "")
