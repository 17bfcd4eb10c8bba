"""One story under several addresses, decided: the rules of `feeds.deciding.identity` over whole polls."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from feeds.deciding.identity import entry_id
from feeds.model import Look, Story
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, article, listing, outcome, read, teaser

LATER = NOW + timedelta(minutes=30)
TEXT = "Sáng nay cây cầu đi bộ dài 240 mét nối hai bờ sông đã được thông sau mười tám tháng thi công liên tục."
UNLIKE = "Hợp tác xã vừa xuất lô hàng miến dong đầu tiên sang thị trường mới và nhận thêm đơn đặt hàng lớn."
OLD, NEW = "cau-di-bo-1002003.htm", "thong-cau-di-bo-1002003.htm"
HEAD, NEW_HEAD = "Cầu đi bộ sắp xong", "Thông xe hai bờ sông"


def only(history: History) -> Story:
    (story,) = history.shown
    assert isinstance(story, Story)
    return story


@pytest.mark.parametrize(
    "other",
    [
        "https://m.news.example/a",
        "https://news.example/amp/a",
        "https://news.example/a/amp",
        "https://amp.news.example/a.amp",
        "https://news.example/a/index.html?amp=1",
    ],
)
def test_amp_and_mobile_pages_are_the_same_story(other: str) -> None:
    """A story that a list links for phones would be in the feed twice, once in each dress."""
    for first, second in ((f"{SITE}a", other), (other, f"{SITE}a")):
        history = History()
        looks = [
            read("a", article("a", TEXT, url=u), url=u, final_url=u, teaser=teaser("a", url=u)) for u in (first, second)
        ]
        history.poll(looks[0])
        worded = msgspec.structs.replace(looks[1], article=article("a", f"{TEXT} Xem trên máy.", url=second))
        changes = history.poll(worded, now=LATER)
        assert changes.events == ()  # each dress has its own trimmings
        assert only(history).entry_id == entry_id(first)
        assert only(history).url == f"{SITE}a"  # people read the plain page, once it is known


def test_edit_seen_at_another_address_is_looked_for_at_the_storys_own() -> None:
    """An edit would be told over and over where two pages of a story differ, or not at all."""
    history = History()
    history.poll(read("a", article("a", TEXT)))
    url = f"{SITE}amp/a"
    amp = article("a", f"{TEXT} Thêm một câu.", url=url)
    first = history.poll(read("a", amp, url=url, final_url=url, teaser=teaser("a", title="Câu mới")), now=LATER)
    assert (first.events, first.stories[0].next_look) == ((), LATER)
    edited = article("a", f"{TEXT} Thêm một câu.")
    changes = history.poll(read("a", edited, story=only(history), teaser=None), now=LATER)
    assert [event.type for event in changes.events] == ["article.revised"]
    again = history.poll(read("a", amp, url=url, final_url=url, teaser=teaser("a", title="Câu mới")), now=LATER)
    assert again.events == ()
    assert again.stories[0].next_look != LATER


def test_withdrawn_story_that_is_told_elsewhere_comes_back() -> None:
    """A story that its site moved without a redirect would be lost to readers, or shown twice if both come back."""
    history = History()
    history.poll(read("a", article("a", TEXT)), read("b", article("b", UNLIKE)))
    for hours in (1, 2):
        history.poll(outcome("gone", "a", teaser=None), now=NOW + timedelta(hours=hours))
    assert len(history.shown) == 1
    history.poll(read("c", article("c", TEXT, title=article("a").title)), now=NOW + timedelta(hours=3))
    assert {story.url for story in history.shown} == {f"{SITE}b", f"{SITE}c"}
    assert len(history.stories) == 2


def test_mobile_newsroom_of_its_own_is_believed() -> None:
    """On a site whose phone pages tell other stories, these would never be published."""
    history = History()
    history.poll(read("a", article("a", TEXT, title=HEAD)))
    url = "https://m.news.example/a"
    unlike = article("a", UNLIKE, title="Miến dong ra biển lớn", url=url)
    told = teaser("a", url=url, title=unlike.title)
    changes = history.poll(read("a", unlike, url=url, final_url=url, teaser=told), now=LATER)
    assert [event.type for event in changes.events] == ["article.published"]
    assert {s.occupant for s in history.shown} == {1}


def renamed(text: str = TEXT) -> Look:
    return read(NEW, article(NEW, text, title=NEW_HEAD), teaser=teaser(NEW, title=NEW_HEAD))


def test_changed_slug_with_the_same_number_is_the_same_story() -> None:
    """A corrected headline would publish its story again on every site whose addresses follow headlines."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    changes = history.poll(renamed(), now=LATER)
    assert [event.type for event in changes.events] == ["article.revised"]
    assert (only(history).entry_id, only(history).url) == (entry_id(SITE + OLD), SITE + NEW)
    assert history.poll(outcome("gone", OLD, story=only(history)), now=LATER + timedelta(hours=1)).events == ()
    assert history.poll(outcome("gone", OLD), now=LATER + timedelta(hours=2)).events == ()
    assert only(history).missing_since is None


