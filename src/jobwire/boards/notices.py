"""What a web page says of itself: that its posting is closed, or that it wants to know who is asking.

A posting that is called closed and is not is lost to whoever waits for it; one that is called open and is not is opened
in vain, once. So only what a site puts up as a notice counts: a line that says it from its first word on, in a heading
or an element that is marked as a message, shown, outside of lists, and no part of the posting's own text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jobwire.boards.markup import MAX_TAGS, job_postings
from jobwire.boards.text import one_line

MAX_NOTICE_CHARS: Final = 200
MAX_NOTICES: Final = 200
_PLACES: Final = ", ".join(
    [
        *("title", "h1", "h2", "h3", "h4", "[role=alert]", "[role=status]"),
        *(
            f'[class*="{word}" i]'
            for word in ("alert", "notice", "banner", "message", "closed", "expired", "inactive", "unavailable")
        ),
    ]
)
_ASIDE: Final = frozenset({"li", "aside", "nav", "footer", "template", "dialog", "noscript", "select", "svg"})
"""Where pages keep what is about other postings, or is not shown."""
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_CLASS: Final = re.compile(r"(?:^|[\s_-])(?:hidden|hide|d-none|invisible|sr-only)(?:$|\s)", re.IGNORECASE)

_JOB: Final = "(?:job|position|role|vacancy|posting|opening|opportunity|requisition|listing|ad|advert|offer)"
_SEARCHED: Final = "(?: (?:that )?you(?: are|'re) (?:looking|trying)[a-z ]{1,30})?"
_SENTENCES: Final = (
    (  # English
        (rf"(?:(?:this|the|that) )?{_JOB}(?: {_JOB})?{_SEARCHED}(?: (?:is|has|was)(?: now| already)?(?: been)?)?",),
        ("(?:already )?(?:closed|expired|filled|removed)", "no longer (?:available|active|open|posted|online)"),
    ),
    (
        (rf"(?:this )?{_JOB}(?: {_JOB})? is", "we are", "this company is", ""),
        (rf"no longer accepting applications(?: for this {_JOB})?",),
    ),
    (
        (rf"applications(?: for this {_JOB})?",),
        ("(?:are|have)(?: now)?(?: been)? closed",),
    ),
    (  # German
        (
            "(?:diese|die) (?:stelle|position|vakanz|(?:stellen)?anzeige|(?:stellen)?ausschreibung)",
            "d(?:iese|a)s stellenangebot",
        ),
        (
            "(?:ist|wurde)(?: leider)?(?: bereits| schon)? (?:besetzt|vergeben|abgelaufen|geschlossen|beendet|offline)",
            "ist(?: leider)? nicht mehr (?:verfügbar|vakant|aktiv|aktuell|online|offen|ausgeschrieben|zu besetzen)",
        ),
    ),
    (
        ("(?:die )?bewerbungsfrist(?: ist)?",),
        ("(?:bereits )?abgelaufen",),
    ),
    (  # French
        ("(?:cette (?:offre|annonce)|l'(?:offre|annonce)|ce poste)(?: d'emploi)?",),
        (
            "n'est plus (?:disponible|en ligne|active?|d'actualité|à pourvoir|ouverte?)",
            "(?:a|est|a été) (?:expirée?|clôturée?|close?|fermée?|pourvue?)",
        ),
    ),
    (
        ("les candidatures",),
        ("sont (?:closes|clôturées|fermées)",),
    ),
    (  # Spanish
        ("(?:est[ae]|la|el) (?:oferta|vacante|puesto|empleo|posición)(?: de (?:trabajo|empleo))?",),
        (
            "ya no está (?:disponible|activ[ao]|abiert[ao]|vigente)",
            "(?:ha|está|ha sido) (?:expirado|caducado|finalizado|cerrad[ao]|cubiert[ao])",
        ),
    ),
    (
        ("ya no se aceptan",),
        ("solicitudes", "candidaturas"),
    ),
    (  # Portuguese
        ("(?:esta|a) (?:vaga|oferta|oportunidade)(?: de emprego)?",),
        (
            "expirou",
            "(?:foi|está) (?:encerrada|preenchida|fechada)",
            "(?:já )?não está (?:mais )?(?:disponível|ativa|aberta)",
        ),
    ),
    (  # Italian
        ("(?:quest[ao] |l')(?:offerta|posizione|annuncio)(?: di lavoro)?",),
        ("non è più (?:disponibile|attiv[ao]|apert[ao])", "è (?:scadut[ao]|chius[ao]|stat[ao] chius[ao])"),
    ),
    (  # Dutch
        ("(?:deze|de) (?:vacature|functie) is",),
        ("gesloten", "verlopen", "vervuld", "niet (?:meer|langer) (?:beschikbaar|actief|open|online)"),
    ),
    (  # Swedish
        ("(?:den här |denna )?(?:tjänst|annons)en? är",),
        ("stängd", "tillsatt", "inte längre (?:tillgänglig|aktiv|öppen)"),
    ),
    (
        ("ansökningstiden har",),
        ("gått ut", "passerat"),
    ),
    (  # Norwegian, Danish
        ("(?:denne )?(?:stillingen|annonsen|annoncen) er",),
        ("besatt?", "lukket", "utløpt", "udløbet", "ikke l[eæ]nge?re? (?:tilgjengelig|tilgængelig|aktiv|ledig)"),
    ),
    (
        ("søknadsfristen er", "ansøgningsfristen er"),
        ("utløpt", "gått ut", "udløbet", "overskredet"),
    ),
    (  # Polish
        ("(?:ta )?oferta(?: pracy)?",),
        ("jest (?:już )?(?:nieaktualna|nieaktywna)", "wygasła", "została zakończona"),
    ),
    (
        ("rekrutacja",),
        ("(?:została )?zakończona",),
    ),
    (  # Japanese, Korean
        ("この求人(?:の募集)?は、?", "(?:この)?募集は"),
        ("(?:募集を)?(?:終了|締め切ら?)(?:し|いたし|れ)?(?:まし)?た?",),
    ),
    (
        ("(?:이 )?채용(?:이|은| 공고가)?", "마감된"),
        ("마감(?:되었습니다|됐습니다)?", "(?:채용 )?공고(?:입니다)?"),
    ),
)
"""What is spoken of, and what is said of it."""


def _either(words: Sequence[str]) -> str:
    return f"(?:{'|'.join(words)})"


_CLOSED: Final = re.compile(
    r"(?:(?:(?:we'?re |we are )?(?:very )?sorry|unfortunately|oops|leider|désolée?|lo sentimos|helaas)[\s,.!:-]+)?"
    rf"(?:{'|'.join(_either(of) + ' ?' + _either(said) for of, said in _SENTENCES)})"
    r"(?=\s*(?:$|[.!|:;\u3002])|\s+[\u2013\u2014-])",
    re.IGNORECASE,
)
"""From the line's first word up to its end, or a sentence's: "is closed to the public" is another thing."""

_QUESTION: Final = re.compile(
    r"""
    \s* (?: just\ a\ moment(?:\.\.\.|\u2026) | attention\ required!\ \|\ cloudflare | pardon\ our\ interruption
        | robot\ check | are\ you\ (?: a\ robot | human )\?? | human\ verification | security\ check
        | (?: please\ )? verify\ (?: that\ )? you(?:\ are|['\u2019]re)\ (?: a\ )? human | bot\ verification
        | ddos-guard | access\ (?: to\ this\ page\ has\ been\ )? denied
    ) [\s.]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Titles of pages that stand between us and the one that was asked for."""
_MARKS: Final = ("_cf_chl_opt", "captcha-delivery.com/", 'id="px-captcha"', "window.gokuProps", "ak_bmsc_challenge")
"""What such pages hold for browsers, and others do not."""
_TITLE: Final = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,300})</title", re.IGNORECASE)


def closed_notice(page: str, text: str) -> str | None:
    """Return the line in which a page says that its posting is closed; None where none says so.

    `text` is what the posting itself says, in plain words: a line that stands there is no notice.
    """
    if page.count("<") > MAX_TAGS:
        return None
    own = one_line(text, limit=len(text)).replace("\u2019", "'").casefold()
    found = (line for line in _notices(page) if _CLOSED.match(line) and line.casefold() not in own)
    return next(found, None)


def _notices(page: str) -> Iterator[str]:
    for node in LexborHTMLParser(page).css(_PLACES)[:MAX_NOTICES]:
        line = one_line(node.text(separator=" "), limit=MAX_NOTICE_CHARS + 1).replace("\u2019", "'")
        if len(line) <= MAX_NOTICE_CHARS and not any(map(_is_aside, _around(node))):
            yield line


def _around(node: LexborNode) -> Iterator[LexborNode]:
    above: LexborNode | None = node
    while above is not None:
        yield above
        above = above.parent


def _is_aside(node: LexborNode) -> bool:
    """Whether what stands in an element is about something else, or is not shown."""
    said = node.attributes
    return (
        node.tag in _ASIDE
        or "hidden" in said
        or said.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(said.get("style") or "") is not None
        or _HIDDEN_CLASS.search(said.get("class") or "") is not None
    )


def asks_who_we_are(page: str) -> bool:
    """Whether a page is not the one that was asked for, but asks whether a person is reading."""
    title = _TITLE.search(page)
    is_question = (title is not None and _QUESTION.fullmatch(title[1])) or any(mark in page for mark in _MARKS)
    return bool(is_question) and not job_postings(page)
