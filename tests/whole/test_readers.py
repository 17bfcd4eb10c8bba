"""Readers that people use subscribe to bantin: what they show, and what they ask and show later (see test_newsboat)."""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from feeds.model import Changes, Entry, Image, SourceState
from state.sql import SqlStore
from tests.conftest import Clock
from tests.samples import commit, make_entry
from tests.whole import liferea
from tests.whole.live import until
from tests.whole.served import PICTURE, Served, served_stories

pytestmark = pytest.mark.slow

R2E = shutil.which("r2e")
PARTS = ("hai mươi đội", "khai hội", "Hai đội về đích", "Nguồn: Bản tin trưa")
AUTHORS = ["Minh Nguyệt", "Quốc Bảo"]
ODD = "<b>Đậm</b> & ]]>"  # the headline of story 3


@pytest.fixture
async def served(store: SqlStore, tmp_path: Path) -> AsyncIterator[Served]:
    """bantin's web application over a store with four stories; the fourth has a picture that can be fetched."""
    async with served_stories(store, tmp_path) as found:
        picture = Image(url=f"{found.address}{PICTURE[1:]}", caption="Hai đội về đích", alt="thuyền")
        commit(store, [make_entry(4, images=(picture,))])
        yield found


def edit(store: SqlStore, clock: Clock) -> None:
    """Story 2 gets another headline, story 5 is new, and story 1 is withdrawn."""
    clock.go_on(minutes=5)
    commit(store, [make_entry(2, title="Tin đã sửa", story={"updated": clock(), "revision": 2}), make_entry(5)])
    gone = make_entry(1, story={"updated": clock(), "removed": clock()})
    assert store.claim_source("tests", "ttv", 60)
    state = SourceState(id="ttv", due_at=clock() + timedelta(hours=1), last_poll=clock(), last_success=clock())
    store.commit(Changes(state=state, stories=(gone.story,)), "tests")


def published(entry: Entry) -> float:
    """When a sample was published, in seconds."""
    assert entry.article.published is not None
    return entry.article.published.timestamp()


# -- liferea


def check_liferea(items: dict[str, liferea.Item], author: str) -> None:
    """Each story is there with what it has; authors are stored under ``author``."""
    for number in (1, 2, 4):
        entry = make_entry(number)
        item = items[entry.story.entry_id]
        assert (item.title, item.url, item.date) == (entry.article.title, entry.story.url, published(entry))
        assert [value for key, value in item.metadata if key == author] == AUTHORS
        assert ("category", "đua thuyền") in item.metadata
        assert any(key == "mediathumbnail" for key, _ in item.metadata)
        assert all(part in item.text for part in PARTS)
    assert "Chưa đọc được toàn văn" in items[make_entry(3).story.entry_id].text


@pytest.mark.skipif(bool(liferea.MISSING), reason=f"not installed: {', '.join(liferea.MISSING)}")
async def test_liferea(served: Served, store: SqlStore, clock: Clock, tmp_path: Path) -> None:
    """People who read in a window would miss headlines, dates, authors, texts or pictures, or get an edit as new."""
    kept = Path(os.environ.get("BANTIN_ARTEFACTS", tmp_path))
    kept.mkdir(parents=True, exist_ok=True)
    paths = ["/feeds/ttv.atom", "/feeds/ttv.rss"]
    with liferea.liferea(tmp_path / "home", [f"{served.address}{path[1:]}" for path in paths]) as reader:
        await asyncio.to_thread(reader.refresh)
        await until(lambda: all(len(reader.items(feed)) == 4 for feed in (0, 1)))
        check_liferea(reader.items(0), "author")
        check_liferea(reader.items(1), "creator")
        assert reader.items(0)[make_entry(3).story.entry_id].title == ODD

        await asyncio.to_thread(reader.click, *liferea.SECOND_HEADLINE)
        await until(lambda: served.statuses(PICTURE))  # the story's text is shown
        await asyncio.sleep(2)  # until it is painted
        await asyncio.to_thread(reader.picture, kept / "liferea.png")
        assert liferea.shows(kept / "liferea.png", red=120 * 120)

        await asyncio.to_thread(reader.refresh)
        await until(lambda: all(len(served.statuses(path)) == 2 for path in paths))
        assert [served.statuses(path) for path in paths] == [[200, 304]] * 2

        edit(store, clock)
        await asyncio.to_thread(reader.refresh)
        await until(lambda: all(make_entry(5).story.entry_id in reader.items(feed) for feed in (0, 1)))
        assert [len(reader.items(feed)) for feed in (0, 1)] == [5, 5]