def test_old_address_that_redirects_to_the_new_one_keeps_the_entry() -> None:
    """A story that moved within its site would be withdrawn, and published again under another id."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    moved = article(NEW, TEXT, title=NEW_HEAD)
    changes = history.poll(read(OLD, moved, final_url=SITE + NEW, teaser=None), now=LATER)
    assert [event.type for event in changes.events] == ["article.revised"]
    assert (only(history).entry_id, only(history).url) == (entry_id(SITE + OLD), SITE + NEW)
    assert history.poll(read(NEW, moved), now=LATER).events == ()


def test_wholly_different_page_at_the_same_number_withdraws_nothing() -> None:
    """A story whose address leads to a login page under its number would be withdrawn from every reader."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    wall = read(OLD, article(NEW, UNLIKE, title="Đăng nhập"), final_url=SITE + NEW, teaser=None)
    for hours in range(1, 4):
        assert history.poll(wall, now=NOW + timedelta(hours=hours)).events == ()
    assert only(history).url == SITE + OLD


def test_number_with_another_text_is_not_believed() -> None:
    """A story would be swallowed by another one, because the number in both is their author's."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    changes = history.poll(renamed(UNLIKE), now=LATER)
    assert [event.type for event in changes.events] == ["article.published"]
    assert [s.occupant for s in history.shown] == [1, 1]
    assert changes.tally.removed == 0


def test_number_that_a_list_gives_to_many_stories_is_not_believed() -> None:
    """Daily reports that read alike would be one story, if the number in their addresses is their section's."""
    history = History()
    names = [f"12345/gia-{word}" for word in ("vang", "gao", "dien")]
    looks = [
        read(
            name, article(name, f"{TEXT} Riêng {name}.", title=f"Giá {name}"), teaser=teaser(name, title=f"Giá {name}")
        )
        for name in names
    ]
    assert len(history.poll(*looks).events) == 3
    assert len(history.shown) == 3


def test_newest_story_keeps_a_number() -> None:
    """A headline edited today would be taken to an old story of the same number."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    history.poll(renamed(UNLIKE), now=LATER)
    number = "number:news.example/*-1002003"
    newest = entry_id(SITE + NEW)
    assert history.known.by_key[number].entry_id == newest
    history.poll(read(OLD, article(OLD, f"{TEXT} Thêm một câu.", title=HEAD)), now=LATER + timedelta(hours=1))
    assert history.known.by_key[number].entry_id == newest


@pytest.mark.parametrize("kind", ["failed", "gone", "disallowed", "skipped"])
def test_unreadable_twin_is_known_by_its_headline(kind: str) -> None:
    """A story would be published again from its teaser, because its new address cannot be read just now."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    changes = history.poll(outcome(kind, NEW, teaser=teaser(NEW, title=f"{HEAD} rồi")), now=LATER)
    assert changes.events == ()
    assert only(history).entry_id == entry_id(SITE + OLD)
    assert history.known.by_key[SITE + NEW].entry_id == entry_id(SITE + OLD)


def test_unreadable_page_under_another_headline_is_a_story() -> None:
    """A story whose page cannot be read would never be published, because its number was seen before."""
    history = History()
    history.poll(read(OLD, article(OLD, TEXT, title=HEAD)))
    changes = history.poll(outcome("failed", NEW, teaser=teaser(NEW, title="Miến dong ra biển lớn")), now=LATER)
    assert [event.type for event in changes.events] == ["article.published"]


