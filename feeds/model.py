"""The nouns that flow through bantin, each defined once, in the field's own words.

Times are aware datetimes in UTC unless a docstring says otherwise. Nothing here is ever made up: what a page does not
say is ``None`` (or an empty tuple).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

import msgspec

# How a page tells when its story was published: with a clock, as a bare day, or only where nobody says that it is that.
Stated = Literal["clock", "day", "ago", "found", "address"] | None
UtcLabel = Literal["confirmed", "contradicted"] | None


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of an article.

    ``caption`` is what the page prints under it (never an automatic text such as "… - Ảnh 1."); ``alt`` is the
    attribute as the page has it. ``width`` and ``height`` are CSS pixels where the page tells them.
    """

    url: str
    caption: str | None = None
    alt: str | None = None
    width: int | None = None
    height: int | None = None


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """The same recording once more: another quality, another format. ``bytes`` is None where nobody says."""

    url: str
    type: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None


class Captions(msgspec.Struct, frozen=True, kw_only=True):
    """A file with what is said in a recording: subtitles in ``language``, None where that is not told."""

    url: str
    language: str | None = None
    title: str | None = None


class Chapter(msgspec.Struct, frozen=True, array_like=True):
    """A part of a recording: the second at which it begins, and what it is called."""

    start: float
    title: str


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of a story: a file to see or to hear, or a player of another site (``embed``), which is a page.

    ``url`` is the file that plays in most places, ``others`` the same in other qualities; of an embed it is the page
    where people watch it. ``type`` is a media type (RFC 9110 section 8.3.1). ``duration`` is seconds; ``poster`` the
    address of a picture that stands for it; ``width`` and ``height`` are pixels; ``bytes`` the file's length, which
    its feed or its server told, 0 where that was asked and did not. What else nobody tells is None. ``name`` is what
    it was known by when another quality of it was the first (`feeds.deciding.recordings`).
    """

    url: str
    kind: Literal["video", "audio", "embed"]
    type: str | None = None
    title: str | None = None
    duration: float | None = None
    poster: str | None = None
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    others: tuple[Rendition, ...] = ()
    captions: tuple[Captions, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    name: str = ""


class Teaser(msgspec.Struct, frozen=True, kw_only=True):
    """One story as a list, a feed or a sitemap announces it.

    ``url`` is absolute and cleaned (no fragment, no tracking parameters). ``published`` is None unless the page says.
    ``content_html`` is a body that came with a feed's item, already sanitised; lists and sitemaps have none. ``guid``
    is what a feed names the item by, whatever its address; ``tags`` are its categories; ``media`` what it encloses.
    ``reckoned``: ``published`` was counted from the time of reading ("2 hours ago").
    """

    url: str
    title: str
    published: datetime | None = None
    summary: str | None = None
    image: str | None = None
    authors: tuple[str, ...] = ()
    content_html: str | None = None
    guid: str | None = None
    tags: tuple[str, ...] = ()
    reckoned: bool = False
    media: tuple[Media, ...] = ()


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says of itself as a whole: ``title`` is its site's name where it says that, else its own, or "".

    ``language`` is a code, None where it is not said. ``is_story``: the page tells one story; ``listed_at`` is then the
    address of the list that it is from, as far as the page shows it: its section, else the site's front page.
    """

    title: str = ""
    language: str | None = None
    is_story: bool = False
    listed_at: str | None = None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A block of a page that is the site's, not the story's (see `feeds.deciding.boilerplate`), and where it stood.

    ``after`` and ``before`` are the marks of its neighbours, empty at the ends.
    """

    text: str
    html: str = ""
    after: str = ""
    before: str = ""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """How a block stood on a source's pages: in which stories (marks, the last few), how often, since which page."""

    stories: tuple[str, ...]
    times: int
    since: int


