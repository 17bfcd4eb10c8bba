"""The recordings of a story: `find_media` gathers what the page tells of them in five places, and tells them apart.

1. Elements (`media.page`): where one stands says whose it is.
2. Set-ups of players in scripts (`media.scripts`), by the element that they are for.
3. JSON-LD: the story's own node, what it refers to, and recordings that name this page, or none.
4. The head (Open Graph, Twitter cards).
5. What was found in one place is completed from the others: by its file, wherever that is served from, else in order.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from selectolax.lexbor import LexborNode

from feeds.model import Media
from feeds.reading import urls
from feeds.reading.article.metadata import Metadata
from feeds.reading.media.addresses import Kind, extension
from feeds.reading.media.page import Frame, clip_of, elements, has_players, names_files
from feeds.reading.media.scripts import set_ups
from feeds.reading.media.told import Clip, from_json_ld
from feeds.reading.page.head import Head
from feeds.reading.page.page import Scan
from feeds.reading.page.structured import Node, of_another_story, paths, same_words, types

MAX_MEDIA = 20  # of one story; a page with more is a library
MAX_CLIPS = 3 * MAX_MEDIA  # that are put together: some turn out to be one
MAX_WALKED = 5000  # values in nodes of other stories
_KINDS: dict[str, Kind] = {"VideoObject": "video", "AudioObject": "audio", "VideoObjectSnapshot": "video"}
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]{2}|\w+")
_BELONGS = ("video", "audio", "associatedMedia", "encoding", "mainEntity", "subjectOf", "hasPart")


class Signs(NamedTuple):
    """What on a page may tell of a recording; most pages have nothing, and cost no more than to see that."""

    files: bool  # addresses of files, somewhere
    players: bool  # elements that show one
    told: bool  # JSON-LD, or the head


def signs(page: Scan, html: str, told: Metadata, nodes: list[Node]) -> Signs:
    """Whether it is worth looking for recordings on a page."""
    heads = any(name.startswith(("og:video", "og:audio", "twitter:player:stream")) for name in told.head.meta)
    return Signs(names_files(html), has_players(page, html), heads or any(_kind(node) for node in nodes))


def find_media(
    page: Scan, html: str, told: Metadata, nodes: list[Node], frame: Frame, url: str, base: str, *, files: bool
) -> tuple[tuple[Media, ...], list[LexborNode]]:
    """The story's recordings, in the page's order, and the elements that show them.

    ``frame`` says where the story stands; ``files``: the page names files of recordings.
    """
    clips = _shown(page, html, frame, base, files=files)
    described = [*_described(told, nodes, url, base)[:MAX_CLIPS], *_of_head(told.head, base)]
    for clip in [clip for clip in described if not _recognised(clips, clip)]:
        _take(clips, clip)
    found: dict[str, Media] = {}
    for clip in clips:
        media = clip.media()
        if media is not None and len(found) < MAX_MEDIA:
            found.setdefault(media.url, media)
    return tuple(found.values()), [clip.node for clip in clips if clip.node is not None]


def _shown(page: Scan, html: str, frame: Frame, base: str, *, files: bool) -> list[Clip]:
    """What elements and scripts show, as far as it is the story's."""
    clips: list[Clip] = []
    others: set[str] = set()
    waiting = {set_up.name: set_up for set_up in (set_ups(page.named["script"], base) if files else ())}
    for node in elements(page.tree, html, files=files):
        name = node.attributes.get("id")
        set_up = waiting.pop(name, None) if name else None
        clip = clip_of(node, base, set_up.clip if set_up is not None else None)
        if clip is None:
            continue
        if frame.holds(node):
            _add(clips, clip)
        else:
            others |= clip.marks
    for set_up in waiting.values():
        element = page.tree.css_first(f'[id="{set_up.name}"]') if set_up.name else None
        shown: LexborNode = element if element is not None else set_up.script
        # A script at the page's end may set up anything: the station's programme, a bell.
        anywhere = element is None and shown.parent is not None and shown.parent.tag in ("body", "head", "html")
        if not anywhere and frame.holds(shown):
            set_up.clip.node = shown
            _add(clips, set_up.clip)
    return [clip for clip in clips if not clip.marks & others or clip.node is not None]


def _known(clips: list[Clip], clip: Clip) -> Clip | None:
    """The one of the clips that is of the same recording, by its file or its player."""
    marks = clip.marks
    return next((one for one in clips if not marks.isdisjoint(one.marks)), None)


def _add(clips: list[Clip], clip: Clip) -> None:
    """Add a clip, unless it is one that stands there already."""
    known = _known(clips, clip)
    if known is not None:
        known.join(clip)
    elif len(clips) < MAX_CLIPS:
        clips.append(clip)


def _recognised(clips: list[Clip], clip: Clip) -> bool:
    """Whether what is told is of a recording that is shown; then it is told of that."""
    known = _known(clips, clip)
    if known is not None:
        known.join(clip)
        known.told = True
    return known is not None


