"""How the embedded server is set: safe first, then modest enough for a laptop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DURABLE: Final = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}

_LOCAL_ONLY: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
}

_MODEST: Final = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "lc_messages": "C",
}

_LOG: Final = {
    "logging_collector": "on",
    # One file a weekday, begun anew each week: a server that runs for years keeps seven.
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # A failed statement is told to the client that sent it, and logged there. Here it would only fill the disk, with
    # people's data in it.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}

_CARELESS: Final = {"fsync": "off", "full_page_writes": "off"}


def arguments(*, data: Path, socket_dir: Path, log_dir: Path, durable: bool) -> Iterator[str]:
    """The arguments of the `postgres` program.

    On the command line, so that an upgrade of Jobwire changes them for a cluster made years ago. `durable=False` is for
    tests alone: a crash of the machine then loses the cluster.
    """
    yield from ("-D", str(data), "-k", str(socket_dir))
    paths = {"log_directory": str(log_dir)}
    for name, value in {
        **_DURABLE,
        **_LOCAL_ONLY,
        **_MODEST,
        **_LOG,
        **paths,
        **({} if durable else _CARELESS),
    }.items():
        yield from ("-c", f"{name}={value}")
