"""Orders for previews and their answers: for minutes, between two processes."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, text

from jobwire.domain.runs import UserId
from jobwire.ingest.previews import Preview
from jobwire.storage.database import Database
from jobwire.storage.tables import previews


class PreviewOrders:
    """The table of previews."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(
        self, user: UserId, companies: Sequence[str], defer: Callable[[Any, str, int], Awaitable[None]]
    ) -> Mapping[str, int]:
        """Write an order for each company; `defer` (connection, company, order) runs in the same transaction."""
        orders: dict[str, int] = {}
        async with self._database.begin() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            for company in companies:
                new = insert(previews).values(user_id=user, company=company).returning(previews.c.id)
                orders[company] = (await connection.execute(new)).scalar_one()
                await defer(driver, company, orders[company])
        return orders

    async def placed(self, order: int) -> tuple[UserId, str] | None:
        """Who asked for which company; None when the order is gone."""
        query = select(previews.c.user_id, previews.c.company).where(previews.c.id == order)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (UserId(row.user_id), row.company)

    async def answer(self, order: int, preview: Preview) -> None:
        """Put the answer where the order is."""
        result = msgspec.json.encode(preview).decode()
        async with self._database.begin() as connection:
            await connection.execute(_ANSWER, {"order": order, "result": result})

    async def answers(self, orders: Collection[int]) -> Mapping[int, Preview]:
        """Those of these orders that are answered."""
        async with self._database.connect() as connection:
            rows = await connection.execute(_ANSWERS, {"orders": list(orders)})
            return {row.id: msgspec.json.decode(row.result, type=Preview) for row in rows}

    async def drop(self, orders: Collection[int]) -> None:
        """Forget them."""
        async with self._database.begin() as connection:
            await connection.execute(delete(previews).where(previews.c.id.in_(list(orders))))

    async def has_worker(self) -> bool:
        """Whether a worker was heard of in the last ten seconds, as the queue's own table tells."""
        async with self._database.connect() as connection:
            return bool(await connection.scalar(_WORKER))


_ANSWER = text("UPDATE previews SET result = CAST(:result AS jsonb) WHERE id = :order")
_ANSWERS = text("""
    SELECT id, CAST(result AS text) AS result FROM previews
    WHERE id = ANY (CAST(:orders AS bigint[])) AND result IS NOT NULL
""")
_WORKER = text("""
    SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '10 seconds')
""")
