"""Whose CPU time it was."""

from collections.abc import Mapping

import psutil

Seconds = Mapping[str, float]


class CpuClock:
    """Reads how much CPU time processes have used since this was made, in seconds by name."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._before = self._read()

    def read(self) -> Seconds:
        return {name: used - self._before[name] for name, used in self._read().items()}

    def _read(self) -> Seconds:
        return {name: _used(process) for name, process in self._processes.items()}


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
