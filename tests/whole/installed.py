"""The package as ``./run deb`` builds it, and machines to install it on: this one's root, booted once more."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOOTED_WITHIN = 120.0  # seconds: a machine with many services, and others at work beside it


def missing(*programs: str) -> str:
    """Why a machine cannot be made here; empty where it can."""
    if os.geteuid() != 0:
        return "only root can mount a root"
    gone = [program for program in programs if shutil.which(program) is None]
    return f"{', '.join(gone)} missing (apt-get install systemd-container debootstrap podman runc)" if gone else ""


def package(folder: Path) -> Path:
    """The package, built once for all tests; ``folder`` is theirs together."""
    folder = folder / "package"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob("*.deb")):
            told = [sys.executable, str(ROOT / "packaging/deb.py"), "--to", str(folder)]
            done = subprocess.run(told, capture_output=True, text=True, timeout=900)
            assert done.returncode == 0, done.stdout + done.stderr
        (made,) = folder.glob("*.deb")
        return made


class Machine:
    """A booted systemd. ``root`` is its file system, ``run`` gives a command there, as root."""

    def __init__(self, root: Path, leader: int) -> None:
        self.root, self._enter = root, ["nsenter", "-t", str(leader), "-a", "env", "-i"]
        path = "/usr/sbin:/usr/bin:/sbin:/bin"
        self._enter += [f"PATH={path}", "HOME=/root", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]

    def run(self, command: str, *, fails: bool = False, within: float = 300) -> str:
        """What it said, both streams together; ``fails``: it has to, else it must not."""
        done = subprocess.run(
            [*self._enter, "bash", "-ec", f"cd /root\n{command}"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=within,
        )  # fmt: skip
        assert (done.returncode != 0) is fails, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A program that goes on."""
        return subprocess.Popen([*self._enter, *words])

    def until(self, command: str, says: str, within: float = 60.0) -> str:
        """Give a command until it says something."""
        end = time.monotonic() + within
        while says not in (said := self.run(f"{command} || true")):
            assert time.monotonic() < end, f"{command} does not say {says!r}, but:\n{said}\n{self.log()}"
            time.sleep(0.3)
        return said

    def log(self) -> str:
        """What the service said last."""
        return self.run("journalctl -u bantin --no-pager -n 40 || true")


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """A machine with this one's packages, and no network but its own loopback; nothing of it stays."""
    upper, work, root = (folder / name for name in ("upper", "work", "root"))
    for path in (upper, work, root):
        path.mkdir()
    options = f"lowerdir=/,upperdir={upper},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(root)], check=True)
    told = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--link-journal=no"]
    log = (folder / "console.log").open("wb")
    try:
        for there in ("etc/bantin", "opt/bantin", "var/lib/bantin", "usr/bin/bantin"):  # of a bantin of this machine
            path = root / there
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        running = subprocess.Popen(
            [*told, "--directory", str(root), "--boot", "systemd.unit=multi-user.target"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield _wait(root, running, folder / "console.log")
        finally:
            for child in _children(running.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, 9)  # its whole world ends with the first process of it
            running.terminate()
            running.wait(60)
    finally:
        log.close()
        subprocess.run(["umount", "--lazy", str(root)], check=True)


def _wait(root: Path, running: subprocess.Popen[bytes], console: Path) -> Machine:
    end = time.monotonic() + BOOTED_WITHIN
    while time.monotonic() < end and running.poll() is None:
        for child in _children(running.pid):
            machine = Machine(root, child)
            with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
                if machine.run("systemctl is-system-running || true", within=20).strip() in ("running", "degraded"):
                    return machine
        time.sleep(0.3)
    raise AssertionError(f"it did not boot: {console.read_text('utf-8', 'replace')[-3000:]}")


def _children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []
