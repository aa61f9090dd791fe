"""From what a person names on the command line to companies that they follow, and to what of a run they mean."""

from collections.abc import Sequence

from jobwire.boards.directory import is_address, parse_company
from jobwire.cli.answers import FollowAnswer
from jobwire.cli.client import Client
from jobwire.domain.errors import InvalidInput, UnknownBoard
from jobwire.domain.progress import JobKey
from jobwire.domain.retries import RetryWish


async def followed_names(client: Client, words: Sequence[str]) -> list[str]:
    """Return the names of the companies that `words` mean, each once; follow those that are not yet followed.

    A word is a followed company's name, `name=board:slug`, `board:slug`, a careers URL or a well-known name. Raise
    `InvalidInput` before anything is changed when one of them cannot be understood.
    """
    follows = await client.follows()
    chosen = [await _chosen(client, word, follows) for word in words]
    missing = [source for source, name in chosen if name is None]
    added = iter(await client.follow(missing) if missing else [])
    names: list[str] = []
    for source, name in chosen:
        if name is None:
            answer = next(added)
            if not answer.success or answer.company_name is None:
                raise InvalidInput(f"{source}: {answer.error}")
            name = answer.company_name  # noqa: PLW2901 - the name that the server gave it
        names.append(name)
    return list(dict.fromkeys(names))


async def _chosen(client: Client, word: str, follows: Sequence[FollowAnswer]) -> tuple[str, str | None]:
    try:
        return choose(word, follows)
    except UnknownBoard:
        if not is_address(word):
            raise
    look = await client.look(word)
    if not look.sightings:
        raise InvalidInput(f"{word}: {look.error_message or 'nothing is known of it.'}")
    # What a page shows is a guess: the person says it, and it counts.
    raise InvalidInput(
        " ".join(sighting.sentence for sighting in look.sightings),
        advice=f"If that is the company, say so: jobwire ingest {look.sightings[0].source}",
    )


def names_followed(words: Sequence[str], follows: Sequence[FollowAnswer]) -> list[str]:
    """Return the names of the followed companies that `words` mean, each once.

    A word is a followed name; or `board:slug`, a careers URL or a well-known name: then all names of that board are
    meant; or `name=board:slug`. Raise `InvalidInput` that says which words mean none of them.
    """
    found = {word: _followed_as(word, follows) for word in words}
    if unknown := [word for word, names in found.items() if not names]:
        raise InvalidInput(
            "You do not follow " + ", ".join(f'"{word}"' for word in unknown) + ".",
            advice="`jobwire companies` lists what you follow.",
        )
    return list(dict.fromkeys(name for names in found.values() for name in names))


def _followed_as(word: str, follows: Sequence[FollowAnswer]) -> list[str]:
    if any(word == follow.company_name for follow in follows):
        return [word]
    try:
        given, board = parse_company(word)
    except InvalidInput:
        return []
    names = [follow.company_name for follow in follows if follow.source == str(board)]
    return [name for name in names if name == given] if "=" in word and given is not None else names


def retry_wish(companies: Sequence[str], job_ids: Sequence[str]) -> RetryWish:
    """Say what of a run to try again: everything, these companies, or these jobs of one. Raise `InvalidInput`."""
    if not job_ids:
        return RetryWish(companies=list(companies) or None)
    if len(companies) != 1:
        raise InvalidInput("A job's id is its company's own.", advice="Name the one company of these with --company.")
    return RetryWish(jobs=[JobKey(companies[0], job_id) for job_id in dict.fromkeys(job_ids)])


def choose(word: str, follows: Sequence[FollowAnswer]) -> tuple[str, str | None]:
    """Return a company as `name=board:slug`, and its name where it is already followed. Raise `InvalidInput`."""
    by_name = {follow.company_name: follow.source for follow in follows}
    if word in by_name:
        return f"{word}={by_name[word]}", word
    given, board = parse_company(word)
    source = str(board)
    named_by_hand = given is not None and "=" in word
    if not named_by_hand and source in by_name.values():
        name = next(name for name, at in by_name.items() if at == source)
        return f"{name}={source}", name
    name = given or board.slug
    if by_name.get(name, source) != source:
        raise InvalidInput(
            f"{name} is already followed, at {by_name[name]}.", advice=f"Give {source} another name: name={source}."
        )
    return f"{name}={source}", name if name in by_name else None
