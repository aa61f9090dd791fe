"""The JWTs that open the API: HS256, and good for one audience each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import jwt

from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import RunId, UserId

Clock = Callable[[], float]
"""Seconds since the epoch, as `time.time` counts them."""

ACCESS_TTL: Final = timedelta(hours=12)
SESSION_TTL: Final = timedelta(days=30)
TICKET_TTL: Final = timedelta(minutes=15)
SESSION_FRESH_FOR: Final = timedelta(days=1)
"""A session that is older gets a new cookie when the page asks who is signed in."""
SKEW: Final = timedelta(seconds=60)
"""How far ahead another machine's clock may be when it issues a token."""

_ALGORITHM: Final = "HS256"
_MAX_ID: Final = 2**63 - 1


class Audience(StrEnum):
    """What a token is for. A token for one thing opens nothing else."""

    ACCESS = "jobwire"
    SESSION = "jobwire-session"
    TICKET = "jobwire-stream"
    """One run's stream, and nothing else."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `run_id` is the run that a ticket is for; other tokens have none."""

    user_id: UserId
    issued_at: datetime
    expires_at: datetime
    run_id: RunId | None = None


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

    def ticket(self, user: UserId, run: RunId, until: datetime) -> str:
        """Issue a token for one run's stream, good for 15 minutes, but not beyond `until`: what it was got with."""
        return self._issue(user, Audience.TICKET, min(TICKET_TTL, until - self._now()), run=run)

    def is_stale(self, claims: Claims) -> bool:
        """Whether a session should be renewed, so that one in use does not end."""
        return self._now() - claims.issued_at > SESSION_FRESH_FOR

    def read(self, token: str, *audiences: Audience) -> Claims:
        """Verify a token for one of these audiences, wholly.

        Raise `NotSignedIn` without saying more than the holder may know.
        """
        try:
            payload = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - of a key type we do not use
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                # The times are checked below, by the clock that was passed in, and the audience with them
                options={
                    "require": ["aud", "sub", "iat", "exp"],
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            claims = _claims(payload, audiences)
        except (jwt.InvalidTokenError, ValueError, OverflowError, OSError):
            raise NotSignedIn("The token is not valid.") from None
        now = self._now()
        if now >= claims.expires_at:
            raise NotSignedIn("The token has expired.")
        if claims.issued_at > now + SKEW:
            raise NotSignedIn("The token is not valid.")
        return claims

    def _issue(self, user: UserId, audience: Audience, ttl: timedelta, **more: int) -> str:
        now = int(self._clock())
        payload = {"aud": str(audience), "sub": str(user), "iat": now, "exp": now + int(ttl.total_seconds()), **more}
        return jwt.encode(  # pyright: ignore[reportUnknownMemberType] - as above
            payload, self._secret, algorithm=_ALGORITHM
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _claims(payload: dict[str, object], audiences: Sequence[Audience]) -> Claims:
    if payload["aud"] not in list(audiences):
        raise ValueError("aud")
    subject, issued_at, expires_at = payload["sub"], payload["iat"], payload["exp"]
    if not (isinstance(subject, str) and subject.isascii() and subject.isdecimal()):
        raise ValueError("sub")
    run = RunId(_id(payload.get("run"))) if payload["aud"] == Audience.TICKET else None
    return Claims(UserId(_id(int(subject))), _time(issued_at), _time(expires_at), run)


def _id(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MAX_ID:
        raise ValueError("id")
    return value


def _time(value: object) -> datetime:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError("time")  # noqa: TRY004 - any flaw of a token is the same to who sent it
    return datetime.fromtimestamp(value, UTC)
