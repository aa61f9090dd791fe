"""A run as lines of text for a terminal: a header, a bar for the whole, and one a company."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from jobwire.cli.outcome import duration
from jobwire.cli.pace import roughly
from jobwire.cli.picture import CompanyPicture, Picture, Stage
from jobwire.cli.text import clean, shortened
from jobwire.domain.runs import JobStatus, RunStatus

COLOURS: Final[Mapping[JobStatus, str]] = {
    JobStatus.READY: "green",
    JobStatus.SKIPPED: "blue",
    JobStatus.EXPIRED: "yellow",
    JobStatus.ERROR: "red",
}
"""A bar's parts, in their order."""

STATUS_COLOURS: Final[Mapping[RunStatus, str]] = {
    RunStatus.FINISHED: "green",
    RunStatus.ERROR: "red",
    RunStatus.ABORTED: "yellow",
}
LONGEST_NAME: Final = 28
SHORTEST_BAR: Final = 8
LONGEST_BAR: Final = 60
HEADER_LINES: Final = 3
WHOLE_FROM: Final = 10
"""A rate below has one decimal."""


class Strokes(NamedTuple):
    """What bars are drawn with."""

    over: str
    failed: str
    ahead: str


LINES: Final = Strokes("━", "┅", "─")
ASCII: Final = Strokes("#", "x", "-")


def draw(picture: Picture, width: int, height: int, strokes: Strokes = LINES) -> Text:
    """Draw a run in at most `height` lines of at most `width` cells."""
    lines = [_header(picture), _bar(picture.counts, min(width, LONGEST_BAR + LONGEST_NAME), strokes), Text()]
    lines += _companies(picture.companies, width, max(height - HEADER_LINES, 1), strokes)
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Text("\n").join(lines[:height])


def _header(picture: Picture) -> Text:
    text = Text.assemble(
        (f"Run {picture.run_id}", "bold"),
        "  ",
        (picture.status.value, STATUS_COLOURS.get(picture.status, "cyan")),
        "  ",
    )
    return text.append_text(Text(", ").join(_figures(picture)))


def _figures(picture: Picture) -> Iterator[Text]:
    """What matters most comes first: a narrow terminal cuts the rest."""
    yield from map(Text, _progress(picture))
    if picture.failed:
        yield Text(f"{picture.failed:,} failed", "red")
    if picture.left_s is not None:
        yield Text(f"about {roughly(picture.left_s)} left")
    if picture.rate is not None:
        yield Text(f"{picture.rate:,.{0 if picture.rate >= WHOLE_FROM else 1}f}/s")
    yield Text(duration(picture.elapsed_s) if picture.status is not RunStatus.PENDING else "waiting for a worker")


def _progress(picture: Picture) -> Iterator[str]:
    if picture.status.is_listed:
        yield f"{picture.done:,} / {picture.total:,} jobs"
        yield f"{picture.percent} %"
    elif picture.companies:
        yield f"{picture.listed} / {len(picture.companies)} boards listed"
        if picture.total:
            yield f"{picture.done:,} / at least {picture.total:,} jobs"


def _companies(companies: Sequence[CompanyPicture], width: int, room: int, strokes: Strokes) -> list[Text]:
    shown = in_order(companies)
    hidden = 0
    if len(shown) > room:
        hidden = len(shown) - (room - 1)
        shown = shown[: room - 1]
    names = [shortened(clean(company.name), min(LONGEST_NAME, max(width // 3, 4))) for company in shown]
    longest = max(map(cell_len, names), default=0)
    lines = [_line(company, name, longest, width, strokes) for company, name in zip(shown, names, strict=True)]
    if hidden:
        lines.append(Text(f"… and {hidden:,} more", "dim"))
    return lines


def in_order(companies: Sequence[CompanyPicture]) -> list[CompanyPicture]:
    """Sort those that are worth a look to the front; within a stage the order stays."""
    urgent = {Stage.RUNNING: 0, Stage.FAILED: 1, Stage.WAITING: 2, Stage.STOPPED: 3, Stage.DONE: 4}
    return sorted(companies, key=lambda company: urgent[company.stage])


def _line(company: CompanyPicture, name: str, longest: int, width: int, strokes: Strokes) -> Text:
    line = Text(name + " " * (longest - cell_len(name)) + "  ")
    if company.reason is not None:
        return line.append(clean(company.reason), "red")
    if company.waits is not None:
        return line.append(clean(company.waits), "yellow")
    figures = f"  {company.done:,} / {company.total:,}" if company.total else f"  {_word(company.stage)}"
    tail = f", {company.failed:,} failed" if company.failed else ""
    room = width - line.cell_len - len(figures) - len(tail)
    if room >= SHORTEST_BAR and company.total:
        line.append_text(_bar(company.counts, min(room, LONGEST_BAR), strokes))
    line.append(figures.lstrip() if room < SHORTEST_BAR or not company.total else figures, "dim")
    return line.append(tail, "red")


def _word(stage: Stage) -> str:
    return {
        Stage.WAITING: "waiting",
        Stage.RUNNING: "listing",
        Stage.STOPPED: "stopped",
        Stage.DONE: "no openings",
        Stage.FAILED: "failed",
    }[stage]


def _bar(counts: Mapping[JobStatus, int], width: int, strokes: Strokes) -> Text:
    total = sum(counts.values())
    bar = Text()
    before, drawn = 0, 0
    for status, colour in COLOURS.items():
        before += counts.get(status, 0)
        upto = width * before // total if total else 0
        stroke = strokes.failed if status is JobStatus.ERROR else strokes.over
        bar.append(stroke * (upto - drawn), colour)
        drawn = upto
    return bar.append(strokes.ahead * (width - drawn), "bright_black")
