"""Messages name what to do by its request; in a terminal it is done by a command."""

import re
from typing import Final

COMMANDS: Final = {
    "GET /api/ingestion/boards": "jobwire accept",
    "GET /api/ingestion/settings": "jobwire companies",
    "POST /api/ingestion/boards/accept": "jobwire accept COMPANY",
    "POST /api/ingestion/boards/keep": "jobwire keep COMPANY",
    "POST /api/ingestion/look": "jobwire ingest ADDRESS",
    "POST /api/ingestion/settings": "jobwire ingest COMPANY",
    'POST /api/ingestion/settings {"op": "delete"}': "jobwire unfollow COMPANY",
}
_REQUEST: Final = re.compile(r"`([A-Z]+ /api/[^`]*)`")


def in_commands(text: str) -> str:
    """Put commands in the place of the requests that a message names; one without a command stays."""
    return _REQUEST.sub(lambda found: f"`{COMMANDS.get(found[1], found[1])}`", text)
