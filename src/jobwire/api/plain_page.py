"""Pages for when the app cannot be shown: no script, the one style that its policy names, and the app's icon.

Firefox asks for an icon on any page, and complains where the policy forbids it.
"""

import base64
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import HTMLResponse

_STYLE: Final = (
    ":root { color-scheme: light dark } "
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1em }"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def plain_page(title: str, body: str, status: HTTPStatus, headers: Mapping[str, str]) -> HTMLResponse:
    """Make a page. `title` and `body` are HTML of our own, with nothing of anybody else's in it."""
    page = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<title>Jobwire</title>
<style>{_STYLE}</style>
<h1>{title}</h1>
{body}
</html>
"""
    return HTMLResponse(page, status, {**headers, "Content-Security-Policy": _POLICY})
