"""`jobwire serve` as a process of its own: real signals, real memory, real output."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

EMAIL: Final = "me@example.com"


@dataclass
class Server:
    """`jobwire serve` without a worker."""

    process: asyncio.subprocess.Process
    url: str

    async def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return await self.process.wait()


@asynccontextmanager
async def served(database_url: str, folder: Path, *options: str, **more: str) -> AsyncIterator[Server]:
    """`options` are the command's, `more` goes into its environment."""
    environment = os.environ | {
        "JOBWIRE_DATABASE_URL": database_url,
        "JOBWIRE_DATA_DIR": str(folder),
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jobwire", "serve", "--no-worker", "--port", "0", *options),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if b"Serving at " in line:
                yield Server(process, line.split(b"Serving at ")[1].split()[0].rstrip(b".").decode())
                break
        else:
            raise AssertionError("it did not start")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def token(database_url: str, folder: Path) -> str:
    environment = os.environ | {"JOBWIRE_DATABASE_URL": database_url, "JOBWIRE_DATA_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jobwire", "token", "--user", EMAIL), env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return said.decode().strip()
