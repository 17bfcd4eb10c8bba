"""The how-to of the service, done word by word on a machine that systemd has booted, from the package to its purge."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator

import pytest

from tests.whole.installed import ROOT, Machine, booted, missing, package

WHY_NOT = missing("systemd-nspawn", "nsenter", "dpkg-deb", "apt-get", "/usr/bin/python3")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]

# The invented site and a receiver of alerts, inside; a story more each time that somebody asks for /publish.
SITE = """
import asyncio, json, socket
from datetime import UTC, datetime
from pathlib import Path
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from daemon.demo.news import Newsroom
from daemon.demo.receiver import Receiver
from daemon.demo.serve import serve
from daemon.demo.site import Site

newsroom = Newsroom(datetime.now(UTC), seed=5)
site = Site(newsroom)

def publish(_):
    return PlainTextResponse(newsroom.publish(datetime.now(UTC)).title)

site.app.router.routes.insert(0, Route("/publish", publish))

def tell(_, alert):
    with open("/root/alerts", "a") as out:
        print(json.dumps(alert), file=out)

async def hook(scope, receive, send):
    secret = Path("/etc/bantin/newsroom.secret").read_text().strip()
    await Receiver(secret, tell=tell).app(scope, receive, send)

async def main():
    opened = [socket.create_server(("127.0.0.1", port)) for port in (8001, 8002)]
    async with serve(site.app, opened[0]), serve(hook, opened[1]):
        await asyncio.Event().wait()

asyncio.run(main())
"""

# Clients that ask for a feed without a pause, each time over a new connection, while the service is restarted.
TRAFFIC = """
import http.client, json, subprocess, threading, time

over, counts, failed = threading.Event(), [], []

def ask():
    asked = 0
    while not over.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", 8711, timeout=60)
            connection.request("GET", "/feeds/example.atom")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                failed.append(answer.status)
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            failed.append(repr(error))
        asked += 1
    counts.append(asked)

clients = [threading.Thread(target=ask) for _ in range(6)]
for client in clients:
    client.start()
restarts = []
for _ in range(3):
    time.sleep(1)  # some hundreds of requests between
    restarts.append(subprocess.run(["systemctl", "restart", "bantin"]).returncode)
time.sleep(1)
over.set()
for client in clients:
    client.join()
