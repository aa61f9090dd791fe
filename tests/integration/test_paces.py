"""What one worker has learned of how a host wants to be asked, another begins with."""

import pytest
from aiohttp import web
from boards_server import Time, client, serve, settings_for, status

from jobwire.boards.http import Manners
from jobwire.boards.registry import BoardRegistry
from jobwire.domain.companies import BoardRef
from jobwire.domain.errors import HostBusy
from jobwire.domain.standing import Standing
from jobwire.ingest.pacing import Pacing
from jobwire.settings import HostPace
from jobwire.storage.database import Database
from jobwire.storage.paces import HostPaces

HOST = "api.example"
USUAL = Standing()


class Worker:
    """A worker's memory of hosts. Each begins with none."""

    def __init__(self) -> None:
        self.known: dict[str, Standing] = {}

    def standing(self, key: str) -> Standing:
        return self.known[key]

    def resume(self, key: str, standing: Standing) -> None:
        self.known[key] = standing


async def work(standings: HostPaces, finds: Standing | None, host: str = HOST) -> Standing:
    """Let a worker of its own work, which finds the host so, or as it was told; answer how it began."""
    worker = Worker()
    async with Pacing(worker, standings).at(host):
        began = worker.known[host]
        worker.known[host] = finds or began
    return began


async def test_what_a_worker_learns_is_handed_on(database: Database) -> None:
    standings = HostPaces(database)
    assert await work(standings, Standing(8)) == USUAL
    assert await work(standings, USUAL, host="other.example") == USUAL
    assert (await work(standings, Standing(4))).slowness == pytest.approx(8, rel=0.01)
    assert (await work(standings, USUAL)).slowness == pytest.approx(4, rel=0.01)
    assert await work(standings, USUAL) == USUAL


async def test_work_that_breaks_off_has_learned_as_well(database: Database) -> None:
    worker = Worker()

    async def break_off() -> None:
        async with Pacing(worker, HostPaces(database)).at(HOST):
            worker.known[HOST] = Standing(16)
            raise OSError("away")

    with pytest.raises(OSError, match="away"):
        await break_off()

    assert (await work(HostPaces(database), USUAL)).slowness == pytest.approx(16, rel=0.01)


async def test_time_forgives_slowness(database: Database) -> None:
    class Aged(HostPaces):
        async def of(self, host: str) -> tuple[Standing, float]:
            standing, _ = await super().of(host)
            return standing, 2 * 3600.0

    await work(HostPaces(database), Standing(8))

    assert (await work(Aged(database), USUAL)).slowness == 2


async def test_a_pause_is_handed_on_until_it_is_over(database: Database) -> None:
    standings = HostPaces(database)
    await work(standings, Standing(2, pause_s=600))
    assert 500 < (await work(standings, None)).pause_s <= 600
    assert 500 < (await work(standings, None)).pause_s <= 600

    async with database.begin() as connection:
        await connection.exec_driver_sql("UPDATE host_paces SET paused_until = clock_timestamp() - interval '1 second'")
    assert (await work(standings, USUAL)).pause_s == 0


async def test_two_processes_ask_a_host_once_that_wants_to_be_left_alone(database: Database) -> None:
    async with serve() as site:
        site.answer = status(429, Retry_After="600")
        settings = settings_for(site.origin)
        url, manners = f"{site.origin}/x", Manners(pace=HostPace(per_second=100, concurrency=1))
        async with client(settings) as one, client(settings) as other:
            for process in (one, other, one, other):
                async with Pacing(process, HostPaces(database)).at("127.0.0.1"):
                    with pytest.raises(HostBusy, match=r"(600|59\d) s"):
                        await process.get(url, board="lever:acme", manners=manners)
        assert len(site.requests) == 1


async def test_a_process_that_has_not_asked_a_host_yet_says_what_it_was_told(database: Database) -> None:
    await work(HostPaces(database), Standing(2, pause_s=60), host="127.0.0.1")
    async with serve() as site:
        site.answer = lambda _: web.json_response([])
        time = Time()
        settings = settings_for(site.origin, host_pace={"127.0.0.1": {"per_second": 1, "concurrency": 1}})
        async with client(settings, time) as process:
            boards = BoardRegistry(settings, process)
            reader = boards.reader(BoardRef("lever", "acme"))
            async with Pacing(process, HostPaces(database)).at("127.0.0.1"):
                assert 50 < boards.pause_s("127.0.0.1") <= 60
                with pytest.raises(HostBusy):
                    await reader.list("acme")
                time.now += 60
                assert boards.pause_s("127.0.0.1") == 0
                assert (await reader.list("acme")).complete
        assert len(site.requests) == 1
