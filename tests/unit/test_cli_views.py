"""The three ways to show a run, on recorded consoles."""

import io
import json
from dataclasses import replace

import pytest
from cli_pictures import EVIL, Clock, company, log_line, outcome, picture
from rich.console import Console
from rich.text import Text

from jobwire.cli.bars import ASCII, draw
from jobwire.cli.exits import Exit
from jobwire.cli.failures import failure_text, is_failure
from jobwire.cli.json_view import JsonView
from jobwire.cli.live_view import LiveView
from jobwire.cli.outcome import Outcome, duration
from jobwire.cli.picture import Stage
from jobwire.cli.plain_view import PlainView
from jobwire.domain.history import LogLevel
from jobwire.domain.runs import RunStatus

ACME = company("acme", Stage.RUNNING, ready=10, skipped=10, error=5, pending=15)
GONE = company("gone", Stage.FAILED, reason="gone: there is no such board.")
IDLE = company("idle", Stage.WAITING)


def lines(text: Text) -> list[str]:
    return text.plain.split("\n")


def test_the_header_says_where_the_run_is() -> None:
    header = "Run 17  ingesting  25 / 40 jobs, 35 %, 5 failed, about 45 s left, 38/s, 12 s"
    assert lines(draw(picture(ACME), 100, 20))[0] == header
    slow = picture(ACME, rate=0.44, left_s=None)
    assert lines(draw(slow, 100, 20))[0] == "Run 17  ingesting  25 / 40 jobs, 35 %, 5 failed, 0.4/s, 12 s"
    assert lines(draw(replace(slow, rate=None), 100, 20))[0].endswith("5 failed, 12 s")


def test_a_run_that_no_worker_has_begun_with_has_no_time_yet() -> None:
    waiting = picture(status=RunStatus.PENDING, rate=None, left_s=None, elapsed_s=0.0)
    assert lines(draw(waiting, 100, 20))[0] == "Run 17  pending  waiting for a worker"


def test_while_boards_list_the_header_counts_boards() -> None:
    drawn = picture(ACME, IDLE, status=RunStatus.INITIALIZING, listed=1, percent=0)
    assert lines(draw(drawn, 100, 20))[0].startswith(
        "Run 17  initializing  1 / 2 boards listed, 25 / at least 40 jobs,"
    )


def test_bars_have_their_parts_in_proportion() -> None:
    line = lines(draw(picture(ACME), 100, 20, ASCII))[3]
    assert line.startswith("acme  ")
    assert [line.count(stroke) for stroke in ASCII] == [30, 7, 23]  # of 60: 20, 5 and 15 of 40 jobs, rounded down
    assert line.endswith("  25 / 40, 5 failed")


def test_parts_of_a_bar_are_told_by_colour() -> None:
    text = draw(picture(ACME), 100, 20)
    assert {str(span.style) for span in text.spans} >= {"green", "blue", "red", "bright_black"}


def test_a_failed_board_says_why_in_place_of_a_bar() -> None:
    assert "gone  gone: there is no such board." in lines(draw(picture(GONE), 100, 20))


def test_a_company_that_waits_says_for_what_in_place_of_a_bar() -> None:
    waiting = replace(ACME, waits="api.example asks to be left alone until 12:03:11 UTC.")
    assert "acme  api.example asks to be left alone until 12:03:11 UTC." in lines(draw(picture(waiting), 100, 20))


def test_with_more_companies_than_lines_the_running_and_failed_come_first() -> None:
    done = [company(f"done{index}", Stage.DONE, ready=1) for index in range(30)]
    shown = lines(draw(picture(*done, GONE, ACME), 80, 9))
    assert len(shown) == 9
    assert [line.split()[0] for line in shown[3:5]] == ["acme", "gone"]
    assert shown[-1] == "… and 27 more"


