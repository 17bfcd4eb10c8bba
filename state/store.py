"""What bantin remembers, as a protocol: the guarantees are stated here, and hold for every database.

- *Atomic.* Each method is one transaction: all of it is stored, or nothing.
- *Isolated.* A claim is given to one owner only, however many ask at once, until its lease runs out.
- *Durable.* What a method stored survives the end of the process at any moment; what `commit` stored with a story or
  an event survives a power cut.
- *Times* are aware UTC datetimes in and out, kept to the millisecond. Leases are judged by the store's own clock,
  the server's where there is one, so that hosts may disagree about the time.
- *Raised:* `StateError` where the database cannot be used, with what to do; `LeaseLostError` where said.

Methods block. The daemon calls them from a thread of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from feeds.model import (
    Article,
    Attempt,
    Changes,
    Delay,
    Delivery,
    EndpointState,
    Entry,
    Event,
    Failure,
    KeptPage,
    Known,
    ListingState,
    Revision,
    Rhythm,
    SourceState,
    Story,
    Subscription,
    Tally,
    Terms,
    Verdict,
    Waiting,
)

# What is `pending` may be carried by a digest, and shares its fate; `merged`: another source told the story first;
# `dropped`: by hand.
DeliveryState = Literal["pending", "delivered", "dead", "merged", "dropped"]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed source, with what its poll begins with.

    ``listings`` holds what is known of each address that was read before; ``looks`` are
    stories whose page should be asked for again, the longest due first; ``subscriptions`` those at hubs, by address,
    without those that are being left. ``claimed_at`` is when, by the store's clock.
    """

    state: SourceState
    listings: dict[str, ListingState] = {}
    looks: tuple[Story, ...] = ()
    subscriptions: dict[str, Subscription] = {}
    claimed_at: datetime | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed delivery: the event to send, and how many attempts were made before; ``forgiven`` of them do not count.

    ``failures`` are those of its endpoint in a row.
    """

    id: int
    endpoint_id: str
    event: Event
    attempts: int
    forgiven: int = 0
    failures: int = 0


class Wanted(NamedTuple):
    """What is asked for of one endpoint's deliveries: at most ``limit``, as far as the ``terms`` let them go."""

    endpoint_id: str
    limit: int
    terms: Terms


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as people look at it: what, to whom, how it stands, and its last attempt.

    ``title`` is the story's, as it is now; ``digest_id`` the delivery that carries this one.
    """

    id: int
    event_id: str
    type: str
    source_id: str | None
    entry_id: str | None
    endpoint_id: str
    state: str
    attempts: int
    due_at: datetime
    created: datetime
    title: str | None = None
    digest_id: int | None = None
    done_at: datetime | None = None
    reason: str | None = None
    last_status: int | None = None
    last_error: str | None = None


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as people look at it: how it fares, and how many deliveries wait, or were given up."""

    state: EndpointState
    waiting: int = 0
    dead: int = 0
    oldest: datetime | None = None


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A source as people look at it; ``paused`` since when, where somebody paused it by hand."""

    state: SourceState
    stories: int
    partial: int
    leased: bool
    paused: datetime | None = None


class PollRow(msgspec.Struct, frozen=True):
    """A poll that found something, or failed: as the ``failures``-th in a row."""

    at: datetime
    failures: int
    failure: Failure | None
    tally: Tally


class ChangeRow(msgspec.Struct, frozen=True):
    """A story that was edited (from ``old`` to ``new``) or withdrawn (then there is neither) at some time.

    ``number`` is the story's.
    """

    at: datetime
    number: int
    entry: Entry
    old: Revision | None = None
    new: Revision | None = None


class SourceCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many sources are good, failing, or were not polled yet; and since when the one that is longest due is due."""

    good: int = 0
    failing: int = 0
    waiting: int = 0
    longest_due: datetime | None = None


class PageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A kept page as people look for it: of which list (``url``) it is, when it was read, why it was not believed."""

    number: int
    source_id: str
    url: str
    at: datetime
    cause: str


class FeedVersion(msgspec.Struct, frozen=True):
    """Tells whether a feed of a source changed: grows with every visible change; ``changed`` is the last.

    ``failing_since`` and ``cause`` tell since when the source could not be read, and why.
    """

    number: int
    changed: datetime
    failing_since: datetime | None = None
    cause: str | None = None


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing one story found: its cluster, the bands to find it by, and what was ``seen`` to be near.

    ``touched`` are the sources whose merged feeds show something else now.
    """

    story: int
    revision: int
    near: Mapping[str, Any]
    bands: Sequence[int]
    seen: Sequence[int]
    cluster: int
    touched: frozenset[str]
    source: str


class Comparison(msgspec.Struct, frozen=True):
    """What comparing the next stories found; ``more``: some wait still. ``placements`` empty: none has a text."""

    placements: Sequence[Placement]
    more: bool


class Judge(Protocol):
    """What says whether two texts tell the same story: the module `feeds.deciding.similar`.

    Texts that share none of their ``bands`` are not compared, nor are stories that came ``WINDOW`` and more apart.
    """

    WINDOW: timedelta

    def bands(self, article: Article) -> tuple[int, ...]:
        """Signed 64-bit numbers, of which two texts that are nearly the same share one at least; none: no text."""

    def same(self, one: Article, other: Article) -> bool:
        """Whether the two tell the same story."""


