"""The units, judged by systemd itself, as the package installs them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing (apt-get install systemd)"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with nothing but the units, and a program in bantin's place."""
    units = tmp_path / "usr/lib/systemd/system"
    for name in ("bantin.service", "bantin@.service"):
        (units / f"{name}.d").mkdir(parents=True)
        shutil.copy(UNITS / "hardening.conf", units / f"{name}.d")
        shutil.copy(UNITS / name, units)
    shutil.copy(UNITS / "bantin.socket", units)
    program = tmp_path / "usr/bin/bantin"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    for name in ("sysinit", "shutdown", "sockets", "basic"):
        (units / f"{name}.target").write_text("[Unit]\nDescription=there\n")
    (units / "-.mount").write_text("[Mount]\nWhat=/dev/root\nWhere=/\n")
    (units / "tmp.mount").write_text("[Mount]\nWhat=tmpfs\nWhere=/tmp\n")
    (units / "system.slice").write_text("[Slice]\n")
    return tmp_path


def analyze(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", ["bantin.service", "bantin@2.service", "bantin.socket"])
def test_units_are_valid(root: Path, unit: str) -> None:
    """An operator would find mistakes in a unit at the first start."""
    assert analyze("verify", "--man=no", f"--root={root}", unit).strip() == ""


@pytest.mark.parametrize("unit", ["bantin.service", "bantin@2.service"])
def test_units_are_hardened(root: Path, unit: str) -> None:
    """A flaw in the reading of hostile pages would open the whole machine."""
    said = analyze("security", "--offline=true", f"--root={root}", "--no-pager", unit)
    exposure = re.search(rf"Overall exposure level for {unit}: ([\d.]+)", said)
    assert exposure is not None
    assert float(exposure[1]) <= 1.1


def test_worker_is_the_service_without_pages() -> None:
    """A worker beside the service would end, restart or be watched by other rules than the service."""
    service, worker = ((UNITS / f"{name}.service").read_text("utf-8").splitlines() for name in ("bantin", "bantin@"))
    of_service, of_worker = (lines[lines.index("[Service]") : lines.index("[Install]")] for lines in (service, worker))
    assert [line for line in of_worker if line not in of_service] == [
        "ExecStart=/usr/bin/bantin run --config /etc/bantin/bantin.toml --listen none"
    ]
