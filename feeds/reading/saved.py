"""Saved pages: where they say that they are from."""

from __future__ import annotations

from feeds.reading import urls
from feeds.reading.page import charset
from feeds.reading.page.dom import attribute, parse

SIZE = 200_000  # bytes at the beginning of a file, where its head stands


def own_address(body: bytes) -> tuple[str, bool] | None:
    """The page's own address, and whether only its site is known (``og:site_name``); None where it does not say."""
    tree = parse(charset.decode(body[:SIZE]))
    told = (
        attribute(tree.css_first("link[rel~=canonical][href]"), "href"),
        attribute(tree.css_first('meta[property="og:url"]'), "content"),
    )
    for address in told:
        if address and (found := urls.absolute("", address)):
            return found, False
    name = attribute(tree.css_first('meta[property="og:site_name"]'), "content") or ""
    found = urls.absolute("", f"https://{name}/") if "." in name and " " not in name else None
    return (found, True) if found else None
