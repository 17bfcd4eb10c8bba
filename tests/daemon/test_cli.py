"""The command line: what it prints where, its exit status, and that no traceback is ever seen."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import httpx
import msgspec
import pytest

from daemon.demo.news import Newsroom
from daemon.demo.receiver import Receiver
from daemon.demo.serve import serve
from daemon.demo.site import Site
from feeds.model import Attempt, Changes, Event, Gap, Rhythm, SourceState, Verdict, Watch
from state.sql import SqlStore
from tests.conftest import NOW, Clock, LiveSite
from tests.daemon.commands import HOOK, SECRET, TOML, Run, command
from tests.samples import commit, make_entry

# -- init, check


def test_init(run: Run) -> None:
    """The first command of the README would not give a configuration that the next one accepts."""
    made = run("init")
    assert made.status == 0
    assert "bantin run" in made.out
    checked = run("check")
    assert (checked.status, checked.err) == (0, "")
    assert "1 sources, 1 feeds, 0 webhooks" in checked.out


def test_init_never_overwrites(run: Run) -> None:
    """Someone's configuration would be lost."""
    mine = Path("bantin.toml")
    mine.write_text("# mine\n")
    again = run("init")
    assert again.status == 1
    assert "is there already; it was left as it is" in again.err
    assert mine.read_text() == "# mine\n"


def test_init_elsewhere(run: Run) -> None:
    """A new folder could not be set up, or a mistyped one would end in a traceback."""
    made = run("init", "--dir", "new/folder", "--json")
    assert made.status == 0
    assert Path(made.json["file"]).is_file()
    blocked = run("init", "--dir", "new/folder/bantin.toml/x")
    assert blocked.status == 1
    assert "cannot be written" in blocked.err


def test_check(run: Run, file: Path) -> None:
    """A script could not tell a good configuration from a bad one."""
    good = run("check", "--config", file, "--json")
    assert good.status == 0
    assert good.json == {
        "file": str(file),
        "ok": True,
        "problems": [],
        "hints": [],
        "sources": 2,
        "feeds": 2,
        "webhooks": 1,
    }
    file.write_text("[serve]\nlisten = 1\n[fetch]\nrobots = 2\n")
    bad = run("check", "--config", file)
    assert (bad.status, bad.out) == (2, "")
    assert len(bad.err.splitlines()) == 2
    assert all(line.startswith(f"{file}: ") for line in bad.err.splitlines())
    told = run("check", "--config", file, "--json")
    assert (told.status, told.err) == (2, "")
    assert told.json["ok"] is False
    assert len(told.json["problems"]) == 2


def test_usage(run: Run) -> None:
    """A mistyped command would end with a status that scripts take for success."""
    for words in (
        ["nope"],
        ["status", "--nope"],
        ["articles", "--limit", "0"],
        ["teasers"],
        ["deliveries", "show", "x"],
        ["deliveries", "show", "9" * 24],
    ):
        wrong = run(*words)
        assert wrong.status == 2, words
        assert wrong.err
    help_page = run("--help")
    assert help_page.status == 0
    commands = (
        "init", "check", "preview", "teasers", "extract", "poll", "run", "demo", "status", "articles", "diff",
        "deliveries", "source", "opml", "backup", "restore", "db",
    )  # fmt: skip
    for name in commands:
        assert f"  {name} " in help_page.out


COMMANDS = [
    ["check"], ["poll"], ["run"], ["status"], ["articles"], ["deliveries"], ["deliveries", "list"],
    ["deliveries", "show", "1"], ["opml", "export"], ["backup", "copy.db"], ["db", "upgrade"],
]  # fmt: skip


def test_without_a_configuration(run: Run, file: Path) -> None:
    """Someone who starts in the wrong folder would not learn what is missing."""
    for words in COMMANDS:
        lost = run(*words)
        assert (lost.status, lost.out) == (2, ""), words
        assert "bantin.toml: not found (looked for" in lost.err
        assert "make one with: bantin init" in lost.err
        missing = run(*words, "--config", "none.toml")
        assert missing.status == 2
        assert "none.toml: cannot be read: No such file" in missing.err
        Path("broken.toml").write_text("[")
        assert run(*words, "--config", "broken.toml").status == 2
    assert not Path("copy.db").exists()


