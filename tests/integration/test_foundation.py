"""Settings, and a database of one's own that comes back."""

import os
import signal
from pathlib import Path

import pytest
from ledger_world import eventually

from jobwire.bootstrap.foundation import Foundation, foundation, guarded, load_settings, local_user
from jobwire.domain.errors import InvalidInput, Unavailable
from jobwire.storage.health import DatabaseHealth


def test_a_bad_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JOBWIRE_PORT", "eighty-secret")
    monkeypatch.setenv("JOBWIRE_SECRET_KEY", "short-secret")
    with pytest.raises(InvalidInput) as caught:
        load_settings()
    assert "JOBWIRE_PORT" in str(caught.value)
    assert "JOBWIRE_SECRET_KEY" in str(caught.value)
    assert "secret-key" not in str(caught.value).lower().replace("jobwire_secret_key", "")
    assert "eighty" not in str(caught.value)
    assert "short-" not in str(caught.value)


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
