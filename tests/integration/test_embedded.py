"""The embedded PostgreSQL: shared by real processes, killed in every way, back with what was committed."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jobwire.domain.errors import Unavailable
from jobwire.storage import embedded
from jobwire.storage.cluster import home as homes
from jobwire.storage.cluster import processes, programs
from jobwire.storage.cluster.account import Account
from jobwire.storage.database import Database, conninfo
from patience import PATIENCE_S

AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="about what root does")

HOLDER = """
import signal
import sys
from pathlib import Path
from jobwire.storage import embedded
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, where all of this began in the background
with embedded.start(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    for line in sys.stdin:
        server.ensure_running()
        print(server.url, flush=True)
"""


class Holder:
    """Another Jobwire process that uses the server of a folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        self._url: str | None = None

    @property
    def url(self) -> str:
        """Blocks until the process has the server."""
        if self._url is None:
            self._url = self._answer()
        return self._url

    def ensure_running(self) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._answer()

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(PATIENCE_S) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        answer = self.process.stdout.readline().strip()
        assert answer.startswith("postgresql://")
        return answer


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder that everybody can pass through; servers left in it are killed at the end."""
    made = Path(tempfile.mkdtemp(prefix="jw-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    kill_postgres(made)
    shutil.rmtree(made)


@pytest.fixture
def folder(place: Path) -> Path:
    return place / "data"


@pytest.fixture
def hold(folder: Path) -> Iterator[Callable[..., Holder]]:
    """Starts other processes on `folder`."""
    made: list[Holder] = []

    def start(**environment: str) -> Holder:
        made.append(Holder(folder, **environment))
        return made[-1]

    yield start
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def seed() -> Iterator[Path]:
    """A cluster that was used and closed, with one row in it: copied, it is quicker than a new one."""
    made = Path(tempfile.mkdtemp(prefix="jw-seed-", dir="/tmp"))
    made.chmod(0o711)
    with embedded.start(made / "data", durable=False) as server:
        run(server.url, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('before')")
    yield made / "data"
    shutil.rmtree(made)


@pytest.fixture
def used(folder: Path, seed: Path) -> Path:
    """The folder of a cluster that holds a row, and whose server does not run."""
    subprocess.run(["cp", "-a", seed, folder], check=True)
    return folder


def run(url: str, *statements: str) -> list[object]:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        rows: list[object] = []
        for statement in statements:
            done = connection.execute(statement)
            rows = [row[0] for row in done] if done.description else []
        return rows


def words(url: str) -> list[object]:
    return run(url, "SELECT word FROM kept")


def postmasters(folder: Path) -> list[psutil.Process]:
    return processes.postmasters(folder.resolve() / "postgres" / "18")


def kill_postgres(place: Path) -> None:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name().startswith("postgres") and Path(process.cwd()).is_relative_to(place):
                process.kill()


def kill_postmaster(folder: Path) -> None:
    (postmaster,) = postmasters(folder)
    postmaster.kill()
    with suppress(psutil.NoSuchProcess):
        wait_for(lambda: postmaster.status() == psutil.STATUS_ZOMBIE)


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


class TestSharing:
    def test_the_server_is_durable_and_listens_on_no_network(self, folder: Path) -> None:
        with embedded.start(folder) as server, psycopg.connect(conninfo(server.url)) as connection:
            found = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
            database = connection.execute("SELECT current_database()").fetchone()
            upper = connection.execute("SELECT upper('café')").fetchone()
        assert {found[name] for name in ("fsync", "full_page_writes", "synchronous_commit")} == {"on"}
        assert (found["listen_addresses"], found["TimeZone"], found["jit"]) == ("", "UTC", "off")
        assert (found["data_checksums"], found["server_encoding"]) == ("on", "UTF8")
        assert (database, upper) == (("jobwire",), ("CAFÉ",))
        assert {path.stat().st_mode & 0o777 for path in [server.folder, server.folder / "18"]} == {0o700}

    def test_the_last_to_leave_stops_it(self, used: Path, hold: Callable[..., Holder]) -> None:
        first, second = hold(), hold()
        assert first.url == second.url
        first.leave()
        assert words(second.url) == ["before"]
        second.leave()
        assert postmasters(used) == []
        assert not (used / "postgres" / "18" / "postmaster.pid").exists()  # it was shut down in order

    def test_two_shares_in_one_process_count_twice(self, used: Path) -> None:
        with embedded.start(used, durable=False) as first:
            with embedded.start(used, durable=False) as second:
                assert second.url == first.url
            assert words(first.url) == ["before"]
            second.close()  # again
            assert words(first.url) == ["before"]
        assert postmasters(used) == []

    def test_four_first_starts_at_once_make_one_cluster(self, folder: Path, hold: Callable[..., Holder]) -> None:
        holders = [hold() for _ in range(4)]
        assert len({holder.url for holder in holders}) == 1
        assert len(postmasters(folder)) == 1
        run(holders[0].url, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('one')")
        assert words(holders[3].url) == ["one"]
        assert sorted(path.name for path in (folder / "postgres").iterdir()) == sorted(
            ["18", "log", "run", "gate.lock", "users.lock", "server.lock"]
        )

    def test_ctrl_c_reaches_the_processes_not_the_server(self, used: Path, hold: Callable[..., Holder]) -> None:
        starter = hold()
        assert starter.url
        other = hold()
        assert other.url
        os.killpg(starter.process.pid, signal.SIGINT)
        starter.process.wait(PATIENCE_S)
        assert words(other.url) == ["before"]

    async def test_a_restart_keeps_the_address_and_the_pool_recovers(self, used: Path) -> None:
        with embedded.start(used, durable=False) as server:
            database = Database(server.url, pool_size=2)
            async with database.connect() as connection:
                assert await connection.scalar(text("SELECT word FROM kept")) == "before"
            kill_postmaster(used)
            server.ensure_running()
            for _ in range(2):  # the connections in the pool are dead: one statement may tell
                with suppress(DBAPIError, Unavailable):
                    async with database.connect() as connection:
                        await connection.scalar(text("SELECT 1"))
            async with database.connect() as connection:
                assert await connection.scalar(text("SELECT word FROM kept")) == "before"
            await database.close()


class TestCrashes:
    def test_a_killed_holder_is_not_waited_for(self, used: Path, hold: Callable[..., Holder]) -> None:
        killed, other = hold(), hold()
        assert killed.url == other.url
        killed.kill()
        assert words(other.url) == ["before"]
        other.leave()
        assert postmasters(used) == []

    def test_a_server_whose_holders_were_all_killed_is_joined(self, used: Path, hold: Callable[..., Holder]) -> None:
        killed = hold()
        run(killed.url, "INSERT INTO kept VALUES ('committed')")
        killed.kill()
        with embedded.start(used) as server:
            assert words(server.url) == ["before", "committed"]
        assert postmasters(used) == []

    def test_a_killed_server_is_started_again_for_its_holders(self, used: Path, hold: Callable[..., Holder]) -> None:
        starter, other = hold(), hold()
        assert starter.url == other.url
        run(starter.url, "INSERT INTO kept VALUES ('committed')")
        kill_postmaster(used)
        assert other.ensure_running() == starter.ensure_running() == starter.url
        assert words(starter.url) == ["before", "committed"]
        assert len(postmasters(used)) == 1

    def test_everything_killed_at_once(self, used: Path, hold: Callable[..., Holder]) -> None:
        killed = hold()
        run(killed.url, "INSERT INTO kept VALUES ('committed')")
        killed.kill()
        kill_postmaster(used)
        assert (used / "postgres" / "18" / "postmaster.pid").exists()
        with embedded.start(used) as server:
            assert words(server.url) == ["before", "committed"]

    def test_a_busy_orphan_does_not_block_the_next_start(self, used: Path, hold: Callable[..., Holder]) -> None:
        holder = hold()
        with closing(psycopg.connect(conninfo(holder.url), autocommit=True)) as connection:
            orphan = psutil.Process(connection.info.backend_pid)
            # It never waits for anything, so it does not learn that its postmaster is gone.
            connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
            wait_for(lambda: "SELECT" in "".join(orphan.cmdline()))
            kill_postmaster(used)
            holder.kill()
            with embedded.start(used) as server:
                assert words(server.url) == ["before"]
        assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE

    def test_a_cluster_that_was_never_finished_is_made_anew(self, folder: Path) -> None:
        half = folder / "postgres" / ".new-half"
        half.mkdir(parents=True)
        folder.chmod(0o711)
        (half / "PG_VERSION").write_text("18\n")
        with embedded.start(folder) as server:
            assert run(server.url, "SELECT 1") == [1]
        assert not half.exists()

    def test_a_socket_that_was_cleared_away_comes_back(self, used: Path, hold: Callable[..., Holder]) -> None:
        first = hold()
        assert words(first.url) == ["before"]
        shutil.rmtree(used / "postgres" / "run")
        second = hold()
        assert second.url == first.url
        assert words(first.url) == ["before"]


class TestPostmasterPid:
    """The file in which PostgreSQL keeps its number, when it does not tell the truth."""

    @pytest.mark.parametrize("content", [b"", b"12", b"\n\n", b"\xff\x00 nonsense", b"1\n/somewhere/else\n"])
    def test_one_that_is_empty_torn_or_foreign(self, used: Path, content: bytes) -> None:
        self._write(used, content)
        with embedded.start(used) as server:
            assert words(server.url) == ["before"]

    def test_one_whose_number_is_another_programs_by_now(self, used: Path) -> None:
        identity = homes.settle(used).account.identity
        with subprocess.Popen(["sleep", "600"], **identity) as other:
            data, run_dir = used / "postgres" / "18", used / "postgres" / "run"
            lines = (other.pid, data, int(time.time()), 5432, run_dir, "", "  5432001    65536", "ready")
            self._write(used, "".join(f"{line}\n" for line in lines).encode())
            (run_dir / ".s.PGSQL.5432.lock").write_text(f"{other.pid}\n{data}\n")
            with embedded.start(used) as server:
                assert words(server.url) == ["before"]
            assert other.poll() is None  # it was left alone
            other.kill()

    def test_one_that_is_torn_while_the_server_runs(self, used: Path, hold: Callable[..., Holder]) -> None:
        holder = hold()
        assert words(holder.url) == ["before"]
        self._write(used, b"12")
        with embedded.start(used) as server:
            assert words(server.url) == ["before"]
        holder.leave()
        assert postmasters(used) == []

    def _write(self, folder: Path, content: bytes) -> None:
        file = folder / "postgres" / "18" / "postmaster.pid"
        file.write_bytes(content)
        homes.settle(folder).account.own(file)


class TestPlaces:
    @pytest.mark.parametrize("name", ["a,b", "with space", "quo'te\"d", "50%$HOME", "čeština"])
    def test_any_name_of_a_folder_will_do(self, place: Path, name: str) -> None:
        with embedded.start(place / name, durable=False) as server:
            assert run(server.url, "SELECT 1") == [1]

    def test_a_long_path_has_its_socket_in_a_private_temp_folder(
        self, place: Path, hold: Callable[..., Holder], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deep = place / ("d" * 60) / ("e" * 60)
        temp = place / "temp"
        temp.mkdir(mode=0o711)
        monkeypatch.setattr(tempfile, "tempdir", str(temp))
        with embedded.start(deep, durable=False) as server:
            (socket_dir,) = temp.glob("jobwire-*")
            assert socket_dir.stat().st_mode & 0o777 == 0o700
            assert str(socket_dir.name) in server.url
            monkeypatch.setattr(tempfile, "tempdir", str(place))
            with embedded.start(deep, durable=False) as other:
                assert other.url == server.url  # a process with another TMPDIR finds it, too
            shutil.rmtree(socket_dir)  # as a cleaner of temp folders does
            server.ensure_running()
            assert run(server.url, "SELECT 1") == [1]

    def test_a_temp_folder_that_somebody_else_made_is_not_used(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not AS_ROOT:
            pytest.skip("only root can make a folder for somebody else")
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        deep = place / ("d" * 60) / ("e" * 60)
        with embedded.start(deep, durable=False):
            (socket_dir,) = place.glob("jobwire-*")
        assert not socket_dir.exists()  # the last one took it along
        socket_dir.mkdir()
        os.chown(socket_dir, pwd.getpwnam("nobody").pw_uid, -1)
        with pytest.raises(Unavailable, match="another user"):
            embedded.start(deep, durable=False)

    def test_what_postgres_says_is_in_the_error(self, used: Path) -> None:
        with (used / "postgres" / "18" / "postgresql.conf").open("a") as settings:
            settings.write("no_such_setting = 1\n")
        with pytest.raises(Unavailable, match=r"no_such_setting"):
            embedded.start(used, durable=False)

    def test_old_logs_are_dropped(self, used: Path) -> None:
        old, fresh = (used / "postgres" / "log" / f"postgresql-{day}.log" for day in ("old", "fresh"))
        for file in (old, fresh):
            file.write_text("words\n")
        os.utime(old, (0, 0))
        with embedded.start(used, durable=False):
            assert (old.exists(), fresh.exists()) == (False, True)

    def test_a_file_in_the_way(self, place: Path) -> None:
        (place / "data").write_text("not a folder")
        with pytest.raises(Unavailable, match="JOBWIRE_DATA_DIR"):
            embedded.start(place / "data")


@only_root
class TestRoot:
    @pytest.fixture
    def shared(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(programs, "SHARED", place / "shared")
        return place / "shared"

    def test_a_folder_that_is_shut_stays_shut(self, place: Path, shared: Path) -> None:
        """As under /root: the cluster lives elsewhere, behind a link."""
        house = place / "house"
        house.mkdir(mode=0o700)
        for expected in ([], [("kept",)]):
            with embedded.start(house / "data", durable=False) as server:
                assert server.folder.parent == shared
                assert (house / "data" / "postgres").resolve() == server.folder
                with psycopg.connect(conninfo(server.url), autocommit=True) as connection:
                    tables = connection.execute("SELECT relname FROM pg_class WHERE relname = 'kept'").fetchall()
                    connection.execute("CREATE TABLE IF NOT EXISTS kept ()")
            assert tables == expected
        assert house.stat().st_mode & 0o777 == 0o700
        assert server.folder.stat().st_mode & 0o777 == 0o700

    def test_a_folder_that_was_shut_later_is_an_error_not_an_empty_database(self, used: Path, place: Path) -> None:
        place.chmod(0o700)
        with pytest.raises(Unavailable, match=rf"chmod o\+x {place}"):
            embedded.start(used, durable=False)

    def test_programs_that_cannot_be_reached_are_copied(
        self, place: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As when the whole checkout, with its .venv, is under /root."""
        package = programs.locate(homes.accounts.current()).parents[1]
        site = place / "venv"
        site.mkdir(mode=0o700)
        (site / package.name).symlink_to(package)  # resolved below: stands for a wheel that only root can read
        account = homes.accounts.service()
        monkeypatch.setattr(Account, "may_read", lambda self, file: file.is_relative_to(shared))
        copied = programs.locate(account)
        assert copied.is_relative_to(shared)
        said = subprocess.check_output([copied / "initdb", "--version"], text=True, **account.identity)
        assert "18." in said
        assert programs.locate(account) == copied
        assert len(list(shared.iterdir())) == 1

    def test_a_users_cluster_is_run_as_that_user(self, used: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", used / "postgres"], check=True)
        with embedded.start(used, durable=False) as server:
            assert words(server.url) == ["before"]
            (postmaster,) = postmasters(used)
            assert postmaster.uids().effective == nobody.pw_uid
        owners = {path.stat().st_uid for path in [used / "postgres", *(used / "postgres").rglob("*")]}
        assert owners == {nobody.pw_uid}
