"""Run as a process: an extractor that some sources end, and others hold up."""

import os
import sys
import time
from collections.abc import Sequence

from jobwire.domain.companies import BoardRef
from jobwire.ingest.extraction import Extracted, Extraction
from jobwire.ingest.ports.postings import ExtractedRow
from jobwire.worker.extractor import work_for_worker


class Broken(Extraction):
    def __init__(self) -> None:
        pass

    def all(self, board: BoardRef, sources: Sequence[bytes]) -> list[Extracted | str]:
        return [_one(board, source) for source in sources]


def _one(board: BoardRef, source: bytes) -> Extracted | str:
    match source:
        case b"die":
            os._exit(1)
        case b"hang":
            time.sleep(3600)
        case b"unreadable":
            return f"{board}: unreadable"
        case _:
            pass
    return Extracted(source.decode(), ExtractedRow(b"{}", b""))


if __name__ == "__main__":
    sys.stdin.buffer.readline()
    work_for_worker(Broken(), sys.stdin.buffer, sys.stdout.buffer)
