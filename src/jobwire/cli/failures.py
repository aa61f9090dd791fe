"""A failure on one line: which company, which posting, what happened."""

from jobwire.cli.answers import LogLineAnswer
from jobwire.cli.text import clean
from jobwire.cli.wording import in_commands
from jobwire.domain.history import LogLevel


def is_failure(line: LogLineAnswer) -> bool:
    """Whether a line of the log is worth a line of the terminal: errors, and what a board warns of."""
    return line.level is not LogLevel.INFO


def failure_text(line: LogLineAnswer) -> str:
    """Write a line of the log, cleaned. Where the message names the company itself, it is not named twice."""
    message = clean(in_commands(line.message))
    about = clean(" ".join(part for part in (line.company, line.external_id) if part))
    return f"{about}: {message}" if about and not message.startswith(about) else message
