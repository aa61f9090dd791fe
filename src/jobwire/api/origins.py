"""Which pages may call the API, and under which names this server answers.

- A request that changes something and signs in by cookie must come from a page of this server: its `Origin` must be
  the request's own, or one of `JOBWIRE_CORS_ORIGINS`. A token in the header or the query is proof enough.
- A server that is bound to loopback answers only under loopback names. Else a foreign page could point a name of its
  own at 127.0.0.1 (DNS rebinding), and be of the same origin. Names of `JOBWIRE_CORS_ORIGINS` are answered to as well:
  a reverse proxy on this machine that hands on the public Host needs that origin listed.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers
from starlette.types import Scope

from jobwire.api.auth import Principal, Via
from jobwire.api.problems import Problem, Refused
from jobwire.domain.errors import InvalidInput
from jobwire.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ANY: Final = "*"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port, normalised so that equal ones compare equal."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Origin | None":
        """Read `scheme://host[:port]` and nothing more; None for anything else, `null` included."""
        try:
            parts = urlsplit(text.strip())
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
        except (ValueError, KeyError):
            return None
        if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            return None
        return cls(parts.scheme, parts.hostname.lower(), port)


class Origins:
    """The rules above, for one server."""

    def __init__(self, *, listed: Sequence[str] = (), bound_to: str = "127.0.0.1") -> None:
        """`listed`: origins whose pages may call, or `*`; `bound_to`: the host name or address that is listened on.

        Raise `InvalidInput` for a listed text that is no origin.
        """
        self.texts = tuple(text.rstrip("/").lower() for text in listed)
        self._listed = frozenset(_listed_origin(text) for text in self.texts if text != ANY)
        self._any = ANY in self.texts
        self._names = {origin.host for origin in self._listed} | {bound_to.lower().strip("[]")}
        self._checks_host = is_loopback(bound_to)

    @classmethod
    def of(cls, settings: Settings) -> "Origins":
        """The rules that the settings make."""
        return cls(listed=settings.cors_origins, bound_to=settings.host)

    def check_host(self, scope: Scope) -> None:
        """Raise `Refused` (421) when the Host header is not a name that this server answers to."""
        if not self._checks_host:
            return
        own = own_origin(scope)
        if own is None or not (own.host in self._names or is_loopback(own.host)):
            raise Refused(
                Problem(
                    HTTPStatus.MISDIRECTED_REQUEST,
                    "This server listens on this machine only, and does not answer to that name. Use "
                    "http://127.0.0.1, or list the public origin in JOBWIRE_CORS_ORIGINS.",
                )
            )

    def check_change(self, scope: Scope, principal: Principal) -> None:
        """Raise `Refused` (403) when a foreign page may be using this browser's cookie."""
        if principal.via is Via.COOKIE and scope["method"] not in SAFE_METHODS:
            self.require_own(scope)

    def require_own(self, scope: Scope) -> None:
        """Raise `Refused` (403) unless the Origin header is this server's own or a listed one."""
        given = Headers(scope=scope).getlist("origin")
        origin = Origin.parse(given[0]) if len(given) == 1 else None
        if origin is None or (origin != own_origin(scope) and origin not in self._listed):
            raise Refused(
                Problem(
                    HTTPStatus.FORBIDDEN,
                    "A change that is signed in by cookie must come from a page of this server (Origin header). "
                    "Send a token instead, or list the origin in JOBWIRE_CORS_ORIGINS.",
                )
            )

    def public(self, url: URL) -> URL:
        """An address of this server as the world has it: with the scheme of the listed origin of that name.

        A proxy may speak https for it; what a request itself says of that (`X-Forwarded-Proto`) anybody can say.
        """
        schemes = {one.scheme for one in self._listed if one == Origin.parse(f"{one.scheme}://{url.netloc}")}
        return url if not schemes or url.scheme in schemes else url.replace(scheme=schemes.pop())

    def cors_headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Headers that let a listed page read this answer, credentials included; with `*`, none are allowed."""
        if not self.texts:
            return []
        origin = Headers(scope=scope).get("origin", "")
        vary = (b"vary", b"Origin")
        if Origin.parse(origin) in self._listed:
            allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
            return [allowed, (b"access-control-allow-credentials", b"true"), vary]
        return [(b"access-control-allow-origin", b"*"), vary] if self._any else [vary]


def _listed_origin(text: str) -> Origin:
    origin = Origin.parse(text)
    if origin is None:
        raise InvalidInput(
            f"JOBWIRE_CORS_ORIGINS holds {text}, which is no origin.",
            advice="Write scheme://host, or scheme://host:port.",
        )
    return origin


def own_origin(scope: Scope) -> Origin | None:
    """The origin that the request was sent to, by its Host header; None without exactly one."""
    hosts = Headers(scope=scope).getlist("host")
    return Origin.parse(f"{scope.get('scheme', 'http')}://{hosts[0]}") if len(hosts) == 1 else None


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine, whoever resolves it (RFC 6761 for `localhost`)."""
    host = host.lower().strip("[]").removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
