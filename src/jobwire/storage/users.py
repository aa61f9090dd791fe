"""Who may sign in, and the codes that sign them in."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from jobwire.domain.errors import InvalidInput, NotFound
from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.tables import sign_in_codes, users

_EMAIL: Final = re.compile(r"[^@\s\0]+@[^@\s\0]+")
_MAX_EMAIL_CHARS: Final = 320
_CODE_BYTES: Final = 32


class Users:
    """The table of users. `new_code` makes the codes: text that nobody can guess, of URL-safe characters."""

    def __init__(
        self, database: Database, *, new_code: Callable[[], str] = lambda: secrets.token_urlsafe(_CODE_BYTES)
    ) -> None:
        self._database = database
        self._new_code = new_code

    async def ensure(self, email: str) -> UserId:
        """The user with this address, made when new. Raise `InvalidInput` for what is no address."""
        address = normalise_email(email)
        async with self._database.begin() as connection:
            # In two statements: the second one sees a row that another process has just committed
            await connection.execute(upsert(users).values(email=address).on_conflict_do_nothing())
            found = await connection.execute(select(users.c.id).where(users.c.email == address))
            return UserId(found.scalar_one())

    async def find(self, email: str) -> UserId | None:
        """The user with this address, if there is one."""
        address = normalise_email(email)
        async with self._database.connect() as connection:
            found = (await connection.execute(select(users.c.id).where(users.c.email == address))).scalar_one_or_none()
        return None if found is None else UserId(found)

    async def email(self, user: UserId) -> str | None:
        """The user's address; None when there is no such user."""
        async with self._database.connect() as connection:
            return (await connection.execute(select(users.c.email).where(users.c.id == user))).scalar_one_or_none()

    async def issue_code(self, user: UserId, ttl: timedelta) -> str:
        """Make a code that signs this user in once, within `ttl`. Only its digest is kept. Raise `NotFound`."""
        code = self._new_code()
        now = func.clock_timestamp()
        async with self._database.begin() as connection:
            known = select(users.c.id).where(users.c.id == user).with_for_update(read=True, key_share=True)
            if (await connection.execute(known)).first() is None:
                raise NotFound(f"There is no user {user}.")
            await connection.execute(delete(sign_in_codes).where(sign_in_codes.c.expires_at <= now))
            await connection.execute(
                insert(sign_in_codes).values(digest=_digest(code), user_id=user, expires_at=now + ttl)
            )
        return code

    async def redeem(self, code: str) -> UserId | None:
        """Whom the code is for. The row goes with the answer: of two at once, one gets it."""
        taken = (
            delete(sign_in_codes)
            .where(sign_in_codes.c.digest == _digest(code))
            .returning(sign_in_codes.c.user_id, (sign_in_codes.c.expires_at > func.clock_timestamp()).label("in_time"))
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(taken)).one_or_none()
        return UserId(row.user_id) if row is not None and row.in_time else None


def normalise_email(email: str) -> str:
    """Bring an address into the one form that is compared. Raise `InvalidInput`; only mail itself proves more."""
    address = email.strip().casefold()
    if len(address) > _MAX_EMAIL_CHARS or not _EMAIL.fullmatch(address) or not address.isprintable():
        raise InvalidInput("That is no e-mail address.", advice="Write it as name@host.")
    return address


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()
