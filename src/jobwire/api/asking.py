"""What the routes get of the application and of who is asking, as FastAPI dependencies."""

from typing import Annotated, cast

from fastapi import Depends, Request

from jobwire.api.auth import Principal, authenticate
from jobwire.api.origins import Origins
from jobwire.api.ports import Services
from jobwire.domain.errors import NotSignedIn
from jobwire.domain.runs import UserId


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


def _origins(request: Request) -> Origins:
    return cast("Origins", request.app.state.origins)


AppServices = Annotated[Services, Depends(_services)]
AppOrigins = Annotated[Origins, Depends(_origins)]


async def _principal(request: Request, services: AppServices, origins: AppOrigins) -> Principal:
    principal = authenticate(request.scope, services.tokens)
    origins.check_change(request.scope, principal)
    return principal


SignedIn = Annotated[Principal, Depends(_principal)]


async def _email(principal: SignedIn, services: AppServices) -> str:
    """A token outlives its user where the data folder was made anew and the secret was not."""
    email = await services.users.email(principal.user_id)
    if email is None:
        raise NotSignedIn("The user that this token was made for no longer exists.")
    return email


Email = Annotated[str, Depends(_email)]


async def _me(principal: SignedIn, _: Email) -> UserId:
    return principal.user_id


Me = Annotated[UserId, Depends(_me)]
"""Whose request it is: signed in, allowed to change things where it does, and existing."""
