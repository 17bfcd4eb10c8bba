"""The README's two commands on a system that is as bare as they promise: a new Debian in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIRROR = "http://deb.debian.org/debian"
SUITES = ("trixie",)  # Debian 13, Python 3.13; Debian 12 and others are where this runs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make another system (debootstrap, chroot)"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="apt-get install debootstrap"),
]


class Bare:
    """A system in a folder, with a clone of this checkout in ``/bantin``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, within: float) -> str:
        """What a command prints there; fails with it where it fails."""
        kept = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "http_proxy", "https_proxy", "no_proxy")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        env |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        if Path("/etc/ssl/certs/ca-certificates.crt").exists():  # whatever this machine trusts, a registry's mirror too
            env["PIP_CERT"] = env["SSL_CERT_FILE"] = "/etc/ssl/certs/ca-certificates.crt"
        args = ["chroot", self.folder, "/bin/sh", "-c", f"cd /bantin && {command}"]
        done = subprocess.run(
            args, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=within, check=False
        )
        said = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0, said[-6000:]
        return said


@pytest.fixture(params=SUITES)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bare]:
    folder = tmp_path / request.param
    packages = "--include=ca-certificates,git,python3,procps"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", packages, request.param, folder, MIRROR],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"debootstrap {request.param}: {made.stdout[-300:]}{made.stderr[-300:]}")
    for file in ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"):
        shutil.copy(file, f"{folder}{file}")
    subprocess.run(["git", "clone", "-q", ROOT, folder / "bantin"], check=True)
    with ExitStack() as mounted:
        for kind, source, target in (("proc", "proc", "proc"), ("bind", "/dev", "dev")):
            options = ["--rbind", "--make-rslave"] if kind == "bind" else ["-t", kind]
            subprocess.run(["mount", *options, source, folder / target], check=True)
            mounted.callback(subprocess.run, ["umount", "-R", "-l", folder / target], check=False)
        yield Bare(folder)


def test_two_commands_do_it(bare: Bare) -> None:
    """A newcomer with a new Debian would be told of errors instead of stories."""
    assert "alert   verified article." in bare.run("./run demo --seconds 15", 900)
    assert "failed" not in bare.run("./run test -n 4 -q", 1500).splitlines()[-1]
