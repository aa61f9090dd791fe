"""The server's process: make its cluster, start it, stop it, and clear up after one that died."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster import options, socket
from jobwire.storage.cluster.filelock import FileLock
from jobwire.storage.cluster.home import Home
from jobwire.storage.cluster.socket import DATABASE, OWNER, Reply

_POLL_S: Final = 0.02
_GRACE_S: Final = 5.0
"""How long a server may be silent before it counts as broken: it is, for a moment, as it starts and as it stops."""
_LAST_WORDS: Final = 1_500
_LOG_DAYS: Final = 6


class Server:
    """The one server of a `Home`. Its methods are called by one process at a time: `storage.embedded` sees to that.

    Whether any process of it lives is told by a lock that they all inherit, never by a number in a file: the number may
    belong to another program by now, or to nobody.
    """

    def __init__(self, home: Home, *, durable: bool, timeout_s: float) -> None:
        self._home = home
        self._durable = durable
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self.socket_dir: Path | None = None

    def ensure(self) -> Path:
        """See that the server runs and takes connections; the folder of its socket."""
        if not self._home.data.exists():
            _make_cluster(self._home, durable=self._durable)
        folder = self.socket_dir = _last_socket_dir(self._home) or socket.choose(self._home)
        if socket.knock(folder) is Reply.READY:
            return folder
        alive = FileLock(self._home.path / "server.lock")
        try:
            self._home.account.own(alive.path)
            if self._clear(folder, alive):
                self._launch(folder, alive)
        finally:
            alive.close()  # the server's processes hold it from here on
        return folder

    def stop(self) -> None:
        """Shut the server down as its own tools do: clients are cut off, everything committed is on disk."""
        alive = FileLock(self._home.path / "server.lock")
        try:
            self._evict(alive)
        finally:
            alive.close()
        if self._process is not None:
            self._process.wait()

    def _clear(self, folder: Path, alive: FileLock) -> bool:
        """Wait until the server answers (False), or until none of its processes is left (True)."""
        give_up = time.monotonic() + self._timeout_s
        silent_since = time.monotonic()
        while not self._is_gone(alive):
            match socket.knock(folder):
                case Reply.READY:
                    return False
                case Reply.BUSY:
                    silent_since = time.monotonic()
                case Reply.SILENT if time.monotonic() - silent_since > _GRACE_S:
                    # Its socket was cleared away, its postmaster was killed, or it hangs: nobody can use it.
                    self._evict(alive)
                case Reply.SILENT:
                    pass
            if time.monotonic() > give_up:
                raise _too_slow(self._timeout_s)
            time.sleep(_POLL_S)
        return True

    def _launch(self, folder: Path, alive: FileLock) -> None:
        socket.clear(folder)
        # No process of this cluster lives, so whatever this file says is of the past; PostgreSQL would believe it.
        (self._home.data / "postmaster.pid").unlink(missing_ok=True)
        logs = self._home.folder("log")
        _drop_old(logs)
        arguments = options.arguments(data=self._home.data, socket_dir=folder, log_dir=logs, durable=self._durable)
        with (logs / "startup.log").open("wb") as words:
            self._process = subprocess.Popen(  # noqa: S603 (our own program and words)
                [self._home.programs / "postgres", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=self._home.data,
                env=_environment(),
                pass_fds=(alive.descriptor,),
                # A session of its own: Ctrl+C in the terminal is for Jobwire, which then stops the server in order.
                start_new_session=True,
                umask=0o077,
                **self._home.account.identity,
            )
        self._await_ready(folder, self._process)

    def _await_ready(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + self._timeout_s
        while socket.knock(folder) is not Reply.READY:
            if process.poll() is not None:
                raise _died(self._home.logs)
            if time.monotonic() > give_up:
                raise _too_slow(self._timeout_s)
            time.sleep(_POLL_S)

    def _evict(self, alive: FileLock) -> None:
        """End every process of this cluster: in order when it lets us, by force when it does not."""
        data = self._home.data
        for what, patience_s, whom in (
            (signal.SIGINT, 30.0, _leaders),  # to the postmaster: shut down now, in order
            (signal.SIGQUIT, 5.0, _processes),
            (signal.SIGKILL, 10.0, _processes),
        ):
            for process in whom(data):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(what)
            if _wait(lambda: self._is_gone(alive), patience_s):
                return
        raise Unavailable(
            f"PostgreSQL's processes in {data} do not end.",
            advice="Look for them with `ps`; a disk that does not answer holds them.",
        )

    def _is_gone(self, alive: FileLock) -> bool:
        if self._process is not None:
            self._process.poll()
        # The lock is enough for servers that we started; one that was started by hand does not hold it.
        return alive.take() and not _processes(self._home.data)


def _make_cluster(home: Home, *, durable: bool) -> None:
    """Make the cluster in a folder beside its place and move it there whole: a crash leaves none, never half of one."""
    for leftover in home.path.glob(".new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=home.path))
    home.account.own(made)
    sync = () if durable else ("--no-sync",)
    _run(
        home,
        "initdb",
        *("-D", str(made), "--username", OWNER, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions", *sync),
    )
    _run(home, "postgres", "--single", "-D", str(made), "postgres", sql=f"CREATE DATABASE {DATABASE};\n")
    made.rename(home.data)
    folder = os.open(home.path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _run(home: Home, program: str, *arguments: str, sql: str = "") -> None:
    done = subprocess.run(  # noqa: S603 (our own program and words)
        [home.programs / program, *arguments],
        check=False,
        input=sql.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=home.path,
        env=_environment(),
        umask=0o077,
        **home.account.identity,
    )
    if done.returncode != 0:
        raise _failed(done.stdout.decode(errors="replace"), home.path)


def _environment() -> dict[str, str]:
    # Nothing of the caller's: PGDATA, PGPORT, LD_PRELOAD and the like are for other servers.
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _last_socket_dir(home: Home) -> Path | None:
    """Where the last server listened: live processes hold that address, whatever the temp folder is called by now."""
    with suppress(OSError, UnicodeDecodeError, IndexError):
        folder = Path((home.data / "postmaster.pid").read_text().splitlines()[4])
        if folder.is_absolute():
            return folder
    return None


def _processes(data: Path) -> list[psutil.Process]:
    """All processes of the cluster: each works in its folder."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name().startswith("postgres") and process.cwd() == str(data):
                found.append(process)
    return found


