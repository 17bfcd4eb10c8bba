"""What another text of a known story means, decided: the rules at the head of `feeds.deciding.texts`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from feeds.deciding.fingerprint import fingerprint
from feeds.deciding.texts import RESTLESS, grew
from feeds.deciding.wanted import looks
from feeds.model import Changes, Listing, Look, Story, UtcLabel
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, article, listing, outcome, read, teaser

LATER = NOW + timedelta(minutes=30)
PARAGRAPHS = [
    f"Đoạn thứ {n} kể tiếp câu chuyện về con đường ven sông Vân, nơi bà con {n} bản đi chợ phiên." for n in range(9)
]


def look(history: History, hour: int, *blocks: str, reading: str = "") -> Changes:
    """The page of the story as it is that hour."""
    page = article("a", "\n\n".join(blocks))
    return history.poll(read("a", page), now=NOW + timedelta(hours=hour), reading=reading)


def story_of(history: History) -> Story:
    story = next(iter(history.stories.values()))
    assert isinstance(story, Story)
    return story


# -- hashes of other versions


def test_upgrade_of_the_hash_announces_nothing() -> None:
    """The morning after an upgrade every story would be announced as edited."""
    history = History()
    look(history, 0, *PARAGRAPHS, "12 lượt xem")
    old = history.known.articles[story_of(history).entry_id]
    stored = msgspec.structs.replace(story_of(history), fingerprint=fingerprint(old, 1))
    history.stories[stored.entry_id] = stored
    history.known.by_key = dict.fromkeys(history.known.by_key, stored)
    changes = look(history, 1, *PARAGRAPHS, "14 lượt xem")
    assert (changes.events, changes.revisions, changes.visible) == ((), (), False)
    assert story_of(history).fingerprint == fingerprint(old)
    edited = look(history, 2, *PARAGRAPHS[1:])
    assert [event.type for event in edited.events] == ["article.revised"]


def test_story_known_by_an_old_hash_is_recognised_elsewhere() -> None:
    """After an upgrade a story listed under a second section would be published a second time."""
    history = History()
    history.poll(read("a"))
    stored = msgspec.structs.replace(story_of(history), fingerprint=fingerprint(article("a"), 1))
    history.known.by_key, history.known.by_fingerprint = {}, {fingerprint(article("a"), 1): stored}
    assert history.poll(read("b", article("a", url=f"{SITE}b")), now=LATER).events == ()


def test_hash_of_a_newer_version_is_read_quietly() -> None:
    """Going back to an older bantin would announce every story as edited."""
    history = History()
    look(history, 0, *PARAGRAPHS)
    newer = msgspec.structs.replace(story_of(history), fingerprint="9:beyond")
    history.stories[newer.entry_id] = newer
    history.known.by_key = dict.fromkeys(history.known.by_key, newer)
    changes = look(history, 1, *PARAGRAPHS[1:])
    assert (changes.events, changes.tally.reread, story_of(history).revision) == ((), 1, 1)
    assert [event.type for event in look(history, 2, *PARAGRAPHS[2:]).events] == ["article.revised"]


# -- other readers


def test_another_reader_replaces_a_text_quietly() -> None:
    """Subscribers would be told of an edit of every story when bantin learns to read a site better."""
    history = History()
    look(history, 0, *PARAGRAPHS, reading="1")
    changes = look(history, 1, *PARAGRAPHS[1:], reading="2")
    (revision,) = changes.revisions
    assert (changes.events, changes.tally.reread, changes.tally.revised) == ((), 1, 0)
    assert (revision.number, revision.seen_at) == (1, NOW)
    assert revision.article.body_text == "\n\n".join(PARAGRAPHS[1:])
    story = story_of(history)
    assert (story.updated, story.reading, story.revision) == (NOW, "2", 1)
    assert story.fingerprint == fingerprint(revision.article)
    assert changes.visible
    after = look(history, 2, *PARAGRAPHS[2:], reading="2")
    assert [event.type for event in after.events] == ["article.revised"]


def test_same_text_by_another_reader_is_marked_as_its() -> None:
    """The first edit after an upgrade would pass for the upgrade's doing, however long after it came."""
    history = History()
    look(history, 0, *PARAGRAPHS, reading="1")
    same = look(history, 1, *PARAGRAPHS, reading="2")
    assert (same.revisions, same.tally.reread, story_of(history).reading) == ((), 0, "2")
    assert [e.type for e in look(history, 2, *PARAGRAPHS[1:], reading="2").events] == ["article.revised"]


