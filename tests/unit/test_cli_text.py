"""What comes from a careers site cannot reach into the terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from jobwire.cli.text import clean, shortened


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Engineer", "Engineer"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;ZXZpbA==\x07copied", "copied"),
        ("\x1bPdevice\x1b\\after", "after"),
        ("\x1bcreset", "reset"),
        ("cut \x1b[3", "cut"),
        ("one\ntwo\r\nthree\tfour\u2028five", "one two three four five"),
        ("bell\x07 and \x00nul\x7f", "bell and nul"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("half \ud800 pair", "half pair"),
        ("[bold]kept[/bold] :smile:", "[bold]kept[/bold] :smile:"),
        ("Köln · 東京 👩‍💻", "Köln · 東京 👩‍💻"),
    ],
)
def test_text_is_made_harmless(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x1b\x9b[];m\x07\r\n"))))
def test_nothing_harmful_is_left_of_any_text(raw: str) -> None:
    text = clean(raw)
    assert not [char for char in text if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert clean(text) == text


@given(st.text(alphabet="aé東👩 ", max_size=30), st.integers(1, 20))
def test_shortened_text_fits(text: str, cells: int) -> None:
    assert cell_len(shortened(text, cells)) <= cells