def _leaders(data: Path) -> list[psutil.Process]:
    """Those whose parent is none of them: the postmaster, or its orphans when it was killed."""
    processes = _processes(data)
    numbers = {process.pid for process in processes}
    found: list[psutil.Process] = []
    for process in processes:
        with suppress(psutil.Error):
            if process.ppid() not in numbers:
                found.append(process)
    return found


def _wait(condition: Callable[[], bool], patience_s: float) -> bool:
    give_up = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(_POLL_S)
    return True


def _drop_old(logs: Path) -> None:
    # The server begins a file anew when it lives through midnight; one that is up for hours at a time never does.
    oldest = time.time() - _LOG_DAYS * 86_400
    for file in logs.glob("*.log"):
        if file.stat().st_mtime < oldest:
            file.unlink()


def _died(logs: Path) -> Unavailable:
    files = sorted(logs.glob("*.log"), key=lambda file: file.stat().st_mtime)
    return _failed("".join(file.read_text(errors="replace")[-_LAST_WORDS:] for file in files[-2:]), logs)


def _failed(words: str, where: Path) -> Unavailable:
    return Unavailable(
        f"The embedded PostgreSQL did not start: {words.strip()[-_LAST_WORDS:]}",
        advice=f"Look into {where}; a full disk or a folder that is not writable are the usual reasons.",
    )


def _too_slow(timeout_s: float) -> Unavailable:
    return Unavailable(
        f"The embedded PostgreSQL was not ready after {timeout_s:.0f} s.",
        advice="After a crash it may have much to recover: try again in a minute.",
    )
