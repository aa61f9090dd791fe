"""Orders that a worker answers: for minutes, between two processes."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import delete, insert, select, text

from jobwire.domain.runs import UserId
from jobwire.storage.database import Database
from jobwire.storage.tables import orders as table

Result = TypeVar("Result")


class Orders(Generic[Result]):
    """Orders of one kind. `result` is the type of their answers."""

    def __init__(self, database: Database, result: type[Result]) -> None:
        self._database = database
        self._result = result

    async def place(
        self, user: UserId, subjects: Sequence[str], defer: Callable[[Any, str, int], Awaitable[None]]
    ) -> Mapping[str, int]:
        """Write an order for each subject; `defer` (connection, subject, order) runs in the same transaction."""
        orders: dict[str, int] = {}
        async with self._database.begin() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            for subject in subjects:
                new = insert(table).values(user_id=user, subject=subject).returning(table.c.id)
                orders[subject] = (await connection.execute(new)).scalar_one()
                await defer(driver, subject, orders[subject])
        return orders

    async def placed(self, order: int) -> tuple[UserId, str] | None:
        """Who asked for which subject; None when the order is gone."""
        query = select(table.c.user_id, table.c.subject).where(table.c.id == order)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (UserId(row.user_id), row.subject)

    async def answer(self, order: int, result: Result) -> None:
        """Put the answer where the order is."""
        values = {"order": order, "result": msgspec.json.encode(result).decode()}
        async with self._database.begin() as connection:
            await connection.execute(_ANSWER, values)

    async def answers(self, orders: Collection[int]) -> Mapping[int, Result]:
        """Those of these orders that are answered."""
        async with self._database.connect() as connection:
            rows = await connection.execute(_ANSWERS, {"orders": list(orders)})
            return {row.id: msgspec.json.decode(row.result, type=self._result) for row in rows}

    async def drop(self, orders: Collection[int]) -> None:
        """Forget them."""
        async with self._database.begin() as connection:
            await connection.execute(delete(table).where(table.c.id.in_(list(orders))))

    async def has_worker(self) -> bool:
        """Whether a worker was heard of in the last ten seconds, as the queue's own table tells."""
        async with self._database.connect() as connection:
            return bool(await connection.scalar(_WORKER))


_ANSWER = text("UPDATE orders SET result = CAST(:result AS jsonb) WHERE id = :order")
_ANSWERS = text("""
    SELECT id, CAST(result AS text) AS result FROM orders
    WHERE id = ANY (CAST(:orders AS bigint[])) AND result IS NOT NULL
""")
_WORKER = text("""
    SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '10 seconds')
""")
