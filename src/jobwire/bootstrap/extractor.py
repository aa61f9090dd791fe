"""The worker's child that extracts. `python -m jobwire.bootstrap.extractor` reads its settings from standard input."""

import sys
from typing import Final

from jobwire import logs
from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.bootstrap.memory import settle_memory
from jobwire.ingest.extraction import Extraction
from jobwire.settings import Settings
from jobwire.storage.posting_columns import extracted_row
from jobwire.worker.extractor import ExtractorProcess, work_for_worker

_COMMAND: Final = (sys.executable, "-m", "jobwire.bootstrap.extractor")


def extractor_process(settings: Settings) -> ExtractorProcess:
    """The child that extracts with these settings, to be entered. It needs no secret, and gets none."""
    plain = settings.model_dump_json(exclude={"database_url", "secret_key"})
    return ExtractorProcess(_COMMAND, plain.encode())


def extractor_main() -> None:
    """Be that child."""
    logs.configure()
    settings = Settings.model_validate_json(sys.stdin.buffer.readline())
    # The client is never entered: no board is asked
    extraction = Extraction(BoardRegistry(settings, BoardClient(settings)), extracted_row)
    settle_memory()
    work_for_worker(extraction, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    extractor_main()