def test_before_there_is_a_database(run: Run, tmp_path: Path, file: Path) -> None:
    """Looking at nothing would create a database, or end in an error that does not say what to do."""
    for words in COMMANDS[3:8] + COMMANDS[9:10]:
        nothing = run(*words, "--config", file)
        assert nothing.status == 1, words
        assert "does not exist yet" in nothing.err
        assert "bantin poll" in nothing.err
        assert nothing.out == ""
        assert not (tmp_path / "bantin.db").exists(), words
        assert not Path("copy.db").exists()


def test_a_damaged_database(run: Run, tmp_path: Path, file: Path) -> None:
    """A damaged database would end in a traceback, or be overwritten."""
    database = tmp_path / "bantin.db"
    database.write_bytes(b"this is no database" * 100)
    for words in [["poll"], *COMMANDS[3:8], *COMMANDS[9:]]:
        failed = run(*words, "--config", file)
        assert (failed.status, failed.out) == (1, ""), words
        assert f"database {database}: is not an SQLite database" in failed.err
    assert database.read_bytes() == b"this is no database" * 100


# -- db, backup


def test_db_upgrade(run: Run, tmp_path: Path, file: Path) -> None:
    """An operator could not create the database before the first start."""
    made = run("db", "upgrade", "--config", file)
    assert made.status == 0
    assert f"created {tmp_path / 'bantin.db'}" in made.out
    assert run("db", "upgrade", "--config", file).out == "the database is up to date\n"
    assert run("db", "upgrade", "--config", file, "--json").json["changed"] is False
    assert run("status", "--config", file).status == 0


def test_backup_while_the_daemon_writes(run: Run, filled: SqlStore, file: Path, tmp_path: Path) -> None:
    """A backup would need the daemon stopped, or be torn."""
    with filled.engine.connect() as writer:
        writer = writer.execution_options(write=True)
        with writer.begin():
            writer.exec_driver_sql("UPDATE stories SET url = 'half'")
            copied = run("backup", tmp_path / "copy.db", "--config", file, "--json")
            writer.rollback()
    assert copied.status == 0
    assert copied.json["bytes"] == (tmp_path / "copy.db").stat().st_size
    copy = SqlStore(f"sqlite:///{tmp_path / 'copy.db'}")
    assert copy.entries(["ttv", "other"], 10) == filled.entries(["ttv", "other"], 10)
    copy.close()


def test_backup_never_overwrites(run: Run, filled: SqlStore, file: Path, tmp_path: Path) -> None:
    """Last night's backup would be lost, or a mistyped folder end in a traceback."""
    (tmp_path / "copy.db").write_text("precious")
    refused = run("backup", tmp_path / "copy.db", "--config", file)
    assert refused.status == 1
    assert "exists; name another file" in refused.err
    assert (tmp_path / "copy.db").read_text() == "precious"
    lost = run("backup", tmp_path / "none" / "copy.db", "--config", file)
    assert lost.status == 1
    assert "cannot be written" in lost.err or "cannot be opened" in lost.err


# -- status, articles, deliveries, opml


def polled(store: SqlStore, **states: dict[str, object]) -> None:
    """The sources were polled just now, and are due in an hour; what else is so of each is said."""
    now = datetime.now(UTC)
    for name, more in states.items():
        store.claim_source("tests", name, 60)
        state = {"id": name, "due_at": now + timedelta(hours=1), "last_poll": now, "last_success": now, **more}
        store.commit(Changes(state=msgspec.convert(state, SourceState)), "tests")


FAILURE = {"url": "https://other.example/", "cause": "status 503", "at": NOW}


