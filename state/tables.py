"""The tables. Times are integers: milliseconds since 1970-01-01 UTC (SQLite would give back naive datetimes)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

# SQLite numbers rows only through a plain INTEGER primary key.
_Id = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Who wrote this database: the version that can open it, should an older one meet it.
meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

sources = Table(
    "sources",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("enabled", Boolean, nullable=False),  # still in the configuration
    Column("due_at", BigInteger, nullable=False),
    Column("lease_owner", String(200)),
    Column("lease_until", BigInteger),
    Column("last_poll", BigInteger),
    Column("last_success", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("failing_since", BigInteger),
    Column("alarmed", Boolean, nullable=False),
    Column("failure", Text),  # JSON of feeds.model.Failure
    Column("version", BigInteger, nullable=False),  # grows whenever a feed of the source changes
    Column("changed_at", BigInteger, nullable=False),  # when it last did
    Column("warning", Text),  # what is odd about it, though it can be read
    Column("mislabels", Integer, nullable=False, server_default=text("0")),
    Column("renamed_to", String(200)),  # whose stories moved to another id: its addresses lead there
    Column("paused_at", BigInteger),  # by hand, on a page; the configuration's `enabled` is another matter
    Column("polls", BigInteger, nullable=False, server_default=text("0")),  # that are remembered below, ever
    # How many of its stories are shown, and of how many of them only the teaser: commits keep count.
    Column("stories", Integer, nullable=False, server_default=text("0")),
    Column("partials", Integer, nullable=False, server_default=text("0")),
    Column("watch", Text),  # JSON of feeds.model.Watch
    Index("ix_sources_due", "enabled", "due_at"),
)

# The addresses that a source lists stories at, with what recognises an unchanged page.
listings = Table(
    "listings",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("parts", Text),  # JSON, of pages that a browser made: hashes of their data
    Column("teasers", Integer, nullable=False),
    Column("via", Text),  # what is watched instead: the site's own feed, a news sitemap
    Column("via_kind", String(16)),
    Column("why", Text),
    Column("chosen", BigInteger),
    Column("second", Text),  # where the site lists the same stories once more
    Column("second_kind", String(16)),
    Column("checked", BigInteger),  # when the two were compared
)

# What is subscribed to at hubs (feeds.model.Subscription). Whoever reads `name` and `secret` can post as the hub does.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("secret", String(200), nullable=False),
    Column("base", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("verified_until", BigInteger),
    Column("denied_at", BigInteger),
    Column("leaving", Boolean, nullable=False),
    Column("last_push", BigInteger),
    Column("refused", Integer, nullable=False),
    Index("ix_subscriptions_source_id", "source_id"),
)

# What bantin has learned of a source's pages (feeds.model.Habits), as JSON.
habits = Table(
    "habits",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("learned", Text, nullable=False),
)

# What the last polls of each source found, those that found something or failed: the newest take the oldest's slots.
polls = Table(
    "polls",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row; 0: a good one
    Column("failure", Text),  # JSON of feeds.model.Failure
    Column("tally", Text, nullable=False),  # JSON of feeds.model.Tally
)

# Pages of lists that told no stories, or none that were believed: one a list, to be looked at again.
pages = Table(
    "pages",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("url", Text, nullable=False),  # the list's; the next is the one that answered
    Column("final_url", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib
    UniqueConstraint("source_id", "url"),
    sqlite_autoincrement=True,
)

_SHOWN = text("removed IS NULL AND merged_into IS NULL")
_CHANGED = text("revision > 1 AND removed IS NULL AND merged_into IS NULL")
_WITHDRAWN = text("removed IS NOT NULL AND merged_into IS NULL")

stories = Table(
    "stories",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),  # the order in which stories were found
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("entry_id", String(60), nullable=False),
    Column("url", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("fingerprint", String(64)),
    Column("partial", Boolean, nullable=False),
    Column("reason", Text),
    Column("backlog", Boolean, nullable=False),
    Column("listed_as", Text, nullable=False),  # JSON array
    Column("looks", Integer, nullable=False),
    Column("next_look", BigInteger),
    Column("missing_since", BigInteger),
    Column("removed", BigInteger),
    Column("merged_into", String(60)),
    Column("occupant", Integer, nullable=False),
    Column("warning", Text),
    Column("reading", String(80)),
    Column("restless", Integer, nullable=False, server_default=text("0")),
    Column("noisy", Boolean, nullable=False, server_default=false()),
    Column("cluster", BigInteger),  # the id of the first story of its cluster (its own, if alone); null: not looked at
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("parts", Text),  # JSON, of pages that a browser made: hashes of their data
    Column("stated", BigInteger),  # published, as the site says with a clock; the next two are to be compared with it
    Column("stored", BigInteger),
    Column("delivered", BigInteger),  # to the first receiver
    UniqueConstraint("source_id", "entry_id"),
    Index("ix_stories_entry", "entry_id"),
    Index("ix_stories_newest", "source_id", "id"),
    Index("ix_stories_fingerprint", "source_id", "fingerprint"),
    Index("ix_stories_next_look", "source_id", "next_look"),
    Index("ix_stories_cluster", "cluster"),
    # Everything that stories are counted by: counting a million reads this, and not the stories.
    Index("ix_stories_count", "source_id", "first_seen", "removed", "merged_into", "partial"),
    # What was found, changed or withdrawn last, of whatever sources: a page of it reads a page of the index.
    Index("ix_stories_found", "first_seen", "id", sqlite_where=_SHOWN, postgresql_where=_SHOWN),
    Index("ix_stories_changed", "updated", "id", sqlite_where=_CHANGED, postgresql_where=_CHANGED),
    Index("ix_stories_withdrawn", "removed", "id", sqlite_where=_WITHDRAWN, postgresql_where=_WITHDRAWN),
    sqlite_autoincrement=True,
)

addresses = Table(
    "addresses",
    metadata,
    Column("source_id", ForeignKey("sources.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
)

_EDITED = text("number > 1")

revisions = Table(
    "revisions",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("fingerprint", String(64)),
    Column("article", Text, nullable=False),  # JSON of feeds.model.Article: a new field needs no migration
    Index("ix_revisions_changes", "seen_at", sqlite_where=_EDITED, postgresql_where=_EDITED),
)

# Locality-sensitive hashes of the stories' texts: those that share one may tell the same (feeds.deciding.similar).
bands = Table(
    "bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("story_id", ForeignKey("stories.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# Whether a feed's rules for stories of a source (feeds.deciding.filters) let a story through; none: nobody asked yet.
verdicts = Table(
    "verdicts",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("rule", String(32), primary_key=True),
    Column("wanted", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("seq", _Id, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("type", String(40), nullable=False),
    Column("source_id", ForeignKey("sources.id")),  # none: of an endpoint, and digests
    Column("entry_id", String(60)),
    Column("revision", Integer),
    Column("created", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

# How the receivers of events fare (feeds.model.EndpointState).
endpoints = Table(
    "endpoints",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("url", Text, nullable=False),  # of a channel, whose address is a secret, its hash
    Column("disabled_at", BigInteger),  # a changed url puts it back
    Column("failures", Integer, nullable=False, server_default=text("0")),  # attempts in a row
    Column("missing", Integer, nullable=False, server_default=text("0")),  # answers 404 in a row
    Column("resume_at", BigInteger),  # nothing is sent before
    Column("last_attempt", BigInteger),
    Column("last_success", BigInteger),
    Column("disabled_why", Text),
    Column("last_error", Text),
)

_PENDING = text("state = 'pending'")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("endpoint_id", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # state.store.DeliveryState
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("lease_owner", String(200)),
    Column("lease_until", BigInteger),
    Column("subject", String(200), nullable=False, server_default=""),  # the story or source: its events go in order
    Column("tried", Boolean, nullable=False, server_default=false()),  # claimed once: it may have been sent
    Column("held", Boolean, nullable=False, server_default=false()),  # beyond the endpoint's rate: joins a digest
    Column("forgiven", Integer, nullable=False, server_default=text("0")),  # attempts before it was tried anew by hand
    Column("done_at", BigInteger),
    Column("digest_id", BigInteger),  # the delivery that carries this one
    Column("reason", Text),
    UniqueConstraint("event_id", "endpoint_id"),
    Index("ix_deliveries_pending", "endpoint_id", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_deliveries_subject", "endpoint_id", "subject", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_deliveries_done", "endpoint_id", "done_at"),
    Index("ix_deliveries_digest", "digest_id"),
    sqlite_autoincrement=True,
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("duration_ms", Integer, nullable=False),
)
