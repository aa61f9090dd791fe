"""Run as a process of its own: `jobwire serve`, with all that can be logged, uvicorn's access log included."""

import logging
import sys
from typing import Any

import uvicorn

from jobwire import logs
from jobwire.cli.main import app


class LoudConfig(uvicorn.Config):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "access_log": True, "log_level": "debug"})


def configure_loudly(**how: Any) -> None:
    configure(**{**how, "level": logging.DEBUG})
    logging.getLogger().setLevel(logging.DEBUG)  # what libraries say, too
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)


configure = logs.configure
logs.configure = configure_loudly
uvicorn.Config = LoudConfig
sys.argv[1:] = ["serve", "--no-worker", "--port", "0"]
app()
