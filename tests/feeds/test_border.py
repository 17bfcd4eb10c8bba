"""The border: whatever a page holds, what leaves a reader is short, on one line and without heaps of marks."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import msgspec
import pytest

from feeds import characters
from feeds.deciding.fingerprint import fingerprint, normalise
from feeds.deciding.passing import lasting
from feeds.deciding.similar import bands
from feeds.model import Article, Image, Teaser
from feeds.reading import border
from feeds.reading.border import article_within, teasers_within
from state.search import fold
from tests.conftest import NOW
from tests.costs import times_as_dear

HEAP = "a" + ("\u0301\u0316" * 15 + "\u200c") * 400  # parted by a joiner, so that no run of marks is long
TIBETAN = "ka" + "\u0f73" * 500  # no marks by their class, and made of nothing else


def longest_heap(text: str) -> int:
    """The most marks on one letter, once invisible characters are out and the text is taken apart."""
    most = run = 0
    for char in unicodedata.normalize("NFD", text[:50_000].translate(dict.fromkeys(map(ord, "\u200c\u200d")))):
        run = run + 1 if unicodedata.combining(char) else 0
        most = max(most, run)
    return most


def article(**fields: object) -> Article:
    return msgspec.structs.replace(Article(url="https://news.example/1", title="Title"), **fields)


@pytest.mark.parametrize("heap", [HEAP, TIBETAN, "e" + "\u0301" * 3000])
def test_marks_are_no_heaps_behind_the_border(heap: str) -> None:
    """One page with a heap of marks would stand everything still at each comparison, restart and search."""
    found = article_within(article(title=heap, summary=heap, body_text=heap, content_html=f"<pre>{heap}</pre>"))
    for text in (found.title, found.summary or "", found.body_text, found.content_html):
        assert 10 < longest_heap(text) <= 2 * characters.MOST_MARKS
    (teaser,) = teasers_within([Teaser(url="https://news.example/1", title=heap, summary=heap, content_html=heap)])
    assert longest_heap(teaser.title + (teaser.content_html or "")) <= 2 * characters.MOST_MARKS


def test_stored_texts_of_older_versions_are_compared_without_heaps() -> None:
    """What was stored before there was a border would stand the daemon still after the upgrade."""
    for same in (normalise, lasting, fold, characters.nfc):
        assert longest_heap(same(HEAP)) <= 2 * characters.MOST_MARKS
    old = article(body_text=HEAP)
    assert fingerprint(old) == fingerprint(article(body_text=HEAP))
    assert bands(old) == ()


def test_every_mark_counts_as_one() -> None:
    """A character that Unicode takes apart into marks would get around the limit."""
    for char in map(chr, [*range(0x300, 0xD800), *range(0xE000, 0x1F000)]):
        parts = [unicodedata.normalize(form, char) for form in ("NFD", "NFKD")]
        if any(unicodedata.combining(part[0]) for part in parts):
            assert len(characters.without_heaps(char * 40)) == characters.MOST_MARKS, hex(ord(char))


@pytest.mark.parametrize("before", range(0, 2 * characters.MOST_MARKS, 7))
def test_a_heap_is_found_wherever_it_stands(before: int) -> None:
    """A heap that no look at every thirtieth character hits would get around the limit."""
    heap = "a" * before + "e" + "\u0301" * (characters.MOST_MARKS + 1) + "a" * 50
    assert longest_heap(characters.without_heaps(heap)) == characters.MOST_MARKS


def test_spaces_are_squeezed_but_in_the_markup() -> None:
    """A run of spaces in preformatted text would keep a comparison busy for minutes; its readers want to see it."""
    found = article_within(
        article(body_text="a" + " " * 30_000 + "b\u00a0\u00a0c\n\n\n\nd", content_html="<pre>a   b</pre>")
    )
    assert found.body_text == "a b c\n\nd"
    assert found.content_html == "<pre>a   b</pre>"


def test_fields_are_cut() -> None:
    """A title of megabytes would be on everybody's front page, in each feed and in each alert."""
    long = "word " * 100_000
    found = article_within(
        article(
            title=long,
            summary=long,
            authors=tuple(f"{long}{n}" for n in range(500)) + tuple(f"Name {n}" for n in range(500)),
            section=long,
            tags=tuple(f"tag {n}" for n in range(500)),
            credit=long,
            language="vi-" + "x" * 100,
            images=tuple(Image(url=f"https://news.example/{n}.jpg", caption=long, alt=long) for n in range(500)),
            next_page="https://news.example/" + "x" * 5000,
        )
    )
    assert len(found.title) <= border.MAX_TITLE
    assert found.title.endswith("word …")
    assert len(found.summary or "") <= border.MAX_SUMMARY
    assert all(len(name) <= border.MAX_NAME for name in (*found.authors, found.section or "", found.credit or ""))
    assert (len(found.authors), len(found.tags), len(found.images)) == (
        border.MAX_AUTHORS,
        border.MAX_TAGS,
        border.MAX_IMAGES,
    )
    assert max(len(image.caption or "") + len(image.alt or "") for image in found.images) <= 2 * border.MAX_CAPTION
    assert found.next_page is None
    assert len(found.language or "") <= border.MAX_LANGUAGE
    assert len(msgspec.json.encode(found)) < 700_000


