"""A made-up history of careers boards, day by day, and what a reader of it must be told: the tests' own model.

It shares nothing with the program but the rules of `docs`: it knows what stands on each board, and what somebody saw.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from statistics import median
from typing import Final

PLACES: Final = ("Berlin", "Oslo", "Lima", "Kyoto")
GONE: Final = "It is no longer on the board."
PAGE_GONE: Final = "The board lists it, but its own page is gone."
STILL_GONE: Final = "listed, but its own page is still gone"


class Weather(Enum):
    """What kind of day a board has. On the first six it is not heard at all."""

    FAILING = "500"
    SILENT = "no answer in time"
    CUT = "a body that ends too early"
    BROKEN_OFF = "a connection that ends too early"
    HTML = "a web page"
    WRONG = "JSON of another kind"
    EMPTY = "an empty list"
    HALF = "a list that lacks six of ten"
    LESS = "a list that lacks two of five"
    UNSURE = "a list that lacks one of five, with a line that may be any of them"
    FINE = "fine"

    @property
    def is_heard(self) -> bool:
        return self in {Weather.EMPTY, Weather.HALF, Weather.LESS, Weather.UNSURE, Weather.FINE}


@dataclass(frozen=True)
class Post:
    """A posting as its board shows it."""

    title: str
    place: str
    text: str

    def parts(self, other: "Post") -> str:
        """In which parts two differ, as people are told."""
        differ = [
            ("title", self.title != other.title),
            ("places", self.place != other.place),
            ("text", self.text != other.text),
        ]
        return ", ".join(name for name, differs in differ if differs)


@dataclass
class Board:
    """What stands on a board. `has_pages`: each posting's text is on a page of its own, which can be dead or fail."""

    has_pages: bool
    posts: dict[str, Post]
    weather: Weather = Weather.FINE
    dead: set[str] = field(default_factory=set[str])
    failing: set[str] = field(default_factory=set[str])
    away: dict[str, Post] = field(default_factory=dict[str, Post])
    _made: int = 0

    @classmethod
    def of(cls, size: int, dice: random.Random, *, has_pages: bool) -> "Board":
        board = cls(has_pages, {})
        board._add(size, dice)
        return board

    def live_on(self, dice: random.Random, *, shrinks: bool = False) -> None:
        """Let a day pass: some postings come, change, vanish and return; now and then most of them leave for good."""
        self._leave(dice, len(self.posts) * 2 // 3 if shrinks else dice.randint(0, 3))
        for key in dice.sample(sorted(self.away), min(len(self.away), dice.randint(0, 2))):
            self.posts[key] = self.away.pop(key)
        for key in dice.sample(sorted(self.posts), min(len(self.posts), dice.randint(0, 3))):
            self.posts[key] = _edited(self.posts[key], dice)
        self._add(dice.randint(0, 3), dice)
        if self.has_pages:
            some = dice.sample(sorted(self.posts), min(len(self.posts), 2))
            self.dead = {key for key in [*sorted(self.dead), *some[:1]] if dice.random() < 0.5}
            self.failing = {key for key in some[1:] if dice.random() < 0.3} - self.dead

    def shown(self) -> dict[str, Post]:
        """What the board lists today, where it lists anything."""
        fifths = {Weather.EMPTY: 0, Weather.HALF: 2, Weather.LESS: 3, Weather.UNSURE: 4}.get(self.weather, 5)
        keys = sorted(self.posts)
        return {key: self.posts[key] for key in keys[: len(keys) * fifths // 5]}

    def _add(self, count: int, dice: random.Random) -> None:
        for _ in range(count):
            self._made += 1
            self.posts[str(self._made)] = Post(f"Engineer {self._made}", dice.choice(PLACES), _text(dice))

    def _leave(self, dice: random.Random, count: int) -> None:
        for key in dice.sample(sorted(self.posts), min(len(self.posts), count)):
            self.away[key] = self.posts.pop(key)


def _edited(post: Post, dice: random.Random) -> Post:
    kinds = dice.sample(["title", "place", "text"], dice.choice([1, 1, 2]))
    return replace(
        post,
        title=f"{post.title}!" if "title" in kinds else post.title,
        place=dice.choice([place for place in PLACES if place != post.place]) if "place" in kinds else post.place,
        text=_text(dice) if "text" in kinds else post.text,
    )


def _text(dice: random.Random) -> str:
    return " ".join(dice.choice(("build", "mend", "sail", "plant", "count")) for _ in range(30))


@dataclass
class Doubted:
    """A board says that much less is there than was known: how often by now."""

    is_empty: bool
    size: int
    days: int = 1

    @property
    def is_believed(self) -> bool:
        return self.days >= (6 if self.is_empty else 3)

    def is_like(self, other: "Doubted") -> bool:
        larger = max(self.size, other.size)
        return self.is_empty == other.is_empty and abs(self.size - other.size) <= larger * 0.3


@dataclass(frozen=True)
class Told:
    """What a run says of one board: a status and a reason for each posting, and whether a guard speaks.

    `missed`: so many known postings are said to be missing and not to be gone.
    """

    jobs: Mapping[str, tuple[str, str]]
    is_asked: bool = False
    missed: int = 0


@dataclass
class Reader:
    """What one person has been told of a board that they alone read, once a day.

    `patience`: so many lists in a row must lack a posting before it goes.
    """

    patience: int = 1
    live: dict[str, Post | None] = field(default_factory=dict[str, Post | None])
    """None: its text could not be read yet."""
    gone: dict[str, Post | None] = field(default_factory=dict[str, Post | None])
    dead: set[str] = field(default_factory=set[str])
    unread_returns: set[str] = field(default_factory=set[str])
    """Back on the list, and not read since: that they are back is still to be told."""
    seen: set[str] = field(default_factory=set[str])
    """What was ever there when a run ended."""
    misses: dict[str, int] = field(default_factory=dict[str, int])
    sizes: list[int] = field(default_factory=list[int])
    doubted: Doubted | None = None

    def hear(self, board: Board) -> Told:
        """What must be said after a run over the board as it is today."""
        if not board.weather.is_heard:
            return Told({})
        shown = board.shown()
        is_asked, patience = (False, 0) if board.weather is Weather.UNSURE else self._judge(shown)
        missed = self.live.keys() - shown.keys()
        jobs = self._missing(shown, patience) | {key: self._listed(key, post, board) for key, post in shown.items()}
        self.seen |= self.live.keys()
        return Told(jobs, is_asked, len(missed & self.live.keys()))

    def _judge(self, shown: Mapping[str, Post]) -> tuple[bool, int]:
        """Whether a guard speaks, and how many lists have to lack a posting; 0 where none of them counts."""
        missing = [key for key in self.live if key not in shown]
        usual = median(self.sizes[-5:]) if len(self.sizes) >= 3 else 0
        objects = missing and (not shown or len(missing) > len(self.live) / 2 or len(shown) < usual * 0.7)
        if objects:
            doubted = Doubted(not shown, len(shown))
            if self.doubted is not None and self.doubted.is_like(doubted):
                doubted.days = self.doubted.days + 1
            if not doubted.is_believed:
                self.doubted = doubted
                return True, 0
            self.sizes.clear()
        self.doubted = None
        self.sizes.append(len(shown))
        return False, 1 if objects else self.patience

    def _missing(self, shown: Mapping[str, Post], patience: int) -> dict[str, tuple[str, str]]:
        for key in self.misses.keys() & shown.keys():
            del self.misses[key]
        if not patience:
            return {}
        self.dead &= shown.keys()
        jobs: dict[str, tuple[str, str]] = {}
        for key in self.live.keys() - shown.keys():
            self.misses[key] = self.misses.get(key, 0) + 1
            if self.misses[key] >= patience:
                del self.misses[key]
                self.gone[key] = self.live.pop(key)
                self.unread_returns.discard(key)
                jobs[key] = ("expired", GONE)
        return jobs

    def _listed(self, key: str, post: Post, board: Board) -> tuple[str, str]:
        if key in board.failing:
            return self._unreadable(key)
        if key in board.dead:
            return self._dead(key)
        was_gone = key in self.gone
        before = self.gone.pop(key) if was_gone else self.live.get(key)
        is_return = (was_gone or key in self.unread_returns) and key in self.seen
        self.dead.discard(key)
        self.unread_returns.discard(key)
        self.live[key] = post
        if is_return:
            return "ready", "back"
        if before is None:
            return "ready", "new"
        return ("ready", f"changed: {before.parts(post)}") if before != post else ("skipped", "unchanged")

    def _unreadable(self, key: str) -> tuple[str, str]:
        if key in self.gone and key not in self.dead:
            self.live[key] = self.gone.pop(key)
            self.unread_returns.add(key)
        if key not in self.dead:
            self.live.setdefault(key, None)
        return "error", "status 500"

    def _dead(self, key: str) -> tuple[str, str]:
        was_gone = key in self.gone
        self.gone[key] = self.live.pop(key, None) if key not in self.gone else self.gone[key]
        self.unread_returns.discard(key)
        self.dead.add(key)
        return ("skipped", STILL_GONE) if was_gone else ("expired", PAGE_GONE)
