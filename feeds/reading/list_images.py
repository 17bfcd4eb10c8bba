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
from feeds.reading.list_boxes import Box
from feeds.reading.list_outline import Attributes, Outline
from feeds.reading.list_words import AUTHOR_NAMES

MIN_SIDE = 40  # CSS pixels; smaller pictures are icons
SHARED = 3  # as many stories with one picture make it a placeholder

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-image", "data-img", "data-bg")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
# Looked for in the file's name only; words that real pictures may have in theirs must be the whole of it.
_PLACEHOLDER = re.compile(
    r"(?:\b|_)(?:1x1|1px|spacer|placeholder\w*|lazyload\w*|no-?(?:image|photo|img|thumb)|default[-_](?:image|img|thumb))"
    r"|^(?:blank|pixel|transparent|loading|loader|empty|gr[ea]y|default|trans|dot|clear)\.|\.svg\b",
    re.IGNORECASE,
)
_PICTURES = frozenset(("img", "source", "amp-img"))
_STYLE = re.compile(r"background(?:-image)?\s*:[^;]*?url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
_CANDIDATE = re.compile(r"(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")


def picture(page: Outline, base: str, start: int, end: int, shared: Counter[str]) -> str | None:
    """The first real picture between two entries, absolute; pictures of authors and icons passed over."""
    entries = range(start, end)
    pictures = [entry for entry in entries if page.tags[entry] in _PICTURES and not _is_icon(page, entry)]
    for entry in pictures:
        for address in _addresses(page.attributes[entry]):
            if shared[address] < SHARED and (url := _real(base, address)):
                return url
    for entry in entries:
        if "style" in page.attributes[entry]:
            for address in _STYLE.findall(page.attribute(entry, "style")):
                if url := _real(base, address):
                    return url
    return None


def _real(base: str, address: str) -> str | None:
    """The absolute address of what is no placeholder."""
    address = address.strip()
    if address.startswith("data:") or _PLACEHOLDER.search(address[address.rfind("/") + 1 :]):
        return None
    return urls.absolute(base, address)


def shared_pictures(page: Outline, boxes: list[Box]) -> Counter[str]:
    """In how many of the boxes each address is some picture's ``src``."""
    found: Counter[str] = Counter()
    for box in boxes:
        found.update({page.attribute(e, "src") for e in range(box.start, box.end) if page.tags[e] == "img"})
    return found


def _addresses(attributes: Attributes) -> Iterator[str]:
    """All addresses an element has for its picture, the likeliest first."""
    for name in _LAZY:
        if value := attributes.get(name):
            yield value
    if value := attributes.get("src"):
        yield value
    for name in _SETS:
        if value := attributes.get(name):
            yield from _largest(value)
    if value := attributes.get("style"):
        yield from _STYLE.findall(value)


def _largest(srcset: str) -> list[str]:
    """The addresses of a ``srcset``, the largest first."""
    found = [(float(size or 1), address) for address, size, _ in _CANDIDATE.findall(srcset[:20_000])]
    return [address for _, address in sorted(found, key=lambda pair: -pair[0])]


def _is_icon(page: Outline, entry: int) -> bool:
    attributes = page.attributes[entry]
    for name in ("width", "height"):
        value = (attributes.get(name) or "").removesuffix("px")
        if value.isdigit() and int(value) < MIN_SIDE:
            return True
    around = page.names(entry) | page.names(page.parents[entry])
    return bool(around & AUTHOR_NAMES)
