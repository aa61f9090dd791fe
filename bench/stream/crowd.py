"""Run as a process: viewers as cheap as they can be, so that it is the server that is measured.

One thread reads all sockets with epoll and counts the frames in what came; nothing is decoded.
"""

import asyncio
import select
import socket
import struct
import threading
import time
from typing import Final

import msgspec

from bench.parent import Parent, work_for_parent

FRAME: Final = b"event: update"
BATCH: Final = 200
"""So many connect at a time, and wait for their answers: no server's backlog is full."""
ANSWER_S: Final = 30.0
LOOK_S: Final = 0.005
NEW_LINE: Final = 10
READ: Final = 256 * 1024
CUT: Final = struct.pack("ii", 1, 0)
"""SO_LINGER without a time: closing resets the connection, as one that breaks."""


class CrowdTask(msgspec.Struct, frozen=True, kw_only=True):
    """So many viewers read what comes, for as long as the parent lives; number i sends request number i, modulo."""

    host: str
    port: int
    requests: list[str]
    viewers: int


class Until(msgspec.Struct, frozen=True, tag=True):
    """Wait until so many frames have come since the last question, over all viewers."""

    frames: int
    within_s: float


class Visit(msgspec.Struct, frozen=True, tag=True):
    """Let so many more viewers come, get an answer, and be cut or go, every other one."""

    viewers: int


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
        self._topics: dict[int, int] = {}
        self._begun: dict[int, bytes] = {}

    def connect(self) -> None:
        """Raise `OSError` where not everybody gets an answer."""
        for start in range(0, self._task.viewers, BATCH):
            batch = self._answered(range(start, min(self._task.viewers, start + BATCH)))
            for topic, one in batch:
                one.setblocking(False)
                self._sockets[one.fileno()] = one
                self._topics[one.fileno()] = topic
                self._poll.register(one, select.EPOLLIN)

    def visit(self, visitors: int) -> None:
        for start in range(0, visitors, BATCH):
            for number, (_, one) in enumerate(self._answered(range(min(visitors - start, BATCH)))):
                if number % 2:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CUT)
                one.close()

    def read_for_ever(self) -> None:
        while True:
            for fd, _ in self._poll.poll():
                self._read(fd)

    def wait_for(self, frames: int, within_s: float) -> None:
        """Look now and then: to be told would cost the reader a lock for each frame."""
        give_up = time.monotonic() + within_s
        while self.frames < frames and time.monotonic() < give_up:
            time.sleep(LOOK_S)

    def _answered(self, numbers: range) -> list[tuple[int, socket.socket]]:
        topics = [number % len(self._task.requests) for number in numbers]
        batch = [(topic, self._connected(topic)) for topic in topics]
        for _, one in batch:
            _skip_head(one)
        return batch

    def _connected(self, topic: int) -> socket.socket:
        one = socket.create_connection((self._task.host, self._task.port), timeout=ANSWER_S)
        one.sendall(self._task.requests[topic].encode())
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
        if data[-1] != NEW_LINE:  # what is looked for never spans two lines
            whole = data.rfind(b"\n") + 1
            self._begun[fd] = data[whole:]
            data = data[:whole]
        self._take(fd, data)

    def _take(self, _fd: int, lines: bytes) -> None:
        self.frames += lines.count(FRAME)


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
            match await parent.hear(Until | Visit):
                case Visit(viewers):
                    await asyncio.to_thread(crowd.visit, viewers)
                case Until(frames, within_s):
                    await asyncio.to_thread(crowd.wait_for, seen.frames + frames, within_s)
        except EOFError:
            return
        now = Counted(crowd.frames, crowd.wire_bytes, crowd.lost)
        parent.tell(Counted(now.frames - seen.frames, now.wire_bytes - seen.wire_bytes, now.lost))
        seen = now


if __name__ == "__main__":
    work_for_parent(watch)
