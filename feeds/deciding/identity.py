"""Which story is this? The rules by which addresses and texts name one story, each with its reason.

1. Scheme, ``www.``, default ports, fragment, tracking parameters and a trailing slash do not tell stories apart:
   sites link the same page all these ways.
2. The address that answered (after redirects), or the page's own canonical link on the same site, names the story:
   sections and campaigns link through others.
3. The same text at two addresses of one source is one story: sites list a story under several sections.
4. A wholly different text at a known address is another story (sites reuse addresses), where a list announces it
   under that address. Where none does, it is a page that stands before the story: a login, a consent, an error.
"""

from __future__ import annotations

import re
import uuid
from functools import lru_cache
from urllib.parse import urlsplit

from feeds.model import Article, Teaser
from feeds.reading import urls

_WORD = re.compile(r"\w+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=16_384)
def key(url: str) -> str:
    """The address by which a story is known (rule 1); always ``https``, so that http and https are one."""
    parts = urlsplit(urls.clean(url))
    host = (parts.hostname or "").removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS.get(parts.scheme)) else ""
    path = parts.path.rstrip("/") or "/"
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{host}{port}{path}{query}"


def entry_id(url: str, occupant: int = 1) -> str:
    """The Atom id of the story first seen at ``url``: a version-5 UUID over its key (RFC 9562, namespace URL).

    ``occupant`` counts the different stories that have lived at the address (rule 4): the second is hashed as
    ``…#2``. The id survives a new title, a move of the server and a lost database.
    """
    name = key(url) if occupant == 1 else f"{key(url)}#{occupant}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def event_id(*what: object) -> str:
    """The id of an event, derived from what happened; valid as a Standard Webhooks ``webhook-id``."""
    return f"evt_{uuid.uuid5(uuid.NAMESPACE_URL, '|'.join(map(str, what))).hex}"


def wholly_different(one: Article, other: Article) -> bool:
    """Whether two texts have so little in common that they tell two stories (rule 4).

    Titles that share a third of their words are one story whatever became of the text; so are texts of which the
    shorter shares a fifth of its words with the longer.
    """
    return _overlap(one.title, other.title) < 1 / 3 and _overlap(one.body_text, other.body_text) < 1 / 5


def announced(teaser: Teaser | None, article: Article) -> bool:
    """Whether the list's headline is that of the article, as far as half of the words go (rule 4)."""
    return teaser is not None and _overlap(teaser.title, article.title) >= 1 / 2


def _overlap(one: str, other: str) -> float:
    a, b = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
