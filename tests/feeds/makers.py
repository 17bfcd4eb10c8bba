"""Short ways to make the model's values, for tests that care about one or two of their fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feeds.deciding.changes import decide
from feeds.deciding.rules import Audience
from feeds.model import (
    Article,
    Changes,
    Endpoint,
    FeedSpec,
    Known,
    Listing,
    ListingState,
    Look,
    Source,
    SourceState,
    Teaser,
    Validators,
)
from tests.conftest import NOW

SECRET = "whsec_dGVzdC1zZWNyZXQtb2YtYmFudGlu"
SITE = "https://news.example/"


def source(**fields: Any) -> Source:
    return Source(**{"id": "src", "title": "Source", "urls": (f"{SITE}list",), **fields})


def state(**fields: Any) -> SourceState:
    return SourceState(**{"id": "src", "due_at": NOW, **fields})


def audience(**fields: Any) -> Audience:
    """One feed of the source, one webhook that hears everything."""
    every = ("article.published", "article.revised", "article.removed", "source.failing", "source.recovered")
    return Audience(
        **{
            "feeds": (FeedSpec(id="src", title="Source", sources=("src",)),),
            "endpoints": (Endpoint(id="hook", url="https://hook.example/", secrets=(SECRET,), events=every),),
            **fields,
        }
    )


def teaser(name: str = "a", **fields: Any) -> Teaser:
    return Teaser(**{"url": f"{SITE}{name}", "title": f"Headline {name} of the day", **fields})


def article(name: str = "a", text: str = "", **fields: Any) -> Article:
    body = text or f"Story {name} tells of {name} and what became of it afterwards, in some words of {name}."
    return Article(
        **{
            "url": f"{SITE}{name}",
            "title": f"Headline {name} of the day",
            "body_text": body,
            "content_html": f"<p>{body}</p>",
            **fields,
        }
    )


def listing(*teasers: Teaser, **fields: Any) -> Listing:
    return Listing(
        **{"url": f"{SITE}list", "teasers": teasers, "state": ListingState(validators=Validators(etag='"1"')), **fields}
    )


def read(name: str = "a", told: Article | None = None, **fields: Any) -> Look:
    """A look that read the story's page, which bears out what the list announced."""
    told = told or article(name)
    where, announced = f"{SITE}{name}", teaser(name, title=told.title)
    return Look(**{"url": where, "outcome": "read", "teaser": announced, "article": told, "final_url": where, **fields})


def outcome(kind: str, name: str = "a", **fields: Any) -> Look:
    """A look that gave no article."""
    return Look(**{"url": f"{SITE}{name}", "outcome": kind, "teaser": teaser(name), **fields})


class History:
    """Polls one after the other in memory, each knowing what those before it found; times pass by ``now``."""

    def __init__(self, **of_source: Any) -> None:
        self.source = source(**of_source)
        self.audience = audience()
        self.state = state()
        self.known = Known(by_key={}, by_fingerprint={}, articles={})
        self.stories: dict[str, Any] = {}
        self.events: list[str] = []

    def poll(self, *looks: Look, now: datetime = NOW, lists: list[Listing] | None = None, reading: str = "") -> Changes:
        """Decide, then know what was decided, as the store would."""
        lists = lists if lists is not None else [listing(*(look.teaser for look in looks if look.teaser))]
        changes = decide(self.source, self.state, lists, looks, self.known, self.audience, now, reading=reading)
        self.state = changes.state
        self.known.habits = changes.habits or self.known.habits
        for story in changes.stories:
            self.stories[story.entry_id] = story
        for revision in changes.revisions:
            self.known.articles[revision.entry_id] = revision.article
        for address, entry in changes.addresses.items():
            self.known.by_key[address] = self.stories[entry]
        self.known.by_key = {address: self.stories[s.entry_id] for address, s in self.known.by_key.items()}
        self.known.by_fingerprint = {
            s.fingerprint: s for s in reversed(self.stories.values()) if s.fingerprint and not s.merged_into
        }
        self.events += [event.type for event in changes.events]
        return changes

    @property
    def shown(self) -> list[Any]:
        """What a feed would show."""
        return [s for s in self.stories.values() if s.removed is None and s.merged_into is None]
