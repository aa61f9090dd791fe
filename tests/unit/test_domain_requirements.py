"""What a text asks of applicants is found by its headings."""

import pytest
from boards_samples import BOARDS, sample
from boards_stub import reader_of

from jobwire.boards.directory import parse_board
from jobwire.domain.description import safe_html
from jobwire.domain.requirements import MAX_HEADING_CHARS, names_requirements, requirements_in


@pytest.mark.parametrize(
    "heading",
    [
        "Requirements",
        "Your Background Includes:",
        "What We Require",
        "What you\u2019ll bring",
        "Ihr Profil",
        "Das bringst du mit",
        "Was Sie mitbringen",
        "What we expect from you:",
    ],
)
def test_a_heading_of_requirements(heading: str) -> None:
    assert names_requirements(heading)


@pytest.mark.parametrize(
    "heading", [None, "", "Core Responsibilities", "How You'll Contribute", "What We Value", "Benefits"]
)
def test_a_heading_of_something_else(heading: str | None) -> None:
    assert not names_requirements(heading)


def found(html: str) -> str:
    return requirements_in(safe_html(html)).replace("\n", "")


@pytest.mark.parametrize(
    ("html", "part"),
    [
        (
            "<p>Hi</p><h3>Skills</h3><ul><li>Go</li></ul><h3>Us</h3><p>Tea</p>",
            "<h3>…</h3><ul><li>Go</li></ul>",
        ),
        ("<h2>Skills</h2><h3>Must</h3><p>Go</p><h1>Us</h1><p>Tea</p>", "<h2>…</h2><h3>Must</h3><p>Go</p>"),
        (
            "<h3>Skills</h3><p><b>Nice</b></p><p>Go</p><h3>Us</h3>",
            "<h3>…</h3><p><b>Nice</b></p><p>Go</p>",
        ),
        (
            "<p><strong>Skills</strong></p><p>Go</p><p><b>Us</b></p><p>Tea</p>",
            "<p><strong>…</strong></p><p>Go</p>",
        ),
        (
            "<p>&nbsp;<u><b>Skills</b></u>:<br></p><p>Go</p><h4>Us</h4><p>Tea</p>",
            "<p>&nbsp;<u><b>…</b></u>:<br></p><p>Go</p>",
        ),
        ("<div><div><b>Skills</b></div><div>Go</div><div><b>Us</b></div></div>", "<div><b>…</b></div><div>Go</div>"),
        ("<h4><strong>Skills</strong>&nbsp;</h4><p>Go</p>", "<h4><strong>…</strong>&nbsp;</h4><p>Go</p>"),
        (
            "<h3>Skills</h3><p>Go</p><h3>&nbsp;</h3><p>C</p><h3>Us</h3>",
            "<h3>…</h3><p>Go</p><h3>&nbsp;</h3><p>C</p>",
        ),
        (
            "<h3>Skills</h3><p>Go</p><div><div><h3>Us</h3><p>Tea</p></div></div>",
            "<h3>…</h3><p>Go</p><div><div></div></div>",
        ),
        ("<div><h3>Skills</h3><p>Go</p></div><h3>Us</h3><p>Tea</p>", "<h3>…</h3><p>Go</p>"),
        (
            "<h3>Skills</h3><p>Go</p><h3>Us</h3><p>Tea</p><h3>Skills</h3><p>C</p>",
            "<h3>…</h3><p>Go</p><h3>…</h3><p>C</p>",
        ),
        ("<h3>Skills</h3><h4>Skills</h4><p>Go</p>", "<h3>…</h3><h4>…</h4><p>Go</p>"),
    ],
)
def test_a_part_of_a_text(html: str, part: str) -> None:
    assert found(html) == part.replace("…", "Skills")


@pytest.mark.parametrize(
    "html",
    [
        "",
        "Skills",
        "<p>Skills</p><p>Go</p>",
        "<p><strong>Skills</strong> are few</p><p>Go</p>",
        "<h3>Us</h3><p>Tea</p>",
        "<h3>Skills</h3><h3>Us</h3><p>Tea</p>",
        "<h3>Skills</h3>",
        f"<p><b>Skills{' of many words' * MAX_HEADING_CHARS}</b></p><p>Go</p>",
        f"<h3>Skills{'.' * MAX_HEADING_CHARS}</h3><p>Go</p>",
    ],
)
def test_a_text_that_sets_nothing_apart(html: str) -> None:
    assert found(html) == ""


@pytest.mark.parametrize(
    ("name", "parts", "postings"),
    [
        ("greenhouse/catawiki_content_true_2025-10-26.json", 48, 50),
        ("greenhouse/stripe_content_2jobs.json", 0, 2),
        ("ashby/linear_2jobs.json", 2, 2),
        ("ashby/lcarlini_3jobs.json", 0, 3),
    ],
)
async def test_real_texts(name: str, parts: int, postings: int) -> None:
    board, body = parse_board(BOARDS[name]), sample(name)
    reader = reader_of(board, lambda _: body)
    texts = [
        safe_html(reader.extract(board.slug, opening.source).description)
        for opening in (await reader.list(board.slug)).openings
        if opening.source is not None
    ]
    made = [requirements_in(text) for text in texts]

    assert (sum(map(bool, made)), len(made)) == (parts, postings)
    assert all(len(part) < len(text) * 2 / 3 for part, text in zip(made, texts, strict=True))