def test_partial_story_is_completed_at_its_new_address() -> None:
    """A story published from its teaser would stay a teaser, beside its full twin."""
    history = History()
    history.poll(outcome("failed", OLD, teaser=teaser(OLD, title=HEAD)))
    told = article(NEW, TEXT, title=f"{HEAD} rồi")
    changes = history.poll(read(NEW, told, teaser=teaser(NEW, title=told.title)), now=LATER)
    assert (changes.tally.completed, changes.events) == (1, ())
    assert only(history).entry_id == entry_id(SITE + OLD)


def test_known_story_takes_no_address_from_another() -> None:
    """A canonical link left over from another story would take that one's address from it."""
    history = History()
    history.poll(read("a", article("a", TEXT)), read("b", article("b", f"{TEXT} Và thêm một câu khác hẳn.")))
    wrong = article("b", f"{TEXT} Và thêm hai câu khác.", url=f"{SITE}a")
    history.poll(read("b", wrong), now=LATER)
    assert history.known.by_key[f"{SITE}a"].entry_id == entry_id(f"{SITE}a")


def test_page_that_tells_another_storys_text_is_withdrawn() -> None:
    """The same text would stand in the feed twice, after an editor put one story's text into another's page."""
    history = History()
    history.poll(read("a", article("a", TEXT)), read("b", article("b", UNLIKE)))
    copied = read("b", article("b", TEXT, title=article("a").title, url=f"{SITE}b"))
    assert history.poll(copied, now=LATER).events == ()
    assert [e.type for e in history.poll(copied, now=LATER + timedelta(hours=1)).events] == ["article.removed"]
    assert only(history).entry_id == entry_id(f"{SITE}a")


def test_ids_of_an_addresss_stories_never_come_again() -> None:
    """The third story at an address would overwrite the second in every reader, and its alert would be lost."""
    history = History()
    bodies = (TEXT, UNLIKE, "Đua thuyền trên sông mở hội đầu xuân với nhiều đội về dự", "Rừng ngập mặn xanh trở lại")

    def at(name: str, number: int) -> Look:
        told = article(name, bodies[number], title=f"Tin{number} riêng{number}")
        return read(name, told, teaser=teaser(name, title=told.title))

    history.poll(at("a", 0))
    for hour, number in enumerate((1, 2, 0, 3), 1):  # in between it shows what a tells
        history.poll(at("b", number), now=NOW + timedelta(hours=hour))
    assert len(history.stories) == 4


def test_story_of_a_list_that_names_it_twice_is_one() -> None:
    """A list that links each story once for phones and once for desks would fill the feed with pairs."""
    history = History()
    urls = [f"{SITE}a", "https://m.news.example/a"]
    looks = [read("a", article("a", TEXT, url=u), url=u, final_url=u, teaser=teaser("a", url=u)) for u in urls]
    looks[1] = msgspec.structs.replace(looks[1], article=article("a", f"{TEXT} Bản di động.", url=urls[1]))
    history.poll(*looks, lists=[listing(*(look.teaser for look in looks if look.teaser))])
    assert len(history.shown) == 1


LONG = (
    "Sáng nay cây cầu đi bộ dài 240 mét nối hai bờ sông đã được thông sau mười tám tháng thi công liên tục.\n\n"
    "Người dân hai làng đã đợi chiếc cầu này từ trận lũ năm xưa, khi con đò cuối cùng bị nước cuốn đi trong đêm.\n\n"
    "Trưởng làng cho biết lễ hội đầu tiên trên cầu sẽ mở vào ngày rằm, có đua thuyền dưới chân cầu và hát quan họ."
)
SLUG, NEW_SLUG = "2026/11/cau-di-bo-sap-xong/", "2026/11/thong-xe-hai-bo-song/"


def moved(text: str = LONG, **of_teaser: object) -> Look:
    """The story under a new headline, at an address that follows it."""
    told = teaser(NEW_SLUG, title=NEW_HEAD, **of_teaser)
    return read(NEW_SLUG, article(NEW_SLUG, text, title=NEW_HEAD), teaser=told)


@pytest.mark.parametrize("text", [LONG, LONG.replace("liên tục", "không nghỉ")])
def test_a_slug_that_follows_its_headline_is_one_story(text: str) -> None:
    """On a site without numbers each corrected headline would be a new story, and the old one withdrawn."""
    history = History()
    history.poll(read(SLUG, article(SLUG, LONG, title=HEAD)))
    changes = history.poll(moved(text), now=LATER)
    assert [event.type for event in changes.events] == ["article.revised"]
    assert (only(history).entry_id, only(history).url) == (entry_id(SITE + SLUG), SITE + NEW_SLUG)
    for hours in (1, 2):  # its old address is no more
        assert history.poll(outcome("gone", SLUG), now=LATER + timedelta(hours=hours)).events == ()


