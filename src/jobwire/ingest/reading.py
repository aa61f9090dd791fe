"""Reading the open jobs of one company whose board is listed: by their texts in a listing, or one request each."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

from jobwire.domain.errors import BoardError, BoardGone, HostBusy, PostingGone, PostingRefused
from jobwire.domain.expiry import Count, objection
from jobwire.domain.postings import source_hash
from jobwire.domain.strikes import struck
from jobwire.ingest.adopting import NOT_LISTED
from jobwire.ingest.crawling import DEAD_LINK, REFUSING, Failed, Finding, Gone, Read, Unchanged
from jobwire.ingest.extraction import UNEXPECTED, Extracted, Extractor
from jobwire.ingest.failing import BoardFailure
from jobwire.ingest.ports.boards import BoardReader, Listing, Opening
from jobwire.ingest.ports.postings import Extract
from jobwire.ingest.ports.runs import OpenJob, RunCompany
from jobwire.ingest.settling import Found, Settler
from jobwire.ingest.tags import Tag
from jobwire.logs import Log

Answer = TypeVar("Answer")

_log = Log(__name__)


class Text(NamedTuple):
    """A job, its posting's source, and that one's hash. They are None where its board left the source out."""

    job: OpenJob
    source: bytes | None
    hash: bytes | None


CHUNK = 32
CHUNK_BYTES = 1024 * 1024
"""So many texts, or bytes of them, are read in one go: some milliseconds, which a breaker and commits wait for."""
HASHED_BYTES = 4 * 1024 * 1024
"""So many bytes are hashed in one go."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One company's open jobs, read for `listing`. What is found goes to the settler. Raise `HostBusy`.

    `now` is by the database's clock.
    """

    company: RunCompany
    listing: int
    reader: BoardReader
    extractor: Extractor
    settler: Settler
    now: Callable[[], datetime]

    async def take_unchanged(self, jobs: Sequence[tuple[OpenJob, Unchanged]]) -> None:
        """Settle jobs whose texts are known to be the same."""
        for job, how in jobs:
            await self._put(job, how)

    async def take_texts(
        self, jobs: Sequence[OpenJob], openings: Mapping[str, Opening], hashes: Mapping[str, bytes]
    ) -> None:
        """Read jobs by the texts that came with their listing; `openings` and their `hashes` hold them all."""
        for chunk in _chunks(
            [Text(job, openings[key].source, hashes.get(key)) for job in jobs for key in [job.key.external_id]]
        ):
            if self._is_broken:
                return
            findings = await self._compare(chunk, partial(self._start, chunk))
            for text, finding in zip(chunk, findings, strict=True):
                if not self._is_broken:
                    self.settler.put(self._found(text.job, finding))
            await self.settler.find_room()

    async def list_again(self, jobs: Sequence[OpenJob]) -> None:
        """Read jobs whose texts an earlier slice has had and lost: the board is asked for them again."""
        again = await read_board(self.company, self.reader)
        if isinstance(again, BoardFailure):
            await self._put_all(jobs, Failed(again.reason))
            return
        openings = {opening.external_id: opening for opening in again.openings}
        hashes = await hashes_of(again.openings)
        await self.take_texts([job for job in jobs if job.key.external_id in openings], openings, hashes)
        # Last: many failures open the breaker, and those who have a text are to be read before.
        await self._put_missing([job for job in jobs if job.key.external_id not in openings], len(jobs), again)

    async def fetch(self, job: OpenJob) -> None:
        """Read one job with a request of its own."""
        if self._is_broken:
            return
        self.settler.start_job(job)
        try:
            source = await self.reader.fetch(self.company.board.slug, job.key.external_id)
        except HostBusy:
            raise
        except PostingGone:
            finding: Finding = DEAD_LINK
        except PostingRefused as error:
            finding = self._struck(job, str(error))
        except BoardError as error:
            finding = Failed(str(error))
        except Exception as error:  # noqa: BLE001 - a mistake of ours about one posting must not end the run
            _log.error("fetch.failed", error=error, **self._fields(job))
            finding = Failed(UNEXPECTED)
        else:
            self.settler.answered.add(self.company.company)
            (finding,) = await self._compare([Text(job, source, source_hash(source))], lambda: None)
        await self._put(job, finding)

    @property
    def _is_broken(self) -> bool:
        return self.company.company in self.settler.broken

    def _struck(self, job: OpenJob, reason: str) -> Finding:
        """A page that has refused often enough is gone, where another one can be read: else the fault may be ours."""
        strikes = struck(job.strikes, self.now())
        if strikes.is_out and self.company.company in self.settler.answered:
            return REFUSING
        return Failed(reason, strikes)

    def _start(self, texts: Sequence[Text]) -> None:
        for text in texts:
            self.settler.start_job(text.job)

    async def _compare(self, texts: Sequence[Text], begin: Callable[[], None]) -> Sequence[Finding]:
        """Compare texts with the known ones, and have those extracted that differ, which is told by `begin`."""
        fresh = [text.source for text in texts if text.source is not None and text.hash != text.job.source_hash]
        made = iter(await self.extractor.extract(self.company.board, fresh, begin) if fresh else ())
        return [self._finding(text, made) for text in texts]

    def _finding(self, text: Text, made: Iterator[Extracted | str]) -> Finding:
        job = text.job
        if text.hash is None:
            return Failed(f"{self.company.board} listed it without its text.")
        if text.hash == job.source_hash:
            return Unchanged(key=job.own_key.listed)
        match next(made):
            case Extracted(row=row):
                return Read(Extract(job.posting_id, self.listing, text.hash, row, job.own_key.listed))
            case reason:
                return Failed(reason)

    async def _put_missing(self, jobs: Sequence[OpenJob], of: int, again: Listing) -> None:
        """Jobs that the board lists no more have expired, unless the guards say that it has a bad day."""
        refused = {line.external_id: line.reason for line in again.unreadable}
        missing = [job for job in jobs if job.key.external_id not in refused]
        why_not = _why_not(again, Count(live=of, missing=len(missing), listed=_size(again)))
        finding = Failed(f"It is missing from the listing, and {why_not}.") if why_not else Gone()
        for job in missing:
            # A retry asks for a few jobs only: too few to judge a whole board by.
            await self._put(job, finding if job.attempt == 1 else Failed(NOT_LISTED))
        for job in jobs:
            if reason := refused.get(job.key.external_id):
                await self._put(job, Failed(reason))

    async def _put_all(self, jobs: Sequence[OpenJob], finding: Finding) -> None:
        for job in jobs:
            await self._put(job, finding)

    async def _put(self, job: OpenJob, finding: Finding) -> None:
        self.settler.put(self._found(job, finding))
        await self.settler.find_room()

    def _found(self, job: OpenJob, finding: Finding) -> Found:
        return Found(self.company, self.listing, job, finding)

    def _fields(self, job: OpenJob) -> dict[str, str]:
        return {"board": str(self.company.board), "external_id": job.key.external_id}


async def hashes_of(openings: Iterable[Opening]) -> Mapping[str, bytes]:
    """The hashes of openings' texts, by `external_id`, where they came with them. Others get their turn in between."""
    hashes: dict[str, bytes] = {}
    size = 0
    for opening in openings:
        if opening.source is not None:
            hashes[opening.external_id] = source_hash(opening.source)
            size += len(opening.source)
        if size >= HASHED_BYTES:
            await asyncio.sleep(0)
            size = 0
    return hashes


