"""robots.txt, cut down to what is for bantin: it says the same, and costs next to nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from feeds.reading.robots import MAX_RULES, MAX_SIZE, for_product

PATHS = ("/", "/a", "/a/b.htm", "/private/x", "/news/2026/1", "/A", "/a?b=c", "/*", "/đ")
AGENTS = st.sampled_from(["*", "bantin", "Bantin", "other", "BANTIN ", "bantinx"])
VALUES = st.sampled_from(["/", "/a", "/a/", "/private/", "/*/x", "/a$", "", "/news/*1", "/a b", "/%C4%91"])
LINES = st.one_of(
    AGENTS.map(lambda name: f"User-agent: {name}"),
    VALUES.map(lambda path: f"Disallow: {path}"),
    VALUES.map(lambda path: f"Allow:{path} # why"),
    st.sampled_from(["", "# comment", "Sitemap: https://x.example/s.xml", "Crawl-delay: 5", "nonsense", "a: b"]),
)


@given(st.lists(LINES, max_size=25).map("\n".join))
def test_what_is_left_says_the_same(text: str) -> None:
    """bantin would ask for what a site forbids, or not for what it allows."""
    whole, cut = Protego.parse(text), Protego.parse(for_product(text))
    for path in PATHS:
        url = f"https://x.example{path}"
        assert cut.can_fetch(url, "bantin") == whole.can_fetch(url, "bantin"), (path, for_product(text))


@pytest.mark.parametrize("product", ["bantin", "*"])
def test_many_agents_and_rules_leave_one_short_group(product: str) -> None:
    """Half a megabyte of agents and rules would take minutes and gigabytes, from any host that a page names."""
    agents = "\n".join(f"useragent:a{n}" for n in range(20_000))
    text = f"{agents}\nuser-agent: {product}\n" + "allow:/\n" * 30_000 + "disallow:/x\n"
    found = for_product(text)
    assert found.count("\n") == MAX_RULES
    assert found.startswith("user-agent: *\nallow: /")
    assert len(found) < 20 * MAX_RULES


def test_long_rules_and_lines_are_left_out() -> None:
    """A rule of half a megabyte would be matched against every address of its site."""
    text = f"User-agent: *\nDisallow: /{'x' * 5000}\nDisallow: /short\n{'y' * 100_000}\n"
    assert for_product(text) == "user-agent: *\ndisallow: /short"


def test_rules_have_room_together() -> None:
    """A thousand long rules would be matched against each address, in the event loop, for half a second each."""
    text = "User-agent: *\n" + f"Disallow: /*{'a' * 900}$\n" * 500 + "Disallow: /late\n"
    kept = for_product(text)
    assert 0.9 * MAX_SIZE < len(kept) < 1.1 * MAX_SIZE
    assert kept.startswith("user-agent: *\ndisallow: /*aaa")


@pytest.mark.parametrize("text", ["", "<!doctype html><html><body>Disallow: /</body>", "\ufeff", "User-agent: *"])
def test_nothing_said_is_nothing_forbidden(text: str) -> None:
    """A site whose server answers everything with its front page would never be read."""
    assert for_product(text) == ""
