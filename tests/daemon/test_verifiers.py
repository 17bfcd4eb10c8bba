"""Other people's verifiers of Standard Webhooks take what bantin sends, and nothing that was changed on the way."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from daemon.channels.sample import samples
from daemon.channels.webhook import headers
from feeds.model import Endpoint
from tests.daemon.commands import SECRET

OTHER = "whsec_b3RoZXItc2VjcmV0LW9mLXRoZS1uZXdzcm9vbQ=="
NODE, NPM = shutil.which("node"), shutil.which("npm")
SCRIPT = """
const { Webhook } = require("standardwebhooks");
const said = JSON.parse(require("fs").readFileSync(0, "utf8")).map(({ secret, headers, body }) => {
  try { new Webhook(secret).verify(body, headers); return "good"; } catch (error) { return error.message; }
});
console.log(JSON.stringify(said));
"""


def posts(*secrets: str) -> list[tuple[dict[str, str], str]]:
    """Headers and body of one event of each kind."""
    now = datetime.now(UTC)
    endpoint = Endpoint(id="hook", url="", secrets=secrets)
    return [
        (headers(event.id, event.payload, endpoint, now), event.payload.decode()) for event in samples(endpoint, now)
    ]


@pytest.mark.parametrize("known", [SECRET, OTHER])
def test_the_package_of_pypi_takes_them(known: str) -> None:
    """A receiver in Python would refuse every alert, or take a forged one."""
    for sent, body in posts(OTHER, SECRET):
        assert Webhook(known).verify(body, sent) == json.loads(body)
        with pytest.raises(WebhookVerificationError):
            Webhook(known).verify(f"{body} ", sent)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package in it."""
    if NODE is None or NPM is None:
        pytest.skip("Node is not installed: apt-get install nodejs npm")
    folder = tmp_path_factory.mktemp("npm")
    words = [NPM, "install", "standardwebhooks", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.skip(f"npm cannot get standardwebhooks here: {done.stderr.strip()[-200:]}")
    (folder / "verify.js").write_text(SCRIPT)
    return folder


async def test_the_package_of_npm_takes_them(package: Path) -> None:
    """A receiver in JavaScript would refuse every alert, or take a forged one."""
    asked = [
        {"secret": secret, "headers": sent, "body": text}
        for secret in (SECRET, OTHER)
        for sent, body in posts(OTHER, SECRET)
        for text in (body, f"{body} ")
    ]
    assert NODE is not None
    done = await asyncio.to_thread(
        subprocess.run, [NODE, "verify.js"], cwd=package, input=json.dumps(asked), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said == ["good", "No matching signature found"] * (len(asked) // 2)
