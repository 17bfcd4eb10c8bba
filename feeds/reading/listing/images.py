"""The picture of a story: the address that the page would show once its scripts have run.

Pages load pictures late: ``src`` holds a placeholder, and the address waits in another attribute, in a ``srcset``, a
``<source>``, a ``<noscript>`` or a style. A placeholder is known by its look (data:, one pixel, its name) and by its
company: what several stories of a page show is no picture of any of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from feeds.reading import urls
from feeds.reading.listing.boxes import Box
from feeds.reading.listing.flat import Attributes, Outline
from feeds.reading.page.names import AUTHOR_NAMES
from feeds.reading.page.pictures import PLACEHOLDER_PARTS, PLACEHOLDER_STEMS, is_small, size_of, waiting

SHARED = 3  # as many stories with one picture make it a placeholder

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-image", "data-img", "data-bg")
_LAZIES = frozenset(_LAZY)
_FOR_SMALL = "max-width"  # in the media of a source: what telephones are shown
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_PICTURES = frozenset(("img", "source", "amp-img"))
_STYLE = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
MAX_SRCSET = 4000  # characters; the pattern below may look at each several times
_CANDIDATE = re.compile(r"(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")


class Pictures:
    """The pictures of a page; those that several of the boxes show are known as placeholders."""

    def __init__(self, page: Outline, base: str, boxes: list[Box]) -> None:
        self._page = page
        self._base = base
        self._shared: Counter[str] = Counter()
        for box in boxes:
            tags = page.tags[box.start : box.end]
            if "img" in tags:
                entries = [entry for entry, tag in enumerate(tags, box.start) if tag == "img"]
                self._shared.update({page.attribute(entry, "src") for entry in entries})

    def first(self, start: int, end: int) -> str | None:
        """The first real picture in a range of entries, absolute; pictures of authors and icons passed over."""
        page = self._page
        pictures = [entry for entry, tag in enumerate(page.tags[start:end], start) if tag in _PICTURES]
        pictures.sort(key=lambda entry: _FOR_SMALL in (page.attributes[entry].get("media") or ""))
        for entry in pictures:
            if _is_icon(page, entry):
                continue
            for address in _addresses(page.attributes[entry]):
                if self._shared[address] < SHARED and (url := _real(self._base, address)):
                    return url
        for style in [attributes["style"] for attributes in page.attributes[start:end] if "style" in attributes]:
            for address in _STYLE.findall(style or ""):
                if url := _real(self._base, address):
                    return url
        return None


def _real(base: str, address: str) -> str | None:
    """The absolute address of what is no placeholder."""
    address = address.strip()
    if address.startswith("data:") or _shows_portraits(address):
        return None
    name = address[address.rfind("/") + 1 :].lower()
    stem, _, extension = name.partition("?")[0].rpartition(".")
    if extension == "svg" or stem in PLACEHOLDER_STEMS:
        return None
    return None if any(map(name.__contains__, PLACEHOLDER_PARTS)) else urls.absolute(base, address)


def _shows_portraits(address: str) -> bool:
    """Whether the server is one of portraits by its name."""
    return "avatar" in address.lower() and "avatar" in urls.host(address)


def _addresses(attributes: Attributes) -> Iterator[str]:
    """All addresses an element has for its picture, the likeliest first."""
    for name in () if _LAZIES.isdisjoint(attributes) else _LAZY:
        if (value := attributes.get(name)) and " " not in value.strip():  # some hold rules, not addresses
            yield value
    if value := attributes.get("src"):
        yield value
    for name in _SETS:
        if value := attributes.get(name):
            yield from _largest(value)
    if value := attributes.get("style"):
        yield from _STYLE.findall(value)
    yield from waiting(attributes)


def _largest(srcset: str) -> list[str]:
    """The addresses of a ``srcset``, the largest first."""
    found = [(_number(size), address) for address, size, _ in _CANDIDATE.findall(srcset[:MAX_SRCSET])]
    return [address for _, address in sorted(found, key=lambda pair: -pair[0])]


def _number(size: str) -> float:
    """A width or a density; 1, as without one, for what is no number."""
    try:
        return float(size or 1)
    except ValueError:
        return 1.0


def _is_icon(page: Outline, entry: int) -> bool:
    if is_small(size_of(page.attributes[entry])):
        return True
    return page.named(entry, AUTHOR_NAMES)
