"""The made-up careers site's life on its port, and its misbehaviour."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import httpx
import pytest

from jobwire.demo.options import SHOW, DemoOptions, Faults
from jobwire.demo.server import DemoSite


async def test_the_port_is_free_again_when_the_site_is_left() -> None:
    async with DemoSite(DemoOptions(postings=20)) as site, httpx.AsyncClient() as web:
        assert (await web.get(f"{site.url}/_demo")).status_code == 200
        port = int(site.url.rpartition(":")[2])
    async with DemoSite(DemoOptions(postings=20), port=port) as again, httpx.AsyncClient() as web:
        assert again.url == site.url
        assert (await web.get(f"{again.url}/_demo")).status_code == 200


async def test_a_taken_port_is_an_error_at_once() -> None:
    async with DemoSite(DemoOptions(postings=20)) as site:
        with pytest.raises(OSError, match="in use"):
            await DemoSite(port=int(site.url.rpartition(":")[2])).__aenter__()


async def test_a_site_that_is_left_at_once_closes_cleanly() -> None:
    async with DemoSite(DemoOptions(postings=20)) as site:
        pass
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as web:
            await web.get(site.url)


def test_a_site_has_no_address_before_it_is_entered() -> None:
    with pytest.raises(RuntimeError, match="no address"):
        _ = DemoSite().url


async def test_faults_strike_and_a_second_try_succeeds() -> None:
    options = DemoOptions(companies=4, postings=60, faults=Faults(busy=0.4, failing=0.4))
    async with DemoSite(options) as site, httpx.AsyncClient(base_url=site.url) as web:
        company = next(company for company in site.world.companies if company.system == "smartrecruiters")
        paths = [f"/v1/companies/{company.slug}/postings/{key}" for key in site.world.roster(company).entries]
        first = [await web.get(path) for path in paths]
        second = [await web.get(path) for path in paths]
        assert {answer.status_code for answer in first} >= {200, 429, 500}
        assert all(answer.headers["retry-after"] == "1" for answer in first if answer.status_code == 429)
        # The first posting is the one whose own address never answers.
        assert [answer.status_code for answer in second] == [404] + [200] * (len(paths) - 1)
        assert (await web.get("/v1/companies/nobody/postings")).status_code == 200
        assert (await web.get("/_demo")).status_code == 200


async def test_the_show_has_hiccups_and_ends_with_one_missing_and_one_untitled() -> None:
    """Of the options that people see first: with one more try each, all but one posting open."""
    async with DemoSite(replace(SHOW, latency=0)) as site, httpx.AsyncClient(base_url=site.url) as web:
        odd = Counter[str]()
        for company in (await web.get("/_demo?ids=1")).json()["companies"]:
            odd.update(untitled=len(company["untitled"]), missing_detail=len(company["missing_detail"]))
            system, slug = company["source"].split(":")
            for key in company["ids"] if system == "smartrecruiters" else []:
                path = f"/v1/companies/{slug}/postings/{key}"
                if (status := (await web.get(path)).status_code) != 200:
                    odd.update({str(status): 1, f"then {(await web.get(path)).status_code}": 1})
        assert odd["untitled"] == odd["missing_detail"] == odd["then 404"] == 1
        assert 1 <= odd["429"] + odd["500"] == odd["then 200"]


async def test_latency_holds_up_the_apis_alone() -> None:
    async with DemoSite(DemoOptions(postings=20, latency=30)) as site, httpx.AsyncClient(base_url=site.url) as web:
        slow = asyncio.create_task(web.get("/v1/boards/nobody"))
        assert (await web.get("/_demo")).status_code == 200
        assert (await web.get("/")).status_code == 200
        assert not slow.done()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow


async def test_a_hundred_thousand_postings_are_served_from_a_small_memory() -> None:
    """Boards are made up when they are asked for, and what is kept of their bodies is bounded."""
    options = DemoOptions(companies=1000, postings=100_000)
    async with DemoSite(options, cache_bytes=1_000_000) as site, httpx.AsyncClient(base_url=site.url) as web:
        overview = (await web.get("/_demo")).json()
        assert overview["postings"] == 100_000
        for company in site.world.companies[:80:7]:
            page = await web.get(f"/{company.slug}")
            assert page.status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_serves_until_a_signal_and_prints_nothing_of_its_own(number: signal.Signals) -> None:
    script = (
        "import json\n"
        "from jobwire.demo.options import DemoOptions\n"
        "from jobwire.demo.server import run\n"
        "say = lambda url, companies: print(json.dumps([url, companies]), flush=True)\n"
        "run(DemoOptions(companies=3, postings=9), on_ready=say)\n"
        "print('left')\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ)
    ) as child:
        assert child.stdout is not None
        url, companies = json.loads(child.stdout.readline())
        assert len(companies) == 3
        assert httpx.get(f"{url}/_demo").json()["postings"] == 9
        child.send_signal(number)
        assert child.stdout.read() == "left\n"
    assert child.returncode == 0
