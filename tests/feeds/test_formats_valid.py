"""Documents of every format, judged by schemas: RFC 4287's own, and those made from what RSS and JSON Feed specify.

No validator of feeds is on PyPI (`feedvalidator` is not, `rfeed` only writes). Atom's RELAX NG schema stands in the RFC
itself; RSS 2.0 and JSON Feed 1.1 are specified in prose, which tests/data has as schemas. libxml2 and fastjsonschema
judge by them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import fastjsonschema
import lxml.etree as etree
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Elsewhere, FeedSpec, Image
from feeds.writing import formats
from feeds.writing.feed import Feed, Place
from feeds.writing.formats import FORMATS, media_type_of
from feeds.writing.notices import failing
from tests.samples import NOON, ORIGINS, make_entry, make_feed, make_full_feed

DATA = Path(__file__).parents[1] / "data"
STRICT = etree.XMLParser(recover=False, resolve_entities=False, huge_tree=True)
JSON_SCHEMA = fastjsonschema.compile(json.loads((DATA / "jsonfeed-1.1.schema.json").read_text("utf-8")))


def relax(name: str) -> Callable[[bytes], None]:
    """A judge by a RELAX NG schema."""
    schema = etree.RelaxNG(etree.parse(DATA / name))

    def judge(body: bytes) -> None:
        root = etree.fromstring(body, STRICT)
        assert schema.validate(root), schema.error_log
        for element in root.iter("item"):  # RSS: "at least one of title or description must be present"
            assert element.find("title") is not None or element.find("description") is not None

    return judge


JUDGES: dict[str, Callable[[bytes], Any]] = {
    "atom": relax("rfc4287.rng"),
    "rss": relax("rss-2.0.rng"),
    "json": lambda body: JSON_SCHEMA(json.loads(body.decode("utf-8"))),
}
EACH = pytest.mark.parametrize("name", sorted(FORMATS))

HOSTILE = st.text(
    st.characters() | st.sampled_from("\x00\x08\x0b\x1b\x7f\x85\ud800\udfff\ufdd0\ufdd1\ufffe\uffff\u202e\u2028<>&\"']")
)
MARKUP = st.lists(
    HOSTILE
    | st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<ul><li>", "<div dir=rtl>", "<a href='javascript:x'>", "<img src=x>", "]]>",
         "<![CDATA[", "<!--", "-->", "<script>", "&#0;", "&#xd800;", "&amp;", "&", "<iframe src='http://a.example/'>"]
    )
).map("".join)  # fmt: skip


def test_every_format_has_a_judge() -> None:
    """A format that is added would go out without anyone having looked at it."""
    assert JUDGES.keys() == FORMATS.keys()
    types = ["application/atom+xml", "application/feed+json", "application/rss+xml"]
    assert sorted(map(media_type_of, FORMATS.values())) == types


def test_a_format_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever adds a format would have to edit a list of them, and forget it."""
    lines = [
        'CONTENT_TYPE = "text/plain; charset=utf-8"',
        'TITLE = "Plain text"',
        "def write(feed):",
        "    return feed.spec.title.encode()",
    ]
    (tmp_path / "invented.py").write_text("\n".join(lines))
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    found = formats.find()
    assert sorted(found) == ["atom", "invented", "json", "rss"]
    assert media_type_of(found["invented"]) == "text/plain"
    assert found["invented"].write(make_feed()).decode() == make_feed().spec.title


@EACH
def test_documents_are_valid(name: str) -> None:
    """A strict reader would refuse the feed."""
    whole = make_full_feed()
    notice = failing("ttv", "Truyền hình", "no answer", NOON, url="https://news.example/")
    hub = "https://hub.example/"
    for feed in (
        whole,
        make_feed(),
        make_feed(make_entry(1), notice, hub=hub, place=Place(previous=7)),
        msgspec.structs.replace(whole, full_text=False, place=Place()),
    ):
        JUDGES[name](FORMATS[name].write(feed))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("atom", b"<updated>2026", b"<updated>21/11/2026"),
        ("atom", b"<id>", b"<id>a</id><id>"),
        ("rss", b"<pubDate>Sat", b"<pubDate>2026"),
        ("rss", b'isPermaLink="false"', b'isPermaLink="no"'),
        ("json", b'"id"', b'"identifier"'),
        ("json", b'"date_modified": "2026-', b'"date_modified": "26-'),
    ],
)
def test_the_judges_are_strict(name: str, right: bytes, wrong: bytes) -> None:
    """The other tests here would hold whatever the documents say."""
    body = FORMATS[name].write(make_feed(make_entry(1)))
    assert right in body
    with pytest.raises((AssertionError, fastjsonschema.JsonSchemaException)):
        JUDGES[name](body.replace(right, wrong))


@EACH
@settings(max_examples=60)
@given(text=HOSTILE, html=MARKUP, url=HOSTILE)
def test_whatever_a_story_holds(name: str, text: str, html: str, url: str) -> None:
    """One story with something odd in it would take the whole feed away from every subscriber."""
    entry = make_entry(
        1, title=text, summary=text, authors=(text,), tags=(text,), section=text, credit=text, language=text,
        content_html=html, body_text=text, images=(Image(url=url), Image(url=f"https://a.example/{url}", caption=text)),
        url=f"https://news.example/{url}", story={"revision": 2},
    )  # fmt: skip
    other = Elsewhere(source_id=text, title=text, url=f"https://b.example/{url}")
    entry = msgspec.structs.replace(entry, elsewhere=(other, Elsewhere(source_id="b", title="", url=url)))
    spec = FeedSpec(id="both", title=text, sources=("ttv", "b"), language=text)
    notice = failing("ttv", text, text, NOON, url=url, language=text)
    feed = make_feed(entry, notice, spec=spec, origins=ORIGINS)
    body = FORMATS[name].write(feed)
    JUDGES[name](body)
    assert FORMATS[name].write(feed) == body


@EACH
@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_the_ends_of_time(name: str, hours: int) -> None:
    """A page with an impossible date would take the whole feed away."""
    zone = timezone(timedelta(hours=hours))
    moments = [datetime(1, 1, 1, tzinfo=zone), datetime(9999, 12, 31, 23, 59, 59, tzinfo=zone), datetime(2026, 1, 1)]
    entries = [make_entry(number, published=moment) for number, moment in enumerate(moments)]
    JUDGES[name](FORMATS[name].write(make_feed(*entries)))


@EACH
def test_the_same_value_gives_the_same_bytes(name: str) -> None:
    """Every poll of every reader would fetch the whole feed again."""
    assert FORMATS[name].write(make_full_feed()) == FORMATS[name].write(make_full_feed())
    feed: Feed = make_feed(make_entry(1))
    assert FORMATS[name].write(feed) != FORMATS[name].write(make_feed(make_entry(2)))


@EACH
def test_one_id_is_there_once(name: str) -> None:
    """A reader would show a story twice, or refuse the feed (RFC 4287 section 4.1.1)."""
    body = FORMATS[name].write(make_feed(make_entry(1), make_entry(2), make_entry(1, title="Khác")))
    assert body.count(make_entry(1).story.entry_id.encode()) == 1
