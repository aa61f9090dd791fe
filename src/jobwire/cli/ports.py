"""Whether a port can be had, asked before anything is started."""

import errno
import socket

from jobwire.domain.errors import InvalidInput, Unavailable


def check_port(host: str, port: int) -> None:
    """Raise `Unavailable` where something listens already, `InvalidInput` where this process may not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(1)
    except OSError as error:
        raise port_error(host, port, error) from error


def is_free(host: str, port: int) -> bool:
    """Whether this process could listen there."""
    try:
        check_port(host, port)
    except (Unavailable, InvalidInput):
        return False
    return True


def port_error(host: str, port: int, error: OSError) -> Unavailable | InvalidInput:
    """Say why a port cannot be listened on, and what to do."""
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1  # noqa: PLR2004 - the last port
        return Unavailable(
            f"Port {port} of {host} is taken.",
            advice=f"Stop what listens there, or choose another: jobwire serve --port {other}, make run PORT={other}.",
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return InvalidInput(f"This user may not listen on port {port}.", advice="Choose one from 1024 on.")
    return InvalidInput(
        f"Nothing can listen on {host}, port {port} ({error.strerror}).",
        advice="Choose another --host (JOBWIRE_HOST), such as 127.0.0.1.",
    )
