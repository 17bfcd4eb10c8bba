"""Which pages a poll asks for, which dates and addresses of a page are believed, and how a list is watched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from feeds.deciding.credible import MISLABELS, counted, credible, dated, warning
from feeds.deciding.wanted import MAX_NEW, MAX_PAGES, bounded, known_by, led_elsewhere, looks, to_fetch
from feeds.deciding.watch import TOP, Candidate, choose, is_stale
from feeds.model import ListingState, Look, Story, Teaser, UtcLabel
from tests.conftest import NOW
from tests.feeds.makers import SITE, article, listing, read, source, teaser

STORY = Story(source_id="src", entry_id="e", url=f"{SITE}a", first_seen=NOW, updated=NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def named(count: int, begin: int = 0) -> list[Teaser]:
    return [teaser(f"n{n}") for n in range(begin, begin + count)]


# -- what is asked for


def test_a_poll_asks_for_so_many_pages() -> None:
    """A first look at a large site would ask for a thousand pages in one go."""
    chosen = looks(source(), [listing(*named(MAX_PAGES + 5))], {}, (), NOW)
    assert len(chosen) == MAX_PAGES + 5
    assert to_fetch(source(), chosen) == MAX_PAGES == 60, "as docs/reference/limits.md says"
    assert to_fetch(source(), chosen[:3]) == 3
    assert to_fetch(source(full_text=False), chosen) == 0


def test_what_finds_no_room_is_read_by_the_next_poll() -> None:
    """Stories beyond the limit of a poll would be lost, or be announced as news a week later."""
    lists = [listing(*named(MAX_NEW + 2), first=True)]
    chosen = looks(source(), lists, {}, (), NOW)
    kept, again = bounded(chosen, lists)
    assert len(kept) == MAX_NEW
    assert again[0].state is None
    same, untouched = bounded(chosen[:MAX_NEW], lists)
    assert (len(same), untouched) == (MAX_NEW, lists)


def test_a_story_is_asked_for_when_its_time_has_come() -> None:
    """A known story would be asked for at every poll, or never again."""
    later, due = (msgspec.structs.replace(STORY, next_look=NOW + by) for by in (HOUR, -HOUR))
    heard = msgspec.structs.replace(later, listed_as=())
    lists = [listing(teaser("a"))]
    assert [look.story for look in looks(source(), lists, {f"{SITE}a": due}, (), NOW)] == [due]
    assert looks(source(), lists, {f"{SITE}a": heard}, (), NOW) != [], "its headline is another one"


def test_by_what_a_look_may_be_known() -> None:
    """A story under a second address would be a second story."""
    look = read("a", article("a", url=f"{SITE}b"), final_url=f"{SITE}c")
    keys, marks = known_by([look])
    assert {f"{SITE}{name}" for name in "abc"} <= keys
    assert len(marks) == 2


# -- redirects


@pytest.mark.parametrize(
    ("url", "story", "outcome"),
    [
        (f"{SITE}a-moved", STORY, None),
        ("https://www.news.example/a", STORY, None),
        ("https://consent.example/", STORY, "failed"),
        ("https://elsewhere.example/a", STORY, "failed"),
        ("https://elsewhere.example/a", None, None),
        ("https://elsewhere.example/a", msgspec.structs.replace(STORY, partial=True), None),
        (SITE, None, "gone"),
        (SITE, STORY, "gone"),
    ],
)
def test_where_a_page_led(url: str, story: Story | None, outcome: str | None) -> None:
    """A consent page on another host would become the story, or a withdrawn one live on as a front page."""
    found = led_elsewhere(Look(url=f"{SITE}a", outcome="skipped", story=story), url)
    assert (found.outcome if found else None) == outcome


# -- what of a page is believed


@pytest.mark.parametrize(("ahead", "believed"), [(DAY, True), (DAY + timedelta(seconds=1), False)])
def test_a_date_may_be_a_day_ahead(ahead: timedelta, believed: bool) -> None:
    """A misprinted year would put a story on top of the feed for a year; zones, though, differ by a day."""
    told = article("a", published=NOW + ahead)
    assert (credible(told, source(), NOW).published is not None) is believed
    assert (warning(read("a", told), NOW) is None) is believed


@pytest.mark.parametrize("canonical", [SITE, f"{SITE}list", f"{SITE}list/", "https://news.example"])
def test_a_canonical_link_to_a_list_is_not_the_story(canonical: str) -> None:
    """All stories of a site whose template names its section would be one."""
    told = article("a", url=canonical)
    assert credible(told, source(), NOW, f"{SITE}a").url == f"{SITE}a"


@pytest.mark.parametrize(("moved", "kept"), [(DAY - timedelta(seconds=1), True), (DAY, False)])
def test_a_date_that_moves_with_an_edit_is_the_first(moved: timedelta, kept: bool) -> None:
    """Each correction of a typo would bring the story to the top again, or a wrong date stay for ever."""
    old = article("a", published=NOW - 3 * DAY)
    new = article("a", published=NOW - 3 * DAY + moved)
    assert (dated(new, old).published == old.published) is kept


def labelled(*labels: UtcLabel | None) -> list[Look]:
    return [read(f"s{n}", article(f"s{n}", utc_label=label)) for n, label in enumerate(labels)]


def test_a_clock_is_believed_against_its_label_after_three() -> None:
    """One odd page would move the times of all stories by hours."""
    assert counted(labelled("contradicted", None, "contradicted"), 0) == 2
    assert counted(labelled("contradicted"), 2) == MISLABELS
    assert counted(labelled("contradicted", "confirmed"), 2) == 0
    odd = article("a", published=datetime(2026, 11, 20, 22, 39, tzinfo=UTC), utc_label="contradicted")
    of = source(timezone="Asia/Ho_Chi_Minh")
    assert credible(odd, of, NOW, mislabels=MISLABELS - 1).published == odd.published
    moved = credible(odd, of, NOW, mislabels=MISLABELS).published
    assert moved == datetime(2026, 11, 20, 15, 39, tzinfo=UTC)


# -- how a list is watched


def feed(*teasers: Teaser, named_by_page: bool = True) -> Candidate:
    return Candidate(url=f"{SITE}feed", kind="feed", teasers=teasers, named=named_by_page)


@pytest.mark.parametrize(("shared", "kind"), [(9, "feed"), (8, "listing")])
def test_a_feed_has_three_quarters_of_the_top(shared: int, kind: str) -> None:
    """A feed that leaves out every third story would take the place of the whole list."""
    listed = named(TOP)
    assert choose(f"{SITE}list", listed, [feed(*listed[:shared])], NOW).kind == kind


@pytest.mark.parametrize(("foreign", "kind"), [(2, "feed"), (3, "listing")])
def test_a_feed_is_about_the_same(foreign: int, kind: str) -> None:
    """The feed of the whole site would bring every section into one."""
    listed = named(TOP)
    items = [*named(foreign, 100), *listed]
    assert choose(f"{SITE}list", listed, [feed(*items)], NOW).kind == kind


@pytest.mark.parametrize(
    ("age", "by_page", "kind"),
    [(7 * DAY, True, "feed"), (8 * DAY, True, "listing"), (HOUR, False, "listing")],
)
def test_an_empty_list_is_watched_by_a_live_feed_that_it_names(age: timedelta, by_page: bool, kind: str) -> None:
    """A feed that stopped years ago, or that was only guessed, would take the place of a list built by scripts."""
    items = feed(teaser("a", published=NOW - age), named_by_page=by_page)
    assert choose(f"{SITE}list", [], [items], NOW).kind == kind


@pytest.mark.parametrize(("chosen", "stale"), [(None, True), (NOW - 7 * DAY, False), (NOW - 7 * DAY - HOUR, True)])
def test_the_choice_is_made_anew_after_a_week(chosen: datetime | None, stale: bool) -> None:
    """A site's new feed would never be found, or all of its guesses be asked for at every poll."""
    assert is_stale(ListingState(chosen=chosen), NOW) is stale
