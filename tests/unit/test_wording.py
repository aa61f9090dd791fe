"""What messages say is to be done: the request over HTTP, a command in the terminal, what the page has on the page."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from jobwire.boards.directory import parse_company
from jobwire.cli.wording import COMMANDS, in_commands
from jobwire.domain.errors import UnknownBoard

ROOT: Final = Path(__file__).parents[2]
REQUEST: Final = re.compile(r"`([A-Z]+ /api/[^`]*)`")
COMMAND: Final = re.compile(r"`jobwire (\w+)")


def texts(path: Path) -> list[str]:
    """The strings of a module, without its docstrings."""
    tree = ast.parse(path.read_text())
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


def named(pattern: re.Pattern[str], *parts: str) -> set[str]:
    modules = [path for part in parts for path in (ROOT / "src/jobwire" / part).rglob("*.py")]
    return {found for module in modules for text in texts(module) for found in pattern.findall(text)}


def test_every_request_that_a_message_names_has_a_command_and_a_place_on_the_page() -> None:
    on_the_page = re.findall(r"^  '([A-Z]+ /api/.*?)':", (ROOT / "web/src/lib/wording.ts").read_text(), re.MULTILINE)
    assert named(REQUEST, "") == set(COMMANDS) == set(on_the_page)


def test_messages_from_below_name_a_command_only_where_the_page_can_do_nothing() -> None:
    below = "api", "boards", "domain", "ingest", "storage"
    assert named(COMMAND, *below) == {"worker", "token", "companies"}


def test_a_terminal_is_told_of_commands() -> None:
    with pytest.raises(UnknownBoard) as raised:
        parse_company("https://careers.acme.example/jobs")
    assert "(`POST /api/ingestion/look`)" in str(raised.value)
    assert "(`jobwire ingest ADDRESS`)" in in_commands(str(raised.value))
    assert in_commands("See `GET /api/elsewhere`.") == "See `GET /api/elsewhere`."
