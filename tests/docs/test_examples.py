"""What the documentation shows, tried."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from standardwebhooks.webhooks import Webhook as Signer

from daemon.cli import app
from daemon.config import parse
from feeds.reading.article.extract import extract_article
from feeds.reading.sites.file import read_profile
from tests.feeds.makers import SECRET, History, read

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.vi.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(language: str) -> list[object]:
    """Every fenced block of that language, named by its page."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for number, match in enumerate(re.finditer(rf"^( *)```{language}\n(.*?)^ *```", text, re.S | re.M)):
            found.append(pytest.param(match[2], id=f"{page.stem}-{number}"))
    return found


PROFILE = re.compile(r"\s*# (profiles/\S+\.toml)")  # the first line of an example that is a site profile
TOML = examples("toml")
CONFIGURATIONS = [block for block in TOML if not PROFILE.match(block.values[0])]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_configurations_are_valid(text: str, tmp_path: Path) -> None:
    """A newcomer who copies an example would be told that it is wrong."""
    for name in ("newsroom.secret", "new.secret", "database.secret"):
        (tmp_path / name).write_text(SECRET)
    config = parse(text, tmp_path / "bantin.toml", {})
    assert config.sources or config.endpoints or config.publish


def test_profile_example_works() -> None:
    """Someone who copies the example would be told that it is wrong, or see no difference."""
    (text,) = [block.values[0] for block in TOML if block not in CONFIGURATIONS]  # type: ignore[attr-defined]
    (page,) = [block.values[0] for block in examples("html")]  # type: ignore[attr-defined]
    named = PROFILE.match(text)
    assert named is not None
    profile = read_profile(text, named[1])
    assert profile.name == "example-news"
    url = "https://www.news.example.org/politics/bridge-4711.html"
    plain, helped = extract_article(page, url), extract_article(page, url, profiles=[profile])
    assert "shop" in plain.body_text
    assert plain.credit is None
    assert "shop" not in helped.body_text
    assert "by ferry" in helped.body_text
    assert helped.credit == "River Press"


def commands() -> list[object]:
    """Every command line of bantin in the shell examples and tables."""
    lines = {
        line.strip()
        for block in examples("sh")
        for line in block.values[0].splitlines()  # type: ignore[attr-defined]
        if re.match(r"\s*(/opt/bantin/bin/)?bantin ", line)
    }
    single = {part for line in lines for part in line.split("&&")}
    return [pytest.param(line.strip(), id=line.strip()) for line in sorted(single)]


@pytest.mark.parametrize("line", commands())
def test_commands_exist(line: str) -> None:
    """A newcomer who copies a command would be told that there is none."""
    words = shlex.split(line, comments=True)[1:]
    command: Any = typer.main.get_command(app)
    context = click.Context(command)
    while hasattr(command, "commands") and words:
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"no command {name!r}"
        command = found
        context = click.Context(command, parent=context)
    command.make_parser(context).parse_args(words)


def test_every_command_is_in_the_reference() -> None:
    """A command that the reference leaves out would be found by nobody."""
    reference = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    group: Any = typer.main.get_command(app)
    for name in group.list_commands(click.Context(group)):
        assert f"`bantin {name}" in reference


def test_links_lead_somewhere() -> None:
    """A reader would stand before a missing page."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_event_has_the_keys_that_are_documented() -> None:
    """A receiver that is written from the reference would look for fields that are not there."""
    text = (ROOT / "docs/reference/events.md").read_text("utf-8")
    shown = json.loads(re.search(r"```json\n(.*?)```", text, re.S)[1])  # type: ignore[index]
    (event,) = History().poll(read("a")).events
    sent = json.loads(event.payload)
    assert sent.keys() == shown.keys()
    assert sent["data"].keys() == shown["data"].keys()
    assert sent["data"]["article"].keys() == shown["data"]["article"].keys()


def test_verification_example_works() -> None:
    """A newsroom that copies the example would refuse good alerts, or accept forged ones."""
    (code,) = [block.values[0] for block in examples("python")]  # type: ignore[attr-defined]
    space: dict[str, object] = {}
    exec(code, space)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(SECRET).sign("evt_1", now, '{"type": "x"}'),
    }
    receive = space["receive"]
    assert callable(receive)
    assert receive(headers, b'{"type": "x"}', SECRET) == {"type": "x"}
    with pytest.raises(Exception, match="No matching signature"):
        receive(headers, b'{"type": "y"}', SECRET)
