"""Signing in with a link, and out."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from jobwire.api.asking import AppOrigins, AppServices, Email, SignedIn
from jobwire.api.auth import Via, authenticate, session_cookie
from jobwire.api.cookies import clear_session, set_session
from jobwire.api.fields import Answer
from jobwire.api.plain_page import plain_page
from jobwire.api.ports import Services
from jobwire.api.problems import discreet
from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import UserId

router = APIRouter(tags=["session"])

_PRIVATE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_MAX_CODE_CHARS: Final = 200
_NO_SUCH_CODE: Final = """<p>A sign-in link works once, and not for long. In a terminal
in the folder of Jobwire, this prints another:</p>
<pre>.venv/bin/jobwire token --link</pre>"""


class SessionAnswer(Answer):
    """Who is signed in."""

    email: str


@router.get("/api/session")
async def get_session(
    request: Request, response: Response, services: AppServices, principal: SignedIn, email: Email
) -> SessionAnswer:
    """Say who is signed in. A session that is older than a day goes on in a new cookie."""
    if principal.via is Via.COOKIE and services.tokens.is_stale(principal.claims):
        set_session(response, request.scope, services.tokens.session(principal.user_id))
    return SessionAnswer(email=email)


@router.delete("/api/session", status_code=HTTPStatus.NO_CONTENT)
async def delete_session(request: Request, origins: AppOrigins) -> Response:
    """Sign this browser out. It is no error when nobody is signed in."""
    if session_cookie(request.headers) is not None:
        origins.require_own(request.scope)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    clear_session(response, request.scope)
    return response


@router.get("/signin", include_in_schema=False)
async def sign_in(request: Request, services: AppServices, code: Annotated[str, Query()] = "") -> Response:
    """Redeem a code and go to the app. A used or old code is no matter where somebody is already signed in."""
    user = await _redeem(services, code)
    if user is not None:
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER, _PRIVATE)
        set_session(response, request.scope, services.tokens.session(user))
        return response
    if await _is_signed_in(request, services):
        return RedirectResponse("/", HTTPStatus.SEE_OTHER, _PRIVATE)
    return plain_page("This link no longer works", _NO_SUCH_CODE, HTTPStatus.FORBIDDEN, _PRIVATE)


async def _redeem(services: Services, code: str) -> UserId | None:
    if not 0 < len(code) <= _MAX_CODE_CHARS:
        return None
    with discreet():
        return await services.users.redeem(code)


async def _is_signed_in(request: Request, services: Services) -> bool:
    try:
        principal = authenticate(request.scope, services.tokens)
    except NotSignedIn:
        return False
    return await services.users.email(principal.user_id) is not None
