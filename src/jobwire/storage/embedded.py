"""Jobwire's own PostgreSQL, for whoever has none: started by the first process, stopped by the last.

Every Jobwire process on a data folder (`serve`, `worker`, `ingest`, …) calls `start` and, when it ends, `close`. Who
uses the server is told by a lock that the kernel releases when a process dies, however it dies; so a crash never leaves
a server that is believed to be in use, nor stops one that is.

    data_dir/postgres/      mode 0700 (for root: possibly a link, see `cluster.home`)
        18/                 the cluster, durable: fsync, full_page_writes and synchronous_commit are on
        log/                one file a weekday
        run/                the socket (no TCP)
        gate.lock           held while a process starts or stops the server
        users.lock          shared by every process that uses the server
        server.lock         held by every process of the server
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from jobwire.domain.errors import Unavailable
from jobwire.logs import Log
from jobwire.storage.cluster import home as homes
from jobwire.storage.cluster.filelock import FileLock
from jobwire.storage.cluster.home import Home
from jobwire.storage.cluster.server import Server

_START_TIMEOUT_S: Final = 60.0
_GATE_TIMEOUT_S: Final = 180.0
"""Longer than whoever holds the gate may take: to end what a crash left, to make the cluster, to recover."""

_log = Log(__name__)


def start(data_dir: Path, *, durable: bool = True) -> "EmbeddedServer":
    """Start the PostgreSQL of `data_dir`, or join the one that runs; it takes connections on return.

    Blocks for some 10 ms when it runs, a fraction of a second when it does not, a few seconds when its cluster has to
    be made, and a minute at most when it has to recover. Call it before the event loop begins, or in a thread. The
    caller closes the result. `durable=False` is for tests alone. Raises `Unavailable`, with what PostgreSQL said, when
    it cannot be started.
    """
    with _told_as_unavailable():
        server = EmbeddedServer(homes.settle(data_dir), durable=durable)
    try:
        server.ensure_running()
    except BaseException:
        server.release()
        raise
    return server


class EmbeddedServer:
    """This process's share in the embedded server."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self._home = home
        self._server = Server(home, durable=durable, timeout_s=_START_TIMEOUT_S)
        self._gate = FileLock(home.path / "gate.lock", owner=home.account)
        self._users = FileLock(home.path / "users.lock", owner=home.account)

    @property
    def folder(self) -> Path:
        """Where its files are, and its log in `log`."""
        return self._home.path

    @property
    def url(self) -> str:
        """The address, for `Database`. It stays the same when the server is started anew."""
        return self._server.url

    def ensure_running(self) -> None:
        """Start the server when it has gone: killed, or out of memory. Blocks like `start`; some 5 ms when it runs.

        A process that lives long calls it when the database cannot be reached.
        """
        with _told_as_unavailable(), self._gate.held(timeout_s=_GATE_TIMEOUT_S):
            self._server.ensure()
            joined = self._users.take(shared=True)
            assert joined, "nobody holds it alone, but behind the gate"

    def close(self) -> None:
        """Leave; whoever leaves last stops the server. Close the pool before. Twice is fine."""
        if self._users.descriptor < 0:
            return
        try:
            with self._gate.held(timeout_s=_GATE_TIMEOUT_S):
                if self._users.take():
                    self._server.stop()
        except Unavailable as error:
            # It runs on without users. The next process joins it, and stops it when it leaves.
            _log.warning("embedded.left_running", reason=error.message)
        finally:
            self.release()

    def release(self) -> None:
        """Let go without stopping the server, as a process does that is killed."""
        self._users.close()
        self._gate.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _told_as_unavailable() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The embedded database's folder cannot be used: {error}.",
            advice="Set JOBWIRE_DATA_DIR to a folder that this user may write, or set JOBWIRE_DATABASE_URL.",
        ) from error
