"""Makes a cluster, whole or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

from jobwire.storage.cluster import programs
from jobwire.storage.cluster.home import Home
from jobwire.storage.cluster.socket import DATABASE, OWNER


def make(home: Home, *, durable: bool) -> None:
    """Make the cluster with Jobwire's database in a folder beside its place, then move it there.

    A crash on the way leaves a folder that the next call removes. `durable=False` spares the wait for the disk.
    """
    for leftover in home.path.glob(".new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=home.path))
    home.account.own(made)
    _fill(home, made, durable=durable)
    made.rename(home.data)
    _sync(home.path)


def _fill(home: Home, made: Path, *, durable: bool) -> None:
    where = ("-D", str(made))
    # One sort order and one upper case on every machine, whatever its C library thinks this year.
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    # Nobody else gets to the socket: its folder is private.
    auth = ("--username", OWNER, "--auth-local=trust", "--auth-host=reject")
    rest = ("--no-instructions",) if durable else ("--no-instructions", "--no-sync")
    programs.run(home.programs / "initdb", *where, *locale, *auth, *rest, folder=home.path, account=home.account)
    programs.run(
        home.programs / "postgres",
        *("--single", *where, "postgres"),
        folder=home.path,
        account=home.account,
        said=f"CREATE DATABASE {DATABASE};\n",
    )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
