"""Which story a look is about, what follows from it, and the reasons that people are told."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from feeds.deciding.draft import NEXT, Step
from feeds.model import Look, Status, Story
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, article, outcome, read

LATER = NOW + timedelta(minutes=30)
STORY = Story(source_id="s", entry_id="e", url=SITE, first_seen=NOW, updated=NOW)


def test_every_story_and_every_answer_have_a_next_step() -> None:
    """A poll would end in an error at the first story that is what nobody thought of."""
    answers = {*get_args(_outcomes())}
    assert set(NEXT) == set(get_args(Status))
    for status, steps in NEXT.items():
        assert answers <= set(steps), status
        assert set(steps.values()) <= set(get_args(Step))


def _outcomes() -> object:
    return next(field.type for field in msgspec.structs.fields(Look) if field.name == "outcome")


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ({}, "published"),
        ({"partial": True}, "partial"),
        ({"missing_since": NOW}, "missing"),
        ({"missing_since": NOW, "removed": NOW}, "removed"),
        ({"partial": True, "removed": NOW}, "removed"),
        ({"removed": NOW, "merged_into": "f"}, "merged"),
    ],
)
def test_status(made: dict[str, object], status: str) -> None:
    """A withdrawn story would be taken for one that can be read."""
    assert msgspec.structs.replace(STORY, **made).status == status


def told(history: History, *looks: Look, hours: int = 1) -> list[tuple[str, str]]:
    """What became of each look's story, and why, in words."""
    decisions = history.poll(*looks, now=NOW + timedelta(hours=hours)).decisions
    return [(decision.what, decision.why) for decision in decisions]


def test_reasons_of_a_life() -> None:
    """An operator who asks why a story stands there, or why nobody was told, would have to read the code."""
    history = History()
    assert told(history, outcome("failed", cause="answered with HTTP 503")) == [
        ("published from its teaser", "a new address; answered with HTTP 503")
    ]
    assert told(history, read("a"), hours=2) == [("completed", "its address")]
    assert told(history, read("a"), hours=3) == [("kept as it is", "its address; the same text")]
    edited = article("a", title="Headline a of the evening")
    assert told(history, read("a", edited), hours=4) == [("revised", "its address; another text")]
    assert told(history, outcome("unchanged"), hours=5) == [("kept as it is", "its address; the page is what it was")]
    assert told(history, outcome("gone", cause="HTTP 404"), hours=6) == [("missed", "HTTP 404; asked for once more")]
    assert told(history, outcome("gone", cause="HTTP 404"), hours=8) == [("removed", "HTTP 404, twice")]


def test_reasons_of_recognition() -> None:
    """Nobody could find out why two stories became one."""
    history = History()
    one = article("a")
    assert told(history, read("a", one)) == [("published", "a new address and a new text")]
    same = msgspec.structs.replace(one, url=f"{SITE}b")
    assert told(history, read("b", same), hours=2) == [("kept as it is", "its text; the same text")]
    led = read("c", one, final_url=f"{SITE}a")
    assert told(history, led, hours=3) == [("kept as it is", "the address that answered; the same text")]
    named = read("d", one)
    assert told(history, named, hours=4) == [("kept as it is", "the address that the page names; the same text")]


def test_a_story_that_was_renamed_stays_where_it_moved() -> None:
    """A second look in the same poll, at the address before, would move a renamed story back."""
    long = "The harbour of the old town is to be rebuilt from the ground up within four years, the council says. "
    parts = "\n\n".join(f"{long}{n} boats had to leave it last night while the storm went over." for n in (17, 31, 44))
    history = History()
    history.poll(read("harbour-plans", article("harbour-plans", text=parts)))
    renamed = article("harbour-decided", title="Headline of the harbour, decided", text=parts)
    old = Look(url=f"{SITE}harbour-plans", outcome="unchanged", story=history.shown[0])
    decisions = history.poll(old, read("harbour-decided", renamed), now=LATER).decisions
    assert decisions[0].why.startswith("its paragraphs, under another address")
    assert [story.url for story in history.shown] == [f"{SITE}harbour-decided"]