print(json.dumps({"asked": sum(counts), "failed": failed, "restarts": restarts}))
"""


def steps() -> list[str]:
    """The commands of the how-to's first section, in order, for the site and the receiver inside."""
    page = (ROOT / "docs/how-to/systemd.md").read_text("utf-8")
    section = page.partition("## From nothing to an alert")[2].partition("\n## ")[0]
    found = [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```", section, re.S | re.M)]
    for there, here in (
        ("apt install", "apt-get install -y"),
        ("https://news.example.org/", "http://127.0.0.1:8001/thoi-su.htm"),
        ("https://hooks.example.org/bantin", "http://127.0.0.1:8002/hook"),
    ):
        assert any(there in block for block in found)
        found = [block.replace(there, here) for block in found]
    return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which the how-to's first section was done."""
    deb = package(tmp_path_factory.getbasetemp())
    with booted(tmp_path_factory.mktemp("machine")) as made:
        (made.root / "root" / deb.name).write_bytes(deb.read_bytes())
        first, *others = steps()
        assert len([first, *others]) == 5
        made.run(first, within=600)
        assert "inactive" in made.run("systemctl is-active bantin bantin.socket || true")
        # The site is on loopback, which no configuration allows by itself.
        made.run("""sed -i 's/^allow_networks = \\[\\]/allow_networks = ["127.0.0.0\\/8"]/' /etc/bantin/bantin.toml""")
        (made.root / "root" / "site.py").write_text(SITE, "utf-8")
        (made.root / "root" / "traffic.py").write_text(TRAFFIC, "utf-8")
        site = made.start("/opt/bantin/bin/python", "/root/site.py")
        try:
            for step in others:
                made.run(step)
            made.until("journalctl -u bantin -o cat", '"polled"')
            yield made
        finally:
            site.kill()
            site.wait()


def ask(machine: Machine, address: str) -> str:
    """What a server inside answers."""
    return machine.run(f"python3 -c 'import urllib.request as u; print(u.urlopen(\"{address}\").read().decode())'")


def entries(machine: Machine) -> int:
    """How many stories the feed has."""
    return ask(machine, "http://127.0.0.1:8711/feeds/example.atom").count("<entry")


def alerts(machine: Machine) -> list[str]:
    """The types of the alerts that were received and verified."""
    return [json.loads(line)["type"] for line in machine.run("cat alerts || true").splitlines() if line.startswith("{")]


def test_five_commands_make_an_alert(machine: Machine) -> None:
    """An operator who follows the how-to would have no feed, or no alert that verifies."""
    assert alerts(machine), machine.log()
    before = entries(machine)
    assert before >= 12
    title = ask(machine, "http://127.0.0.1:8001/publish").strip()
    assert "1 new" in machine.run("bantin poll example")
    machine.until("cat alerts", json.dumps(title))
    assert entries(machine) == before + 1
    owners = set(machine.run("stat -c %U /var/lib/bantin/*").split())
    assert owners == {"bantin"}  # though root polled
    machine.until("systemctl status bantin --no-pager", 'Status: "1 sources good')


def test_what_root_and_the_service_share_is_closed_to_others(machine: Machine) -> None:
    """Anybody on the machine could read the secrets, or would be told that there is no bantin here."""
    machine.run("runuser -u nobody -- cat /etc/bantin/newsroom.secret", fails=True)
    assert "sudo bantin status" in machine.run("runuser -u nobody -- bantin status", fails=True)
    assert "/etc/bantin/bantin.toml" in machine.run("runuser -u bantin -- bantin check")


def test_a_broken_configuration_fails_the_reload(machine: Machine) -> None:
    """An operator would take a change for live that was not taken, and find no error in the journal."""
    machine.run("cp -p /etc/bantin/bantin.toml good; echo 'intervall = 1' >> /etc/bantin/bantin.toml")
    try:
        machine.run("systemctl reload bantin", fails=True)
        assert "intervall" in machine.run("journalctl -u bantin -p err --no-pager")
        assert entries(machine) >= 12
    finally:
        machine.run("cp -p good /etc/bantin/bantin.toml")
    machine.run("systemctl reload bantin")
    assert "configuration reloaded" in machine.log()


def test_a_secret_is_added_by_a_reload(machine: Machine) -> None:
    """A newsroom's second receiver would need a restart, or a unit that somebody edits."""
    webhook = '[[webhook]]\nid = "second"\nurl = "http://127.0.0.1:8002/hook"\nsecret_file = "second.secret"'
    machine.run(f"""
        cp /etc/bantin/newsroom.secret /etc/bantin/second.secret
        printf '%s\n' '{webhook}' >> /etc/bantin/bantin.toml
        systemctl reload bantin
    """)
    before = len(alerts(machine))
    machine.run("bantin notify test second")
    assert len(alerts(machine)) == before + 1


def test_a_restart_under_traffic_drops_no_request(machine: Machine) -> None:
    """Feed readers would be refused at each update, and tell their users that the feed is broken."""
    said = json.loads(machine.run("/usr/bin/python3 traffic.py").splitlines()[-1])
    assert said["restarts"] == [0, 0, 0]
    assert said["failed"] == []
    assert said["asked"] > 100


def test_a_worker_beside_the_service(machine: Machine) -> None:
    """A second worker would not start in its sandbox, or take /run/bantin from the first one when it ends."""
    machine.run("systemctl start bantin@2")
    assert machine.run("systemctl is-active bantin@2").strip() == "active"
    machine.run("systemctl reload bantin@2; systemctl stop bantin@2; systemctl reload bantin")


def test_completion_and_manual_are_there(machine: Machine) -> None:
    """An operator would have to know the commands by heart."""
    completed = "source /usr/share/bash-completion/completions/bantin; COMP_WORDS=(bantin deliv); COMP_CWORD=1; "
    assert "deliveries" in machine.run(completed + "_bantin_completion bantin; echo ${COMPREPLY[@]}")
    assert (machine.root / "usr/share/man/man1/bantin.1.gz").is_file()


def test_purge_takes_everything_and_remove_does_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever removes the package for a while would lose the database; whoever purges it, keep secrets behind."""
    deb = package(tmp_path_factory.getbasetemp())
    with booted(tmp_path_factory.mktemp("machine")) as machine:
        (machine.root / "root" / deb.name).write_bytes(deb.read_bytes())
        machine.run(
            "apt-get install -y ./bantin_*.deb; systemctl enable --now bantin; systemctl start bantin@2", within=600
        )
        machine.run("apt-get remove -y bantin")
        machine.run("test -e /etc/bantin/bantin.toml -a -e /var/lib/bantin/bantin.db -a ! -e /opt/bantin")
        assert "inactive" in machine.run("systemctl is-active bantin.service bantin.socket bantin@2 || true")
        machine.run("apt-get purge -y bantin")
        machine.run("test ! -e /etc/bantin -a ! -e /var/lib/bantin")
