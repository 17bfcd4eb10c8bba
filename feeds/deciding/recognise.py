"""Which stored story is a look about? The rules of `feeds.deciding.identity`, asked in their order; nothing is written.

`Recogniser.recognise` returns a value: the story, what the look means for it, and why, in words. What follows from that
is the business of `feeds.deciding.draft`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from feeds.deciding import texts
from feeds.deciding.fingerprint import fingerprints, of_teaser
from feeds.deciding.identity import (
    ALIAS,
    GUID,
    NUMBER,
    PART,
    TOLD,
    announced,
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
from feeds.deciding.wordings import heard
from feeds.model import Article, Look, Story

Outcome = Literal["read", "unchanged", "gone", "failed", "disallowed", "skipped", "relinked"]

_WHY = {
    ALIAS: "its address in another form",
    NUMBER: "the number in its address, and what is told",
    GUID: "its guid",
    TOLD: "its headline and time, under another address",
    PART: "its paragraphs, under another address",
}


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """What a look is about.

    ``story`` is None where nobody knows it. ``outcome`` is the look's own, but for a page that is another story's or
    nobody's (``gone`` or ``failed``), and for an unknown address of a known story whose page gave nothing
    (``relinked``). ``addresses`` are the story's from now on. ``renamed``: it is known by a mark, and lives at the
    look's address now. ``was`` is a story from a teaser that turns out to be this one. ``why`` is for people.
    """

    story: Story | None
    outcome: Outcome
    why: str
    addresses: frozenset[str] = frozenset()
    renamed: bool = False
    was: Story | None = None


class Recogniser:
    """Asks ``memory``. Lives for one call of `decide`.

    ``listed`` holds the address keys that the lists name, None where some list was not read anew and may still name
    any story; ``shared`` holds the weak keys that name no story; ``answered`` holds the keys of the addresses that were
    read; ``reading`` names the reader of the articles.
    """

    def __init__(
        self,
        memory: Memory,
        *,
        listed: set[str] | None = None,
        shared: Iterable[str] = (),
        answered: Iterable[str] = (),
        reading: str = "",
    ) -> None:
        self.memory, self.listed, self.reading = memory, listed, reading
        self.shared, self.answered = frozenset(shared), frozenset(answered)

    def recognise(self, look: Look, story: Story | None, article: Article | None) -> Recognition:
        """``story`` is the one that the look was taken for, or that its address belongs to; ``article`` what it told.

        Where the page gave nothing the article is that of the teaser; there is none where that says nothing either.
        """
        if look.outcome != "read":
            if story is not None or article is None:
                return Recognition(story=story, outcome=look.outcome, why="its address")
            return self._listed(look, article)
        assert article is not None
        marks = fingerprints(article)
        addresses = frozenset({look.url, where(look), article.url})
        if story is not None and story.merged_into is not None:
            story = self.memory.telling(marks, article) or story
        if story is None:
            return self._meanwhile(look, article, self._elsewhere(look, article, marks, addresses))
        if self._is_another(look, story):
            return Recognition(story=story, outcome="gone", why="its address leads to another story")
        if not self._is_unlike(look, article, story):
            addresses = frozenset(url for url in addresses if self.is_free(key(url), story))
            found = Recognition(story=story, outcome="read", why="its address", addresses=addresses)
            return self._meanwhile(look, article, found)
        if announced(look.teaser, article):  # another story lives at this address now (identity, rule 4)
            return self._meanwhile(look, article, self._elsewhere(look, article, marks, addresses))
        return Recognition(story=story, outcome=_led_away(look, story), why="the page tells nothing of the story")

    def is_own(self, look: Look, article: Article | None, story: Story) -> bool:
        """Whether the look was at the story's own address, or at one that leads there.

        A page that only names that address speaks for it where it was not read itself.
        """
        own = key(story.url)
        named = article is not None and own == key(article.url) and own not in self.answered
        told = look.story is not None and same(look.story, story) and token_differs(look.url, story.url)
        return named or told or own in (key(look.url), key(where(look)))

    def is_free(self, name: str, story: Story) -> bool:
        """Whether an address may become the story's: another story's stays with it."""
        owner = self.memory.at(name)
        return owner is None or same(owner, story)

    def address_now(self, look: Look, article: Article | None, story: Story, *, renamed: bool) -> str:
        """Where the story is read now: its own address redirects there, had another slug, or is no more.

        AMP and mobile forms are for some readers only: a story leaves them for its plain form, and never the other way.
        """
        named = article.url if article and self.is_free(key(article.url), story) else where(look)
        if plain(named) != key(named) or key(named) == key(story.url):
            return story.url
        redirected = key(look.url) == key(story.url) != key(where(look))
        another_slug = same_number(named, story.url) and self.memory.at(key(named)) is None
        if renamed and not token_differs(named, story.url):
            another_slug = another_slug or self.is_free(key(named), story)
        moved = redirected or another_slug or plain(story.url) == key(named) or story.missing_since is not None
        return named if moved else story.url

    # -- the rules

    def _elsewhere(
        self, look: Look, article: Article, marks: tuple[str, ...], addresses: frozenset[str]
    ) -> Recognition:
        """A page at an unknown address: by where it led, by what it says, or by a weak key that is believed."""
        led = {key(where(look)): "the address that answered"}
        for name, why in (led | {key(article.url): "the address that the page names"} | led).items():
            story = self.memory.at(name)
            if story is None or story.merged_into is not None:
                continue
            if story.partial or not wholly_different(self.memory.text(story) or article, article):
                return Recognition(story=story, outcome="read", why=why, addresses=addresses)
            # A canonical link that names another story is a mistake of the site: not believed.
            if name == key(article.url) != key(where(look)):
                addresses -= {article.url}
        told = self.memory.telling(marks, article)
        if told is not None:
            return Recognition(story=told, outcome="read", why="its text", addresses=addresses)
        for story, weak in self._proposed(look, article, addresses):
            renamed = weak.startswith((GUID, TOLD, PART))
            why = _why(weak)
            return Recognition(story=story, outcome="read", why=why, addresses=addresses, renamed=renamed)
        return Recognition(story=None, outcome="read", why="a new address and a new text", addresses=addresses)

    def _listed(self, look: Look, article: Article) -> Recognition:
        """An unknown address whose page gave nothing: by a weak key, or a new story from its teaser."""
        addresses = {look.url, article.url}
        if look.final_url and look.outcome != "gone":
            addresses.add(look.final_url)
        for story, weak in self._proposed(look, article, addresses):
            # A token that changes at each request is not worth remembering.
            kept = frozenset(url for url in addresses if not token_differs(url, story.url))
            renamed = weak.startswith((GUID, TOLD, PART))
            return Recognition(story=story, outcome="relinked", why=_why(weak), addresses=kept, renamed=renamed)
        return Recognition(story=None, outcome=look.outcome, why="a new address", addresses=frozenset(addresses))

    def _meanwhile(self, look: Look, article: Article, found: Recognition) -> Recognition:
        """A story from its teaser may be a known one whose headline and slug were edited while it had no page."""
        story = found.story
        if story is None or not story.partial or story.merged_into is not None:
            return found
        if self.memory.telling(fingerprints(article), article, besides=story) is not None:
            return found  # the same text, headline and all: that is a twin
        for other, weak in self._proposed(look, article, found.addresses):
            if same(other, story) or other.partial:
                break
            return msgspec.structs.replace(found, story=other, was=story, renamed=True, why=_why(weak))
        return found

    def _proposed(self, look: Look, article: Article, addresses: Iterable[str]) -> Iterator[tuple[Story, str]]:
        """Stories that a weak key proposes, where texts or headlines agree (identity, rules 5 to 10), with the key."""
        for weak, story in self.memory.proposals(sorted(addresses), marks_of(look.teaser, article)):
            if weak not in self.shared and self._is_believed(weak, look, story, article):
                yield story, weak

    def _is_believed(self, weak: str, look: Look, story: Story, article: Article) -> bool:
        old = self.memory.text(story)
        if weak.startswith((GUID, TOLD, PART)):
            return self._is_renamed(weak, look, story, old, article)
        if old is None:  # its text is kept no longer; the headlines that lists gave it are
            return look.teaser is not None and of_teaser(look.teaser) in story.listed_as
        if not old.body_text or not article.body_text:
            return announced(old, article) or (weak.startswith(NUMBER) and same_time(old, article))
        return retold(old, article) if weak.startswith(NUMBER) else not wholly_different(old, article)

    def _is_renamed(self, weak: str, look: Look, story: Story, old: Article | None, article: Article) -> bool:
        """Whether a mark is believed (identity, rules 7 to 10)."""
        if old is None or look.teaser is None:
            return False
        if weak.startswith(GUID):
            return named_alike(look.teaser.guid, old, article)
        listed = self.listed is not None and key(story.url) in self.listed
        told = weak.startswith(TOLD) and old.title == article.title and not (old.body_text and article.body_text)
        surely = self.listed is not None or same_time(old, article)
        return not listed and surely and (told or reworded(old, article))

    def _is_another(self, look: Look, story: Story) -> bool:
        """Whether asking for the story led to a page that is known as another one."""
        other = self.memory.at(key(where(look)))
        return other is not None and not same(other, story) and story.merged_into is None

    def _is_unlike(self, look: Look, article: Article, story: Story) -> bool:
        """Whether the page tells nothing of what the story told.

        Another reader may find a wholly different text in the same page: then the list's headline is still the old one.
        """
        if story.partial or not wholly_different(self.memory.text(story) or article, article):
            return False
        told = announced(look.teaser, article) and heard(look, story) == story
        return not (told and texts.read_anew(story, self.reading) and self.is_own(look, article, story))


def where(look: Look) -> str:
    """The address that answered."""
    return look.final_url or look.url


def _led_away(look: Look, story: Story) -> Outcome:
    """What a page that nobody announced means: an address that leads to some other page is gone; else it failed.

    One that leads to the same number is the story's, whatever stands there just now.
    """
    away = key(where(look)) not in (key(look.url), key(story.url))
    return "gone" if away and not same_number(where(look), look.url) else "failed"


def _why(weak: str) -> str:
    return next((why for sign, why in _WHY.items() if weak.startswith(sign)), "its plain address")
