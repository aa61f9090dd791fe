"""Server-Sent Events as a client reads them, to the letter of the HTML standard, and what it holds afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jobwire.domain.progress import RunView
from jobwire.domain.runs import RunStatus


@dataclass(frozen=True)
class Event:
    """An event; `id` is its own `id:` field, None when it has none."""

    name: str
    data: str
    id: str | None


@dataclass
class SseParser:
    """Takes bytes, gives events; `retry` is the newest one, in ms. Anything odd on the wire raises."""

    retry: int | None = None
    retries: int = 0
    comments: int = 0
    _rest: list[bytes] = field(default_factory=list)
    _fields: dict[str, str] = field(default_factory=dict)

    def feed(self, data: bytes) -> list[Event]:
        """Jobwire ends lines with LF alone: nothing here looks for another end."""
        *lines, rest = data.split(b"\n")
        events = []
        for line in lines:
            whole = b"".join([*self._rest, line]).decode()
            self._rest.clear()
            if event := self._line(whole):
                events.append(event)
        self._rest.append(rest)
        return events

    def _line(self, line: str) -> Event | None:
        assert "\r" not in line, line
        assert "\0" not in line, line
        if line.startswith(":"):
            self.comments += 1
            return None
        if line:
            name, _, value = line.partition(": ")
            assert name in {"event", "data", "id", "retry"}, line
            assert name not in self._fields, f"{name} twice in one event"
            if name == "retry":
                self.retry = int(value)
                self.retries += 1
            else:
                self._fields[name] = value
            return None
        fields, self._fields = self._fields, {}
        if not fields:
            return None
        assert fields.get("data"), f"an event without data: {fields}"
        return Event(fields["event"], fields["data"], fields.get("id"))


@dataclass
class Watcher:
    """A base client that folds events and keeps the last id for its next connection, as a browser does."""

    view: RunView = field(default_factory=RunView)
    events: list[Event] = field(default_factory=list)
    last_event_id: str = ""

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            assert not self.has_ended, f"after the end: {event}"
            self.events.append(event)
            self.view.apply(event.name, event.data, event.id or "")
            if event.id is not None:
                self.last_event_id = event.id

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    @property
    def has_ended(self) -> bool:
        return self.view.status is not None and RunStatus(self.view.status).is_terminal

    @property
    def headers(self) -> dict[str, str]:
        return {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}

    @property
    def jobs(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Title and status by company and external_id."""
        return {tuple(key): (job.title, str(job.status)) for key, job in self.view.jobs.items()}
