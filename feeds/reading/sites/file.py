"""The file of a site profile, read strictly: what is not understood is an error that names file, key and selector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from feeds import toml
from feeds.errors import ProfileError
from feeds.reading.sites.profiles import Layout, Profile
from feeds.toml import ID, Faults, TooManyFaultsError, place, quoted

_HOST = re.compile(r"[^\s/:?#@]+\.[^\s/:?#@.]+")
_EMPTY_PAGE = LexborHTMLParser("<p></p>")


class _File(msgspec.Struct, frozen=True):
    """The whole file."""

    name: str = ""
    hosts: tuple[str, ...] = ()
    markup: str = ""
    layout: tuple[Layout, ...] = ()


def read_profile(text: str, file: str) -> Profile:
    """The profile that ``text`` describes; ``file`` is where it stands, and names a profile that has no name itself.

    Raises `ProfileError` with the first fault.
    """
    try:
        raw = toml.parse(text)
    except ValueError as error:
        raise ProfileError(file, "", str(error)) from error
    faults = Faults()
    try:
        profile = _checked(toml.read(_File, raw, faults), raw, file, faults)
    except TooManyFaultsError:
        profile = None
    if profile is None or faults.found:
        raise ProfileError(file, *faults.found[0])
    return profile


def _checked(written: _File, raw: Mapping[str, Any], file: str, faults: Faults) -> Profile:
    """What the tables mean together; what does not fit is told to ``faults``."""
    if "layout" not in raw:
        faults.add("layout", "is missing; write at least one [[layout]] with [layout.article] or [layout.list]")
    name = written.name if "name" in raw else file.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
    if not ID.fullmatch(name):
        faults.add("name", f"is {quoted(name)}{'' if 'name' in raw else ' (of the file)'}; use a-z, 0-9 and -")
    for host in written.hosts:
        if not _HOST.fullmatch(host):
            faults.add("hosts", f'{quoted(host)} is no host name; write one such as "news.example.org"')
    for key, selector in _selectors(written, raw):
        _check(key, selector, faults)
    for number, layout in enumerate(written.layout, 1):
        _check_layout(place("layout", number), layout, faults)
    hosts = tuple(host.lower() for host in written.hosts)
    return Profile(name=name, hosts=hosts, markup=written.markup, layouts=_newest_first(written.layout))


def _check_layout(where: str, layout: Layout, faults: Faults) -> None:
    if layout.since and layout.until and layout.until < layout.since:
        faults.add(f"{where}until", f"is {layout.until}, before since ({layout.since}); exchange them")
    parts = [key for key in ("title", "link", "published", "summary", "image") if getattr(layout.list, key)]
    if parts and not layout.list.item:
        faults.add(f"{where}list.{parts[0]}", "is looked for in each item; write item, too")


def _selectors(written: _File, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The selectors that the file has, each with its key; one that is there and empty selects nothing."""
    if "markup" in raw:
        yield "markup", written.markup
    for number, (layout, table) in enumerate(
        zip(written.layout, raw["layout"] if written.layout else (), strict=True), 1
    ):
        for part, rules in (("article", layout.article), ("list", layout.list)):
            given = table.get(part)
            for key in given if isinstance(given, dict) else ():
                value = getattr(rules, key, ())
                for selector in (value,) if isinstance(value, str) else value:
                    yield f"{place('layout', number)}{part}.{key}", selector


def _check(key: str, selector: str, faults: Faults) -> None:
    try:
        _EMPTY_PAGE.css(selector)
    except (SelectolaxError, ValueError):
        faults.add(
            key,
            f"{quoted(selector)} is no CSS selector that Lexbor knows; write one of tags, .classes, #ids, "
            '[attributes], the combinators " ", ">", "+", "~", and :has(), :is(), :not(), :nth-child()',
        )


def _newest_first(layouts: Iterable[Layout]) -> tuple[Layout, ...]:
    """Those still in use first, then by the day that they began or ended; of equals as they stand in the file."""
    order = sorted(layouts, key=lambda one: (one.until or date.max, one.since or date.min), reverse=True)
    return tuple(order)
