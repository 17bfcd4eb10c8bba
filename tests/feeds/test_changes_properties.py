"""What holds for every sequence of looks, however a site behaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.deciding.fingerprint import fingerprint, of_teaser
from feeds.deciding.identity import key
from feeds.deciding.wanted import looks as wanted
from feeds.model import Article, Changes, Look, Teaser
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, listing

TEXTS = (
    "Sáng nay cây cầu đi bộ dài 240 mét nối hai bờ sông đã được thông sau mười tám tháng thi công liên tục.",
    "Hợp tác xã vừa xuất lô hàng miến dong đầu tiên sang thị trường mới và nhận thêm đơn đặt hàng lớn.",
    "Đua thuyền mở hội đầu xuân, nhiều làng chài góp tay chèo trẻ, khán giả đứng chật triền đê từ sớm.",
)
TITLES = ("Thông xe cầu đi bộ", "Miến dong ra biển lớn", "Rộn ràng hội đua thuyền")
EDITS = ("", " Cầu có mái che.", " Lễ có 12 đội.", "\n\n12 lượt xem", "\n\n99 lượt xem")

# -- one story in many dresses

VARIANTS = (
    "https://news.example/thoi-su/thong-cau-1002003.htm",
    "http://www.news.example/thoi-su/thong-cau-1002003.htm/?utm_source=zalo",
    "https://m.news.example/thoi-su/thong-cau-1002003.htm#x",
    "https://news.example/amp/thoi-su/thong-cau-1002003.htm",
    "https://news.example/thoi-su/thong-cau-1002003.amp.htm?amp=1",
    "https://news.example/xa-hoi/cau-moi-1002003.html",
    "https://amp.news.example/xa-hoi/cau-moi-va-dep-1002003.html",
)


def in_dress(url: str, outcome: Any, edit: str, address: str | None = None) -> Look:
    """A look at the story by one of its addresses."""
    told = Article(url=address or url, title=TITLES[0], body_text=TEXTS[0] + edit)
    teaser = Teaser(url=url, title=TITLES[0])
    if outcome != "read":
        return Look(url=url, outcome=outcome, teaser=teaser)
    return Look(url=url, outcome="read", teaser=teaser, article=told, final_url=address or url)


dresses = st.lists(
    st.builds(
        in_dress,
        st.sampled_from(VARIANTS),
        st.sampled_from(["read", "read", "read", "failed", "unchanged", "disallowed"]),
        st.sampled_from(EDITS),
        st.sampled_from([None, VARIANTS[0], VARIANTS[5]]),
    ),
    max_size=5,
    unique_by=lambda look: key(look.url),
)


@given(st.lists(dresses, max_size=5))
def test_one_story_in_any_dress_is_stored_once(polls: list[list[Look]]) -> None:
    """A story would stand in the feed as often as its site has addresses for it."""
    history = History()
    for number, looks in enumerate(polls):
        history.poll(*looks, now=NOW + timedelta(hours=number))
    assert len(history.shown) <= 1
    assert history.events.count("article.published") == len(history.shown)
    assert {story.entry_id for story in history.known.by_key.values()} <= set(history.stories)


# -- sites that do anything

NAMES = ("a", "b", "moi-10001.htm", "cu-10001.htm", "amp/a", "http://m.news.example/b")


def address(name: str) -> str:
    return name if "//" in name else SITE + name


def any_look(
    name: str, outcome: Any, story: int, edit: str, head: int | None, leads: str | None, *, names: bool
) -> Look:
    """A look at a page that may tell any story, under any headline, redirect, or name any address."""
    url = address(name)
    final = address(leads) if leads and not names else url
    teaser = Teaser(url=url, title=TITLES[head]) if head is not None else None
    if outcome != "read":
        return Look(url=url, outcome=outcome, teaser=teaser)
    told = Article(
        url=address(leads) if leads else url,
        title=TITLES[story],
        body_text=TEXTS[story] + edit,
        truncated=edit == EDITS[1],
    )
    return Look(url=url, outcome="read", teaser=teaser, article=told, final_url=final)


def without_chains(looks: list[Look]) -> list[Look]:
    """What a server can answer: where a redirect ends, no other one begins."""
    moving = {key(look.url) for look in looks if key(look.final_url or look.url) != key(look.url)}
    return [look for look in looks if key(look.final_url or look.url) not in moving]


any_looks = st.lists(
    st.builds(
        any_look,
        st.sampled_from(NAMES),
        st.sampled_from(["read", "read", "read", "read", "gone", "failed", "unchanged"]),
        st.integers(0, 2),
        st.sampled_from(EDITS),
        st.sampled_from([None, 0, 1, 2]),
        st.sampled_from([None, None, *NAMES]),
        names=st.booleans(),
    ),
    max_size=4,
    # One address gives one page in a poll.
    unique_by=(lambda look: key(look.url), lambda look: key(look.final_url or look.url)),
).map(without_chains)
any_polls = st.lists(st.tuples(any_looks, st.sampled_from([1, 30, 600]), st.sampled_from("12")), max_size=7)


def play(polls: list[tuple[list[Look], int, str]]) -> tuple[History, list[Changes]]:
    history, told, now = History(), [], NOW
    for looks, minutes, reading in polls:
        now += timedelta(minutes=minutes)
        told.append(history.poll(*looks, now=now, reading=reading))
    return history, told


@settings(max_examples=200, derandomize=True)
@given(any_polls)
def test_no_two_events_have_one_id_and_no_two_stories_one_text(polls: list[tuple[list[Look], int, str]]) -> None:
    """An alert would be dropped as a repetition of another, or readers find a story twice in their feed."""
    history, told = play(polls)
    ids = [event.id for changes in told for event in changes.events]
    assert len(ids) == len(set(ids))
    assert sum(changes.tally.new for changes in told) == len(history.stories)
    full = [story for story in history.shown if not story.partial]
    marks = [fingerprint(history.known.articles[story.entry_id]) for story in full]
    assert marks == [story.fingerprint for story in full]
    assert len(marks) == len(set(marks))


@settings(max_examples=200, derandomize=True)
@given(any_polls)
def test_repeated_poll_changes_nothing(polls: list[tuple[list[Look], int, str]]) -> None:
    """Readers would see stories flicker, and the newsroom alerts come again, though the site stands still."""
    history, _ = play(polls)
    if polls:
        looks, _, reading = polls[-1]
        last = NOW + timedelta(minutes=sum(minutes for _, minutes, _ in polls), seconds=20)
        again = history.poll(*looks, now=last, reading=reading)
        assert (again.events, again.revisions, again.tally.new) == ((), (), 0)  # a link may still move


@given(st.lists(st.sampled_from(VARIANTS), min_size=1, unique_by=key))
def test_stories_at_rest_are_not_looked_at(urls: list[str]) -> None:
    """Every poll would fetch the pages of a story again, because it goes by several addresses."""
    history = History()
    looks = [in_dress(url, "read", "") for url in urls]
    lists = [listing(*(look.teaser for look in looks if look.teaser))]
    history.poll(*looks, lists=lists)
    assert wanted(history.source, lists, history.known.by_key, (), NOW) == []
    assert all(of_teaser(look.teaser) in story.listed_as for look in looks if look.teaser for story in history.shown)
