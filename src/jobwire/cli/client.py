"""A client of Jobwire's own HTTP interface. The token goes into the `Authorization` header and nowhere else."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from jobwire import __version__
from jobwire.cli.answers import (
    BoardAnswer,
    FollowAnswer,
    HealthAnswer,
    ItemAnswer,
    LogPageAnswer,
    LookAnswer,
    ProblemAnswer,
    RepliedAnswer,
    RetryAnswer,
    RunAnswer,
    RunCompaniesAnswer,
    RunPageAnswer,
    StartedAnswer,
)
from jobwire.client.door import Door
from jobwire.domain.errors import Conflict, InvalidInput, JobwireError, NotFound, NotSignedIn, RunActive, Unavailable
from jobwire.domain.expiry import Reply
from jobwire.domain.retries import RetryWish

CONNECT_TIMEOUT_S: Final = 5.0
REQUEST_TIMEOUT_S: Final = 30.0
LOOK_TIMEOUT_S: Final = 130.0
"""A little longer than the server waits for its worker."""
ITEMS_AT_ONCE: Final = 500
"""As many settings items as the API takes in one request."""

_REPLY_PATHS: Final = {Reply.GONE: "/api/ingestion/boards/accept", Reply.KEPT: "/api/ingestion/boards/keep"}

_T = TypeVar("_T")


class Client:
    """One server and one person. Use it as an async context manager.

    `url` has no slash at the end. All methods raise `Unavailable` when there is no Jobwire at `url` or it cannot answer
    now, `NotSignedIn` for a token that it does not take, `NotFound` and `InvalidInput` as it says.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._token = token
        self._authorization = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": f"jobwire-cli/{__version__}"},
            timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def check(self) -> None:
        """Return when a Jobwire at `url` takes the token. The token is shown only to what says that it is Jobwire."""
        health = await self._ask("GET", "/api/health", HealthAnswer, authorized=False)
        if health.status != "ok":
            raise Unavailable(f"Jobwire at {self.url} is not well.", advice="Look into its log.")
        await self._ask("GET", "/api/session", dict[str, str])

    async def follows(self) -> list[FollowAnswer]:
        """List what this person follows."""
        return await self._ask("GET", "/api/ingestion/settings", list[FollowAnswer])

    async def follow(self, sources: Sequence[str]) -> list[ItemAnswer]:
        """Follow companies (`name=board:slug`); the answer has one item for each, in order."""
        return await self._change_settings([{"op": "upsert", "source": source} for source in sources])

    async def unfollow(self, names: Sequence[str]) -> list[ItemAnswer]:
        """Stop following companies, by their exact names; the answer has one item for each, in order."""
        return await self._change_settings([{"op": "delete", "company_name": name} for name in names])

    async def _change_settings(self, items: Sequence[object]) -> list[ItemAnswer]:
        answers: list[ItemAnswer] = []
        for start in range(0, len(items), ITEMS_AT_ONCE):
            some = items[start : start + ITEMS_AT_ONCE]
            answers += await self._ask("POST", "/api/ingestion/settings", list[ItemAnswer], some)
        return answers

    async def look(self, address: str) -> LookAnswer:
        """Have a careers page looked at. That takes as long as its host takes, and a worker."""
        return await self._ask("POST", "/api/ingestion/look", LookAnswer, {"address": address}, wait_s=LOOK_TIMEOUT_S)

    async def boards(self) -> list[BoardAnswer]:
        """List the followed boards, each with the question that it raises."""
        return await self._ask("GET", "/api/ingestion/boards", list[BoardAnswer])

    async def hosts(self, run_id: int) -> dict[str, str]:
        """Say at which host the board of each company of a run is, where no newer run has had that company."""
        last = [(board.company_name, board.last_run) for board in await self.boards()]
        return {name: run.host for name, run in last if run is not None and run.run_id == run_id}

    async def reply(self, company: str, reply: Reply) -> RepliedAnswer:
        """Say whether what a board lacks is gone. Raise `Conflict` when it raises no question."""
        return await self._ask("POST", _REPLY_PATHS[reply], RepliedAnswer, {"company_name": company})

    async def start(self, companies: list[str] | None) -> int:
        """Start a run of these companies (None: of all that are enabled). Raise `RunActive` while another one goes."""
        body = {} if companies is None else {"companies": companies}
        return (await self._ask("POST", "/api/ingestion/start", StartedAnswer, body)).run_id

    async def retry(self, run_id: int, wish: RetryWish) -> RetryAnswer:
        """Try again what failed of a run. Raise `RunActive` when it has ended and another one goes."""
        jobs = wish.jobs and [{"company_name": job.company, "external_id": job.external_id} for job in wish.jobs]
        named = {"companies": wish.companies, "jobs": jobs}
        body = {name: value for name, value in named.items() if value is not None}
        return await self._ask("POST", f"/api/ingestion/retry/{run_id}", RetryAnswer, body)

    async def run(self, run_id: int) -> RunAnswer:
        """Say where a run stands."""
        return await self._ask("GET", f"/api/ingestion/status/{run_id}", RunAnswer)

    async def changed(self, run_id: int) -> dict[str, int]:
        """Count by company those `ready` jobs of a run whose postings this person knew. The stream does not say."""
        answer = await self._ask("GET", f"/api/ingestion/runs/{run_id}/companies", RunCompaniesAnswer)
        return {company.company_name: company.changed_jobs for company in answer.companies}

    async def count_runs(self) -> int:
        """Count this person's runs; 200 stands for 200 and more."""
        return len((await self._ask("GET", "/api/ingestion/runs?limit=200", RunPageAnswer)).runs)

    async def log(self, run_id: int, after: int) -> LogPageAnswer:
        """Read the run's log lines with `seq > after`."""
        return await self._ask("GET", f"/api/ingestion/logs/{run_id}?after={after}&limit=5000", LogPageAnswer)

    def door(self, run_id: int) -> Door:
        """The way to a run's progress stream."""
        return Door(self._open, self.url, self._token, run_id)

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        return self._session

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[_T],
        body: object = None,
        *,
        authorized: bool = True,
        wait_s: float = REQUEST_TIMEOUT_S,
    ) -> _T:
        try:
            async with self._open.request(
                method,
                self.url + path,
                data=None if body is None else msgspec.json.encode(body),
                headers={"Content-Type": "application/json", **(self._authorization if authorized else {})},
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=wait_s, sock_connect=CONNECT_TIMEOUT_S),
            ) as response:
                content = await response.read()
        except aiohttp.InvalidURL as error:
            raise InvalidInput(f"{self.url} is no address.", advice="Write it as http://host:port.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(self.url) from error
        if not response.ok:
            raise _problem(self.url, response.status, content)
        return _parsed(self.url, content, kind)


def server_url(text: str) -> str:
    """Check a server's address and return it without a slash at the end. Raise `InvalidInput`."""
    wrong = InvalidInput(f'"{text}" is no address of a server.', advice="Write it as http://host:port.")
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        raise wrong from None
    if not usable or "@" in parts.netloc or parts.query or parts.fragment:
        raise wrong
    return text.strip().rstrip("/")


def unreachable(url: str) -> Unavailable:
    """Say that nothing answers at `url`."""
    return Unavailable(
        f"Jobwire does not answer at {url}.", advice="Start it with `jobwire serve`, or name it with --url."
    )


def error_of(url: str, status: int, detail: str | None) -> JobwireError:
    """Say what a status without or with a problem document means."""
    match status:
        case 401:
            return NotSignedIn(
                f"Jobwire at {url} does not take this token.",
                advice="Get one where that Jobwire runs, with `jobwire token`, and set JOBWIRE_TOKEN.",
            )
        case 404:
            return NotFound(detail or f"Nothing is there at {url}.")
        case 409:
            return Conflict(detail or "It cannot be done now.")
        case 400 | 413 | 422:
            return InvalidInput(detail or f"Jobwire at {url} did not understand the request.")
        case _:
            return Unavailable(detail or f"Jobwire at {url} answered with HTTP {status}.")


def _problem(url: str, status: int, content: bytes) -> JobwireError:
    try:
        problem = msgspec.json.decode(content, type=ProblemAnswer)
    except msgspec.DecodeError:
        return error_of(url, status, None)
    return RunActive(problem.run_id) if status == 409 and problem.run_id else error_of(url, status, problem.detail)  # noqa: PLR2004


def _parsed(url: str, content: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise Unavailable(
            f"What listens at {url} does not answer like Jobwire.", advice="Name the right address with --url."
        ) from error