def test_a_long_text_ends_with_a_paragraph_and_says_so() -> None:
    """Feeds, alerts and the database would grow with whatever a page holds, or end in the middle of a word."""
    paragraph = "The ferry was late again, and nobody knew why. " * 5
    many = 2 * border.MAX_TEXT // len(paragraph)
    block = f'<p><a href="https://a.example/">{paragraph}</a></p>'
    text, html = "\n\n".join([paragraph] * many), "\n".join([block] * many)
    found = article_within(article(body_text=text, content_html=html))
    assert found.truncated
    assert 0.9 * border.MAX_TEXT <= len(found.body_text) <= border.MAX_TEXT
    assert found.body_text.endswith("why. ")
    assert len(found.content_html) <= border.MAX_HTML
    assert found.content_html.endswith("</p>")
    assert not article_within(article(body_text=paragraph)).truncated


def test_ordinary_stories_pass_as_they_are() -> None:
    """Everything that was published would change with the upgrade."""
    told = article(
        title="Lễ hội đua thuyền – “mở màn”", summary="Sáng nay.", authors=("Minh Nguyệt",), tags=("lễ hội",),
        body_text="Một.\n\nHai.", content_html="<p>Một.</p>\n<p>Hai.</p>", credit="Bản tin",
        images=(Image(url="https://news.example/a.jpg", caption="Hai đội", width=3),), language="vi",
    )  # fmt: skip
    assert article_within(told) == told
    assert article_within(article(title="می‌روم")).title == "می‌روم"  # the joiner is part of the word


def test_of_a_huge_list_the_newest_are_taken() -> None:
    """A list of a hundred thousand stories would fill the database; the newest may stand at its end."""
    teasers = [
        Teaser(url=f"https://news.example/{n}", title=f"Story {n}", published=NOW + timedelta(minutes=n))
        for n in range(3000)
    ]
    assert [teaser.title for teaser in teasers_within(teasers)][:2] == ["Story 2999", "Story 2998"]
    assert len(teasers_within(teasers)) == border.MAX_TEASERS
    undated = [msgspec.structs.replace(teaser, published=None) for teaser in teasers]
    assert teasers_within(undated)[0].title == "Story 0"


def test_marks_that_are_no_heap_are_looked_at_once() -> None:
    """A text whose letters all have as many marks as one may have would hold up everybody else at each comparison."""
    heaps, plain = ("a" + "\u0301" * 29) * 3_000, ("a" + "\u0301") * 45_000
    assert times_as_dear(characters.without_heaps, heaps, plain) < 1.8
    assert characters.without_heaps(heaps) == heaps
    parted = "a" + "\u200c\u0301" * 31 + "\u200cb"
    assert characters.without_heaps(parted) == "a" + "\u200c\u0301" * 30 + "\u200cb"
