"""The web app, built when what it is built from has changed."""

import os
import subprocess
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
SOURCES = ("index.html", "package-lock.json", "vite.config.ts", "tsconfig.json", "src", "public")


def build_when_stale() -> None:
    """Run `npm run build` unless the build is newer than all of its sources."""
    if not (WEB / "node_modules").is_dir():
        raise RuntimeError("The web app's packages are not installed. Run `npm ci` in web/, or `make test`.")
    if _built_at() < max(path.stat().st_mtime for path in _sources()):
        environment = os.environ | {"NO_COLOR": "1"}
        build = subprocess.run(
            ["npm", "run", "build"], cwd=WEB, env=environment, capture_output=True, text=True, check=False
        )
        if build.returncode != 0:
            raise RuntimeError(f"The web app does not build:\n{build.stdout}\n{build.stderr}")


def _built_at() -> float:
    index = WEB / "dist" / "index.html"
    return index.stat().st_mtime if index.is_file() else 0.0


def _sources() -> list[Path]:
    roots = [WEB / name for name in SOURCES]
    return [path for root in roots for path in ([root] if root.is_file() else root.rglob("*")) if path.is_file()]
