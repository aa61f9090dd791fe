"""Run as a process: viewers as cheap as they can be, so that it is the server that is measured.

One thread reads all sockets with epoll and counts the frames in what came; nothing is decoded.
"""

import asyncio
import select
import socket
import threading
import time
from typing import Final

import msgspec

from bench.parent import Parent, work_for_parent

FRAME: Final = b"event: update"
BATCH: Final = 200
"""So many connect at a time, and wait for their answers: no server's backlog is full."""
ANSWER_S: Final = 30.0
LOOK_S: Final = 0.01
NEW_LINE: Final = 10
READ: Final = 256 * 1024


class CrowdTask(msgspec.Struct, frozen=True, kw_only=True):
    """So many viewers send `request` and read what comes, for as long as the parent lives."""

    host: str
    port: int
    request: str
    viewers: int


class Until(msgspec.Struct, frozen=True):
    """Wait until so many frames have come since the last question, over all viewers."""

    frames: int
    within_s: float


class Counted(msgspec.Struct, frozen=True):
    """What has come since the last question, over all viewers; `lost` are connections that the server has ended."""

    frames: int
    wire_bytes: int
    lost: int


class Crowd:
    """The sockets, and the thread that reads them."""

    def __init__(self, task: CrowdTask) -> None:
        self.frames = self.wire_bytes = self.lost = 0
        self._task = task
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._begun: dict[int, bytes] = {}

    def connect(self) -> None:
        """Raise `OSError` where not everybody gets an answer."""
        for start in range(0, self._task.viewers, BATCH):
            batch = [self._connected() for _ in range(min(BATCH, self._task.viewers - start))]
            for one in batch:
                _skip_head(one)
            for one in batch:
                one.setblocking(False)
                self._sockets[one.fileno()] = one
                self._poll.register(one, select.EPOLLIN)

    def read_for_ever(self) -> None:
        while True:
            for fd, _ in self._poll.poll():
                self._read(fd)

    def wait_for(self, frames: int, within_s: float) -> None:
        """Look now and then: to be told would cost the reader a lock for each frame."""
        give_up = time.monotonic() + within_s
        while self.frames < frames and time.monotonic() < give_up:
            time.sleep(LOOK_S)

    def _connected(self) -> socket.socket:
        one = socket.create_connection((self._task.host, self._task.port), timeout=ANSWER_S)
        one.sendall(self._task.request.encode())
        return one

    def _read(self, fd: int) -> None:
        try:
            data = self._sockets[fd].recv(READ)
        except ConnectionResetError:
            data = b""
        if not data:
            self._poll.unregister(fd)
            self.lost += 1
            return
        self.wire_bytes += len(data)
        if fd in self._begun:
            data = self._begun.pop(fd) + data
        self.frames += data.count(FRAME)
        if data[-1] != NEW_LINE:  # what counts never spans two lines
            self._begun[fd] = data[data.rfind(b"\n") + 1 :]


def _skip_head(one: socket.socket) -> None:
    """Read the answer's head. What may have come behind it is before anything that counts."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = one.recv(READ)
        if not data:
            raise ConnectionError(f"no answer: {head!r}")
        head += data
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ConnectionError(head.decode(errors="replace"))


async def watch(parent: Parent) -> None:
    crowd = Crowd(await parent.hear(CrowdTask))
    await asyncio.to_thread(crowd.connect)
    threading.Thread(target=crowd.read_for_ever, daemon=True).start()
    parent.tell("connected")
    seen = Counted(0, 0, 0)
    while True:
        try:
            until = await parent.hear(Until)
        except EOFError:
            return
        await asyncio.to_thread(crowd.wait_for, seen.frames + until.frames, until.within_s)
        now = Counted(crowd.frames, crowd.wire_bytes, crowd.lost)
        parent.tell(Counted(now.frames - seen.frames, now.wire_bytes - seen.wire_bytes, now.lost))
        seen = now


if __name__ == "__main__":
    work_for_parent(watch)
