"""Settings, and a database of one's own that comes back."""

import os
import re
import signal
from pathlib import Path

import pytest
from ledger_world import eventually

from jobwire.api.origins import Origins
from jobwire.bootstrap.foundation import Foundation, foundation, guarded, load_settings, local_user
from jobwire.bootstrap.working import worker_process
from jobwire.cli.ports import check_port
from jobwire.domain.errors import InvalidInput, Unavailable
from jobwire.settings import Settings
from jobwire.storage.health import DatabaseHealth


async def _opened(settings: Settings) -> None:
    """What looks closer at a setting than it is read."""
    Origins.of(settings)
    if settings.raw_pages is not None:
        worker_process(settings)
    check_port(settings.host, settings.port)
    async with foundation(settings):
        pass


BAD = {
    "DATABASE_URL": ["", "stripe", "mysql://me:hunter2@db/jobwire"],
    "DATA_DIR": ["", "/dev/null"],
    "SECRET_KEY": ["", "too short: hunter2"],
    "HOST": ["", "http://0.0.0.0", "no such host"],
    "PORT": ["", "abc", "8000.5", "-1", "99999"],
    "MAX_CONNECTION_S": ["", "soon", "0", "86401"],
    "MAX_VIEWERS": ["", "many", "0"],
    "MAX_VIEWERS_PER_USER": ["", "1.5", "0"],
    "METRICS_OPEN": ["", "maybe"],
    "BOARD_URLS": ["", "greenhouse", "[]", '{"greenhouse": "nowhere"}', '{"greenhouse": 7}'],
    "HOST_PACE": ["", "{", '{"a.example": 5}', '{"a.example": {"per_second": 0}}', '{"a.example": {"fast": 1}}'],
    "ALLOW_PRIVATE_HOSTS": ["", "perhaps"],
    "CORS_ORIGINS": ["jobs.example.com", "https://jobs.example.com/app"],
    "KEEP_RUNS_DAYS": ["", "0", "a month"],
    "RAW_PAGES": ["", "nowhere://bucket"],
    "KEEP_RAW_DAYS": ["", "0", "1.5"],
}


def test_every_setting_is_tried():
    assert [name.lower() for name in BAD] == list(Settings.model_fields)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
async def test_a_bad_setting_is_named_with_what_it_takes(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("JOBWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(f"JOBWIRE_{name}", value)
    with pytest.raises((InvalidInput, Unavailable)) as caught:
        await _opened(load_settings())
    said = str(caught.value)
    assert f"JOBWIRE_{name}" in said
    assert value in said or name in {"DATABASE_URL", "SECRET_KEY", "RAW_PAGES"}
    assert "hunter2" not in said
    assert "Input should" not in said, "pydantic's words"
    assert re.search(r"It takes .*\.|Set .*\.|Name .*\.|Write .*\.|Choose .*\.", said)


def test_all_bad_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JOBWIRE_PORT", "http://me:hunter2@localhost")
    monkeypatch.setenv("JOBWIRE_HOST_PACE", '{"a": {"per_second": 0}, "b": 1}')
    with pytest.raises(InvalidInput) as caught:
        load_settings()
    port, pace = str(caught.value).split(" JOBWIRE_HOST_PACE ")
    assert port == ('JOBWIRE_PORT is "http://me:[redacted]@localhost". It takes a whole number from 0 to 65535.')
    assert pace.startswith('is "{"a": {"per_second": 0}, "b": 1}" (at a.per_second). It takes a JSON object by host')


def test_what_is_given_beats_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JOBWIRE_PORT", "8001")
    assert load_settings().port == 8001
    assert load_settings(port=0).port == 0
    assert load_settings(port=None).port == 8001


async def test_a_killed_database_is_started_again_under_those_who_use_it(tmp_path: Path):
    _open_to_all(tmp_path)
    async with foundation(load_settings(data_dir=tmp_path / "data")) as ground, guarded(ground):
        user = await local_user(ground)
        killed = _postmaster(ground)
        os.kill(killed, signal.SIGKILL)
        # Its backends answer a little longer: what is waited for is another one.
        await eventually(lambda: _is_another(ground, killed))
        assert await local_user(ground) == user


async def _is_another(ground: Foundation, killed: int) -> bool:
    try:
        await DatabaseHealth(ground.database).check()
    except Unavailable:
        return False
    return _postmaster(ground) != killed


def _postmaster(ground: Foundation) -> int:
    assert ground.embedded is not None
    return int((ground.embedded.folder / "18" / "postmaster.pid").read_text().split()[0])


def _open_to_all(folder: Path) -> None:
    """For root, whose PostgreSQL runs as another user."""
    for one in (folder, *folder.parents[:2]):
        one.chmod(0o755)
