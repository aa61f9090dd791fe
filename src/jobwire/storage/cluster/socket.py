"""Where the embedded server listens: a Unix socket in a private folder, and nowhere else."""

import os
import tempfile
from enum import Enum
from pathlib import Path
from typing import Final

from psycopg import pq
from psycopg.conninfo import make_conninfo

from jobwire.storage.cluster.home import Home, make_private

DATABASE: Final = "jobwire"
OWNER: Final = "jobwire"
PORT: Final = 5432
_LONGEST: Final = 99
"""Bytes: systems allow 104 to 108 for the path of a socket."""


class Reply(Enum):
    """What a server says to a knock, without signing in."""

    READY = "accepts connections"
    BUSY = "starting, recovering or stopping"
    SILENT = "nobody listens"


def choose(home: Home) -> Path:
    """The folder for the socket, made when missing: in the cluster's home, or the temp folder if that is too long."""
    inside = home.path / "run"
    # PostgreSQL and libpq both read a comma as the end of a folder's name.
    fits = len(os.fsencode(inside / _name())) <= _LONGEST and "," not in str(inside)
    folder = inside if fits else _temp_folder(home)
    make_private(folder, home.account)
    return folder


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
    """Remove what a server that died has left. Only while no server runs: PostgreSQL trusts the number in there."""
    for name in (_name(), f"{_name()}.lock"):
        (folder / name).unlink(missing_ok=True)


def _name() -> str:
    return f".s.PGSQL.{PORT}"


def _temp_folder(home: Home) -> Path:
    # PostgreSQL's identifier of a cluster opens this file. It tells apart a cluster from one that was removed, at the
    # same place, whose server may still run for a minute and would take our socket along.
    identifier = (home.data / "global" / "pg_control").read_bytes()[:8].hex()
    name = f"jobwire-{home.account.uid}-{identifier}"
    for parent in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):  # noqa: S108 (a private folder in it)
        if len(os.fsencode(parent / name / _name())) <= _LONGEST and home.account.may_enter(parent):
            return parent / name
    return Path("/tmp") / name  # noqa: S108
