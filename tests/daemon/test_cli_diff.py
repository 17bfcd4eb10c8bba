"""``bantin diff``: which story is meant, and how it changed."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.model import Entry
from state.sql import SqlStore
from tests.daemon.commands import Run, command
from tests.daemon.conftest import Polls
from tests.samples import NOON, commit, make_entry

TEXTS = ("Hội làng có hai mươi đội.", "Hội làng có ba mươi đội đua.", "Hội làng có ba mươi đội đua, vui lắm.")


def edited(number: int, revision: int, **story: object) -> Entry:
    """The story's state at a revision."""
    facts = {"revision": revision, "updated": NOON + timedelta(hours=revision), **story}
    return make_entry(number, body_text=TEXTS[revision - 1], story=facts)


@pytest.fixture
def changed(filled: SqlStore) -> SqlStore:
    """The first story with three revisions."""
    for revision in (1, 2, 3):
        commit(filled, [edited(1, revision)])
    return filled


def test_the_last_two_revisions(run: Run, changed: SqlStore, file: Path) -> None:
    """Nobody could see what a newsroom changed after publication."""
    shown = run("diff", 1, "--config", file)
    assert shown.status == 0, shown.err
    assert "\x1b" not in shown.out
    assert "revision 2, seen on" in shown.out
    assert "to 3 (" in shown.out
    assert shown.out.endswith("text:\nHội làng có ba mươi đội đua{+, vui lắm+}.\n")
    found = run("diff", 1, "--config", file, "--json").json
    assert [item["number"] for item in found["revisions"]] == [1, 2, 3]
    assert found["compared"] == [2, 3]
    assert found["difference"]["fields"] == ["text"]


def test_two_revisions_by_number(run: Run, changed: SqlStore, file: Path) -> None:
    """An edit before the last one could not be looked at, or a mistyped number would compare something else."""
    assert "Hội làng có [-hai-] {+ba+} mươi [-đội-]{+đội đua+}." in run("diff", 1, 1, 2, "--config", file).out
    assert run("diff", 1, 3, 1, "--config", file, "--json").json["compared"] == [3, 1]
    wrong = run("diff", 1, 1, 9, "--config", file)
    assert (wrong.status, wrong.out) == (2, "")
    assert "no revision 9; there are: 1, 2, 3" in wrong.err
    assert run("diff", 1, 1, "--config", file).status == 2


def test_a_story_that_never_changed(run: Run, filled: SqlStore, file: Path) -> None:
    """People would look for a difference where there is none."""
    shown = run("diff", 3, "--config", file)
    assert shown.status == 0
    assert "there is one revision only, seen on" in shown.out
    found = run("diff", 3, "--config", file, "--json").json
    assert (found["compared"], found["difference"]) == (None, None)


def test_every_name_of_a_story(run: Run, changed: SqlStore, file: Path) -> None:
    """Someone who has the story's address or its id from the feed would have to look up a number first."""
    name = make_entry(1).story.entry_id
    bare = name.removeprefix("urn:uuid:")
    for word in (name, name[:20], bare, bare[:8].upper()):
        assert run("diff", word, "--config", file, "--json").json["entry_id"] == name, word


async def test_the_address_of_a_story(run: Run, polls: Polls, file: Path, store: SqlStore) -> None:
    """Someone who has only the link of a story would not find it."""
    await polls.poll()
    ((_, entry), *_) = store.entries(["song-van"], 1)
    words = ["diff", entry.story.url + "?utm_source=x#top", "--config", file, "--json"]
    assert (await asyncio.to_thread(run, *words)).json["entry_id"] == entry.story.entry_id


def test_what_names_no_story(run: Run, changed: SqlStore, file: Path) -> None:
    """A mistyped name would end in a traceback or in another story."""
    for word in ("99", "9" * 40, "http://nowhere.example/", "deadbeef", "làng", "%%%%", "urn:uuid:____"):
        lost = run("diff", word, "--config", file)
        assert (lost.status, lost.out) == (1, ""), word
        assert "bantin articles lists them" in lost.err
    assert run("diff", "http://[", "--config", file).status == 2


def test_a_story_of_two_sources(run: Run, changed: SqlStore, file: Path) -> None:
    """The story of another source would be shown for the one that is meant."""
    commit(changed, [make_entry(1, source="other")], source="other")
    name = make_entry(1).story.entry_id
    unclear = run("diff", name, "--config", file)
    assert unclear.status == 2
    assert "is a story of ttv, other; choose one with --source" in unclear.err
    assert run("diff", name, "--source", "other", "--config", file, "--json").json["source"] == "other"


def test_withdrawn_noisy_and_forgotten_stories(run: Run, changed: SqlStore, file: Path) -> None:
    """A story that the site withdrew could not be looked at any more, or one without texts would end in a traceback."""
    commit(changed, [edited(1, 3, removed=NOON, noisy=True)])
    shown = run("diff", 1, "--config", file)
    assert "withdrawn by the site" in shown.out
    assert "noisy: " in shown.out
    changed.forget(NOON + timedelta(days=99))
    forgotten = run("diff", 1, "--config", file)
    assert (forgotten.status, forgotten.err) == (0, "")
    assert "its text was forgotten" in forgotten.out


def test_articles_say_what_diff_takes(run: Run, changed: SqlStore, file: Path) -> None:
    """Nobody would know which stories changed, and how to ask for the difference."""
    commit(changed, [edited(2, 2, noisy=True)])
    shown = run("articles", "--config", file)
    rows = [line.split() for line in shown.out.splitlines()]
    assert rows[0][:5] == ["number", "source", "published", "revisions", "title"]
    assert {row[0]: row[5] for row in rows[1:]} == {"1": "3", "2": "2", "3": "1"}
    assert "(noisy)" in shown.out
    assert "bantin diff NUMBER" in shown.err
    assert run("articles", "--config", file, "--json").json[-1]["number"] == 1


def test_colour_on_a_terminal_only(changed: SqlStore, file: Path) -> None:
    """On a terminal the changed words would not stand out, or someone who wants no colour would get it."""
    for env, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        ours, theirs = pty.openpty()
        start = command("diff", 1, "--config", file, **env)
        done = subprocess.run(**start, stdout=theirs, stderr=subprocess.PIPE, timeout=60)
        os.close(theirs)
        said = os.read(ours, 65536).decode()
        os.close(ours)
        assert done.returncode == 0, done.stderr
        assert ("\x1b[32m, vui lắm\x1b[0m" in said) is coloured
        assert ("{+, vui lắm+}" in said) is not coloured
