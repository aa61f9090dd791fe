"""A page of three handlers on the browser's own `EventSource`, cut every three seconds, sees a whole run right.

This is the client that the protocol is made for: it sets on `all_jobs`, patches on `update`, and closes on a terminal
`status`. Its reconnects are the browser's.
"""

from pathlib import Path
from typing import Any

from careers_site import Board, CareersSite, Opening
from jobwire_process import JobwireProcess, Person
from playwright.async_api import Browser, Page, Route
from run_tables import jobs_in_database

from jobwire.storage.database import Database

POSTINGS = 110
PACE = '{"127.0.0.1": {"per_second": 14, "concurrency": 2}}'
"""So that a run takes some seconds, and something changes all the time."""
FREE, OPENS = 90, 4
"""The last postings wait until the page has connected so often."""

PAGE = """<!doctype html><title>plain</title><script>
window.seen = []
window.jobs = null
function watch(url) {
  const source = new EventSource(url)
  source.onopen = () => seen.push('open')
  source.addEventListener('status', (event) => {
    seen.push('status ' + event.data)
    window.status_ = event.data
    if (['finished', 'error', 'aborted'].includes(event.data)) { source.close(); window.over = true }
  })
  source.addEventListener('all_jobs', (event) => {
    seen.push('all_jobs')
    jobs = new Map()
    for (const [company, list] of Object.entries(JSON.parse(event.data)))
      for (const job of list) jobs.set(company + ' ' + job.external_id, job.status)
  })
  source.addEventListener('update', (event) => {
    seen.push('update')
    for (const [company, changed] of Object.entries(JSON.parse(event.data)))
      for (const [id, status] of Object.entries(changed)) jobs.set(company + ' ' + id, status)
  })
}
</script>"""


async def bare_page(chromium: Browser, server: JobwireProcess) -> Page:
    """A page of the server's own origin, without its app and without a session."""
    page = await (await chromium.new_context()).new_page()

    async def answer(route: Route) -> None:
        await route.fulfill(body=PAGE, content_type="text/html")

    await page.route("**/plain", answer)
    await page.goto(f"{server.url}/plain")
    return page


async def test_a_run_through_many_cuts(
    database_url: str,
    database: Database,
    site: CareersSite,
    boards: dict[str, str],
    chromium: Browser,
    tmp_path: Path,
) -> None:
    openings = [Opening(key=f"{number}a", title=f"Engineer {number}") for number in range(POSTINGS)]
    board = Board(openings=openings, free=FREE)
    slug = site.add(board)
    more = {"JOBWIRE_MAX_CONNECTION_S": "3", "JOBWIRE_HOST_PACE": PACE}
    server = JobwireProcess(database_url, tmp_path, boards, **more)
    await server.start()
    try:
        person = Person(server, database, "me@example.org")
        await person.follow(f"smartrecruiters:{slug}")
        token = await server.token(person.email)
        page = await bare_page(chromium, server)
        run_id = await person.start_run()
        await page.evaluate("url => watch(url)", f"/api/ingestion/progress/{run_id}?token={token}")
        await page.wait_for_function(f"seen.filter((name) => name === 'open').length >= {OPENS}", timeout=60_000)
        board.let_all_through()
        await page.wait_for_function("window.over", timeout=60_000)

        seen: list[str] = await page.evaluate("seen")
        jobs: list[list[Any]] = await page.evaluate("[...jobs]")
        held = {tuple(key.split(" ")): status for key, status in jobs}
        assert held == await jobs_in_database(database, run_id)
        assert len(held) == POSTINGS
        assert seen[-2:] == ["all_jobs", "status finished"]
        assert seen.count("all_jobs") == 2
        between = seen[seen.index("all_jobs") + 1 : -2]
        assert between.count("open") >= 3
        assert between.count("update") > 20
        await page.context.close()
    finally:
        await server.stop()
