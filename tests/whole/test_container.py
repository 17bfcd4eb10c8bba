"""The image, built and run by podman on a base of Debian's, made here."""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LiveSite
from tests.whole.installed import ROOT, missing
from tests.whole.live import until

WHY_NOT = missing("podman", "runc", "debootstrap")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What a container needs here, whatever limits and networks this machine has itself.
HERE = ("--network=host", "--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")
# A database server from Debian in place of the image that compose.yaml names, for no registry is reached from here.
# What it takes from its environment is what that image takes.
DATABASE = "docker.io/library/postgres:17"
DATABASE_FILE = """
FROM localhost/base
RUN apt-get update && apt-get install -y --no-install-recommends postgresql
COPY start /start
ENTRYPOINT ["/start"]
"""
DATABASE_START = """#!/bin/sh
set -e
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin) data=/var/lib/postgresql/data
as() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
if [ ! -s $data/PG_VERSION ]; then
    chown postgres $data
    cp "$POSTGRES_PASSWORD_FILE" /password && chown postgres /password
    as initdb -D $data -U "$POSTGRES_USER" --pwfile=/password -A scram-sha-256 $POSTGRES_INITDB_ARGS
    export PGPASSWORD="$(cat /password)"
    as pg_ctl -w -D $data -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
    as createdb -h /tmp -U "$POSTGRES_USER" "$POSTGRES_USER"
    as pg_ctl -w -D $data stop
fi
exec setpriv --reuid postgres --regid postgres --clear-groups \
    postgres -D $data -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp
"""
# Here the network is the machine's own, with a port of the test's.
COMPOSED_HERE = """
services:
  database: &here
    network_mode: host
    environment: {{PGPORT: "{port}"}}
    extra_hosts: ["database:127.0.0.1"]
    ulimits: {{nofile: {{soft: 4096, hard: 4096}}, nproc: {{soft: 4096, hard: 4096}}}}
  bantin: *here
  worker: *here
"""
# Debian's podman-compose gives each container a network of its own even so: that is left out.
COMPOSED_BY = """#!/bin/sh
for word; do
    shift
    case ${{skip:-no}}$word in
    no--net | no--network-alias) skip=yes ;;
    no*) set -- "$@" "$word" ;;
    *) skip=no ;;
    esac
done
exec {podman} "$@"
"""
# What the "slim" images leave out.
NOT_SLIM = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt/lists", "var/cache/apt")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


class Podman:
    """podman with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        # podman refuses a longer path than 50 characters for what is running.
        self.running = tempfile.mkdtemp(prefix="podman-", dir="/tmp")
        self._words = ["podman", "--root", str(folder / "storage"), "--runroot", self.running]
        self._words += ["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]

    def __call__(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [*self._words, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200
        )
        assert done.returncode == 0 or not check, f"{words}: {done.stdout[-3000:]}"
        return done.stdout

    def composing(self, folder: Path) -> Callable[..., str]:
        """podman-compose on the ``compose.yaml`` of a folder."""
        program = folder / "podman"
        program.write_text(COMPOSED_BY.format(podman=shlex.join(self._words)), "utf-8")
        program.chmod(0o755)

        def compose(*words: str) -> str:
            told = ["podman-compose", "--podman-path", str(program), *words]
            done = subprocess.run(
                told, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600
            )
            assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}"
            return done.stdout

        return compose


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    """podman, with the image; skipped where no container can run at all."""
    folder = tmp_path_factory.mktemp("podman")
    base = folder / "base"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", str(base)], capture_output=True, text=True, timeout=900
    )
    if made.returncode:
        pytest.skip(f"debootstrap reaches no mirror: {made.stdout[-300:]}")
    for path in NOT_SLIM:
        shutil.rmtree(base / path)
    (base / "var/cache/apt/archives/partial").mkdir(parents=True)
    (base / "var/lib/apt/lists/partial").mkdir(parents=True)
    shutil.copy("/etc/resolv.conf", base / "etc/resolv.conf")
    packed = folder / "base.tar"
    subprocess.run(["tar", "-C", str(base), "-cf", str(packed), "."], check=True)
    shutil.rmtree(base)
    podman = Podman(folder)
    podman("import", str(packed), "base")
    packed.unlink()
    tried = podman("run", "--rm", *HERE, "base", "echo", "it runs", check=False)
    if "it runs" not in tried:
        pytest.skip(f"podman runs no container here: {tried[-300:]}")
    certificates = ["--volume", f"{CERTIFICATES}:/certificates:ro", "--build-arg", "PIP_CERT=/certificates"]
    podman(
        "build", "--network=host", "--isolation=chroot", "--format=docker", "--build-arg", "BASE=localhost/base",
        *(certificates if CERTIFICATES.exists() else []), "-t", "bantin", str(ROOT),
    )  # fmt: skip
    yield podman
    podman("rm", "--all", "--force", check=False)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(podman.running, ignore_errors=True)


@pytest.fixture(scope="module")
def image(podman: Podman) -> dict[str, Any]:
    """What podman knows of the image."""
    (found,) = json.loads(podman("image", "inspect", "bantin"))
    return dict(found)


def _serves_entries() -> bool:
    try:
        with urllib.request.urlopen("http://127.0.0.1:8711/feeds/site.atom", timeout=5) as answer:
            return b"<entry" in answer.read()
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def test_image_is_small_and_not_roots(image: dict[str, Any]) -> None:
    """A flaw in the reading of hostile pages would be root's in the container; and each update a long download."""
    assert image["Config"]["User"] == "bantin"
    assert list(image["Config"]["Volumes"]) == ["/var/lib/bantin"]
    assert "/readyz" in " ".join(image["Healthcheck"]["Test"])
    assert image["Size"] < 300_000_000


