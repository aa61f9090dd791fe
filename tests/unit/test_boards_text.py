import pytest

from jobwire.boards.text import MAX_HTML_CHARS, description, one_line, paragraphs, web_url


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, ""),
        ("  Senior\tEngineer\r\n ", "Senior Engineer"),
        ("a\x00b\x1b[31mc\x85d\u2028e", "a b [31mc d e"),
        ("\u00a0 ", ""),
        ("x" * 2_000, "x" * 999 + "…"),
        ("\u200b \u200d\ufeff", ""),
        ("\u2800\u3164\U000e0041\u2060", ""),
        ("\ufeff👩\u200d💻 Engineer", "\ufeff👩\u200d💻 Engineer"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_one_line(value: str | None, line: str) -> None:
    assert one_line(value) == line


@pytest.mark.parametrize(
    "url",
    ["https://acme.example", "http://acme.example/a?b=c#d", " https://acme.example/jobs/7 ", "HTTPS://A.example/é"],
)
def test_a_web_url_is_kept(url: str) -> None:
    assert web_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "//acme.example",
        "/jobs/7",
        "ftp://acme.example",
        "https://",
        "https:///x",
        "https://a b.example",
        'https://acme.example/"onmouseover=x',
        "https://user:secret@acme.example/",
        "https://acme.example/" + "x" * 3_000,
        "https://acme.example/\njavascript:x",
    ],
)
def test_what_no_browser_should_follow_is_none(url: str | None) -> None:
    assert web_url(url) is None


def test_plain_text_becomes_html_with_its_line_breaks() -> None:
    assert paragraphs("a < b\nc") == "a &lt; b<br>c"
    assert paragraphs(None) == ""


def test_a_title_cannot_turn_the_direction_of_reading() -> None:
    assert one_line("Engineer\u202e gnp.exe\u2066\u2069") == "Engineer gnp.exe"


def test_a_description_is_kept_as_it_is_up_to_a_limit() -> None:
    assert description(" <p onclick=x>Text</p>\n") == "<p onclick=x>Text</p>"
    assert description("x" * MAX_HTML_CHARS + "y") == "x" * MAX_HTML_CHARS + "…"