def _take(clips: list[Clip], clip: Clip) -> None:
    """Take in what is told of a recording apart from where it is shown.

    One that names another file than all that are shown is the first of its kind that nobody told of yet: a page has
    the same recording in pieces for one player, and whole for another.
    """
    known = _known(clips, clip)  # two descriptions may be of one
    if known is None and clip.is_file:
        known = next((one for one in clips if one.is_file and one.kind == clip.kind and not one.told), None)
    elif known is None and not clip.marks:  # an address that is nobody's player: what it says is of what is shown
        known = next((one for one in clips if not one.told and one.kind in (clip.kind, None)), None)
    if known is not None:
        known.join(clip)
        known.told = True
    elif clip.marks:
        clip.told = True
        clips.append(clip)


# -- JSON-LD


def _described(told: Metadata, nodes: list[Node], url: str, base: str) -> list[Clip]:
    """The recordings that JSON-LD describes as the page's own."""
    own = _belonging(told.story, nodes)
    addresses = paths([url, told.url, told.head.links.get("canonical"), told.head.first("og:url")])
    described = [(node, kind) for node in nodes if (kind := _kind(node)) is not None]
    shut = _of_others(nodes, told.story, addresses, told.title) if len(described) > len(own) else set()
    free = [node for node, _ in described if id(node) not in own and id(node) not in shut]
    found = []
    for node, kind in described:
        mine = id(node) in own or (
            id(node) not in shut and _is_of_page(node, addresses, told, base, alone=len(free) == 1)
        )
        if mine:
            found.append(from_json_ld(node, kind, base))
    return found


def _kind(node: Node) -> Kind | None:
    return next((_KINDS[name] for name in types(node) if name in _KINDS), None)


def _belonging(story: Node | None, nodes: list[Node]) -> set[int]:
    """The nodes that the story's own node names as its recordings, in it or by their ``@id``."""
    named = [story.get(name) for name in _BELONGS] if story is not None else []
    parts = [one for value in named for one in (value if isinstance(value, list) else [value])]
    told = (part.get("@id") if isinstance(part, dict) else part for part in parts)
    names = {name for name in told if isinstance(name, str)}
    inside = {id(part) for part in parts if isinstance(part, dict)}
    return inside | {id(node) for node in nodes if isinstance(node.get("@id"), str) and node["@id"] in names}


def _of_others(nodes: list[Node], story: Node | None, addresses: list[str], title: str) -> set[int]:
    """The nodes inside lists, and inside the nodes of other stories."""
    shut: set[int] = set()
    for node in nodes:
        names = types(node)
        listed = "ItemList" in names or "CollectionPage" in names or "VideoGallery" in names
        other = any("Article" in name for name in names) and node is not story
        if not listed and not (other and of_another_story(node, addresses, title)):
            continue
        todo: list[Any] = [value for value in node.values() if isinstance(value, (dict, list))]
        walked = 0
        while todo and walked < MAX_WALKED:
            item = todo.pop()
            walked += 1
            if isinstance(item, dict):
                shut.add(id(item))
            inner = item.values() if isinstance(item, dict) else item
            todo.extend(value for value in inner if isinstance(value, (dict, list)))
    return shut


def _is_of_page(node: Node, addresses: list[str], told: Metadata, base: str, *, alone: bool) -> bool:
    """Whether a recording that stands by itself is this page's: it names the page, or what the page is about."""
    named = []
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        led = urls.absolute(base, value) if isinstance(value, str) and "#" not in value[:1] else None
        if led is not None and extension(led) is None and urls.same_site(led, base):
            named += paths([led])
    if any(name in addresses for name in named):
        return True
    name = node.get("name") or node.get("headline")
    if isinstance(name, str) and same_words(name, told.title):
        return True
    return alone and not named and (not isinstance(name, str) or _shares_words(name, told))


def _shares_words(name: str, told: Metadata) -> bool:
    """Whether a recording's name has a word of the page's headline or description; short words are in all."""
    about = f"{told.title} {' '.join(told.descriptions[:2])}".casefold()
    words = {word for word in _WORD.findall(name[:300].casefold()) if len(word) > 3 or word > "\u2e80"}
    return not words or any(word in about for word in words)


# -- the head


def _of_head(head: Head, base: str) -> list[Clip]:
    """What the head names for previews: one film and one sound, each perhaps in several formats."""
    found = []
    for kind, prefixes in (("video", ("og:video", "twitter:player:stream")), ("audio", ("og:audio",))):
        clip = Clip("audio" if kind == "audio" else "video")
        size = {"width": head.first(f"og:{kind}:width"), "height": head.first(f"og:{kind}:height")}
        for prefix in prefixes:
            kinds = head.every(f"{prefix}:type", f"{prefix}:content_type")
            names = (prefix, f"{prefix}:url", f"{prefix}:secure_url")
            for number, address in enumerate(dict.fromkeys(head.every(*names))):
                clip.add_file(base, address, kinds[number] if number < len(kinds) else None)
        if clip.marks:
            duration = head.first(f"{kind}:duration", f"og:{kind}:duration")
            clip.tell(base, duration=duration, **size)
            found.append(clip)
    return found
