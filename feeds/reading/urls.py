"""Addresses: made absolute, cleaned of tracking, compared by site. Parsing is ada's (the WHATWG URL standard)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ada_url

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

# What most links look like: nothing in them that the URL standard would rewrite (no dots to resolve, no port, no
# numeric, international or upper-case host), so that they need no parser: that is a third of the cost of a home page.
_PLAIN_PATH = re.compile(r"/[\w\-.~!$&()*+,;=:@/?#%]*", re.ASCII)
_PLAIN = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]{2,}" + _PLAIN_PATH.pattern, re.ASCII)

MAX_URL = 2048  # longer addresses are refused: no story has one, and some servers and readers choke on them

# Parameters that say how a reader came, not what is read. Only unambiguous names: `ref` or `id` may select the page.
_TRACKING = re.compile(
    r"^(utm_\w+|at_\w+|itm_\w+|wt_\w+|mc_[ce]id|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|ttclid"
    r"|mtm_\w+|matomo_\w+|pk_\w+|piwik_\w+|xtor|xts|srsltid|_gl|spm|ref_src|ref_url|ncid|traffic_source|sc_cid"
    r"|hss_channel|vero_id|s_cid|igsh|li_fat_id|rdt_cid|wickedid|_openstat|ysclid|sref|__twitter_impression"
    r"|cmp|smid|smtyp|guccounter|guce_\w+|gaa_\w+|mbid|ftag|linkid|sfmc_\w+|oly_(?:anon|enc)_id|rb_clickid|__tn__"
    r"|zarsrc|_hsenc|_hsmi|mkt_tok|ocid|cmpid|ns_(campaign|source|mchannel|linkname|fee)|icid|intcmp|itid|ito|wtrid)$",
    re.IGNORECASE,
)


def absolute(base: str, href: str | None) -> str | None:
    """The http(s) address that ``href`` means on the page ``base`` (empty: it must be absolute itself).

    None for anything else: other schemes, names and passwords in the address, more than `MAX_URL` characters.
    """
    if not href or len(href) > MAX_URL:
        return None
    if "/." not in href and "%2" not in href:
        if href[0] != "/":
            if _PLAIN.fullmatch(href) and "xn--" not in href:
                return href
        elif href[1:2] != "/" and _PLAIN_PATH.fullmatch(href) and (root := _root(base)):
            return root + href
    try:
        url = str(ada_url.join_url(base, href.strip()) if base else ada_url.normalize_url(href.strip()))
    except ValueError:
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in ("http", "https") or len(url) > MAX_URL:
        return None
    authority = rest.split("/", 1)[0]  # a joined address has a host and a path; with "@" it carries a name or password
    return url if authority and "@" not in authority else None


@lru_cache(maxsize=64)
def _root(base: str) -> str | None:
    """The base's scheme and host, where paths from the root can simply be appended."""
    try:
        url = ada_url.URL(base)
    except ValueError:
        return None
    plain = url.protocol in ("http:", "https:") and url.hostname and not url.username and not url.password
    return str(url.origin) if plain else None


@lru_cache(maxsize=8192)
def clean(url: str) -> str:
    """The address without its fragment and without tracking parameters; what is left keeps its order and spelling."""
    url = url.split("#", 1)[0]
    head, mark, query = url.partition("?")
    if not mark:
        return url
    kept = [pair for pair in query.split("&") if pair and not _TRACKING.match(pair.split("=", 1)[0])]
    return f"{head}?{'&'.join(kept)}" if kept else head


def host(url: str) -> str:
    """The host name in lower case, without port; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def site(url: str) -> str:
    """What tells one site from another: the host without ``www.``, ``m.``, ``amp.`` or ``mobile.``, and an odd port."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www\d?|m|amp|mobile)\.(?=[^.]+\.)", "", parts.hostname or "") + port


# Names under which others publish that the public suffix list does not have (of 2026).
_HOSTING = frozenset(
    (
        *("wordpress.com", "substack.com", "tumblr.com", "livejournal.com", "medium.com", "over-blog.com"),
        *("typepad.com", "ghost.io", "tistory.com", "hatenablog.com", "seesaa.net", "canalblog.com", "beehiiv.com"),
    )
)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The part of a host name that its owner registered (``news.example.co.uk``: ``example.co.uk``), or itself.

    By the public suffix list, those of its suffixes included that companies let others publish under (``github.io``).
    """
    labels = host.rstrip(".").split(".")
    if ":" in host or labels[-1].isdigit():  # an address is nobody's domain but its own
        return host
    found = _suffixes().privatesuffix(host.rstrip(".")) or host
    return ".".join(labels[-found.count(".") - 2 :]) if found in _HOSTING else found


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # a tenth of a second, and most commands ask for no domain

    return PublicSuffixList()


def same_domain(one: str, other: str) -> bool:
    """Whether one owner has the hosts of both addresses (``www.news.example``, ``consent.news.example``)."""
    domain = registrable(host(one))
    if "." not in domain or domain[-1:].isdigit():  # a machine may have a site at each of its ports
        return same_site(one, other)
    return domain == registrable(host(other))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one site (see `site`)."""
    return site(one) == site(other) != ""


def whole(address: str) -> str:
    """An address as people write it, with the ``https://`` that they leave out."""
    named = address.partition("/")[0]
    return f"https://{address}" if "://" not in address and ("." in named or ":" in named) else address