def test_status(run: Run, filled: SqlStore, file: Path) -> None:
    """The operator would not see how the sources and webhooks fare, or a script would take a good bantin for a bad."""
    polled(filled, ttv={}, other={})
    shown = run("status", "--config", file)
    assert (shown.status, shown.err) == (0, "")
    assert re.match(r"well: 2 sources, last poll \d+ s ago, 1 alert waiting\n", shown.out)
    words = [line.split()[0] for line in shown.out.splitlines()]
    assert words == ["well:", "source", "ttv", "other", "webhook", "sources:"]
    assert "webhook hook: 1 waiting" in shown.out
    found = run("status", "--config", file, "--json").json
    assert (found["well"], found["troubles"]) == (True, [])
    assert [source["id"] for source in found["sources"]] == ["ttv", "other"]
    ttv = found["sources"][0]
    assert (ttv["title"], ttv["stories"], ttv["failures"], ttv["failure"]) == ("Truyền hình", 2, 0, None)
    assert datetime.now(UTC) - datetime.fromisoformat(ttv["last_poll"]) < timedelta(minutes=5)
    assert found["webhooks"] == [{"id": "hook", "pending": 1, "disabled": None}]


def test_status_says_what_fails(run: Run, filled: SqlStore, file: Path, clock: Clock) -> None:
    """The operator would not learn why a source is silent, or that a webhook was switched off."""
    polled(filled, ttv={}, other={"failures": 2, "failure": FAILURE, "failing_since": NOW})
    [due] = filled.claim_deliveries("tests", "hook", 1, 60)
    gone = Verdict(state="dead", due_at=NOW, disable="it answered 410 Gone")
    filled.record([(due, Attempt(at=NOW, status=410), gone)])
    notice = Event(id="evt_off", type="endpoint.disabled", created=NOW, payload=b"{}")
    filled.disable("hook", "it answered 410 Gone", NOW, notice, [])
    shown = run("status", "--config", file)
    assert shown.status == 1
    said = "not well: 1 of 2 sources fails, webhook hook is disabled, 1 alert was given up"
    assert shown.out.splitlines()[0] == said
    assert re.search(r"failing, 2 in a row since 2026-11-21 .*: status 503 – https://other.example/\n", shown.out)
    assert "bantin preview SOURCE" in shown.err
    assert "disabled since" in shown.out
    assert "bantin notify enable hook" in shown.out
    told = run("status", "--config", file, "--json")
    assert (told.status, told.json["well"]) == (1, False)
    assert told.json["sources"][1]["failure"]["cause"] == "status 503"
    assert told.json["webhooks"][0]["disabled"] == "2026-11-21T10:00:00Z"


def test_status_says_what_may_have_been_missed(run: Run, filled: SqlStore, file: Path) -> None:
    """An operator would believe a list that turned over at night to be complete, or take a rhythm for a fault."""
    text = file.read_text("utf-8").replace('id = "other"', 'id = "other"\ninterval = "auto"')
    file.write_text(text, "utf-8")
    now = datetime.now(UTC)
    gap = Gap(url="https://ttv.example/", why="the list names no older page", at=now, since=now, until=now)
    rhythm = Rhythm(at=now, watched=400.0, hours=(40.0,) * 24, days=(137.0,) * 7)
    for name, watch in {"ttv": Watch(gaps=(gap,)), "other": Watch(rhythm=rhythm)}.items():
        commit(filled, [], source=name, watch=watch, last_poll=now, due_at=now + timedelta(minutes=5))
    shown = run("status", "--config", file)
    assert shown.status == 0, "nobody has to get up for it"
    assert re.search(r"ttv .*may have missed stories between .*: the list names no older page", shown.out)
    assert re.search(r"other .*usually 2 stories between \d\d:00 and \d\d:00", shown.out)
    told = {source["id"]: source for source in run("status", "--config", file, "--json").json["sources"]}
    assert [item["why"] for item in told["ttv"]["gaps"]] == ["the list names no older page"]
    assert (told["ttv"]["missed"], told["other"]["delay"]["stories"]) == (None, 0)
    assert told["other"]["why_next"].startswith("usually 2 stories")


def test_status_before_the_first_poll(run: Run, file: Path) -> None:
    """A source that was just added would break the list of all."""
    run("db", "upgrade", "--config", file)
    shown = run("status", "--config", file)
    assert shown.status == 0
    assert shown.out.count("not polled yet") == 3  # the two sources, and their count
    assert [source["last_poll"] for source in run("status", "--config", file, "--json").json["sources"]] == [None, None]


