"""What one poll found: `decide` takes what is known and what was read, and returns one value.

It touches nothing: no clock, no chance, no database. Rules:

1. A story is known by its addresses and by its text (`feeds.deciding.identity`); the same text is the same story.
2. A page that cannot be read makes a *partial* story, published from its teaser. Completing it is no revision.
3. A new fingerprint is a new revision of the same story, and one event; the same fingerprint is nothing at all.
4. Gone at two looks, the second a minute or a poll later (whichever is longer), is removed.
5. What was listed when an address was read for the first time is backlog: published in feeds, announced to nobody.
6. Events and deliveries are part of the value: they exist exactly when the revision does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from feeds.deciding import schedule
from feeds.deciding.difference import compare
from feeds.deciding.events import Audience, article_event, deliveries, source_event
from feeds.deciding.fingerprint import fingerprint, of_teaser
from feeds.deciding.identity import announced, entry_id, key, wholly_different
from feeds.model import (
    Article,
    Changes,
    Event,
    Image,
    Known,
    Listing,
    Look,
    Revision,
    Source,
    SourceState,
    Story,
    Tally,
    Teaser,
    Validators,
)

MAX_WORDINGS = 8  # of one story's headline in lists, the newest kept
MAX_AHEAD = timedelta(days=1)  # a date further in the future than this is treated as absent


def decide(
    source: Source,
    state: SourceState,
    listings: Sequence[Listing],
    looks: Sequence[Look],
    known: Known,
    audience: Audience,
    now: datetime,
    *,
    luck: float = 0.0,
) -> Changes:
    """Decide what a poll of ``source`` at ``now`` changes; ``luck`` in [0, 1) only spreads the next due time."""
    draft = _Draft(source, known, audience, now)
    if all(listing.teasers is not None for listing in listings):
        draft.listed = {key(teaser.url) for listing in listings for teaser in listing.teasers or ()}
    for look in _oldest_first(looks):
        draft.take(look)
    after, event = _after(source, state, listings, audience, now, luck)
    if event is not None:
        draft.events.append(event)
    return Changes(
        state=after,
        listings={item.url: item.state for item in listings if item.state is not None},
        stories=tuple(draft.stories.values()),
        revisions=tuple(draft.revisions.values()),
        addresses=draft.addresses,
        events=tuple(draft.events),
        deliveries=tuple(item for event in draft.events for item in deliveries(event, audience)),
        visible=draft.visible,
        tally=draft.tally,
    )


def from_teaser(teaser: Teaser, language: str | None = None) -> Article:
    """The article as far as its teaser tells it."""
    return Article(
        url=teaser.url,
        title=teaser.title,
        summary=teaser.summary,
        authors=teaser.authors,
        published=teaser.published,
        language=language,
        images=(Image(url=teaser.image),) if teaser.image else (),
        content_html=teaser.content_html or "",
    )


def listed(teaser: Teaser | None, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The wordings under which a story was listed, with this one."""
    if teaser is None or of_teaser(teaser) in before:
        return before
    return (*before, of_teaser(teaser))[-MAX_WORDINGS:]


def _oldest_first(looks: Sequence[Look]) -> list[Look]:
    """Stories of one poll are stored oldest first, so that "the newest 100" is right from the first poll on.

    Lists show the newest first: that decides where two have the same time, or none.
    """

    def published(look: Look) -> datetime:
        told = (look.article and look.article.published) or (look.teaser and look.teaser.published)
        return told or datetime.max.replace(tzinfo=UTC)

    backwards = list(reversed(looks))
    return sorted(backwards, key=published)


