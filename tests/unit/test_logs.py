import io
import logging
from collections.abc import Iterator

import jwt
import pytest
from uvicorn.logging import AccessFormatter

from jobwire import logs
from jobwire.logs import HIDDEN, Log, redact

TOKEN = jwt.encode({"sub": "1"}, "k" * 32, algorithm="HS256")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (logging.getLogRecordFactory(), root.level, root.handlers[:])
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(before[0])
    root.setLevel(before[1])
    root.handlers[:] = before[2]


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/ingestion/progress/1?token=SESAME HTTP/1.1",
        "GET /api/ingestion/progress/1?last_event_id=1&token=SESAME&extras=x",
        "/signin?code=SESAME",
        "/signin%3Fcode=SESAME",
        "access_token=SESAME",
        "Authorization: Bearer SESAME",
        "authorization: Basic SESAME",
        "{'authorization': 'Bearer SESAME'}",
        '{"Authorization": "Bearer SESAME", "x": 1}',
        "[(b'authorization', b'Bearer SESAME')]",
        "(b'cookie', b'jobwire_session=SESAME; a=SESAME')",
        "Cookie: jobwire_session=SESAME; other=SESAME",
        "set-cookie: jobwire_session=SESAME; Path=/",
        "jobwire_session=SESAME",
        '{"token": "SESAME"}',
        "postgresql://me:SESAME@db.example/jobwire",
        "secret_key=SESAME",
        "request.failed path=/api/jobs/feeds/SESAME",
        "GET /api%2Fjobs%2Ffeeds%2FSESAME?x=1 HTTP/1.1",
    ],
)
def test_credentials_are_redacted(text: str):
    assert "SESAME" not in redact(text)
    assert HIDDEN in redact(text)


def test_anything_shaped_like_a_jwt_is_redacted():
    assert redact(f"what is {TOKEN}?") == f"what is {HIDDEN}?"
    assert TOKEN.split(".")[1] not in redact(f"half of one: {TOKEN.rsplit('.', 1)[0]}")


@pytest.mark.parametrize(
    "text", ["status_code=200", "run.started run_id=17", "https://example.com/jobs?gh_jid=1", "12:30:01"]
)
def test_other_text_is_left_alone(text: str):
    assert redact(text) == text


def test_an_event_is_one_readable_line(written: io.StringIO):
    Log("jobwire.test").info("run.started", run_id=17, company="Größe & Co", empty="")
    assert written.getvalue().rstrip().endswith("INFO    run.started run_id=17 company='Größe & Co' empty=''")


def test_a_field_cannot_forge_a_line(written: io.StringIO):
    Log("jobwire.test").info("board.failed", reason="a\nb 12:00 ERROR all is lost")
    assert written.getvalue().count("\n") == 1


@pytest.fixture
def access_log(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    """uvicorn's, as it is where its access log is switched on; a server in this process may have switched it off."""
    logger = logging.getLogger("uvicorn.access")
    monkeypatch.setattr(logger, "level", logging.INFO)
    monkeypatch.setattr(logger, "propagate", True)
    return logger


def test_every_record_of_every_logger_is_redacted(written: io.StringIO, access_log: logging.Logger):
    access_log.info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"/api/ingestion/progress/1?token={TOKEN}", "1.1", 200
    )
    logging.getLogger("third.party").warning("headers: %r", {"Authorization": f"Bearer {TOKEN}"})
    logging.getLogger("third.party").warning("%(name)s", {"name": f"token={TOKEN}"})
    Log("jobwire.test").info("odd", header=f"Bearer {TOKEN}")
    assert TOKEN not in written.getvalue()
    assert written.getvalue().count(HIDDEN) >= 4


def test_a_traceback_is_redacted(written: io.StringIO):
    try:
        int(f"bad {TOKEN}")
    except ValueError as error:
        Log("jobwire.test").error("request.failed", error=error, incident="1")
    assert "Traceback" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_what_a_traceback_quotes_does_nothing_to_the_terminal(written: io.StringIO):
    try:
        int("\x1b[2J\x9b31m\x07 \u202egone")
    except ValueError as error:
        Log("jobwire.test").error("it.failed", error=ExceptionGroup("\x1b]0;pwned\x07", [error]))
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(written.getvalue())
    assert r"\x1b]0;pwned\x07" in written.getvalue()


@pytest.mark.usefixtures("written")
def test_other_handlers_get_redacted_records_that_uvicorn_can_still_format(access_log: logging.Logger):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AccessFormatter('%(client_addr)s "%(request_line)s" %(status_code)s', use_colors=False))
    access_log.addHandler(handler)
    try:
        access_log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/signin?code=SESAME", "1.1", 303)
    finally:
        access_log.removeHandler(handler)
    assert stream.getvalue().strip() == f'127.0.0.1:1 "GET /signin?code={HIDDEN} HTTP/1.1" 303 See Other'


def test_configuring_twice_writes_once(written: io.StringIO):
    again = io.StringIO()
    logs.configure(stream=again)
    Log("jobwire.test").info("hello")
    assert written.getvalue() == ""
    assert again.getvalue().count("hello") == 1