def test_what_a_series_says_each_day_is_another_story() -> None:
    """The results of the day would be revisions of those of the day before."""
    history = History()
    history.poll(read(SLUG, article(SLUG, LONG, title=HEAD)))
    changes = history.poll(moved(LONG.replace("240", "260")), now=LATER)
    assert [event.type for event in changes.events] == ["article.published"]


def test_two_that_are_listed_side_by_side_are_two() -> None:
    """A story that was taken over from another desk word for word would take its place."""
    history = History()
    before = read(SLUG, article(SLUG, LONG, title=HEAD))
    history.poll(before)
    changes = history.poll(moved(), now=LATER, lists=[listing(before.teaser, moved().teaser)])
    assert [event.type for event in changes.events] == ["article.published"]


def test_a_guid_names_its_story() -> None:
    """A feed that gives its story another headline and link would publish it again."""
    history = History()
    first = teaser(SLUG, title=HEAD, guid="https://news.example/?p=102")
    history.poll(read(SLUG, article(SLUG, TEXT, title=HEAD), teaser=first))
    changes = history.poll(moved(f"{TEXT} Cầu rộng ba mét.", guid="https://news.example/?p=102"), now=LATER)
    assert [event.type for event in changes.events] == ["article.revised"]


def test_guids_that_are_counted_anew_name_nothing() -> None:
    """A feed that numbers its items from one would have one story, revised for ever."""
    history = History()
    history.poll(read("a", article("a", TEXT, title=HEAD), teaser=teaser("a", title=HEAD, guid="1")))
    other = article("b", UNLIKE, title="Miến dong ra biển lớn")
    changes = history.poll(read("b", other, teaser=teaser("b", title=other.title, guid="1")), now=LATER)
    assert [event.type for event in changes.events] == ["article.published"]
    twice = [
        read(name, article(name, text, title=title), teaser=teaser(name, title=title, guid="https://news.example/feed"))
        for name, text, title in (
            ("c", f"{TEXT} Ba làng.", "Ba làng có cầu"),
            ("d", f"{UNLIKE} Hai lô.", "Hai lô miến"),
        )
    ]
    assert len(history.poll(*twice, now=LATER + timedelta(hours=1)).events) == 2


@pytest.mark.parametrize("guid", ["urn:herald:7", None])
def test_a_token_in_the_link_names_no_story(guid: str | None) -> None:
    """Each poll would find all stories anew, and tell everybody."""
    history = History(full_text=False)
    for hours, token in enumerate(("aa11", "bb22", "cc33")):
        link = f"{SITE}detail?v={token}"
        told = teaser(url=link, title="Cầu đi bộ hai bờ sông đã thông", guid=guid, published=NOW - timedelta(hours=3))
        history.poll(outcome("skipped", url=link, teaser=told), now=NOW + timedelta(hours=hours))
    assert len(history.shown) == 1
    assert len([name for name in history.known.by_key if name.startswith("https:")]) == 1, "tokens are not kept"


@pytest.mark.parametrize("timed", [True, False])
def test_a_headline_that_is_edited_behind_a_wall_is_one_story(timed: bool) -> None:
    """A story would be told anew, and the old one withdrawn, when its page cannot be read on the day of the edit."""
    history, when = History(), NOW - timedelta(hours=3)
    first = article(OLD, LONG, title=HEAD, published=when if timed else None)
    history.poll(read(OLD, first, teaser=teaser(OLD, title=HEAD, published=first.published)))
    renamed_to = teaser(NEW, title=NEW_HEAD, published=first.published)
    told = history.poll(outcome("failed", NEW, teaser=renamed_to), now=LATER)
    assert [event.type for event in told.events] == ([] if timed else ["article.published"])
    page = article(NEW, LONG, title=NEW_HEAD, published=first.published)
    changes = history.poll(read(NEW, page, teaser=renamed_to), now=LATER + timedelta(hours=1))
    assert [event.type for event in changes.events] == ["article.revised"]
    assert len(history.shown) == 1
    for hours in (2, 3):
        assert history.poll(outcome("gone", OLD), now=LATER + timedelta(hours=hours)).events == ()
