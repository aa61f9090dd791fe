"""The `jobwire` command: its words and options. What each does is in the file of its name.

A command loads what it needs when it is called: all of Jobwire at once takes seconds on a small machine, and `--help`,
a mistyped option and the demo site need hardly anything of it.
"""

# ruff: noqa: PLC0415

import logging
import sys
import traceback
from io import TextIOWrapper
from typing import Annotated, Final, NoReturn

import typer

from jobwire import __version__
from jobwire.cli.exits import Exit, exit_of_error
from jobwire.cli.numbers import decimal, whole
from jobwire.cli.output import configure_logs, say
from jobwire.cli.running import complain, run
from jobwire.demo.options import MAX_COMPANIES, MAX_POSTINGS, SHOW, DemoOptions, Faults
from jobwire.domain.errors import InvalidInput, JobwireError
from jobwire.domain.runs import RunId

app = typer.Typer(
    name="jobwire",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_LONGEST_TTL_S: Final = 366 * 24 * 60 * 60
_MAX_ID: Final = 2**63 - 1
_PORT: Final = whole(0, 65535)
_ID: Final = whole(1, _MAX_ID)
_FAULTS: Final = Faults()
_EXIT_CODES: Final = (
    "Exit codes: 0 finished, 1 the run failed, 2 bad input, 3 partly failed (with --strict), 4 aborted, "
    "5 Jobwire unavailable, 130 Ctrl-C."
)

Url = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", help="The server; else JOBWIRE_URL, else this machine's own.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, one object a line.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 when a board or a posting failed.")]


def main() -> NoReturn:
    """Run the command that the arguments name, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows "?", and the run goes on
    try:
        app()
    except JobwireError as error:
        complain(error)
        sys.exit(exit_of_error(error))
    except Exception:  # noqa: BLE001 - what nobody expected is a bug, and its traceback is what helps
        traceback.print_exc()
        sys.exit(Exit.BUG)
    sys.exit(Exit.OK)


def _show_version(value: bool) -> None:  # noqa: FBT001 - typer's way
    if value:
        say(f"jobwire {__version__}")
        raise typer.Exit


@app.callback(epilog="First steps: jobwire serve --demo. Then open the link that it prints.")
def jobwire(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version, and exit.")
    ] = False,
) -> None:
    """Every opening of the companies you follow, ingested from their own careers systems and shown live.

    Settings come from the environment (JOBWIRE_...); each command's --help has examples.
    """


@app.command(epilog="Examples: jobwire serve · jobwire serve --port 8080 · jobwire serve --demo")
def serve(
    *,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The address to listen on.", show_default="JOBWIRE_HOST")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(metavar="PORT", parser=_PORT, help="The port; 0: a free one.", show_default="JOBWIRE_PORT"),
    ] = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Leave the work to `jobwire worker`.")] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="With made-up companies, and a run that starts at once.")
    ] = False,
) -> None:
    """Serve the app and the API, with a worker, until Ctrl-C."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.serve import serve as serve_until_stopped

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    run(serve_until_stopped(load_settings(**given), worker=not no_worker, demo=demo), serves=True)


@app.command(epilog="Example: JOBWIRE_DATABASE_URL=postgresql://db/jobwire jobwire worker")
def worker() -> None:
    """Work on runs, beside a server, until Ctrl-C. Start as many as you like, on as many machines."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.serve import work

    run(work(load_settings()), serves=True)


@app.command(
    epilog="Examples: jobwire ingest · jobwire ingest stripe acme=lever:acme · jobwire ingest --json --strict. "
    + _EXIT_CODES
)
def ingest(
    companies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COMPANY",
            help="A followed name, name=board:slug, board:slug or a careers URL; none: all that are followed.",
            show_default=False,
        ),
    ] = None,
    *,
    url: Url = None,
    as_json: Json = False,
    strict: Strict = False,
) -> None:
    """Start a run and watch it; companies that are not followed yet are followed from now on.

    Without a server of yours, one is started for the time of the run. Where a run is active, that one is watched.
    """
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.ingest import Watching
    from jobwire.cli.ingest import ingest as ingest_and_watch

    configure_logs(logging.WARNING)
    how = Watching(url=url, as_json=as_json, strict=strict)
    run(ingest_and_watch(load_settings(), companies or [], how))


@app.command(epilog="Examples: jobwire watch 17 · jobwire watch 17 --json | jq .percent. " + _EXIT_CODES)
def watch(
    run_id: Annotated[int, typer.Argument(metavar="RUN", parser=_ID, help="The run's number.", show_default=False)],
    *,
    url: Url = None,
    as_json: Json = False,
    strict: Strict = False,
) -> None:
    """Watch a run to its end. Ctrl-C leaves it going."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.ingest import Watching, watch_run

    configure_logs(logging.WARNING)
    how = Watching(url=url, as_json=as_json, strict=strict)
    run(watch_run(load_settings(), RunId(run_id), how))


@app.command(
    epilog="Examples: jobwire retry 17 · jobwire retry 17 --company stripe · jobwire retry 17 --company stripe 4711. "
    + _EXIT_CODES
)
def retry(
    run_id: Annotated[int, typer.Argument(metavar="RUN", parser=_ID, help="The run's number.", show_default=False)],
    jobs: Annotated[
        list[str] | None,
        typer.Argument(metavar="JOB", help="Only these: the ids of jobs of the --company.", show_default=False),
    ] = None,
    *,
    company: Annotated[
        list[str] | None,
        typer.Option("--company", metavar="COMPANY", help="Only what failed of this one; may be given several times."),
    ] = None,
    url: Url = None,
    as_json: Json = False,
    strict: Strict = False,
) -> None:
    """Try again what failed of a run, and watch it: in the same run, or in a new one when that has ended."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.choosing import retry_wish
    from jobwire.cli.ingest import Watching
    from jobwire.cli.ingest import retry as retry_and_watch

    configure_logs(logging.WARNING)
    how = Watching(url=url, as_json=as_json, strict=strict)
    run(retry_and_watch(load_settings(), run_id, retry_wish(company or [], jobs or []), how))


@app.command(epilog="Example: jobwire companies")
def companies(*, url: Url = None) -> None:
    """List the companies that you follow: their boards, and how these were when they were listed last."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.companies import list_companies

    configure_logs(logging.WARNING)
    run(list_companies(load_settings(), url=url))


@app.command(epilog="Examples: jobwire unfollow stripe · jobwire unfollow stripe greenhouse:acme")
def unfollow(
    companies: Annotated[
        list[str],
        typer.Argument(metavar="COMPANY", help="Followed names, or board:slug.", show_default=False),
    ],
    *,
    url: Url = None,
) -> None:
    """Stop following companies. Their runs and postings stay; where one of them is not followed, nothing is changed."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.companies import unfollow as unfollow_companies

    configure_logs(logging.WARNING)
    run(unfollow_companies(load_settings(), companies, url=url))


Questioned = Annotated[
    list[str] | None,
    typer.Argument(metavar="COMPANY", help="Names as followed; none: list the questions.", show_default=False),
]


@app.command(epilog="Examples: jobwire accept · jobwire accept stripe")
def accept(
    companies: Questioned = None,
    *,
    url: Url = None,
) -> None:
    """Say that a board has really become so small; without a company, list the boards that raise the question.

    When a board suddenly lacks most of its postings, none of them is called expired before you say so here, or before
    the board has said the same for long enough. `jobwire keep` says the opposite.
    """
    _reply("gone", companies, url)


@app.command(epilog="Examples: jobwire keep stripe")
def keep(
    companies: Questioned = None,
    *,
    url: Url = None,
) -> None:
    """Say that the postings which a board suddenly lacks are not gone: they stay, as long as it says the same."""
    _reply("kept", companies, url)


def _reply(reply: str, companies: list[str] | None, url: str | None) -> None:
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.questions import reply_to
    from jobwire.domain.expiry import Reply

    configure_logs(logging.WARNING)
    run(reply_to(load_settings(), companies or [], Reply(reply), url=url))


@app.command(epilog="Examples: jobwire token --ttl 600 · jobwire token --user ann@example.com --link")
def token(
    *,
    user: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="For whom; made when new.", show_default="this machine's own user"),
    ] = None,
    ttl: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS",
            parser=whole(1, _LONGEST_TTL_S),
            help="How long it is good for.",
            show_default="12 h, a link 15 minutes",
        ),
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Print a link that signs in once, instead.")] = False,
    url: Url = None,
) -> None:
    """Print a token for the Authorization header."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.tokens import Wanted
    from jobwire.cli.tokens import token as print_token

    configure_logs(logging.WARNING)
    run(print_token(load_settings(), Wanted(email=user, ttl_s=ttl, link=link, url=url)))


@app.command(epilog="Examples: jobwire extract --again · jobwire extract --again greenhouse:stripe")
def extract(
    companies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COMPANY",
            help="board:slug, a careers URL or a well-known name; none: all boards.",
            show_default=False,
        ),
    ] = None,
    *,
    again: Annotated[bool, typer.Option("--again", help="Extract what was extracted before.")] = False,
) -> None:
    """Make the postings again of what the boards once sent, without asking them."""
    from jobwire.bootstrap.foundation import load_settings
    from jobwire.cli.extract import extract as extract_and_tell

    if not again:
        raise InvalidInput(
            "A run extracts what is new by itself.", advice="To extract it again: jobwire extract --again"
        )
    configure_logs(logging.WARNING)
    run(extract_and_tell(load_settings(), companies or []))


