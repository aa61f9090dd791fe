"""What is stored of a posting as it was extracted: its row, and the SQL that takes it, in one place for all writers."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Final

import msgspec

from jobwire.domain.postings import Posting, fingerprint
from jobwire.storage.packed_text import packed


def extracted_row(posting: Posting) -> bytes:
    """A row of `EXTRACTED_COLUMNS`, as JSON."""
    return msgspec.json.encode(
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
            "description": b64encode(packed(posting.description)).decode(),
            "requirements": posting.requirements,
            "fingerprint": fingerprint(posting).hex(),
        }
    )


def extracted_rows(rows: Iterable[bytes]) -> str:
    """Rows for `jsonb_to_recordset`."""
    return f"[{b','.join(rows).decode()}]"


EXTRACTED_COLUMNS: Final = """
    title text, location text, url text, locations text[], workplace text, employment_type text, department text,
    posted_on date, closes_on date, country text, language text, salary jsonb, job_key text, description text,
    requirements text, fingerprint text
"""
SET_EXTRACTED: Final = """
    title = f.title, location = f.location, url = f.url, locations = f.locations, workplace = f.workplace,
    employment_type = f.employment_type, department = f.department, posted_on = f.posted_on, closes_on = f.closes_on,
    country = f.country, language = f.language, salary = f.salary, job_key = f.job_key,
    description = decode(f.description, 'base64'),
    requirements = f.requirements, source_hash = f.source_hash, fingerprint = decode(f.fingerprint, 'hex')
"""
"""Of `postings`, from a row `f`, which knows its `source_hash`, too."""
