"""Which stories a feed shows."""

from __future__ import annotations

import pytest

from feeds.deciding.filters import MAX_TEXT, matches, wanted
from feeds.model import Article, FeedSpec, Source

STORY = Article(
    url="https://news.example/a",
    title="Chuyển đổi số ở Vân Đình",
    summary="Xã đưa dịch vụ công lên mạng.",
    body_text="Đoạn một nói về đường liên thôn.\n\nĐoạn hai nói về rừng gỗ lớn.",
)
SOURCE = Source(id="ttv", title="TTV", urls=("https://news.example/",))
FEED = FeedSpec(id="f", title="F", sources=("ttv",))


@pytest.mark.parametrize(
    ("include", "exclude", "shown"),
    [
        ([], [], True),
        (["chuyển đổi số"], [], True),
        (["CHUYỂN ĐỔI SỐ"], [], True),
        (["dịch vụ công"], [], True),
        (["rừng gỗ"], [], True),
        (["không có", "rừng"], [], True),
        (["không có"], [], False),
        ([], ["RỪNG"], False),
        ([], ["không có"], True),
        (["chuyển đổi"], ["rừng"], False),
        (["^Chuyển"], [], True),
        (["^Vân"], [], False),
        (["s[oố] ở v.n"], [], True),
        ([r"số\b.*\bmạng"], [], False),
    ],
)
def test_title_summary_and_text_are_searched(include: list[str], exclude: list[str], shown: bool) -> None:
    """A subscriber would miss stories that were asked for, or get those that were not."""
    assert matches(STORY, include, exclude) is shown


def test_a_story_without_summary_can_be_searched() -> None:
    """One story without a lead would end the whole feed."""
    assert matches(Article(url="https://news.example/b", title="Tin"), ["tin"], ["none"])


def test_the_rules_of_source_and_feed_both_hold() -> None:
    """A composed feed would show what its source excludes, or another source's stories."""
    strict = Source(id="ttv", title="TTV", urls=("https://news.example/",), exclude=("rừng",))
    picky = FeedSpec(id="f", title="F", sources=("ttv",), include=("biển",))
    other = Source(id="other", title="O", urls=("https://other.example/",))
    assert wanted(STORY, SOURCE, FEED)
    assert not wanted(STORY, strict, FEED)
    assert not wanted(STORY, SOURCE, picky)
    assert not wanted(STORY, other, FEED)


def test_only_the_beginning_of_a_huge_text_is_searched() -> None:
    """One page of many megabytes would hold up every feed with each of its filters."""
    far = Article(url="https://news.example/c", title="Dài", body_text="a" * MAX_TEXT + " cuối")
    near = Article(url="https://news.example/d", title="Dài", body_text="a" * (MAX_TEXT - 20) + " cuối")
    assert matches(near, ["cuối"], [])
    assert not matches(far, ["cuối"], [])
