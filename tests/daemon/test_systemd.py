"""The unit, judged by systemd itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "bantin.service"

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing (apt-get install systemd)"
)


def analyze(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_unit_is_valid(tmp_path: Path) -> None:
    """An operator would find mistakes in the unit at the first start."""
    # The program's place is the operator's; that one is not there is no fault of the unit.
    text = UNIT.read_text("utf-8").replace("/opt/bantin/bin/bantin", sys.executable)
    (tmp_path / "bantin.service").write_text(text, "utf-8")
    assert analyze("verify", "--man=no", str(tmp_path / "bantin.service")).strip() == ""


def test_unit_is_hardened() -> None:
    """A flaw in the reading of hostile pages would open the whole machine."""
    said = analyze("security", "--offline=true", "--no-pager", str(UNIT))
    exposure = re.search(r"Overall exposure level for bantin\.service: ([\d.]+)", said)
    assert exposure is not None
    assert float(exposure[1]) <= 1.5