def test_status_of_polls_that_nobody_makes(run: Run, filled: SqlStore, file: Path) -> None:
    """A daemon that is not running would look well for as long as nobody wonders about the silence."""
    polled(filled, ttv={}, other={"due_at": datetime.now(UTC) - timedelta(minutes=3)})
    shown = run("status", "--config", file)
    assert (shown.status, shown.out.splitlines()[0]) == (1, "not well: polls are overdue")
    assert "is bantin run running?" in shown.err
    filled.pause("other", True)
    shown = run("status", "--config", file)
    assert (shown.status, "1 paused" in shown.out) == (0, True)
    filled.pause("other", False)
    file.write_text(file.read_text().replace('id = "other"', 'id = "other"\nenabled = false'))
    shown = run("status", "--config", file)
    assert (shown.status, "1 paused" in shown.out) == (0, True)


def test_status_of_many_sources_fits_a_screen(run: Run, store: SqlStore, tmp_path: Path) -> None:
    """The two sources that fail would stand somewhere among a thousand lines."""
    names = [f"s{number}" for number in range(60)]
    tables = (f'[[source]]\nid = "{name}"\nurls = ["https://{name}.example/"]\n' for name in names)
    file = tmp_path / "bantin.toml"
    file.write_text("".join(tables) + HOOK)
    store.sync(dict.fromkeys(names, 600.0) | {"gone": 600.0}, {})
    polled(store, gone={"failures": 9, "failure": FAILURE}, **{key: {} for key in names})
    assert run("status", "--config", file).out.splitlines()[1:] == ["sources: 60 good; alerts: 0 waiting, 0 given up"]
    polled(store, s7={"failures": 1, "failure": FAILURE}, s9={"warning": "its list is of another make"})
    shown = run("status", "--config", file)
    assert shown.out.splitlines()[0] == "not well: 1 of 60 sources fails"
    assert [line.split()[0] for line in shown.out.splitlines()[1:]] == ["source", "s7", "s9", "sources:"]
    assert len(run("status", "--all", "--config", file).out.splitlines()) == 64
    polled(store, **{key: {"failures": 1, "failure": FAILURE} for key in names})
    assert "and 40 more: bantin status --all" in run("status", "--config", file).out


def test_articles(run: Run, filled: SqlStore, file: Path) -> None:
    """People would not find a stored story, or a headline could play with their terminal."""
    shown = run("articles", "--config", file)
    assert shown.status == 0
    lines = shown.out.splitlines()
    assert len(lines) == 4
    assert "\x1b" not in shown.out
    assert "Tin [đỏ] :smile: [31m (from its teaser)" in lines[2]
    assert lines[3].endswith("https://news.example/bai-1.htm") or "bai-1.htm" in lines[3]
    one = run("articles", "--source", "other", "--config", file, "--json").json
    assert [item["article"]["title"] for item in one] == ["Làng 3 mở hội đua thuyền"]
    assert len(run("articles", "--limit", "2", "--config", file, "--json").json) == 2
    wrong = run("articles", "--source", "nope", "--config", file)
    assert wrong.status == 2
    assert "no source 'nope'; there are: ttv, other" in wrong.err


def test_what_was_changed_and_withdrawn(run: Run, filled: SqlStore, file: Path) -> None:
    """A newsroom that asks what was edited today would have to look through everything."""
    later = NOW + timedelta(hours=2)
    gone = make_entry(1, story={"removed": later})
    edited = make_entry(8, title="Bản sửa", story={"revision": 2, "updated": later})
    commit(filled, [edited])
    commit(filled, [gone])
    changed = run("articles", "--changed", "--config", file, "--json").json
    assert [item["article"]["title"] for item in changed] == ["Bản sửa"]
    assert len(run("articles", "--withdrawn", "--config", file, "--json").json) == 1
    assert "(withdrawn)" in run("articles", "--withdrawn", "--config", file).out
    assert run("articles", "--changed", "--since", "1s", "--config", file, "--json").json == []
    both = run("articles", "--changed", "--withdrawn", "--config", file)
    assert (both.status, "give one of them" in both.err) == (2, True)


