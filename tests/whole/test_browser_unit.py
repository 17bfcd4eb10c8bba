"""The service in which the browser runs, on a machine that systemd has booted."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.whole.installed import ROOT, booted, missing

WHY_NOT = missing("systemd-nspawn", "nsenter", "chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT),
    pytest.mark.skipif(
        ROOT.is_relative_to("/tmp"), reason="the machine has a /tmp of its own: run it from a checkout elsewhere"
    ),
]

SHELL = '<title>Lake News</title><div id="root"></div><script src="/app.js"></script>'
SCRIPT = """document.getElementById("root").innerHTML = ["ferry", "tunnel", "library", "orchard"].map((name, n) =>
  `<h2><a href="/news/the-${name}-opens-again-${7000 + n}">The ${name} of the upper valley opens again</a></h2>`
).join("");"""
CONFIG = """
[fetch]
allow_networks = ["127.0.0.0/8"]
host_interval = "0s"
[browser]
url = "ws://127.0.0.1:9222"
[[source]]
id = "lake"
urls = ["http://127.0.0.1:8001/"]
"""


def test_browser_service(tmp_path: Path) -> None:
    """The hardened service could not show a page; or its browser would reach every network."""
    with booted(tmp_path) as machine:
        shutil.copy(ROOT / "systemd/bantin-browser.service", machine.root / "etc/systemd/system")
        site = machine.root / "root/site"
        site.mkdir()
        (site / "index.html").write_text(SHELL, "utf-8")
        (site / "app.js").write_text(SCRIPT, "utf-8")
        (machine.root / "root/bantin.toml").write_text(CONFIG, "utf-8")
        machine.run("systemctl daemon-reload && systemctl start bantin-browser")
        machine.until("curl -s http://127.0.0.1:9222/json/version || true", "webSocketDebuggerUrl")
        serving = machine.start(
            "/usr/bin/python3", "-m", "http.server", "8001", "--bind", "127.0.0.1", "-d", "/root/site"
        )
        try:
            said = machine.run(
                f"cd {ROOT} && {sys.executable} -m daemon preview http://127.0.0.1:8001/ --config /root/bantin.toml"
            )
        finally:
            serving.kill()
            serving.wait()
        assert "The ferry of the upper valley opens again" in said
        exposure = machine.run("systemd-analyze security bantin-browser --no-pager | tail -1")
        assert float(exposure.split("service:")[1].split()[0]) <= 4.0
        user = machine.run("ps -o user= -C chromium | sort -u; systemctl show bantin-browser -p NRestarts")
        assert "root" not in user
        assert "NRestarts=0" in user
