"""Addresses: made absolute, cleaned of tracking, compared by site."""

from __future__ import annotations

import ada_url
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.reading.urls import MAX_URL, absolute, clean, host, registrable, same_domain, same_site, site

BASE = "https://news.example/tin/bai.htm?x=1"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a.htm", "https://news.example/a.htm"),
        ("a.htm", "https://news.example/tin/a.htm"),
        ("../a.htm", "https://news.example/a.htm"),
        ("/a/../../b", "https://news.example/b"),
        ("/a/./b", "https://news.example/a/b"),
        ("/%2e%2e/b", "https://news.example/b"),
        ("?y=2", "https://news.example/tin/bai.htm?y=2"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("\\\\cdn.example\\a", "https://cdn.example/a"),
        ("https:/a", "https://news.example/a"),
        ("HTTPS://NEWS.Example:443/A", "https://news.example/A"),
        (" \n/a\t.htm ", "https://news.example/a.htm"),
        ("/thời-sự", "https://news.example/th%E1%BB%9Di-s%E1%BB%B1"),
        ("https://tin-tức.example/", "https://xn--tin-tc-fr8b.example/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::ffff:7f00:1]/", "http://[::ffff:7f00:1]/"),
        ("https://news.example/a;b=1?c=d&e=%20#f", "https://news.example/a;b=1?c=d&e=%20#f"),
    ],
)
def test_links_mean_what_browsers_take_them_for(href: str, url: str) -> None:
    """Links would lead elsewhere than the site's own readers are led, or slip by the guard."""
    assert absolute(BASE, href) == url


@pytest.mark.parametrize(
    "href",
    [
        None,
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "tel:1",
        "file:///etc/passwd",
        "ftp://x.example/",
        "blob:https://x.example/1",
        "about:blank",
        "http://",
        "https://user@x.example/",
        "https://u:p@x.example/",
        "//u:p@x.example/",
        "http://[::1",
        "http://x.example:99999/",
        "http://a b/",
        "http://%00/",
        "/" + "a" * MAX_URL,
        "https://x.example/" + "ự" * 500,
    ],
)
def test_what_is_no_web_address_is_none(href: str | None) -> None:
    """Feeds would carry links that run scripts, open files or hold passwords."""
    assert absolute(BASE, href) is None


@pytest.mark.parametrize("href", ["/a", "a", "//x.example/", "?x", "x.example/a"])
def test_without_a_page_only_whole_addresses_count(href: str) -> None:
    """A mistyped address in the configuration would be taken for one."""
    assert absolute("", href) is None
    assert absolute("", "https://x.example/a") == "https://x.example/a"


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "/",
                "a",
                "B",
                ".",
                "..",
                "%2e",
                "%",
                "?",
                "#",
                "=",
                "&",
                ":",
                "@",
                "-",
                "_",
                "~",
                "x.example",
                "https://",
                "http://",
                "//",
                "\\",
                " ",
                "ự",
                "xn--",
                "1",
                "0x7f",
                "[",
                "]",
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_the_short_way_agrees_with_the_standard(href: str) -> None:
    """Some links would be read one way by their look and another by the URL standard, which the request goes by."""
    url = absolute(BASE, href)
    if url is not None:
        assert url == ada_url.URL(href.strip(), BASE).href
        assert absolute("", url) == url


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://x.example/a?utm_source=b&id=7&fbclid=c#d", "https://x.example/a?id=7"),
        ("https://x.example/a?UTM_Campaign=b", "https://x.example/a"),
        ("https://x.example/a?b=2&a=1&a=", "https://x.example/a?b=2&a=1&a="),
        (
            "https://x.example/a?xtor=RSS-1&id=7&CMP=feed&srsltid=AfmB&_gl=1&spm=a.b&mtm_campaign=c",
            "https://x.example/a?id=7",
        ),
        ("https://x.example/a?pk_campaign=c&ref_src=t&ncid=n&smid=s&id=7&traffic_source=m", "https://x.example/a?id=7"),
        ("https://x.example/a?q=utm_source%3Dx&ref=y", "https://x.example/a?q=utm_source%3Dx&ref=y"),
        ("https://x.example/a?&&id=1&", "https://x.example/a?id=1"),
        ("https://x.example/a?", "https://x.example/a"),
        ("https://x.example/utm_source=1/a", "https://x.example/utm_source=1/a"),
    ],
)
def test_tracking_goes_and_the_rest_stays(url: str, cleaned: str) -> None:
    """One story would be several under its campaign links, or not be found without what names it."""
    assert clean(url) == cleaned
    assert clean(cleaned) == cleaned


def test_a_site_is_known_under_its_usual_names() -> None:
    """A story's own canonical address would not be believed, or a stranger's would."""
    for url in (
        "https://www.x.example/a",
        "http://m.x.example",
        "https://amp.x.example:443/",
        "https://www2.x.example/",
    ):
        assert same_site("https://x.example/b", url), url
    for url in (
        "https://y.example/",
        "https://x.example.evil.example/",
        "https://x.example:8443/",
        "https://evilx.example/",
        "",
        "x",
        "http://[::1",
        "https://x.example:x/",
    ):
        assert not same_site("https://x.example/b", url), url
    assert not same_site("", "")
    assert site("https://m.example/") == "m.example"  # a name of two parts keeps both


def test_hosts_of_odd_addresses_are_empty() -> None:
    """An odd address would end a poll with an error that nobody expects."""
    assert host("https://WWW.X.Example:8443/a") == "www.x.example"
    assert [host(url) for url in ("", "x", "http://[::1", "mailto:a@b")] == [""] * 4


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.news.example", "news.example"),
        ("money.paper.co.uk", "paper.co.uk"),
        ("bao.thanhhoa.gov.vn", "thanhhoa.gov.vn"),
        ("one.github.io", "one.github.io"),
        ("one.wordpress.com", "one.wordpress.com"),
        ("deep.one.wordpress.com", "one.wordpress.com"),
        ("wordpress.com", "wordpress.com"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("", ""),
        (".", "."),
        ("a..b", "a..b"),
    ],
)
def test_registrable(host: str, domain: str) -> None:
    """Two bloggers on one platform would be one publisher, or the two hosts of one paper two."""
    assert registrable(host) == domain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.news.example/a", "https://consent.news.example/b", True),
        ("https://id.news.example/a", "https://sport.news.example/b", True),
        ("https://one.github.io/a", "https://two.github.io/b", False),
        ("https://paper.co.uk/", "https://other.co.uk/", False),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://127.0.0.1:81/", "http://127.0.0.1:82/", False),
        ("nonsense", "nonsense", False),
    ],
)
def test_same_domain(one: str, other: str, same: bool) -> None:
    """A page that leads on to its own log-in would be a story, or one be followed to a stranger."""
    assert same_domain(one, other) is same
