"""nginx with nchan: a broker of its own kind, in C."""

import asyncio
import os
import shutil
import socket
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import psutil

from bench.server import BenchServer
from bench.stream.peer import Peer, PeerMissing, change, request
from bench.stream.rows import NCHAN
from bench.stream.sizes import Sizes

MODULE: Final = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
HOW: Final = "nchan is not installed: on Debian, apt install nginx libnginx-mod-nchan"
START_S: Final = 10.0
CONFIGURATION: Final = """
load_module {module};
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
{user}
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_timeout 75s;
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        location /watch {{ nchan_subscriber eventsource; nchan_channel_id run; }}
        location /publish {{ nchan_publisher; nchan_channel_id run; }}
    }}
}}
"""


@asynccontextmanager
async def nchan(_server: BenchServer, _sizes: Sizes) -> AsyncGenerator[Peer]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None or not MODULE.exists():
        raise PeerMissing(HOW)
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        configuration = _configured(Path(folder), port)
        process = await asyncio.create_subprocess_exec(
            program, "-p", folder, "-e", "stderr", "-c", configuration, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        try:
            await _answering(port, process)
            pids = [process.pid, await _worker(process.pid)]
            async with aiohttp.ClientSession() as session:
                yield _peer(port, pids, session)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _peer(port: int, pids: list[int], session: aiohttp.ClientSession) -> Peer:
    url = f"http://127.0.0.1:{port}/publish"

    async def publish(number: int) -> None:
        data, _ = change(number)  # the id is nchan's own, and as long
        async with session.post(url, data=data, headers={"X-EventSource-Event": "update"}) as response:
            response.raise_for_status()

    return Peer(
        name=NCHAN,
        pids=pids,
        host="127.0.0.1",
        port=port,
        request=request("/watch", f"127.0.0.1:{port}"),
        publish=publish,
    )


def _configured(folder: Path, port: int) -> Path:
    configuration = folder / "nginx.conf"
    user = "" if os.getuid() else "user root;"  # as nobody, root's worker could not write where we can
    configuration.write_text(CONFIGURATION.format(module=MODULE, folder=folder, port=port, user=user))
    return configuration


async def _answering(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_S):
        while True:
            if process.returncode is not None:
                assert process.stderr is not None
                raise RuntimeError((await process.stderr.read()).decode(errors="replace"))
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def _worker(master: int) -> int:
    """The port is open before the worker is there, and it is the worker that counts."""
    async with asyncio.timeout(START_S):
        while not (found := psutil.Process(master).children()):  # noqa: ASYNC110 - it is another process's
            await asyncio.sleep(0.02)
        return found[0].pid


def _free_port() -> int:
    """One that was free a moment ago: nginx takes no port 0."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]
