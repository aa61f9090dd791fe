"""The public pages that the APIs link to, so that a link from the app leads somewhere without the internet."""

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from jobwire.demo.answers import HTML, Answer
from jobwire.demo.companies import Company
from jobwire.demo.markup import CLASSIC, html
from jobwire.demo.postings import DemoPosting
from jobwire.demo.world import World

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
)
_INVENTED = "<p><small>This company is made up, and so is the job. Nobody can apply for it.</small></p>"


def answer(world: World, parts: Sequence[str]) -> Answer:
    """Answer with the site's front page, a company's page or a posting's; 404 where there is none."""
    match parts:
        case []:
            return _front(world)
        case [slug]:
            company = world.company_by_slug(slug)
            return _missing("company") if company is None else _company(world, company)
        case [slug, key, *_]:
            company = world.company_by_slug(slug)
            posting = None if company is None else _find(world, company, key)
            return _missing("posting") if posting is None else _posting(posting)
        case _:
            return _missing("page")


def _find(world: World, company: Company, key: str) -> DemoPosting | None:
    """By its id, or by its id and some words of its title."""
    return world.posting(company, key) or world.posting(company, key.partition("-")[0])


def _front(world: World) -> Answer:
    rows = (f"{_link(c, c.name)} · {escape(c.trade.label)}, <code>{c.system}:{c.slug}</code>" for c in world.companies)
    return _page("Made-up careers", "<p>Companies that do not exist, hiring all the same.</p>" + _list(rows))


def _company(world: World, company: Company) -> Answer:
    rows = (
        f"{_link(company, posting.title or '(no title)', posting.external_id)} · {escape(posting.places[0].city)}"
        for posting in world.postings(company)
    )
    return _page(company.name, f"<p>{escape(f'{company.name} {company.trade.what}.')}</p>{_list(rows)}")


def _posting(posting: DemoPosting) -> Answer:
    places = "; ".join(f"{place.city}, {place.country}" for place in posting.places)
    facts = f"<p>{_link(posting.company, posting.company.name)} · {escape(places)} · {posting.workplace.value}</p>"
    return _page(posting.title or "(no title)", facts + html(CLASSIC, *posting.write().sections) + _INVENTED)


def _missing(what: str) -> Answer:
    return _page(f"There is no such {what}", "<p>If there was one, it has left the board.</p>", status=404)


def _link(company: Company, text: str, *below: str) -> str:
    return f'<a href="/{quote("/".join((company.slug, *below)))}">{escape(text)}</a>'


def _list(rows: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"


def _page(title: str, body: str, *, status: int = 200) -> Answer:
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
    return Answer(status, text.encode(), HTML)
