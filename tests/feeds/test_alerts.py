"""Events as messages: what they say, that nothing in them is markup, and that they fit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.errors import TemplateError
from feeds.writing import alerts
from feeds.writing.alerts import Alert, Format, compiled, cut, default, filled, fitting, message

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1))",
    "**bold** _it_ `code` ~~x~~ ||spoiler||",
    "@everyone <!channel> <@U123> <https://evil.example|your bank>",
    "{{ 7 * 7 }}{% for x in y %}",
    "a](https://evil.example) [b",
    "turned \u202eround\u202c and\u200b hidden",
]
FORMATS: tuple[Format, ...] = ("html", "markdown", "text")


def body(kind: str = "article.published", changes: Any = None, **article: Any) -> dict[str, Any]:
    told = {
        "url": "https://news.example/bridge",
        "title": "Bridge closed for three months",
        "summary": "Lorries take another way from Monday. Buses stop at the market.",
        "published": "2026-11-20T23:30:00Z",
        "authors": ["Ada Orr"],
        "images": [{"url": "https://news.example/a.jpg"}],
        **article,
    }
    source = {"id": "paper", "title": "The Paper"}
    return {"type": kind, "data": {"source": source, "feeds": ["paper"], "article": told, "changes": changes}}


def said(markup: Format, event: dict[str, Any], language: str = "en", **more: Any) -> str:
    alert = message(event, timezone="Asia/Ho_Chi_Minh", language=language)
    alert.update(more)
    return filled(compiled(default(markup), markup), alert)


@pytest.mark.parametrize("markup", FORMATS)
def test_a_new_story_is_its_headline_source_time_lead_and_link(markup: Format) -> None:
    """A reader could not tell from the message what happened, when, who says so, or where to read it."""
    text = said(markup, body()).replace("\\", "")
    for part in ("Bridge closed", "The Paper", "2026-11-21 06:30", "Lorries take", "https://news.example/bridge"):
        assert part in text


def test_the_headline_is_the_link() -> None:
    """A message would end in an address of two hundred characters."""
    tree = LexborHTMLParser(said("html", body()))
    (link,) = tree.css("a")
    assert (link.text(), link.attributes["href"]) == ("Bridge closed for three months", "https://news.example/bridge")
    assert "[Bridge closed for three months](https://news.example/bridge)" in said("markdown", body())


@pytest.mark.parametrize("markup", FORMATS)
def test_a_revision_says_what_it_was_and_is(markup: Format) -> None:
    """A chat would show the same headline twice, and nobody see what changed."""
    runs = [
        {"op": "equal", "text": "Bridge closed for "},
        {"op": "delete", "text": "two"},
        {"op": "insert", "text": "three"},
    ]
    changes = {"fields": ["title"], "title": runs, "summary": [], "text": []}
    text = re.sub(r"<[^>]*>|\\", "", said(markup, body("article.revised", changes)))
    assert "Changed: headline" in text
    assert "Was: Bridge closed for two" in text
    assert "Now: Bridge closed for three" in text
    assert "Đã sửa" in said(markup, body("article.revised", changes), "vi")


@pytest.mark.parametrize("markup", FORMATS)
def test_a_withdrawal_says_what_it_was(markup: Format) -> None:
    """A reader would take a story that was taken down for a new one."""
    text = said(markup, body("article.removed"))
    assert "Withdrawn by the site" in text
    assert "Bridge closed" in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_headline_is_markup(hostile: str) -> None:
    """A site could put a link under another's name, or call everybody in a newsroom's chat."""
    event = body(title=hostile, summary=hostile, authors=[hostile])
    event["data"]["source"]["title"] = hostile
    tree = LexborHTMLParser(said("html", event, picture=""))
    assert {node.tag for node in tree.root.css("body *")} <= {"b", "a", "br", "i", "s", "small"}  # type: ignore[union-attr]
    assert [link.attributes["href"] for link in tree.css("a")] == ["https://news.example/bridge"]
    markdown = said("markdown", event)
    own = {"**[", "](https://news.example/bridge)**"}
    for part in own:
        markdown = markdown.replace(part, "", 1)
    assert re.search(r"(?<!\\)[\[\]<>*_`@|]", markdown) is None
    for markup in FORMATS:
        assert re.search("[\u202a-\u202e\u200b]", said(markup, event)) is None


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://a.example/x) [y](https://evil.example"]
)
def test_no_address_leads_elsewhere(url: str) -> None:
    """A click on an alert would run a script, or lead to another site than it says."""
    assert "javascript:" not in said("html", body(url=url))
    markdown = said("markdown", body(url=url))
    assert "javascript:" not in markdown
    assert "](https://evil.example" not in markdown


def digest(count: int, summary: str = "A lead of a sentence.") -> dict[str, Any]:
    items = [
        {
            "type": "article.published",
            "source": {"id": f"s{n % 3}", "title": f"Source {n % 3}"},
            "article": {"url": f"https://news.example/{n}", "title": f"Story {n}", "summary": summary},
            "changes": None,
            "also": [{"source": {"title": "Sister"}, "title": "Elsewhere", "url": "https://other.example/"}]
            if n == 0
            else [],
        }
        for n in range(count)
    ]
    failing = {"type": "source.failing", "data": {"source": {"title": "Broken"}, "failure": {"cause": "HTTP 503"}}}
    return {"type": "digest", "data": {"events": [], "articles": items, "notices": [failing]}}


@pytest.mark.parametrize("markup", FORMATS)
def test_a_digest_has_its_sources_once_and_every_story(markup: Format) -> None:
    """A morning's digest would be a heap of headlines without their papers, or miss some."""
    text = said(markup, digest(7)).replace("\\", "")
    assert text.count("Source 1") == 1
    assert all(f"Story {n}" in text for n in range(7))
    assert "7 new stories" in text
    assert "also told by" in text
    assert "Sister" in text
    assert "HTTP 503" in text


