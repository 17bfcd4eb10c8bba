"""Which hub a document names, and under which name the hub knows the document."""

from __future__ import annotations

import time

import msgspec
import pytest

from feeds.reading.documents.hubs import hub_of

HERE = "https://news.example/feed"
HUB, SELF = "https://hub.example/", "https://news.example/atom.xml"

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://hub.example/"/>%s<entry/></feed>'
RSS = b"""<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><title>x</title>
<a:link rel='self' type='application/rss+xml' href='https://news.example/atom.xml'/><a:link rel='hub'
href='https://hub.example/'></a:link><item><link>https://news.example/1</link></item></channel></rss>"""
HTML = b'<!doctype html><html><head><LINK REL="stylesheet HUB" HREF=https://hub.example/ ></head><body></body></html>'


@pytest.mark.parametrize(
    ("body", "headers", "topic"),
    [
        (b"", [f'<{HUB}>; rel="hub", <{SELF}>; rel="self"'], SELF),
        (b"", [f"<{HUB}>;rel=HUB", f"<{SELF}> ; title=\"a, b\" ; rel = 'x'"], HERE),
        (b"", [f'<{HUB}>; rel="alternate hub"; rel=self', f'<{SELF}>; rel="self"; anchor="/other"'], HERE),
        (ATOM % b'<link rel="self" href="https://news.example/atom.xml"/>', [], SELF),
        (ATOM % b'<link rel="self" href="/atom.xml"/>', [], SELF),
        (ATOM % b'<link rel="self" href="ftp://news.example/"/>', [], HERE),
        (ATOM % b'<link rel="self" href="https://news.example/?a=1&amp;b=2"/>', [], "https://news.example/?a=1&b=2"),
        (ATOM % b'<link rel="self" href="https://NEWS.example"/>', [], "https://NEWS.example"),
        (ATOM % b"", [f"<{SELF}>; rel=self"], SELF),
        (ATOM.replace(b"//hub.", b"//other.") % b"", [f"<{HUB}>; rel=hub"], HERE),
        (RSS, [], SELF),
        (HTML, [], HERE),
        (b'{"hubs": [{"type": "rssCloud", "url": "x"}, {"type": "WebSub", "url": "https://hub.example/"}]}', [], HERE),
        (b'\xef\xbb\xbf\n{"items": [1, {}], "feed_url": "/atom.xml", "hubs": [{"type":"WebSub","url":"https://hub.example/"}]}',
         [], SELF),
    ],
)  # fmt: skip
def test_hub_and_topic_are_found_wherever_they_may_stand(body: bytes, headers: list[str], topic: str) -> None:
    """A feed whose hub tells of its stories at once would be polled as if there were none."""
    assert hub_of(body, headers, HERE) == (HUB, topic)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<feed><entry><link rel='hub' href='https://evil.example/'/></entry></feed>",
        b"<feed><!-- <link rel='hub' href='https://evil.example/'/> --></feed>",
        b"<feed><subtitle><![CDATA[<link rel='hub' href='https://evil.example/'/>]]></subtitle></feed>",
        b"<html><head><script>'<link rel=hub href=https://evil.example/>'</script></head></html>",
        b"<html><body><link rel=hub href=https://evil.example/></body></html>",
        b"<feed><link rel='hub' href='javascript:alert(1)'/><link rel='hub' href='http://a:b@hub.example/'/></feed>",
        b"<html><head><link data-rel='hub' href='https://evil.example/'></head></html>",
        b"<feed><link rel='hub'/><link href='https://hub.example/'/><linkrel='hub' href='https://hub.example/'></feed>",
        b"<feed><link rel='hub' href='https://hub.example/'",
        b"<feed>" + b" " * 70_000 + b"<link rel='hub' href='https://hub.example/'/></feed>",
        b'{"hubs": {"type": "WebSub"}}',
        b'{"hubs": [{"type": "WebSub", "url": 5}]}',
        b'{"items": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_hub_of_the_publishers_is_none(body: bytes) -> None:
    """Who may write a comment at a site would choose who tells bantin of its stories."""
    assert hub_of(body, [], HERE) is None


def test_a_hub_with_https_is_preferred_among_the_first() -> None:
    """The secret would go over the wire for everybody to read though the publisher offers a better way."""
    named = b"".join(b"<link rel='hub' href='%s'/>" % url for url in (b"http://a.example/", b"https://b.example/"))
    assert hub_of(b"<feed>" + named, [], HERE) == ("https://b.example/", HERE)


def test_a_thousand_hubs_are_one() -> None:
    """A feed could have bantin ask a thousand servers."""
    named = b"".join(b"<link rel='hub' href='http://%d.example/'/>" % n for n in range(1000))
    assert hub_of(b"<feed>" + named, [], HERE) == ("http://0.example/", HERE)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<link " * 11_000, []),
        (b"<!--" * 16_000, []),
        (b"<![CDATA[" * 8_000, []),
        (b"<script>" * 8_000, []),
        (b"<a.-:" * 13_000, []),
        (b"<link rel='" + b"a=' rel=' " * 6_000, []),
        (b"<link " + b"rel = " * 11_000 + b">", []),
        (b'{"a":' * 400_000, []),
        (b'{"hubs": [' + b'{"type": "websub", "url": ""},' * 100_000 + b"{}]}", []),
        (msgspec.json.encode({"a": ["x" * 1000] * 3900, "hubs": []}), []),
        (b"", ['<a>\\"' * 400] * 1000),
        (b"", ["<" * 2000, ";rel" * 500, '<a>;rel="' * 220, "<a>" + "; rel = " * 240]),
    ],
)
def test_hostile_documents_take_no_time(body: bytes, headers: list[str]) -> None:
    """One feed would hold up all the others."""
    begun = time.process_time()
    assert hub_of(body, headers, HERE) is None
    assert time.process_time() - begun < 0.2
