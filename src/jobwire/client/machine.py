"""How a client goes from one connection to the next: what happened, and when, makes what to do. No I/O and no clock.

    connecting ──event──► live ──rotate──► rotating ──event on the next──► live
        │ ▲                 │                  │
        │ └──── time ── waiting ◄── lost ──────┴── lost: the next one is connecting
        └─────── lost ──────▲

From everywhere a terminal status leads to `ended`, and what the server denies to `refused`; both are for good.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from jobwire.client.groups import Gathering, is_old
from jobwire.client.pauses import Pauses
from jobwire.client.sse import Event
from jobwire.client.states import Close, Open, Patience, Signal, State
from jobwire.domain.errors import JobwireError, Unavailable
from jobwire.domain.progress import RunView

_UPDATE: Final = "Bring both sides to the same version of Jobwire."


@dataclass(slots=True)
class _Line:
    """A connection."""

    number: int
    heard_at: float
    has_spoken: bool = False
    gathering: Gathering = field(default_factory=Gathering)


class Machine:
    """Folds what connections bring into `view`, and says in `commands` which to open and to close.

    All times are seconds of one clock that never goes back. `uniform` gives a number between two bounds.
    """

    def __init__(
        self,
        view: RunView,
        tell: Callable[[Signal], None],
        *,
        uniform: Callable[[float, float], float],
        patience: Patience,
        now: float,
    ) -> None:
        self.refusal: JobwireError | None = None
        """Why, where the state is `refused`."""
        self.commands: list[Open | Close] = []
        """What is to be done, in this order; whoever does it takes it out."""
        self._view = view
        self._tell = tell
        self._patience = patience
        self._pauses = Pauses(patience, uniform)
        self._main: _Line | None = None
        self._next: _Line | None = None
        self._lines = 0
        self._is_lost = False
        self._is_doubtful = False
        """The view was found wrong, and no beat has agreed with it since."""
        self._heard_at = self._resumes_at = now
        self.state = State.ENDED if self._has_ended else State.WAITING

    @property
    def deadline(self) -> float:
        """When `tick` is due."""
        if self.state is State.WAITING:
            return self._resumes_at
        return min((line.heard_at + self._patience.silence_s for line in self._open), default=float("inf"))

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self.state is State.WAITING and now >= self._resumes_at:
            self._connect(now)
        for line in self._open:
            if now >= line.heard_at + self._patience.silence_s:
                self.broken(line.number, now)

    def asked(self, number: int, retry_ms: int) -> None:
        """The server asks for a pause of so long before the next connection."""
        if self._find(number):
            self._pauses.ask(retry_ms / 1000)

    def heard(self, number: int, event: Event, now: float) -> None:
        """An event has come on a connection."""
        line = self._find(number)
        if line is None:
            return
        line.has_spoken, line.heard_at, self._heard_at = True, now, now
        self._pauses.reset()
        if line is self._main:
            self._be_live()
        try:
            whole = line.gathering.take(event)
            if whole and not is_old(whole, self._view.cursor):
                self._take_over(line)
                self._fold(whole, now)
        except ValueError as error:
            self._heal(now, Unavailable(f"What Jobwire sends cannot be understood: {error}.", advice=_UPDATE))

    def closed(self, number: int, now: float) -> None:
        """A connection has come to an orderly end."""
        self._lose(number, now, failed=False)

    def broken(self, number: int, now: float) -> None:
        """A connection could not be opened, or was cut."""
        self._lose(number, now, failed=True)

    def missed(self, number: int, now: float) -> None:
        """The server says that this client has seen the end (204), and it has not: only everything can mend that."""
        if self._find(number):
            self._view.cursor = ""
            self.broken(number, now)

    def denied(self, number: int, error: JobwireError, _now: float) -> None:
        """The server says no, for good."""
        if self._find(number):
            self._refuse(error)

    @property
    def _open(self) -> list[_Line]:
        return [line for line in (self._main, self._next) if line is not None]

    @property
    def _has_ended(self) -> bool:
        return self._view.status is not None and self._view.status.is_terminal

    def _find(self, number: int) -> _Line | None:
        return next((line for line in self._open if line.number == number), None)

    def _connect(self, now: float) -> None:
        self._hang_up()
        self._main = self._new_line(now)
        self.state = State.CONNECTING

    def _new_line(self, now: float, *, fresh: bool = False) -> _Line:
        self._lines += 1
        self.commands.append(Open(self._lines, self._view.cursor, fresh))
        return _Line(self._lines, now)

    def _hang_up(self) -> None:
        self.commands += [Close(line.number) for line in self._open]
        self._main = self._next = None

    def _be_live(self) -> None:
        if self.state is State.CONNECTING:
            self.state = State.LIVE
        if self._is_lost:
            self._is_lost = False
            self._tell(Signal.BACK)

    def _take_over(self, line: _Line) -> None:
        """The next connection is no longer behind the view: from now on it alone counts."""
        if line is self._next and self._main is not None:
            self.commands.append(Close(self._main.number))
            self._main, self._next, self.state = line, None, State.LIVE

    def _fold(self, whole: Sequence[Event], now: float) -> None:
        for event in whole:
            self._view.apply(event.name, event.data, event.id)
            if event.name == "rotate":
                self._rotate(msgspec.json.decode(event.data, type=_Rotate), now)
            if event.name == "beat" and self._is_wrong(now):
                return
        self._tell(Signal.CHANGED)
        if self._has_ended:
            self._hang_up()
            self.state = State.ENDED

    def _rotate(self, notice: "_Rotate", now: float) -> None:
        """Make before break. A process that is going has nowhere to go to yet: its close is one as any other."""
        if self.state is State.LIVE and notice.reason != "shutdown":
            self._next = self._new_line(now, fresh=notice.reason == "token")
            self.state = State.ROTATING

    def _is_wrong(self, now: float) -> bool:
        """Compare with the beat. A view heals once: where everything did not help, asking for it again would not."""
        if not self._view.is_astray:
            self._is_doubtful = False
        return self._view.is_astray and self._heal(now, None)

    def _heal(self, now: float, otherwise: JobwireError | None) -> bool:
        """Begin anew without a cursor; False where that was tried in vain."""
        if self._is_doubtful:
            if otherwise is not None:
                self._refuse(otherwise)
            return False
        self._is_doubtful = True
        self._view.cursor = ""
        self._tell(Signal.ASTRAY)
        self._connect(now)
        return True

    def _lose(self, number: int, now: float, *, failed: bool) -> None:
        line = self._find(number)
        if line is None:
            return
        self.commands.append(Close(number))
        if line is self._next:
            self._next, self.state = None, State.LIVE
        elif self._next is not None:
            self._main, self._next = self._next, None
            self.state = State.LIVE if self._main.has_spoken else State.CONNECTING
        else:
            self._main = None
            self._wait(now, failed=failed, in_vain=failed or not line.has_spoken)

    def _wait(self, now: float, *, failed: bool, in_vain: bool) -> None:
        if in_vain and not self._is_lost:
            self._is_lost = True
            self._tell(Signal.LOST)
        if now - self._heard_at > self._patience.gone_s:
            self._refuse(Unavailable("Jobwire has not answered for too long.", advice="Look whether it runs."))
            return
        self._resumes_at = now + (self._pauses.after_failure() if failed else self._pauses.asked_s)
        self.state = State.WAITING

    def _refuse(self, error: JobwireError) -> None:
        self._hang_up()
        self.refusal, self.state = error, State.REFUSED


class _Rotate(msgspec.Struct):
    reason: str
