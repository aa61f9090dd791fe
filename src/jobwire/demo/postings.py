"""Made-up postings: everything about one follows from the seed, its company, its serial number and its revision."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple, assert_never

from jobwire.demo.bodies import Body, compose
from jobwire.demo.companies import Company
from jobwire.demo.dice import Dice, weighted
from jobwire.demo.places import Place
from jobwire.demo.words import Common, Field, Words, words
from jobwire.domain.postings import EmploymentType, Salary, SalaryInterval, Workplace

EPOCH: Final = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
"""When generation 0 was published; each later one came an hour after the one before."""
SERIALS: Final = 100_000
"""No board ever has more postings, gone ones included."""

_WORKPLACES: Final = weighted({Workplace.ONSITE: 5, Workplace.HYBRID: 4, Workplace.REMOTE: 2})
_LEVELS: Final = weighted({("", 1.0): 6, ("Junior", 0.7): 1, ("Senior", 1.3): 4, ("Staff", 1.6): 1, ("Lead", 1.5): 1})
"""Each with what it does to the salary."""
_EMPLOYMENTS: Final = weighted(
    {
        EmploymentType.FULL_TIME: 20,
        EmploymentType.PART_TIME: 2,
        EmploymentType.CONTRACT: 1,
        EmploymentType.INTERNSHIP: 1,
        EmploymentType.TEMPORARY: 1,
    }
)
_HOURLY: Final = frozenset({EmploymentType.PART_TIME, EmploymentType.CONTRACT, EmploymentType.INTERNSHIP})
_SCOPES: Final = ("", "", "", "", " (Fixed Term)", ", New Markets", " (Parental Leave Cover)", " | {team}", ", {team}")
_WORKING_HOURS: Final = 1800
"""A year."""


class Entry(NamedTuple):
    """A posting's place in its board's history; `added` and `changed` are generations."""

    serial: int
    revision: int
    added: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPosting:
    """A posting, before it takes the shape of a careers system."""

    external_id: str
    serial: int
    title: str
    field: Field
    team: str
    places: tuple[Place, ...]
    """The main one first."""
    workplace: Workplace
    employment: EmploymentType
    level: str
    salary: Salary | None
    common: Common
    company: Company
    revision: int
    thread: str
    """What its dice are seeded with."""
    posted_at: datetime
    changed_at: datetime

    def write(self) -> Body:
        """Put its text together: the costly part of a posting, and often not needed."""
        return compose(
            Dice(self.thread + "/text"),
            self.company,
            self.common,
            self.field,
            team=self.team,
            city=self.places[0].city,
            pay=_pay_sentence(self.salary, self.common),
            revision=self.revision,
        )


def make_posting(seed: int, company: Company, entry: Entry) -> DemoPosting:
    """Make up the posting that this entry stands for."""
    thread = f"{seed}/{company.slug}/{entry.serial}"
    dice = Dice(thread)
    places = _places(dice, company)
    tongue = _tongue(dice, places[0])
    field = _field(dice, company, tongue)
    team = dice.pick(field.teams)
    employment = dice.pick(_EMPLOYMENTS)
    level, worth = dice.pick(_LEVELS)
    salary = _salary(dice, field.pay * worth, places[0], employment) if company.shows_pay else None
    salary = _raised(salary, entry.revision)
    published = EPOCH - timedelta(minutes=dice.between(0, 300_000)) if entry.added == 0 else _moment(entry.added)
    return DemoPosting(
        external_id=external_id(seed, company, entry.serial),
        serial=entry.serial,
        title=_title(dice, tongue, field, level, team),
        field=field,
        team=team,
        places=places,
        workplace=dice.pick(_WORKPLACES),
        employment=employment,
        level=level,
        salary=salary,
        common=tongue.common,
        company=company,
        revision=entry.revision,
        thread=thread,
        posted_at=published,
        changed_at=_moment(entry.changed) if entry.changed else published,
    )


def external_id(seed: int, company: Company, serial: int) -> str:
    """The key that the company's system gives to a posting; no two postings of the site share one."""
    match company.system:
        case "greenhouse":
            return str(4_000_000_000 + company.index * SERIALS + serial)
        case "smartrecruiters":
            return str(744_000_000_000_000 + company.index * SERIALS + serial)
        case "lever" | "ashby":
            return made_up_uuid(f"{seed}/{company.index}/{serial}")
        case _:
            assert_never(company.system)


def made_up_uuid(text: str) -> str:
    """A random-looking UUID (version 4) that follows from the text."""
    hexes = blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{hexes[:8]}-{hexes[8:12]}-4{hexes[13:16]}-a{hexes[17:20]}-{hexes[20:]}"


def _moment(generation: int) -> datetime:
    return EPOCH + timedelta(hours=generation)


def _places(dice: Dice, company: Company) -> tuple[Place, ...]:
    return dice.window(company.places, dice.pick((1, 1, 1, 1, 1, 1, 1, 1, 2, 3)))


def _tongue(dice: Dice, place: Place) -> Words:
    """Three of four postings speak their place's own language."""
    return words(place.language if dice.chance(0.75) else "en")


def _field(dice: Dice, company: Company, tongue: Words) -> Field:
    if tongue.common.language != "en":
        return dice.pick(tuple(tongue.fields.values()))
    return tongue.fields[dice.pick(company.fields)]


def _title(dice: Dice, tongue: Words, field: Field, level: str, team: str) -> str:
    title, scope = dice.pick(field.titles), dice.pick(_SCOPES)
    if tongue.common.language != "en":
        return title
    led = "Manager" in title or "Director" in title or "Lead" in title
    return f"{'' if led else level} {title}{scope.replace('{team}', team)}".strip()


def _salary(dice: Dice, euros: float, place: Place, employment: EmploymentType) -> Salary:
    middle = euros * place.pay_factor * (0.85 + 0.35 * dice.random())
    hourly = employment in _HOURLY
    interval = SalaryInterval.HOUR if hourly else SalaryInterval.YEAR
    middle = middle / _WORKING_HOURS if hourly else middle
    return Salary(
        minimum=_round(middle * 0.88), maximum=_round(middle * 1.18), currency=place.currency, interval=interval
    )


def _raised(salary: Salary | None, revision: int) -> Salary | None:
    """Every revision adds a little at the top."""
    if salary is None or salary.maximum is None:
        return salary
    return Salary(
        minimum=salary.minimum,
        maximum=_round(salary.maximum * (1 + 0.03 * revision)),
        currency=salary.currency,
        interval=salary.interval,
    )


def _round(amount: float) -> float:
    """To what people write: three leading digits at most."""
    step = 10 ** max(0, len(str(int(amount))) - 3)
    return float(round(amount / step) * step)


def _pay_sentence(salary: Salary | None, common: Common) -> str:
    if salary is None or salary.interval is None:
        return ""
    return common.pay.format(
        low=f"{salary.minimum:,.0f}",
        high=f"{salary.maximum:,.0f}",
        currency=salary.currency,
        interval=common.intervals[salary.interval.value],
    )
