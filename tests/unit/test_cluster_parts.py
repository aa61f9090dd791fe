"""The parts of the embedded server that need no server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster import options, pidfile
from jobwire.storage.cluster.account import Account, current
from jobwire.storage.cluster.filelock import FileLock
from jobwire.storage.cluster.pidfile import PidFile

US = current()
STRANGER = Account(uid=54_321, gid=54_321)
TAKE = """
import sys
from pathlib import Path
from jobwire.storage.cluster.account import current
from jobwire.storage.cluster.filelock import FileLock
lock = FileLock(Path(sys.argv[1]), owner=current())
print(lock.take(shared=sys.argv[2] == "shared"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locks(tmp_path: Path) -> list[FileLock]:
    return [FileLock(tmp_path / "lock", owner=US) for _ in range(3)]


class TestFileLock:
    def test_one_alone_or_many_together(self, locks: list[FileLock]) -> None:
        first, second, third = locks
        assert first.take(shared=True)
        assert second.take(shared=True)
        assert not third.take()
        first.close()
        assert second.take()  # the last one may have it alone
        assert not third.take(shared=True)
        second.close()
        assert third.take(shared=True)
        third.close()
        third.close()

    def test_waiting_ends(self, locks: list[FileLock]) -> None:
        holder, waiter, _ = locks
        with holder.held(timeout_s=1), pytest.raises(Unavailable, match="Another"), waiter.held(timeout_s=0):
            pass
        with waiter.held(timeout_s=0):
            assert not holder.take()
        for lock in locks:
            lock.close()

    def test_a_killed_process_lets_go(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", TAKE, str(tmp_path / "lock"), "exclusive"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "True\n"
            lock = FileLock(tmp_path / "lock", owner=US)
            assert not lock.take(shared=True)
            holder.kill()
            holder.wait()
            assert lock.take()
            lock.close()

    def test_a_child_that_inherits_it_keeps_it(self, tmp_path: Path) -> None:
        lock, other = (FileLock(tmp_path / "lock", owner=US) for _ in range(2))
        assert lock.take()
        with subprocess.Popen(["sleep", "600"], pass_fds=(lock.descriptor,)) as child:
            lock.close()
            assert not other.take()
            child.kill()
        assert other.take()
        other.close()


class TestAccount:
    @pytest.mark.parametrize(
        ("mode", "open_to_strangers"), [(0o755, True), (0o711, True), (0o700, False), (0o750, False)]
    )
    def test_who_may_enter(self, tmp_path: Path, mode: int, *, open_to_strangers: bool) -> None:
        place = tmp_path / "place"
        place.mkdir()
        place.chmod(mode)
        assert US._has(place, 0o100)
        assert STRANGER._has(place, 0o100) is open_to_strangers
        assert Account(STRANGER.uid, place.stat().st_gid)._has(place, 0o100) is bool(mode & 0o010)

    def test_one_shut_parent_is_enough(self, tmp_path: Path) -> None:
        inner = tmp_path / "shut" / "open"
        inner.mkdir(parents=True)
        inner.parent.chmod(0o700)
        inner.chmod(0o755)
        (inner / "file").write_text("")
        (inner / "file").chmod(0o644)
        assert not STRANGER.may_enter(inner)
        assert not STRANGER.may_read(inner / "file")
        assert US.may_read(inner / "file")

    def test_running_as_oneself_needs_no_change_of_user(self) -> None:
        assert US.identity == {}
        assert STRANGER.identity == {"user": 54_321, "group": 54_321, "extra_groups": []}
        assert US.uid == os.geteuid()


class TestPidFile:
    WHOLE = "17\n/data\n1712346200\n5432\n/run/here\n\n  8826964     65536\nready   \n"

    def test_a_whole_one(self, tmp_path: Path) -> None:
        pidfile.path(tmp_path).write_text(self.WHOLE)
        assert pidfile.read(tmp_path) == PidFile(pid=17, socket_dir=Path("/run/here"), status="ready")

    @pytest.mark.parametrize("cut", [0, 1, 3, 30, 50])
    def test_a_torn_one_says_nothing(self, tmp_path: Path, cut: int) -> None:
        pidfile.path(tmp_path).write_text(self.WHOLE[:cut])
        assert pidfile.read(tmp_path) is None

    def test_neither_do_none_and_nonsense(self, tmp_path: Path) -> None:
        assert pidfile.read(tmp_path) is None
        pidfile.path(tmp_path).write_bytes(b"\xff\n" * 8)
        assert pidfile.read(tmp_path) is None


def test_only_tests_are_careless(tmp_path: Path) -> None:
    def settings(*, durable: bool) -> dict[str, str]:
        words = list(options.arguments(data=tmp_path, socket_dir=tmp_path, log_dir=tmp_path, durable=durable))
        assert words[:4] == ["-D", str(tmp_path), "-k", str(tmp_path)]
        return dict(word.split("=", 1) for word in words[5::2])

    durable, careless = settings(durable=True), settings(durable=False)
    assert (durable["fsync"], durable["full_page_writes"], durable["synchronous_commit"]) == ("on", "on", "on")
    assert {name for name in durable if durable[name] != careless[name]} == {"fsync", "full_page_writes"}
    assert durable["listen_addresses"] == ""
