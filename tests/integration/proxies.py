"""Proxies as Debian packages them, in front of a server: nothing about buffering is set."""

import asyncio
import shutil
import socket
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

NEVER_S: Final = 86_400
_START_S: Final = 30.0
_PATH: Final = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"

_NGINX: Final = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://{upstream};
            proxy_read_timeout {cut_s}s;
        }}
    }}
}}
"""
_HAPROXY: Final = """
defaults
    mode http
    timeout connect 10s
    timeout client 1h
    timeout server {cut_s}s
listen jobwire
    bind 127.0.0.1:{port}
    server one {upstream}
"""
_CADDY: Final = """
{{
    admin off
    auto_https off
    servers {{
        timeouts {{
            write {cut_s}s
        }}
    }}
}}
http://127.0.0.1:{port} {{
    reverse_proxy {upstream}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """How one is set and started.

    It ends a connection over which nothing has come for `cut_s` seconds; Caddy, one that is so old when more comes.
    """

    name: str
    configuration: str
    command: Callable[[Path], Sequence[str]]

    @asynccontextmanager
    async def before(self, upstream: str, folder: Path, *, cut_s: int = NEVER_S) -> AsyncGenerator[str]:
        """Stand in front of `http://host:port`; answer the proxy's own such address. Skip where it is not installed."""
        program = shutil.which(self.name, path=_PATH)
        if program is None:
            pytest.skip(f"{self.name} is not installed: on Debian, apt install {self.name} (make test does, as root).")
        port = _free_port()
        written = folder / f"{self.name}.conf"
        host = upstream.removeprefix("http://")
        written.write_text(self.configuration.format(folder=folder, port=port, upstream=host, cut_s=cut_s))
        said = folder / f"{self.name}.out"
        with said.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *(program, *self.command(written)),
                stdin=DEVNULL,
                stdout=out,
                stderr=STDOUT,
                env={"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            )
        try:
            await _listening(port, process, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


NGINX: Final = Proxy("nginx", _NGINX, lambda file: ("-p", str(file.parent), "-e", "stderr", "-c", str(file)))
HAPROXY: Final = Proxy("haproxy", _HAPROXY, lambda file: ("-db", "-f", str(file)))
CADDY: Final = Proxy("caddy", _CADDY, lambda file: ("run", "--adapter", "caddyfile", "--config", str(file)))


async def _listening(port: int, process: asyncio.subprocess.Process, said: Path) -> None:
    async with asyncio.timeout(_START_S):
        while True:
            assert process.returncode is None, _text(said)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


def _text(said: Path) -> str:
    return said.read_text(errors="replace")


def _free_port() -> int:
    """One that was free a moment ago: none of them tells which it took."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]
