"""A Greenhouse posting as a row, as somebody would write it who wants these fields and no more."""

import html
import json
from collections.abc import Mapping
from typing import Any

Row = tuple[Any, ...]


def row_of(board: str, job: Mapping[str, Any]) -> Row:
    """In the order of `contest.FIELDS`."""
    custom = {one["name"]: one["value"] for one in job["metadata"] or []}
    place = job["location"]["name"]
    offices = [one["location"] for one in job["offices"] or [] if one.get("location")]
    pay = next(iter(job.get("pay_input_ranges") or []), None)
    return (
        board,
        str(job["id"]),
        job["title"].strip(),
        job["absolute_url"],
        list(dict.fromkeys([part.strip() for part in place.split(";")] + offices)),
        next((one["name"] for one in job["departments"] or []), None),
        custom.get("Employment Type"),
        custom.get("Workplace Type") or ("remote" if "remote" in place.lower() else None),
        job["first_published"][:10] if job["first_published"] else None,
        None if pay is None else json.dumps(pay),
        html.unescape(job["content"]),
    )
