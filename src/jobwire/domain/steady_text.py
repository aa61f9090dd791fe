"""What a reader sees of a page's text, without what moves by itself: two readings of one posting come out equal.

Texts are compared as sets of sentences: their order, repetitions and white space do not count. A sentence that differs
counts, however small the difference is: "5 years" made into "3 years" is what a reader wants to be told of
(docs/decisions/0017).
"""

import html
import re
from typing import Final

from jobwire.domain.description import BLOCK, words

_COUNT: Final = r"(?:\d{1,3}(?:[.,]\d{3}){1,3}|\d{1,9})\+?"
_NUMBER: Final = rf"(?:{_COUNT}|an?|one|two|few)"
_UNIT: Final = r"(?:second|minute|min|hour|hr|day|week|month)s?"
_DATE: Final = (
    r"(?:\d{4}-\d{2}-\d{2}(?:t[\d:.]{4,15}z?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\d{1,2}\.? [a-zäéû]{3,10}\.?,? \d{4}|[a-zäéû]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)
_AGO: Final = (
    rf"{_NUMBER} {_UNIT} ago",
    rf"vor {_NUMBER} (?:minute|stunde|tag|woche|monat)(?:e?n)?",
    rf"il y a {_NUMBER} (?:minute|heure|jour|semaine|mois)s?",
    rf"hace {_NUMBER} (?:minuto|hora|día|semana|mes)(?:e?s)?",
    rf"{_NUMBER} (?:minuten|uur|dag|dagen|weken|maanden) geleden",
)
_WHEN: Final = "|".join((*_AGO, "today", "yesterday", "just now", "heute", "gestern", "hoy", "vandaag", _DATE))
_POSTED: Final = (
    r"(?:(?:job |last )?(?:re)?(?:posted|published|updated|refreshed|added|listed|modified)"
    r"|veröffentlicht|aktualisiert|eingestellt|publiée?|mise? à jour|publicado|actualizado|geplaatst|bijgewerkt)"
)
_WHO: Final = r"(?:people|persons|candidates|applicants|others|users|professionals|job ?seekers|bewerber|personnes)"
_DID: Final = r"(?:applied|clicked|viewed|saved|looking|viewing|watching|beworben|postulé)"
_MOVING: Final = re.compile(
    "|".join(
        (
            rf"\b{_POSTED}(?: on| at| am)?:? {{0,2}}(?:{_WHEN})",
            rf"\b(?:{_WHEN}) {_POSTED}",
            rf"\b{_AGO[0]}\b",
            r"\b(?:just|newly|recently) posted\b",
            rf"\b(?:over |more than |already )?{_COUNT} {_WHO} (?:have |are |haben |ont )?(?:already |sich )?{_DID}",
            rf"\bbe (?:among|one of) the first {_COUNT} (?:applicants|candidates|people)",
            rf"\b(?:over |more than )?{_COUNT} (?:applicants?|views?|clicks?|bewerbungen|candidatures)\b",
            rf"\b(?:viewed|applied|seen|clicked|aufrufe|applicants|views|applications):? {_COUNT}(?: times)?\b",
            rf"\b(?:closes|closing|ends|expires|endet) in {_NUMBER} {_UNIT}",
            rf"\b(?:only )?{_NUMBER} {_UNIT} (?:left|remaining)",
        )
    )
)
"""What a page says of itself, in the languages of most: when it was posted, how many have looked or applied."""
_QUERY: Final = re.compile(r"(https?://[^\s?#]{1,500})[?#]\S{1,2000}")
_SENTENCE_END: Final = re.compile(r"\n|(?<=[.!?]) ")
_TRACKING: Final = re.compile(
    r"(?:utm_\w{1,30}|[gf]bclid|gclid|msclkid|mc_[ce]id|_ga|_gl|source|src|ref|referrer|trk|session\w{0,10}|sid"
    r"|jsessionid|phpsessid|token|nonce|ts|timestamp|cb|cache\w{0,10}|_)",
    re.IGNORECASE,
)
_SESSION: Final = re.compile(r";jsessionid=[^/?#]{1,100}", re.IGNORECASE)


def steady_sentences(source: str) -> list[str]:
    """Return the sentences of a description's HTML, each once, in an order of their own."""
    broken = BLOCK.sub("\n", " ".join(source.split()).replace("<li", "\n<li"))
    text = html.unescape(words(broken)).casefold()
    flat = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    steady = _MOVING.sub(" ", _QUERY.sub(r"\1", flat))
    return sorted({" ".join(one.split()) for one in _SENTENCE_END.split(steady)} - {""})


def steady_url(url: str) -> str:
    """Return an address without what only says how somebody came to it."""
    address, _, fragment = _SESSION.sub("", url).partition("#")
    path, mark, query = address.partition("?")
    kept = [one for one in query.split("&") if not _TRACKING.fullmatch(one.partition("=")[0])]
    return path + (mark + "&".join(kept) if any(kept) else "") + (f"#{fragment}" if fragment else "")
