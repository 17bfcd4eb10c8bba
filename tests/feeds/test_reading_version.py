"""Whether the reader still reads pages as the version that it says it is."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from daemon.demo.news import Newsroom
from daemon.demo.site import _templates
from feeds.errors import ReadError
from feeds.reading.article.extract import extract_article
from feeds.reading.listing.find import find_teasers
from feeds.reading.sites.profiles import ArticleRules, Layout, Profile
from feeds.reading.sites.version import READING, reading_of
from tests.conftest import NOW
from tests.feeds.fuzz_pages import URLS, originals

GOLDEN = "13:2e1e740aa44fb517aa07a29898aacbae"
CHANGED = "the reader reads these pages differently: raise READING in feeds/reading/sites/version.py"


def pages() -> list[str]:
    """Invented pages: stories and a list of the demonstration site, and one of each kind of markup."""
    newsroom = Newsroom(NOW, seed=7)
    story = _templates.get_template("article.html")
    base = "https://song-van.example/"
    told = [story.render(item=item, others=newsroom.items[:5], base=base, number=1) for item in newsroom.items[:12]]
    front = _templates.get_template("list.html").render(title="Thời sự", items=newsroom.items, side=[], feed=None)
    return [*told, front, *originals()]


def read(html: str, url: str) -> object:
    """What the reader gives that a text is known by, or a list announces."""
    teasers = [(teaser.url, teaser.title, teaser.summary) for teaser in find_teasers(html, url, now=NOW)]
    try:
        article = extract_article(html, url, now=NOW)
    except ReadError as error:
        return [type(error).__name__, teasers]
    return [article.url, article.title, article.summary, article.body_text, article.truncated, teasers]


def test_reader_reads_as_its_version_says() -> None:
    """Subscribers would be told of an edit of every story when bantin is upgraded to a better reader."""
    found = [read(html, url) for html in pages() for url in URLS[:2]]
    digest = f"{READING}:{blake2b(msgspec.json.encode(found), digest_size=16).hexdigest()}"
    assert digest == GOLDEN, f"{CHANGED}, and put the new digest here: {digest}"


def test_profiles_are_part_of_the_reading() -> None:
    """Subscribers would be told of edits that nobody made when an operator mends a site's profile."""
    profile = Profile(name="a", hosts=("news.example",), layouts=(Layout(article=ArticleRules(body=".text")),))
    edited = msgspec.structs.replace(profile, layouts=(Layout(article=ArticleRules(body=".story")),))
    readings = {reading_of(profiles) for profiles in ([], [profile], [edited], [profile, edited])}
    assert len(readings) == 4
    assert reading_of([profile]) == reading_of((profile,))
    assert all(name.startswith(f"{READING}-") and len(name) < 40 for name in readings)
