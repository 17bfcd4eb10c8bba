"""Which stories a feed shows."""

from __future__ import annotations

import itertools

import pytest

from feeds.deciding import filters
from feeds.deciding.filters import MAX_TEXT, Judge, rules_of
from feeds.model import Article, FeedSpec, Source

STORY = Article(
    url="https://news.example/a",
    title="Chuyển đổi số ở Vân Đình",
    summary="Xã đưa dịch vụ công lên mạng.",
    body_text="Đoạn một nói về đường liên thôn.\n\nĐoạn hai nói về rừng gỗ lớn.",
)
SOURCE = Source(id="ttv", title="TTV", urls=("https://news.example/",))
FEED = FeedSpec(id="f", title="F", sources=("ttv",))


def wanted(article: Article, source: Source, feed: FeedSpec) -> bool:
    return source.id in feed.sources and Judge().verdict(rules_of(source, feed), article)


def matches(article: Article, include: list[str], exclude: list[str]) -> bool:
    source = Source(id="s", title="S", urls=(), include=tuple(include), exclude=tuple(exclude))
    return Judge().verdict(rules_of(source), article)


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


def test_an_expression_without_an_end_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One expression of the operator's would stand the daemon still for ever, or hide stories without a word."""
    monkeypatch.setattr(filters, "TIME_LIMIT", 0.05)
    text = Article(url="https://news.example/e", title="x" * 4000 + "?", body_text="tin rừng")
    endless = "(x+x+)+y"
    judge = Judge()
    source = Source(id="s", title="S", urls=(), include=(endless,), exclude=(endless,))
    assert judge.verdict(rules_of(source), text), "a story is not hidden by a rule that said nothing"
    assert endless in (judge.warning or "")
    assert Judge().verdict(rules_of(Source(id="s", title="S", urls=(), include=("rừng", endless))), text)
    assert not Judge().verdict(rules_of(Source(id="s", title="S", urls=(), exclude=(endless, "rừng"))), text)
    quick = Judge()
    assert not quick.verdict(rules_of(Source(id="s", title="S", urls=(), include=("biển",))), text)
    assert quick.warning is None


def test_an_expression_that_ran_out_of_time_is_not_tried_again() -> None:
    """Each of a thousand stories of a poll would wait for it."""
    judge = Judge()
    judge.late["a"] = None
    assert judge.verdict(rules_of(Source(id="s", title="S", urls=(), include=("a",))), STORY)


def test_rules_have_one_name() -> None:
    """Verdicts that are stored would be taken for those of other rules, or be asked for anew at each start."""
    source = Source(id="ttv", title="TTV", urls=(), include=("a",))
    feed = FeedSpec(id="f", title="F", sources=("ttv",), include=("b",), tags=("t",))
    both = rules_of(source, feed)
    assert both is not None
    assert both.name == "342c9695eee7975e9e01db22"
    assert both != rules_of(source)
    assert rules_of(Source(id="x", title="X", urls=()), FeedSpec(id="f", title="F", sources=("x",))) is None


def test_the_time_for_all_stories_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is slow on each of five hundred stories would hold up the polls of all other sites, and the stop."""
    rules = rules_of(Source(id="s", title="S", urls=(), include=("biển",)))
    judge = Judge(itertools.count().__next__)  # each story takes a second
    monkeypatch.setattr(filters, "TIME_FOR_ALL", 1.5)
    assert [judge.verdict(rules, STORY) for _ in range(2)] == [False, False]
    assert judge.verdict(rules, STORY) is None
    assert "simpler" in (judge.warning or "")
    assert judge.verdict(None, STORY), "who asks nothing needs no time"
