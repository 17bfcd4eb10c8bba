"""Structured data of pages (JSON-LD), as sites write it and as they break it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.reading.page.dom import parse
from feeds.reading.page.structured import MAX_NODES, json_ld, types


def nodes(*scripts: str, attributes: str = 'type="application/ld+json"') -> list[dict[str, Any]]:
    return json_ld(parse("".join(f"<script {attributes}>{script}</script>" for script in scripts)))


def kinds(*scripts: str) -> list[str]:
    return [name for node in nodes(*scripts) for name in types(node)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('{"@type":"NewsArticle"}', ["NewsArticle"]),
        ('[{"@type":"A"},{"@type":"B"}]', ["A", "B"]),
        ('{"@graph":[{"@type":"A"},{"@type":"B","c":{"@type":"C"}}]}', ["A", "B", "C"]),
        ('{"@type":["https://schema.org/NewsArticle",5,"B"]}', ["NewsArticle", "B"]),
        ('{"@type":"A","b":[{"@type":"B"}]};', ["A", "B"]),
        ('<![CDATA[{"@type":"A"}]]>', ["A"]),
        ('{"@type":"A","x":"hai\ndòng\tvà tab"}', ["A"]),
        ('{"@type":null}', []),
        ('{"name":"x"}', []),
        ("", []),
        ("null", []),
        ("5", []),
        ('"x"', []),
        ("{", []),
        ('{"@type":"A",}', ["A"]),
        ('{"@type":"A"}{"@type":"B"}', []),
    ],
)
def test_data_is_found_where_sites_put_it(script: str, expected: list[str]) -> None:
    """Dates and authors that a page states only there would be missing, or a broken block hide its page."""
    assert kinds(script) == expected


def test_one_broken_block_does_not_hide_the_others() -> None:
    """A page's dates would be lost to a mistake in its breadcrumbs."""
    assert kinds("{oops", '{"@type":"NewsArticle"}', "]") == ["NewsArticle"]


def test_only_data_blocks_are_read() -> None:
    """Settings of a page's scripts would be taken for what it says of its story."""
    assert nodes('{"@type":"A"}', attributes='type="application/json"') == []
    assert nodes('{"@type":"A"}', attributes="") == []
    assert len(nodes('{"@type":"A"}', attributes="TYPE='application/ld+json' id=x")) == 1


@pytest.mark.parametrize(
    "script",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a":' * 900 + '{"@type":"A"}' + "}" * 900,
        '{"@type":"A","n":' + "9" * 50_000 + "}",
        '{"@type":"A","n":1e999}',
        '{"@type":"A","x":"\\ud800"}',
        '{"@type":"A","x":"\ud800"}',
        "\x00" * 1000,
        "[" + "0," * 200_000 + "0]",
    ],
)
def test_hostile_data_is_harmless(script: str) -> None:
    """A page could end its worker by the depth or the numbers of its data."""
    for node in nodes(script):
        repr(node).encode()


def test_endless_data_is_cut() -> None:
    """A page with a hundred thousand objects would keep its worker busy."""
    assert len(nodes("[" + '{"@type":"A"},' * 10_000 + "{}]")) == MAX_NODES
    assert len(nodes(*['[{"@type":"A"},{"@type":"B"}]'] * 3000)) == MAX_NODES


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(['{"@type":', '"A"', "}", "[", "]", ",", ":", '"', "\\u", "d800", "\n", "null", "<!--", "1e9"])
        | st.text(max_size=5),
        max_size=12,
    ).map("".join)
)
def test_any_text_is_data_or_nothing(script: str) -> None:
    """Some broken page somewhere would end its worker with an error that nobody expects."""
    for node in nodes(script):
        types(node)
