"""Whole polls of the invented site: what is published, what is asked for, what a failure costs."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from daemon.demo.serve import serve
from feeds.errors import StateError
from tests.conftest import Clock
from tests.daemon.conftest import Polls
from tests.samples import whole


async def test_first_poll_publishes_everything_and_announces_nothing(polls: Polls) -> None:
    """A new subscriber would get a part of the site, and the newsroom a flood."""
    changes = await polls.poll()
    assert changes.tally.new == 36
    assert changes.tally.partial == 0
    assert changes.events == ()
    assert polls.shown()[0] == polls.site.newsroom.items[0].title


async def test_article_is_read_as_the_newsroom_wrote_it(polls: Polls) -> None:
    """Readers would see another text, other authors or another time than the site's own."""
    await polls.poll()
    entries = {article.url: article for article in whole(polls.store, ["song-van"])}
    for item in polls.site.newsroom.items:
        article = entries[polls.site.address + item.path[1:]]
        assert article.title == item.title
        assert article.summary == item.summary
        assert article.body_text.split("\n\n") == item.paragraphs
        assert list(article.authors) == item.authors
        assert article.published == item.published
        assert article.credit == item.credit
        pictures = item.pictures[: len(item.paragraphs)]
        assert [i.url for i in article.images] == [polls.site.address + p.path[1:] for p in pictures]
        assert [i.caption for i in article.images] == [p.caption for p in pictures]
        assert list(article.tags) == [item.tag]
        assert article.language == "vi"


async def test_unchanged_site_costs_conditional_requests_only(polls: Polls, clock: Clock) -> None:
    """Every poll would load and read the whole site again."""
    await polls.poll()
    polls.site.site.asked.clear()
    changes = await polls.poll()
    assert changes.tally.new == 0
    assert polls.site.site.asked == {(f"/{name}.htm", 304): 1 for name in ("thoi-su", "kinh-te", "van-hoa")}


async def test_new_story_is_announced_once(polls: Polls, clock: Clock) -> None:
    """The alert that the newsroom waits for would not come, or come at every poll."""
    await polls.poll()
    item = polls.site.newsroom.publish(clock.go_on(minutes=10))
    changes = await polls.poll()
    assert [e.type for e in changes.events] == ["article.published"]
    assert polls.shown()[0] == item.title
    assert (await polls.poll()).events == ()


async def test_edit_is_seen_at_the_next_look(polls: Polls, clock: Clock) -> None:
    """A corrected story would stay wrong in every reader."""
    await polls.poll()
    item = polls.site.newsroom.items[5]
    added = polls.site.newsroom.edit(item)
    polls.site.site.asked.clear()
    assert (await polls.poll()).events == ()  # not due yet
    assert (await polls.look_again(minutes=16)).revised == 1
    texts = [article.body_text for article in whole(polls.store, ["song-van"])]
    assert sum(text.endswith(added) for text in texts) == 1
    others = {status for (path, status) in polls.site.site.asked if path != item.path and status != 200}
    assert others == {304}


async def test_edited_headline_in_the_list_is_looked_at_at_once(polls: Polls, clock: Clock) -> None:
    """A corrected headline would take a quarter of an hour to reach readers though the list shows it."""
    await polls.poll()
    polls.site.newsroom.items[3].title += " (cập nhật)"
    changes = await polls.poll()
    assert changes.tally.revised == 1


async def test_slug_that_follows_the_headline_is_no_second_story(polls: Polls, clock: Clock) -> None:
    """A corrected headline would bring its story a second time, wherever addresses are made of headlines."""
    await polls.poll()
    item = polls.site.newsroom.items[3]
    item.title, item.slug = "Cầu treo mới nối hai bờ", "cau-treo-moi-noi-hai-bo"
    changes = await polls.poll()
    assert (changes.tally.revised, changes.tally.new) == (1, 0)
    assert [story.url for story in changes.stories] == [polls.site.address + item.path[1:]]
    assert (await polls.poll()).stories == ()


