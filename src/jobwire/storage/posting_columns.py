"""What is stored of a posting as it was extracted: its row, and the SQL that takes it, in one place for all writers."""

from typing import Final

from jobwire.domain.postings import Posting


def extracted_row(posting: Posting, *, source_hash: bytes, fingerprint: bytes) -> dict[str, object]:
    """A row for `jsonb_to_recordset`, in the columns of `EXTRACTED_COLUMNS`."""
    return {
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
        "description": posting.description,
        "requirements": posting.requirements,
        "source_hash": source_hash.hex(),
        "fingerprint": fingerprint.hex(),
    }


EXTRACTED_COLUMNS: Final = """
    title text, location text, url text, locations text[], workplace text, employment_type text, department text,
    posted_on date, closes_on date, country text, language text, salary jsonb, description text, requirements text,
    source_hash text, fingerprint text
"""
SET_EXTRACTED: Final = """
    title = f.title, location = f.location, url = f.url, locations = f.locations, workplace = f.workplace,
    employment_type = f.employment_type, department = f.department, posted_on = f.posted_on, closes_on = f.closes_on,
    country = f.country, language = f.language, salary = f.salary, description = f.description,
    requirements = f.requirements, source_hash = decode(f.source_hash, 'hex'),
    fingerprint = decode(f.fingerprint, 'hex')
"""
"""Of `postings`, from a row `f`."""
