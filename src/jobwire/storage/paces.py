"""How hosts want to be asked, for all workers. A host that is asked as usual has no row."""

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobwire.domain.standing import Pause, Standing
from jobwire.storage.database import Database


class HostPaces:
    """Reads and writes them. It fits `ingest.pacing.Standings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, host: str) -> tuple[Standing, float]:
        """How a host was last found to want to be asked, and how many seconds ago."""
        async with self._database.begin() as connection:
            row = (await connection.execute(_READ, {"host": host})).one_or_none()
        return (Standing(), 0.0) if row is None else (Standing(row.slowness, row.pause_s), row.age_s)

    async def note(self, host: str, standing: Standing) -> None:
        """Tell the others."""
        async with self._database.begin() as connection:
            if standing == Standing():
                await connection.execute(_FORGET, {"host": host})
            else:
                noted = {"host": host, "slowness": standing.slowness, "pause_s": standing.pause_s}
                await connection.execute(_WRITE, noted)


async def read_pauses(connection: AsyncConnection, hosts: Collection[str]) -> Sequence[Pause]:
    """The pauses that some of these hosts want just now."""
    rows = await connection.execute(_PAUSES, {"hosts": list(hosts)})
    return [Pause(row.host, row.seconds, row.until) for row in rows]


_PAUSES = text("""
    SELECT host, CAST(extract(epoch FROM paused_until - clock_timestamp()) AS float8) AS seconds, paused_until AS until
    FROM host_paces WHERE host = ANY (CAST(:hosts AS text[])) AND paused_until > clock_timestamp() ORDER BY host
""")
_READ = text("""
    SELECT slowness, CAST(extract(epoch FROM clock_timestamp() - noted_at) AS float8) AS age_s,
           CAST(greatest(0, extract(epoch FROM paused_until - clock_timestamp())) AS float8) AS pause_s
    FROM host_paces WHERE host = :host
""")
_WRITE = text("""
    INSERT INTO host_paces (host, slowness, paused_until)
    VALUES (:host, :slowness, clock_timestamp() + make_interval(secs => :pause_s))
    ON CONFLICT (host) DO UPDATE
    SET slowness = excluded.slowness, paused_until = excluded.paused_until, noted_at = clock_timestamp()
""")
_FORGET = text("DELETE FROM host_paces WHERE host = :host")
