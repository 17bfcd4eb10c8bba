"""Sources, webhooks and channels added by a command: what is found, asked, written and refused."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from daemon.cli import common
from daemon.config import load
from tests.conftest import LiveSite
from tests.daemon.commands import HOOK, TOML, Result, Run


async def test_a_source_is_added(run: Run, live_site: LiveSite, file: Path) -> None:
    """A newcomer would have to write a table, and find out zone and language by himself."""
    before = file.read_text("utf-8")
    first, second, _ = live_site.lists()
    words = ("source", "add", first, "--section", second, "--tag", "Địa phương/Tin", "--yes", "--config", file)
    done: Result = await asyncio.to_thread(run, *words)
    assert done.status == 0, done.err
    assert "title: Truyền hình Sông Vân" in done.out
    assert "time zone: Asia/Ho_Chi_Minh (its language is vi)" in done.out
    assert "language: vi (the page says so)" in done.out
    assert re.search(r"\d+ stories, the newest of 20", done.out)
    assert "no daemon runs with it" in done.out
    assert file.read_text("utf-8").startswith(before)
    assert Path(f"{file}.bak").read_text("utf-8") == before
    source = load(file).sources[-1]
    assert (source.id, source.title, source.urls) == ("127-0-0-1", "Truyền hình Sông Vân", (first, second))
    assert (source.timezone, source.language, source.kind) == ("Asia/Ho_Chi_Minh", "vi", "auto")
    assert source.tags == ("Địa phương/Tin",)
    again: Result = await asyncio.to_thread(run, *words)
    assert again.status == 2
    assert "is watched already, as 127-0-0-1" in again.err


async def test_a_feed_is_added_as_a_feed(run: Run, live_site: LiveSite, file: Path) -> None:
    """A feed would be watched as a page that may turn into anything."""
    live_site.site.feed = "good"
    address = f"{live_site.address}rss/thoi-su.rss"
    added = await asyncio.to_thread(run, "source", "add", address, "--id", "n", "--yes", "--json", "--config", file)
    assert added.status == 0, added.err
    assert (added.json["source"]["kind"], added.json["source"]["title"]) == ("feed", "Thời sự")
    assert (added.json["daemon"], added.json["found"][0]["own_kind"]) == ("none", "feed")


async def test_what_is_no_list_is_refused(run: Run, live_site: LiveSite, file: Path) -> None:
    """A story would be watched as a list of its related stories, or an empty page until it fails."""
    before = file.read_text("utf-8")
    story = live_site.newsroom.listed("kinh-te")[0]
    its_list = f"is a story, not a list of stories; its list is {live_site.address}kinh-te.htm"
    for words, status, said in (
        ((f"{live_site.address}{story.path[1:]}",), 1, its_list),
        ((f"{live_site.address}nothing.htm",), 1, "HTTP 404"),
        (("https://news.example/thoi-su.htm",), 2, "is watched already, as ttv"),
        (("news.example/thoi-su.htm",), 2, "is watched already, as ttv"),
        (("ftp://news.example/",), 2, "is no web address"),
        ((live_site.lists()[0], "--id", "Tin"), 2, "use a-z"),
        ((live_site.lists()[0], "--id", "ttv"), 2, "names a feed"),
        ((live_site.lists()[0], "--timezone", "Mars"), 2, "unknown time zone"),
        ((live_site.lists()[0], "--tag", "a//b"), 2, "write a folder such as"),
    ):  # fmt: skip
        refused = await asyncio.to_thread(run, "source", "add", *words, "--yes", "--config", file)
        assert (refused.status, said in refused.err) == (status, True), (words, refused)
    assert file.read_text("utf-8") == before
    shown = await asyncio.to_thread(run, "preview", f"{live_site.address}{story.path[1:]}", "--config", file)
    assert "is a story, not a list of stories" in shown.err


def test_nobody_is_asked_without_a_terminal(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script would wait for an answer for ever, or change a file that nobody has looked at."""
    refused = run("source", "add", "https://a.example/", "--config", file)
    assert refused.status == 2
    assert "add --yes" in refused.err
    monkeypatch.setattr(common.sys, "stdin", Terminal("n\n"))
    answered = run("webhook", "add", "https://a.example/", "--config", file)
    assert (answered.status, load(file).endpoint("a-example")) == (1, None)
    assert "nothing was changed" in answered.err
    assert not (file.parent / "a-example.secret").exists()


