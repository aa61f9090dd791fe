"""Changes that come late because their viewer's connection was being replaced, as planned."""

from typing import Final

from bench.runs import make_run
from bench.server import BenchServer
from bench.stream.jobwire import jobwire_server
from bench.stream.lateness import lateness
from bench.stream.peer import HOST
from bench.stream.rows import JOBWIRE, Limit, Row
from bench.stream.sights import SightsTask
from bench.stream.sizes import Sizes
from bench.stream.writer import Commit, WriterTask

LATE_MS: Final = 100
NONE: Final = (Limit(0),)


async def measure(server: BenchServer, sizes: Sizes, _missing: set[str]) -> list[Row]:
    """The viewers are as browsers are, and understand no extras: they are blind from the close to their next answer."""
    async with jobwire_server(server, max_connection_s=sizes.rotate_every_s) as ours:
        run = await make_run(ours.ground, 0, sizes.rotation_changes + 1)  # one is left, so that the run goes on
        path = f"/api/ingestion/progress/{run.run_id}?token={run.token}"
        seeing = SightsTask(host=HOST, port=ours.port, requests=[path], viewers=sizes.rotation_viewers)
        writing = WriterTask(
            database_url=ours.database_url,
            topics=[run.run_id],
            commits=[Commit(run.run_id, [job]) for job in run.jobs[: sizes.rotation_changes]],
            per_second=sizes.rotation_changes_per_second,
            seed=sizes.seed,
        )
        found = await lateness(seeing, writing, warm_up_s=0, viewers="bench.stream.sources")
    late = sum(late_ms > LATE_MS for late_ms in found.late_ms)
    about = f"{sizes.rotation_viewers} viewers, a rotation every {sizes.rotate_every_s:g} s"
    return [
        Row(f"changes late by more than {LATE_MS} ms: {about}", "", {JOBWIRE: late}, NONE),
        Row("the latest of them, of all", "ms", {JOBWIRE: max(found.late_ms)}),
        Row("changes lost at rotations", "", {JOBWIRE: found.lost}, NONE),
        Row("changes seen through rotations", "", {JOBWIRE: len(found.late_ms)}),
    ]
