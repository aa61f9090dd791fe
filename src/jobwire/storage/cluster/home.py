"""Where an embedded cluster lives, who runs it, and with which programs."""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster import account as accounts
from jobwire.storage.cluster import programs
from jobwire.storage.cluster.account import Account


@dataclass(frozen=True)
class Home:
    """A private folder that holds one cluster and everything that its processes share."""

    path: Path
    account: Account
    programs: Path
    """The folder of `postgres` and `initdb`."""

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder. Named by major version, so that an upgrade can be made beside it."""
        return self.path / str(programs.MAJOR)

    @property
    def logs(self) -> Path:
        """The folder of PostgreSQL's log."""
        return self.path / "log"


def settle(data_dir: Path) -> Home:
    """Find or make the home of the cluster of `data_dir`.

    For a normal user it is `data_dir/postgres`. For root, PostgreSQL runs as another account: the one that owns the
    cluster, else `pgserver`; where that account cannot enter `data_dir` (under /root, say), the cluster lives in
    `/var/lib/jobwire` and `data_dir/postgres` is a link to it. No folder is ever opened to others for it.
    Raises `Unavailable` when the place is somebody else's, `OSError` when it cannot be used.
    """
    as_root = os.geteuid() == 0
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    # Root's data folder lets others pass, not look: PostgreSQL's account has to get to its own part.
    data_dir.mkdir(mode=0o711 if as_root else 0o700, exist_ok=True)
    place = data_dir.resolve() / "postgres"
    account = _root_runs_as(place) if as_root else accounts.current()
    if not place.exists() and not account.may_enter(place.parent):
        _link_elsewhere(place, account)
    path = place.resolve()
    make_private(path, account)
    if not account.may_enter(path):
        raise _shut(path, account)
    return Home(path, account, programs.locate(account))


def make_private(folder: Path, account: Account) -> None:
    """Make `folder` when missing, for `account` alone. Raises `Unavailable` when it is somebody else's, or a link."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
        raise Unavailable(
            f"{folder} belongs to another user.",
            advice="Run Jobwire as that user, or set JOBWIRE_DATA_DIR to a folder of your own.",
        )
    account.own(folder)
    folder.chmod(0o700)


def _root_runs_as(place: Path) -> Account:
    owner = accounts.owner_of(place) if place.exists() else accounts.current()
    return accounts.service() if owner.is_ours else owner


def _link_elsewhere(place: Path, account: Account) -> None:
    # The link is the only truth of where the cluster is: it moves with the data folder, and a data folder that was
    # deleted starts anew.
    programs.SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="cluster-", dir=programs.SHARED))
    account.own(made)
    try:
        place.symlink_to(made)
    except FileExistsError:  # another process was quicker
        made.rmdir()


def _shut(path: Path, account: Account) -> Unavailable:
    blocked = next(parent for parent in reversed((path, *path.parents)) if not account.may_enter(parent))
    return Unavailable(
        f"The database's folder {path} is out of reach of its system user (number {account.uid}): {blocked} is shut.",
        advice=f"Run `chmod o+x {blocked}`, or move the data folder and set JOBWIRE_DATA_DIR.",
    )
