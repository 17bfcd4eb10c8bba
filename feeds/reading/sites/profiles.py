"""Site profiles: CSS selectors for the sites and publishing systems that the generic way misreads.

A profile belongs to hosts, or to every page with a certain markup. Sites are redesigned and keep their old pages, so
a profile has layouts with dates; which of them a page has is told by its markup, the newest first. What a profile says
holds where its selectors match; everything else stays as the page itself tells (see `answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec
from selectolax.lexbor import LexborHTMLParser

from feeds.reading.page.dom import parse
from feeds.reading.urls import host

Part = Literal["article", "list"]


class ArticleRules(msgspec.Struct, frozen=True, kw_only=True):
    """``[layout.article]``: where the parts of a story stand on its page; empty: as the generic way finds them."""

    title: str = ""
    summary: str = ""
    authors: str = ""
    published: str = ""
    body: str = ""
    credit: str = ""
    tags: str = ""
    captions: str = ""
    remove: tuple[str, ...] = ()


class ListRules(msgspec.Struct, frozen=True, kw_only=True):
    """``[layout.list]``: ``item`` is the box of one story, and the parts are looked for in it."""

    item: str = ""
    title: str = ""
    link: str = ""
    published: str = ""
    summary: str = ""
    image: str = ""
    remove: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How a site is built, from one day to another; None: always before, and to this day."""

    since: date | None = None
    until: date | None = None
    article: ArticleRules = ArticleRules()
    list: ListRules = ListRules()

    def mark(self, part: Part) -> str:
        """The selector by which a page of this layout is known; empty where there is none."""
        return self.article.body if part == "article" else self.list.item


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One site or publishing system; ``layouts`` are those of its file, the newest first."""

    name: str
    hosts: tuple[str, ...] = ()
    markup: str = ""
    layouts: tuple[Layout, ...] = ()


AS_GENERIC = Layout()


def choose(
    profiles: Sequence[Profile], url: str, tree: LexborHTMLParser, name: str = "", part: Part = "article"
) -> Layout | None:
    """The layout to read a page by; None where no profile is for it.

    ``name`` is the profile that the source asks for; ``part`` says what is to be read. The newest layout whose body
    (of a list: item) is on the page, or that names none, is taken; where there is no such layout, the newest.
    """
    profile = _profile(profiles, url, tree, name)
    if profile is None or not profile.layouts:
        return None
    for layout in profile.layouts:
        mark = layout.mark(part)
        if not mark or tree.css_first(mark) is not None:
            return layout
    return profile.layouts[0]


def profile_of(html: str, url: str, profiles: Sequence[Profile], site: str = "") -> str | None:
    """The name of the profile that a page is read by; None without one."""
    profile = _profile(profiles, url, parse(html), site)
    return profile.name if profile is not None else None


def _profile(profiles: Sequence[Profile], url: str, tree: LexborHTMLParser, name: str) -> Profile | None:
    """By name, else by the host, the narrowest first, else by markup; of equals the first."""
    for profile in profiles:
        if name and profile.name == name:
            return profile
    fitting = [(len(told), profile) for profile in profiles for told in profile.hosts if _is_of(host(url), told)]
    if fitting:
        return max(fitting, key=lambda pair: pair[0])[1]
    return next((one for one in profiles if one.markup and tree.css_first(one.markup) is not None), None)


def _is_of(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
