"""Which parameters the query of a request may have: one that is not known is an error, as a field of a body is."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from jobwire.api.auth import QUERY as TOKEN
from jobwire.domain.errors import InvalidInput
from jobwire.logs import redact

LONGEST_NAME: Final = 100
ASKED_BY_OTHERS: Final = {"/api/health", "/api/jobs/feeds/{key}"}
"""By balancers and feed readers, which may add to an address to have no cache answer."""


async def only_known_parameters(request: Request) -> None:
    """Raise `InvalidInput` for the first parameter that the route does not take: a misspelt filter filters nothing.

    `/signin` takes any, as pages do: who passes an address on may add to it. So do those of `ASKED_BY_OTHERS`.
    """
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
    if not route.path.startswith("/api/") or route.path in ASKED_BY_OTHERS:
        return
    known = list(_names(route.dependant))
    for name in request.query_params:
        if name not in known and name != TOKEN:
            raise InvalidInput(f'"{_shown(name)}" is no parameter of this request.', advice=_advice(name, known))


def _names(dependant: Dependant) -> Iterator[str]:
    """What a function and those that it depends on take from the query."""
    yield from (field.alias for field in dependant.query_params)
    for other in dependant.dependencies:
        yield from _names(other)


def _advice(name: str, known: Sequence[str]) -> str:
    if near := get_close_matches(name, known, n=1):
        return f'Did you mean "{near[0]}"?'
    return f"It takes {', '.join(known)}." if known else "It takes none."


def _shown(name: str) -> str:
    """It may be a secret in the wrong place."""
    text = redact(name)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
