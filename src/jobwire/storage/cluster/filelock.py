"""A lock between processes that the kernel lets go of when its holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jobwire.domain.errors import Unavailable
from jobwire.storage.cluster.account import Account

_POLL_S: Final = 0.02


class FileLock:
    """An flock(2) on a file that is made when missing and never removed.

    The lock belongs to the open file, not to the process: two of these in one process exclude each other, and a child
    that inherits `descriptor` keeps the lock for as long as it, too, lives.
    """

    def __init__(self, path: Path, *, owner: Account) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        owner.own(path)

    def take(self, *, shared: bool = False) -> bool:
        """Whether the lock could be had at once. Changes the kind of a lock that this already holds."""
        try:
            fcntl.flock(self.descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def held(self, *, timeout_s: float) -> Generator[None]:
        """Hold it alone; `Unavailable` when another process does not let go within `timeout_s`."""
        give_up = time.monotonic() + timeout_s
        while not self.take():
            if time.monotonic() > give_up:
                raise Unavailable(
                    f"Another Jobwire process has held {self.path} for {timeout_s:.0f} s.",
                    advice="Wait for it to finish starting or stopping, or end it.",
                )
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            self.release()

    def release(self) -> None:
        """Let go, and keep the file open. A child that inherited the descriptor loses the lock, too."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file: the lock goes, unless a child that inherited it lives on."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
