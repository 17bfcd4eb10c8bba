"""A list that is not the list is a failed poll; a new make of it is followed in time."""

from __future__ import annotations

from datetime import timedelta

from feeds.deciding.drift import PATIENCE, doubted
from feeds.model import Habits, Listing, Teaser
from tests.feeds.makers import NOW, SITE, listing, teaser

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
