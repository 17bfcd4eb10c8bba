"""A list that is not the list is a failed poll; a new make of it is followed in time."""

from __future__ import annotations

from datetime import timedelta

from feeds.deciding.drift import PATIENCE, doubted, followed, said
from feeds.model import Habits, Listing, Look, Page, Teaser
from tests.feeds.makers import NOW, SITE, article, listing, outcome, read, teaser

STORIES = [teaser(f"tin/{n}-lang-mo-hoi-{n}00123", published=NOW) for n in range(12)]
KNOWN = {f"https://news.example/tin/{n}-lang-mo-hoi-{n}00123" for n in range(12)}
LOG_IN = teaser("login/register-a-new-account-today", title="Register a new account today")


def usual() -> Habits:
    return doubted([listing(*STORIES)], set(), Habits(), NOW)[1]


def seen(*teasers: Teaser, habits: Habits, known: set[str] = KNOWN, hours: float = 1.0) -> tuple[Listing, Habits]:
    ((found,), after) = doubted([listing(*teasers)], known, habits, NOW + timedelta(hours=hours))
    return found, after


def test_a_login_page_with_a_link_like_a_headline_is_a_failed_poll() -> None:
    """ "Register a new account today" would be announced as news, and the outage go unnoticed."""
    found, habits = seen(LOG_IN, habits=usual())
    assert found.failure is not None
    assert "unlike all before" in found.failure.cause
    assert (found.teasers, found.state) == (None, None), "what was known of the list stays"
    assert seen(*STORIES, habits=habits)[0].failure is None


def test_side_columns_alone_are_no_list() -> None:
    """A list whose main part is empty would pass for a quiet day."""
    found, _ = seen(*STORIES[:4], habits=usual())
    assert found.failure is not None
    assert "its main part is missing" in found.failure.cause


def test_a_list_that_is_short_for_a_day_is_short() -> None:
    """A site that was redesigned would never be read again."""
    _, habits = seen(LOG_IN, habits=usual())
    assert seen(LOG_IN, habits=habits, hours=2 + PATIENCE / timedelta(hours=1))[0].failure is None


def test_new_stories_are_no_drift() -> None:
    """A busy day, or a list of this day's stories, would be taken for another page."""
    new = [teaser(f"tin/lang-khac-{n}00456", published=NOW) for n in range(12)]
    assert seen(*new, habits=usual())[0].failure is None
    assert seen(*new[:2], habits=usual())[0].failure is None, "of the same make"
    assert seen(*STORIES[:5], habits=usual())[0].failure is None, "more than a third"


def test_feeds_are_believed() -> None:
    """A feed that begins anew each morning would fail each morning."""
    habits = usual()
    watched = listing(LOG_IN, watched=True, url=f"{SITE}list")
    assert doubted([watched], KNOWN, habits, NOW)[0][0].failure is None


def test_a_page_that_takes_the_place_of_its_feed_is_doubted_by_what_the_feed_was_like() -> None:
    """The day that a site asks everybody to log in, its feed is gone as well, and the log-in page would be the list."""
    _, habits = doubted([listing(*STORIES, watched=True)], set(), Habits(), NOW)
    assert seen(LOG_IN, habits=habits)[0].failure is not None
    untimed = [teaser(f"tin/lang-xa-{n}00789", title=f"Làng xa số {n}") for n in range(20)]
    assert seen(*untimed, habits=habits)[0].failure is None


PAGE = Page(url=f"{SITE}list", body=b"<p>redesigned</p>")
NEW_MAKE = [f"2026/11/28/lang-song-van-{name}/" for name in ("dap-de", "mo-hoi", "be-lua", "xay-cau")]


def second_look(*looks: Look, hours: float = 2.0) -> tuple[Listing, list[Look], Habits]:
    """What is made of four stories in another make at the second look, after these looks at their pages."""
    redesigned = listing(*map(teaser, NEW_MAKE), page=PAGE)
    found, habits = seen(*(redesigned.teasers or ()), habits=usual())
    assert found.failure is not None, "the first look believes nothing"
    now = NOW + timedelta(hours=hours)
    lists, habits = doubted([redesigned], KNOWN, habits, now)
    assert [item.anew for item in lists] == [True]
    (kept,), taken, habits = followed(lists, looks, habits, now)
    return kept, taken, habits


