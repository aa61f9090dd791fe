"""The session cookie on its way out."""

from starlette.responses import Response
from starlette.types import Scope

from jobwire.api.auth import COOKIE
from jobwire.api.tokens import SESSION_TTL


def set_session(response: Response, scope: Scope, token: str) -> None:
    """Keep the session in the browser: no script sees it, and no foreign page's request carries it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_TTL.total_seconds()),
        path="/",
        secure=scope.get("scheme") == "https",
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, scope: Scope) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(COOKIE, path="/", secure=scope.get("scheme") == "https", httponly=True, samesite="lax")
