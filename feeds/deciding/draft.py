"""The changes of one poll as they grow, look by look: the rules at the head of `feeds.deciding.changes`, applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from feeds.deciding import schedule, texts
from feeds.deciding.boilerplate import alike, without_boilerplate
from feeds.deciding.credible import credible, dated, warning
from feeds.deciding.difference import compare
from feeds.deciding.events import Audience, article_event
from feeds.deciding.evidence import carried, weighed
from feeds.deciding.filters import Judge, rules_of
from feeds.deciding.fingerprint import fingerprint, fingerprints, of_teaser, same_text
from feeds.deciding.identity import (
    GUID,
    NUMBER,
    PART,
    TOLD,
    announced,
    entry_id,
    key,
    marks_of,
    named_alike,
    plain,
    retold,
    reworded,
    same_number,
    same_time,
    token_differs,
    wholly_different,
)
from feeds.deciding.memory import Memory, same
from feeds.deciding.wordings import from_teaser, heard, wordings
from feeds.model import (
    Article,
    Event,
    FeedSpec,
    Habits,
    Known,
    Look,
    Revision,
    Source,
    Story,
    Tally,
    Teaser,
    Validators,
)


class Draft:
    """Lives for one call of `decide`.

    ``listed`` holds the address keys that the lists name, None where some list was not read anew and may still name
    any story; ``shared`` holds the numbers that name no story; ``answered`` holds the keys of the addresses that were
    read; ``reading`` names the reader of the articles.
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
        answered: Iterable[str] = (),
        reading: str = "",
        judge: Judge,
        habits: Habits,
        mislabels: int = 0,
    ) -> None:
        self.source, self.audience, self.now = source, audience, now
        self.listed, self.shared, self.answered, self.reading = listed, frozenset(shared), set(answered), reading
        self.mislabels = mislabels
        self.memory = Memory(known)
        self.revisions: dict[tuple[str, int], Revision] = {}
        self.events: list[Event] = []
        self.judge, self.habits = judge, habits
        self.verdicts: dict[str, dict[str, bool]] = {}
        self.renamed: set[str] = set()  # entry ids of stories that were known by a mark, under another address
        self.visible = False
        self.tally = Tally()

    def take(self, look: Look) -> None:
        """Add what a look found."""
        story = self.memory.current(look.story) or self.memory.at(key(look.url))
        if story is not None and story.merged_into is not None and look.outcome != "read":
            self.memory.keep(heard(look, _counted(story)))  # into a story that this poll does not know of
        elif look.outcome == "read" and look.article is not None:
            article = credible(look.article, self.source, self.now, _where(look), mislabels=self.mislabels)
            article = weighed(article, look.teaser, self.source)
            before = self._told(story) if story is not None else None
            article = without_boilerplate(article, self.habits, before)
            self._read(look, article, story)
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
        if story.merged_into is not None:  # into a story that this poll does not know of
            self.memory.keep(heard(look, _counted(story)))
            return
        if story.partial and (other := self._renamed_meanwhile(look, article, story, addresses)) is not None:
            self._found(look, article, other, addresses)
            return
        old = self._told(story)
        article = carried(article, old)
        how = texts.meaning(story, old, article, self.reading)
        if old is not None and how in ("same", "revised", "noise") and not same_text(story.fingerprint, article):
            # What the site repeats was left out, or is back.
            how = "reread" if alike(old, article, self.habits) else how
        twin = self.memory.telling(fingerprints(article), besides=story)
        if twin is not None and twin.removed is not None:
            story, twin = self._merge(twin, story), None  # it was withdrawn there to be told here
        if not story.partial and how == "revised" and twin is not None:
            self._gone(look, story)  # the page tells another story's text now, as if it redirected there
            return
        before, story = story, self._moved(look, article, story)
        reworded = look.teaser is not None and of_teaser(look.teaser) not in story.listed_as
        own = self._is_own(look, article, story)
        story = self._fresh(look, self.memory.claim(story, addresses, marks_of(look.teaser, article)), own=own)
        if story.partial:
            self._complete(story, article, twin)
        elif how in ("revised", "reread", "noise") and not own:
            # A twin's page may word things in its own way: that is no edit, but may tell of one.
            self.memory.keep(msgspec.structs.replace(story, next_look=self.now) if reworded else story)
        elif twin is not None and how in ("reread", "noise"):
            self.memory.keep(story)  # two stories that read alike are told apart by what they were
        else:
            undressed = plain(before.url) == plain(story.url) and before.url != story.url
            self._text(story, article, old, "reread" if undressed and how == "revised" else how)

    def _renamed_meanwhile(self, look: Look, article: Article, story: Story, addresses: set[str]) -> Story | None:
        """The known story that a partial one turns out to be: headline and slug were edited while it had no page."""
        if self.memory.telling(fingerprints(article), besides=story) is not None:
            return None  # the same text, headline and all: that is a twin
        other = self._proposed(look, article, sorted(addresses))
        if other is None or same(other, story) or other.partial:
            return None
        self.renamed.add(other.entry_id)
        return self._merge(msgspec.structs.replace(story, partial=False), other)

    def _told(self, story: Story) -> Article | None:
        """The story's current text without what the source is known to repeat."""
        old = self.memory.text(story)
        return without_boilerplate(old, self.habits) if old is not None else None

    def _text(self, story: Story, article: Article, old: Article | None, how: texts.Meaning) -> None:
        """Take another text for what it means (see `feeds.deciding.texts`)."""
        story = texts.taken(story, how, old, article, self.reading)
        if how in ("same", "cut short"):
            self.memory.keep(story)
        elif how == "revised":
            self._revise(story, dated(article, old), old or article)
        else:
            self.tally.reread += how == "reread"
            self.tally.noisy += how == "noise"
            first = story.first_seen if story.revision == 1 else story.updated
            self._store(story, dated(article, old), seen_at=first)

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
            if weak.startswith((GUID, TOLD, PART)):
                return self._is_renamed(weak, look, story, old, article)
            if old is None:  # its text is kept no longer; the headlines that lists gave it are
                return look.teaser is not None and of_teaser(look.teaser) in story.listed_as
            if not old.body_text or not article.body_text:
                return announced(old, article) or (weak.startswith(NUMBER) and same_time(old, article))
            return retold(old, article) if weak.startswith(NUMBER) else not wholly_different(old, article)

        return self.memory.proposed(addresses, marks_of(look.teaser, article), believed)

    def _is_renamed(self, weak: str, look: Look, story: Story, old: Article | None, article: Article) -> bool:
        """Whether a mark is believed (identity, rules 7 to 10): then the story lives at the look's address now."""
        if old is None or look.teaser is None:
            return False
        if weak.startswith(GUID):
            believed = named_alike(look.teaser.guid, old, article)
        else:
            listed = self.listed is not None and key(story.url) in self.listed
            told = weak.startswith(TOLD) and old.title == article.title and not (old.body_text and article.body_text)
            surely = self.listed is not None or same_time(old, article)
            believed = not listed and surely and (told or reworded(old, article))
        if believed:
            self.renamed.add(story.entry_id)
        return believed

    def _is_another(self, look: Look, story: Story) -> bool:
        """Whether asking for the story led to a page that is known as another one."""
        other = self.memory.at(key(_where(look)))
        return other is not None and not same(other, story) and story.merged_into is None

    def _is_unlike(self, look: Look, article: Article, story: Story) -> bool:
        """Whether the page tells nothing of what the story told.

        Another reader may find a wholly different text in the same page: then the list's headline is still the old one.
        """
        if story.partial or not wholly_different(self.memory.text(story) or article, article):
            return False
        told = announced(look.teaser, article) and heard(look, story) == story
        return not (told and texts.read_anew(story, self.reading) and self._is_own(look, article, story))

    def _is_own(self, look: Look, article: Article | None, story: Story) -> bool:
        """Whether the look was at the story's own address, or at one that leads there.

        A page that only names that address speaks for it where it was not read itself.
        """
        own = key(story.url)
        named = article is not None and own == key(article.url) and own not in self.answered
        told = look.story is not None and same(look.story, story) and token_differs(look.url, story.url)
        return named or told or own in (key(look.url), key(_where(look)))

    def _is_free(self, name: str, story: Story) -> bool:
        """Whether an address may become the story's: another story's stays with it."""
        owner = self.memory.at(name)
        return owner is None or same(owner, story)

    def _moved(self, look: Look, article: Article | None, story: Story) -> Story:
        """The story at the address where it is read now: its own redirects there, had another slug, or is no more.

        AMP and mobile forms are for some readers only: a story leaves them for its plain form, and never the other way.
        """
        named = article.url if article and self._is_free(key(article.url), story) else _where(look)
        if plain(named) != key(named) or key(named) == key(story.url):
            return story
        redirected = key(look.url) == key(story.url) != key(_where(look))
        renamed = same_number(named, story.url) and self.memory.at(key(named)) is None
        if story.entry_id in self.renamed and not token_differs(named, story.url):
            renamed = renamed or self._is_free(key(named), story)
        if not (redirected or renamed or plain(story.url) == key(named) or story.missing_since is not None):
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
            warning=warning(look, self.now),
            reading=(self.reading or None) if mark else None,
        )
        story = msgspec.structs.replace(story, next_look=self._next_look(look, story))
        story = self.memory.claim(story, addresses, marks_of(look.teaser, article), modest=mark is None)
        self._store(story, article)
        self.tally.new += 1
        self.tally.partial += story.partial
        if not story.backlog:
            self._tell("article.published", story, article)

    def _complete(self, story: Story, article: Article, twin: Story | None) -> None:
        if twin is not None:
            self.visible = True
            self.memory.keep(self._merge(msgspec.structs.replace(story, partial=False), twin))
            return
        story = msgspec.structs.replace(
            story, fingerprint=fingerprint(article), partial=False, reason=None, reading=self.reading or None
        )
        self._store(msgspec.structs.replace(story, next_look=schedule.next_look(self.source, story, self.now)), article)
        self.tally.completed += 1

    def _merge(self, story: Story, into: Story) -> Story:
        """Two stories turned out to be one: the first is shown no more, and its addresses lead to the other."""
        self.memory.keep(msgspec.structs.replace(story, merged_into=into.entry_id, next_look=None))
        return self.memory.hand_over(story, into)

    def _revise(self, story: Story, article: Article, old: Article) -> None:
        story = msgspec.structs.replace(story, revision=story.revision + 1, updated=self.now)
        self._store(story, article)
        self.tally.revised += 1
        self._tell("article.revised", story, article, compare_with=old)

    # -- pages that could not

    def _unread(self, look: Look, teaser: Teaser) -> None:
        """An unknown address whose page gave nothing: a story from its teaser, or one known by another address."""
        article = credible(from_teaser(teaser), self.source, self.now)
        addresses = {look.url, teaser.url}
        if look.final_url and look.outcome != "gone":
            addresses.add(look.final_url)
        story = self._proposed(look, article, sorted(addresses))
        if story is not None:
            # A token that changes at each request is not worth remembering.
            addresses = {url for url in addresses if not token_differs(url, story.url)}
            story = self.memory.claim(self._moved(look, None, story), addresses, marks_of(look.teaser, article))
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
        old, article = self.memory.text(story), credible(from_teaser(teaser), self.source, self.now)
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
        if look.outcome == "unchanged":
            story = self._moved(look, None, story)
            story = texts.at_rest(self._fresh(look, story, own=self._is_own(look, None, story)))
        else:
            story = _counted(story)
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

    def _fresh(self, look: Look, story: Story, *, own: bool) -> Story:
        """The story after a look that found its page: at its own address, whatever made it look gone is over."""
        story = heard(look, _counted(story))
        if own:
            self.visible = self.visible or story.removed is not None
            story = msgspec.structs.replace(
                story, missing_since=None, removed=None, validators=look.validators or story.validators
            )
        return msgspec.structs.replace(story, next_look=self._next_look(look, story))

    def _next_look(self, look: Look, story: Story) -> datetime | None:
        if look.outcome == "disallowed" or not self.source.full_text:
            return None
        if look.outcome == "skipped":
            return self.now
        return schedule.next_look(self.source, story, self.now)

    def _store(self, story: Story, article: Article, seen_at: datetime | None = None) -> None:
        self.visible = True
        self.memory.keep(story)
        self.memory.learn(story, article)
        feeds = (None, *self.audience.feeds_of(self.source.id))
        rules = {rules_of(self.source, feed) for feed in feeds}
        said = {rule.name: self.judge.verdict(rule, article) for rule in rules if rule}
        self.verdicts[story.entry_id] = {name: verdict for name, verdict in said.items() if verdict is not None}
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
        feeds = [feed.id for feed in self.audience.feeds_of(self.source.id) if self._shows(feed, story, article)]
        event = article_event(kind, self.source, story, article, feeds, self.now, changes)
        if event is not None:
            self.events.append(event)

    def _shows(self, feed: FeedSpec, story: Story, article: Article) -> bool:
        rules = rules_of(self.source, feed)
        known = self.verdicts.get(story.entry_id, {})
        if rules is None:
            return True
        return known[rules.name] if rules.name in known else self.judge.verdict(rules, article) is not False


def _where(look: Look) -> str:
    """The address that answered."""
    return look.final_url or look.url


def _led_away(look: Look, story: Story) -> str:
    """What a page that nobody announced means: an address that leads to some other page is gone; else it failed.

    One that leads to the same number is the story's, whatever stands there just now.
    """
    away = key(_where(look)) not in (key(look.url), key(story.url))
    return "gone" if away and not same_number(_where(look), look.url) else "failed"


def _counted(story: Story) -> Story:
    return msgspec.structs.replace(story, looks=story.looks + 1)
