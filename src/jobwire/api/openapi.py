"""The OpenAPI document, made for generating clients from it."""

from typing import Any, Final, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from jobwire.api.problems import MEDIA_TYPE


class ProblemAnswer(BaseModel):
    """What went wrong and what to do next (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    run_id: int | None = None


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": ProblemAnswer, "description": "What went wrong, and what to do next."}
}


def describe_problems(app: FastAPI) -> None:
    """Give the errors their media type: FastAPI would say that they are `application/json`."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        for operations in document["paths"].values():
            for operation in operations.values():
                content = operation["responses"]["default"]["content"]
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return document

    app.openapi = openapi
