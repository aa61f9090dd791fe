import pytest

from jobwire.boards import parse
from jobwire.boards.charsets import utf8


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        (None, "Köln".encode(), "Köln"),
        ("utf-8", "Köln".encode(), "Köln"),
        ("ISO-8859-1", "Köln € 5".encode("cp1252"), "Köln € 5"),
        ("windows-1251", "Москва".encode("cp1251"), "Москва"),
        ("Shift_JIS", "東京".encode("shift_jis"), "東京"),
        ("gb2312", "北京".encode("gb2312"), "北京"),
        ("utf-16", "Köln".encode("utf-16"), "Köln"),
    ],
)
def test_what_the_header_says_is_heeded(charset: str | None, body: bytes, text: str) -> None:
    assert utf8(body, charset).decode() == text


@pytest.mark.parametrize("charset", ["zip", "hex", "punycode", "idna", "utf-7", "unicode_escape", "x" * 999, "\0", ""])
def test_other_codecs_are_not_asked(charset: str) -> None:
    assert utf8(b"abc", charset) == b"abc"


def test_a_page_may_say_it_itself() -> None:
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></head>Köln'

    assert parse.text(page.encode("cp1252")).endswith("Köln")
    assert parse.text(page.encode()).endswith("Köln")  # UTF-8 is recognised whatever the page says
    assert parse.text(b"\xffa\0") == "\ufffda\ufffd"
