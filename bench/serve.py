"""Run as a process: the whole app on a free port, with a worker where wanted."""

from typing import Any

import msgspec

from bench.parent import Parent, work_for_parent
from jobwire.bootstrap.foundation import load_settings, local_user
from jobwire.bootstrap.serving import serving


class ServeTask(msgspec.Struct, frozen=True, kw_only=True):
    """`settings` are given as `load_settings` takes them."""

    settings: dict[str, Any]
    worker: bool


class Served(msgspec.Struct, frozen=True):
    """`token` is this machine's user's; without a worker its pid is None."""

    url: str
    token: str
    worker_pid: int | None


async def serve(parent: Parent) -> None:
    task = await parent.hear(ServeTask)
    async with serving(load_settings(**task.settings), worker=task.worker) as server:
        ground = server.foundation
        token = ground.tokens.access(await local_user(ground))
        parent.tell(Served(server.url, token, server.worker.pid if server.worker else None))
        await parent.gone()


if __name__ == "__main__":
    work_for_parent(serve)
