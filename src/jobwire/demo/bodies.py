"""The text of a posting, apart from any markup."""

from collections.abc import Callable
from dataclasses import dataclass

from jobwire.demo.companies import Company
from jobwire.demo.dice import Dice
from jobwire.demo.words import Common, Field, Headings


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what stands below it: plain text, nothing escaped."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What a posting says."""

    about: Section
    role: Section
    duties: Section
    wants: Section
    pluses: Section
    benefits: Section
    closing: Section

    @property
    def sections(self) -> tuple[Section, ...]:
        """All of them, in the order in which they are read."""
        return (self.about, self.role, self.duties, self.wants, self.pluses, self.benefits, self.closing)


def compose(
    dice: Dice, company: Company, common: Common, field: Field, *, team: str, city: str, pay: str, revision: int
) -> Body:
    """Put a posting's text together. Each `revision` differs from the one before, in what there is to do.

    `pay` is a sentence about money, or empty.
    """
    fill = _filler(company, team, city)
    headings = _house_style(company, common)

    def say(heading: str, paragraphs: tuple[str, ...] = (), bullets: tuple[str, ...] = ()) -> Section:
        return Section(fill(heading), tuple(map(fill, paragraphs)), tuple(map(fill, bullets)))

    return Body(
        about=say(headings.about, (_own(company, common.about), *dice.window(common.culture, 2))),
        role=say(headings.role, (dice.pick(field.role), dice.pick(common.setting))),
        duties=say(headings.duties, bullets=dice.window(field.duties, dice.between(5, 8), revision)),
        wants=say(headings.wants, bullets=dice.window(field.wants, dice.between(4, 7))),
        pluses=say(headings.pluses, bullets=dice.window(field.pluses, dice.between(2, 4))),
        benefits=say(headings.benefits, bullets=dice.window(common.benefits, dice.between(4, 8))),
        closing=say(headings.closing, (*dice.window(common.closing, dice.between(2, 3)), *((pay,) if pay else ()))),
    )


def _own(company: Company, sentences: tuple[str, ...]) -> str:
    """The same for all postings of a company."""
    return sentences[company.index % len(sentences)]


def _house_style(company: Company, common: Common) -> Headings:
    return common.headings[company.index // 2 % len(common.headings)]


def _filler(company: Company, team: str, city: str) -> Callable[[str], str]:
    values = {"company": company.name, "home": company.home.city, "what": company.trade.what}
    values |= {"team": team, "city": city}

    def fill(text: str) -> str:
        return text.format_map(values) if "{" in text else text

    return fill
