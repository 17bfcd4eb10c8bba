"""The image, built and run by podman on a base of Debian's, made here."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
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
# What the "slim" images leave out.
NOT_SLIM = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt/lists", "var/cache/apt")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


class Podman:
    """podman with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self._words = ["podman", "--root", str(folder / "storage"), "--runroot", str(folder / "run")]
        self._words += ["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]

    def __call__(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [*self._words, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200
        )
        assert done.returncode == 0 or not check, f"{words}: {done.stdout[-3000:]}"
        return done.stdout


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


@pytest.fixture(scope="module")
def image(podman: Podman) -> dict[str, Any]:
    """What podman knows of the image."""
    (found,) = json.loads(podman("image", "inspect", "bantin"))
    return dict(found)


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

    def feed() -> bool:
        try:
            with urllib.request.urlopen("http://127.0.0.1:8711/feeds/site.atom", timeout=5) as answer:
                return b"<entry" in answer.read()
        except OSError:
            return False

    await until(lambda: asyncio.to_thread(feed), patience=90)  # the site is served by this loop
    assert "site" in podman("exec", "bantin", "bantin", "status")
    podman("healthcheck", "run", "bantin")
    assert podman("exec", "bantin", "id", "-un").strip() == "bantin"
    assert "has taken it" in podman("exec", "bantin", "bantin", "reload")
    podman("stop", "--time", "25", "bantin")
    (ended,) = json.loads(podman("inspect", "bantin"))
    assert ended["State"]["ExitCode"] == 0
