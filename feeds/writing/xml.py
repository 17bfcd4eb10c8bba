"""XML, element by element."""

from __future__ import annotations

from typing import Any

import lxml.etree as etree

from feeds.reading.text import printable

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721
XML = "http://www.w3.org/XML/1998/namespace"


def add(parent: Any, name: str, text: str | None = None, *, space: str = "", **attributes: object) -> Any:
    """A new last child of ``parent``, in the namespace ``space``. An attribute without a value is left out."""
    child = etree.SubElement(parent, f"{{{space}}}{name}" if space else name)
    child.text = None if text is None else printable(text)
    for key, value in attributes.items():
        if value:
            child.set(key, printable(str(value)))
    return child


def set_language(element: Any, language: str | None) -> None:
    """Mark what an element holds with its language."""
    if language:
        element.set(f"{{{XML}}}lang", language)