def test_story_that_names_no_reader_is_compared_as_before() -> None:
    """Edits made around the upgrade to this version would never be told."""
    history = History()
    look(history, 0, *PARAGRAPHS)
    assert [e.type for e in look(history, 1, *PARAGRAPHS[1:], reading="2").events] == ["article.revised"]
    assert story_of(history).reading == "2"


def test_misread_page_is_no_new_story_for_the_reader_that_mends_it() -> None:
    """Mending a profile would publish every story of a site again, where the old reading was quite wrong."""
    history = History()
    wrong = article("a", "Theo dõi chúng tôi trên mạng xã hội", title="Chuyên mục bạn đọc")
    told = teaser("a", summary=wrong.body_text)
    history.poll(read("a", wrong, teaser=told), reading="1")
    changes = history.poll(read("a", article("a", PARAGRAPHS[0]), teaser=told), now=LATER, reading="2")
    assert (changes.events, changes.tally.reread, len(history.shown)) == ((), 1, 1)


def test_stories_that_another_reader_reads_alike_stay_two() -> None:
    """A profile with a mistake in it would make the stories of a site one, or withdraw them."""
    history = History()
    history.poll(read("a", article("a", PARAGRAPHS[0])), read("b", article("b", PARAGRAPHS[1])), reading="1")
    alike = [article(name, "Theo dõi chúng tôi", title="Headline of the day") for name in "ab"]
    for hours in (1, 2):
        both = [read("a", alike[0]), read("b", msgspec.structs.replace(alike[1], url=f"{SITE}b"))]
        changes = history.poll(*both, now=NOW + timedelta(hours=hours), reading="2")
        assert changes.events == ()
    assert len(history.shown) == 2
    assert len({story.fingerprint for story in history.shown}) == 2


def test_source_without_full_text_hears_of_another_reader_at_once() -> None:
    """Headlines read in another way would be announced as edits, or the next true edit be kept back."""
    history = History(full_text=False)
    history.poll(outcome("skipped", "a"), outcome("skipped", "b"), reading="1")
    lists = [listing(teaser("a"), teaser("b", title="Headline b, as another reads it"))]
    chosen = looks(history.source, lists, history.known.by_key, (), LATER, "2")
    assert len(chosen) == 2
    changes = history.poll(*chosen, lists=lists, now=LATER, reading="2")
    assert (changes.events, changes.tally.reread) == ((), 1)
    assert looks(history.source, lists, history.known.by_key, (), LATER, "2") == []
    edited = outcome("skipped", "a", teaser=teaser("a", title="Headline a, corrected"))
    assert [e.type for e in history.poll(edited, now=LATER, reading="2").events] == ["article.revised"]


# -- pages that never rest


def test_page_that_never_rests_is_told_of_no_more() -> None:
    """A page that prints the temperature in its text would alert the newsroom at every look."""
    history = History()
    look(history, 0, *PARAGRAPHS, "Nhiệt độ lúc này là 20 độ.")
    told = [look(history, hour, *PARAGRAPHS, f"Nhiệt độ lúc này là {20 + hour} độ.") for hour in range(1, 7)]
    assert [len(changes.events) for changes in told] == [1] * (RESTLESS - 1) + [0, 0, 0]
    assert [changes.tally.noisy for changes in told] == [0] * (RESTLESS - 1) + [1, 1, 1]
    story = story_of(history)
    assert (story.noisy, story.restless, story.revision) == (True, 6, RESTLESS)
    assert story.updated == NOW + timedelta(hours=RESTLESS - 1)
    (revision,) = told[-1].revisions
    assert (revision.number, revision.seen_at) == (RESTLESS, story.updated)
    assert "26 độ" in history.known.articles[story.entry_id].body_text


@pytest.mark.parametrize("kind", ["read", "unchanged"])
def test_page_that_rests_again_is_told_of_again(kind: str) -> None:
    """A story that was edited four times in a morning would never be told of again."""
    history = History()
    for hour in range(RESTLESS + 1):
        look(history, hour, *PARAGRAPHS, f"Nhiệt độ lúc này là {20 + hour} độ.")
    assert story_of(history).noisy
    if kind == "read":
        look(history, 9, *PARAGRAPHS, f"Nhiệt độ lúc này là {20 + RESTLESS} độ.")
    else:
        history.poll(outcome("unchanged", "a"), now=NOW + timedelta(hours=9))
    assert (story_of(history).noisy, story_of(history).restless) == (False, 0)
    assert [e.type for e in look(history, 10, *PARAGRAPHS[1:]).events] == ["article.revised"]


