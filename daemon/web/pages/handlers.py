"""The pages for people, as answers to requests."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cachetools import LRUCache
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from daemon.config import Config
from daemon.storage import Storage
from daemon.threads import for_pages
from daemon.web.feeds.assemble import Which, names_of
from daemon.web.feeds.conditional import respond
from daemon.web.feeds.moved import Moved
from daemon.web.feeds.rendered import Document, Documents, make_document
from daemon.web.pages import render
from daemon.web.pages.changes import CHANGES, changes_page
from daemon.web.pages.context import MAX_QUESTION, View, chosen_of, view_of
from daemon.web.pages.story import Found, article_page
from feeds.deciding.filters import Judge, rules_of
from feeds.model import Entry, FeedSpec
from state.store import ChangeRow

SAFE = {
    # Recordings are their sites', and nothing of them is asked for before somebody plays one.
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "media-src http: https:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",  # other people's texts: search engines have them from where they are
}
LANGUAGE = "Accept-Encoding, Accept-Language"  # what pages depend on
MAX_ANSWERS = 50  # to questions, each with fifty stories at most
MAX_READ = 10  # times that changes are read for one page, while a filter leaves them out
AT_ONCE = 4  # pages, from reading what they show on; those that wait hold nothing
COMPARED = 20  # revisions of a story on its page, the newest; a noisy one may have hundreds
Answer = tuple[list[Entry], int | None]  # stories, and before which number there are more

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class People:
    """The handlers of pages."""

    def __init__(self, config: Callable[[], Config], storage: Storage, documents: Documents, moved: Moved) -> None:
        self.config, self._storage, self._documents, self._moved = config, storage, documents, moved
        self._answers: LRUCache[tuple[str, str, int | None], asyncio.Future[Answer]] = LRUCache(MAX_ANSWERS)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._answers_of: tuple[Config, int] | None = None

    async def stories(self, request: Request) -> Response:
        """``/``: the newest stories; ``?source=``, ``&section=``, ``&day=`` choose among them, ``&before=`` pages."""
        config, view = self.config(), view_of(request, "source", "section", "day", "before")
        chosen = chosen_of(view)
        which = Which(chosen.section, chosen.span(config.zone))
        async with self._at_once:
            assembler = self._documents.assembler
            feed = _everything(config, chosen.source)
            failing = await self._storage.sources(failing=True)
            entries, older = await assembler.page(config, feed, render.NEWEST, before_of(view), which)
            return await page(request, lambda: render.stories_page(config, failing, entries, chosen, view, older), view)

    async def changes(self, request: Request) -> Response:
        """``/changes``: what was edited or withdrawn, the last first; ``?source=`` and ``&kind=`` choose."""
        config, view = self.config(), view_of(request, "source", "kind", "before")
        chosen, before = chosen_of(view), _moment_before(view)
        feed = _everything(config, chosen.source)
        async with self._at_once:
            rows, older = await self._changes(config, feed, chosen.kind, before)
            return await page(
                request,
                lambda: changes_page(config, rows, chosen, view, older=older, first=before is None),
                view,
            )

    async def _changes(
        self, config: Config, feed: FeedSpec, kind: str, before: tuple[datetime, int] | None
    ) -> tuple[list[ChangeRow], str | None]:
        """A page of changes, and before which there are more."""
        rules, shown = names_of(config, feed), list[ChangeRow]()
        for _ in range(MAX_READ):
            found = await self._storage.changes(feed.sources, CHANGES + 1, before, rules, kind)
            entries = [(row.number, row.entry) for row in found]
            seen = {number for number, _ in await self._documents.assembler.judged(config, feed, entries)}
            shown += [row for row in found if row.number in seen]
            if len(shown) > CHANGES or len(found) <= CHANGES:
                break
            before = found[-1].at, found[-1].number
        else:  # rules leave out nearly all; there may be more behind
            if before is not None and len(shown) <= CHANGES:
                return shown, _cursor(*before)
        if len(shown) <= CHANGES:
            return shown, None
        last = shown[CHANGES - 1]
        return shown[:CHANGES], _cursor(last.at, last.number)

    async def feeds(self, request: Request) -> Response:
        """``/feeds/``: every feed, to subscribe to."""
        config, view = self.config(), view_of(request, "before")
        return await page(request, lambda: render.feeds_page(config, view, before_of(view) or 0), view)

    async def feed(self, request: Request) -> Response:
        """``/feeds/ID/``: the feed for people; ``?before=N`` has the stories before that one."""
        config, view = self.config(), view_of(request, "before")
        found = config.feed(request.path_params["feed"])
        if found is None:
            return await self._moved.answer(request, request.path_params["feed"], "../", "/")
        fares = await self._storage.versions(found.sources)
        async with self._at_once:
            entries, older = await self._documents.assembler.page(config, found, render.ENTRIES, before_of(view))
            return await page(
                request, lambda: render.feed_page(config, found, entries, view, older=older, fares=fares), view
            )

    async def feed_in_a_browser(self, request: Request, feed: FeedSpec, address: str, archive: int | None) -> Response:
        """The feed's own address, opened by somebody: what it holds, to be read, and what the address is for."""
        config, view, assembler = self.config(), view_of(request), self._documents.assembler
        address += view.secret
        async with self._at_once if archive is None else self._documents.archives_at_once:
            if archive is None:
                entries, _ = await assembler.page(config, feed, render.ENTRIES)
            else:
                last = await assembler.last_archive(config, feed)
                document = await assembler.archive(config, feed, "", archive, last)
                if document is None:
                    raise HTTPException(404, f"no archive {archive} of this feed (yet)")
                entries = list(document.entries)
            response = await page(
                request,
                lambda: render.feed_page(config, feed, entries, view, address=address, archive=archive),
                view,
                f"{LANGUAGE}, Sec-Fetch-Dest",
            )
        response.headers["cache-control"] = "no-store"  # a reader's request must not find this
        return response

    async def search(self, request: Request) -> Response:
        """``/search?q=…``: stories with all these words; ``&before=N`` has those before that one."""
        config, view = self.config(), view_of(request, "q", "source", "before")
        chosen = chosen_of(view)
        question = " ".join(request.query_params.get("q", "")[:MAX_QUESTION].split())
        before = before_of(view)
        found, older = await self._found(config, question, chosen.source, before) if question else ([], None)
        return await page(
            request,
            lambda: render.search_page(config, question, found, chosen, view, older=older, first=before is None),
            view,
        )

    async def _found(self, config: Config, question: str, source: str, before: int | None) -> Answer:
        """A page of answers, and before which number there are more; kept for as long as nothing changes."""
        version = await self._storage.version()
        if self._answers_of is None or self._answers_of[0] is not config or self._answers_of[1] != version:
            self._answers, self._answers_of = LRUCache(MAX_ANSWERS), (config, version)
        answers, name = self._answers, (question, source, before)
        if name not in answers:
            answers[name] = asyncio.ensure_future(self._search(config, question, source, before))
        try:
            return await asyncio.shield(answers[name])
        except BaseException:
            answers.pop(name, None)
            raise

    async def _search(self, config: Config, question: str, source: str, before: int | None) -> Answer:
        everything, most = _everything(config, source), render.ENTRIES
        rules = names_of(config, everything)
        found = await self._storage.search(question, most + 1, everything.sources, rules, before)
        older = found[most - 1][0] if len(found) > most else None
        shown = await self._documents.assembler.judged(config, everything, found[:most])
        told: dict[str, Entry] = {}
        for _, entry in shown:
            if entry.story.removed is None:
                told.setdefault(entry.story.entry_id, entry)
        return list(told.values()), older

    async def article(self, request: Request) -> Response:
        """``/articles/ID/``: a story, how it changed, and where else it is told; withdrawn ones, too."""
        name, config, view = (
            request.path_params["article"].lower(),
            self.config(),
            view_of(request, "version", "from", "to"),
        )
        if not _UUID.fullmatch(name):
            raise HTTPException(404, "no such article")
        async with self._at_once:
            found = await self._storage.story(f"urn:uuid:{name}", last=COMPARED + 1)
            showing = await self._showing(config, f"urn:uuid:{name}", found)
            if found and all(story.merged_into for story, _ in found):
                # Its teaser was published before its page showed that it is another one's.
                other = (found[0][0].merged_into or "").removeprefix("urn:uuid:")
                return Response(status_code=308, headers={"location": f"../{other}/{view.query}"})
            html = await for_pages(article_page, config, found, showing, view)
        if html is None:
            raise HTTPException(404, "no such article")
        return await page(request, lambda: html, view)

    async def _showing(self, config: Config, name: str, found: Found) -> set[str]:
        """The sources whose rules let the story through; without a text nobody can say."""
        sources = {story.source_id: source for story, _ in found if (source := config.source(story.source_id))}
        rules = {of: rule for of, source in sources.items() if (rule := rules_of(source)) is not None}
        names = {of: rule.name for of, rule in rules.items()}
        known = await self._storage.showing(name, names)
        unasked = {
            story.source_id: kept[-1].article for story, kept in found if kept and not known.get(story.source_id, True)
        }

        def ask() -> set[str]:
            judge = Judge(time.thread_time)
            return {of for of, told in unasked.items() if judge.verdict(rules.get(of), told) is not False}

        return {of for of, judged in known.items() if judged} | (await for_pages(ask) if unasked else set())

    async def article_slash(self, request: Request) -> Response:
        """``/articles/ID``: one slash further, as that of a feed."""
        name = request.path_params["article"]
        if not _UUID.fullmatch(name.lower()):
            raise HTTPException(404, "no such article")
        return Response(status_code=308, headers={"location": f"{name}/{view_of(request).query}"})


