"""Run as a process: an extractor that some sources end, and others hold up."""

import os
import sys
import time

from jobwire.domain.companies import BoardRef
from jobwire.ingest.extraction import Extracted, Extraction
from jobwire.worker.extractor import work_for_worker


class Broken(Extraction):
    def __init__(self) -> None:
        pass

    def one(self, board: BoardRef, source: bytes) -> Extracted | str:
        match source:
            case b"die":
                os._exit(1)
            case b"hang":
                time.sleep(3600)
            case b"unreadable":
                return f"{board}: unreadable"
            case _:
                pass
        return Extracted(source.decode(), str(os.getpid()).encode())


if __name__ == "__main__":
    sys.stdin.buffer.readline()
    work_for_worker(Broken(), sys.stdin.buffer, sys.stdout.buffer)