class ListHabit(msgspec.Struct, frozen=True, kw_only=True):
    """What one of a source's lists is like: how many stories it names, with which kinds of addresses.

    ``timed`` and ``pictured`` are the shares of its stories with a time and a picture, ``doubted``: since when it is
    not like that; ``followed``: since when it is of another make than before.
    """

    stories: float
    shapes: tuple[str, ...] = ()
    timed: float = 0.0
    pictured: float = 0.0
    doubted: datetime | None = None
    followed: datetime | None = None


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """What a source's pages are like, as bantin has learned it: how many were read, and their blocks by mark.

    ``before`` is how many had been read when the last poll began; ``lists`` are its lists by address. ``moving`` are
    the moulds of blocks whose numbers change on all pages, and tell nothing.
    """

    pages: int = 0
    before: int = 0
    blocks: dict[str, Seen] = {}
    lists: dict[str, ListHabit] = {}
    moving: tuple[str, ...] = ()


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One story read from its own page.

    ``url`` is the canonical address where the page names one on its own site, else the address it was read from.
    ``content_html`` is sanitised, with absolute links; ``body_text`` is the same text without markup, one block a
    paragraph, blocks separated by a blank line, without the summary, and without captions but those that hold
    paragraphs (``<figcaption><p>``). ``credit`` is the source that the page names ("Nguồn: …"). ``published`` and
    ``modified`` are aware, with the offset of the clock that the page shows. ``truncated`` marks a body that the page
    itself cut short (a paywall's stub), or that is longer than bantin keeps; ``next_page`` is the address of the
    article's following page, where it is split over several. ``utc_label``: ``published`` is stated in UTC, and the
    clock that is printed beside it says so as well, or is the same without being UTC. ``stated`` says how far
    ``published`` is to be trusted; ``gate`` what the page asks for where it looks like something that stands before the
    story: consent, signing in, a script, patience. ``left_out`` are blocks of the page that are the site's. ``media``
    are the story's recordings in the page's order.
    """

    url: str
    title: str
    summary: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    credit: str | None = None
    content_html: str = ""
    body_text: str = ""
    truncated: bool = False
    next_page: str | None = None
    utc_label: UtcLabel = None
    left_out: tuple[LeftOut, ...] = ()
    stated: Stated = None
    gate: str | None = None
    media: tuple[Media, ...] = ()


class Validators(msgspec.Struct, frozen=True, kw_only=True):
    """What tells whether a page changed (RFC 9110 section 8.8): opaque strings, sent back as they came.

    ``body_hash`` is bantin's own: it recognises an unchanged body from servers that send no validators. ``parts`` is
    None for a page as it came; for one that a browser made of it, the hashes of the data that it was made of, by
    address ("" for data that cannot be asked for again).
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    parts: dict[str, str] | None = None

    def same(self, other: Validators | None) -> bool:
        """Whether both are of the same bytes."""
        return other is not None and self.body_hash == other.body_hash and self.parts == other.parts


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of a web server, with status 200: ``url`` is the address that answered, after redirects.

    ``body`` is decoded (no content coding), and of limited size; ``content_type`` is the header as it came, ``links``
    are the first Link headers (RFC 8288), each cut to a limited length. ``fresh_for``: the seconds that its server
    says it to stay as it is.
    """

    url: str
    body: bytes
    content_type: str = ""
    validators: Validators = Validators()
    fresh_for: float = 0.0
    links: tuple[str, ...] = ()


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One watched site or section, as the configuration describes it.

    ``interval`` and the steps of ``recheck`` are seconds; ``timezone`` is an IANA name, the zone of times that the
    site prints without one; ``include`` and ``exclude`` are case-insensitive regular expressions. ``tell_failing``: its
    feeds have an entry that says so when nothing could be read for a day. One that is not ``enabled`` is not polled;
    its feeds stay. ``tags`` are the folders that readers of its feed put it into, "a/b" for one inside another.
    ``auto``: it is asked when its own rhythm says, at intervals between ``min_interval`` and ``max_interval``, and
    ``interval`` is what failures are retried after. ``cross_check`` is after how long what is read is compared with the
    site's other lists; 0: never. All of them are seconds. ``render`` says whether a browser runs its pages' scripts:
    never, where a page has no story without, or always.
    """

    id: str
    title: str
    urls: tuple[str, ...]
    kind: Literal["auto", "feed", "sitemap", "listing"] = "auto"
    interval: float = 600.0
    auto: bool = False
    min_interval: float = 60.0
    max_interval: float = 3600.0
    cross_check: float = 21_600.0
    timezone: str = "UTC"
    language: str | None = None
    render: Literal["no", "auto", "always"] = "auto"
    site: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    full_text: bool = True
    announce_backlog: bool = False
    tell_failing: bool = True
    enabled: bool = True
    tags: tuple[str, ...] = ()
    recheck: tuple[float, ...] = (900.0, 3600.0, 14400.0, 86400.0, 259200.0, 604800.0)

    @property
    def longest(self) -> float:
        """Seconds that may pass between two good polls."""
        return self.max_interval if self.auto else self.interval


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """What a podcast says of itself; all of it may be empty.

    ``category`` is one of Apple's, "News" or with one of its parts, "News > Daily News". ``image`` is the address of
    a square picture. ``owner`` and ``email`` tell a directory whose it is.
    """

    description: str = ""
    category: str = ""
    image: str = ""
    owner: str = ""
    email: str = ""
    explicit: bool = False


class FeedSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One published feed: the one that every source has, or one put together from several sources.

    ``token`` opens this feed alone, so that it can be given away. With ``merge`` a story that several of the sources
    tell is one entry, the first seen, which links to the others. ``sections`` and ``tags`` are compared without case; a
    story has to have one of either that is not empty. Without ``full_text`` entries show their summary only; with
    ``show_changes`` a revised one says what changed. ``folders`` are those of its source's ``tags``. ``podcast``: only
    stories with such a file, with what directories of podcasts ask for in ``show``.
    """

    id: str
    title: str
    sources: tuple[str, ...]
    token: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    language: str | None = None
    entries: int = 100
    merge: bool = False
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    full_text: bool = True
    show_changes: bool = False
    folders: tuple[str, ...] = ()
    podcast: Literal["", "audio", "video"] = ""
    show: Show = Show()


EventType = Literal[
    "article.published",
    "article.revised",
    "article.removed",
    "source.failing",
    "source.recovered",
    "source.gap",
    "endpoint.disabled",
]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)  # what receivers may ask for; the first two unless they do
FEED_CHANGED = "feed.changed"  # what hubs hear of, and nobody else
DIGEST = "digest"  # several events in one; nobody asks for it by name


class Rate(msgspec.Struct, frozen=True):
    """At most ``count`` deliveries in any ``seconds``."""

    count: int
    seconds: float


class Every(msgspec.Struct, frozen=True):
    """When digests are sent: whenever so many ``seconds`` of the day are over, or once a day ``at`` that minute."""

    seconds: float = 0.0
    at: int | None = None


class Quiet(msgspec.Struct, frozen=True):
    """The part of each day in which nothing is sent: minutes after midnight; it may go over midnight."""

    start: int
    end: int


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One receiver of events: a webhook, a channel, or a hub.

    ``channel`` names the module of `daemon.channels` that words what is sent. Each of ``secrets`` (``whsec_`` and
    base64) signs it. What it hears of: ``events`` of its ``feeds``, whose stories have what ``include`` asks for and
    nothing of ``exclude``, by one of ``authors``, filed under one of ``sections`` and of ``tags``; revisions only of
    these ``changes``. An empty tuple asks for nothing. ``merge``: what several sources tell alike is one alert.
    ``digest``, ``quiet`` and ``rate`` say when it hears of it, on the clock of ``timezone``. ``body`` and ``title`` are
    templates, empty for the channel's own; ``content_type`` is that of a body of one's own.
    """

    id: str
    url: str
    channel: str = "webhook"
    secrets: tuple[str, ...] = ()
    events: tuple[str, ...] = EVENT_TYPES[:2]
    feeds: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    merge: bool = False
    rate: Rate | None = None
    digest: Every | None = None
    quiet: Quiet | None = None
    timezone: str = "UTC"
    language: str | None = None
    body: str = ""
    title: str = ""
    content_type: str = "application/json"

    @property
    def kind(self) -> str:
        """What people call it: the table of the configuration that it is from."""
        return {"apprise": "channel", "websub": "hub"}.get(self.channel, self.channel)

    def __repr__(self) -> str:
        """Without secrets, which a channel's address is one of: this may end up in a log."""
        return f"Endpoint(id={self.id!r}, channel={self.channel!r})"


class EndpointState(msgspec.Struct, frozen=True, kw_only=True):
    """How a receiver fares.

    ``failures`` counts attempts in a row that it did not accept, ``missing`` those of them that were answered 404.
    Nothing is sent before ``resume_at``, and nothing at all after ``disabled_at``.
    """

    id: str
    disabled_at: datetime | None = None
    disabled_why: str | None = None
    failures: int = 0
    missing: int = 0
    resume_at: datetime | None = None
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    last_error: str | None = None


Status = Literal["unknown", "partial", "published", "missing", "removed", "merged"]


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one story of one source, besides its text (see `Revision`).

    ``entry_id`` is the Atom id; ``url`` is where people read it; ``fingerprint`` is None while the story is
    ``partial`` (published from its teaser, because its page could not be read; ``reason`` says why).
    ``backlog`` stories were there before bantin was, and are announced to nobody. ``listed_as`` holds fingerprints
    of the teasers seen (lists may word one differently), so that an edited headline makes bantin look at the page.
    ``looks`` counts the times its page was asked for; ``next_look`` None means never again.
    ``missing_since`` is the first look that found it gone; ``removed`` the one that confirmed it. ``occupant`` counts
    the different stories that have lived at its address. ``warning`` says what was odd about it (a date to come).
    ``reading`` names the reader that its text was read with (its version and the site profiles): another one may read
    the same page differently. ``restless`` counts the looks in a row that found another text; a ``noisy`` story had too
    many of them, and is told of no more until it rests. ``stated`` is the time at which its site says to have
    published it, None unless with a clock.
    """

    source_id: str
    entry_id: str
    url: str
    first_seen: datetime
    updated: datetime
    stated: datetime | None = None
    revision: int = 1
    fingerprint: str | None = None
    partial: bool = False
    reason: str | None = None
    backlog: bool = False
    listed_as: tuple[str, ...] = ()
    looks: int = 0
    next_look: datetime | None = None
    missing_since: datetime | None = None
    removed: datetime | None = None
    merged_into: str | None = None
    occupant: int = 1
    warning: str | None = None
    reading: str | None = None
    restless: int = 0
    noisy: bool = False
    validators: Validators = Validators()

    @property
    def status(self) -> Status:
        """What the story is now, which its times and marks imply."""
        if self.merged_into is not None:
            return "merged"
        if self.removed is not None:
            return "removed"
        if self.partial:
            return "partial"
        return "missing" if self.missing_since is not None else "published"


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a story's text. Number 1 is the first; completing a partial story replaces a revision in place."""

    source_id: str
    entry_id: str
    number: int
    seen_at: datetime
    article: Article
    fingerprint: str | None = None


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """The same story on another source, in its words and at its address."""

    source_id: str
    title: str
    url: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A story as a feed shows it: what is known of it, with its current text.

    ``elsewhere`` names the other sources that tell it, where a feed shows such stories once. ``judged``: the rules that
    the store was asked with let it through; else nobody has asked them of this story yet. ``cut``: its text found no
    room in the document.
    """

    story: Story
    article: Article
    elsewhere: tuple[Elsewhere, ...] = ()
    judged: bool = True
    cut: bool = False


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a poll failed: the address, the cause in a few words, and when."""

    url: str
    cause: str
    at: datetime
    retry_after: float | None = None


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """When a source publishes, as `feeds.deciding.rhythm` learned it from its stories; all counts fade.

    ``hours`` counts stories by the hour of the source's own clock, ``days`` by weekday (Monday first), of ``watched``
    hours until ``at``. ``near`` counts those of just now. ``followed`` tells whether stories come in bursts: of how
    many stories it was counted, how many more than by chance came shortly before them, and the squares of that.
    """

    at: datetime
    watched: float = 0.0
    hours: tuple[float, ...] = (0.0,) * 24
    days: tuple[float, ...] = (0.0,) * 7
    near: float = 0.0
    followed: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Stories of a list that may have been missed: it had none any more that were known when it was read at ``since``.

    ``until`` is the time of the oldest story that was found, None where it has none; ``why`` it could not be closed;
    ``at``, when it was noticed.
    """

    url: str
    why: str
    at: datetime
    since: datetime
    until: datetime | None = None


class Check(msgspec.Struct, frozen=True, array_like=True):
    """What a source's list and the site's other list had of the same time, up to ``at``.

    ``found`` counts stories of what is watched, ``second`` those of the other list, ``both`` those of both.
    """

    at: datetime
    found: int
    second: int
    both: int


class Front(msgspec.Struct, frozen=True, array_like=True):
    """Where a list stood when it was last read, ``at`` that time: the marks of its newest stories."""

    at: datetime
    newest: tuple[str, ...] = ()


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What bantin has learned of how a source is to be watched.

    ``floor`` are the seconds that the site asks to pass between two polls, as far as it is believed. ``fronts`` are
    those of its lists, by address; ``gaps`` and ``checks`` the last ones. ``edits`` tells for each step of looking
    again how many looks were taken, and how many of them found another text; they fade.
    """

    rhythm: Rhythm | None = None
    floor: float = 0.0
    fronts: dict[str, Front] = {}
    gaps: tuple[Gap, ...] = ()
    checks: tuple[Check, ...] = ()
    edits: tuple[tuple[float, float], ...] = ()


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """How late stories were known, in seconds after the time of publication that their site states.

    Of ``stories`` so many; ``unclear`` others have no such time, or a day only, or one that was counted from now. Each
    pair is the median and the 95th percentile, None without stories: found in a list, stored (and so in the feeds),
    delivered to the first receiver.
    """

    stories: int = 0
    unclear: int = 0
    found: tuple[float, float] | None = None
    stored: tuple[float, float] | None = None
    delivered: tuple[float, float] | None = None


class SourceState(msgspec.Struct, frozen=True, kw_only=True):
    """How a source fares. ``failures`` counts failed polls in a row; ``alarmed``: subscribers know that it fails.

    ``warning`` says what is odd about it though it can be read: a rule that takes too long to be matched.
    ``mislabels`` counts stories in a row whose printed clock contradicts that their time is stated in UTC. ``watch``
    is what was learned of it.
    """

    id: str
    due_at: datetime
    last_poll: datetime | None = None
    last_success: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    alarmed: bool = False
    failure: Failure | None = None
    warning: str | None = None
    mislabels: int = 0
    watch: Watch = Watch()


class ListingState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one of a source's addresses since it was last read.

    ``via`` is what is watched instead of the page, of kind ``via_kind`` (the site's own feed, a news sitemap), with
    ``why`` in words; it was chosen at ``chosen``. ``teasers`` counts the stories last listed. ``second``, of kind
    ``second_kind``, is where the site lists the same stories once more; the two were compared at ``checked``.
    """

    validators: Validators = Validators()
    teasers: int = 0
    via: str | None = None
    via_kind: str | None = None
    why: str | None = None
    chosen: datetime | None = None
    second: str | None = None
    second_kind: str | None = None
    checked: datetime | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One of a source's addresses (``url``), subscribed to at the hub that its document names (WebSub section 5).

    ``name`` is random, and ends the address that the hub calls, after ``base``, which was the ``public_url`` when it
    was asked; ``secret`` is what the hub signs its posts with. ``asked_at`` is when the hub was last asked, ``tries``
    how often since it last agreed. ``verified_until`` is the end of what the hub granted, None where it never granted
    any; ``denied_at`` when it refused. ``leaving``: the hub is to forget it. ``last_push`` is the last post with the
    right signature, None again where a poll found what no post had told; ``refused`` counts posts with a wrong one.
    """

    name: str
    source_id: str
    url: str
    topic: str
    hub: str
    secret: str
    base: str
    asked_at: datetime
    tries: int = 1
    verified_until: datetime | None = None
    denied_at: datetime | None = None
    leaving: bool = False
    last_push: datetime | None = None
    refused: int = 0

    @property
    def callback(self) -> str:
        """The address that the hub calls."""
        return f"{self.base}websub/{self.name}"

    def __repr__(self) -> str:
        """Without what nobody else may know."""
        return f"Subscription(source_id={self.source_id!r}, topic={self.topic!r}, hub={self.hub!r})"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What one of a source's addresses gave in a poll.

    ``teasers`` is None where the page is unchanged since the last poll or could not be read (then ``failure`` says
    why). ``first`` marks the first good read of this address; ``backlog`` holds the address keys of teasers that are
    no news though they were not known. ``state`` is what to remember; None where that is what was known before.
    ``watched``: the stories are those of a feed or a sitemap. ``page`` is the document that was read, where it may have
    to be looked at again. ``anew``: the stories are of another make than all before, and their pages have to tell
    whether it is a list. ``gap``: stories before these may have been missed. ``check`` is what the site's other list
    told, where it was asked, too. ``floor`` are the seconds that the document asks not to be asked for again.
    ``older`` holds the address keys of stories from its older pages. ``second``: these are stories that only the
    site's other list has. ``cut``: some of its stories are left to the next poll.
    ``hub``: the hub that the document names and the topic to ask it for, empty where it names
    none, None where the document was not read.
    """

    url: str
    teasers: tuple[Teaser, ...] | None = None
    state: ListingState | None = None
    first: bool = False
    backlog: frozenset[str] = frozenset()
    failure: Failure | None = None
    watched: bool = False
    page: Page | None = None
    anew: bool = False
    gap: Gap | None = None
    check: Check | None = None
    floor: float = 0.0
    older: frozenset[str] = frozenset()
    second: bool = False
    cut: bool = False
    hub: tuple[str, ...] | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll decided of one story that it looked at, for people: nothing of it is stored.

    ``url`` is the address of the look, ``found`` what asking gave, ``what`` became of the story, ``status`` what it is
    now, and ``why`` how it was recognised and what the text meant.
    """

    url: str
    entry_id: str
    status: Status
    found: str
    what: str
    why: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What asking for one story's page gave.

    ``outcome``: ``read`` (``article`` is there), ``unchanged`` (304, or the same bytes), ``gone`` (404, 410, or a
    redirect to the front page), ``failed`` (anything else; ``cause`` says what), ``disallowed`` (robots.txt),
    ``skipped`` (not asked for: too many at once, or the source wants no full text).
    ``final_url`` is the address that answered, after redirects. ``slow``: it failed because reading it took too long.
    ``came``: how its list told of it, on an older page or on the site's other list only.
    """

    url: str
    outcome: Literal["read", "unchanged", "gone", "failed", "disallowed", "skipped"]
    teaser: Teaser | None = None
    story: Story | None = None
    article: Article | None = None
    final_url: str | None = None
    validators: Validators | None = None
    cause: str | None = None
    backlog: bool = False
    slow: bool = False
    came: Literal["listed", "older", "second"] = "listed"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell subscribers. ``id`` is derived from what happened, so the same event never has two ids."""

    id: str
    type: str
    created: datetime
    payload: bytes
    source_id: str | None = None
    entry_id: str | None = None
    revision: int | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint, at most one of each pair."""

    event_id: str
    endpoint_id: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint may get at the moment.

    ``quiet``: nothing. After ``broken`` failures in a row (0: no number) it gets one at a time. ``alone``: events that
    were never sent may go by themselves, but for those made until ``gathered`` (None: there are none), which go
    together. ``rate`` limits both. ``merge``: of stories that tell the same, the first only.
    """

    quiet: bool = False
    broken: int = 0
    alone: bool = True
    gathered: datetime | None = None
    rate: Rate | None = None
    merge: bool = False

    @property
    def gathers(self) -> bool:
        """Whether some events may have to go together."""
        return not self.quiet and (self.gathered is not None or self.rate is not None)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is to go with others: its number, its event, and the cluster of its story."""

    id: int
    event: Event
    cluster: int | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt gave: a ``status``, or the ``error`` that came instead (or besides); ``duration`` in seconds.

    ``accepted`` where a channel tells so itself; without it a status of 2xx says so. ``retry_after`` in seconds.
    """

    at: datetime
    status: int | None = None
    error: str | None = None
    duration: float = 0.0
    retry_after: float | None = None
    accepted: bool | None = None

    @property
    def is_good(self) -> bool:
        """Whether the receiver has it."""
        if self.accepted is not None:
            return self.accepted
        return self.status is not None and 200 <= self.status < 300

    @property
    def said(self) -> str:
        """What came of it, in words."""
        return self.error or (f"HTTP {self.status}" if self.status else "accepted" if self.is_good else "no answer")


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the delivery, and of its endpoint.

    ``resume_at``: the endpoint gets nothing more before then. ``disable`` says why it gets nothing more at all;
    ``back``, that it answers again, and what waits for later attempts may go at once. ``excused``: it asked for
    patience, and the attempt counts against nobody.
    """

    state: Literal["delivered", "pending", "dead"]
    due_at: datetime | None = None
    resume_at: datetime | None = None
    disable: str | None = None
    back: bool = False
    excused: bool = False


class Known(msgspec.Struct, kw_only=True):
    """What the store knows that bears on a poll: stories by address key and by fingerprint, and their texts.

    ``articles`` holds the current text of each of these stories by entry id, ``habits`` what the source repeats.
    """

    by_key: dict[str, Story] = {}
    by_fingerprint: dict[str, Story] = {}
    articles: dict[str, Article] = {}
    habits: Habits = Habits()


class Tally(msgspec.Struct, kw_only=True):
    """How many stories a poll found new, completed, revised and removed; ``partial`` of the new ones are teasers.
    ``caught_up`` of them stood on older pages of a list, ``missed`` were found on the site's other list only.

    ``reread`` and ``noisy`` are texts that were replaced without a word: read by another reader, or never at rest.
    """

    new: int = 0
    partial: int = 0
    completed: int = 0
    revised: int = 0
    removed: int = 0
    reread: int = 0
    noisy: int = 0
    caught_up: int = 0
    missed: int = 0


class KeptPage(msgspec.Struct, frozen=True, kw_only=True):
    """A list's page that told no stories, or none that were believed, kept to be looked at; ``url`` is the list's."""

    url: str
    page: Page
    cause: str
    at: datetime


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one poll found, as one value that is stored whole or not at all.

    ``addresses`` maps an address key (see `feeds.deciding.identity.key`) to the entry id it belongs to.
    ``listings`` maps a source's address to what was learnt of it. ``verdicts`` says of each story whose text is new
    which rules let it through (see `feeds.deciding.filters`), by entry id and the rules' names. ``habits`` is what was
    learned of the source's pages, None where none was read, ``watch`` of how to watch it. ``pages`` are lists'
    pages that were not believed. ``visible`` says whether a feed shows any of it: looks and schedules are nobody's
    business but bantin's. ``hubs`` maps a source's address to what its document says of hubs (see `Listing`), where it
    was read; these and the ``decisions``, which are for people, are not stored with the rest.
    """

    state: SourceState
    listings: dict[str, ListingState] = {}
    stories: tuple[Story, ...] = ()
    revisions: tuple[Revision, ...] = ()
    addresses: dict[str, str] = {}
    events: tuple[Event, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    verdicts: dict[str, dict[str, bool]] = {}
    habits: Habits | None = None
    watch: Watch | None = None
    pages: tuple[KeptPage, ...] = ()
    visible: bool = False
    hubs: dict[str, tuple[str, ...]] = {}
    decisions: tuple[Decision, ...] = ()
    tally: Tally = msgspec.field(default_factory=Tally)
