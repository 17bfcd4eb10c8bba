"""Walls with status 200: consent, signing in, bot checks, maintenance; and pages that only look like one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.deciding.walls import wall
from feeds.model import Article
from feeds.reading.article.gates import gate_of
from tests.costs import times_as_dear
from tests.feeds.makers import NOW, SITE, History, article, read, teaser

LATER = NOW + timedelta(minutes=30)

TEXT = (
    "Sáng nay, mười hai đội đua thuyền của các làng ven sông Vân về dự hội. Đội Tiên Thủy về đích đầu tiên.\n\n"
    "Trưởng làng nói rằng dân làng đã tập từ đầu mùa mưa, và sang năm sẽ làm thêm một chiếc thuyền mới."
)
WALLS = {
    "consent": ("Báo Sông Vân với quảng cáo", "Chúng tôi sử dụng cookie. Bạn có thể chấp nhận tất cả cookie bên dưới."),
    "signing in": ("Sông Vân: đăng nhập để đọc tiếp", "Bản tin của làng bên sông, mỗi sáng một số, cho mọi người đọc."),
    "proof that you are no robot": ("Just a moment...", "Checking your browser before you get to the page."),
    "patience": ("Osgrave Herald", "We'll be back soon. The site is down for maintenance, please try again later."),
    "a script": ("Osgrave Herald", "Please enable JavaScript to go on reading."),
}


@pytest.mark.parametrize("what", WALLS)
def test_a_page_that_asks_for_something_is_a_gate(what: str) -> None:
    """A consent page or a bot check would be announced as news."""
    title, text = WALLS[what]
    assert gate_of(LexborHTMLParser("<p></p>"), title, text) == what


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Accept all cookies? What the new law means for readers", "Parliament voted on Monday. It was long debated."),
        (
            "Robots help in the harbour of Osgrave",
            "Four robots unload the boats at night. They cost as much as a "
            "ferry. The crews have more sleep now. You are not a robot, says one man. The harbour is open on Sunday.",
        ),
        ("Hội đua thuyền làng Tiên Thủy", TEXT),
    ],
)
def test_a_story_about_such_things_is_none(title: str, text: str) -> None:
    """News about cookies, captchas and outages would never be read."""
    assert gate_of(LexborHTMLParser("<p></p>"), title, f"{text} " * 3) is None


def test_a_headline_without_end_is_looked_at_as_far_as_it_says_something() -> None:
    """A page whose headline is of many thousand words would keep its worker busy to the last second."""

    def look(title: str) -> None:
        gate_of(LexborHTMLParser("<p></p>"), title, TEXT)

    assert times_as_dear(look, "page you requested " * 2_000, "page you requested " * 26) < 20


def test_a_wall_is_no_story_and_tells_nobody_twice() -> None:
    """Three stories behind one wall would become one, under the wall's headline, and be lost when it is gone."""
    history = History()
    walled = [
        read(
            name,
            article(name, WALLS["consent"][1], title=WALLS["consent"][0], gate="consent", url=f"{SITE}zustimmung"),
            final_url=f"{SITE}zustimmung?zu={name}",
            teaser=teaser(name),
        )
        for name in "abc"
    ]
    first = history.poll(*walled)
    assert [story.partial for story in first.stories] == [True] * 3
    assert {story.reason for story in first.stories} == {"its page asks for consent"}
    assert sorted(item.article.title for item in first.revisions) == [teaser(name).title for name in "abc"]
    later = history.poll(*(read(name) for name in "abc"), now=LATER)
    assert (later.tally.completed, later.events) == (3, ())
    assert len(history.shown) == 3


def test_a_wall_leaves_a_known_story_as_it_was() -> None:
    """A story would be "revised" into a log-in page, and back, for everybody who subscribes."""
    history = History()
    history.poll(read("a", article("a", TEXT)), read("b", article("b", f"{TEXT} Làng bên cũng vậy.")))
    page = article("a", TEXT.partition("\n")[0], title="Sông Vân: đăng nhập để đọc tiếp", gate="signing in")
    changes = history.poll(
        *(read(name, page, teaser=teaser(name)) for name in "ab"), now=LATER
    )  # its words are of the same village
    assert (changes.events, changes.revisions) == ((), ())


def test_what_several_stories_show_word_for_word_is_none_of_theirs() -> None:
    """A maintenance page in words that no list knows would swallow all stories of a site."""
    history = History()
    words = "Trang này tạm nghỉ để các bác thợ sửa lại mái đình, mời bà con quay lại vào sáng mai. " * 10
    away = [read(name, article(name, words, title="Đình làng"), teaser=teaser(name)) for name in "ab"]
    changes = history.poll(*away)
    assert [story.partial for story in changes.stories] == [True, True]
    assert "the same as the pages of other stories" in (changes.stories[0].reason or "")


@pytest.mark.parametrize("url", ["https://www.herald.example/tin/a", f"{SITE}tin/a"])
def test_a_redirect_is_followed_to_a_page_that_bears_out_the_headline(url: str) -> None:
    """Feeds that lead through a service of their own would have partial stories only."""
    history = History()
    changes = history.poll(read("a", article("a", TEXT, url=url), final_url=url))
    assert [story.partial for story in changes.stories] == [False]


def test_a_redirect_to_a_page_of_another_site_that_says_something_else_is_not() -> None:
    """An advertiser's page would be the story."""
    sold = "Xe máy đời mới, trả góp trong mười hai tháng, giao tận nhà, tặng mũ bảo hiểm và áo mưa. " * 10
    long = article("a", sold, title="Mua xe máy mới, trả góp", published=NOW - timedelta(hours=1))
    changes = History().poll(
        read("a", long, final_url="https://xe.example/khuyen-mai", teaser=teaser("a", title="Hội đua thuyền mở sớm"))
    )
    assert [story.partial for story in changes.stories] == [True]
    assert "another site" in (changes.stories[0].reason or "")


def test_a_wall_that_quotes_the_headline_is_one() -> None:
    """Consent pages that name the story behind them would be the story."""
    told = teaser(
        "a", title="Cầu đi bộ hai bờ sông đã thông", summary="Sáng nay cây cầu dài 240 mét đã mở cho dân làng."
    )
    quoting = article("a", f"{WALLS['consent'][1]} Bạn muốn đọc: {told.title}.", title=told.title, gate="consent")
    assert wall(quoting, told) == "its page asks for consent"
    story = article("a", f"{told.summary} Trang này sử dụng cookie.", title=told.title, gate="consent")
    assert wall(story, told) is None, "a story that has its lead is one, whatever stands below it"


def test_a_list_may_promise_another_headline() -> None:
    """A story that its list announces in other words would stay a teaser for ever."""
    told = teaser("a", title="Bất ngờ lớn bên bờ sông")
    dated = article("a", f"{TEXT}\n\n" * 4, title="Tiên Thủy về đích đầu tiên", published=NOW - timedelta(hours=1))
    assert wall(dated, told) is None
    bare = Article(url=f"{SITE}a", title="Ủng hộ chúng tôi", body_text="Mời bà con góp ý cho bản tin.")
    assert wall(bare, told) == "its page does not tell what the list announces"
