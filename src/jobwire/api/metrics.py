"""`GET /metrics`: what the stream counts, as Prometheus reads it (text format 0.0.4). No ids, no names."""

import ipaddress
from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from jobwire.api.asking import AppServices
from jobwire.domain.errors import NotFound
from jobwire.progress.meters import DELAYS_S, Histogram, Meters

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Who comes from a proxy on this machine is not of this machine."""

router = APIRouter(tags=["health"])


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, services: AppServices) -> PlainTextResponse:
    """Show the counters, to this machine alone unless `JOBWIRE_METRICS_OPEN` says otherwise."""
    if not (request.app.state.metrics_open or _is_local(request)):
        raise NotFound("Metrics are not shown to other machines.")
    return PlainTextResponse(exposition(services.meters), media_type=MEDIA_TYPE)


def exposition(meters: Meters) -> str:
    """Write the counters down."""
    return "\n".join(_lines(meters)) + "\n"


def _is_local(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _lines(meters: Meters) -> Iterator[str]:
    yield from _plain("viewers", "gauge", "Connections to streams.", meters.viewers)
    yield from _plain("channels", "gauge", "Runs in memory.", meters.channels)
    yield from _plain("reads_total", "counter", "Reads of a run from the database.", meters.reads)
    yield from _plain(
        "missed_wakeups_total", "counter", "Changes that a sweep found and no wake-up told of.", meters.missed
    )
    yield from _plain("refused_total", "counter", "Viewers sent away because of a limit.", meters.full)
    yield from _traffic(meters, "frames_made_total", "Groups of events encoded, each for all who need it.", "made")
    yield from _traffic(meters, "frames_sent_total", "Groups of events sent.", "sent")
    yield from _traffic(meters, "bytes_sent_total", "Bytes sent, as encoded, headers left out.", "bytes")
    yield from _histogram(
        "commit_to_send_seconds", "From when a change was made until a viewer was sent it.", meters.commit_to_send
    )


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP jobwire_stream_{name} {meaning}"
    yield f"# TYPE jobwire_stream_{name} {kind}"


def _plain(name: str, kind: str, meaning: str, value: int) -> Iterator[str]:
    yield from _head(name, kind, meaning)
    yield f"jobwire_stream_{name} {value}"


def _traffic(meters: Meters, name: str, meaning: str, part: str) -> Iterator[str]:
    yield from _head(name, "counter", meaning)
    for encoding, traffic in meters.traffic.items():
        yield f'jobwire_stream_{name}{{encoding="{encoding.value}"}} {getattr(traffic, part)}'


def _histogram(name: str, meaning: str, seen: Histogram) -> Iterator[str]:
    yield from _head(name, "histogram", meaning)
    total = 0
    for bound, count in zip((*map(str, DELAYS_S), "+Inf"), seen.counts, strict=True):
        total += count
        yield f'jobwire_stream_{name}_bucket{{le="{bound}"}} {total}'
    yield f"jobwire_stream_{name}_sum {seen.total_s}"
    yield f"jobwire_stream_{name}_count {total}"
