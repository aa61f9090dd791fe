"""What the command line refuses before anything is started, and what the reference says of it."""

import re
import sys
from pathlib import Path

import pytest

from jobwire import __version__
from jobwire.cli import main as command
from jobwire.cli.exits import Exit, exit_of_error
from jobwire.cli.ports import check_port, port_error
from jobwire.cli.server import own_url, target
from jobwire.domain.errors import (
    Conflict,
    InvalidInput,
    JobwireError,
    NotFound,
    NotSignedIn,
    RunActive,
    Unavailable,
    UnknownBoard,
)
from jobwire.settings import Settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def called(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["jobwire", *words])
    with pytest.raises(SystemExit) as end:
        command.main()
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dance"], "No such command"),
        (["watch"], "RUN"),
        (["retry"], "RUN"),
        (["unfollow"], "COMPANY"),
        (["watch", "0"], "RUN"),
        (["watch", "seventeen"], "RUN"),
        (["serve", "--port", "70000"], """'--port': "70000" is not a whole number from 0 to 65535."""),
        (["serve", "--port", "abc"], '"abc" is not a whole number from 0 to 65535.'),
        (["token", "--ttl", "0"], """'--ttl': "0" is not a whole number from 1"""),
        (["demo", "--companies", "0"], '"0" is not a whole number from 1 to 20000.'),
        (["demo", "--latency", "long"], '"long" is not a number.'),
        (["demo", "--busy", "2"], "a rate lies between 0 and 1"),
    ],
)
def test_bad_words_are_told_on_stderr_with_exit_code_2(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, *words) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert told in err
    assert "Traceback" not in err
    assert out == ""


def test_the_version_is_the_packages(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert called(monkeypatch, "--version") == Exit.OK
    assert capsys.readouterr().out == f"jobwire {__version__}\n"


@pytest.mark.parametrize(
    "word", ["serve", "worker", "ingest", "watch", "retry", "companies", "unfollow", "token", "extract", "demo"]
)
def test_each_command_explains_itself_with_an_example_and_is_in_the_reference(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, word, "--help") == Exit.OK
    shown = capsys.readouterr().out
    assert "Example" in shown
    assert f"jobwire {word}" in REFERENCE.read_text()
    options = set(re.findall(r"--(?!no-)[a-z-]+[a-z]", shown)) - {"--help"}
    assert [option for option in options if f"`{option}" not in REFERENCE.read_text()] == []


def test_a_mistake_of_ours_is_told_apart(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(command, "app", break_down)
    assert called(monkeypatch) == Exit.BUG
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("code", list(Exit))
def test_the_reference_names_every_exit_code(code: Exit) -> None:
    assert f"| {code:d} |" in REFERENCE.read_text()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("x"), Exit.BAD_INPUT),
        (UnknownBoard("x"), Exit.BAD_INPUT),
        (NotFound("x"), Exit.BAD_INPUT),
        (NotSignedIn("x"), Exit.BAD_INPUT),
        (Conflict("x"), Exit.BAD_INPUT),
        (RunActive(17), Exit.UNAVAILABLE),
        (Unavailable("x"), Exit.UNAVAILABLE),
    ],
)
def test_expected_errors_have_their_codes(error: JobwireError, code: Exit) -> None:
    assert exit_of_error(error) is code


def test_the_server_is_the_one_that_is_named_first() -> None:
    settings = Settings(host="0.0.0.0", port=8123)
    assert target(settings, None, {}).url == "http://127.0.0.1:8123"
    assert target(settings, None, {"JOBWIRE_URL": "https://jobs.example/"}).url == "https://jobs.example"
    named = target(settings, "http://other:1", {"JOBWIRE_URL": "https://jobs.example", "JOBWIRE_TOKEN": "abc"})
    assert (named.url, named.given, named.token) == ("http://other:1", True, "abc")
    assert own_url(Settings(host="::1", port=9)) == "http://[::1]:9"


def test_a_server_or_token_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="--url"):
        target(Settings(port=0), None, {})
    with pytest.raises(InvalidInput, match="JOBWIRE_TOKEN"):
        target(Settings(), None, {"JOBWIRE_TOKEN": "two words\n"})


def test_a_host_that_is_not_here_is_bad_input() -> None:
    with pytest.raises(InvalidInput, match=r"Nothing can listen on 192\.0\.2\.1"):
        check_port("192.0.2.1", 0)
    assert isinstance(port_error("127.0.0.1", 80, PermissionError(13, "Permission denied")), InvalidInput)
