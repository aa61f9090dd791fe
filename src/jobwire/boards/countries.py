"""Countries by their codes and names: ISO 3166, and the names in CLDR (https://cldr.unicode.org)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final, cast

from babel import Locale
from babel.core import get_global

LANGUAGES: Final = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "nb", "da", "fi", "pl", "cs", "ja", "ko")
"""Those that postings state countries in: each takes 1.5 MB of whoever asks for a name."""
_NO_COUNTRIES: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Codes of CLDR's that ISO 3166 has for no country."""
_MAX_CHARS: Final = 100
_CODE: Final = re.compile(r"[A-Za-z]{2}|[A-Z]{3}")
_ISO: Final = re.compile(r"[A-Z]{2}")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_SIGNS: Final = re.compile(r"[.'\u2019`]")
_NO_WORD: Final = re.compile(r"[\W_]+")

_ALSO: Final = MappingProxyType(
    {
        "AE": ("UAE",),
        "BO": ("Bolivia, Plurinational State of",),
        "BN": ("Brunei Darussalam",),
        "CI": ("Ivory Coast",),
        "CN": ("People's Republic of China", "PR China", "Mainland China"),
        "CV": ("Cape Verde",),
        "CZ": ("Czech Republic", "Tschechische Republik", "République tchèque", "República Checa", "Česká republika"),
        "DE": ("Federal Republic of Germany", "Bundesrepublik Deutschland"),
        "GB": ("U.K.", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland", "Großbritannien"),
        "HK": ("Hong Kong", "Hongkong"),
        "IE": ("Republic of Ireland",),
        "IR": ("Iran, Islamic Republic of",),
        "KR": ("Republic of Korea", "Korea, Republic of"),
        "LA": ("Lao People's Democratic Republic",),
        "MD": ("Moldova, Republic of", "Republic of Moldova"),
        "MK": ("Macedonia",),
        "MM": ("Myanmar",),
        "MO": ("Macao", "Macau"),
        "NL": ("Holland", "Nederland"),
        "PS": ("Palestine",),
        "RU": ("Russian Federation",),
        "SK": ("Slovak Republic",),
        "SZ": ("Swaziland",),
        "TR": ("Turkey",),
        "TW": ("Taiwan, Province of China",),
        "TZ": ("Tanzania, United Republic of",),
        "US": ("U.S.", "U.S.A.", "United States of America", "Vereinigte Staaten von Amerika", "USA (United States)"),
        "VE": ("Venezuela, Bolivarian Republic of",),
        "VN": ("Viet Nam",),
    }
)
"""Official, former and short names of one country each, where CLDR has another."""
_SEVERAL: Final = frozenset({"congo"})
"""Names of one country in CLDR that people use for another as well."""


def country(stated: str | None) -> str | None:
    """Return the code of two letters (ISO 3166) of a country that is stated by a code of two or three, or by its name.

    None for what is none, or may be several ("Congo"): a country is never guessed. What names a city or a state as well
    ("Georgia") is understood as the country: only what is known to state one may be given.
    """
    text = (stated or "").strip()
    return _country(text) if 0 < len(text) <= _MAX_CHARS else None


@lru_cache(maxsize=4_096)
def _country(text: str) -> str | None:
    code = text.upper() if _CODE.fullmatch(text) else ""
    return code if code in _codes() else _replaced().get(code) or _names().get(_folded(text))


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for code in _territories("en") if _ISO.fullmatch(code)) - _NO_COUNTRIES


def _territories(language: str) -> Mapping[str, str]:
    """Return CLDR's names of countries and regions by code."""
    return cast("Mapping[str, str]", Locale(language).territories)


@cache
def _replaced() -> Mapping[str, str]:
    """Codes of three letters, and those that are no longer in use, by which one they stand for."""
    aliases = cast("Mapping[str, Sequence[str]]", get_global("territory_aliases"))
    return {code: stands[0] for code, stands in aliases.items() if len(stands) == 1 and stands[0] in _codes()}


@cache
def _names() -> Mapping[str, str]:
    """Names, folded, that stand for one country only."""
    found: dict[str, set[str]] = {}
    for code, name in _stated_names():
        found.setdefault(_folded(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1 and name not in _SEVERAL}


def _stated_names() -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for code, name in _territories(language).items():
            if code in _codes():
                yield code, name
    for code, names in _ALSO.items():
        for name in names:
            yield code, name


def _folded(name: str) -> str:
    """Return a name without capitals, accents and signs, as people leave them out."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", name.casefold())).replace("&", " and ")
    return _NO_WORD.sub(" ", _SIGNS.sub("", plain)).strip().removeprefix("the ")
