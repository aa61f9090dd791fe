"""axe-core, which finds what keeps people out: run on a page as it stands."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

SOURCE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
"""Evaluated and not added as a script: the page's Content-Security-Policy lets in none but its own."""
RUN = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
    .flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
        `${id}: ${html.slice(0, 200)} | ${[...any, ...all, ...none].map(({ message }) => message).join('; ')}`))"""
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colours": {"color_scheme": "dark", "forced_colors": "active"},
}


async def findings(page: Page) -> list[str]:
    """What axe has against the page in light, dark and forced colours: empty when it is open to all."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(SOURCE.read_text())
    found: list[str] = []
    for mode, media in MODES.items():
        await page.emulate_media(**media)
        found += [f"{mode}: {one}" for one in await page.evaluate(RUN)]
    await page.emulate_media(color_scheme="light", forced_colors="none")
    return found