@pytest.mark.parametrize("width", [1, 10, 25, 40, 79, 200])
@pytest.mark.parametrize("height", [1, 3, 4, 50])
def test_a_picture_fits_the_terminal(width: int, height: int) -> None:
    wide = company("東京" * 40, Stage.RUNNING, ready=3, error=1, pending=9)
    text = draw(picture(ACME, GONE, IDLE, wide), width, height)
    assert len(lines(text)) <= height
    assert all(line.cell_len <= width for line in text.split("\n"))


def test_nothing_that_a_site_says_reaches_into_the_terminal() -> None:
    evil = company(EVIL, Stage.FAILED, reason=EVIL)
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=20, markup=False, record=False)
    with LiveView(console) as view:
        view.show(picture(evil, ACME))
        view.failure(log_line(EVIL, company=EVIL))
    view.end(outcome(evil, ACME))
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert not [harm for harm in ("\x1b[2J", "\x07", "\u202e") if harm in written]
    assert "[red]Evil Co x" in written


def test_the_live_view_leaves_the_failures_and_the_summary() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=20, markup=False)
    with LiveView(console) as view:
        view.show(picture(ACME))
        view.failure(log_line("HTTP 500"))
        view.note("The connection is back.")
    view.end(outcome(ACME, GONE))
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "acme 7: HTTP 500" in written
    assert "The connection is back." in written
    assert "Run 17 finished after 12 s: 10 new or changed, 10 unchanged, 0 expired, 5 failed, 15 left open" in written
    assert "http://127.0.0.1:8000/runs/17/summary" in written


def test_the_summary_says_of_an_aborted_run_what_was_left_open() -> None:
    unlisted, done = company("unlisted", Stage.STOPPED), company("done", Stage.DONE, ready=2)
    stopped = company("stopped", Stage.STOPPED, ready=1, pending=3, crawling=1)
    heading, *rows, said, _ = summary_lines(outcome(stopped, unlisted, done, status=RunStatus.ABORTED))
    assert heading.split()[-3:] == ["left", "open", "jobs"]
    assert [row.split()[1:] for row in rows[1:]] == [
        ["1", "·", "·", "·", "4", "5"],
        ["·", "·", "·", "·", "not", "listed", "0"],
        ["2", "·", "·", "·", "·", "2"],
    ]
    assert "4 left open of 7 jobs" in said
    assert lines(draw(picture(unlisted, status=RunStatus.ABORTED), 100, 20))[3].split() == ["unlisted", "stopped"]
    assert not [line for line in summary_lines(outcome(done)) if "left open" in line]


def summary_lines(ended: Outcome) -> list[str]:
    stream = io.StringIO()
    PlainView(stream, Clock()).end(ended)
    return [line.rstrip() for line in stream.getvalue().splitlines() if line.strip()]


def test_plain_lines_come_on_news_and_not_too_often() -> None:
    clock, stream = Clock(), io.StringIO()
    with PlainView(stream, clock, every_s=5) as view:
        view.show(picture(IDLE, status=RunStatus.PENDING, listed=0))
        view.show(picture(ACME))
        clock.now += 1
        view.show(picture(ACME, percent=40))
        clock.now += 5
        view.show(picture(ACME, percent=41))
        clock.now += 5
        view.show(picture(ACME, percent=41, elapsed_s=22.0))
        view.failure(log_line("HTTP 500"))
    assert stream.getvalue().splitlines() == [
        "Run 17 pending: waiting for a worker",
        "Run 17 ingesting: 25 / 40 jobs, 35 %, 5 failed, 12 s",
        "Run 17 ingesting: 25 / 40 jobs, 41 %, 5 failed, 12 s",
        "error: acme 7: HTTP 500",
    ]


def test_plain_lines_hold_no_escape_codes_even_when_colour_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    view = PlainView(stream, Clock())
    view.failure(log_line(EVIL, company=EVIL))
    view.end(outcome(company(EVIL, Stage.DONE, ready=1), GONE))
    assert not [char for char in stream.getvalue() if ord(char) < 32 and char != "\n"]
    assert "gone: there is no such board." in stream.getvalue()