async def test_container_polls_and_serves_with_a_root_that_is_read_only(
    podman: Podman, image: dict[str, Any], live_site: LiveSite, tmp_path: Path
) -> None:
    """An operator who runs the image as its how-to says would get no feed, or a container that counts as sick."""
    source = f'[[source]]\nid = "site"\nurls = ["{live_site.lists()[0]}"]\n'
    (tmp_path / "bantin.toml").write_text(f'[fetch]\nallow_networks = ["127.0.0.0/8"]\n{source}', "utf-8")
    tmp_path.chmod(0o755)
    volume = f"{tmp_path}:/etc/bantin:ro"
    podman(
        "run", "-d", "--name", "bantin", "--read-only", "--tmpfs", "/tmp", *HERE, "--cap-drop=ALL",
         "--volume", volume, "--volume", "bantin:/var/lib/bantin", "bantin",
        "run", "--config", "/etc/bantin/bantin.toml", "--listen", "127.0.0.1:8711",
    )  # fmt: skip

    await until(lambda: asyncio.to_thread(_serves_entries), patience=90)  # the site is served by this loop
    assert "site" in podman("exec", "bantin", "bantin", "status")
    podman("healthcheck", "run", "bantin")
    assert podman("exec", "bantin", "id", "-un").strip() == "bantin"
    assert "has taken it" in podman("exec", "bantin", "bantin", "reload")
    podman("stop", "--time", "25", "bantin")
    (ended,) = json.loads(podman("inspect", "bantin"))
    assert ended["State"]["ExitCode"] == 0


@pytest.mark.skipif(shutil.which("podman-compose") is None, reason="no podman-compose (apt-get install it)")
async def test_composed_workers_share_one_database(podman: Podman, live_site: LiveSite, tmp_path: Path) -> None:
    """An operator who starts compose.yaml as it stands would have two daemons that never reach their database."""
    (tmp_path / "start").write_text(DATABASE_START, "utf-8")
    (tmp_path / "start").chmod(0o755)
    (tmp_path / "Containerfile").write_text(DATABASE_FILE, "utf-8")
    podman("build", "--network=host", "--isolation=chroot", "--format=docker", "-t", DATABASE, str(tmp_path))
    here = tmp_path / "bantin-here"
    (here / "etc").mkdir(parents=True)
    shutil.copy(ROOT / "compose.yaml", here)
    (here / "compose.override.yaml").write_text(COMPOSED_HERE.format(port=_free_port()), "utf-8")
    (here / "etc/database.secret").write_text("a-password-of-the-tests", "utf-8")
    source = f'[[source]]\nid = "site"\nurls = ["{live_site.lists()[0]}"]\n'
    state = '[state]\nurl = "postgresql://bantin@database/bantin"\npassword_file = "database.secret"\n'
    allowed = '[fetch]\nallow_networks = ["127.0.0.0/8"]\n'
    (here / "etc/bantin.toml").write_text(state + allowed + source, "utf-8")
    compose = podman.composing(here)
    compose("up", "--no-build", "-d")
    try:
        await until(lambda: asyncio.to_thread(_serves_entries), patience=120)  # the site is served by this loop
        assert "site" in compose("exec", "-T", "bantin", "bantin", "status")
        await until(lambda: "ready" in podman("logs", "bantin-here_worker_1"))
    finally:
        compose("down", "-v")
