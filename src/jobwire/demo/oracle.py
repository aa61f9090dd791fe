"""What the site would say about itself if it were asked: the truth that tests compare with."""

from jobwire.demo.companies import Company
from jobwire.demo.desk import Desk
from jobwire.demo.options import SYSTEMS
from jobwire.demo.world import World


def describe(desk: Desk, *, ids: bool) -> dict[str, object]:
    """Say which companies there are and what stands on their boards now.

    With `ids`: the external ids too, and what each board's last generation did to it.
    """
    world = desk.world
    return {
        "generation": world.generation,
        "board_urls": dict.fromkeys(SYSTEMS, desk.origin),
        "postings": sum(len(world.roster(company).entries) for company in world.companies),
        "companies": [_company(world, company) | (_ids(world, company) if ids else {}) for company in world.companies],
    }


def _company(world: World, company: Company) -> dict[str, object]:
    odd = next(iter(world.roster(company).entries), None)
    return {
        "name": company.name,
        "source": f"{company.system}:{company.slug}",
        "spec": company.spec,
        "generation": world.generation_of(company),
        "count": len(world.roster(company).entries),
        "untitled": [odd] if company is world.untitled else [],
        "missing_detail": [odd] if company is world.missing_detail else [],
    }


def _ids(world: World, company: Company) -> dict[str, object]:
    changes = world.last_changes(company)
    return {
        "ids": list(world.roster(company).entries),
        "changes": {"new": sorted(changes.new), "changed": sorted(changes.changed), "gone": sorted(changes.gone)},
    }