def test_live_blog_is_told_of_each_time() -> None:
    """The live report of an election would fall silent after its third entry."""
    history = History()
    look(history, 0, *PARAGRAPHS[:2])
    for hour in range(1, 7):
        entries = PARAGRAPHS[2 : 2 + hour]
        changes = look(history, hour, PARAGRAPHS[0], *reversed(entries), PARAGRAPHS[1])
        assert [event.type for event in changes.events] == ["article.revised"]
    assert (story_of(history).restless, story_of(history).noisy) == (0, False)


def test_noisy_page_that_grows_is_told_of() -> None:
    """A live report with a changing line beside it would be silent though it brings news."""
    history = History()
    for hour in range(RESTLESS + 2):
        look(history, hour, *PARAGRAPHS[:6], f"Nhiệt độ lúc này là {20 + hour} độ.")
    assert story_of(history).noisy
    changes = look(history, 9, PARAGRAPHS[7], *PARAGRAPHS[:6], "Nhiệt độ lúc này là 40 độ.")
    assert [event.type for event in changes.events] == ["article.revised"]


@pytest.mark.parametrize(
    ("new", "is_growth"),
    [
        ([*PARAGRAPHS[:5], PARAGRAPHS[6]], True),
        ([PARAGRAPHS[6], *PARAGRAPHS[:5]], True),
        ([*PARAGRAPHS[:5], "Cập nhật lúc 14:05"], False),
        ([*PARAGRAPHS[:5], "Còn tiếp."], False),
        ([*PARAGRAPHS[:4], PARAGRAPHS[6]], False),
        (PARAGRAPHS[5:], False),
        (PARAGRAPHS[:4], False),
        ([], False),
    ],
)
def test_growth_is_a_new_paragraph_beside_the_old_ones(new: list[str], *, is_growth: bool) -> None:
    """A box of other stories that takes turns would pass for news, or a live report for noise."""
    assert grew("\n\n".join(PARAGRAPHS[:5]), "\n\n".join(new)) is is_growth


def test_removal_and_unread_pages_are_no_restlessness() -> None:
    """A page that often fails would be taken for one that often changes."""
    history = History()
    look(history, 0, *PARAGRAPHS)
    for hour in range(1, 8):
        history.poll(outcome("failed", "a"), now=NOW + timedelta(hours=hour), lists=[Listing(url=f"{SITE}list")])
    assert (story_of(history).restless, story_of(history).noisy) == (0, False)


def mislabelled(name: str, hour: int, label: UtcLabel = "contradicted") -> Look:
    told = article(name, published=datetime(2026, 11, 20, hour, 30, tzinfo=UTC), utc_label=label)
    return read(name, told)


def test_several_stories_contradict_a_label() -> None:
    """A site in New York that marks its local time as UTC would have all its stories five hours early, for ever."""
    history = History(timezone="America/New_York")
    first = history.poll(mislabelled("a", 8), mislabelled("b", 9))
    assert [r.article.published.hour for r in first.revisions if r.article.published] == [8, 9], (
        "two may be an accident"
    )
    then = history.poll(mislabelled("c", 10), now=NOW + timedelta(hours=1))
    (revision,) = then.revisions
    assert revision.article.published == datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    late = history.poll(mislabelled("d", 23), now=datetime(2026, 11, 21, 1, tzinfo=UTC))
    assert late.revisions[0].article.published == datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "never into the future"
    history.poll(mislabelled("e", 11, "confirmed"), now=NOW + timedelta(hours=3))
    assert history.state.mislabels == 0


@pytest.mark.parametrize(("kept", "is_growth"), [(8, True), (7, False)])
def test_a_text_that_grew_keeps_most_of_its_own(kept: int, is_growth: bool) -> None:
    """A page that shows other lines at each look would tell of news each time, or a live blog be taken for noise."""
    lines = [
        f"At {n} o'clock the harbour master said that boat number {n} had come in, with ice on its deck."
        for n in range(30)
    ]
    assert grew("\n\n".join(lines[:10]), "\n\n".join([*lines[20:26], *lines[:kept]])) is is_growth
