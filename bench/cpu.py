"""Whose CPU time it was."""

from collections.abc import Collection, Mapping
from typing import Final

import psutil

POSTGRES: Final = "PostgreSQL"
Seconds = Mapping[str, float]


class CpuClock:
    """Reads how much CPU time processes have used since this was made, in seconds by name.

    Those of `families` count with their children, the ones that have ended meanwhile included.
    """

    def __init__(self, pids: Mapping[str, int], families: Collection[str] = ()) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._families = families
        self._before = self._read()

    def read(self) -> Seconds:
        return {name: used - self._before[name] for name, used in self._read().items()}

    def _read(self) -> Seconds:
        return {
            name: _of_family(process) if name in self._families else _own(process)
            for name, process in self._processes.items()
        }


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _of_family(process: psutil.Process) -> float:
    living = 0.0
    for child in process.children():
        try:
            living += _own(child)
        except psutil.NoSuchProcess:  # it has just ended: its parent counts it now
            continue
    times = process.cpu_times()
    return living + times.user + times.system + times.children_user + times.children_system
