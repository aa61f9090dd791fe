"""What `jobwire serve --demo` shows: this machine's user follows the made-up companies, and a run begins."""

from collections.abc import Sequence

from jobwire.cli.client import Client
from jobwire.cli.demo_child import DemoSite
from jobwire.cli.ingest import start_or_join
from jobwire.cli.output import say
from jobwire.cli.running import me
from jobwire.cli.watch import make_view, watch
from jobwire.domain.errors import InvalidInput


async def show(client: Client, site: DemoSite, companies: Sequence[str]) -> None:
    """Follow, start or join a run, and watch it to its end. Raise a `JobwireError`."""
    await site.move_on(await client.count_runs())
    names = await follow_demo(client, companies)
    try:
        run_id = await start_or_join(client, names or None)
    except InvalidInput as error:  # nobody is followed, or nobody is enabled: the person wants it so
        say(f"No run was started: {error}")
        return
    await watch(client, run_id, make_view(as_json=False))
    say(f"Next: open the link, change a filter, run again from the page or with: {me()} ingest")


async def follow_demo(client: Client, companies: Sequence[str]) -> list[str]:
    """Follow the demo's companies where none of them is followed yet. Return the names of those that are to be run."""
    follows = await client.follows()
    boards = {spec.rpartition("=")[2] for spec in companies}
    known = [follow for follow in follows if follow.source in boards]
    if known:
        return [follow.company_name for follow in known if follow.is_enabled]
    taken = {follow.company_name for follow in follows}
    added = await client.follow([spec for spec in companies if spec.rpartition("=")[0] not in taken])
    return [item.company_name for item in added if item.success and item.company_name is not None]