def test_a_redesign_is_followed_at_the_second_look() -> None:
    """A site's new front page would be news a day late, and nobody would be told why."""
    pages = [read(name, article(name, published=NOW)) for name in NEW_MAKE]
    kept, taken, habits = second_look(*pages)
    assert (kept.failure, len(taken)) == (None, 4)
    assert "of another make since 21 November, 12:00 UTC: https://news.example/list" in (said(habits, NOW) or "")
    assert said(habits, NOW + 2 * PATIENCE) is None
    assert seen(*map(teaser, NEW_MAKE), habits=habits, hours=3)[0].failure is None


def test_what_a_log_in_page_links_to_is_no_redesign() -> None:
    """ "How to choose a password" would be news two polls after a site asked everybody to log in."""
    help_pages = [read(name, article(name)) for name in NEW_MAKE]
    asking = [read(name, article(name, published=NOW, gate="signing in")) for name in NEW_MAKE]
    missing = [outcome("gone", name) for name in NEW_MAKE]
    few = [*(read(name, article(name, published=NOW)) for name in NEW_MAKE[:2]), *missing[2:]]
    for pages in (help_pages, asking, missing, few, []):
        kept, taken, habits = second_look(*pages)
        assert kept.failure is not None
        assert (kept.page, kept.teasers, kept.state, taken) == (PAGE, None, None, [])
        assert said(habits, NOW) is None


def test_known_stories_are_looked_at_whatever_becomes_of_the_list() -> None:
    """An edit of a known story would wait for the redesign to be believed."""
    due = read("tin/1", article("tin/1"))
    _, taken, _ = second_look(due, outcome("failed", NEW_MAKE[0]))
    assert taken == [due]


def test_a_list_that_alternates_between_two_makes_goes_on_being_read() -> None:
    """A site that tries a new front page on every second visitor would never be read again, or fail for ever."""
    habits, failed = usual(), 0
    others = [teaser(name, published=NOW) for name in NEW_MAKE]
    known = set(KNOWN)
    for hour in range(1, 30):
        now = NOW + timedelta(hours=hour)
        new = [teaser(f"tin/{100 + hour}-lang-mo-hoi-{hour}00999", published=NOW)]
        makes = [[*new, *STORIES[1:]], [*others[:3], teaser(f"2026/11/28/lang-moi-{hour}/")]]
        (found,), habits = doubted([listing(*makes[hour % 2])], known, habits, now)
        pages = [read(t.url.removeprefix(SITE), article(t.url.removeprefix(SITE), published=NOW)) for t in makes[1]]
        (found,), _, habits = followed([found], pages, habits, now)
        failed += found.failure is not None
        known |= {t.url for t in found.teasers or ()}
    assert failed <= 2
    assert len(known) > len(KNOWN) + 20


def test_one_page_at_all_addresses_of_a_source_is_doubted_at_each() -> None:
    """The log-in page would be believed at the one address that has few stories, and be news."""
    short = [teaser("tin/hom-nay-1"), teaser("login/welcome-to-the-village-news")]
    habits = doubted([listing(*STORIES), listing(*short, url=f"{SITE}short")], set(), Habits(), NOW)[1]
    now = NOW + timedelta(hours=1)
    lists, _ = doubted([listing(LOG_IN), listing(LOG_IN, url=f"{SITE}short")], KNOWN, habits, now)
    assert [item.failure is not None for item in lists] == [True, True]
    lists, _ = doubted([listing(LOG_IN), listing(*short, url=f"{SITE}short")], KNOWN, habits, now)
    assert [item.failure is not None for item in lists] == [True, False]


def test_a_short_list_that_is_another_page_is_doubted() -> None:
    """A section with four stories would turn into one that asks its readers to log in."""
    habits = doubted([listing(*STORIES[:4])], set(), Habits(), NOW)[1]
    assert seen(LOG_IN, habits=habits)[0].failure is not None
    assert seen(teaser("tin/moi-2026-00999"), habits=habits)[0].failure is None, "of the same make"
