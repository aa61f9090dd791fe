"""Which encoding a client accepts (RFC 9110, 12.5.3)."""

import re
from typing import Final

from jobwire.progress.extras import Encoding

_MEMBER: Final = re.compile(r"\s*([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)


def choose_encoding(accepted: str) -> Encoding:
    """Read `Accept-Encoding`: gzip where it may be used, and is not ranked below no encoding at all.

    A member that cannot be read is left out.
    """
    weights: dict[str, float] = {}
    for text in accepted.lower().split(","):
        if member := _MEMBER.fullmatch(text):
            weights[member[1]] = float(member[2] or 1)
    others = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", others))
    return Encoding.GZIP if gzip > 0 and gzip >= weights.get("identity", 0.0) else Encoding.IDENTITY
