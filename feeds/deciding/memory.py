"""What is known while a poll is decided: what the store knew, and what the looks decided so far have added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from feeds.deciding.identity import key, names, to_remember
from feeds.deciding.recordings import told_apart
from feeds.model import Article, Known, Story


class Memory:
    """Finds stories by their addresses and texts, as the poll has left them so far. Lives for one call of `decide`.

    ``stories`` and ``addresses`` are what the poll has changed; everything else was known before.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self.stories: dict[str, Story] = {}
        self.addresses: dict[str, str] = {}
        self._by_entry = {story.entry_id: story for story in (*known.by_key.values(), *known.by_fingerprint.values())}

    # -- finding

    def current(self, story: Story | None) -> Story | None:
        """The story as this poll has left it so far; one that was merged is the one it was merged into."""
        if story is None:
            return None
        story = self.stories.get(story.entry_id, story)
        into = self.stories.get(story.merged_into or "") or self._by_entry.get(story.merged_into or "")
        return into or story

    def at(self, name: str) -> Story | None:
        """The story that an address key belongs to."""
        return self.current(self.known.by_key.get(name))

    def telling(
        self, marks: Iterable[str], article: Article | None = None, *, besides: Story | None = None
    ) -> Story | None:
        """The story whose current text has one of these marks; not one that is told apart from the ``article``."""
        for mark in marks:
            story = self.current(self.known.by_fingerprint.get(mark))
            if story is None or story.fingerprint != mark or (besides is not None and same(story, besides)):
                continue
            old = self.text(story) if article is not None else None
            if article is None or old is None or not told_apart(old, article):
                return story
        return None

    def proposals(self, addresses: Iterable[str], marks: Iterable[str]) -> Iterator[tuple[str, Story]]:
        """The stories that weak keys of these addresses, and then the marks, propose, each with the key."""
        weak = (name for url in dict.fromkeys(addresses) for name in names(url)[1:])
        for name in (*weak, *marks):
            story = self.at(name)
            if story is not None and story.merged_into is None:
                yield name, story

    def text(self, story: Story) -> Article | None:
        """The story's current text; None where it is kept no longer."""
        return self.known.articles.get(story.entry_id)

    # -- adding

    def keep(self, story: Story) -> None:
        """The story is now like this."""
        self.stories[story.entry_id] = story
        self._by_entry[story.entry_id] = story

    def learn(self, story: Story, article: Article) -> None:
        """The story has this text now; the next page of this poll that tells it is recognised."""
        self.known.articles[story.entry_id] = article
        if story.fingerprint and self.telling([story.fingerprint]) is None:
            self.known.by_fingerprint[story.fingerprint] = story

    def claim(
        self, story: Story, addresses: Iterable[str], marks: Iterable[str] = (), *, modest: bool = False
    ) -> Story:
        """The addresses are the story's from now on; those that only propose (and ``marks``), unless a newer one's.

        ``modest``: or any one's. A story without a text may turn out to be that one.

        The story is returned: it takes over how many have lived at its addresses, so that the next there has an id of
        its own.
        """
        addresses = set(addresses)
        strong = {key(url) for url in addresses}
        before = [owner for owner in map(self.at, strong) if owner is not None]
        weak = {name for name in to_remember(addresses) | set(marks) if not self._has_newer(name, story)}
        if modest:
            weak = {name for name in weak if self.at(name) is None}
        owned = sorted(name for name in strong | weak if not self._is_owned(name, story))
        self.addresses.update(dict.fromkeys(owned, story.entry_id))
        self.known.by_key.update(dict.fromkeys(owned, story))
        self._by_entry[story.entry_id] = story
        return msgspec.structs.replace(story, occupant=max(story.occupant, *(one.occupant for one in before), 0))

    def hand_over(self, story: Story, other: Story) -> Story:
        """All that is known to lead to the story leads to the other one, which is returned."""
        for name, owner in list(self.known.by_key.items()):
            if same(owner, story):
                self.known.by_key[name] = other
                self.addresses[name] = other.entry_id
        return msgspec.structs.replace(other, occupant=max(story.occupant, other.occupant))

    def _is_owned(self, name: str, story: Story) -> bool:
        owner = self.known.by_key.get(name)
        return owner is not None and same(owner, story)

    def _has_newer(self, name: str, story: Story) -> bool:
        owner = self.at(name)
        return owner is not None and not same(owner, story) and owner.first_seen > story.first_seen


def same(one: Story, other: Story) -> bool:
    """Whether two values are of one story."""
    return one.entry_id == other.entry_id
