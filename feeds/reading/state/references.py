"""Data that were taken apart to be sent, put together again.

Four ways are known, and told by their shapes: lists whose items name each other by number (devalue, which Nuxt and
SvelteKit write; turbo-stream, of React Router), caches whose items name each other by key (Apollo, Relay), and rows
whose texts name each other by number (React's Flight, which Next streams). Results may hold themselves.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

Node = dict[str, Any]

MAX_OBJECTS = 30_000  # of one page
MAX_ITEMS = 200_000  # of one flattened list
MAX_WRAPPERS = 10  # around one item
_WRAPPERS = ("Reactive", "ShallowReactive", "Ref", "ShallowRef", "EmptyRef", "EmptyShallowRef", "Island", "P", "Z")
_ROW = re.compile(rb"([0-9a-f]{1,8}):(?:T([0-9a-f]{1,7}),)?")
_NAMED = re.compile(r"^\$[L@QWSF]?([0-9a-f]{1,8})$")

_decode = msgspec.json.Decoder().decode


def objects(value: Any, seen: set[int] | None = None) -> Iterator[Node]:
    """The objects in a value, outer before inner, each once; none of those in ``seen``, to which they are added."""
    seen = set() if seen is None else seen
    if id(value) in seen or len(seen) >= MAX_OBJECTS:
        return
    seen.add(id(value))
    queue = deque([value])
    while queue:
        item = queue.popleft()
        if isinstance(item, dict):
            yield item
        for inner in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
            if isinstance(inner, (dict, list)) and id(inner) not in seen and len(seen) < MAX_OBJECTS:
                seen.add(id(inner))
                queue.append(inner)


def nodes(values: Iterable[Any]) -> Iterator[Node]:
    """The objects of all values of a page, each once, though several values may hold it."""
    kept, seen = list(values), set[int]()  # kept: what goes gives its number to others
    for value in kept:
        yield from objects(value, seen)


def whole(value: Any) -> Any:
    """The value with what it names by number or key in its place."""
    if isinstance(value, list) and (made := flattened(value)) is not None:
        return made
    cached = [node for node in objects(value) if "__ref" in node or node.get("type") == "id"]
    if cached:
        _join_cache(value)
    return value


def flattened(items: list[Any]) -> Any:
    """The value that a flattened list stands for; None where it is an ordinary list.

    Its first item is the outermost; all numbers in objects and lists are places in the list. Texts in the first place
    of a list say of what kind it is: a date, a set, or a wrapper around one other item.
    """
    if not 2 <= len(items) <= MAX_ITEMS or not _is_flat(items):
        return None
    made: list[Any] = [_shell(item) for item in items]
    for place, item in enumerate(items):
        if _is_wrapper(item):
            made[place] = made[_unwrapped(items, place)]

    def at(number: Any) -> Any:
        there = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(made)
        return made[number] if there else None

    for item, shell in zip(items, [_own(item, made[place]) for place, item in enumerate(items)], strict=True):
        if isinstance(shell, dict):
            shell.update((_key(name, items), at(number)) for name, number in item.items())
        elif isinstance(shell, list):
            shell.extend(at(number) for number in (item[1:] if item and isinstance(item[0], str) else item))
    return made[0]


def _is_flat(items: list[Any]) -> bool:
    """Whether the objects and lists at the beginning hold places of the list, and nothing else."""
    seen = 0
    for item in items[:50]:
        if isinstance(item, dict):
            numbers = list(item.values())
        elif isinstance(item, list):
            numbers = item[1:] if item and isinstance(item[0], str) else item
            if item and item[0] in ("Date", "D"):
                continue
        else:
            continue
        seen += 1
        if not all(type(number) is int and number < len(items) for number in numbers):
            return False
    return seen > 0 and isinstance(items[0], (dict, list))


def _is_wrapper(item: Any) -> bool:
    return isinstance(item, list) and len(item) >= 2 and item[0] in _WRAPPERS and type(item[-1]) is int


def _unwrapped(items: list[Any], place: int) -> int:
    """The place of what is within wrappers; they may be within each other."""
    for _ in range(MAX_WRAPPERS):
        inner = items[place][-1] if _is_wrapper(items[place]) else place
        if inner == place or not 0 <= inner < len(items):
            break
        place = inner
    return place


def _shell(item: Any) -> Any:
    if isinstance(item, dict):
        return {}
    if isinstance(item, list):
        return item[1] if len(item) == 2 and item[0] in ("Date", "D") else []
    return item


def _own(item: Any, shell: Any) -> Any:
    """The empty object or list that is to be filled for this item; None for one that stands for another."""
    if _is_wrapper(item):
        return None
    return shell if isinstance(item, (dict, list)) else None


def _key(name: str, items: list[Any]) -> str:
    """turbo-stream flattens names as well: "_5" is the text in the fifth place."""
    if name[:1] == "_" and name[1:].isdecimal() and len(name) < 8:
        place = int(name[1:])
        if place < len(items) and isinstance(items[place], str):
            return str(items[place])
    return name


def _join_cache(value: Any) -> None:
    """Put the objects of a cache in the place of the keys that name them, and leave arguments out of field names."""
    known: dict[str, Node] = {}
    found = list(objects(value))
    for node in found:
        known.update((key, inner) for key, inner in node.items() if isinstance(inner, dict))
    for node in found:
        for key, inner in list(node.items()):
            if isinstance(inner, list):
                inner[:] = [_named(one, known) for one in inner]
            node[key] = _named(inner, known)
            bare = key.partition("(")[0]
            if bare != key and bare not in node:
                node[bare] = node[key]


def _named(item: Any, known: dict[str, Node]) -> Any:
    if not isinstance(item, dict):
        return item
    name = item.get("__ref") or (item.get("id") if item.get("type") == "id" else None)
    return known.get(name, item) if isinstance(name, str) else item


def rows(stream: str) -> Iterator[Any]:
    """The values of a stream of rows, "number:JSON" each, with the texts that are sent as rows of their own."""
    data, at = stream.encode("utf-8", "ignore"), 0
    found: dict[str, Any] = {}
    while (row := _ROW.match(data, at)) is not None and len(found) < MAX_OBJECTS:
        if row[2] is not None:
            at = row.end() + int(row[2], 16)
            found[row[1].decode()] = data[row.end() : at].decode("utf-8", "replace")
        else:
            end = data.find(b"\n", row.end())
            end = len(data) if end < 0 else end
            found[row[1].decode()] = _json(data[row.end() : end])
            at = end
        while data[at : at + 1] == b"\n":
            at += 1
    for value in found.values():
        for node in _containers(value):
            for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(inner, str) and inner[:1] == "$":
                    node[key] = _row_named(inner, found)
    yield from (value for value in found.values() if isinstance(value, (dict, list)))


def _row_named(text: str, found: dict[str, Any]) -> Any:
    if text.startswith("$D"):
        return text[2:]
    name = _NAMED.match(text)
    return found.get(name[1], text) if name is not None else text[1:] if text.startswith("$$") else text


def _containers(value: Any) -> list[Any]:
    """The objects and lists in a value, before anything in it is replaced."""
    todo: list[Any] = [value]
    found: list[Any] = []
    while todo and len(found) < MAX_OBJECTS:
        item = todo.pop()
        if isinstance(item, (dict, list)):
            found.append(item)
            todo.extend(item.values() if isinstance(item, dict) else item)
    return found


def _json(text: bytes) -> Any:
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
