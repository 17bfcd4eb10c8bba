"""The changes of one poll as they grow, look by look: the rules at the head of `feeds.deciding.changes`, applied.

What a look is about is told by `feeds.deciding.recognise`; what follows from it stands in `NEXT`, by what the story was
and what the look gave; the steps that it names are the methods of `Draft`, which alone write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from feeds.deciding import schedule, texts
from feeds.deciding.boilerplate import alike, without_boilerplate
from feeds.deciding.credible import credible, dated, warning
from feeds.deciding.difference import compare
from feeds.deciding.events import article_event
from feeds.deciding.evidence import carried, is_exact, weighed
from feeds.deciding.filters import Judge, rules_of
from feeds.deciding.fingerprint import fingerprint, fingerprints, of_teaser, same_text
from feeds.deciding.identity import entry_id, key, marks_of, plain
from feeds.deciding.memory import Memory
from feeds.deciding.recognise import Outcome, Recogniser, Recognition, where
from feeds.deciding.rules import Audience, Told, deliveries
from feeds.deciding.watching import steps
from feeds.deciding.wordings import from_teaser, heard, wordings
from feeds.model import (
    Article,
    Decision,
    Delivery,
    Event,
    EventType,
    FeedSpec,
    Habits,
    Known,
    Look,
    Revision,
    Source,
    Status,
    Story,
    Tally,
    Validators,
    Watch,
)

DAYS = timedelta(days=2)  # a story that was missed is found at the next check, or at the one after a quiet weekend
DAY = timedelta(days=1)  # by which a site's times may be off

Step = Literal["publish", "publish_teaser", "take_text", "rest", "relist", "relink", "put_off", "miss", "remember"]

# What follows, by what the story was and what the look gave.
_UNREAD: tuple[Outcome, ...] = ("unchanged", "gone", "failed", "disallowed", "skipped")
_UNKNOWN: dict[Outcome, Step] = dict.fromkeys(_UNREAD, "publish_teaser")
_MERGED: dict[Outcome, Step] = dict.fromkeys(_UNREAD, "remember")
_KNOWN: dict[Outcome, Step] = {
    "read": "take_text",
    "unchanged": "rest",
    "gone": "miss",
    "failed": "put_off",
    "disallowed": "put_off",
    "skipped": "relist",
    "relinked": "relink",
}
NEXT: Mapping[Status, Mapping[Outcome, Step]] = {
    "unknown": {**_UNKNOWN, "read": "publish"},
    "partial": _KNOWN,
    "published": _KNOWN,
    "missing": _KNOWN,
    "removed": _KNOWN,
    "merged": {**_MERGED, "read": "remember"},
}
_MEANINGS: Mapping[texts.Meaning, str] = {
    "same": "the same text",
    "cut short": "the site cut its text short",
    "reread": "another text, by another reader or by what the site repeats",
    "revised": "another text",
    "noise": "another text at each of several looks",
}


class Draft:
    """Lives for one call of `decide`. ``who`` recognises; everything that a poll changes is written here."""

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
        watch: Watch,
    ) -> None:
        self.watch = watch
        self.source, self.audience, self.now = source, audience, now
        self.reading, self.mislabels = reading, mislabels
        self.memory = Memory(known)
        self.who = Recogniser(self.memory, listed=listed, shared=shared, answered=answered, reading=reading)
        self.revisions: dict[tuple[str, int], Revision] = {}
        self.events: list[Event] = []
        self.deliveries: list[Delivery] = []
        self.decisions: list[Decision] = []
        self.judge, self.habits = judge, habits
        self.verdicts: dict[str, dict[str, bool]] = {}
        self.visible = False
        self.tally = Tally()
        self._steps: Mapping[Step, Callable[[Look, Recognition, Article | None], None]] = {
            "publish": self._publish,
            "publish_teaser": self._publish_teaser,
            "take_text": self._take_text,
            "rest": self._rest,
            "relist": self._relist,
            "relink": self._relink,
            "put_off": self._put_off,
            "miss": self._miss,
            "remember": self._remember,
        }

    def take(self, look: Look) -> None:
        """Add what a look found."""
        if look.outcome == "read" and look.article is None:
            look = msgspec.structs.replace(look, outcome="failed")
        story = self.memory.current(look.story) or self.memory.at(key(look.url))
        article = self._article(look, story)
        if story is None and article is None:
            return  # nothing is known, and nothing was said
        found = self.who.recognise(look, story, article)
        if found.outcome not in (look.outcome, "relinked"):
            look = msgspec.structs.replace(look, outcome=found.outcome)
        status = found.story.status if found.story is not None else "unknown"
        self._steps[NEXT[status][found.outcome]](look, found, article)

    def _article(self, look: Look, story: Story | None) -> Article | None:
        """What the look told: the page's article; of an unknown story whose page gave nothing, its teaser's."""
        if look.article is not None and look.outcome == "read":
            article = credible(look.article, self.source, self.now, where(look), mislabels=self.mislabels)
            article = weighed(article, look.teaser, self.source, self.now if story is None else story.first_seen)
            return without_boilerplate(article, self.habits, self._told(story) if story is not None else None)
        if story is None and look.teaser is not None and look.teaser.title:
            return credible(from_teaser(look.teaser), self.source, self.now)
        return None

    def _decided(self, look: Look, story: Story, what: str, why: str) -> None:
        self.decisions.append(
            Decision(url=look.url, entry_id=story.entry_id, status=story.status, found=look.outcome, what=what, why=why)
        )

    # -- pages that could be read

    def _publish(self, look: Look, found: Recognition, article: Article | None) -> None:
        """A story that nobody knows."""
        assert article is not None
        self._new(look, found, article, fingerprint(article))

    def _take_text(self, look: Look, found: Recognition, article: Article | None) -> None:
        """A known story's page: what its text means for the story."""
        assert found.story is not None
        assert article is not None
        story = found.story
        if found.was is not None:
            story = self._merge(msgspec.structs.replace(found.was, partial=False), story)
        old = self._told(story)
        article = carried(article, old)
        how = texts.meaning(story, old, article, self.reading)
        if old is not None and how in ("same", "revised", "noise") and not same_text(story.fingerprint, article):
            # What the site repeats was left out, or is back.
            how = "reread" if alike(old, article, self.habits) else how
        twin = self.memory.telling(fingerprints(article), article, besides=story)
        if twin is not None and twin.removed is not None:
            story, twin = self._merge(twin, story), None  # it was withdrawn there to be told here
        if not story.partial and how == "revised" and twin is not None:
            # The page tells another story's text now, as if it redirected there.
            self._gone(look, story, "its page tells another story's text")
            return
        before, story = story, self._moved(look, article, story, renamed=found.renamed)
        reworded = look.teaser is not None and of_teaser(look.teaser) not in story.listed_as
        own = self.who.is_own(look, article, story)
        story = self.memory.claim(story, found.addresses, marks_of(look.teaser, article))
        story = self._fresh(look, story, own=own)
        if story.partial:
            self._complete(look, found, story, article, twin)
        elif how in ("revised", "reread", "noise") and not own:
            # A twin's page may word things in its own way: that is no edit, but may tell of one.
            self.memory.keep(msgspec.structs.replace(story, next_look=self.now) if reworded else story)
            self._decided(look, story, "kept as it is", f"{found.why}; a twin's page, in its own words")
        elif twin is not None and how in ("reread", "noise"):
            self.memory.keep(story)  # two stories that read alike are told apart by what they were
            self._decided(look, story, "kept as it is", f"{found.why}; another story reads alike")
        else:
            undressed = plain(before.url) == plain(story.url) and before.url != story.url
            how = "reread" if undressed and how == "revised" else how
            self._text(look, story, article, old, how, found.why)

    def _told(self, story: Story) -> Article | None:
        """The story's current text without what the source is known to repeat."""
        old = self.memory.text(story)
        return without_boilerplate(old, self.habits) if old is not None else None

    def _text(
        self, look: Look, story: Story, article: Article, old: Article | None, how: texts.Meaning, why: str
    ) -> None:
        """Take another text for what it means (see `feeds.deciding.texts`)."""
        story = texts.taken(story, how, old, article, self.reading)
        why = f"{why}; {_MEANINGS[how]}"
        if how == "same" and old is not None and old.media != article.media:  # the addresses of before have expired
            self._replace(story, dated(article, old))
            self._decided(look, story, "kept as it is", f"{why}, its recordings at other addresses")
        elif how in ("same", "cut short"):
            self.memory.keep(story)
            self._decided(look, story, "kept as it is", why)
        elif how == "revised":
            self._revise(look, story, dated(article, old), old or article, why)
        else:
            self.tally.reread += how == "reread"
            self.tally.noisy += how == "noise"
            self._replace(story, dated(article, old))
            self._decided(look, story, "replaced quietly", why)

    def _replace(self, story: Story, article: Article) -> None:
        """Another text under the story's last revision, and its time: nobody edited it."""
        self._store(story, article, seen_at=story.first_seen if story.revision == 1 else story.updated)

    def _moved(self, look: Look, article: Article | None, story: Story, *, renamed: bool = False) -> Story:
        """The story at the address where it is read now."""
        url = self.who.address_now(look, article, story, renamed=renamed)
        if url == story.url:
            return story
        self.visible = True
        return msgspec.structs.replace(story, url=url)

    def _new(
        self, look: Look, found: Recognition, article: Article, mark: str | None, reason: str | None = None
    ) -> None:
        named = article.url if article.url in found.addresses else where(look)
        before = self.memory.at(key(named))
        occupant = before.occupant + 1 if before else 1
        story = Story(
            source_id=self.source.id,
            entry_id=entry_id(named, occupant),
            url=named,
            first_seen=self.now,
            stated=article.published if is_exact(article, look.teaser, self.source) else None,
            updated=article.published if article.published and article.published <= self.now else self.now,
            fingerprint=mark,
            partial=mark is None,
            reason=reason,
            backlog=look.backlog or self._is_of_old(look, article),
            listed_as=wordings(look.teaser),
            looks=1,
            validators=(look.validators if mark else None) or Validators(),
            occupant=occupant,
            warning=warning(look, self.now),
            reading=(self.reading or None) if mark else None,
        )
        story = msgspec.structs.replace(story, next_look=self._next_look(look, story))
        story = self.memory.claim(story, found.addresses, marks_of(look.teaser, article), modest=mark is None)
        self._store(story, article)
        self.tally.new += 1
        self.tally.caught_up += look.came == "older"
        self.tally.missed += look.came == "second" and not story.backlog
        self.tally.partial += story.partial
        told = "published from its teaser" if story.partial else "published"
        self._decided(look, story, told, f"{found.why}; {reason}" if reason else found.why)
        if not story.backlog:
            self._tell("article.published", story, article)

    def _is_of_old(self, look: Look, article: Article) -> bool:
        """Whether a story that was not on the list is no news: of the "most read", or under a new address."""
        if look.came == "listed" or article.published is None:
            return False
        stood = min((front.at for front in self.watch.fronts.values()), default=self.now)
        return article.published < (self.now - DAYS if look.came == "second" else stood - DAY)

    def _complete(self, look: Look, found: Recognition, story: Story, article: Article, twin: Story | None) -> None:
        if twin is not None:
            self.visible = True
            self.memory.keep(self._merge(msgspec.structs.replace(story, partial=False), twin))
            self._decided(look, twin, "joined", f"{found.why}; its page has the text of a known story")
            return
        story = msgspec.structs.replace(
            story, fingerprint=fingerprint(article), partial=False, reason=None, reading=self.reading or None
        )
        self._store(msgspec.structs.replace(story, next_look=self._again(story)), article)
        self.tally.completed += 1
        self._decided(look, story, "completed", found.why)

    def _merge(self, story: Story, into: Story) -> Story:
        """Two stories turned out to be one: the first is shown no more, and its addresses lead to the other."""
        self.memory.keep(msgspec.structs.replace(story, merged_into=into.entry_id, next_look=None))
        return self.memory.hand_over(story, into)

    def _revise(self, look: Look, story: Story, article: Article, old: Article, why: str) -> None:
        story = msgspec.structs.replace(story, revision=story.revision + 1, updated=self.now)
        self._store(story, article)
        self.tally.revised += 1
        self._decided(look, story, "revised", why)
        self._tell("article.revised", story, article, compare_with=old)

    # -- pages that could not

    def _publish_teaser(self, look: Look, found: Recognition, article: Article | None) -> None:
        """An unknown story whose page gave nothing."""
        assert article is not None
        if self.source.full_text:
            why = look.outcome if look.outcome == "disallowed" else (look.cause or look.outcome)
            self._new(look, found, article, None, reason=why)
        else:
            self._new(look, found, article, fingerprint(article))

    def _relink(self, look: Look, found: Recognition, article: Article | None) -> None:
        """A known story under an address that nobody knew, whose page gave nothing."""
        assert found.story is not None
        story = self._moved(look, None, found.story, renamed=found.renamed)
        story = self.memory.claim(story, found.addresses, marks_of(look.teaser, article))
        self.memory.keep(story)
        self._relist(look, msgspec.structs.replace(found, story=story), article)
        self.memory.keep(heard(look, self.memory.current(story) or story))

    def _relist(self, look: Look, found: Recognition, article: Article | None) -> None:
        """A known story whose page was not asked for: only a source without full text can have changed."""
        story, teaser = found.story, look.teaser
        if story is None or self.source.full_text or teaser is None or story.merged_into is not None:
            return
        old, article = self.memory.text(story), credible(from_teaser(teaser), self.source, self.now)
        if of_teaser(teaser) in story.listed_as:
            if texts.read_anew(story, self.reading):
                self.memory.keep(msgspec.structs.replace(story, reading=self.reading))
            return
        # Headlines change at leisure, and a list that rotates them repeats itself: nothing here is noise.
        story = texts.at_rest(heard(look, story))
        how = texts.meaning(story, old, article, self.reading)
        self._text(look, story, article, old, how, f"{found.why}; its list words it anew")

    def _rest(self, look: Look, found: Recognition, article: Article | None) -> None:
        """Its page is what it was."""
        assert found.story is not None
        story = self._moved(look, None, found.story)
        story = texts.at_rest(self._fresh(look, story, own=self.who.is_own(look, None, story)))
        self._put_off_partial(look, story)
        self._decided(look, story, "kept as it is", f"{found.why}; the page is what it was")

    def _put_off(self, look: Look, found: Recognition, article: Article | None) -> None:
        """Its page could not be read: what is known stays, and it is asked for again."""
        assert found.story is not None
        self._put_off_partial(look, _counted(found.story))
        self._decided(look, found.story, "kept as it is", look.cause or found.why)

    def _miss(self, look: Look, found: Recognition, article: Article | None) -> None:
        """Its page is gone, or another's."""
        assert found.story is not None
        self._gone(look, found.story, look.cause or found.why)

    def _gone(self, look: Look, story: Story, why: str) -> None:
        story = _counted(story)
        if key(look.url) != key(story.url):
            self.memory.keep(story)  # an address it had: what became of the story is told by its own
            self._decided(look, story, "kept as it is", f"{why}; that was an address it had")
            return
        still_listed = self.who.listed is None or key(story.url) in self.who.listed
        if story.removed is not None or (story.partial and still_listed):
            # A page that never could be read is not withdrawn while the site still lists it.
            self._later(story)
            self._decided(look, story, "kept as it is", f"{why}; {'withdrawn' if story.removed else 'listed'} still")
            return
        since = story.missing_since or self.now
        confirmed = schedule.confirm_removal(self.source, since)
        if story.missing_since is None or self.now < confirmed:
            self.memory.keep(msgspec.structs.replace(story, missing_since=since, next_look=confirmed))
            self._decided(look, story, "missed", f"{why}; asked for once more")
            return
        self.visible = True
        self.tally.removed += 1
        story = msgspec.structs.replace(story, removed=self.now)
        self._later(story)
        self._decided(look, story, "removed", f"{why}, twice")
        article = self.memory.text(story)
        if article is not None:
            self._tell("article.removed", story, article)

    def _remember(self, look: Look, found: Recognition, article: Article | None) -> None:
        """It was merged into a story that this poll does not know of."""
        assert found.story is not None
        self.memory.keep(heard(look, _counted(found.story)))

    # -- shared

    def _put_off_partial(self, look: Look, story: Story) -> None:
        """Keep the story, to be looked at when its time comes; one from its teaser with why it still is."""
        if story.partial:
            why = "disallowed" if look.outcome == "disallowed" else (look.cause or story.reason)
            story = msgspec.structs.replace(story, reason=why)
        self._later(story)

    def _later(self, story: Story) -> None:
        """Keep the story, to be looked at when its time comes."""
        self.memory.keep(msgspec.structs.replace(story, next_look=self._again(story)))

    def _fresh(self, look: Look, story: Story, *, own: bool) -> Story:
        """The story after a look that found its page: at its own address, whatever made it look gone is over."""
        story = heard(look, _counted(story))
        if own:
            self.visible = self.visible or story.removed is not None
            story = msgspec.structs.replace(
                story, missing_since=None, removed=None, validators=look.validators or story.validators
            )
        return msgspec.structs.replace(story, next_look=self._next_look(look, story))

    def _again(self, story: Story) -> datetime | None:
        """When the story's page is asked for again, by what such looks have found so far."""
        return schedule.next_look(self.source, story, self.now, steps(self.source, self.watch, story))

    def _next_look(self, look: Look, story: Story) -> datetime | None:
        if look.outcome == "disallowed" or not self.source.full_text:
            return None
        if look.outcome == "skipped":
            return self.now
        return self._again(story)

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

    def _tell(self, kind: EventType, story: Story, article: Article, compare_with: Article | None = None) -> None:
        changes = compare(compare_with, article) if compare_with else None
        feeds = [feed.id for feed in self.audience.feeds_of(self.source.id) if self._shows(feed, story, article)]
        event = article_event(kind, self.source, story, article, feeds, self.now, changes)
        if event is not None:
            self.announce(event, Told(feeds=feeds, article=article, changed=changes.fields if changes else ()))

    def announce(self, event: Event, told: Told | None = None) -> None:
        """An event, to whoever hears of such."""
        about = told or Told(feeds=[feed.id for feed in self.audience.feeds_of(self.source.id)])
        self.events.append(event)
        self.deliveries += deliveries(event, self.audience, about, self.judge)

    def _shows(self, feed: FeedSpec, story: Story, article: Article) -> bool:
        rules = rules_of(self.source, feed)
        known = self.verdicts.get(story.entry_id, {})
        if rules is None:
            return True
        return known[rules.name] if rules.name in known else self.judge.verdict(rules, article) is not False


def _counted(story: Story) -> Story:
    return msgspec.structs.replace(story, looks=story.looks + 1)
