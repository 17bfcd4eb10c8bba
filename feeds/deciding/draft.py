"""The changes of one poll as they grow, look by look: the rules at the head of `feeds.deciding.changes`, applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from feeds.deciding import schedule, texts
from feeds.deciding.difference import compare
from feeds.deciding.events import Audience, article_event
from feeds.deciding.fingerprint import fingerprint, fingerprints, of_teaser
from feeds.deciding.identity import (
    NUMBER,
    announced,
    entry_id,
    key,
    plain,
    retold,
    same_number,
    wholly_different,
)
from feeds.deciding.memory import Memory, same
from feeds.deciding.wordings import from_teaser, heard, wordings
from feeds.model import Article, Event, Known, Look, Revision, Source, Story, Tally, Teaser, Validators

MAX_AHEAD = timedelta(days=1)  # a date further in the future than this is treated as absent


class Draft:
    """Lives for one call of `decide`.

    ``listed`` holds the address keys that the lists name, None where some list was not read anew and may still name
    any story; ``shared`` holds the numbers that name no story; ``reading`` names the reader of the articles.
    """

    def __init__(
        self,
        source: Source,
        known: Known,
        audience: Audience,
        now: datetime,
        *,
        listed: set[str] | None = None,
        shared: Iterable[str] = (),
        reading: str = "",
    ) -> None:
        self.source, self.audience, self.now = source, audience, now
        self.listed, self.shared, self.reading = listed, frozenset(shared), reading
        self.lists = {key(url) for url in source.urls}
        self.memory = Memory(known)
        self.revisions: dict[tuple[str, int], Revision] = {}
        self.events: list[Event] = []
        self.visible = False
        self.tally = Tally()

    def take(self, look: Look) -> None:
        """Add what a look found."""
        story = self.memory.current(look.story) or self.memory.at(key(look.url))
        if story is not None and story.merged_into is not None and look.outcome != "read":
            self.memory.keep(heard(look, _counted(story)))  # into a story that this poll does not know of
        elif look.outcome == "read" and look.article is not None:
            self._read(look, self._believable(look.article, _where(look)), story)
        elif story is None:
            if look.teaser is not None and look.teaser.title:
                self._unread(look, look.teaser)
        elif look.outcome == "skipped":
            self._relisted(look, story)
        else:
            self._looked(look, story)

    # -- pages that could be read

    def _read(self, look: Look, article: Article, story: Story | None) -> None:
        marks = fingerprints(article)
        addresses = {look.url, _where(look), article.url}
        if story is not None and story.merged_into is not None:
            story = self.memory.telling(marks) or story
        if story is None:
            story = self._same_page(look, article, marks, addresses)
        elif self._is_another(look, story):
            self._gone(look, story)
            return
        elif self._is_unlike(look, article, story):
            if not announced(look.teaser, article):
                self._looked(msgspec.structs.replace(look, outcome=_led_away(look, story)), story)
                return
            # Another story lives at this address now (identity, rule 4).
            story = self._same_page(look, article, marks, addresses)
        else:
            addresses = {url for url in addresses if self._is_free(key(url), story)}
        if story is None:
            self._new(look, article, marks[0], addresses)
        else:
            self._found(look, article, story, addresses)

    def _found(self, look: Look, article: Article, story: Story, addresses: set[str]) -> None:
        """A known story's page: what its text means for the story."""
        old = self.memory.text(story)
        how = texts.meaning(story, old, article, self.reading)
        if story.merged_into is not None:  # into a story that this poll does not know of
            self.memory.keep(heard(look, _counted(story)))
            return
        twin = self.memory.telling(fingerprints(article), besides=story)
        if not story.partial and how == "revised" and twin is not None:
            self._gone(look, story)  # the page tells another story's text now, as if it redirected there
            return
        story = self._moved(look, article, story)
        story = self._fresh(look, self.memory.claim(story, addresses))
        if story.partial:
            self._complete(story, article, twin)
        elif twin is not None and how in ("reread", "noise"):
            self.memory.keep(story)  # two stories that read alike are told apart by what they were
        else:
            self._text(story, article, old, how)

    def _text(self, story: Story, article: Article, old: Article | None, how: texts.Meaning) -> None:
        """Take another text for what it means (see `feeds.deciding.texts`)."""
        story = texts.taken(story, how, old, article, self.reading)
        if how in ("same", "cut short"):
            self.memory.keep(story)
        elif how == "revised":
            self._revise(story, _dated(article, old), old or article)
        else:
            self.tally.reread += how == "reread"
            self.tally.noisy += how == "noise"
            first = story.first_seen if story.revision == 1 else story.updated
            self._store(story, _dated(article, old), seen_at=first)

    def _same_page(self, look: Look, article: Article, marks: tuple[str, ...], addresses: set[str]) -> Story | None:
        """The known story that this page is: by where it led, by what it says, or by a weak key that is believed."""
        for name in (key(_where(look)), key(article.url)):
            story = self.memory.at(name)
            if story is None or story.merged_into is not None:
                continue
            if story.partial or not wholly_different(self.memory.text(story) or article, article):
                return story
            # A canonical link that names another story is a mistake of the site: not believed.
            if name == key(article.url) != key(_where(look)):
                addresses.discard(article.url)
        return self.memory.telling(marks) or self._proposed(look, article, sorted(addresses))

    def _proposed(self, look: Look, article: Article, addresses: list[str]) -> Story | None:
        """The story that a weak key proposes, where texts or headlines agree (identity, rules 5 and 6)."""

        def believed(weak: str, story: Story) -> bool:
            old = self.memory.text(story)
            if weak in self.shared:
                return False
            if old is None:  # its text is kept no longer; the headlines that lists gave it are
                return look.teaser is not None and of_teaser(look.teaser) in story.listed_as
            if not old.body_text or not article.body_text:
                return announced(old, article)
            return retold(old, article) if weak.startswith(NUMBER) else not wholly_different(old, article)

        return self.memory.proposed(addresses, believed)

    def _is_another(self, look: Look, story: Story) -> bool:
        """Whether asking for the story led to a page that is known as another one."""
        other = self.memory.at(key(_where(look)))
        return other is not None and not same(other, story) and story.merged_into is None

    def _is_unlike(self, look: Look, article: Article, story: Story) -> bool:
        """Whether the page tells nothing of what the story told; a reader that reads it anew may say anything."""
        if story.partial or not wholly_different(self.memory.text(story) or article, article):
            return False
        known = look.teaser is not None and of_teaser(look.teaser) in story.listed_as
        return not (known and texts.read_anew(story, self.reading))

    def _is_free(self, name: str, story: Story) -> bool:
        """Whether an address may become the story's: another story's stays with it."""
        owner = self.memory.at(name)
        return owner is None or same(owner, story)

    def _moved(self, look: Look, article: Article, story: Story) -> Story:
        """The story at the address where it is read now: its own one redirects there, or had another slug.

        AMP and mobile forms are for some readers only: a story leaves them for its plain form, and never the other way.
        """
        named = article.url if self._is_free(key(article.url), story) else _where(look)
        if plain(named) != key(named) or key(named) == key(story.url):
            return story
        redirected = key(look.url) == key(story.url) != key(_where(look))
        renamed = same_number(named, story.url) and self.memory.at(key(named)) is None
        if not (redirected or renamed or plain(story.url) == key(named)):
            return story
        self.visible = True
        return msgspec.structs.replace(story, url=named)

    def _new(
        self, look: Look, article: Article, mark: str | None, addresses: set[str], reason: str | None = None
    ) -> None:
        named = article.url if article.url in addresses else _where(look)
        before = self.memory.at(key(named))
        occupant = before.occupant + 1 if before else 1
        story = Story(
            source_id=self.source.id,
            entry_id=entry_id(named, occupant),
            url=named,
            first_seen=self.now,
            updated=article.published if article.published and article.published <= self.now else self.now,
            fingerprint=mark,
            partial=mark is None,
            reason=reason,
            backlog=look.backlog,
            listed_as=wordings(look.teaser),
            looks=1,
            validators=(look.validators if mark else None) or Validators(),
            occupant=occupant,
            warning=self._warning(look),
            reading=(self.reading or None) if mark else None,
        )
        story = self.memory.claim(msgspec.structs.replace(story, next_look=self._next_look(look, story)), addresses)
        self._store(story, article)
        self.tally.new += 1
        self.tally.partial += story.partial
        if not story.backlog:
            self._tell("article.published", story, article)

    def _complete(self, story: Story, article: Article, twin: Story | None) -> None:
        if twin is not None:
            self.visible = True
            self.memory.keep(msgspec.structs.replace(story, merged_into=twin.entry_id, next_look=None, partial=False))
            self.memory.keep(self.memory.hand_over(story, twin))
            return
        story = msgspec.structs.replace(
            story, fingerprint=fingerprint(article), partial=False, reason=None, reading=self.reading or None
        )
        story = msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now))
        self._store(story, article)
        self.tally.completed += 1

    def _revise(self, story: Story, article: Article, old: Article) -> None:
        story = msgspec.structs.replace(story, revision=story.revision + 1, updated=self.now)
        self._store(story, article)
        self.tally.revised += 1
        self._tell("article.revised", story, article, compare_with=old)

    # -- pages that could not

    def _unread(self, look: Look, teaser: Teaser) -> None:
        """An unknown address whose page gave nothing: a story from its teaser, or one known by another address."""
        article = self._believable(from_teaser(teaser, self.source.language))
        addresses = {look.url, teaser.url}
        if look.final_url and look.outcome != "gone":
            addresses.add(look.final_url)
        story = self._proposed(look, article, sorted(addresses))
        if story is not None:
            story = self.memory.claim(story, addresses)
            self.memory.keep(story)
            self._relisted(look, story)
            self.memory.keep(heard(look, self.memory.current(story) or story))
        elif self.source.full_text:
            why = look.outcome if look.outcome == "disallowed" else (look.cause or look.outcome)
            self._new(look, article, None, addresses, reason=why)
        else:
            self._new(look, article, fingerprint(article), addresses)

    def _relisted(self, look: Look, story: Story) -> None:
        """A known story whose page was not asked for: only a source without full text can have changed."""
        teaser = look.teaser
        if self.source.full_text or teaser is None or story.merged_into is not None:
            return
        old, article = self.memory.text(story), self._believable(from_teaser(teaser, self.source.language))
        if of_teaser(teaser) in story.listed_as:
            if texts.read_anew(story, self.reading):
                self.memory.keep(msgspec.structs.replace(story, reading=self.reading))
            return
        # Headlines change at leisure, and a list that rotates them repeats itself: nothing here is noise.
        story = texts.at_rest(heard(look, story))
        self._text(story, article, old, texts.meaning(story, old, article, self.reading))

    def _looked(self, look: Look, story: Story) -> None:
        if look.outcome == "gone":
            self._gone(look, story)
            return
        story = texts.at_rest(self._fresh(look, story)) if look.outcome == "unchanged" else _counted(story)
        if story.partial:
            story = msgspec.structs.replace(
                story, reason="disallowed" if look.outcome == "disallowed" else (look.cause or story.reason)
            )
        self._put_off(story)

    def _gone(self, look: Look, story: Story) -> None:
        story = _counted(story)
        if key(look.url) != key(story.url):
            self.memory.keep(story)  # an address it had: what became of the story is told by its own
            return
        still_listed = self.listed is None or key(story.url) in self.listed
        if story.removed is not None or (story.partial and still_listed):
            # A page that never could be read is not withdrawn while the site still lists it.
            self._put_off(story)
            return
        since = story.missing_since or self.now
        confirmed = schedule.confirm_removal(self.source, since)
        if story.missing_since is None or self.now < confirmed:
            self.memory.keep(msgspec.structs.replace(story, missing_since=since, next_look=confirmed))
            return
        self.visible = True
        self.tally.removed += 1
        story = msgspec.structs.replace(story, removed=self.now)
        self._put_off(story)
        article = self.memory.text(story)
        if article is not None:
            self._tell("article.removed", story, article)

    # -- shared

    def _put_off(self, story: Story) -> None:
        """Keep the story, to be looked at when its time comes."""
        self.memory.keep(msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now)))

    def _fresh(self, look: Look, story: Story) -> Story:
        """The story after a look that found its page: whatever made it look gone is over."""
        self.visible = self.visible or story.removed is not None
        story = msgspec.structs.replace(
            heard(look, _counted(story)),
            missing_since=None,
            removed=None,
            validators=look.validators or story.validators,
        )
        return msgspec.structs.replace(story, next_look=self._next_look(look, story))

    def _next_look(self, look: Look, story: Story) -> datetime | None:
        if look.outcome == "disallowed" or not self.source.full_text:
            return None
        if look.outcome == "skipped":
            return self.now
        return schedule.next_look(self.source, story, self.now)

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

    def _store(self, story: Story, article: Article, seen_at: datetime | None = None) -> None:
        self.visible = True
        self.memory.keep(story)
        self.memory.learn(story, article)
        self.revisions[story.entry_id, story.revision] = Revision(
            source_id=story.source_id,
            entry_id=story.entry_id,
            number=story.revision,
            seen_at=seen_at or self.now,
            article=article,
            fingerprint=story.fingerprint,
        )

    def _tell(self, kind: str, story: Story, article: Article, compare_with: Article | None = None) -> None:
        changes = compare(compare_with, article) if compare_with else None
        event = article_event(kind, self.source, story, article, self.audience, self.now, changes)
        if event is not None:
            self.events.append(event)


def _where(look: Look) -> str:
    """The address that answered."""
    return look.final_url or look.url


def _led_away(look: Look, story: Story) -> str:
    """What a page that nobody announced means: an address that leads to some other page is gone; else it failed.

    One that leads to the same number is the story's, whatever stands there just now.
    """
    away = key(_where(look)) not in (key(look.url), key(story.url))
    return "gone" if away and not same_number(_where(look), look.url) else "failed"


def _dated(article: Article, old: Article | None) -> Article:
    """A page that moves its date with every edit keeps its first date; a corrected date is corrected."""
    if old is None or (
        article.published is not None and not (old.published and abs(article.published - old.published) < MAX_AHEAD)
    ):
        return article
    return msgspec.structs.replace(article, published=old.published or article.published)


def _counted(story: Story) -> Story:
    return msgspec.structs.replace(story, looks=story.looks + 1)