class _Draft:
    """The changes as they grow, look by look. Lives for one call of `decide`."""

    def __init__(self, source: Source, known: Known, audience: Audience, now: datetime) -> None:
        self.source, self.known, self.audience, self.now = source, known, audience, now
        self.listed: set[str] | None = None  # None: some list was not read anew, and may still name any story
        self.lists = {key(url) for url in source.urls}
        self.stories: dict[str, Story] = {}
        self.revisions: dict[tuple[str, int], Revision] = {}
        self.addresses: dict[str, str] = {}
        self.events: list[Event] = []
        self.visible = False
        self.tally = Tally()

    def take(self, look: Look) -> None:
        story = self._known_story(look)
        if look.outcome == "read" and look.article is not None:
            self._read(look, self._believable(look.article, look.final_url or look.url), story)
        elif story is None:
            if look.teaser is not None and look.teaser.title:
                self._new_from_teaser(look, look.teaser)
        elif look.outcome == "skipped":
            self._relisted(look, story)
        else:
            self._looked(look, story)

    # -- pages that could be read

    def _read(self, look: Look, article: Article, story: Story | None) -> None:
        mark = fingerprint(article)
        keys = {key(look.url), key(look.final_url or look.url), key(article.url)}
        if story is None:
            story = self._same_page(look, article, mark, keys)
        elif self._is_another(look, story):
            self._gone(look, story)
            return
        elif not story.partial and wholly_different(self._article(story, article), article):
            if not announced(look.teaser, article):
                moved = key(look.final_url or look.url) not in (key(look.url), key(story.url))
                self._looked(msgspec.structs.replace(look, outcome="gone" if moved else "failed"), story)
                return
            story = None  # another story lives at this address now (identity, rule 4)
        if story is None:
            self._new(look, article, mark, keys)
            return
        self._addresses(story, keys)
        story = self._fresh(look, story)
        if story.fingerprint == mark or self._cut_short(story, article):
            self._keep(story)
        elif story.partial:
            self._complete(story, article, mark)
        else:
            self._revise(story, article, mark)

    def _same_page(self, look: Look, article: Article, mark: str, keys: set[str]) -> Story | None:
        """The known story that this page is, found by where it led or by what it says."""
        for candidate in (key(look.final_url or look.url), key(article.url)):
            story = self._current(self.known.by_key.get(candidate))
            if story is None:
                continue
            if story.partial or not wholly_different(self._article(story, article), article):
                return story
            # A canonical link that names another story is a mistake of the site: not believed.
            if candidate == key(article.url) != key(look.final_url or look.url):
                keys.discard(candidate)
        return self._current(self.known.by_fingerprint.get(mark))

    def _cut_short(self, story: Story, article: Article) -> bool:
        """Whether the site closed a story that could be read in full: its readers keep what they had."""
        return not story.partial and article.truncated and not self._article(story, article).truncated

    def _is_another(self, look: Look, story: Story) -> bool:
        """Whether asking for the story led to a page that is known as another one."""
        other = self.known.by_key.get(key(look.final_url or look.url))
        return other is not None and other.entry_id != story.entry_id and story.merged_into is None

    def _new(self, look: Look, article: Article, mark: str | None, keys: set[str], reason: str | None = None) -> None:
        named = article.url if key(article.url) in keys else (look.final_url or look.url)
        before = self._current(self.known.by_key.get(key(named)))
        occupant = before.occupant + 1 if before else 1
        updated = article.published if article.published and article.published <= self.now else self.now
        story = Story(
            source_id=self.source.id,
            entry_id=entry_id(named, occupant),
            url=named,
            first_seen=self.now,
            updated=updated,
            fingerprint=mark,
            partial=mark is None,
            reason=reason,
            backlog=look.backlog,
            listed_as=listed(look.teaser),
            looks=1,
            validators=(look.validators if mark else None) or Validators(),
            occupant=occupant,
            warning=self._warning(look),
        )
        story = msgspec.structs.replace(story, next_look=self._next_look(look, story))
        self._store(story, article)
        self._addresses(story, keys)
        self._learn(story, article, keys)
        self.tally.new += 1
        self.tally.partial += story.partial
        if not story.backlog:
            self._tell("article.published", story, article)

    def _complete(self, story: Story, article: Article, mark: str) -> None:
        other = self._current(self.known.by_fingerprint.get(mark))
        if other is not None and other.entry_id != story.entry_id:
            self.visible = True
            self._keep(msgspec.structs.replace(story, merged_into=other.entry_id, next_look=None, partial=False))
            for address, owner in self.addresses.items():
                if owner == story.entry_id:
                    self.addresses[address] = other.entry_id
            return
        story = msgspec.structs.replace(story, fingerprint=mark, partial=False, reason=None)
        story = msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now))
        self._store(story, article)
        self._learn(story, article, ())
        self.tally.completed += 1

    def _revise(self, story: Story, article: Article, mark: str) -> None:
        old = self._article(story, article)
        if article.published is None or (old.published and abs(article.published - old.published) < MAX_AHEAD):
            # A page that moves its date with every edit keeps its first date; a corrected date is corrected.
            article = msgspec.structs.replace(article, published=old.published or article.published)
        story = msgspec.structs.replace(story, revision=story.revision + 1, fingerprint=mark, updated=self.now)
        self._store(story, article)
        self._learn(story, article, ())
        self.tally.revised += 1
        self._tell("article.revised", story, article, compare_with=old)

    # -- pages that could not

    def _new_from_teaser(self, look: Look, teaser: Teaser) -> None:
        article = self._believable(from_teaser(teaser, self.source.language))
        keys = {key(look.url), key(teaser.url)}
        if look.final_url and look.outcome != "gone":
            keys.add(key(look.final_url))
        if self.source.full_text:
            why = look.outcome if look.outcome == "disallowed" else (look.cause or look.outcome)
            self._new(look, article, None, keys, reason=why)
        else:
            self._new(look, article, fingerprint(article), keys)

    def _relisted(self, look: Look, story: Story) -> None:
        """A known story whose page was not asked for: only a source without full text can have changed."""
        teaser = look.teaser
        if self.source.full_text or teaser is None or of_teaser(teaser) in story.listed_as:
            return
        story = msgspec.structs.replace(story, listed_as=listed(teaser, story.listed_as))
        article = self._believable(from_teaser(teaser, self.source.language))
        mark = fingerprint(article)
        if story.fingerprint == mark:
            self._keep(story)
        else:
            self._revise(story, article, mark)

    def _looked(self, look: Look, story: Story) -> None:
        if look.outcome == "gone":
            self._gone(look, story)
            return
        story = self._fresh(look, story) if look.outcome == "unchanged" else _counted(story)
        if story.partial:
            story = msgspec.structs.replace(
                story, reason="disallowed" if look.outcome == "disallowed" else (look.cause or story.reason)
            )
        self._keep(msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now)))

    def _gone(self, look: Look, story: Story) -> None:
        story = _counted(story)
        still_listed = self.listed is None or bool(self.listed & {key(look.url), key(story.url)})
        if story.removed is not None or (story.partial and still_listed):
            # A page that never could be read is not withdrawn while the site still lists it.
            self._keep(msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now)))
            return
        since = story.missing_since or self.now
        confirmed = schedule.confirm_removal(self.source, since)
        if story.missing_since is None or self.now < confirmed:
            self._keep(msgspec.structs.replace(story, missing_since=since, next_look=confirmed))
            return
        self.visible = True
        self.tally.removed += 1
        story = msgspec.structs.replace(story, removed=self.now)
        story = msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now))
        self._keep(story)
        article = self.known.articles.get(story.entry_id)
        if article is not None:
            self._tell("article.removed", story, article)

    # -- shared

    def _fresh(self, look: Look, story: Story) -> Story:
        """The story after a look that found its page: whatever made it look gone is over."""
        self.visible = self.visible or story.removed is not None
        story = msgspec.structs.replace(
            _counted(story),
            missing_since=None,
            removed=None,
            listed_as=listed(look.teaser, story.listed_as),
            validators=look.validators or story.validators,
        )
        return msgspec.structs.replace(story, next_look=self._next_look(look, story))

    def _next_look(self, look: Look, story: Story) -> datetime | None:
        if look.outcome == "disallowed" or not self.source.full_text:
            return None
        if look.outcome == "skipped":
            return self.now
        return schedule.next_look(self.source, story, self.now)

    def _known_story(self, look: Look) -> Story | None:
        return self._current(look.story or self.known.by_key.get(key(look.url)))

    def _current(self, story: Story | None) -> Story | None:
        """The story as this poll has left it so far."""
        return self.stories.get(story.entry_id, story) if story is not None else None

    def _article(self, story: Story, default: Article) -> Article:
        return self.known.articles.get(story.entry_id, default)

    def _warning(self, look: Look) -> str | None:
        told = (look.article or look.teaser or Teaser(url="", title="")).published
        return f"date in the future, ignored: {told.isoformat()}" if told and told > self.now + MAX_AHEAD else None

    def _believable(self, article: Article, address: str | None = None) -> Article:
        """Without a date that has not come yet, and without a canonical link that names a list or the front page."""
        if article.published is not None and article.published > self.now + MAX_AHEAD:
            article = msgspec.structs.replace(article, published=None)
        if article.language is None and self.source.language:
            article = msgspec.structs.replace(article, language=self.source.language)
        if address is not None and (key(article.url) in self.lists or urlsplit(article.url).path in ("", "/")):
            article = msgspec.structs.replace(article, url=address)
        return article

    def _addresses(self, story: Story, keys: Iterable[str]) -> None:
        self.addresses.update(dict.fromkeys(sorted(keys), story.entry_id))

    def _keep(self, story: Story) -> None:
        self.stories[story.entry_id] = story

    def _store(self, story: Story, article: Article) -> None:
        self.visible = True
        self._keep(story)
        self.revisions[story.entry_id, story.revision] = Revision(
            source_id=story.source_id,
            entry_id=story.entry_id,
            number=story.revision,
            seen_at=self.now,
            article=article,
            fingerprint=story.fingerprint,
        )

    def _learn(self, story: Story, article: Article, keys: Iterable[str]) -> None:
        """Know of a story that this very poll found, so that the next page of it is recognised."""
        self.known.by_key.update(dict.fromkeys(keys, story))
        self.known.articles[story.entry_id] = article
        if story.fingerprint:
            self.known.by_fingerprint.setdefault(story.fingerprint, story)

    def _tell(self, kind: str, story: Story, article: Article, compare_with: Article | None = None) -> None:
        changes = compare(compare_with, article) if compare_with else None
        event = article_event(kind, self.source, story, article, self.audience, self.now, changes)
        if event is not None:
            self.events.append(event)


