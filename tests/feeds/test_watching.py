"""What polls teach of how to watch a source: when its stories are edited, and what is learned of its rhythm."""

from __future__ import annotations

from datetime import timedelta

from feeds.deciding.changes import decide
from feeds.deciding.identity import entry_id
from feeds.deciding.schedule import next_look
from feeds.deciding.watching import LOOKED, steps
from feeds.model import Failure, Known, Listing, Story, Watch
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, article, audience, listing, read, source, state, teaser

NEVER, OFTEN = (100.0, 0.0), (100.0, 60.0)


def story(n: int = 0, **fields: object) -> Story:
    facts = {"source_id": "src", "url": f"{SITE}{n}", "first_seen": NOW, "updated": NOW, "fingerprint": "1:a"}
    return Story(**{**facts, "entry_id": entry_id(f"{SITE}{n}", 1), **fields})  # type: ignore[arg-type]


def test_looks_follow_the_edits() -> None:
    """A site whose stories are corrected within the hour would be looked at for a week, and not within the hour."""
    auto = source(auto=True, recheck=(900.0, 3600.0, 14400.0, 86400.0))
    watch = Watch(edits=(OFTEN, NEVER, NEVER, NEVER))
    taken = [steps(auto, watch, story(n)) for n in range(200)]
    assert sum(one == (450.0, 900.0, 86400.0) for one in taken) > 150
    assert 5 < sum(one == (450.0, 900.0, 3600.0, 14400.0, 86400.0) for one in taken) < 50, "some tell when that changes"
    assert next_look(auto, story(), NOW, (450.0, 900.0)) == NOW + timedelta(seconds=450)


def test_few_looks_tell_nothing() -> None:
    """After ten stories that nobody edited, the eleventh's correction would never be seen."""
    auto = source(auto=True)
    few = Watch(edits=((LOOKED - 1, 0.0),) * len(auto.recheck))
    assert steps(auto, few, story()) == auto.recheck
    assert steps(auto, Watch(), story()) == auto.recheck
    fixed = source()
    assert steps(fixed, Watch(edits=(NEVER,) * len(fixed.recheck)), story()) == fixed.recheck, "as it is written"


def test_looks_are_counted() -> None:
    """Nothing would be learned of when a source corrects its stories."""
    history = History(auto=True, recheck=(900.0, 3600.0))
    history.poll(read("a"), lists=[listing(teaser("a"), first=True)])
    for minutes, text in ((16, ""), (61, "Another text, which nobody has read before, about what became of a later.")):
        now = NOW + timedelta(minutes=minutes)
        (told,) = history.stories.values()
        history.poll(read("a", article("a", text), story=told), now=now)
    edits = [tuple(map(round, edit)) for edit in history.state.watch.edits]
    assert edits == [(1, 0), (1, 1)]


def test_times_that_nobody_states_are_spread() -> None:
    """Stories without times would all seem to come at the moments at which bantin looks."""
    history = History()
    history.poll(read("a"), lists=[listing(teaser("a"), first=True)])
    first = history.state.watch.rhythm
    assert first is not None
    assert sum(first.hours) == 0, "a first list without times tells nothing of when"
    history.poll(*(read(name) for name in "bcde"), now=NOW + timedelta(hours=4))
    then = history.state.watch.rhythm
    assert then is not None
    assert sum(count > 0.5 for count in then.hours) == 4


def test_a_list_that_fails_beside_one_that_is_pushed() -> None:
    """A source with one dead address of two would be polled each hour only, and its hub's posts be ignored."""
    failed = Failure(url=f"{SITE}other", cause="HTTP 503", at=NOW)
    lists = [listing(teaser("a")), Listing(url=f"{SITE}other", failure=failed)]
    due = decide(source(), state(), lists, [], Known(), audience(), NOW, pushed=True).state.due_at
    assert due - NOW <= timedelta(minutes=11)
    alone = decide(source(), state(), lists[:1], [], Known(), audience(), NOW, pushed=True).state.due_at
    assert alone - NOW >= timedelta(hours=1)
