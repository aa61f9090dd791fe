"""The made-up site, read by Jobwire's own connectors: what they find is what the site says of itself."""

import asyncio

from jobwire.boards.http import BoardClient
from jobwire.boards.registry import BoardRegistry
from jobwire.demo.companies import Company
from jobwire.demo.options import DemoOptions
from jobwire.demo.server import DemoSite
from jobwire.domain.companies import BoardRef
from jobwire.domain.postings import fingerprint
from jobwire.settings import Settings


async def fingerprints(registry: BoardRegistry, company: Company) -> dict[str, bytes]:
    """Read a whole board, each posting with its text."""
    reader = registry.reader(BoardRef(company.system, company.slug))
    listing = await reader.list(company.slug)
    assert listing.complete
    assert not listing.notes
    assert not listing.unreadable

    async def read(external_id: str, source: bytes | None) -> tuple[str, bytes]:
        text = source or await reader.fetch(company.slug, external_id)
        posting = reader.extract(company.slug, text)
        assert posting.description_text
        return external_id, fingerprint(posting)

    return dict(await asyncio.gather(*(read(opening.external_id, opening.source) for opening in listing.openings)))


async def test_connectors_see_each_generation_as_the_oracle_tells_it() -> None:
    async with DemoSite(DemoOptions(companies=8, postings=300, churn=0.3)) as site:
        settings = Settings.model_validate(
            {
                "board_urls": site.board_urls,
                "allow_private_hosts": True,
                "host_pace": {"127.0.0.1": {"per_second": 10_000, "concurrency": 16}},
            }
        )
        async with BoardClient(settings) as client:
            registry = BoardRegistry(settings, client)
            before = {company.slug: await fingerprints(registry, company) for company in site.world.companies}
            for _ in range(2):
                site.world.advance()
                for company in site.world.companies:
                    old, new = before[company.slug], await fingerprints(registry, company)
                    changes = site.world.last_changes(company)
                    assert new.keys() == site.world.roster(company).entries.keys()
                    assert new.keys() - old.keys() == changes.new
                    assert old.keys() - new.keys() == changes.gone
                    assert {key for key in new.keys() & old.keys() if new[key] != old[key]} == changes.changed
                    before[company.slug] = new
