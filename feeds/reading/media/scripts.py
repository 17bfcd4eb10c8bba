"""Players that scripts set up: ``jwplayer("id").setup({…})``, ``videojs("id", {…})``, ``new Hls().loadSource("…")``.

What such a call is given is read and nothing is run: the first texts (an element's id, an address), and the first
object or list. It is known as a player's by its name, and by the addresses of recordings in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import chompjs
from selectolax.lexbor import LexborNode

from feeds.reading.media.addresses import EXTENSIONS
from feeds.reading.media.told import Clip, from_setup

MAX_CALLS = 30  # of players on one page
MAX_ARGUMENTS = 12_000  # characters of one call that are looked at: a player's have a few hundred
MAX_SCRIPT = 2_000_000  # characters of all scripts that are looked through

_CALL = re.compile(
    r"(?<![\w$])(?:new\s+)?[\w$.]{0,60}(?:[Pp]layer\w{0,20}|videojs|Plyr|Hls|loadSource|[Jj]w\w{0,10}|flowplayer)\s*\("
)
_NEXT = re.compile(r"\s*(?:\)\s*\.\s*(?:setup|src|load|source|init)\s*\(|[,;])?\s*")
_TEXT = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.){1,2048}+)\1""")
_ELEMENT = re.compile(r"""document\s*\.\s*(?:getElementById|querySelector)\s*\(\s*["']#?([\w-]{1,100})["']\s*\)""")
_ID = re.compile(r"#?[A-Za-z][\w-]{0,100}")
_FILE = re.compile(rf"\.(?:{'|'.join((*EXTENSIONS, *map(str.upper, EXTENSIONS)))})(?![a-zA-Z0-9])")


class SetUp(NamedTuple):
    """A player: the id of its element, where that is told, what it plays, and the script that says so."""

    name: str | None
    clip: Clip
    script: LexborNode


def set_ups(scripts: Sequence[LexborNode], base: str) -> Iterator[SetUp]:
    """The players that the page's scripts set up."""
    left, calls = MAX_SCRIPT, MAX_CALLS
    for script in scripts:
        text = script.text(deep=True)
        if len(text) > left or not _FILE.search(text):
            continue
        left -= len(text)
        end = 0
        for call in _CALL.finditer(text):
            if call.start() < end:
                continue
            if (calls := calls - 1) < 0:
                return
            name, clip, end = _read(text, call.end(), base)
            if name is None and len(told := set(_ELEMENT.findall(text))) == 1:  # "hls.attachMedia(video)", further on
                name = told.pop()
            if clip.is_file or clip.link:
                yield SetUp(name, clip, script)


def _read(text: str, at: int, base: str) -> tuple[str | None, Clip, int]:
    """What a call is given, from the place behind its bracket on: an id, a recording, and where that ends."""
    text = text[at : at + MAX_ARGUMENTS]
    name, place, clip = None, 0, Clip()
    for _ in range(4):
        if found := _ELEMENT.match(text, place):
            name = found[1]
        elif found := _TEXT.match(text, place):
            told = found[2].replace("\\/", "/")
            if _ID.fullmatch(told):
                name = name or told.lstrip("#")
            else:
                clip.add_file(base, told)
        elif text[place : place + 1] in ("{", "["):
            told_object = _object(text[place:])
            name = name or _named(told_object)
            clip.join(from_setup(told_object, base))
            return name, clip, at + place + 1
        else:
            break
        found_next = _NEXT.match(text, found.end())
        place = found_next.end() if found_next else found.end()
    return name, clip, at + place


def _object(text: str) -> Any:
    try:
        return chompjs.parse_js_object(text)
    except (ValueError, RecursionError):
        return None


def _named(value: Any) -> str | None:
    """The id of its element in a set-up object: Playerjs, Clappr, DPlayer have it there."""
    told = next((value[key] for key in ("id", "parentId", "el", "container", "target") if key in value), None) \
        if isinstance(value, dict) else None  # fmt: skip
    found = isinstance(told, str) and _ID.fullmatch(told)
    return told.lstrip("#") if isinstance(told, str) and found else None