def test_json_lines_are_ascii_and_end_with_the_result() -> None:
    clock, stream = Clock(), io.StringIO()
    view = JsonView(stream, clock, every_s=1)
    view.show(picture(ACME))
    view.show(picture(ACME, percent=36))
    clock.now += 1
    view.show(picture(ACME, percent=37))
    view.show(picture(ACME, percent=37))
    view.failure(log_line(EVIL))
    view.end(outcome(ACME, GONE, strict=True))
    assert stream.getvalue().replace("\n", "").isprintable()
    assert stream.getvalue().isascii()
    first, second, log, result = map(json.loads, stream.getvalue().splitlines())
    assert first == {
        "event": "progress",
        "run_id": 17,
        "status": "ingesting",
        "counts": {"error": 5, "pending": 15, "ready": 10, "skipped": 10},
        "total_jobs": 40,
        "done": 25,
        "percent": 35,
    }
    assert second["percent"] == 37
    assert (log["event"], log["level"], log["message"], log["at"]) == ("log", "error", EVIL, "2026-11-25T03:00:00Z")
    assert (result["event"], result["status"], result["exit_code"]) == ("result", "finished", 3)
    assert result["changed_jobs"] is None
    assert result["companies"]["gone"] == {"counts": {}, "total_jobs": 0, "reason": "gone: there is no such board."}


@pytest.mark.parametrize(
    ("status", "companies", "strict", "code"),
    [
        (RunStatus.FINISHED, (ACME,), False, Exit.OK),
        (RunStatus.FINISHED, (IDLE,), True, Exit.OK),
        (RunStatus.FINISHED, (ACME,), True, Exit.PARTLY_FAILED),
        (RunStatus.FINISHED, (GONE,), True, Exit.PARTLY_FAILED),
        (RunStatus.ERROR, (GONE,), True, Exit.RUN_FAILED),
        (RunStatus.ABORTED, (ACME,), True, Exit.ABORTED),
    ],
)
def test_the_exit_code_says_how_the_run_ended(
    status: RunStatus, companies: tuple[object, ...], *, strict: bool, code: Exit
) -> None:
    assert outcome(*companies, status=status, strict=strict).exit is code  # type: ignore[arg-type]


def test_the_runs_own_error_ends_the_sentence() -> None:
    failed = outcome(GONE, status=RunStatus.ERROR, reason="No company's board could be listed.")
    assert failed.sentence == (
        "Run 17 failed after 12 s: 0 new or changed, 0 unchanged, 0 expired, 0 failed of 0 jobs at 1 company; "
        "1 board failed. No company's board could be listed."
    )


def test_what_is_new_and_what_has_changed_are_told_apart_where_the_server_could_be_asked() -> None:
    stream = io.StringIO()
    PlainView(stream, Clock()).end(outcome(ACME, GONE, changed={"acme": 4, "gone": 0}))
    heading, _, gone, acme = stream.getvalue().splitlines()[1:5]
    assert heading.split()[:4] == ["company", "new", "changed", "unchanged"]
    assert gone.split()[:4] == ["gone", "·", "·", "·"]
    assert acme.split()[:4] == ["acme", "6", "4", "10"]
    assert "after 12 s: 6 new, 4 changed, 10 unchanged, 0 expired, 5 failed" in stream.getvalue()


def test_only_what_went_wrong_is_worth_a_line() -> None:
    assert [is_failure(log_line("", level=level)) for level in LogLevel] == [False, True, True]
    assert failure_text(log_line("acme 7 is gone.")) == "acme 7 is gone."
    assert failure_text(log_line("HTTP 500", company=None)) == "7: HTTP 500"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.9, "0 s"), (59, "59 s"), (125, "2 min 05 s"), (3723, "1 h 02 min"), (273_600, "3 d 4 h")]
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text
