"""The pictures of README and docs, made anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest.importorskip("playwright.async_api")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") or shutil.which("chromium-browser")),
        reason="Chromium is not installed: apt-get install chromium",
    ),
]


def test_the_pictures_can_be_made_and_show_what_they_should(tmp_path: Path) -> None:
    """Readers of the documentation would look at pages that are no more."""
    words = [sys.executable, "tools/pictures.py", tmp_path]
    made = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 0, made.stderr
    for kept in (ROOT / "docs" / "pictures").iterdir():
        assert (tmp_path / kept.name).stat().st_size > 1000, kept.name
    assert "not well" in (tmp_path / "terminal.svg").read_text("utf-8").replace("&#160;", " ")
