"""Errors as answers: `application/problem+json` (RFC 9457), from one table."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from jobwire.domain.errors import (
    BoardError,
    Conflict,
    InvalidInput,
    JobwireError,
    NotFound,
    NotSignedIn,
    RunActive,
    RunEnded,
    Unavailable,
)
from jobwire.flaws import describe_flaws
from jobwire.logs import Log

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[type[JobwireError], HTTPStatus]] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    BoardError: HTTPStatus.BAD_GATEWAY,
}
"""A subclass has its parent's status."""

NOTHING_HERE: Final = "Nothing is here, or not for you. Check the address, and who you are signed in as."
"""For all that does not exist and all that is somebody else's: the two must not differ in one byte."""

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer that says what happened and what to do next. `extras` become members of the JSON object."""

    status: HTTPStatus
    detail: str
    extras: Mapping[str, object] = field(default_factory=dict[str, object])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def response(self) -> Response:
        """Make it an answer."""
        body: dict[str, object] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            **self.extras,
        }
        return JSONResponse(body, self.status.value, dict(self.headers), MEDIA_TYPE)


class Refused(Exception):
    """Ends a request with a problem that is of HTTP alone, such as a foreign Origin."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


async def send_problem(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from raw ASGI."""
    await problem.response()(scope, receive, send)


def problem_of(error: JobwireError) -> Problem:
    """Look an error up in the table."""
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    match error:
        case NotFound():
            return Problem(status, NOTHING_HERE)
        case NotSignedIn():
            return Problem(status, str(error), headers={"WWW-Authenticate": 'Bearer realm="jobwire"'})
        case RunActive(run_id=run_id) | RunEnded(run_id=run_id):
            return Problem(status, str(error), {"run_id": run_id})
        case _:
            return Problem(status, str(error))


def incident(error: Exception, scope: Scope, incident_id: str) -> Problem:
    """Answer what nobody expected; the log has the same id, the traceback and the path without its query."""
    _log.error("request.failed", error=error, incident=incident_id, method=scope["method"], path=scope["path"])
    detail = f"Jobwire made a mistake. Look for incident {incident_id} in its log, and please report it."
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, {"incident": incident_id})


@contextmanager
def discreet() -> Generator[None, None, None]:
    """Keep from those who are not signed in why Jobwire is unavailable: the reason may name its machines."""
    try:
        yield
    except Unavailable as error:
        _log.warning("request.unavailable", reason=str(error))
        raise Unavailable("The database does not answer.", advice="Look into Jobwire's log for the reason.") from None


def install(app: FastAPI) -> None:
    """Answer every expected error of the app's routes with its problem."""
    app.add_exception_handler(JobwireError, _on_domain_error)
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, JobwireError)
    if type(error) is JobwireError:
        raise error
    problem = problem_of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("request.unavailable", path=request.url.path, reason=str(error))
    return problem.response()


async def _on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.problem.response()


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    flaws: Sequence[Mapping[str, Any]] = error.errors()
    if any(flaw["loc"][:1] == ("path",) for flaw in flaws):
        return Problem(HTTPStatus.NOT_FOUND, NOTHING_HERE).response()
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _without_json(flaws[0]) or describe_flaws(flaws)).response()


def _without_json(flaw: Mapping[str, Any]) -> str | None:
    """Say what is to be sent where the body as a whole is no JSON, or does not say that it is: None where it is."""
    if flaw["type"] == "json_invalid":
        return f"The body is not JSON, from character {flaw['loc'][-1]} on: {flaw['ctx']['error']}."
    if tuple(flaw["loc"]) != ("body",):
        return None
    if flaw["type"] == "missing":
        return "The body is missing. Send JSON, with the header Content-Type: application/json."
    if isinstance(flaw["input"], bytes):
        return "The body is not said to be JSON. Send it with the header Content-Type: application/json."
    return None


async def _on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return http_problem(status, detail=error.detail, headers=error.headers).response()


def http_problem(status: HTTPStatus, *, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Problem:
    """Make the problem that a plain HTTP status stands for."""
    return Problem(status, _HTTP_DETAILS.get(status, detail or status.description), headers=headers or {})


_HTTP_DETAILS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "The body could not be read. Send JSON in UTF-8.",
    HTTPStatus.NOT_FOUND: NOTHING_HERE,
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method. The Allow header names those it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large: at most 1 MiB is read. Send it in parts.",
}
