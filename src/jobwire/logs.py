"""Logging: events with constant names, details as fields, read by people on stderr, and never a secret in them.

    log = Log(__name__)
    log.info("run.started", run_id=17, companies=3)
    # 12:03:11.042 INFO  run.started run_id=17 companies=3

`configure` also watches over every other logger of the process, uvicorn's access log included: `redact` goes over each
record where it is made, whichever handler gets it, and over tracebacks where they are written.
"""

import logging
import re
import sys
from typing import Final, TextIO, cast

HIDDEN: Final = "[redacted]"

_SECRETS: Final = (
    # JWT-shaped: wherever it stands, whatever it is called
    (re.compile(r"eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),
    # ?token=…, &code=…, access_token=…, also percent-encoded separators and spellings such as 'token': '…'
    (
        re.compile(
            r"(?i)(?:(?<![a-z0-9])|(?<=%[0-9a-f]{2}))((?:[a-z]+_)?token|(?<!status_)(?<!exit_)code|secret(?:_key)?|password|jobwire_session)"
            r"((?:=|%3D)|[\"']\s*:\s*)(?:\"[^\"]*\"|'[^']*'|[^\s&;\"'<>]+)"
        ),
        rf"\1\2{HIDDEN}",
    ),
    # Authorization: …, Cookie: …, and the same as pairs in a dump of headers
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)\b([\"']?\s*[:=,]\s*b?)"
            r"(?:\"[^\"]*\"|'[^']*'|[^\r\n]+)"
        ),
        rf"\1\2{HIDDEN}",
    ),
    # The key of a feed is in its path: a reader of feeds sends nothing else
    (re.compile(r"(?i)((?:/|%2F)jobs(?:/|%2F)feeds(?:/|%2F))[^\s\"'<>?#&;,]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\bbearer\s+[^\s\"',;]+"), f"Bearer {HIDDEN}"),
    # postgresql://user:password@host
    (re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)"), rf"\1{HIDDEN}"),
)


_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, colours it, or turns the order in which it is read."""


class Log:
    """A logger whose calls are an event's constant name and its details as fields."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: object) -> None:
        """Log what only a developer wants."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Log what happened."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Log what somebody should look at some day."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, *, error: BaseException | None = None, **fields: object) -> None:
        """Log what somebody should look at now; `error` brings its traceback."""
        self._write(logging.ERROR, event, fields, error)

    def _write(self, level: int, event: str, fields: dict[str, object], error: BaseException | None = None) -> None:
        if self._logger.isEnabledFor(level):
            shown = {name: _redacted(value) for name, value in fields.items()}
            self._logger.log(level, "%s", event, exc_info=error, extra={"fields": shown})


def configure(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every logger's records to `stream` (stderr by default), redacted. Calling it again replaces the first call.

    `level` is for Jobwire's own events; of what libraries say, only warnings and worse are let through.

    Start uvicorn with `log_config=None`, so that its loggers come through here, too.
    """
    logging.setLogRecordFactory(_RedactedRecord)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Readable())
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, Readable):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("jobwire").setLevel(level)
    logging.captureWarnings(capture=True)


def level() -> int:
    """Return from which level on Jobwire's own events are written."""
    return logging.getLogger("jobwire").getEffectiveLevel()


def redact(text: str) -> str:
    """Hide whatever in `text` looks like a credential."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class Readable(logging.Formatter):
    """A line a record: time of day (local), level, event, fields; then the traceback, where there is one."""

    default_time_format = "%H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class's name
        """Put the fields behind the event."""
        line = super().formatMessage(record)
        fields = cast("dict[str, object]", getattr(record, "fields", {}))
        return " ".join([line, *(f"{name}={_shown(value)}" for name, value in fields.items())])

    def format(self, record: logging.LogRecord) -> str:
        """Write the record, redacted as a whole: tracebacks, too, whose errors may quote what strangers sent."""
        return _CONTROL.sub(lambda char: repr(char[0])[1:-1], redact(super().format(record)))


class _RedactedRecord(logging.LogRecord):
    """Redacted when it is made. The arguments keep their number and order: uvicorn's formatter takes them apart."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # pyright: ignore[reportArgumentType] - passed through as logging gave them
        self.msg = _redacted(self.msg)
        if isinstance(self.args, tuple):
            self.args = tuple(_redacted(value) for value in self.args)
        elif self.args:
            self.args = {name: _redacted(value) for name, value in self.args.items()}


def _redacted(value: object) -> object:
    """Keep numbers for their formats; anything else that shows a credential becomes redacted text."""
    if value is None or isinstance(value, (int, float)):
        return value
    text = value if isinstance(value, str) else str(value)
    hidden = redact(text)
    return value if hidden == text else hidden


def _shown(value: object) -> str:
    text = str(value)
    plain = text and text.isprintable() and not any(char in text for char in ' "=')
    return text if plain else repr(text)