def test_search(run: Run, filled: SqlStore, file: Path) -> None:
    """A story that someone remembers by two words would be found on the pages only."""
    found = run("search", "lang", "hoi", "dua", "thuyen", "--config", file, "--json").json
    assert {item["article"]["title"] for item in found} >= {"Làng 3 mở hội đua thuyền", "Làng 1 mở hội đua thuyền"}
    assert len(run("search", "lang", "--limit", "1", "--config", file, "--json").json) == 1
    none = run("search", "nothing", "like", "it", "--config", file)
    assert (none.status, "no story has all of" in none.err) == (0, True)


def test_long_rows_stay_on_one_line(run: Run, filled: SqlStore, file: Path) -> None:
    """A script that reads the list line by line would see parts of stories."""
    commit(filled, [make_entry(9, title="Tiêu đề dài " * 60)])
    assert len(run("articles", "--config", file).out.splitlines()) == 5


def test_deliveries(run: Run, filled: SqlStore, file: Path) -> None:
    """The operator would not see which alerts wait, and why."""
    for words in (["deliveries"], ["deliveries", "list"]):
        shown = run(*words, "--config", file)
        assert shown.status == 0
        assert len(shown.out.splitlines()) == 3
        assert "article.revised" in shown.out.splitlines()[1]
        assert "HTTP 204 (2 attempts)" in shown.out.splitlines()[2]
    states = {state: run("deliveries", "list", "--state", state, "--config", file, "--json").json
              for state in ("pending", "delivered", "dead")}  # fmt: skip
    assert [[row["event_id"] for row in rows] for rows in states.values()] == [["evt_2"], ["evt_1"], []]
    assert len(run("deliveries", "list", "--to", "hook", "--since", "2026-11-20", "--config", file, "--json").json) == 2
    assert run("deliveries", "list", "--since", "1s", "--config", file, "--json").json == []
    for wrong, said in (
        (["--state", "lost"], "pending, delivered, dead, merged, dropped"),
        (["--to", "none"], "no endpoint 'none'; there are: hook"),
        (["--since", "soon"], "2026-11-28 08:00"),
    ):
        refused = run("deliveries", "list", *wrong, "--config", file)
        assert refused.status == 2
        assert said in refused.err


def test_options_before_the_subcommand(run: Run, filled: SqlStore, file: Path) -> None:
    """The configuration that someone names would be ignored, and another one's deliveries shown."""
    assert len(run("deliveries", "--config", file, "--json").json) == 2
    assert len(run("deliveries", "--config", file, "--json", "list").json) == 2
    assert run("deliveries", "--config", file, "--json", "show", 1).json["delivery"]["id"] == 1


def test_one_delivery(run: Run, filled: SqlStore, file: Path) -> None:
    """The operator would not see what was tried, and what is sent."""
    shown = run("deliveries", "show", 1, "--config", file)
    assert shown.status == 0
    assert "delivery 1: article.published to hook, delivered" in shown.out
    assert "attempt 1 at" in shown.out
    assert "connection refused" in shown.out
    assert "HTTP 204, 0.25 s" in shown.out
    found = run("deliveries", "show", 1, "--config", file, "--json").json
    assert [attempt["status"] for attempt in found["attempts"]] == [None, 204]
    assert found["event"] == {"type": "1"}
    assert "next attempt" in run("deliveries", "show", 2, "--config", file).out
    missing = run("deliveries", "show", 99, "--config", file)
    assert missing.status == 1
    assert "no delivery 99" in missing.err


def test_opml_export(run: Run, file: Path) -> None:
    """Nobody could take the subscriptions along, or a reader would be refused for want of the token."""
    shown = run("opml", "export", "--config", file)
    assert shown.status == 0
    root = ElementTree.fromstring(shown.out.encode())
    addresses = [outline.get("xmlUrl") for outline in root.iter("outline")]
    assert addresses == [f"http://127.0.0.1:8711/feeds/{name}.atom?token=a%26b" for name in ("ttv", "other")]
    file.write_text(
        '[server]\nlisten = "unix:/x"\npublic_url = "https://f.example"\n[[source]]\nid="a"\nurls=["http://a.example/"]'
    )
    assert 'xmlUrl="https://f.example/feeds/a.atom"' in run("opml", "export", "--config", file).out


# -- teasers, extract, preview


