"""What the site answers to a request."""

from dataclasses import dataclass
from typing import Final

import msgspec

JSON: Final = b"application/json; charset=utf-8"
TEXT: Final = b"text/plain; charset=utf-8"
HTML: Final = b"text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response, apart from its Content-Length."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


def json_answer(value: object, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(status, msgspec.json.encode(value))


NOT_FOUND: Final = Answer(404, b"Not Found", TEXT)
"""What Ashby says of an unknown board, and this site of an unknown address."""
