"""Names of hosts as they are asked for, also where they are written in other letters than ASCII."""

from typing import Final

import idna

MAX_CHARS: Final = 253
"""https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4"""


def ascii_name(host: str) -> str:
    """Return a host's name in lower case; "münchen.example" is "xn--mnchen-3ya.example" (IDNA 2008).

    Characters are first brought into their usual form, as browsers do (https://www.unicode.org/reports/tr46/). What
    comes out may be another kind of host than it looked like ("①②⑦.0.0.1" is "127.0.0.1"), and has to be judged by
    itself. Raise `ValueError` where it is no name.
    """
    if len(host) > MAX_CHARS:
        raise ValueError("the host's name is too long")
    if host.isascii():
        return host.lower()
    return idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