async def test_another_profile_is_no_edit(polls: Polls, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Subscribers would be told of an edit of every story when an operator mends how a site is read."""
    await polls.poll()
    for item in polls.site.newsroom.items:
        item.paragraphs[-1] += " Như một bộ đọc khác sẽ thấy."
    monkeypatch.setattr(polls.poller.reader, "version", "1-another")
    tally = await polls.look_again(minutes=16)
    assert (tally.reread, tally.revised) == (36, 0)
    assert all("bộ đọc khác" in article.body_text for article in whole(polls.store, ["song-van"]))


async def test_withdrawn_story_leaves_the_feed(polls: Polls, clock: Clock) -> None:
    """A story that the newsroom took back would stay in its readers' feed."""
    await polls.poll()
    item = polls.site.newsroom.items[2]
    item.page = "gone"
    assert (await polls.look_again(minutes=16)).removed == 0
    assert (await polls.look_again(minutes=11)).removed == 1
    assert item.title not in polls.shown()


async def test_page_that_fails_is_published_from_its_teaser_and_completed(polls: Polls, clock: Clock) -> None:
    """One bad page would hide its story, or stay a teaser for ever."""
    await polls.poll()
    item = polls.site.newsroom.publish(clock.go_on(minutes=10))
    item.page = "error"
    changes = await polls.poll()
    assert changes.tally.partial == 1
    assert changes.stories[0].reason == "HTTP 500 Internal Server Error"
    item.page = "ok"
    assert (await polls.look_again(minutes=16)).completed == 1
    (article,) = whole(polls.store, ["song-van"], 1)
    assert article.body_text.split("\n\n") == item.paragraphs


async def test_many_stories_at_once_are_all_stored(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a big list only the first stories would ever be known."""
    monkeypatch.setattr("feeds.deciding.wanted.MAX_PAGES", 10)
    changes = await polls.poll()
    assert (changes.tally.new, changes.tally.partial) == (36, 26)
    for done in (10, 10, 6):
        changes = await polls.poll()
        assert changes.tally.completed == done
        assert changes.events == ()


async def bad_list(polls: Polls, body: str | Response, status: int = 200) -> str:
    """Poll a list that answers so, after a good poll; returns the recorded cause."""
    await polls.poll()
    before = polls.shown()

    async def answer(_: Request) -> Response:
        return body if isinstance(body, Response) else Response(body, status, media_type="text/html")

    async with serve(Starlette(routes=[Route("/{path:path}", answer)])) as address:
        changes = await polls.poll(urls=(f"{address}list.htm",))
    assert polls.shown() == before  # the last good feed is still there
    assert changes.events == ()
    failure = changes.state.failure
    assert failure is not None
    assert failure.url == f"{address}list.htm"
    assert changes.state.failures == 1
    return failure.cause


@pytest.mark.parametrize(
    ("body", "status", "cause"),
    [
        ("", 200, "is no HTML page"),
        ("%PDF-1.7 \x01\x02", 200, "is no HTML page"),
        ("<h1>gone</h1>", 404, "HTTP 404 Not Found"),
        ("<html><body><p>Nothing here</p></body></html>", 200, "lists no stories"),
        (
            "<html><title>Đăng nhập</title><form action=/login><input name=u><input type=password name=p></form>",
            200,
            "lists no stories",
        ),
    ],
)
async def test_bad_lists_are_recorded_failures(polls: Polls, body: str, status: int, cause: str) -> None:
    """A site that breaks would empty the feed, or fail without a word."""
    assert cause in await bad_list(polls, body, status)


async def test_redirect_into_the_local_network_is_refused(polls: Polls) -> None:
    """A hostile site could make bantin read the cloud's metadata service."""
    cause = await bad_list(polls, RedirectResponse("http://169.254.169.254/latest/meta-data/"))
    assert "169.254.169.254 is a private, loopback, link-local or reserved address" in cause


async def test_feed_address_that_gives_html_is_told(polls: Polls) -> None:
    """An operator whose feed address moved would not learn why nothing comes."""
    changes = await polls.poll(kind="feed")
    assert changes.state.failure is not None
    assert changes.state.failure.cause == "is no RSS, Atom or JSON feed but an HTML page"


async def test_list_that_becomes_empty_is_a_failure(polls: Polls) -> None:
    """A list that a redesign empties would look like a quiet day."""
    await polls.poll()
    for item in polls.site.newsroom.items:
        item.page = "gone"
    changes = await polls.poll()
    assert changes.state.failure is not None
    assert "it had" in changes.state.failure.cause


async def test_new_list_of_a_known_source_is_backlog(polls: Polls) -> None:
    """Adding a section to a source would flood the newsroom with that section's old stories."""
    await polls.poll(urls=tuple(polls.site.lists()[:1]))
    changes = await polls.poll(urls=tuple(polls.site.lists()))
    assert changes.tally.new > 0
    assert changes.events == ()


async def test_backlog_is_announced_where_it_is_asked_for(polls: Polls) -> None:
    """An operator who wants everything would miss what was there before."""
    changes = await polls.poll(announce_backlog=True)
    assert len(changes.events) == len(changes.deliveries) == 36


async def test_article_of_several_pages_is_joined(polls: Polls) -> None:
    """Readers would get the first page of a long story, and nothing would tell them that there is more."""
    newsroom = polls.site.newsroom
    item = newsroom.items[0]
    item.paragraphs = [f"Đoạn thứ {n} của bài dài kể tiếp câu chuyện về con đường ven sông Vân." for n in range(12)]
    item.pages = 3
    await polls.poll()
    article = next(article for article in whole(polls.store, ["song-van"]) if article.title == item.title)
    assert article.body_text.split("\n\n") == item.paragraphs
    assert not article.truncated
    assert polls.site.site.asked[(item.path, 200)] == 3


async def test_missing_page_of_an_article_is_no_half_story(polls: Polls, clock: Clock) -> None:
    """A story whose second page breaks would be announced, and then announced again as edited."""
    item = polls.site.newsroom.items[0]
    item.paragraphs = [f"Đoạn thứ {n} của bài dài kể tiếp câu chuyện về con đường ven sông Vân." for n in range(12)]
    item.pages, item.broken_page = 3, 2
    assert (await polls.poll()).tally.partial == 1
    item.broken_page = None
    assert (await polls.look_again(minutes=16)).completed == 1


async def test_database_that_fails_is_no_failure_of_the_site(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would be reported to the newsroom as the site's fault, and hold its sources claimed."""
    claim = polls.store.claim_source("test", "song-van", 60)
    assert claim is not None

    async def full(*_: object) -> None:
        raise StateError("bantin.db", "the disk is full", "free some space")

    monkeypatch.setattr(polls.poller.storage, "commit", full)
    said = await polls.poller.poll_safely(polls.source, claim, polls.audience)
    assert isinstance(said, str)
    assert "the disk is full; free some space" in said
    (row,) = polls.store.sources()
    assert (row.state.failure, row.leased) == (None, False)


async def test_mistake_of_ours_is_recorded_on_the_source(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug that one site brings out would poll it again and again without a word, or stop the daemon."""
    claim = polls.store.claim_source("test", "song-van", 60)
    assert claim is not None

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("daemon.polling.poll.wanted.looks", broken)
    changes = await polls.poller.poll_safely(polls.source, claim, polls.audience)
    assert not isinstance(changes, str)
    assert changes.state.failure is not None
    assert "a bug" in changes.state.failure.cause


@pytest.mark.parametrize(("pages", "read", "whole_story"), [(3, 3, True), (20, 20, True), (25, 20, False)])
async def test_a_story_of_several_pages(polls: Polls, pages: int, read: int, whole_story: bool) -> None:
    """The end of a long report would be missing in every reader, or a site of endless pages be asked without an end."""
    asked: list[str] = []

    async def answer(request: Request) -> Response:
        if request.url.path == "/list":
            links = "".join(f'<li><a href="/long-report-{n}-10000{n}.htm">The long report {n}</a></li>' for n in "ab")
            return Response(f"<html><body><main><ul>{links}</ul></main></body></html>", media_type="text/html")
        if request.url.path == "/robots.txt":
            return Response("", 404)
        number = int(request.query_params.get("page", "1"))
        asked.append(f"{request.url.path}?{number}")
        more = f'<link rel="next" href="{request.url.path}?page={number + 1}">' if number < pages else ""
        name = request.url.path.removeprefix("/long-report-")[:1]
        told = "".join(f"<p>Part {number} of report {name} has sentence {n}, and tells of it.</p>" for n in range(9))
        body = f"<article><h1>The long report {name}</h1>{told}</article>"
        head = f"<head><title>The long report {name}</title>{more}</head>"
        return Response(f"<html>{head}<body>{body}</body></html>", media_type="text/html")

    async with serve(Starlette(routes=[Route("/{path:path}", answer)])) as address:
        await polls.poll(urls=(f"{address}list",))
    found = whole(polls.store, ["song-van"], 5)
    assert len(asked) == 2 * read
    assert [article.truncated for article in found] == [not whole_story] * 2
    assert all(f"Part {read} of report" in article.body_text for article in found)
