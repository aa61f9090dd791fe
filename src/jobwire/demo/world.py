"""The state of the site: which companies there are, and how far each of their boards has moved on."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from jobwire.demo.companies import Company, make_companies
from jobwire.demo.options import DemoOptions, System
from jobwire.demo.postings import DemoPosting, Entry, make_posting
from jobwire.demo.rosters import Changes, Roster, compare, first_roster, next_roster


class World:
    """Everything on the site follows from its options and from how often it was told to move on.

    A board is made up when somebody first asks for it. Rosters are kept (about 0.3 KB a posting), texts never.
    """

    def __init__(self, options: DemoOptions) -> None:
        self.options = options
        self.companies = make_companies(options)
        self.generation = 0
        """How often the whole world moved on."""
        self._extra: dict[int, int] = {}
        self._rosters: dict[int, Roster] = {}
        self._by_slug = {(company.system, _folded(company.system, company.slug)): company for company in self.companies}
        self._any_slug = {company.slug.casefold(): company for company in self.companies}
        faults = options.faults
        self.untitled = self._largest("greenhouse") if faults and faults.untitled else None
        """The company whose first posting has no title."""
        self.missing_detail = self._largest("smartrecruiters") if faults and faults.missing_detail else None
        """The company whose first posting cannot be opened."""

    def company(self, system: System, slug: str) -> Company | None:
        """Find the company with this board."""
        return self._by_slug.get((system, _folded(system, slug)))

    def company_by_slug(self, slug: str) -> Company | None:
        """Find a company by its board's name, whichever the system."""
        return self._any_slug.get(slug.casefold())

    def advance(self) -> int:
        """Move every board on by a generation, and return how often that has happened."""
        self.generation += 1
        return self.generation

    def advance_board(self, company: Company) -> int:
        """Move one board on by a generation, and return the one that it is at."""
        self._extra[company.index] = self._extra.get(company.index, 0) + 1
        return self.generation_of(company)

    def generation_of(self, company: Company) -> int:
        """The generation that the company's board is at."""
        return self.generation + self._extra.get(company.index, 0)

    def roster(self, company: Company) -> Roster:
        """The company's board as it is now."""
        roster = self._rosters.get(company.index)
        if roster is None or roster.generation != self.generation_of(company):
            roster = self._grow(company, roster, self.generation_of(company))
            self._rosters[company.index] = roster
        return roster

    def roster_at(self, company: Company, generation: int) -> Roster:
        """The company's board at any generation, made up anew."""
        return self._grow(company, None, generation)

    def last_changes(self, company: Company) -> Changes:
        """What the last generation did to the board; nothing at generation 0."""
        now = self.roster(company)
        return compare(self.roster_at(company, now.generation - 1), now) if now.generation else Changes()

    def posting(self, company: Company, external_id: str) -> DemoPosting | None:
        """One posting, if it stands on the board now."""
        entry = self.roster(company).entries.get(external_id)
        return None if entry is None else self._make(company, entry)

    def postings(self, company: Company, start: int = 0, stop: int | None = None) -> Sequence[DemoPosting]:
        """The postings from `start` up to `stop`, in the board's order."""
        entries = islice(self.roster(company).entries.values(), start, stop)
        return [self._make(company, entry) for entry in entries]

    def opens(self, company: Company, posting: DemoPosting) -> bool:
        """Whether the posting's own address answers; always so, but for the one that is made to fail."""
        return company is not self.missing_detail or posting.serial != 0

    def _make(self, company: Company, entry: Entry) -> DemoPosting:
        posting = make_posting(self.options.seed, company, entry)
        return replace(posting, title="") if company is self.untitled and entry.serial == 0 else posting

    def _grow(self, company: Company, roster: Roster | None, generation: int) -> Roster:
        if roster is None or roster.generation > generation:
            roster = first_roster(self.options.seed, company)
        while roster.generation < generation:
            roster = next_roster(self.options.seed, company, roster, self.options.churn)
        return roster

    def _largest(self, system: System) -> Company | None:
        boards = [company for company in self.companies if company.system == system and company.size]
        return max(boards, key=lambda company: company.size, default=None)


def _folded(system: System, slug: str) -> str:
    """Lever alone takes its boards' names to the letter."""
    return slug if system == "lever" else slug.casefold()
