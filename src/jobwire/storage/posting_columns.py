"""What is stored of a posting as it was extracted: its row, and the SQL that takes it, in one place for all writers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from jobwire.domain.postings import Posting, fingerprint
from jobwire.ingest.ports.postings import ExtractedRow
from jobwire.storage.json_rows import json_rows
from jobwire.storage.packed_text import packed


def extracted_row(posting: Posting) -> ExtractedRow:
    """A row of `_COLUMNS`, as JSON, and its description, packed."""
    columns = msgspec.json.encode(
        {
            "title": posting.title,
            "location": posting.location,
            "url": posting.url,
            "locations": posting.locations,
            "workplace": posting.workplace,
            "employment_type": posting.employment_type,
            "department": posting.department,
            "posted_on": posting.posted_on,
            "closes_on": posting.closes_on,
            "country": posting.country,
            "language": posting.language,
            "salary": posting.salary,
            "job_key": posting.job_key,
            "requirements": posting.requirements,
            "fingerprint": fingerprint(posting).hex(),
        }
    )
    return ExtractedRow(columns, packed(posting.description))


def extracted_values(rows: Sequence[ExtractedRow], heads: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The values of `extracted_source`; `heads` are the rows' columns there, their `source_hash` (hex) among them.

    Descriptions are most of it: they go as they are, all in one, and each row says where its own one is.
    """
    return {
        "heads": json_rows(
            {**head, "at": at, "size": len(row.description)}
            for head, row, at in zip(heads, rows, _places(rows), strict=True)
        ),
        "rows": f"[{b','.join(row.columns for row in rows).decode()}]",
        "descriptions": b"".join(row.description for row in rows),
    }


def _places(rows: Sequence[ExtractedRow]) -> Iterator[int]:
    """Where each description begins, counted from 1 as SQL does."""
    at = 1
    for row in rows:
        yield at
        at += len(row.description)


_COLUMNS: Final = """
    title text, location text, url text, locations text[], workplace text, employment_type text, department text,
    posted_on date, closes_on date, country text, language text, salary jsonb, job_key text, requirements text,
    fingerprint text
"""
SET_EXTRACTED: Final = """
    title = f.title, location = f.location, url = f.url, locations = f.locations, workplace = f.workplace,
    employment_type = f.employment_type, department = f.department, posted_on = f.posted_on, closes_on = f.closes_on,
    country = f.country, language = f.language, salary = f.salary, job_key = f.job_key,
    description = substring(CAST(:descriptions AS bytea) FROM f.at FOR f.size), requirements = f.requirements,
    source_hash = decode(f.source_hash, 'hex'), fingerprint = decode(f.fingerprint, 'hex')
"""
"""Of `postings`, from a row `f` of `extracted_source`."""


def extracted_source(head: str) -> str:
    """Rows to be selected from, with these columns before what was extracted; their values: `extracted_values`."""
    return f"""ROWS FROM (
        json_to_recordset(CAST(:heads AS json)) AS ({head}, source_hash text, at int, size int),
        json_to_recordset(CAST(:rows AS json)) AS ({_COLUMNS})
    )"""