def test_without_a_configuration(run: Run) -> None:
    """A newcomer would be told that a file is missing, and not how to begin."""
    refused = run("source", "add", "https://a.example/")
    assert refused.status == 2
    assert "bantin init https://a.example/" in refused.err


async def test_init_with_an_address(run: Run, live_site: LiveSite, file: Path, tmp_path: Path) -> None:
    """The first file would watch another site than the one that the newcomer came for."""
    Path("bantin.toml").write_text(file.read_text("utf-8"), "utf-8")  # allows loopback
    address = live_site.lists()[0]
    done = await asyncio.to_thread(run, "init", address, "--dir", tmp_path / "new")
    assert done.status == 0, done.err
    made = load(tmp_path / "new" / "bantin.toml")
    assert [(source.id, source.urls) for source in made.sources] == [("127-0-0-1", (address,))]
    text = (tmp_path / "new" / "bantin.toml").read_text("utf-8")
    assert "ttv" not in text
    assert '# sources = ["127-0-0-1"]' in text
    assert "# exclude = []" in text
    again = await asyncio.to_thread(run, "init", address, "--dir", tmp_path / "new")
    assert (again.status, "left as it is" in again.err) == (1, True)


@pytest.mark.parametrize(("mode", "secret_mode"), [(0o644, 0o600), (0o640, 0o640), (0o600, 0o600)])
def test_a_webhook_is_added(mode: int, secret_mode: int, run: Run, file: Path) -> None:
    """A newsroom would have to make a secret by hand, and a file that others can read, or the service cannot."""
    file.write_text(TOML, "utf-8")
    file.chmod(mode)
    words = ("--event", "article.removed", "--feed", "ttv", "--yes", "--config", file)
    done = run("webhook", "add", "https://desk.example/in", "--id", "desk", *words)
    assert done.status == 0, done.err
    secret = re.search(r"whsec_\S+", done.out)
    assert secret is not None
    kept = file.parent / "desk.secret"
    assert (kept.read_text().strip(), kept.stat().st_mode & 0o777) == (secret[0], secret_mode)
    endpoint = load(file).endpoint("desk")
    assert endpoint is not None
    assert (endpoint.secrets, endpoint.events, endpoint.feeds) == ((secret[0],), ("article.removed",), ("ttv",))
    assert "bantin notify test desk" in done.out
    assert run("webhook", "remove", "desk", "--config", file).status == 0
    assert (load(file).endpoints, kept.exists()) == ((), True)
    assert file.read_text("utf-8").rstrip() == TOML.rstrip()


def test_webhooks_that_are_refused(run: Run, file: Path) -> None:
    """A mistyped word would leave a secret lying about, or a configuration that does not load."""
    before = file.read_text("utf-8")
    (file.parent / "there.secret").write_text("x")
    for words, said in (
        (("https://a.example/", "--event", "article.gone"), "no such event"),
        (("https://a.example/", "--feed", "ttx"), "no such feed"),
        (("https://a.example/", "--id", "hook"), "names an endpoint"),
        (("https://a.example/", "--id", "there"), "there.secret is there already"),
        (("nonsense",), "is no web address"),
    ):
        refused = run("webhook", "add", *words, "--yes", "--config", file)
        assert (refused.status, said in refused.err) == (2, True), (words, refused)
    assert file.read_text("utf-8") == before
    assert [found.name for found in file.parent.glob("*.secret")] == ["there.secret"]


def test_a_table_that_cannot_be_appended_is_told(run: Run, file: Path) -> None:
    """Who has written `webhook = []` would see sixty lines of the program."""
    before = "webhook = []\n" + file.read_text("utf-8").partition("[[webhook]]")[0]
    file.write_text(before, "utf-8")
    done = run("webhook", "add", "https://h.example/", "--id", "z", "--yes", "--config", file)
    assert done.status == 1
    assert "edit it by hand" in done.err
    assert file.read_text("utf-8") == before
    assert not (file.parent / "z.secret").exists()


