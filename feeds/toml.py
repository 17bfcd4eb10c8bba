"""TOML read strictly: tables into structs, with everything that is wrong told at once, for people.

The configuration and site profiles are read so. What the keys mean, and whether they fit together, their readers say.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

Texts = tuple[str, ...]

MOST_FAULTS = 100  # nobody reads more at a time, and each may be compared with thousands of names
MOST_COMPARED = 1_000  # time zones are 600; a hundred faults by a thousand names are a second

ID = re.compile(r"[a-z0-9-]{1,64}")  # what sources, feeds, webhooks and profiles are named by, in files and addresses

_SECRET = re.compile("token|secret|password")  # keys whose values no message repeats
_PASSWORD = re.compile(r"(://[^/@\s:]*:)[^/\s]*@")  # in an address


class TooManyFaultsError(Exception):
    """There is more wrong with a file than is worth finding at once."""


class Faults:
    """Everything that is wrong with a file, up to `MOST_FAULTS`: pairs of a key (or nothing) and what is wrong."""

    def __init__(self, homes: Mapping[str, Sequence[str]] | None = None) -> None:
        """``homes``: for each key that there is, the tables that have it, as they are written."""
        self.homes = homes or {}
        self.found: list[tuple[str, str]] = []
        self._unread: set[str] = set()

    @property
    def lines(self) -> list[str]:
        """The faults, a line each."""
        return [f"{key} {text}" if key else text for key, text in self.found]

    def add(self, key: str, text: str) -> None:
        """``key`` names the place; a key whose value was of a wrong type has said all that there is to say.

        Raises `TooManyFaultsError`.
        """
        if key not in self._unread:
            self.found.append((key, text))
            if len(self.found) >= MOST_FAULTS:
                raise TooManyFaultsError

    def tell(self, line: str) -> None:
        """A fault in a whole line. Raises `TooManyFaultsError`."""
        self.add("", line)

    def unread(self, key: str, text: str) -> None:
        """The key's value is of a wrong type: its default goes on in its place."""
        self.add(key, text)
        self._unread.add(key)


def parse(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises `ValueError` with what is wrong with it."""
    try:
        return tomllib.loads(text)
    except (RecursionError, MemoryError) as error:
        raise ValueError("is not valid TOML: nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"is not valid TOML: {error}") from error


def read(kind: type[T], raw: Mapping[str, Any], faults: Faults, where: str = "", path: str = "") -> T:
    """One table as ``kind``, key by key, so that all its faults are found.

    Unknown keys and values of a wrong type are told to ``faults`` and left out. A key whose type is a struct is a table
    inside, one of several structs a list of tables. ``where`` opens the name of each key (`place`), ``path`` is the
    table's own name in TOML.
    """
    kinds = _kinds(kind)
    _unknown(where, raw, kinds, faults)
    values = {}
    for key, wanted in kinds.items():
        if key not in raw:
            continue
        if tables := _tables(wanted):
            values[key] = _inner(key, raw[key], wanted, tables, faults, where, path)
            continue
        try:
            values[key] = _value(raw[key], wanted)
        except msgspec.ValidationError:
            example = getattr(kind(), key)
            number = isinstance(raw[key], int | float) and not isinstance(raw[key], bool)  # a token all the same
            found = "a number" if number and _SECRET.search(key) else _shown(raw[key])
            faults.unread(f"{where}{key}", f"is {found}; {_allowed(wanted, raw[key], example)}")
    return kind(**{key: value for key, value in values.items() if value is not None})


def place(table: str, number: int = 0, name: object = "") -> str:
    """How a table is named in faults, up to the key: ``[server] ``, ``[[source]] number 2 (ttv): ``."""
    if not number:
        return f"[{table}] "
    return f"[[{table}]] number {number}{f' ({name[:64]})' if name and isinstance(name, str) else ''}: "


@cache
def _kinds(table: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of its keys; to find them takes a third of a millisecond, and there may be thousands of tables."""
    return {field.name: field.type for field in msgspec.structs.fields(table)}


def _tables(kind: Any) -> type[msgspec.Struct] | None:
    """The struct that a key's type is, or is a tuple of; None for plain values."""
    inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def _inner(
    key: str, raw: Any, kind: Any, table: type[msgspec.Struct], faults: Faults, where: str, path: str
) -> object | None:
    """The tables inside a table; None where there is something else."""
    many = get_origin(kind) is tuple
    name = f"{path}.{key}" if path else key
    items = raw if many else [raw]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        words = f"[[{name}]]" if many else f"[{name}]"
        faults.add(f"{where}{key}", f"is {_shown(raw)}; write {words} on a line of its own")
        return None
    if many:
        return tuple(read(table, item, faults, place(name, n, item.get("id")), name) for n, item in enumerate(items, 1))
    return read(table, raw, faults, f"{where}{key}." if path else place(name), name)


def _value(raw: Any, kind: Any) -> Any:
    """Raises `msgspec.ValidationError`; a time is no day."""
    if isinstance(raw, datetime):
        raise msgspec.ValidationError
    return msgspec.convert(raw, kind)


def _allowed(kind: object, found: object, example: object) -> str:
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        near = nearest(found, choices) if isinstance(found, str) else ""
        return near or f"write {', '.join(choices)}"
    words = {
        bool: "true or false",
        int: "a whole number",
        Texts: 'a list of texts, such as ["…"]',
        date: "a day without quotes, such as 2024-05-31",
    }
    plain = next((part for part in (kind, *get_args(kind)) if part in words), kind)
    text = f"a text such as {quoted(example)}" if example and isinstance(example, str) else "a text in quotes"
    return f"write {words.get(plain, text)}"  # type: ignore[call-overload]


def _shown(value: object) -> str:
    """A value as the file has it, cut where it is long."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        wrong = next((item for item in value if not isinstance(item, str)), None)
        return "a list" if wrong is None else f"a list with {_shown(wrong)} in it"
    return quoted(value)


def quoted(value: object) -> str:
    """A single value as the file has it, on one line, cut where it is long."""
    text = _PASSWORD.sub(r"\1***@", json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 120 else f"{text[:120]}…"


def _unknown(where: str, found: Iterable[str], allowed: Iterable[str], faults: Faults) -> None:
    allowed = list(allowed)
    for key in found:
        if key not in allowed:
            hint = _home(where, faults.homes.get(key, ())) or nearest(key, allowed) or f"allowed: {', '.join(allowed)}"
            faults.tell(f"{where}unknown key {quoted(key)}; {hint}")


def _home(where: str, homes: Sequence[str]) -> str:
    """Where a key belongs that other tables have; in a list's table it is as likely a mistyped one of its own."""
    if where.startswith("[[") or not homes:
        return ""
    return f"is {homes[0]} missing above?" if homes[0].startswith("[[") else f"it belongs in {homes[0]}"


def nearest(name: str, known: Iterable[str]) -> str:
    """``did you mean "…"?``, or nothing where no known name is like it, or too many are known to look at each."""
    known = list(known)
    if len(known) > MOST_COMPARED:
        return ""
    near = get_close_matches(name[:100], known, 1, 0.5)
    return f"did you mean {quoted(near[0])}?" if near else ""
