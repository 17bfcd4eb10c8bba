"""What the list and the page say of one story, weighed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Article, Image
from tests.feeds.makers import NOW, History, article, read, teaser

EXACT = datetime(2026, 11, 21, 2, 14, tzinfo=UTC)
DAY = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
CLOCK = datetime(2026, 11, 21, 2, 20, tzinfo=UTC)


def stored(page: Article, **of_teaser: object) -> Article:
    (revision,) = History().poll(read("a", page, teaser=teaser("a", **of_teaser)), now=NOW).revisions
    return revision.article


@pytest.mark.parametrize(
    ("page", "listed", "believed"),
    [
        ({"published": CLOCK, "stated": "clock"}, EXACT, CLOCK),
        ({"published": DAY, "stated": "day"}, EXACT, EXACT),
        ({"published": DAY, "stated": "day"}, DAY - timedelta(days=1), DAY),
        ({"published": DAY, "stated": "found"}, EXACT, EXACT),
        ({"published": DAY, "stated": "found"}, None, DAY),
        ({"published": DAY, "stated": "address"}, EXACT, EXACT),
        ({"published": DAY, "stated": "address"}, None, None),
        ({"published": DAY - timedelta(days=9), "stated": "address"}, None, DAY - timedelta(days=9)),
        ({}, EXACT, EXACT),
        ({}, None, None),
    ],
)
def test_which_time_is_believed(page: dict[str, object], listed: datetime | None, believed: datetime | None) -> None:
    """A bare day, or one that stands in the prose, would take the place of the feed's exact time."""
    assert stored(article("a", **page), published=listed).published == believed


def test_the_page_says_nothing_and_nothing_is_lost() -> None:
    """Completing a story would take the author, the lead, the picture and the sections away that its feed gave."""
    picture = "https://news.example/a.jpg"
    told = {"summary": "Cầu đã thông.", "authors": ("Mây Sa",), "image": picture, "tags": ("Giao thông",)}
    found = stored(article("a"), **told)
    assert (found.summary, found.authors, found.tags) == ("Cầu đã thông.", ("Mây Sa",), ("Giao thông",))
    assert [image.url for image in found.images] == [picture]
    own = article("a", summary="Lời dẫn", authors=("Bút",), images=(Image(url="https://news.example/b.jpg"),))
    found = stored(own, **told)
    assert (found.summary, found.authors, found.images) == (own.summary, own.authors, own.images)


def test_a_later_look_without_its_teaser_keeps_what_the_teaser_knew() -> None:
    """A story that has left the list would lose its time at the next look, and be revised for it."""
    history = History()
    history.poll(read("a", teaser=teaser("a", published=EXACT, summary="Cầu đã thông.")))
    changes = history.poll(read("a", teaser=None), now=NOW + timedelta(hours=1))
    assert changes.events == ()
    (known,) = history.known.articles.values()
    assert (known.published, known.summary) == (EXACT, "Cầu đã thông.")


def test_a_fresh_story_stays_undated_when_its_address_grows_old() -> None:
    """A story without a date would be given one days later, out of its address, and move in every reader's list."""
    history = History()
    history.poll(read("a", article("a", published=DAY, stated="address")))
    history.poll(read("a", article("a", published=DAY, stated="address")), now=NOW + timedelta(days=5))
    (known,) = history.known.articles.values()
    assert known.published is None
