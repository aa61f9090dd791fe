"""The documents hold: what they name exists, and what exists is named."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest

from jobwire.boards.directory import parse_company
from jobwire.boards.registry import SYSTEMS
from jobwire.cli.exits import Exit
from jobwire.cli.main import app
from jobwire.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LARGEST_IMAGE_BYTES = 300 * 1024
COMMANDS = {command.callback.__name__ for command in app.registered_commands if command.callback}

FENCE = re.compile(r"^( *)(```+)(\w*)\n(.*?)^\1\2$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")
IMAGE_SOURCE = re.compile(r"(?:src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
ROW = re.compile(r"^\| `JOBWIRE_(\w+)` \| .+? \| (.+?) \| (.+?) \|$", re.MULTILINE)
MAKE = re.compile(r"(?<![\w/.-])make((?: (?:[a-z]+(?![\w=])))+)")


class Row(NamedTuple):
    """A setting as the table has it."""

    name: str
    default: str
    example: str


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """The page without its code."""
    return CODE_SPAN.sub("code", FENCE.sub("", page.read_text("utf-8")))


def commands(page: Path) -> Iterator[str]:
    """What a reader would paste or type."""
    text = page.read_text("utf-8")
    for fence in FENCE.finditer(text):
        if fence[3] in {"sh", "console", "cron"}:
            yield fence[4]
    for span in CODE_SPAN.finditer(FENCE.sub("", text)):
        yield span[1]


def anchors(page: Path) -> set[str]:
    """The headings' ids, as GitHub makes them."""
    headings = HEADING.findall(FENCE.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[str]:
    """Relative links and images."""
    text = prose(page)
    for found in (*LINK.finditer(text), *IMAGE_SOURCE.finditer(text)):
        if not re.match(r"[a-z]+:", found[1]):
            yield found[1]


def target_of(page: Path, link: str) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return (page.parent / unquote(path)).resolve() if path else page, anchor


def table() -> list[Row]:
    return [Row(*found) for found in ROW.findall((DOCS / "reference" / "settings.md").read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path):
    for link in links(page):
        target, anchor = target_of(page, link)
        assert target.exists(), f"{link}: there is no such file"
        if anchor:
            assert anchor in anchors(target), f"{link}: {name_of(target)} has no such heading"


def test_the_index_leads_to_every_page():
    index = DOCS / "README.md"
    linked = {target_of(index, link)[0] for link in links(index)}
    assert {name_of(page) for page in DOCS.rglob("*.md") if page not in linked} == {name_of(index)}


def test_pictures_are_small_and_each_is_shown():
    linked = {target_of(page, link)[0] for page in PAGES for link in links(page)}
    shown = {target for target in linked if target.parent == DOCS / "images"}
    assert shown == set((DOCS / "images").iterdir()) != set()
    assert {name_of(image) for image in shown if image.stat().st_size > LARGEST_IMAGE_BYTES} == set()


def test_every_setting_is_in_the_table_and_nothing_else_is():
    assert [row.name for row in table()] == [name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("row", table(), ids=lambda row: row.name)
def test_defaults_and_examples_of_the_settings_are_true(row: Row, monkeypatch: pytest.MonkeyPatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JOBWIRE_{name.upper()}", raising=False)
    usual = getattr(Settings(), row.name.lower())
    for cell in (row.default, row.example):
        if span := re.fullmatch(CODE_SPAN, cell):
            monkeypatch.setenv(f"JOBWIRE_{row.name}", span[1])
            taken = getattr(Settings(), row.name.lower())
            assert (taken == usual) == (cell == row.default)
        else:  # words: there is nothing, or it cannot be written down
            assert cell == row.example or not usual


def test_every_variable_of_the_environment_that_is_named_exists():
    known = {f"JOBWIRE_{name.upper()}" for name in Settings.model_fields}
    known |= {"JOBWIRE_URL", "JOBWIRE_TOKEN", "JOBWIRE_TEST_DATABASE_URL", "JOBWIRE_TEST_LONG"}
    known |= {"JOBWIRE_BENCH_DATABASE_URL"}
    for page in PAGES:
        assert set(re.findall(r"JOBWIRE_[A-Z_]*[A-Z]", page.read_text("utf-8"))) <= known, name_of(page)


def test_every_careers_system_is_in_the_table_as_it_is():
    text = (DOCS / "reference" / "boards.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| `(.+?)` \| `(.+?)` \| ([\d.]+), (\d+) \|", text, re.MULTILINE)
    paces = [
        (name, system.manners.pace.per_second, system.manners.pace.concurrency) for name, system in SYSTEMS.items()
    ]
    assert [(name, float(per_second), int(at_a_time)) for name, _, _, per_second, at_a_time in rows] == paces
    for name, board, address, _, _ in rows:
        assert board.startswith(f"{name}:")
        assert str(parse_company(board)[1]) == str(parse_company(address)[1]) == board


def test_every_command_is_in_the_reference_and_nothing_else_is():
    headings = HEADING.findall((DOCS / "reference" / "cli.md").read_text("utf-8"))
    assert {found[1] for heading in headings if (found := re.match(r"`jobwire (\w+)", heading))} == COMMANDS


def test_every_command_that_is_named_exists():
    for page in PAGES:
        for command in commands(page):
            for word in re.findall(r"(?:^|[/(])jobwire ([a-z]+)", command, re.MULTILINE):
                assert word in COMMANDS, f"{name_of(page)}: jobwire {word}"


def test_every_exit_code_is_in_the_reference():
    text = (DOCS / "reference" / "cli.md").read_text("utf-8")
    assert {code.value for code in Exit if not re.search(rf"^\| {code.value} \|", text, re.MULTILINE)} == set()


def test_every_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        word for page in PAGES for text in commands(page) for found in MAKE.finditer(text) for word in found[1].split()
    }
    assert {"run", "test"} <= named <= targets
