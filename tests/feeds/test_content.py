"""The HTML of an entry, the same in every format."""

from __future__ import annotations

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from feeds.model import Image
from feeds.writing.content import content_html, language_of, media_type, notice
from tests.samples import make_entry


def html(story: dict[str, Any] | None = None, **article: Any) -> str:
    """The content of a sample story."""
    return content_html(make_entry(story=story, **article))


def test_the_parts_in_their_order() -> None:
    """A reader would see the text without its lead, picture or credit, or in a strange order."""
    parts = ["<strong>Sáng nay", "anh/1.jpg", "<figcaption>Hai đội về đích", "hai mươi đội", "Nguồn: Bản tin trưa"]
    found = html()
    places = [found.index(part) for part in parts]
    assert places == sorted(places)


def test_a_picture_in_the_text_is_not_shown_twice() -> None:
    """Readers would see the same picture above the text and in it."""
    body = '<figure><img src="https://news.example/anh/1.jpg" alt=""></figure><p>Hội làng.</p>'
    assert html(content_html=body).count("<img") == 1


def test_a_lead_that_opens_the_text_is_not_shown_twice() -> None:
    """Readers would read the same sentence twice."""
    lead = "Sáng nay, làng khai hội."
    body = {"content_html": f"<p>{lead} Đông vui.</p>", "body_text": f"{lead} Đông vui."}
    assert html(summary=lead, **body).count("khai hội") == 1


@pytest.mark.parametrize(
    ("language", "reason", "said"),
    [
        ("vi", None, "Chưa đọc được toàn văn"),
        ("vi-VN", None, "Chưa đọc được toàn văn"),
        ("VI", "disallowed", "Trang nguồn yêu cầu không đọc tự động"),
        ("en", None, "The full text could not be read yet"),
        ("en", "disallowed", "asks programs not to read this page"),
        ("de", None, "The full text could not be read yet"),
        (None, None, "The full text could not be read yet"),
    ],
)
def test_a_partial_story_says_so(language: str | None, reason: str | None, said: str) -> None:
    """People would take a teaser for the whole story, or be told so in a language they cannot read."""
    entry = make_entry(language=language, content_html="", body_text="", story={"partial": True, "reason": reason})
    found = LexborHTMLParser(content_html(entry))
    assert said in found.text()
    assert found.css("a")[-1].attributes["href"] == entry.story.url
    assert notice(entry) == ("disallowed" if reason == "disallowed" else "partial")


def test_a_stub_says_so_and_a_whole_story_does_not() -> None:
    """People would not know that the rest stands behind a paywall, or would look for one that is not there."""
    assert "chỉ hiển thị phần đầu" in html(truncated=True)
    assert notice(make_entry()) is None
    assert "<em>" not in html()


def test_texts_are_escaped() -> None:
    """A site could put markup of its own choice into the readers' pages through a lead, a caption or a credit."""
    bad = '"><script>alert(1)</script>'
    found = html(
        summary=bad,
        credit=bad,
        images=(Image(url="https://news.example/a.jpg?x=1&y=2", caption=bad, alt=bad),),
        story={"partial": True, "url": f"https://news.example/{bad}"},
    )
    tree = LexborHTMLParser(found)
    assert not tree.css("script")
    assert tree.css_first("figcaption").text() == bad
    assert tree.css_first("img").attributes["alt"] == bad
    assert tree.css_first("img").attributes["src"] == "https://news.example/a.jpg?x=1&y=2"


def test_an_empty_story_is_empty() -> None:
    """A story that has only a title would carry empty paragraphs."""
    assert html(summary=None, images=(), content_html="", body_text="", credit=None) == ""


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.example/x.jpg", "image/jpeg"),
        ("https://a.example/x.JPEG?w=1.png", "image/jpeg"),
        ("https://a.example/x.webp", "image/webp"),
        ("https://a.example/x.avif", "image/avif"),
        ("https://a.example/x", None),
        ("https://a.example/x.php", None),
    ],
)
def test_media_type(url: str, kind: str | None) -> None:
    """A reader would be told a wrong type of picture, and not show it."""
    assert media_type(url) == kind


def test_language_of() -> None:
    """Each entry would repeat the feed's language, or one in another language would be read aloud wrongly."""
    article = make_entry(language="vi").article
    assert language_of(article, "vi") is None
    assert language_of(article, "en") == "vi"
    assert language_of(make_entry(language=None).article, "en") is None