def test_a_webhook_in_a_private_network(run: Run, file: Path) -> None:
    """An endpoint in the house would be refused at each alert, and nobody had said so."""
    file.write_text(TOML.replace("[deliver]\nallow_networks", "[deliver]  # mine\nallow_networks") + HOOK, "utf-8")
    told = run("webhook", "add", "http://192.168.1.5/in", "--id", "a", "--yes", "--config", file)
    assert told.status == 0
    assert '[deliver] allow_networks needs "192.168.1.5/32"' in told.err
    done = run("webhook", "add", "http://192.168.1.6/in", "--id", "b", "--allow-network", "--yes", "--config", file)
    assert done.status == 0, done.err
    assert [str(network) for network in load(file).deliver_networks] == ["127.0.0.0/8", "192.168.1.6/32"]
    assert "[deliver]  # mine" in file.read_text("utf-8")


def test_a_channel_is_added(run: Run, file: Path) -> None:
    """A chat's token would stand in the configuration, or in what the command prints."""
    done = run("channel", "add", "json://user:geheim@chat.example/", "--yes", "--config", file)
    assert done.status == 0, done.err
    assert "geheim" not in done.out + done.err + file.read_text("utf-8")
    assert (file.parent / "json.url").read_text().strip() == "json://user:geheim@chat.example/"
    endpoint = load(file).endpoint("json")
    assert endpoint is not None
    assert endpoint.url == "json://user:geheim@chat.example/"
    before = file.read_text("utf-8")
    for address in ("nonsense", "nosuchservice://x/y"):
        refused = run("channel", "add", address, "--id", "c", "--yes", "--config", file)
        assert refused.status == 2
    assert file.read_text("utf-8") == before
    assert not (file.parent / "c.url").exists()
    assert run("channel", "remove", "json", "--config", file).status == 0
    assert "json.url" not in file.read_text("utf-8")


def test_a_daemon_that_does_not_answer_is_said(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator would believe that the running daemon polls a source no longer, while it goes on."""
    monkeypatch.setattr(common, "tell_daemon", lambda file: common.Told("refused", ("the daemon goes on:", "why")))
    done = run("source", "pause", "ttv", "--config", file)
    assert (done.status, "the daemon goes on" in done.err) == (1, True)
    added = run("webhook", "add", "https://a.example/", "--yes", "--config", file)
    assert (added.status, "whsec_" in added.out) == (1, True)


class Terminal:
    """Somebody who types."""

    def __init__(self, typed: str) -> None:
        self.typed = typed

    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:
        return self.typed

    def fileno(self) -> int:
        raise OSError


def test_a_full_disk(run: Run, file: Path, tmp_path: Path) -> None:
    """Half a configuration, or half a secret, would stand there as if it were one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk], check=False).returncode:
        pytest.skip("a small disk can only be mounted by root, where that is allowed")
    try:
        (disk / "bantin.toml").write_text(TOML, "utf-8")
        before = (disk / "bantin.toml").read_bytes()
        with suppress(OSError), (disk / "rest").open("wb", buffering=0) as rest:
            while rest.write(b"x" * 4096):
                pass
        there = sorted(disk.iterdir())
        for words in (
            ("webhook", "add", "https://a.example/", "--yes", "--config", disk / "bantin.toml"),
            ("channel", "add", "json://a.example/", "--yes", "--config", disk / "bantin.toml"),
            ("source", "pause", "ttv", "--config", disk / "bantin.toml"),
            ("init", "--dir", disk / "new"),
        ):
            full = run(*words)
            assert (full.status, "No space left" in full.err) == (1, True), (words, full)
            with suppress(OSError):
                (disk / "new").rmdir()
        assert sorted(disk.iterdir()) == there
        assert (disk / "bantin.toml").read_bytes() == before
    finally:
        subprocess.run(["umount", "-l", disk], check=False)
