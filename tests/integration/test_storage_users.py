import asyncio
import hashlib
import multiprocessing
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobwire.domain.errors import InvalidInput, NotFound, Unavailable
from jobwire.domain.runs import UserId
from jobwire.settings import Settings
from jobwire.storage.database import Database
from jobwire.storage.secrets import database_secret, file_secret, signing_secret
from jobwire.storage.tables import sign_in_codes
from jobwire.storage.users import Users

SOON = timedelta(minutes=10)


async def test_an_address_names_one_user_however_it_is_written(database: Database):
    users = Users(database)
    made = await asyncio.gather(
        *(users.ensure(email) for email in ("Me@Example.com", " me@example.com ", "ME@EXAMPLE.COM"))
    )
    assert len(set(made)) == 1
    assert await users.email(made[0]) == "me@example.com"
    assert await users.find("mE@example.com") == made[0]
    assert await users.find("you@example.com") is None
    assert await users.email(UserId(made[0] + 99)) is None


@pytest.mark.parametrize(
    "email", ["", "me", "@", "me@", "a b@c", "a@b\0", "a@b@c", "x" * 320 + "@y", "a@\ud800", "a@b\u202e"]
)
async def test_what_is_no_address_is_refused(database: Database, email: str):
    with pytest.raises(InvalidInput):
        await Users(database).ensure(email)


async def test_a_code_works_once(database: Database):
    users = Users(database)
    me = await users.ensure("me@example.com")
    code = await users.issue_code(me, SOON)
    assert len(code) >= 40
    assert await users.redeem(code) == me
    assert await users.redeem(code) is None
    assert await users.redeem("\ud800") is None


async def test_of_many_that_redeem_a_code_at_once_one_gets_in(database: Database):
    users = Users(database)
    code = await users.issue_code(me := await users.ensure("me@example.com"), SOON)
    answers = await asyncio.gather(*(users.redeem(code) for _ in range(8)))
    assert sorted(answers, key=str) == sorted([me, *[None] * 7], key=str)


async def test_an_old_code_is_refused_and_old_codes_are_swept_out(database: Database):
    users = Users(database)
    me = await users.ensure("me@example.com")
    old = await users.issue_code(me, timedelta(seconds=-1))
    assert await users.redeem(old) is None
    await users.issue_code(me, timedelta(seconds=-1))
    await users.issue_code(me, SOON)
    async with database.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(sign_in_codes))).scalar_one() == 1


async def test_the_code_itself_is_not_kept(database: Database):
    users = Users(database, new_code=lambda: "sesame")
    await users.issue_code(await users.ensure("me@example.com"), SOON)
    async with database.connect() as connection:
        assert (await connection.execute(select(sign_in_codes.c.digest))).scalar_one() == hashlib.sha256(
            b"sesame"
        ).digest()


async def test_no_code_for_nobody(database: Database):
    with pytest.raises(NotFound):
        await Users(database).issue_code(UserId(99), SOON)


async def test_machines_that_share_a_database_share_its_secret(database: Database, database_url: str):
    others = [Database(database_url, pool_size=1) for _ in range(4)]
    found = await asyncio.gather(*(database_secret(one) for one in (database, *others)))
    for other in others:
        await other.close()
    assert len(set(found)) == 1
    assert len(found[0]) >= 32


async def test_where_the_secret_comes_from(database: Database, tmp_path: Path):
    own = Settings(data_dir=tmp_path)
    in_file = await signing_secret(own, database)
    assert in_file == (tmp_path / "secret.key").read_text()
    shared = await signing_secret(Settings(data_dir=tmp_path, database_url="postgresql://x/y"), database)
    assert shared == await database_secret(database) != in_file
    assert await signing_secret(Settings(data_dir=tmp_path, secret_key="k" * 32), database) == "k" * 32


def test_a_secret_file_is_private_and_stays(tmp_path: Path):
    path = tmp_path / "new" / "secret.key"
    made = file_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert file_secret(path) == made
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_an_open_secret_file_is_closed(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "secret.key"
    made = file_secret(path)
    path.chmod(0o644)
    assert file_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secret.was_open" in caplog.messages


def test_a_damaged_or_foreign_secret_file_is_refused(tmp_path: Path):
    for name, content in (("empty", ""), ("short", "abc"), ("binary", "\x00" * 64)):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600)
        with pytest.raises(Unavailable, match="damaged"):
            file_secret(tmp_path / name)
    (tmp_path / "target").write_text("x" * 64)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder"):
        with pytest.raises(Unavailable, match="cannot be read"):
            file_secret(tmp_path / name)


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path):
    path = tmp_path / "secret.key"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(file_secret, [path] * 32, chunksize=1)
        pool.close()
        pool.join()
    assert len(set(found)) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]
