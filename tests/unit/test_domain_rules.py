"""Statuses, names, errors: the small rules."""

import inspect
import re

import pytest

from jobwire.domain import errors
from jobwire.domain.companies import MAX_NAME_CHARS, BoardRef, check_company_name
from jobwire.domain.errors import InvalidInput, JobwireError, RunActive, RunEnded
from jobwire.domain.runs import CompanyStatus, JobStatus, RunStatus


def test_statuses_that_end() -> None:
    assert {status for status in RunStatus if status.is_terminal} == {"finished", "error", "aborted"}
    assert {status for status in JobStatus if status.is_terminal} == {"ready", "skipped", "expired", "error"}
    assert {status for status in CompanyStatus if status.is_settled} == {"done", "error"}
    assert {status for status in RunStatus if not status.is_listed} == {"pending", "initializing"}


@pytest.mark.parametrize("name", ["stripe", " Größe ", "株式会社", "a" * MAX_NAME_CHARS, "a\tb"])
def test_a_name_is_kept_as_it_is(name: str) -> None:
    assert check_company_name(name) == name


@pytest.mark.parametrize("name", ["", "  ", "a" * (MAX_NAME_CHARS + 1), "a\nb", "a\rb", "a\0b", "a\ud800"])
def test_a_name_that_cannot_be_kept(name: str) -> None:
    with pytest.raises(InvalidInput):
        check_company_name(name)


def test_a_board_is_written_as_people_write_it() -> None:
    assert str(BoardRef("greenhouse", "stripe")) == "greenhouse:stripe"


def test_an_error_says_what_happened_and_what_to_do() -> None:
    assert str(RunActive(17)) == "Run 17 is still active. Watch it, or abort it first."
    assert RunActive(17).run_id == RunEnded(17).run_id == 17
    assert str(InvalidInput("It is wrong.")) == "It is wrong."
    assert str(InvalidInput("It is wrong.", advice="Right it.")) == "It is wrong. Right it."
    assert str(RunEnded(17)) == "Run 17 has ended. Start a new run."


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or "")) | {"JobwireError"}
    there = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, JobwireError) and kind.__module__ == errors.__name__
    }
    assert drawn == there
