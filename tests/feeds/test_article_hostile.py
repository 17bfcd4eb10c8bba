"""Any text gives an Article or a ReadError, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ReadError
from feeds.model import Article
from feeds.reading.article.extract import extract_article

TAGS = """
<p> </p> <div> </div> <div/class='comment'> <br> <br><br> <a/href='/x'> </a> <b> </b> <ul><li> </li></ul> <h1> </h1>
<h2> <table><tr><td> </td></tr></table> <figure><img/src=a.jpg> <figcaption> <noscript> </noscript> <pre> <time>
<!-- --> <script> </script> <template> <blockquote> <iframe/src='//v.example/1'> <svg><p> <custom-tag> <title>
"""
PIECES = st.sampled_from(
    [
        *TAGS.split(),
        *("\x00", "\x1e", "\ud800", "\u202e", "&#0;", "<meta property='og:title' content='T'>"),
        "A sentence of the story that is long enough to count as one, and ends here. ",
        "Một câu của bản tin đủ dài để được coi là văn xuôi, và kết thúc ở đây. ",
        "これは物語の一文で、ここで終わります。",
        '<script type=\'application/ld+json\'>{"@type":"NewsArticle","author":[null,{"name":[1]}]}</script>',
    ]
)


def read(html: str) -> None:
    """Read a page; what comes must be an article that can go out, or a named error."""
    try:
        article = extract_article(html, "https://x.example/a/story-1234567.html")
    except ReadError:
        return
    assert isinstance(article, Article)
    assert article.body_text.strip()
    assert article.title
    assert "<script" not in article.content_html


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_shuffled_markup_gives_an_article_or_a_named_error(html: str) -> None:
    """Without it one broken page would end the worker with an error that nobody can act on."""
    read(html)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gives_an_article_or_a_named_error(html: str) -> None:
    """Without it bytes that are no page at all would end the worker."""
    read(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 3000 + "Text that stands very deep in the page, and still is a sentence. " * 4,
        "<b>" * 3000 + "Text that stands very deep in the page, and still is a sentence. " * 4,
        "".join(f"<div>Sentence {n} of a page that never closes what it opens.<p>" for n in range(2500)),
        f"<p class='{'share ' * 40_000}'>A sentence in a box with forty thousand names.</p>",
        f"<img srcset='{',' * 50_000}'><p>{'A sentence beside a broken picture. ' * 9}</p>",
        f"<h1>{' - ' * 20_000}</h1><p>{'A sentence under a strange headline. ' * 9}</p>",
        f"<p>{'<a href=x>word</a> ' * 8000}</p>",
        f"<p>{'<br>' * 30_000}{'A sentence behind thirty thousand breaks. ' * 9}</p>",
    ],
    ids=["deep divs", "deep inline", "unclosed", "names", "srcset", "title", "links", "breaks"],
)
def test_hostile_pages_cost_little(html: str) -> None:
    """Without it one page could keep a worker busy until its time limit, again at every poll."""
    started = time.process_time()
    read(html)
    assert time.process_time() - started < 3