async def ask_board(company: RunCompany, reader: BoardReader, tag: Tag | None) -> Listing | BoardFailure | None:
    """List a company's board, unless `tag` still marks it (None); where that fails, say why. Raise `HostBusy`."""
    slug = company.board.slug
    return await _tried(company, reader.list(slug) if tag is None else reader.list_unless(slug, tag))


async def read_board(company: RunCompany, reader: BoardReader) -> Listing | BoardFailure:
    """List a company's board; where that fails, say why. Raise `HostBusy`."""
    return await _tried(company, reader.list(company.board.slug))


async def _tried(company: RunCompany, answer: Awaitable[Answer]) -> Answer | BoardFailure:
    try:
        return await answer
    except HostBusy:
        raise
    except BoardError as error:
        return BoardFailure(str(error), is_gone=isinstance(error, BoardGone))
    except Exception as error:  # noqa: BLE001 - a mistake of ours about one board must not end the run
        _log.error("listing.failed", error=error, board=company.board)
        return BoardFailure(f"{company.board} could not be read: an unexpected error, see Jobwire's own log.")


def _size(listing: Listing) -> int:
    return len(listing.openings) + len(listing.unreadable)


def _why_not(again: Listing, count: Count) -> str:
    """Why postings that a second listing lacks are not called gone; empty where they are."""
    if not again.complete:
        return "the listing was not complete"
    if again.patience > 1:
        return "lists of this kind are flaky"
    spoken = objection(count)
    return "" if spoken is None else spoken[1]


def _chunks(texts: Sequence[Text]) -> Iterator[Sequence[Text]]:
    chunk: list[Text] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text.source or b"")
        if len(chunk) == CHUNK or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
