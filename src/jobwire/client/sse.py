"""Server-Sent Events, taken apart as they arrive (WHATWG HTML, "Parsing an event stream")."""

import codecs
import re
from typing import Final, NamedTuple

MAX_EVENT_CHARS: Final = 256 * 1024 * 1024
"""The snapshot of a million jobs is half of that; what is larger is no stream of ours."""

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_MILLISECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class Event(NamedTuple):
    """One event. `id` is what this event itself carried, empty where it carried none."""

    name: str
    data: str
    id: str = ""


class EventTooLarge(ValueError):
    """One event is larger than `MAX_EVENT_CHARS`."""


class EventParser:
    """Takes bytes in pieces of any size and gives whole events. A stream's parser is not used for the next stream.

    `retry_ms` is what the server last asked for, None before it did. An event that the end of the stream cuts off is
    dropped, as the standard wants.
    """

    def __init__(self, *, max_event_chars: int = MAX_EVENT_CHARS) -> None:
        self.retry_ms: int | None = None
        # utf-8-sig drops one byte order mark at the very beginning, and only there
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._max_event_chars = max_event_chars
        self._rest: list[str] = []
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self._id = ""
        self._size = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; return the events that they complete. Raise `EventTooLarge`."""
        text = self._decoder.decode(chunk)
        if not text:
            return []
        if self._after_cr:  # the line feed of a CRLF that was cut in two
            text = text.removeprefix("\n")
        self._after_cr = text.endswith("\r") if text else False
        self._count(len(text))
        *ends, rest = _LINE_END.split(text)
        events: list[Event] = []
        for end in ends:
            line = "".join([*self._rest, end])
            self._rest.clear()
            if (event := self._take(line)) is not None:
                events.append(event)
        if rest:
            self._rest.append(rest)
        return events

    def _count(self, chars: int) -> None:
        self._size += chars
        if self._size > self._max_event_chars:
            raise EventTooLarge(f"An event of the stream has more than {self._max_event_chars} characters.")

    def _take(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if _MILLISECONDS.fullmatch(value):
                self.retry_ms = int(value)
            case _:  # a comment (its name is empty), or a field of the future
                pass
        return None

    def _dispatch(self) -> Event | None:
        self._size = 0
        name, data, self._name = self._name, self._data, ""
        if not data:
            return None  # its id, if any, goes to the next event
        event = Event(name or "message", "\n".join(data), self._id)
        self._data, self._id = [], ""
        return event
