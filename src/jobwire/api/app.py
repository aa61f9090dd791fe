"""The application: every route but the progress stream, and what surrounds them."""

from typing import Final

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware

from jobwire import __version__
from jobwire.api import (
    boards,
    companies,
    dry_run,
    follows,
    health,
    job_exports,
    job_facets,
    job_marks,
    jobs,
    look,
    metrics,
    problems,
    retry,
    run_details,
    run_logs,
    runs,
    saved_searches,
    server,
    session,
    tickets,
    titles,
)
from jobwire.api.first_sight import FirstSight
from jobwire.api.middleware import BodyLimit, HostCheck, Incidents, SecurityHeaders
from jobwire.api.openapi import RESPONSES, describe_problems
from jobwire.api.origins import ANY, Origins
from jobwire.api.parameters import only_known_parameters
from jobwire.api.ports import Services
from jobwire.api.spa import Spa
from jobwire.settings import Settings

MAX_BODY_BYTES: Final = 1024 * 1024
OPENAPI_PATH: Final = "/api/openapi.json"

_ROUTERS: Final = (
    health.router,
    session.router,
    companies.router,
    server.router,
    follows.router,
    boards.router,
    dry_run.router,
    look.router,
    titles.router,
    runs.router,
    retry.router,
    run_details.router,
    run_logs.router,
    tickets.router,
    saved_searches.router,
    job_exports.router,
    job_facets.router,  # before /api/jobs/{id}
    jobs.router,
    job_marks.router,
    metrics.router,
)


def create_app(services: Services, settings: Settings) -> FastAPI:
    """Make the application. It owns nothing of `services`: who made them closes them."""
    app = routes()
    app.state.services = services
    app.state.settings = settings
    app.state.origins = Origins.of(settings)
    app.state.metrics_open = settings.metrics_open
    # Not a mount at "/": that would match before "wrong method" is told from "no such address"
    app.router.default = Spa(services.web, FirstSight(services.tokens, services.run_reads))
    problems.install(app)
    _surround(app, app.state.origins)
    return app


def routes() -> FastAPI:
    """Make an application that can say what its routes are, and has nothing to answer them with."""
    app = FastAPI(
        title="Jobwire",
        version=__version__,
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=RESPONSES,
        dependencies=[Depends(only_known_parameters)],
        generate_unique_id_function=_operation_id,
    )
    for router in _ROUTERS:
        app.include_router(router)
    describe_problems(app)
    return app


def _surround(app: FastAPI, origins: Origins) -> None:
    """Put the layers around the routes; each one added is outside of those before it."""
    app.add_middleware(BodyLimit, MAX_BODY_BYTES)
    app.add_middleware(Incidents)
    if origins.texts:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins.texts,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Last-Event-ID"),
            allow_credentials=ANY not in origins.texts,
            max_age=600,
        )
    app.add_middleware(HostCheck, origins)
    app.add_middleware(SecurityHeaders)


def _operation_id(route: APIRoute) -> str:
    return route.name
