"""What a feed document is made from: one value that holds all that any format needs.

What one format cannot say (a tombstone in RSS) it leaves out; nothing in here is of one format only.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from feeds.deciding.difference import Difference
from feeds.model import Entry, FeedSpec
from feeds.reading import urls

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The feed of one source, as a feed over several tells where an entry is from.

    ``id`` is the source's, and that of its own feed; ``site`` its first address. ``updated`` is when that feed last
    changed, None where nobody asked. With ``full_text`` False its entries show their summary only.
    """

    id: str
    title: str
    site: str | None = None
    updated: datetime | None = None
    full_text: bool = True


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A story that is gone from its site: the id of the entry that was, and when it was found gone."""

    ref: str
    when: datetime


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document stands in its paged feed (RFC 5005 section 4; which entries go where: `archives`).

    ``number`` is None for the subscription document, else the archive's, the oldest being 1. ``previous`` is the
    archive with the next older entries, ``following`` the one with the next newer; None where there is none.
    """

    number: int | None = None
    previous: int | None = None
    following: int | None = None


class Feed(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A feed document before it is written.

    ``entries`` stand in the order in which readers see them. ``base`` is the address under which bantin is reached
    (with a final slash), ``site`` the page that the feed is of, ``query`` what every address of bantin must carry
    (``?token=…``). ``origins`` are the feed's sources by id; ``changes`` hold by entry id what a revision changed, and
    are shown with ``show_changes``. ``hub`` is the address of a WebSub hub.
    """

    spec: FeedSpec
    base: str
    version: str
    entries: tuple[Entry, ...] = ()
    site: str | None = None
    query: str = ""
    full_text: bool = True
    show_changes: bool = False
    changes: Mapping[str, Difference] = {}
    origins: Mapping[str, Origin] = {}
    withdrawn: tuple[Withdrawn, ...] = ()
    place: Place = Place()
    hub: str | None = None

    @property
    def id(self) -> str:
        """The Atom id, the same for every document of the feed."""
        return feed_id(self.spec, self.site)

    @property
    def updated(self) -> datetime:
        """When anything that the document shows last changed; the epoch where it shows nothing."""
        moments = [entry.story.updated for entry in self.entries]
        return max(moments + [gone.when for gone in self.tombstones], default=EPOCH)

    @property
    def tombstones(self) -> list[Withdrawn]:
        """What is withdrawn, but for a story that came back and is shown."""
        shown = {entry.story.entry_id for entry in self.entries}
        return [gone for gone in self.withdrawn if gone.ref not in shown]

    @property
    def page(self) -> str:
        """The address of the page for people."""
        return f"{self.base}feeds/{self.spec.id}/{self.query}"

    def address(self, extension: str, feed: str | None = None) -> str:
        """The address of the subscription document, or that of another feed."""
        return f"{self.base}feeds/{feed or self.spec.id}.{extension}{self.query}"

    def archive(self, extension: str, number: int) -> str:
        """The address of an archive document."""
        return f"{self.base}feeds/{self.spec.id}/archive/{number}.{extension}{self.query}"

    def links(self, extension: str) -> list[tuple[str, str]]:
        """Relation and address of the documents that belong to this one, itself first.

        RFC 5005 section 4: an archive names the subscription document as ``current``; ``prev-archive`` is the archive
        that immediately precedes a document, ``next-archive`` the one that follows it. A hub is told with the
        document's own address, which is the topic (WebSub section 4).
        """
        place, current = self.place, self.address(extension)
        numbers = (("prev-archive", place.previous), ("next-archive", place.following))
        found = [("self", current if place.number is None else self.archive(extension, place.number))]
        if self.hub and place.number is None:  # archives do not change: there is nothing to tell of them
            found.append(("hub", self.hub))
        if place.number is not None:
            found.append(("current", current))
        return found + [(rel, self.archive(extension, number)) for rel, number in numbers if number is not None]


def feed_id(feed: FeedSpec, site: str | None) -> str:
    """The feed's own Atom id; the same wherever bantin is installed, whatever the feed's title becomes."""
    return _urn(feed.id, site)


def origin_id(origin: Origin) -> str:
    """The Atom id of a source's own feed: what `feed_id` says of it."""
    return _urn(origin.id, origin.site)


def _urn(name: str, site: str | None) -> str:
    known = f"bantin:{name}:{urls.site(site or '')}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, known)}"
