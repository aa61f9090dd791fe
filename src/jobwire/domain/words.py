"""What counts as a word when postings are searched: the same for a text and for a question.

No language is assumed: nothing is stemmed and no word is left out. Case, accents and width do not matter (`Köln` is
`koln`, `Größe` is `grosse`). Scripts that put no spaces between words are cut into pairs of letters.
"""

import re
import unicodedata
from typing import Final

MAX_WORD_CHARS: Final = 60
"""Of a longer one only the start counts."""
MIN_SLIP_CHARS: Final = 4
"""In a shorter word a slip of the pen makes another word too easily."""

MARKS: Final = "[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]"
"""What folding takes out of decomposed text (NFKD), as a regular expression of Python's and PostgreSQL's."""
_MARKS: Final = re.compile(MARKS)
PLAIN: Final = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "\u0131": "i",
    "ħ": "h",
    "ŧ": "t",
}
"""Letters that are not made of a plain one and a mark."""
_PLAIN: Final = str.maketrans(PLAIN)
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SPELLED_WITH_MARKS: Final = "\u0900-\u0963\u0966-\u0dff"
"""Scripts of India: their vowel signs are marks, which are no letters to Python."""
_WORD: Final = re.compile(
    rf"c\+\+|(?<!\w)[cf]\#|\.net(?!\w)|[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|[{_SPELLED_WITH_MARKS}])+"
)
_IS_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in their order; of unspaced scripts each pair and the last letter."""
    found: list[str] = []
    for word in _WORD.findall(_folded(text)):
        if is_unspaced(word):
            found.extend(word[at : at + 2] for at in range(len(word)))
        else:
            found.append(word[:MAX_WORD_CHARS])
    return found


def _folded(text: str) -> str:
    folded = text.casefold()
    if folded.isascii():
        return folded
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", folded)).casefold()
    return unicodedata.normalize("NFC", bare).translate(_PLAIN)


def stands_alone(sought: str) -> bool:
    """Whether it is found as itself only: a single letter, such as `c` and `r`, begins too many words."""
    return len(sought) == 1 and sought.isascii()


def finds(sought: str, word: str) -> bool:
    """Whether a word of a question finds a word of a text: one that it begins."""
    return word == sought if stands_alone(sought) else word.startswith(sought)


def is_unspaced(word: str) -> bool:
    """Whether its script puts no spaces between words."""
    return _IS_UNSPACED.match(word) is not None


def slips(word: str) -> list[str]:
    """Return the word, and what is left of it without one of its letters.

    Two words that are one slip apart (a letter too many, too few, another one, or two swapped) have one in common.
    """
    return list(dict.fromkeys([word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]))


def can_slip(word: str) -> bool:
    """Whether the word is long enough, and made of letters alone."""
    return len(word) >= MIN_SLIP_CHARS and word.isalpha() and not is_unspaced(word)


def one_slip_apart(one: str, other: str) -> bool:
    """Whether a letter too many, too few, another one, or two neighbours swapped make the difference."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[at:], other[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
