"""The system user that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from jobwire.domain.errors import Unavailable

SERVICE_USER: Final = "pgserver"
_ATTEMPTS: Final = 20


class Identity(TypedDict, total=False):
    """What `subprocess` needs to run a program as somebody else; empty for oneself."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user and its primary group, by number."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this process runs as it."""
        return self.uid == os.geteuid()

    @property
    def identity(self) -> Identity:
        """Arguments for `subprocess.Popen`."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Make this account the owner of one file or folder."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def may_enter(self, folder: Path) -> bool:
        """Whether it may pass through `folder` and each of its parents, by their mode bits."""
        return all(self._has(parent, stat.S_IXUSR) for parent in (folder, *folder.parents))

    def may_read(self, file: Path) -> bool:
        """Whether it may reach and read `file`."""
        return self.may_enter(file.parent) and self._has(file, stat.S_IRUSR)

    def _has(self, path: Path, owner_bit: int) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & owner_bit)
        return bool(found.st_mode & (owner_bit >> (3 if found.st_gid == self.gid else 6)))


def current() -> Account:
    """The account of this process."""
    return Account(os.geteuid(), os.getegid())


def owner_of(path: Path) -> Account:
    """The account that owns `path`."""
    found = path.stat()
    return Account(found.st_uid, found.st_gid)


def service() -> Account:
    """The account for a PostgreSQL that root starts: made when missing, without a password, a shell or a home."""
    for _ in range(_ATTEMPTS):
        try:
            entry = pwd.getpwnam(SERVICE_USER)
        except KeyError:
            _add_service_user()
        else:
            return Account(entry.pw_uid, entry.pw_gid)
    raise _no_service_user("useradd did not make it")


def _add_service_user() -> None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        raise _no_service_user("there is no useradd here")
    # It fails while another process adds the same user, or holds the password file: the caller looks again.
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 (fixed words)
    if done.returncode != 0:
        time.sleep(0.1)


def _no_service_user(why: str) -> Unavailable:
    return Unavailable(
        f"PostgreSQL does not run as root, and the system user {SERVICE_USER!r} is missing: {why}.",
        advice=f"Run Jobwire as a normal user, add the user {SERVICE_USER!r}, or set JOBWIRE_DATABASE_URL.",
    )
