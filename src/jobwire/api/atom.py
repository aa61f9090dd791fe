"""An Atom feed (RFC 4287) of postings."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from xml.etree import ElementTree as ET

from jobwire.domain.openings import OpeningLine, SavedSearch

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
_SPACE: Final = "http://www.w3.org/2005/Atom"
_IDS: Final = uuid.UUID("5d0c2a1e-3f0b-5a7e-9a53-6a6f62776972")
"""The namespace of all ids: the same search, or posting, has the same one for ever."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom_feed(search: SavedSearch, lines: Sequence[OpeningLine], address: str) -> bytes:
    """Write the feed of a search, the newest posting first. All text is escaped, as text."""
    feed = ET.Element("feed", xmlns=_SPACE)
    _add(feed, "id", _id(f"search {search.search_id}"))
    _add(feed, "title", f"{search.name}: jobs")
    _add(feed, "updated", _time(max((line.first_seen_at for line in lines), default=search.created_at)))
    _add(ET.SubElement(feed, "author"), "name", "Jobwire")
    ET.SubElement(feed, "link", rel="self", href=address)
    for line in lines:
        _entry(feed, line)
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def _entry(feed: ET.Element, line: OpeningLine) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", _id(f"posting {line.posting_id}"))
    _add(entry, "title", f"{line.title} ({line.company})")
    _add(entry, "updated", _time(line.first_seen_at))
    _add(entry, "published", _time(line.first_seen_at))
    ET.SubElement(entry, "link", rel="alternate", href=_NOT_XML.sub("", line.url))
    _add(entry, "summary", " · ".join(part for part in (line.company, line.location, line.department) if part))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def _id(name: str) -> str:
    return uuid.uuid5(_IDS, name).urn


def _time(at: datetime) -> str:
    return at.isoformat()