# -- rss2email


class Mailbox:
    """rss2email in a home folder of its own, that puts mail into a folder."""

    def __init__(self, home: Path, feed: str) -> None:
        self.home = home
        for name in ("cur", "new", "tmp"):
            (home / "mail" / "INBOX" / name).mkdir(parents=True)
        (home / "config").write_text(
            "[DEFAULT]\nfrom = r2e@example.org\nto = me@example.org\nemail-protocol = maildir\n"
            f"maildir-path = {home}/mail\nmaildir-mailbox = INBOX\nhtml-mail = True\ndate-header = True\n"
            f"date-header-order = issued, modified\n[feed.ttv]\nurl = {feed}\n"
        )

    async def run(self) -> None:
        """Ask for the feed, as a cron job does."""
        assert R2E is not None
        words = [R2E, "-c", "config", "-d", "data.json", "run"]
        env = {"HOME": str(self.home), "LANG": "C.UTF-8", "PATH": os.defpath}
        done = await asyncio.to_thread(
            subprocess.run, words, cwd=self.home, env=env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def letters(self) -> dict[str, EmailMessage]:
        """What came, by subject."""
        files = sorted((self.home / "mail" / "INBOX" / "new").iterdir())
        read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        found = {str(letter["subject"]): letter for letter in read if isinstance(letter, EmailMessage)}
        assert len(found) == len(files), "a story came twice"
        return found


@pytest.mark.skipif(R2E is None, reason="rss2email is not installed: apt-get install rss2email")
@pytest.mark.parametrize("extension", ["atom", "rss"])
async def test_rss2email(served: Served, store: SqlStore, clock: Clock, tmp_path: Path, extension: str) -> None:
    """People who get feeds by mail would miss dates, authors or texts, or get a story again for each edit."""
    path = f"/feeds/ttv.{extension}"
    (tmp_path / "home").mkdir()
    box = Mailbox(tmp_path / "home", f"{served.address}{path[1:]}")
    await box.run()
    letters = box.letters()
    assert len(letters) == 4
    for number in (1, 2, 4):
        entry = make_entry(number)
        letter = letters[entry.article.title]
        assert parsedate_to_datetime(letter["date"]).timestamp() == published(entry)
        assert any(name in letter["from"] for name in AUTHORS)  # it has room for one
        body = letter.get_body()
        assert body is not None
        text = body.get_content()
        assert entry.story.url in text
        assert "<img" in text
        assert all(part in text for part in PARTS)
    await box.run()
    assert served.statuses(path) == [200, 304]
    edit(store, clock)
    await box.run()
    assert set(box.letters()) == {*letters, make_entry(5).article.title}


# -- reader


@pytest.mark.parametrize("extension", ["atom", "rss"])
async def test_reader(served: Served, store: SqlStore, clock: Clock, tmp_path: Path, extension: str) -> None:
    """Programs built on the library `reader` would miss what a story has, or take an edit for a new story."""
    library = pytest.importorskip("reader")
    path = f"/feeds/ttv.{extension}"
    url = f"{served.address}{path[1:]}"
    database = str(tmp_path / "reader.db")

    def look() -> dict[str, object]:
        """All entries by their ids, after another look at the feed."""
        with library.make_reader(database) as made:
            made.add_feed(url, exist_ok=True)
            made.update_feed(url)
            return {entry.id: entry for entry in made.get_entries()}

    found = await asyncio.to_thread(look)
    assert len(found) == 4
    for number in (1, 2, 4):
        entry = make_entry(number)
        shown = found[entry.story.entry_id]
        assert (shown.title, shown.link) == (entry.article.title, entry.story.url)
        assert shown.published is not None
        assert shown.published.timestamp() == published(entry)
        assert any(name in shown.authors_str for name in AUTHORS)
        text = shown.get_content(prefer_summary=False).value
        assert "<img" in text
        assert all(part in text for part in PARTS)
    assert found[make_entry(3).story.entry_id].published is None
    await asyncio.to_thread(look)
    assert served.statuses(path) == [200, 304]
    edit(store, clock)
    later = await asyncio.to_thread(look)
    assert set(later) == {*found, make_entry(5).story.entry_id}
    assert later[make_entry(2).story.entry_id].title == "Tin đã sửa"
