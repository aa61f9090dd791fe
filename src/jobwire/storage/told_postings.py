"""Which postings a person's runs have told them of."""

from sqlalchemy import select

from jobwire.domain.aside import each_aside
from jobwire.domain.filters import TitleFilters
from jobwire.domain.runs import UserId
from jobwire.domain.stays import Stay
from jobwire.storage.database import Database
from jobwire.storage.tables import follows, postings


class ToldPostings:
    """It fits `ingest.previewing.Told`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user: UserId, company: str) -> frozenset[str]:
        """Those of a followed company, by external_id, that its last run had before this person: no news to them."""
        query = (
            select(
                postings.c.id,
                postings.c.external_id,
                postings.c.listed_title,
                postings.c.first_listing,
                postings.c.absences,
                postings.c.gone_listing,
                follows.c.taken,
                follows.c.untold,
                follows.c.taken_include,
                follows.c.taken_exclude,
            )
            .join(postings, postings.c.board_id == follows.c.board_id)
            .where(follows.c.user_id == user, follows.c.company == company)
            .where(postings.c.first_listing <= follows.c.taken)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return frozenset()
        filters = TitleFilters(tuple(rows[0].taken_include), tuple(rows[0].taken_exclude))
        untold = rows[0].untold
        live = [
            row
            for row in rows
            if Stay(row.first_listing, row.absences, row.gone_listing).was_live_at(untold.get(str(row.id), row.taken))
        ]
        kept = await each_aside(user, lambda row: filters.keeps(row.listed_title), live)
        return frozenset(row.external_id for row, keeps in zip(live, kept, strict=True) if keeps)
