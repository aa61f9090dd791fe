"""The JWTs that open the API: HS256, and good for one audience each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import jwt

from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import UserId

Clock = Callable[[], float]
"""Seconds since the epoch, as `time.time` counts them."""

ACCESS_TTL: Final = timedelta(hours=12)
SESSION_TTL: Final = timedelta(days=30)
SESSION_FRESH_FOR: Final = timedelta(days=1)
"""A session that is older gets a new cookie when the page asks who is signed in."""
SKEW: Final = timedelta(seconds=60)
"""How far ahead another machine's clock may be when it issues a token."""

_ALGORITHM: Final = "HS256"
_MAX_USER_ID: Final = 2**63 - 1


class Audience(StrEnum):
    """What a token is for. A token for one thing opens nothing else."""

    ACCESS = "jobwire"
    SESSION = "jobwire-session"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    user_id: UserId
    issued_at: datetime
    expires_at: datetime


class Tokens:
    """Issues and reads tokens with one secret. The secret is never shown: not by `repr`, not by an error."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def access(self, user: UserId, ttl: timedelta = ACCESS_TTL) -> str:
        """Issue a token for the `Authorization` header or the query."""
        return self._issue(user, Audience.ACCESS, ttl)

    def session(self, user: UserId) -> str:
        """Issue a token for the session cookie."""
        return self._issue(user, Audience.SESSION, SESSION_TTL)

    def is_stale(self, claims: Claims) -> bool:
        """Whether a session should be renewed, so that one in use does not end."""
        return self._now() - claims.issued_at > SESSION_FRESH_FOR

    def read(self, token: str, audience: Audience) -> Claims:
        """Verify a token, wholly. Raise `NotSignedIn` without saying more than the holder may know."""
        try:
            payload = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - of a key type we do not use
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=audience,
                # The times are checked below, by the clock that was passed in
                options={
                    "require": ["aud", "sub", "iat", "exp"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            claims = _claims(payload)
        except (jwt.InvalidTokenError, ValueError, OverflowError, OSError):
            raise NotSignedIn("The token is not valid.") from None
        now = self._now()
        if now >= claims.expires_at:
            raise NotSignedIn("The token has expired.")
        if claims.issued_at > now + SKEW:
            raise NotSignedIn("The token is not valid.")
        return claims

    def _issue(self, user: UserId, audience: Audience, ttl: timedelta) -> str:
        now = int(self._clock())
        payload = {"aud": str(audience), "sub": str(user), "iat": now, "exp": now + int(ttl.total_seconds())}
        return jwt.encode(  # pyright: ignore[reportUnknownMemberType] - as above
            payload, self._secret, algorithm=_ALGORITHM
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _claims(payload: dict[str, object]) -> Claims:
    subject, issued_at, expires_at = payload["sub"], payload["iat"], payload["exp"]
    if not (isinstance(subject, str) and subject.isascii() and subject.isdecimal()):
        raise ValueError("sub")
    if not 0 < (user_id := int(subject)) <= _MAX_USER_ID:
        raise ValueError("sub")
    return Claims(UserId(user_id), _time(issued_at), _time(expires_at))


def _time(value: object) -> datetime:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError("time")  # noqa: TRY004 - any flaw of a token is the same to who sent it
    return datetime.fromtimestamp(value, UTC)