@app.command(epilog="Examples: jobwire demo · jobwire demo --companies 1000 --postings 100000 --latency 0 --no-faults")
def demo(
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", parser=_PORT, help="The port; 0: a free one.")] = 9000,
    companies: Annotated[
        int, typer.Option(metavar="NUMBER", parser=whole(1, MAX_COMPANIES), help="How many companies.")
    ] = SHOW.companies,
    postings: Annotated[
        int,
        typer.Option(metavar="NUMBER", parser=whole(0, MAX_POSTINGS), help="How many postings, over all companies."),
    ] = SHOW.postings,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", parser=whole(-_MAX_ID, _MAX_ID), help="The same seed makes the same site.")
    ] = SHOW.seed,
    latency: Annotated[
        float, typer.Option(metavar="SECONDS", parser=decimal, help="Mean seconds that an answer takes on top.")
    ] = SHOW.latency,
    churn: Annotated[
        float, typer.Option(metavar="PART", parser=decimal, help="The part of a board that changes at a time, 0 to 1.")
    ] = SHOW.churn,
    churn_after: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            parser=decimal,
            help="A board that is listed again after so many seconds has changed; negative: never.",
        ),
    ] = SHOW.churn_after if SHOW.churn_after is not None else -1,
    faults: Annotated[bool, typer.Option("--faults/--no-faults", help="Whether anything ever fails.")] = True,
    busy: Annotated[
        float, typer.Option(metavar="PART", parser=decimal, help="The part of the answers that are 429, 0 to 1.")
    ] = _FAULTS.busy,
    failing: Annotated[
        float, typer.Option(metavar="PART", parser=decimal, help="The part of the answers that are 500, 0 to 1.")
    ] = _FAULTS.failing,
    missing_detail: Annotated[
        bool, typer.Option("--missing-detail/--no-missing-detail", help="One listed posting answers 404.")
    ] = True,
    untitled: Annotated[bool, typer.Option("--untitled/--no-untitled", help="One posting has no title.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address and the companies as JSON.")] = False,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Serve a careers site of made-up companies, to try Jobwire on without the internet."""
    from jobwire.cli.demo import demo as serve_demo

    try:
        wrong = Faults(busy=busy, failing=failing, missing_detail=missing_detail, untitled=untitled) if faults else None
        options = DemoOptions(
            companies=companies,
            postings=postings,
            seed=seed,
            latency=latency,
            churn=churn,
            churn_after=None if churn_after < 0 else churn_after,
            faults=wrong,
        )
    except ValueError as error:
        raise InvalidInput(str(error), advice="See `jobwire demo --help`.") from error
    serve_demo(options, host, port, as_json=as_json, with_parent=with_parent)
