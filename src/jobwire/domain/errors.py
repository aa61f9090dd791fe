"""Everything that can go wrong in a way that somebody can mend.

    JobwireError
    ├── InvalidInput           what was asked for cannot be understood
    │   ├── UnknownBoard       no careers system known for that name or URL
    │   └── FollowedElsewhere  the company is followed at another board, and nobody said that it has moved
    ├── NotSignedIn            no token, or one that does not open this door
    ├── NotFound               it does not exist, or not for this person
    ├── Conflict
    │   ├── RunActive          this person already has a run going
    │   └── RunEnded           the run has a terminal status: it no longer changes
    ├── Unavailable            Jobwire itself cannot do it now (no worker, database away)
    └── BoardError             a careers system did not answer as it should
        ├── BoardGone          404: no such board
        ├── BoardRefused       401 or 403: it does not want to answer
        ├── BoardUnavailable   timeout, 5xx, refused connection
        ├── BoardUnreadable    an answer that is not what the system documents
        │   └── PostingRefused 400, 405 or 422 for one posting
        ├── HostBusy           429 or 503 with a time to come back
        ├── AddressRefused     the address is private, or a redirect leaves the host
        ├── PostingGone        404 or 410 for one posting
        └── PostingUnreadable  one posting lacks what every posting has

`str(error)` is the message: what happened, and `advice`: what to do next. Both are written for the person who runs
Jobwire and never hold a token, a header or a traceback. What can be done with a request is named by that, in backticks:
the terminal and the page put their own words in its place (`cli/wording.py`, `web/src/lib/wording.ts`).
"""

from typing import ClassVar


class JobwireError(Exception):
    """The base of all errors that Jobwire raises on purpose."""

    advice: ClassVar[str] = ""

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = self.advice if advice is None else advice

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class InvalidInput(JobwireError):
    """What was asked for cannot be understood."""


class UnknownBoard(InvalidInput):
    """No careers system is known for that name or URL."""

    advice = "Write board:slug, for example greenhouse:stripe, or paste the address of the company's careers page."


class FollowedElsewhere(InvalidInput):
    """The company is followed at another board (`source`), and nobody said that it has moved."""

    def __init__(self, company: str, source: str, wanted: str) -> None:
        super().__init__(
            f"You follow {company} already, at {source}.",
            advice=f"Give {wanted} a name of its own ({company} 2={wanted}), or say that {company} moves there.",
        )
        self.company, self.source, self.wanted = company, source, wanted


class NotSignedIn(JobwireError):
    """No token, or one that does not open this door."""

    advice = "Sign in with a link from `jobwire token --link`, or send a token from `jobwire token`."


class NotFound(JobwireError):
    """It does not exist, or not for this person: the two look the same from outside."""


class Conflict(JobwireError):
    """It cannot be done in the state that things are in."""


class RunActive(Conflict):
    """This person already has a run going."""

    advice = "Watch it, or abort it first."

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} is still active.")
        self.run_id = run_id


class RunEnded(Conflict):
    """The run has a terminal status: it no longer changes."""

    advice = "Start a new run."

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} has ended.")
        self.run_id = run_id


class Unavailable(JobwireError):
    """Jobwire itself cannot do it now."""


class BoardError(JobwireError):
    """A careers system did not answer as it should."""


class BoardGone(BoardError):
    """The careers system knows no such board."""

    advice = "Check the board's name on the company's careers page: the company may have moved to another system."


class BoardRefused(BoardError):
    """The careers system does not want to answer (401, 403)."""

    advice = "Jobwire does not work around that. Open the board in a browser, or ask the company."


class BoardUnavailable(BoardError):
    """Timeout, 5xx, or no connection, after all retries."""

    advice = "Try again later; nothing that was known of this board is lost."


class BoardUnreadable(BoardError):
    """An answer that is not what the system documents."""

    advice = "Open the board's address in a browser; if it shows openings, please report this as a bug."


class PostingRefused(BoardUnreadable):
    """A posting's own page does not take the question (400, 405, 422), as nothing that is documented explains."""


class HostBusy(BoardError):
    """The host asks to come back later (429, or 503 with Retry-After). `retry_after` is in seconds.

    `is_cut_short`: a listing that had begun has to begin again.
    """

    advice = "Jobwire comes back by itself when the host allows it."

    def __init__(self, message: str, *, retry_after: float, is_cut_short: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.is_cut_short = is_cut_short


class AddressRefused(BoardError):
    """The address is private, or a redirect leaves the host: `leads_to` is where that goes."""

    advice = "If the server is yours, set JOBWIRE_ALLOW_PRIVATE_HOSTS=1."

    def __init__(self, message: str, *, advice: str | None = None, leads_to: str | None = None) -> None:
        super().__init__(message, advice=advice)
        self.leads_to = leads_to


class PostingGone(BoardError):
    """404 or 410 for one posting: it has left the board."""


class PostingUnreadable(BoardError):
    """One posting lacks what every posting has (a title, an id), or is not what the system documents."""

    advice = "The other postings of this board are not affected."