def _counted(story: Story) -> Story:
    return msgspec.structs.replace(story, looks=story.looks + 1)


def _after(
    source: Source,
    state: SourceState,
    listings: Sequence[Listing],
    audience: Audience,
    now: datetime,
    luck: float,
) -> tuple[SourceState, Event | None]:
    """The source's state after the poll, and the event that it began to fail or recovered.

    One address of several that fails makes the poll a failed one (someone should mend it), yet only a poll without
    any good address is put off.
    """
    failures = [item.failure for item in listings if item.failure is not None]
    if not failures:
        due = schedule.next_poll(source, now, luck=luck)
        after = SourceState(id=source.id, due_at=due, last_poll=now, last_success=now)
        return after, source_event("source.recovered", source, state, audience, now) if state.alarmed else None
    failed = state.failures + 1
    waits = [f.retry_after for f in failures if f.retry_after is not None]
    after = msgspec.structs.replace(
        state,
        due_at=schedule.next_poll(
            source,
            now,
            failures=failed if len(failures) == len(listings) else 0,
            retry_after=max(waits, default=None),
            luck=luck,
        ),
        last_poll=now,
        failures=failed,
        failing_since=state.failing_since or now,
        failure=failures[0],
    )
    if state.alarmed or not schedule.is_failing(failed, after.failing_since, now):
        return after, None
    after = msgspec.structs.replace(after, alarmed=True)
    return after, source_event("source.failing", source, after, audience, now)
