"""Who is asking: the Authorization header, else the query's token, else the session cookie.

The one that ranks highest decides alone: when it is there and bad, the others are not looked at.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from jobwire.api.tokens import Audience, Claims, Tokens
from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import RunId, UserId

COOKIE: Final = "jobwire_session"
QUERY: Final = "token"
_MAX_QUERY_FIELDS: Final = 100


class Via(StrEnum):
    """How somebody signed in to this request."""

    HEADER = "header"
    QUERY = "query"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, how they showed it, and until when that holds."""

    user_id: UserId
    via: Via
    claims: Claims

    @property
    def expires_at(self) -> datetime:
        """When the token ends, in UTC."""
        return self.claims.expires_at


@dataclass(frozen=True, slots=True)
class Credential:
    """A token as it came, not verified. Its `repr` does not show it."""

    via: Via
    token: str

    def __repr__(self) -> str:
        return f"Credential({self.via})"


def authenticate(scope: Scope, tokens: Tokens) -> Principal:
    """Verify the request's credential. Raise `NotSignedIn` where there is none, or a bad one.

    Takes the ASGI scope, so that it serves endpoints outside of FastAPI, too.
    """
    return _verify(scope, tokens, Audience.ACCESS)


def authenticate_viewer(scope: Scope, tokens: Tokens) -> Principal:
    """The same for a stream, which a ticket opens, too: then `require_ticket_fits`."""
    return _verify(scope, tokens, Audience.ACCESS, Audience.TICKET)


def require_ticket_fits(principal: Principal, run_id: RunId) -> None:
    """Raise `NotSignedIn` for a ticket to another run's stream."""
    if principal.claims.run_id not in (None, run_id):
        raise NotSignedIn("The ticket is for another run.")


def _verify(scope: Scope, tokens: Tokens, *audiences: Audience) -> Principal:
    credential = find_credential(scope)
    if credential is None:
        raise NotSignedIn("You are not signed in.")
    if credential.via is Via.COOKIE:
        audiences = (Audience.SESSION,)
    claims = tokens.read(credential.token, *audiences)
    return Principal(claims.user_id, credential.via, claims)


def find_credential(scope: Scope) -> Credential | None:
    """Find the credential that decides; an empty or doubled one counts as present, and is refused when it is read."""
    headers = Headers(scope=scope)
    if given := headers.getlist("authorization"):
        return Credential(Via.HEADER, _bearer(given))
    if (in_query := _query_tokens(scope)) is not None:
        return Credential(Via.QUERY, in_query)
    if (cookie := session_cookie(headers)) is not None:
        return Credential(Via.COOKIE, cookie)
    return None


def session_cookie(headers: Headers) -> str | None:
    """The session cookie's value, if one was sent."""
    for line in headers.getlist("cookie"):
        if (value := cookie_parser(line).get(COOKIE)) is not None:
            return value
    return None


def _bearer(given: list[str]) -> str:
    scheme, _, token = given[0].strip().partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer":
        raise NotSignedIn("The Authorization header is not `Bearer` and a token.")
    return token.strip()


def _query_tokens(scope: Scope) -> str | None:
    raw = scope.get("query_string", b"").decode("latin-1")
    try:
        fields = parse_qsl(raw, keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS)
    except ValueError:
        raise NotSignedIn("The query has too many fields to be read.") from None
    found = [value for name, value in fields if name == QUERY]
    if len(found) > 1:
        raise NotSignedIn("The query has more than one token.")
    return found[0] if found else None