@pytest.fixture
async def saved(newsroom: Newsroom, tmp_path: Path) -> Path:
    """A folder with pages of the invented site, as a browser saves them."""
    folder = tmp_path / "pages"
    folder.mkdir()
    item = newsroom.listed("thoi-su")[0]
    transport = httpx.ASGITransport(Site(newsroom).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://songvan.example/") as client:
        for name, path in (("list.htm", "/thoi-su.htm"), ("article.htm", item.path)):
            (folder / name).write_bytes((await client.get(path)).content)
    return folder


def test_teasers_of_a_saved_page(run: Run, saved: Path, newsroom: Newsroom) -> None:
    """Nobody could try bantin on a page without watching the site."""
    words = ["teasers", saved / "list.htm", "--url", "http://songvan.example/thoi-su.htm"]
    found = run(*words, "--json")
    assert found.status == 0
    items = newsroom.listed("thoi-su")[:12]
    main = found.json[: len(items)]
    assert [teaser["title"] for teaser in main] == [item.title for item in items]
    assert [teaser["url"] for teaser in main] == [f"http://songvan.example{item.path}" for item in items]
    shown = run(*words)
    assert shown.status == 0
    assert items[0].title in shown.out


def test_extract_of_a_saved_page(run: Run, saved: Path, newsroom: Newsroom) -> None:
    """Nobody could see what bantin would publish of a page."""
    item = newsroom.listed("thoi-su")[0]
    words = ["extract", saved / "article.htm", "--url", f"http://songvan.example{item.path}"]
    zone = ["--timezone", "Asia/Ho_Chi_Minh"]
    found = run(*words, *zone, "--json").json
    assert (found["title"], found["summary"], found["authors"]) == (item.title, item.summary, item.authors)
    assert found["body_text"].split("\n\n")[: len(item.paragraphs)] == item.paragraphs
    assert datetime.fromisoformat(found["published"]) == item.published
    shown = run(*words, *zone)
    assert item.title in shown.out
    assert item.paragraphs[-1] in shown.out


def test_pages_that_cannot_be_used(run: Run, saved: Path) -> None:
    """A mistyped file, address or zone would end in a traceback, or be taken for an empty page."""
    here = ["--url", "http://songvan.example/a.htm"]
    unnamed = saved / "unnamed.htm"
    unnamed.write_text("<p>no address in here</p>")
    for words, said in [
        ([saved / "none.htm", *here], "No such file"),
        ([saved, *here], "Is a directory"),
        ([unnamed], "give it with --url"),
        ([unnamed, "--url", "songvan"], "is no web address"),
        ([unnamed, *here, "--timezone", "Mars"], "unknown time zone 'Mars'"),
        (["https://news.example/", "--config", saved / "none.toml"], "none.toml: cannot be read"),
    ]:
        for name in ("teasers", "extract"):
            wrong = run(name, *words)
            assert (wrong.status, wrong.out) == (2, ""), words
            assert said in wrong.err


def test_pages_that_hold_nothing(run: Run, saved: Path) -> None:
    """An empty file, or one that is no page, would end in a traceback or be taken for a story."""
    (saved / "empty.htm").write_bytes(b"")
    (saved / "data.json").write_bytes(b'{"title": "no page"}')
    for words in (["teasers", saved / "empty.htm"], ["extract", saved / "data.json"]):
        nothing = run(*words, "--url", "http://songvan.example/a.htm")
        assert (nothing.status, nothing.out) == (1, "")
        assert nothing.err == "bantin: http://songvan.example/a.htm: is no HTML page (no content type)\n"


async def test_preview(run: Run, live_site: LiveSite, file: Path) -> None:
    """Nobody could see what bantin makes of a site before watching it."""
    [_, address, _] = live_site.lists()
    found = await asyncio.to_thread(run, "preview", address, "--config", file, "--json")
    assert found.status == 0, found.err
    items = live_site.newsroom.listed("kinh-te")
    assert (found.json["url"], found.json["kind"], found.json["fault"]) == (address, "listing", None)
    assert found.json["teasers"][0]["title"] == found.json["article"]["title"] == items[0].title
    assert found.json["decision"]["what"] == "published"
    items[0].page = "error"
    shown = await asyncio.to_thread(run, "preview", address, "--config", file)
    assert shown.status == 0
    assert f"{address} would be watched as a listing: the list itself; the site offers no feed of it." in shown.out
    assert f"It announces {len(found.json['teasers'])} stories" in shown.out
    assert "from its teaser, because its page cannot be read" in shown.out


async def test_preview_of_a_source_says_what_is_left_out(
    run: Run, live_site: LiveSite, file: Path, tmp_path: Path
) -> None:
    """An operator could not find out why a sentence is missing in a feed."""
    [_, address, _] = live_site.lists()
    box = "Mời bạn đọc đăng ký nhận bản tin của làng vào mỗi sáng thứ hai hằng tuần."
    for item in live_site.newsroom.items:
        item.paragraphs = [*item.paragraphs, box]
    text = f'[state]\nurl = "sqlite:///{tmp_path}/own.db"\n{file.read_text("utf-8").partition("[[source]]")[0]}'
    file.write_text(f'{text}\n[[source]]\nid = "lang"\nurls = ["{address}"]\nkind = "listing"\n', "utf-8")
    assert (await asyncio.to_thread(run, "poll", "--config", file)).status == 0
    shown = await asyncio.to_thread(run, "preview", "lang", "--config", file)
    assert shown.status == 0, shown.err
    text, _, left = shown.out.partition("Left out, because the site's pages repeat it:")
    assert box in left
    assert "A poll would have it replaced quietly: its address; another text, by another reader or by what" in left
    assert box not in text


async def test_preview_of_what_cannot_be_fetched(run: Run, live_site: LiveSite, file: Path) -> None:
    """A page that is missing, forbidden or no page would end in a traceback."""
    for url, said in [
        (f"{live_site.address}nothing.htm", "404"),
        (f"{live_site.address}quan-tri/x.htm", "robots.txt"),
        ("ftp://127.0.0.1/", ""),
        ("nonsense", ""),
    ]:
        failed = await asyncio.to_thread(run, "preview", url, "--config", file)
        assert (failed.status, failed.out) == (1, ""), url
        assert failed.err.startswith("bantin: ")
        assert said in failed.err


def test_a_broken_configuration_is_not_passed_over(run: Run) -> None:
    """Someone would wonder why the settings in the configuration have no effect."""
    Path("bantin.toml").write_text("[fetch]\nrobots = 1\n")
    refused = run("preview", "http://127.0.0.1:9/")
    assert refused.status == 2
    assert "robots is 1; write true or false" in refused.err


# -- poll


def watch(file: Path, site: LiveSite, hook: str = "") -> None:
    """Make the configuration watch two lists of the live site; the second source's page is missing."""
    text = TOML.replace("https://news.example/thoi-su.htm", site.lists()[0])
    text = text.replace("https://other.example/", f"{site.address}nothing.htm")
    file.write_text(text + HOOK.replace("https://hooks.example/in", hook) if hook else text, "utf-8")


async def test_poll(run: Run, live_site: LiveSite, file: Path) -> None:
    """A poll by hand would not say what it found, or a failing source would hide the others."""
    watch(file, live_site)
    both = await asyncio.to_thread(run, "poll", "--config", file)
    assert both.status == 1
    assert "created" in both.err
    good, bad = both.out.splitlines()
    stored = await asyncio.to_thread(run, "articles", "--config", file, "--json")
    assert good == f"ttv: {len(stored.json)} new"
    assert len(stored.json) >= 12
    assert bad.startswith(f"other: nothing new; FAILED: {live_site.address}nothing.htm ")
    again = await asyncio.to_thread(run, "poll", "ttv", "ttv", "--config", file, "--json")
    assert again.status == 0
    [row] = again.json
    assert (row["source"], row["new"], row["error"], row["alerts"]) == ("ttv", 0, None, 0)
    assert row["decisions"] == []
    live_site.newsroom.publish(live_site.newsroom.items[-1].published)
    [later] = (await asyncio.to_thread(run, "poll", "ttv", "--config", file, "--json")).json
    assert [decision["what"] for decision in later["decisions"]] == ["published"] * later["new"]
    assert live_site.site.asked[("/thoi-su.htm", 304)] == 1


async def test_poll_delivers(run: Run, live_site: LiveSite, file: Path, clock: Clock) -> None:
    """Alerts of a poll by hand would wait for a daemon, or be lost without a word."""
    receiver = Receiver(SECRET)
    async with serve(receiver.app) as hooks:
        watch(file, live_site, f"{hooks}hook")
        assert (await asyncio.to_thread(run, "poll", "ttv", "--config", file)).status == 0
        assert receiver.got == []  # what was there before is announced to nobody
        told = live_site.newsroom.publish(clock(), "thoi-su")
        more = await asyncio.to_thread(run, "poll", "ttv", "--config", file)
        assert (more.status, more.out) == (0, "ttv: 1 new, 1 alerts\n")
        [(_, alert)] = receiver.got
        assert alert["data"]["article"]["title"] == told.title
    watch(file, live_site, f"{hooks}hook")
    live_site.newsroom.publish(clock.go_on(minutes=1), "thoi-su")
    lost = await asyncio.to_thread(run, "poll", "ttv", "--config", file)
    assert (lost.status, lost.out) == (1, "ttv: 1 new, 1 alerts\n")
    assert "1 alerts could not be delivered to hook" in lost.err
    waiting = await asyncio.to_thread(run, "deliveries", "list", "--state", "pending", "--config", file, "--json")
    assert [row["attempts"] for row in waiting.json] == [1]


def test_poll_of_an_unknown_source(run: Run, file: Path, tmp_path: Path) -> None:
    """A mistyped name would poll nothing and say that all is well."""
    wrong = run("poll", "ttv", "ttx", "--config", file)
    assert (wrong.status, wrong.out) == (2, "")
    assert "no source 'ttx'; there are: ttv, other" in wrong.err
    assert not (tmp_path / "bantin.db").exists()


def test_run_where_another_listens(run: Run, file: Path) -> None:
    """A second daemon would end in a traceback, or run on without its feeds."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        file.write_text(f'[server]\nlisten = "{address}"\n')
        refused = run("run", "--config", file)
    assert (refused.status, refused.out) == (1, "")
    assert f"bantin: cannot listen on {address}: Address already in use" in refused.err
    assert "change [server] listen" in refused.err
    assert "no [[source]]" in refused.err


# -- as a program


async def test_json_and_logs_do_not_mix(live_site: LiveSite, file: Path) -> None:
    """A script that reads the JSON would stumble over a line of the log."""
    watch(file, live_site)
    start = command("poll", "--config", file, "--json")
    done = await asyncio.to_thread(subprocess.run, **start, capture_output=True, text=True, timeout=60)
    rows = json.loads(done.stdout)
    assert [row["source"] for row in rows] == ["ttv", "other"]
    assert [row["error"] is None for row in rows] == [True, False]
    assert done.returncode == 1
    assert "created" in done.stderr
    assert "Traceback" not in done.stderr


def test_exit_statuses_of_the_program(tmp_path: Path, file: Path) -> None:
    """Scripts and service managers would not learn how it went."""
    for words, status in ((["check"], 0), (["status"], 1), (["nope"], 2)):
        done = subprocess.run(
            **command(*words, *(["--config", file] if status < 2 else [])), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr


def test_a_reader_that_leaves(filled: SqlStore, file: Path) -> None:
    """``bantin articles | head`` would print a traceback into the terminal."""
    for words in (["articles"], ["check"]):
        read, write = os.pipe()
        os.close(read)
        start = command(*words, "--config", file)
        done = subprocess.run(**start, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60)
        os.close(write)
        assert (done.returncode, done.stderr) == (1, "")


def test_a_terminal_without_vietnamese(filled: SqlStore, file: Path) -> None:
    """A terminal with an old character set would show a traceback for a headline."""
    start = command("articles", "--config", file, PYTHONIOENCODING="ascii")
    done = subprocess.run(**start, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"L?ng 1 m? h?i ?ua thuy?n" in done.stdout


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    """A configuration under an odd name would end in a traceback."""
    odd = os.fsdecode(bytes(tmp_path) + b"/\xff.toml")
    done = subprocess.run(**command("check", "--json", "--config", odd), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, b"")
    assert json.loads(done.stdout)["file"].endswith("/\ufffd.toml")
