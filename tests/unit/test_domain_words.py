import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwire.domain.words import MAX_WORD_CHARS, can_slip, finds, one_slip_apart, slips, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Senior Go Engineer (m/w/d)", ["senior", "go", "engineer", "m", "w", "d"]),
        ("Größe in Köln, Łódź, İstanbul", ["grosse", "in", "koln", "lodz", "istanbul"]),
        ("C++/C#, F#, .NET, ASP.NET, node.js", ["c++", "c#", "f#", ".net", "asp", ".net", "node", "js"]),
        ("full-stack R&D x_y 100%", ["full", "stack", "r", "d", "x", "y", "100"]),
        ("\uff21\uff22\uff23 \ufb01nance", ["abc", "finance"]),
        ("東京都 AI研究", ["東京", "京都", "都", "ai", "研究", "究"]),
        ("हिन्दी", ["हिन्दी"]),
        ("", []),
        ("-- !! \0", []),
    ],
)
def test_what_a_word_is(text: str, expected: list[str]):
    assert words(text) == expected


@given(st.text(max_size=200))
def test_any_text_has_words_that_a_tsvector_can_hold(text: str):
    for word in words(text):
        assert 0 < len(word) <= MAX_WORD_CHARS
        assert not set(word) & set("'\\ \t\n\0:&|!()")


@given(st.text(max_size=50))
def test_words_are_found_again_by_themselves(text: str):
    for word in words(text):
        assert [found[: len(word)] for found in words(word)[:1]] == [word]


@pytest.mark.parametrize(
    ("one", "other"), [("engneer", "engineer"), ("enggineer", "engineer"), ("enjineer", "engineer"), ("koeln", "koln")]
)
def test_one_slip(one: str, other: str):
    assert one_slip_apart(one, other)
    assert one_slip_apart(other, one)
    assert set(slips(one)) & set(slips(other))


def test_two_swapped_letters_are_one_slip():
    assert one_slip_apart("enigneer", "engineer")
    assert set(slips("enigneer")) & set(slips("engineer"))


@pytest.mark.parametrize(("one", "other"), [("abcd", "abcd"), ("abcd", "bcde"), ("abcd", "abdd e"), ("abcd", "badc")])
def test_more_or_less_than_one_slip(one: str, other: str):
    assert not one_slip_apart(one, other)


def test_only_longer_words_of_letters_slip():
    assert [word for word in ("java", "sql", "k8s1", "c++", "東京都庁") if can_slip(word)] == ["java"]


def test_a_word_finds_what_it_begins_and_a_letter_itself():
    assert finds("pla", "plaid")
    assert finds("京", "京都")
    assert not any(finds(*pair) for pair in [("aid", "plaid"), ("p", "plaid"), ("c", "c++")])
    assert finds("r", "r")
