"""`jobwire serve`, as a process of its own with its worker, and people who sign in to it."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil

from jobwire.storage.database import Database
from jobwire.storage.users import Users

PATIENCE_S = 60


class JobwireProcess:
    """One server on one port, which stays the same over a restart."""

    def __init__(self, database_url: str, folder: Path, boards: Mapping[str, str], **more: str) -> None:
        self.url = f"http://127.0.0.1:{_free_port()}"
        self._log = folder / "serve.log"
        self._environment = os.environ | {
            "JOBWIRE_DATABASE_URL": database_url,
            "JOBWIRE_DATA_DIR": str(folder),
            "JOBWIRE_BOARD_URLS": json.dumps(dict(boards)),
            "JOBWIRE_ALLOW_PRIVATE_HOSTS": "1",
            "JOBWIRE_HOST_PACE": json.dumps({"127.0.0.1": {"per_second": 500, "concurrency": 8}}),
            **more,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        port = self.url.rsplit(":", 1)[1]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "jobwire", "serve", "--port", port),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        await self._wait_for_health()

    async def stop(self) -> None:
        """Ask it to leave, as Ctrl-C does."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def kill(self) -> None:
        """End it and its worker at once, as a power cut does."""
        assert self._process is not None
        parent = psutil.Process(self._process.pid)
        for process in (parent, *parent.children(recursive=True)):
            process.kill()
        await self._process.wait()

    async def token(self, email: str) -> str:
        """An access token, as `jobwire token` prints it."""
        command = (sys.executable, "-m", "jobwire", "token", "--user", email)
        process = await asyncio.create_subprocess_exec(
            *command, env=self._environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode().strip()

    async def _wait_for_health(self) -> None:
        assert self._process is not None
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as client:
            while True:
                if self._process.returncode is not None:
                    raise RuntimeError(f"jobwire serve ended:\n{self._log.read_text()}")
                try:
                    if (await client.get(f"{self.url}/api/health")).is_success:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)


class Person:
    """Somebody with a session at a server, as a client of its API."""

    def __init__(self, server: JobwireProcess, database: Database, email: str) -> None:
        self._server = server
        self._database = database
        self.email = email

    @property
    def origin(self) -> str:
        """The server's."""
        return self._server.url

    async def link(self) -> str:
        """A link that signs in, once."""
        users = Users(self._database)
        code = await users.issue_code(await users.ensure(self.email), timedelta(minutes=5))
        return f"{self._server.url}/signin?code={code}"

    async def post(self, path: str, body: object) -> Any:
        """Ask the API as the page would, in a session of its own."""
        headers = {"Origin": self._server.url}
        async with httpx.AsyncClient(
            headers=headers, follow_redirects=True, trust_env=False, timeout=PATIENCE_S
        ) as client:
            (await client.get(await self.link())).raise_for_status()
            answer = await client.post(f"{self._server.url}{path}", json=body)
            answer.raise_for_status()
            return answer.json()

    async def follow(self, *sources: str) -> None:
        items = [{"op": "upsert", "source": source} for source in sources]
        outcomes = await self.post("/api/ingestion/settings", items)
        assert all(outcome["success"] for outcome in outcomes), outcomes

    async def start_run(self) -> int:
        run_id: int = (await self.post("/api/ingestion/start", {}))["run_id"]
        return run_id


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
