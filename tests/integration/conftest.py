from collections.abc import AsyncIterator

import pytest
from boards_server import Site, serve


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serve() as running:
        yield running