class Store(Protocol):
    """The memory of one bantin, or of several that share a database.

    ``clock`` is the store's own: due times are to be told by it, too.
    """

    clock: Callable[[], datetime]

    def close(self) -> None:
        """Give back files and connections. The store is not used after."""

    # -- sources and polls

    def sync(self, sources: Mapping[str, float], endpoints: Mapping[str, str]) -> None:
        """Make the configuration known. ``sources`` maps id to interval in seconds, ``endpoints`` id to url.

        New sources are due now, missing ones rest; one that was put off for longer than its interval is due by then.
        """

    def claim_polls(self, owner: str, limit: int, lease: float) -> list[Claim]:
        """At most ``limit`` due sources, the longest due first, leased to ``owner`` for ``lease`` seconds."""

    def claim_source(self, owner: str, source_id: str, lease: float) -> Claim | None:
        """The source, due or not; None while another owner holds it."""

    def renew(self, owner: str, lease: float, source_ids: Iterable[str], delivery_ids: Iterable[int]) -> None:
        """Put off the end of these leases, where ``owner`` still holds them, to ``lease`` seconds from now."""

    def release(self, owner: str, source_ids: Iterable[str] | None = None) -> None:
        """Give back the owner's polls (all, or these), due as they were; with None its deliveries too."""

    def owners(self) -> set[str]:
        """Who holds leases at present."""

    def known(
        self, source_id: str, keys: Iterable[str], fingerprints: Iterable[str] = (), *, texts: bool = True
    ) -> Known:
        """The stories that these addresses and texts belong to, with their current ``texts``.

        Without texts, what was learned of the source is there instead (`Known.habits`).
        """

    def commit(self, changes: Changes, owner: str, words: Mapping[str, str] | None = None) -> None:
        """Store a poll's outcome and give back its lease.

        ``words`` are those that its stories are found by (`state.search.words_of`), where they were made before.
        Raises `LeaseLostError`, storing nothing, where the owner no longer holds it.
        """

    def commit_quiet(self, states: Sequence[SourceState], owner: str) -> set[str]:
        """Store the outcomes of polls that found nothing, and give back their leases; returns whose lease was lost.

        Not durable like `commit`: a power cut may undo it, and then these sources are polled again.
        """

    def rename_source(self, old: str, new: str) -> int:
        """Give the source's stories, lists and events to another id; returns how many stories.

        What was asked for under the old id is found under the new one (`renamed`). Raises `StateError` where the old
        is not known, the new one has stories of its own, or a poll of either is under way.
        """

    def pause(self, source_id: str, paused: bool) -> bool:
        """Poll the source no longer, or again, whatever the configuration says; False where that is so already."""

    def make_due(self, source_id: str) -> bool:
        """Have the source polled at once; False for one that is not watched, or is being polled."""

    # -- subscriptions at hubs (WebSub); whoever calls these has them verified, the store only remembers

    def subscriptions(self) -> list[Subscription]:
        """All of them, those that are being left, too."""

    def subscription(self, name: str) -> Subscription | None:
        """The one of that name."""

    def subscribe(self, asked: Subscription) -> None:
        """Remember that the hub is asked, for the first time or again.

        Another one of the same source and address is left from now on. One without its source is not stored.
        """

    def leave(self, names: Collection[str], at: datetime) -> None:
        """Have these left: what is posted to them no longer counts, and they are forgotten when the hub agrees."""

    def verified(self, name: str, until: datetime) -> bool:
        """The hub grants it until then; False where there is none of that name any more, or it is being left."""

    def denied(self, name: str, at: datetime) -> bool:
        """The hub refuses it: it is verified no longer."""

    def forget_subscriptions(self, names: Collection[str]) -> None:
        """Remember these no longer."""

    def heard(self, pushed: Collection[str], refused: Mapping[str, int], rest: float) -> None:
        """Hubs posted to the subscriptions ``pushed``; and to others so often with a wrong signature.

        The sources of the pushed ones are due ``rest`` seconds after their last poll, at once where that is over. One
        that is being polled at this moment is to be made due by `overtaken`, when that poll is stored; one that fails
        keeps its time.
        """

    def overtaken(self, source_id: str, since: datetime, rest: float) -> bool:
        """Have the source polled again, ``rest`` seconds after its last poll, where a hub posted since then."""

    def doubt_pushes(self, source_id: str, before: datetime) -> None:
        """What no hub told of was found: posts from before count no more (`Subscription.last_push`)."""

    def renamed(self) -> dict[str, str]:
        """Old ids of sources, and what they are called now."""

    def compare(self, judge: Judge, limit: int) -> Comparison | None:
        """Compare up to ``limit`` new stories with those of other sources, and store nothing; None: none waits."""

    def place(self, comparison: Comparison | None, limit: int) -> int:
        """Store what comparing found; returns how many stories: less than ``limit`` means that none waits any more.

        Stories that tell the same form a cluster. Twenty daemons at once find the same as one: what another one placed
        meanwhile is compared with in the next round.
        """

    def cluster(self, judge: Judge, limit: int) -> int:
        """`compare` and `place`."""

    # -- what is published

    # ``rules`` are the names of a feed's rules by source (`feeds.deciding.filters`); a source without one has none.
    # Stories that they do not let through are left out. Those of which nobody asked them are not ``judged``: whoever
    # asks them tells the store (`keep_verdicts`). Entries come without their texts and with one picture (`texts` has
    # the rest): a hundred long stories are more than one document can carry, or a small machine hold.

    def entries(
        self,
        source_ids: Iterable[str],
        limit: int,
        before: int | None = None,
        rules: Mapping[str, str] = ...,
        found: tuple[datetime, datetime] | None = None,
    ) -> list[tuple[int, Entry]]:
        """Published stories, the newest found first, each with its number; ``before`` pages on by that number.

        ``found`` in this span only: from its first moment on, and before its second.
        """

    def found_since(
        self,
        source_ids: Iterable[str],
        limit: int,
        since: datetime | None = None,
        *,
        changed: bool = False,
        withdrawn: bool = False,
    ) -> list[tuple[int, Entry]]:
        """Stories that were found, ``changed`` or ``withdrawn`` since then, what happened last first."""

    def changes(
        self,
        source_ids: Iterable[str],
        limit: int,
        before: tuple[datetime, int] | None = None,
        rules: Mapping[str, str] = ...,
        kind: str = "",
    ) -> list[ChangeRow]:
        """What was edited or withdrawn (or one ``kind`` of these), the last first; noisy stories are left out.

        ``before`` (the time and number of the last one shown) pages on.
        """

    def texts(self, numbers: Iterable[int], room: int) -> dict[int, Article]:
        """The whole current articles of these stories, the newest first, as long as a feed needs at most ``room`` bytes

        for them; one in any case.
        """

    def twins(
        self, source_ids: Iterable[str], numbers: Iterable[int], rules: Mapping[str, str] = ...
    ) -> dict[int, list[tuple[int, Entry]]]:
        """By number: the published stories of these sources that tell the same, the first found first."""

    def keep_verdicts(self, rules: Mapping[str, str], said: Mapping[int, bool]) -> None:
        """Remember of stories, by number, whether the rules of their source let them through."""

    def showing(self, entry_id: str, rules: Mapping[str, str]) -> dict[str, bool]:
        """The sources whose rules let the story with that id through; False where nobody asked them yet."""

    def version(self) -> int:
        """Grows with every change that feeds or pages may show, of any source."""

    def total(self, source_ids: Iterable[str], before: int | None = None) -> int:
        """How many stories these sources ever had, those of before number ``before`` only where it is given."""

    def stretch(
        self, source_ids: Iterable[str], first: int, last: int, rules: Mapping[str, str] = ...
    ) -> tuple[list[tuple[int, Entry]], list[Story]]:
        """What is published of the stories that were found as the ``first`` to ``last`` of these sources (from 1 on),

        the newest first; and which of them were withdrawn. The same places are always the same stories'.
        """

    def versions(self, source_ids: Iterable[str]) -> dict[str, FeedVersion]:
        """The version of each of these sources."""

    def story(
        self, entry_id: str, source_id: str | None = None, last: int | None = None
    ) -> list[tuple[Story, list[Revision]]]:
        """The stories with that id (one per source at most), each with its (``last``) revisions, the first first."""

    def find(self, *, number: int | None = None, start: str = "", key: str = "") -> list[tuple[str, str]]:
        """Source and entry id of the story with that number (see `entries`), or of those that have this address key,
        or whose entry id begins so; withdrawn ones, too."""

    def search(
        self,
        question: str,
        limit: int,
        source_ids: Collection[str] | None = None,
        rules: Mapping[str, str] = ...,
        before: int | None = None,
    ) -> list[tuple[int, Entry]]:
        """Stories with all the words of ``question``, the newest first, each with its number; removed ones, too.

        Words without diacritics match words with them. ``before`` pages on by number.
        """

    def reindex(self, limit: int, *, anew: bool = False) -> tuple[int, int] | None:
        """Index up to ``limit`` stories more, where the index is not whole, or of another version, or ``anew``.

        Returns the number of the last one that is indexed, and of the last of all; None: the index is whole.
        """

    # -- deliveries

    def claim_deliveries(self, owner: str, endpoint_id: str, limit: int, lease: float, terms: Terms = ...) -> list[Due]:
        """Due deliveries to one endpoint, the oldest first, as far as the ``terms`` let them go.

        None while it is disabled or not to be disturbed; of one story none while an earlier one is on its way.
        """

    def claim_for(self, owner: str, wanted: Sequence[Wanted], lease: float) -> list[list[Due]]:
        """`claim_deliveries` of several endpoints at once, in the order of ``wanted``."""

    def record(self, outcomes: Sequence[tuple[Due, Attempt, Verdict]]) -> list[EndpointState | None]:
        """Store attempts and what becomes of the deliveries, and give back their leases.

        A digest takes those along that it carries. Returns how each one's endpoint fares after it. Not durable like
        `commit`: what a power cut undoes is sent again, under the same id.
        """

    def disable(self, endpoint_id: str, why: str, at: datetime, event: Event, told: Sequence[Delivery]) -> bool:
        """Send nothing more there, and tell others; False where that was so already."""

    def enable(self, endpoint_id: str) -> bool:
        """Send there again, at once what waits; False for an endpoint that nobody knows."""

    def waiting(self, endpoint_id: str, terms: Terms, limit: int) -> list[Waiting]:
        """What the ``terms`` want to go together, the oldest first: ``limit`` and 16 MB of events at most."""

    def gather(self, endpoint_id: str, waiting: Sequence[Waiting], event: Event) -> bool:
        """Have one delivery of this event carry all these; False, storing nothing, where one of them went meanwhile."""

    def retry(self, numbers: Sequence[int]) -> int:
        """Try deliveries anew, at once, that are pending, dead or dropped; returns how many.

        What a digest carries shares its fate: the digest is tried anew, or dropped, with all of it.
        """

    def drop(self, numbers: Sequence[int]) -> int:
        """Give up deliveries that are pending or dead; returns how many."""

    # -- for people

    def sources(self, source_ids: Iterable[str] | None = None, *, failing: bool = False) -> list[SourceRow]:
        """Every source that was ever configured (or of these, those that were), by id; ``failing``: those that fail."""

    def poll_history(self, source_id: str) -> list[PollRow]:
        """The last polls of a source that found something or failed, the newest first."""

    def last_stories(self, source_ids: Iterable[str]) -> dict[str, datetime]:
        """When the last story of each of these sources was found."""

    def lists_of(self, source_id: str) -> dict[str, ListingState]:
        """What is known of each address of a source that was read."""

    def source_counts(self) -> SourceCounts:
        """How the configured sources fare, without counting their stories."""

    def kept_pages(self) -> list[PageRow]:
        """Pages of lists that were not believed, the newest first."""

    def kept_page(self, number: int) -> tuple[str, KeptPage] | None:
        """One of them, with the id of its source."""

    def delays(self, source_ids: Iterable[str] | None, since: datetime) -> dict[str, Delay]:
        """How late the stories of these sources (None: of all) were known that were found since then, by source.

        Those that were there before bantin was do not count.
        """

    def count_found(self, source_id: str, since: datetime) -> int:
        """How many of the source's stories were found since then, besides those that were there before bantin."""

    def rhythms(self) -> dict[str, Rhythm]:
        """The rhythms of the sources that are watched, as far as they are known."""

    def stories_by_day(
        self, source_ids: Iterable[str], since: datetime, offset: timedelta = timedelta(0)
    ) -> dict[str, dict[date, int]]:
        """How many stories of each source were found on each day from ``since`` on, withdrawn ones, too.

        Days begin at midnight of a clock that is ``offset`` ahead of UTC; those without a story are not there.
        """

    def deliveries(
        self,
        state: str | None,
        endpoint_id: str | None,
        limit: int | None,
        since: datetime | None = None,
    ) -> list[DeliveryRow]:
        """The newest deliveries, filtered; ``since`` by when their events were made."""

    def delivery(self, number: int) -> tuple[DeliveryRow, Event, list[Attempt]] | None:
        """One delivery with its event and all its attempts."""

    def endpoints(self) -> dict[str, EndpointRow]:
        """Every endpoint that was ever configured, by id."""

    def delivered_by_hour(self, since: datetime) -> dict[str, dict[datetime, tuple[int, int]]]:
        """By endpoint and hour (UTC): how many deliveries arrived, and how many attempts failed."""

    def forget(self, before: datetime) -> int:
        """Delete the texts of stories that last changed before then, and events long delivered; returns how many texts.

        That the stories were known stays: one that is listed again is not taken for a new one. What still waits to be
        delivered stays, too.
        """

    def tidy(self) -> None:
        """Nightly maintenance: statistics for the query planner, and the log folded into the database."""

    def backup(self, target: Path) -> None:
        """A consistent copy of everything, while running."""
