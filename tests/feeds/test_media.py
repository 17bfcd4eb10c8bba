"""Recordings of stories, read from pages of our own invention: every file, poster and duration, and none too many."""

from __future__ import annotations

import pytest

from feeds.model import Article
from feeds.reading.article.extract import extract_article
from tests.conftest import NOW
from tests.feeds.media_pages import SENTENCES, TITLES, URL, WAYS, Told, Way, page


def read(html: str, url: str = URL) -> Article:
    return extract_article(html, url, now=NOW)


@pytest.mark.parametrize(("number", "way"), list(enumerate(WAYS)), ids=[way.name for way in WAYS])
@pytest.mark.parametrize("turn", range(4))
def test_what_a_page_shows_is_found(turn: int, number: int, way: Way) -> None:
    """A station's stories would come without their films, or with an advertiser's, or with those of other stories."""
    html, language, _ = page(way, number + turn)
    article = read(html)
    found = [
        Told(one.url, one.kind, one.duration, one.poster, tuple(other.url for other in one.others))
        for one in article.media
    ]
    assert found == list(way.told)
    assert article.title == TITLES[language]
    said = f"{article.summary or ''}\n{article.body_text}"
    assert all(sentence in said for sentence in SENTENCES[language])
    assert "invention" not in said
    assert "apples" not in said
