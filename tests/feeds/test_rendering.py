"""Which pages need a browser, and what it may ask for."""

from __future__ import annotations

import pytest

from feeds.deciding.rendering import KINDS, is_built_by_scripts, refusal

SCRIPT = '<script src="/app.js"></script>'
WORDS = "The ferry returns to the lake after eleven years. "
PAGE = "https://www.paper.example/"


@pytest.mark.parametrize(
    ("html", "is_built"),
    [
        (f'<div id="root"></div>{SCRIPT}', True),
        ('<div id="root"></div><script type="module">import "/a.js"</script>', True),
        (f'<div id="root"></div><script>{"x" * 200}</script>', True),
        ('<div id="root"></div>', False),
        (f"<p>{WORDS * 20}</p>{SCRIPT}", False),
        (f"<noscript>{WORDS * 20}</noscript>{SCRIPT}", True),
        (f"<style>{WORDS * 20}</style><!-- {WORDS * 20} -->{SCRIPT}", True),
        (f"<script>{WORDS * 40}", True),
        ("", False),
    ],
)
def test_pages_that_scripts_build(html: str, is_built: bool) -> None:
    """Each broken page would cost a browser, or a site of scripts never be shown in one."""
    assert is_built_by_scripts(html) is is_built


@pytest.mark.parametrize("html", ["<script " * 200_000, "<!--" * 200_000, "<svg>" * 200_000, "<" * 1_000_000])
def test_pages_that_are_made_to_take_long(html: str) -> None:
    """The event loop would stand still for a page of nothing but beginnings."""
    assert is_built_by_scripts(html) in (True, False)


@pytest.mark.parametrize(
    ("kind", "url", "method", "others", "why"),
    [
        ("script", "https://static.paper.example/a.js", "GET", False, None),
        ("xhr", "https://api.paper.example/stories", "POST", False, None),
        ("fetch", "https://api.paper.co.uk/stories", "GET", False, None),
        ("script", "https://counts.example.net/a.js", "GET", False, "another publisher's"),
        ("script", "https://counts.example.net/a.js", "GET", True, None),
        ("image", "https://www.paper.example/a.png", "GET", True, "not needed"),
        ("font", "https://www.paper.example/a.woff", "GET", True, "not needed"),
        ("ping", "https://www.paper.example/seen", "POST", True, "not needed"),
        ("fetch", "file:///etc/passwd", "GET", True, "not http"),
        ("fetch", "https://www.paper.example/a", "DELETE", True, "method DELETE"),
    ],
)
def test_what_a_page_may_ask_for(kind: str, url: str, method: str, others: bool, why: str | None) -> None:
    """A page would be without its stories, or everybody who counts readers be told of each poll."""
    assert refusal(KINDS.get(kind, "none"), url, PAGE, method, others=others) == why