async def page(request: Request, render: Callable[[], str], view: View, vary: str = LANGUAGE) -> Response:
    """A page as an answer, rendered and packed in a thread."""

    def made() -> Document:
        return make_document(render().encode("utf-8", "replace"), "text/html; charset=utf-8", datetime.now(UTC))

    response = respond(request, await for_pages(made), public=False)
    response.headers.update(SAFE)
    del response.headers["last-modified"]  # pages tell the time since; the ETag says whether they changed
    response.headers["cache-control"] = "private, no-cache"
    response.headers["vary"] = vary
    response.headers["content-language"] = view.language.code
    return response


def before_of(view: View) -> int | None:
    """The number in ``?before=N``."""
    before = view.here.get("before", "")
    return int(before) if _NUMBER.fullmatch(before) else None


def _cursor(at: datetime, number: int) -> str:
    """What ``?before=`` takes."""
    return f"{(at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)}-{number}"


def _moment_before(view: View) -> tuple[datetime, int] | None:
    """The time and the story in ``?before=MILLISECONDS-N``."""
    at, _, number = view.here.get("before", "").partition("-")
    if not (_NUMBER.fullmatch(at) and _NUMBER.fullmatch(number)):
        return None
    with suppress(OverflowError):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(at)), int(number)
    return None


def _everything(config: Config, only: str = "") -> FeedSpec:
    """All sources, or one of them, as a feed: what several tell alike is there once."""
    names = tuple(source.id for source in config.sources if not only or source.id == only)
    return FeedSpec(id="", title="", sources=names, merge=len(names) > 1)
