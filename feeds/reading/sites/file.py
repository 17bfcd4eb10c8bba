"""The file of a site profile, read strictly: what is not understood is an error that names file, key and selector."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from feeds.errors import ProfileError
from feeds.reading.sites.profiles import ArticleRules, Layout, ListRules, Profile

R = TypeVar("R", ArticleRules, ListRules)

_NAME = re.compile(r"[a-z0-9-]{1,64}")
_HOST = re.compile(r"[^\s/:?#@]+\.[^\s/:?#@.]+")
_EMPTY_PAGE = LexborHTMLParser("<p></p>")


def read_profile(text: str, file: str) -> Profile:
    """The profile that ``text`` describes; ``file`` is where it stands, and names a profile that has no name itself.

    Raises `ProfileError`.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProfileError(file, "", f"is not valid TOML: {error}") from error
    return _File(file).profile(raw)


class _File:
    """Reads the tables of one file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def profile(self, raw: dict[str, Any]) -> Profile:
        self.known("", raw, ("name", "hosts", "markup", "layout"))
        layouts = self.tables("layout", raw.get("layout", []))
        if not layouts:
            raise self.error(
                "layout", "is missing; write at least one [[layout]] with [layout.article] or [layout.list]"
            )
        return Profile(
            name=self.name(raw.get("name")),
            hosts=tuple(self.host(value) for value in self.strings("hosts", raw.get("hosts", []))),
            markup=self.selector("markup", raw["markup"]) if "markup" in raw else "",
            layouts=_newest_first(self.layout(number, table) for number, table in enumerate(layouts, 1)),
        )

    def layout(self, number: int, table: dict[str, Any]) -> Layout:
        where = f"[[layout]] {number}: "
        self.known(where, table, ("since", "until", "article", "list"))
        since, until = (self.day(where + key, table.get(key)) for key in ("since", "until"))
        if since and until and until < since:
            raise self.error(f"{where}until", f"is {until}, before since ({since}); exchange them")
        article = self.rules(ArticleRules, f"{where}article", table.get("article", {}))
        found = self.rules(ListRules, f"{where}list", table.get("list", {}))
        parts = [key for key in ("title", "link", "published", "summary", "image") if getattr(found, key)]
        if parts and not found.item:
            raise self.error(f"{where}list.{parts[0]}", "is looked for in each item; write item, too")
        return Layout(since=since, until=until, article=article, list=found)

    def rules(self, kind: type[R], where: str, table: Any) -> R:
        if not isinstance(table, dict):
            raise self.error(where, f"is {_quoted(table)}; write a table, [layout.{where.rpartition(' ')[2]}]")
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        self.known(f"{where}.", table, fields)
        values: dict[str, Any] = {}
        for key, value in table.items():
            place = f"{where}.{key}"
            several = fields[key].type is not str
            values[key] = self.selectors(place, value) if several else self.selector(place, value)
        return kind(**values)

    # -- values

    def name(self, value: Any) -> str:
        told = value is not None
        name = value if told else self.file.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise self.error("name", f"is {_quoted(name)}{'' if told else ' (of the file)'}; use a-z, 0-9 and -")
        return name

    def host(self, value: str) -> str:
        if not _HOST.fullmatch(value):
            raise self.error("hosts", f'{_quoted(value)} is no host name; write one such as "news.example.org"')
        return value.lower()

    def day(self, key: str, value: Any) -> date | None:
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        raise self.error(key, f"is {_quoted(value)}; write a day without quotes, such as 2024-05-31")

    def selector(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.error(key, f'is {_quoted(value)}; write one CSS selector in quotes, such as "div.story > p"')
        try:
            _EMPTY_PAGE.css(value)
        except (SelectolaxError, ValueError) as error:
            raise self.error(
                key,
                f"{_quoted(value)} is no CSS selector that Lexbor knows; write one of tags, .classes, #ids, "
                '[attributes], the combinators " ", ">", "+", "~", and :has(), :is(), :not(), :nth-child()',
            ) from error
        return value

    def selectors(self, key: str, value: Any) -> tuple[str, ...]:
        return tuple(self.selector(key, item) for item in self.strings(key, value))

    def strings(self, key: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f'is {_quoted(value)}; write a list of strings, such as ["div.related"]')
        return value

    def tables(self, key: str, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"is {_quoted(value)}; write tables, [[{key}]] with two brackets")
        return value

    def known(self, where: str, table: dict[str, Any], keys: Iterable[str]) -> None:
        allowed = list(keys)
        for key in table:
            if key not in allowed:
                near = get_close_matches(key, allowed, 1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise self.error(where + key, f"is no key of a profile; {hint}there are: {', '.join(allowed)}")

    def error(self, key: str, cause: str) -> ProfileError:
        return ProfileError(self.file, key, cause)


def _newest_first(layouts: Iterable[Layout]) -> tuple[Layout, ...]:
    """Those still in use first, then by the day that they began or ended; of equals as they stand in the file."""
    order = sorted(layouts, key=lambda one: (one.until or date.max, one.since or date.min), reverse=True)
    return tuple(order)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:200]
