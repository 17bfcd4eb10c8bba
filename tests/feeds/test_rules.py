"""Who hears of an event, and why the others do not."""

from __future__ import annotations

import pytest

from feeds.deciding.filters import Judge
from feeds.deciding.rules import Told, refusal
from feeds.model import EVENT_TYPES, FEED_CHANGED, Article, Endpoint

STORY = Article(
    url="https://news.example/1",
    title="Cầu Hàm Rồng đóng cửa ba tháng",
    body_text="Từ thứ hai, xe tải đi đường vòng.",
    authors=("Mây Sa", "Ben Orr"),
    section="Giao thông",
    tags=("Cầu", "Thanh Hóa"),
)


def why_not(kind: str = "article.published", changed: tuple[str, ...] = (), **asks: object) -> str | None:
    endpoint = Endpoint(id="desk", **({"url": "https://desk.example/", "events": EVENT_TYPES} | asks))  # type: ignore[arg-type]
    return refusal(endpoint, kind, Told(feeds=("ttv",), article=STORY, changed=changed), Judge())


@pytest.mark.parametrize(
    "asks",
    [
        {},
        {"feeds": ("other", "ttv")},
        {"include": ("hàm rồng",)},
        {"exclude": ("bóng đá",)},
        {"authors": ("mây sa",)},
        {"sections": ("giao thông",)},
        {"tags": ("cầu",)},
        {"changes": ("title",)},  # of a new story nothing has changed
    ],
)
def test_what_it_asks_for_it_hears_of(asks: dict[str, object]) -> None:
    """A desk would miss the stories that it asked for."""
    assert why_not(**asks) is None


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"events": ("article.removed",)}, "article.published"),
        ({"feeds": ("other",)}, "other"),
        ({"include": ("bóng đá", "xổ số")}, "include"),
        ({"exclude": ("xe tải",)}, "exclude"),
        ({"authors": ("Lan Vo",)}, "Mây Sa, Ben Orr"),
        ({"sections": ("Thể thao",)}, "Thể thao"),
        ({"tags": ("Bóng đá",)}, "Bóng đá"),
    ],
)
def test_of_the_rest_it_is_told_why_not(asks: dict[str, object], said: str) -> None:
    """An editor could not find out which rule keeps a story from her."""
    assert said in (why_not(**asks) or "")


@pytest.mark.parametrize(
    ("changed", "asks", "hears"),
    [
        (("title", "text"), ("title",), True),
        (("text",), ("title",), False),
        (("text",), ("title", "text"), True),
        ((), ("title",), False),
        (("text",), (), True),
    ],
)
def test_only_revisions_of_these_fields(changed: tuple[str, ...], asks: tuple[str, ...], hears: bool) -> None:
    """A chat that wants changed headlines would be told of every corrected comma, or of none."""
    assert (why_not("article.revised", changed, changes=asks) is None) is hears


def test_hubs_hear_of_feeds_and_nobody_else() -> None:
    """A chat would be sent a hub's form."""
    assert why_not(FEED_CHANGED, events=(FEED_CHANGED,)) is not None
    assert why_not(FEED_CHANGED, channel="websub", url="https://hub.example/") is None
    assert why_not("article.published", channel="websub") is not None
