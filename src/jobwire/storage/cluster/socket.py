"""Where the embedded server listens: a Unix socket in a private folder, and nowhere else."""

import os
import tempfile
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final
from urllib.parse import quote

from psycopg import pq
from psycopg.conninfo import make_conninfo

from jobwire.storage.cluster import pidfile
from jobwire.storage.cluster.home import Home, make_private

DATABASE: Final = "jobwire"
OWNER: Final = "jobwire"
PORT: Final = 5432
"""No port is opened: it is a part of the socket's name."""

_FILE: Final = f".s.PGSQL.{PORT}"
_LONGEST: Final = 99
"""Bytes: systems allow 104 to 108 for the path of a socket."""


class Reply(Enum):
    """What a server says to a knock."""

    READY = "accepts connections"
    BUSY = "starting, recovering or stopping"
    SILENT = "nobody listens"


def choose(home: Home) -> Path:
    """The folder for the socket, made when missing: in the cluster's home, or the temp folder if that is too long."""
    inside = home.path / "run"
    # PostgreSQL and libpq both read a comma as the end of a folder's name.
    folder = inside if _fits(inside) and "," not in str(inside) else _outside(home)
    make_private(folder, home.account)
    return folder


def url(folder: Path) -> str:
    """The address of Jobwire's database on the server that listens in `folder`."""
    return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(folder), safe='')}&port={PORT}"


def knock(folder: Path) -> Reply:
    """Ask the server whether it takes connections."""
    conninfo = make_conninfo(host=str(folder), port=PORT, dbname=DATABASE, user=OWNER, connect_timeout=3)
    match pq.PGconn.ping(conninfo.encode()):
        case pq.Ping.OK:
            return Reply.READY
        case pq.Ping.REJECT:
            return Reply.BUSY
        case _:
            return Reply.SILENT


def clear(folder: Path) -> None:
    """Remove what a dead server left. Only while none runs: PostgreSQL would believe the process number in there."""
    for name in (_FILE, f"{_FILE}.lock"):
        (folder / name).unlink(missing_ok=True)


def leave(home: Home, folder: Path) -> None:
    """Remove the folder when it is not in the cluster's home: nobody would find it there."""
    if folder.parent != home.path:
        with suppress(OSError):
            folder.rmdir()


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / _FILE)) <= _LONGEST


def _outside(home: Home) -> Path:
    # PostgreSQL's identifier of a cluster opens this file. It tells this cluster from one that was removed at the same
    # place, whose server lives on for up to a minute and then takes its socket away.
    identifier = (home.data / "global" / "pg_control").read_bytes()[:8].hex()
    name = f"jobwire-{home.account.uid}-{identifier}"
    # Where the last server listened: processes may hold that address, whatever TMPDIR says here.
    last = pidfile.read(home.data)
    if last is not None and last.socket_dir.name == name and last.socket_dir.parent.is_dir():
        return last.socket_dir
    temp = Path(tempfile.gettempdir()).resolve()
    return temp / name if _fits(temp / name) and home.account.may_enter(temp) else Path("/tmp") / name  # noqa: S108
