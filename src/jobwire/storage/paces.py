"""How slow hosts were found to be, for all workers. A host that is asked as usual has no row."""

from sqlalchemy import text

from jobwire.storage.database import Database


class HostPaces:
    """Reads and writes them. It fits `ingest.pacing.Paces`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def slowness(self, host: str) -> tuple[float, float]:
        """How slow a host was last found to be (1 and more), and how many seconds ago."""
        async with self._database.begin() as connection:
            row = (await connection.execute(_READ, {"host": host})).one_or_none()
        return (1.0, 0.0) if row is None else (row.slowness, row.age_s)

    async def note(self, host: str, slowness: float) -> None:
        """Tell the others."""
        async with self._database.begin() as connection:
            if slowness > 1:
                await connection.execute(_WRITE, {"host": host, "slowness": slowness})
            else:
                await connection.execute(_FORGET, {"host": host})


_READ = text("""
    SELECT slowness, CAST(extract(epoch FROM clock_timestamp() - noted_at) AS float8) AS age_s
    FROM host_paces WHERE host = :host
""")
_WRITE = text("""
    INSERT INTO host_paces (host, slowness) VALUES (:host, :slowness)
    ON CONFLICT (host) DO UPDATE SET slowness = excluded.slowness, noted_at = clock_timestamp()
""")
_FORGET = text("DELETE FROM host_paces WHERE host = :host")
