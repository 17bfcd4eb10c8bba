"""The data in the script elements of a page, as Python values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import chompjs
import msgspec
from selectolax.lexbor import LexborNode

from feeds.reading.state.references import flattened, rows, whole

MAX_STATE = 8_000_000  # characters of all that is read of one page: the largest front pages have three million
MAX_VALUES = 50  # data in one page; a page has a few
DEEP = 20_000  # characters that a value costs which is too deep to be read
COUNTED = 50  # characters whose lines are counted in the time in which one is read
MIN_VALUE = 60  # characters: less holds no story
JSON_TYPES = ("application/json", "text/json", "text/x-json", "text/x-component")
CODE_TYPES = ("", "text/javascript", "application/javascript", "module")

_ASSIGNED = re.compile(
    r"""[=(,]\s*+(?:
        (?P<object>(?=[{\[]))
      | (?P<parsed>JSON\.parse\(\s*+)(?=["'`])
      | \(?function\s*+\((?P<names>[\w$,\s]{0,20000})\)\s*+\{\s*+return\s*+(?=[{\[])
    )""",
    re.VERBOSE,
)
_PUSHED = re.compile(r'\.push\(\s*+\[\s*+1\s*+,\s*+("(?:[^"\\]|\\.)*+")')  # Next's "self.__next_f.push([1,"…"])"
_ENQUEUED = re.compile(r'\.enqueue\(\s*+("(?:[^"\\]|\\.)*+")')  # React Router's "streamController.enqueue("…")"
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_STRING = re.compile(r"""(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`)""", re.DOTALL)

_JSON = re.compile(r"\{\s*+[\"}]|\[\s*+[\"\[{\]\d\-tfn]")  # how objects and lists of JSON begin; those of code do not
_CODE = re.compile(r"[{\[]\s*+[\w\"'{\[$]++\s*+[:,{\[\"'\w$]")

_decode = msgspec.json.Decoder().decode
_scan = json.JSONDecoder().raw_decode


def values(scripts: Sequence[LexborNode]) -> Iterator[Any]:
    """What the page's scripts are handed: islands of JSON, assignments, and the pieces of streams put together."""
    budget = _Budget()
    pushed: list[str] = []
    enqueued: list[str] = []
    for script in scripts:
        kind = (script.attributes.get("type") or "").partition(";")[0].strip().lower()
        if kind not in JSON_TYPES and kind not in CODE_TYPES:
            continue
        text = script.text(deep=True)
        if len(text) < MIN_VALUE or not budget.pays(len(text)):
            continue
        if kind in JSON_TYPES:
            yield from _one(decoded(text))
        elif (pieces := _PUSHED.findall(text)) or (pieces := _ENQUEUED.findall(text)):
            (pushed if _PUSHED.search(text) else enqueued).extend(pieces)
        else:
            yield from _assigned(text, budget)
    yield from rows("".join(map(_text, pushed)))
    yield from _one(flattened([item for line in "".join(map(_text, enqueued)).splitlines() for item in _list(line)]))


class _Budget:
    """How much may be read of one page."""

    def __init__(self) -> None:
        self.characters, self.values = MAX_STATE, MAX_VALUES

    def pays(self, size: int) -> bool:
        self.characters -= size
        self.values -= 1
        return self.characters >= 0 and self.values >= 0


def decoded(text: str) -> Any:
    """A JSON text as a value; None where it is broken, too deep or too large."""
    if len(text) > MAX_STATE:
        return None
    try:
        return _decode(text.encode("utf-8", "ignore"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _one(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield whole(value)


def _assigned(text: str, budget: _Budget) -> Iterator[Any]:
    """The values that a script assigns or hands to a function."""
    at = 0
    while (found := _ASSIGNED.search(text, at)) is not None:
        at = found.end()
        if found["parsed"]:
            quoted = _STRING.match(text, at)
            if quoted is not None and len(quoted[0]) > MIN_VALUE and budget.pays(len(quoted[0])):
                yield from _one(decoded(_text(quoted[0])))
                at = quoted.end()
            continue
        value, end = _literal(text, at, budget)
        if value is not None and found["names"] is not None:
            value = _filled(value, found["names"], text, budget)
        yield from _one(value)
        at = max(at, end)
        if budget.values < 0 or budget.characters < 0:
            return


def _literal(text: str, at: int, budget: _Budget) -> tuple[Any, int]:
    """The object or list that is written at a place of a script, and where it ends (where that is known)."""
    try:
        value, end = _scan(text, at) if _JSON.match(text, at) else (None, at)
    except (ValueError, RecursionError) as error:
        # Beginnings that come to nothing cost as much as values: each may be looked at up to its end, and to tell where
        # it failed, json counts the lines of all the text before.
        failed = getattr(error, "pos", at + DEEP)
        budget.characters -= max(failed - at, MIN_VALUE, failed // COUNTED)
    else:
        if end > at:
            return (value if end - at > MIN_VALUE else None), end
    # JavaScript, not JSON: names without quotes, functions. A body of code looks the same at first, and costs little.
    if not _CODE.match(text, at):
        return None, at
    if budget.characters < 0 or not budget.pays(len(text) - at):
        return None, at
    try:
        value = chompjs.parse_js_object(_HEX.sub(r"\\u00\1", text[at:]))
    except (ValueError, RecursionError):
        return None, at
    return value, at + len(repr(value)) // 2


def _filled(value: Any, names: str, text: str, budget: _Budget) -> Any:
    """The value with a function's arguments in the place of their names: "(function(a,b){return {…}}("x",1))"."""
    begin = text.rfind("}(")
    if begin < 0 or not budget.pays(len(text) - begin):
        return value
    try:
        told: Any = chompjs.parse_js_object(_HEX.sub(r"\\u00\1", "[" + text[begin + 2 :].rstrip(" ;)") + "]"))
    except (ValueError, RecursionError):
        return value
    known = dict(zip((name.strip() for name in names.split(",")), told, strict=False))
    todo, seen = [value], 0
    while todo and seen < MAX_STATE // 10:
        item = todo.pop()
        seen += 1
        for key, inner in item.items() if isinstance(item, dict) else enumerate(item):
            if isinstance(inner, (dict, list)):
                todo.append(inner)
            elif isinstance(inner, str) and inner in known:
                item[key] = known[inner]
    return value


def _text(quoted: str) -> str:
    """What a quoted text of a script says."""
    if quoted[0] != '"':
        inner = quoted[1:-1].replace('\\"', '"').replace('"', '\\"')
        quoted = '"' + inner.replace(f"\\{quoted[0]}", quoted[0]).replace("\n", "\\n") + '"'
    value = decoded(_HEX.sub(r"\\u00\1", quoted))
    return value if isinstance(value, str) else ""


def _list(line: str) -> list[Any]:
    """A line of a stream of flattened values: the first is a list, later ones are those of promises ("P5:[…]")."""
    value = decoded(re.sub(r"^[PE]\d{1,6}:", "", line))
    return value if isinstance(value, list) else []
