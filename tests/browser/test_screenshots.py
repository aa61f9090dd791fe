"""The pictures of the documentation can be taken; how they look is for people."""

import subprocess
import sys
from pathlib import Path

from playwright.async_api import Browser

PROGRAM = Path(__file__).parent / "screenshots.py"


def test_two_pictures_are_taken(web_app: None, chromium: Browser, tmp_path: Path) -> None:
    command = (sys.executable, str(PROGRAM), "--quick", str(tmp_path))
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr
    pictures = {picture.name: picture.read_bytes() for picture in tmp_path.iterdir()}
    assert set(pictures) == {"configure-light.webp", "configure-dark-phone.webp"}
    for content in pictures.values():
        assert content[:4] + content[8:12] == b"RIFFWEBP"
        assert len(content) > 2_000, "an empty page has less"
