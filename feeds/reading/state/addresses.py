"""Addresses of stories that have nothing but a slug in the page's state, after the pattern of those that it shows.

One story of them is linked somewhere in the page, in its markup or its data: "/thoi-su/bao-so-5-20261128.html". What of
it is the story's own (slug, number, section) is told by its object, and the rest is the site's pattern.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from feeds.reading.state.prose import Node

MAX_TRIED = 40  # stories whose slugs are looked for in the page
MAX_FOUND = 5  # places where one slug is looked at
MIN_SLUG = 6  # characters: shorter ones stand anywhere
MAX_ADDRESS = 300
_STOPS = "\"'`<>\\ \n\t()"
_FILE = re.compile(r"\.(?:json|js|css|jpe?g|png|webp|avif|gif|svg|mp4|m3u8|rsc|txt|xml)(?:[?#]|$)", re.IGNORECASE)
_PIECE = re.compile(r"[^/.?=&#]+")

Template = tuple[str, ...]  # what stands between the values, and at odd places the values' names


class Pattern:
    """How the site makes addresses, from those of ``stories`` (a slug, and all that is known of it) in the page."""

    def __init__(self, html: str, stories: Iterable[tuple[str, Node]]) -> None:
        self._templates: Counter[Template] = Counter()
        page = html.replace("\\/", "/").replace("\\u002F", "/").replace("\\u002f", "/")
        for tried, (slug, node) in enumerate(stories):
            if tried >= MAX_TRIED:
                break
            if len(slug) >= MIN_SLUG:
                self._templates.update({_template(found, slug, node) for found in _around(page, slug)})

    def address(self, node: Node) -> str | None:
        """The address of a story, as it would stand in the page; None where no pattern is known that it fills."""
        known = _scalars(node)
        for template, _ in self._templates.most_common(3):
            if all(name in known for name in template[1::2]):
                pieces = [known[piece] if number % 2 else piece for number, piece in enumerate(template)]
                return "".join(pieces)
        return None


def _around(page: str, slug: str) -> list[str]:
    """The addresses in the page in which a slug stands by itself."""
    found: list[str] = []
    at = -1
    for _ in range(MAX_FOUND * 4):
        at = page.find(slug, at + 1)
        if at < 0 or len(found) >= MAX_FOUND:
            break
        begin, end = at, at + len(slug)
        while begin > 0 and at - begin < MAX_ADDRESS and page[begin - 1] not in _STOPS:
            begin -= 1
        while end < len(page) and end - at < MAX_ADDRESS and page[end] not in _STOPS:
            end += 1
        address = page[begin:end]
        is_piece = page[at - 1 : at] in ("/", "-", "=") and page[at + len(slug) : at + len(slug) + 1] not in ("", "_")
        if is_piece and address.startswith(("/", "http")) and not _FILE.search(address):
            found.append(address)
    return found


def _template(address: str, slug: str, node: Node) -> Template:
    """The address with names in place of what is the story's own."""
    known = _scalars(node)
    names = {value: name for name, value in reversed(known.items())}
    pieces: list[str] = [""]

    def constant(text: str) -> None:
        pieces[-1] += text

    def value(name: str) -> None:
        pieces.extend((name, ""))

    begin, _, end = address.partition(slug)
    for number, part in enumerate((begin, end)):
        at = 0
        for piece in _PIECE.finditer(part):
            constant(part[at : piece.start()])
            bare = piece[0].strip("-")
            if bare in names and not piece[0].startswith("http") and ":" not in piece[0]:
                before, _, behind = piece[0].partition(bare)
                constant(before)
                value(names[bare])
                constant(behind)
            else:
                constant(piece[0])
            at = piece.end()
        constant(part[at:])
        if number == 0:
            value(names.get(slug, "slug"))
    if len(pieces[-1]) > 1:  # a query that names nothing of the story says where it was linked
        pieces[-1] = re.split(r"[?#]", pieces[-1], maxsplit=1)[0]
    return tuple(pieces)


def _scalars(node: Node) -> dict[str, str]:
    """The texts and numbers of an object, and of the objects right under it, by name."""
    found: dict[str, str] = {}
    for key, value in list(node.items())[:100]:
        _take(found, key, value)
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            for name, item in list(inner.items())[:30]:
                _take(found, f"{key}.{name}", item)
    return found


def _take(found: dict[str, str], name: str, value: Any) -> None:
    if isinstance(value, str) and 0 < len(value) < MAX_ADDRESS and "/" not in value and " " not in value:
        found[name] = value
    elif type(value) is int and value >= 0:
        found[name] = str(value)


def slug_of(told: Node, keys: Sequence[str]) -> str:
    """The slug of an object, of `fields`; "" where it has none."""
    for key in keys:
        value = told.get(key)
        if isinstance(value, dict):
            value = value.get("current")
        if isinstance(value, str) and value and " " not in value:
            return value.strip("/")
    return ""