def fitted(event: dict[str, Any], most: int, markup: Format = "markdown") -> str:
    alert = message(event, timezone="UTC", language="en")
    return fitting(compiled(default(markup), markup), alert, most)


def test_what_is_too_long_ends_at_a_sentence() -> None:
    """A message would break off in the middle of a word, or the service refuse it and nobody hear of the story."""
    long = "The council met. " * 100
    text = fitted(body(summary=long), 400)
    assert len(text) <= 400
    assert text.endswith("met\\.")
    assert "Bridge closed" in text


def test_a_digest_that_is_too_long_says_how_many_it_left_out() -> None:
    """A reader would think that he has seen the whole morning."""
    text = fitted(digest(200), 2000)
    assert len(text) <= 2000
    kept = len(re.findall(r"\[Story", text))
    assert f"{200 - kept} more" in text
    assert kept > 10


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("One. Two three.", 50, "One. Two three."),
        ("One two. Three four five.", 20, "One two."),
        ("今天天气很好。明天下雨。后天也下雨。", 12, "今天天气很好。明天下雨。"),
        ("wordwordwordword", 8, "wordwor…"),
    ],
)
def test_texts_are_cut_at_sentences(text: str, most: int, short: str) -> None:
    """A lead would end in half a word."""
    assert cut(text, most) == short


@pytest.mark.parametrize(
    ("template", "cause"),
    [
        ("{{ headline", "line 1"),
        ("{% for x in %}", "line 1"),
        ("ok\n{{ headline | nope }}", "line 2"),
    ],
)
def test_templates_that_cannot_be_read_say_where(template: str, cause: str) -> None:
    """An operator would search a template of sixty lines for a missing brace."""
    with pytest.raises(TemplateError, match=cause):
        compiled(template, "text")


@pytest.mark.parametrize(
    "template",
    [
        "{{ 1 / 0 }}",
        "{{ headline.nothing.more }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 'x' * 2000000 }}",
        "{% for n in range(100000) %}{{ summary }}{% endfor %}",
        "{{ range(10 ** 9) | list }}",
    ],
)
def test_templates_that_raise_or_say_too_much_are_told(template: str) -> None:
    """A mistake in a template would end the daemon, fill its memory, or read its secrets."""
    alert = message(body(), timezone="UTC", language="en")
    with pytest.raises(TemplateError):
        filled(compiled(template, "text"), alert)


def test_values_that_are_missing_leave_a_gap() -> None:
    """A template for new stories would fail at the first digest."""
    assert filled(compiled("{{ summary }}!", "text"), message(digest(1), timezone="UTC", language=None)) == "!"
    assert isinstance(alerts.message({}, timezone="UTC", language=None), Alert)


@pytest.mark.parametrize(("stories", "notices", "most"), [(500, 0, 4096), (300, 0, 2000), (0, 40, 2000), (3, 40, 1000)])
def test_a_large_digest_still_has_stories_and_notices(stories: int, notices: int, most: int) -> None:
    """A night in which the network failed would be told as "0 new stories"."""
    event = digest(stories)
    event["data"]["notices"] = event["data"]["notices"] * notices
    for markup in FORMATS:
        text = fitted(event, most, markup)
        assert most // 3 < len(text) <= most
        assert bool(stories) is ("Story" in text)
        assert bool(notices) is ("HTTP 503" in text)
        assert "more" in text
