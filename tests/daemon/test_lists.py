"""How a list is watched: itself, or the site's own feed where that tells the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import Clock
from tests.daemon.conftest import Polls
from tests.daemon.servers import answer, serving


async def auto(polls: Polls) -> None:
    """Poll the first list for the first time, finding out how it is best watched."""
    await polls.poll(kind="auto", urls=tuple(polls.site.lists()[:1]))
    polls.site.site.asked.clear()


def watched(polls: Polls) -> tuple[str | None, str | None]:
    """What is watched instead of the list, and why."""
    claim = polls.store.claim_source("look", "song-van", 60)
    polls.store.release("look")
    assert claim is not None
    (state,) = claim.listings.values()
    return state.via, state.why


async def test_good_feed_is_watched_instead(polls: Polls, clock: Clock) -> None:
    """A site's redesign would stop a source whose own feed goes on as before."""
    polls.site.site.feed = "good"
    await auto(polls)
    assert watched(polls)[0] == f"{polls.site.address}rss/thoi-su.rss"
    item = polls.site.newsroom.publish(clock.go_on(minutes=10), "thoi-su")
    changes = await polls.poll()
    assert [e.type for e in changes.events] == ["article.published"]
    assert (
        changes.revisions[0].article.body_text.split("\n\n") == item.paragraphs
    )  # in full, though the feed is cut short
    assert ("/thoi-su.htm", 200) not in polls.site.site.asked


@pytest.mark.parametrize(
    ("kind", "why"),
    [("stale", "of the 12 stories at the top"), ("whole", "mostly about other things"), (None, "no feed")],
)
async def test_feed_that_tells_something_else_is_not_taken(polls: Polls, kind: str | None, why: str) -> None:
    """A feed that stopped years ago, or that is of the whole site, would be published as the section's news."""
    for n in range(60):  # so that each section has more stories than its list shows
        polls.site.newsroom.publish(datetime(2026, 11, 21, 9, 0, tzinfo=UTC), ("thoi-su", "kinh-te", "van-hoa")[n % 3])
    polls.site.site.feed = kind
    await auto(polls)
    via, said = watched(polls)
    assert via is None
    assert why in (said or "")


async def test_feed_that_goes_away_is_replaced_by_the_list(polls: Polls, clock: Clock) -> None:
    """A site that takes its feed down would look as if it had stopped."""
    polls.site.site.feed = "good"
    await auto(polls)
    polls.site.site.feed = None
    item = polls.site.newsroom.publish(clock.go_on(minutes=10), "thoi-su")
    changes = await polls.poll()
    assert changes.state.failure is None
    assert item.title in polls.shown()
    assert watched(polls)[0] is None


async def test_choice_is_made_anew_after_a_week(polls: Polls, clock: Clock) -> None:
    """A feed that a site begins to offer would never be found."""
    await auto(polls)
    polls.site.site.feed = "good"
    assert (await polls.poll()).events == ()
    assert watched(polls)[0] is None
    clock.go_on(days=8)
    changes = await polls.poll()
    assert watched(polls)[0] is not None
    assert [e.type for e in changes.events if e.type == "article.published"] == []


async def test_found_choice_costs_no_further_guesses(polls: Polls) -> None:
    """A site would be asked for a dozen feeds that it does not have, at every poll."""
    await auto(polls)
    await polls.poll()
    assert {path for path, _ in polls.site.site.asked} == {"/thoi-su.htm"}


def sitemap(*numbers: int) -> bytes:
    news = "".join(
        f"<url><loc>/tin/{n}</loc><news:news><news:title>Bến {n} đón thuyền</news:title></news:news></url>"
        for n in numbers
    )
    return answer(f"<urlset>{news}</urlset>".encode())


async def test_an_index_of_sitemaps_is_followed_to_its_news(polls: Polls, clock: Clock) -> None:
    """A site whose only list is a sitemap index could not be watched, or stand still while its parts go on."""
    parts = "".join(f"<sitemap><loc>/news-{n}.xml</loc></sitemap>" for n in (1, 2))
    index = f"<sitemapindex>{parts}</sitemapindex>"
    async with serving(
        {"/sitemap.xml": answer(index.encode()), "/news-1.xml": sitemap(1), "*": answer(b"", status="404 Not Found")}
    ) as server:
        urls = (server.url("/sitemap.xml"),)
        first = await polls.poll(kind="sitemap", urls=urls)
        assert first.state.failure is None
        assert first.tally.new == 1
        server.says["/news-1.xml"] = sitemap(1, 2)
        clock.go_on(minutes=10)
        assert (await polls.poll(kind="sitemap", urls=urls)).tally.new == 1, "though the index is the same"
        server.says["/news-1.xml"] = answer(b"", status="503 Service Unavailable")
        clock.go_on(minutes=10)
        failed = await polls.poll(kind="sitemap", urls=urls)
        assert failed.state.failure is not None, "no part answers"
