"""Whether a page needs a browser, and what a browser may ask for on its behalf.

1. A page is built by scripts where it has scripts, and next to no words of its own.
2. The document itself is asked for as any other; the browser gets it handed over, and never asks for one by itself.
3. Scripts and data are asked for where they are of the page's own publisher; of others only where the page had no
   story without them.
4. Pictures, fonts, sounds, films, beacons, frames, sockets and workers are never asked for: none of them is a text.
   Styles are answered as empty: scripts wait for them.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from feeds.reading import urls
from feeds.reading.listing.links import publisher_of

FEW_WORDS = 120  # of a page without its scripts: menus and a notice that scripts are off have some, a story has more
MAX_LOOKED_AT = 300_000  # characters of a page in which its words are counted

_SCRIPT = re.compile(
    r"<script\b[^<>]{0,2000}\bsrc\s*=|<script\b[^<>]{0,2000}\bmodule\b|<script\b[^<>]{0,2000}>[^<]{200}", re.I
)
_UNSEEN = re.compile(r"<(script|style|template|noscript|svg|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_WORD = re.compile(r"[^\W\d_]{2,}")

Kind = Literal["document", "script", "data", "style", "none"]
# The browser's names for what it asks for (Chrome DevTools Protocol, Network.ResourceType), as Playwright has them.
KINDS: dict[str, Kind] = {
    "document": "document", "script": "script", "xhr": "data", "fetch": "data", "stylesheet": "style",
}  # fmt: skip


def is_built_by_scripts(html: str) -> bool:
    """Whether a page is nothing before its scripts have run."""
    if _SCRIPT.search(html) is None:
        return False
    text = _TAG.sub(" ", _UNSEEN.sub(" ", html[:MAX_LOOKED_AT]))
    return sum(1 for _ in _WORD.finditer(text)) < FEW_WORDS


def refusal(kind: Kind, url: str, page_url: str, method: str, *, others: bool) -> str | None:
    """Why the page at ``page_url`` may not ask for ``url``, in a word or two; None where it may.

    ``others``: servers of other publishers may be asked, too.
    """
    if kind in ("none", "style", "document"):
        return "not needed"
    if urlsplit(url).scheme not in ("http", "https"):
        return "not http"
    if method not in ("GET", "POST", "HEAD", "OPTIONS"):
        return f"method {method[:10]}"
    if not others and not is_own(url, page_url):
        return "another publisher's"
    return None


def is_own(url: str, page_url: str) -> bool:
    """Whether an address is of the page's domain, or of its publisher, such as "cdn.paper-static.example"."""
    if urls.same_domain(url, page_url):
        return True
    return publisher_of(urls.host(url)) == publisher_of(urls.host(page_url))
