"""What the exit codes of `jobwire` mean. `docs/reference/cli.md` names each for scripts; a test checks that."""

from enum import IntEnum

from jobwire.domain.errors import Conflict, InvalidInput, JobwireError, NotFound, NotSignedIn, RunActive
from jobwire.domain.runs import RunStatus


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    """It did what it was asked for; a run has finished."""
    RUN_FAILED = 1
    """The run ended in `error`."""
    BAD_INPUT = 2
    """What was asked for cannot be understood, does not exist or is not open to this person."""
    PARTLY_FAILED = 3
    """With `--strict`: the run has finished, but some of its boards or postings failed."""
    ABORTED = 4
    """The run was aborted."""
    UNAVAILABLE = 5
    """Jobwire itself, its database or its port is not to be had right now."""
    BUG = 70
    """Jobwire made a mistake (as `EX_SOFTWARE` in sysexits.h); its traceback is on stderr."""
    INTERRUPTED = 130
    """Ctrl-C, as shells count it: 128 and SIGINT's number."""
    BROKEN_PIPE = 141
    """Whoever read the output has gone: 128 and SIGPIPE's number."""
    TERMINATED = 143
    """`kill`: 128 and SIGTERM's number."""


def exit_of_error(error: JobwireError) -> Exit:
    """Say which code an expected error ends a command with."""
    if isinstance(error, RunActive):
        return Exit.UNAVAILABLE  # the same command can be given again when that run has ended
    return Exit.BAD_INPUT if isinstance(error, (Conflict, InvalidInput, NotFound, NotSignedIn)) else Exit.UNAVAILABLE


def exit_of_run(status: RunStatus, *, failures: int, strict: bool) -> Exit:
    """Say which code a run that has ended makes. `failures`: boards and postings that failed."""
    match status:
        case RunStatus.ERROR:
            return Exit.RUN_FAILED
        case RunStatus.ABORTED:
            return Exit.ABORTED
        case _:
            return Exit.PARTLY_FAILED if strict and failures else Exit.OK
