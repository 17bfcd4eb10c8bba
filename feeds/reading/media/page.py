"""Elements of a page that show a recording, and whether it is the story's.

A recording is the story's where its element stands in the story, or before it under the same headline, and nothing on
the way there says otherwise: a box of advertisements or of other stories, a link or a headline that leads elsewhere, a
film that is shown without sound for as long as the pointer rests on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading import urls
from feeds.reading.article.survey import HEADINGS, names_of
from feeds.reading.media.addresses import EXTENSIONS, Kind, embed_of, extension, kind_of, type_of
from feeds.reading.media.told import Clip, add_captions, from_setup
from feeds.reading.page.names import (
    AD_NAMES,
    CAPTION_NAMES,
    HIDDEN_STYLE,
    JUNK_TAGS,
    ON_AIR_NAMES,
    OTHERS_NAMES,
    OTHERS_WORDS,
)
from feeds.reading.page.page import Scan
from feeds.reading.page.pictures import names_picture
from feeds.reading.page.structured import paths
from feeds.reading.text import squeeze

MAX_ELEMENTS = 400  # looked at on one page
MAX_ATTRIBUTES = 24  # names under which a page keeps addresses of recordings
MAX_UP = 40  # elements around one that are looked at
MAX_LINKS = 4000  # of a page, that may be headlines of other stories
BOX = 12  # elements around such a headline that are the other story's
BEHIND = 2  # elements around a recording right behind the story: itself, and its box
MAX_ORDERED = 100_000  # elements of a page whose order is looked at
HEADLINE = 16  # characters of a link's text that may be one
MAX_JSON = 20_000  # characters of an attribute with set-up data

# How the names of most files end. (Beginning with a dot, it is looked for many times as fast as several texts are.)
FILE_SIGN = re.compile(r"\.(?:m(?:p[34d]|3u8|4[av])|webm|og[gv]|aac|MP[34]|M3U8)(?![a-zA-Z0-9])")
_LINKED = (".mp", ".m3u8", ".m4", ".webm", ".ogg")
_FILE = re.compile(rf"\.(?:{'|'.join(EXTENSIONS)})(?![a-z0-9])", re.IGNORECASE)
_NAME_AT_END = re.compile(r"([a-z][a-z0-9_-]{0,60})\s*$", re.IGNORECASE | re.ASCII)
MAX_FILES_SEEN = 500  # addresses of files whose attributes are looked up
_WORDS = (
    "title",
    "alt",
    "aria-label",
    "download",
    "class",
    "id",
    "style",
    "data-title",
    "name",
    "content",
    "data-info",
)
_NOT_ITS = re.compile(
    r"preview|hover|teaser|trailer|thumb|preroll|midroll|vast|(?:^|[-_:])ads?(?:[-_:]|$)|sprite|next|related|recommend|"
    r"suggest|other|prev|upcoming",
    re.IGNORECASE,
)
_AD_ADDRESS = re.compile(
    r"/(?:ads|adverts?|banners?|preroll|vast|quang-?cao|werbung)/|[/_-](?:preroll|advert)[/_.-]|"
    r"//(?:ads?|adserver|pubads|static-ads?)\d*\.",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"/(?:preroll|vast)/|[/_-]preroll[/_.-]", re.IGNORECASE)
_POSTERS = ("poster", "data-poster", "data-thumb", "data-thumbnail", "data-image", "data-avatar", "data-cover",
            "data-poster-url", "data-preview-image")  # fmt: skip
_DURATIONS = ("data-duration", "duration", "data-length", "data-time")
_SETTINGS = ("data-setup", "data-config", "data-options", "data-player", "data-player-config", "data-settings",
             "data-jw", "data-sources", "data-item", "data-video", "data-media")  # fmt: skip
_LEADS = ("src", "data-src", "data")
# Elements that are there to show something, whatever it is.
PLAYER_TAGS = ("video", "audio", "amp-video", "amp-audio", "amp-youtube", "amp-vimeo", "amp-dailymotion",
               "lite-youtube", "lite-vimeo", "youtube-video")  # fmt: skip
_FRAMES = ("iframe", "embed", "object", "amp-facebook", "amp-soundcloud")  # of everything; some show a recording
_PLAYER_NAME = re.compile(r"video|player|media", re.IGNORECASE)
_NAMED_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/", re.IGNORECASE)


class Frame:
    """Where the story stands: the element that holds it, and those around its headline and it."""

    def __init__(
        self, page: LexborHTMLParser, box: LexborNode | None, heading: LexborNode | None, url: str, base: str
    ) -> None:
        self._page, self.url, self.base = page, url, base
        self.box = box.mem_id if box is not None else None
        # What is around both is the page; an element between its headline and its text is the story's.
        self._ends = [node for node in (box, heading) if node is not None]
        self.around = {node.mem_id for end in self._ends for node in up(end)}
        self._in_column = any(node.tag in ("main", "article") for end in self._ends for node in up(end))
        self._places: dict[int, int] | None = None
        self._teasing: set[int] | None = None
        self._shut: dict[int, bool] = {}

    def holds(self, node: LexborNode) -> bool:
        """Whether a recording of this element, or a picture, is the story's."""
        if _is_shut(node):
            return False
        way: list[LexborNode] = []
        for here in up(node):
            if here.mem_id == self.box:
                return True
            if way and here.mem_id in self.around:
                return self._meets(node, here, way)
            if here.tag == "body":
                return self.box is None
            boxed = bool(way) or here.tag in ("div", "section", "li")  # more than a player
            if self._bars(here) or (boxed and self._is_teaser(here)):
                return False
            way.append(here)
        return self.box is None

    def _meets(self, node: LexborNode, here: LexborNode, way: list[LexborNode]) -> bool:
        """Whether an element outside the story's box is the story's, by where the two meet.

        Before the story it is what the story is about, unless it is on air at the head of every page; behind it, only
        right behind, and under no headline of its own.
        """
        names = " ".join(names_of(step.attributes, step.tag or "") for step in way)
        if here.tag in ("body", "html") and (node.tag == "a" or ON_AIR_NAMES.has(names)):
            return False
        if self.box is None or self._is_before(node):
            return here.tag not in ("body", "html") or not self._in_column or node.tag != "audio"
        headed = any(step.css_first("h1, h2, h3, h4, h5, h6") is not None for step in way[-1:])
        return len(way) <= BEHIND and not headed and here.tag not in ("body", "html")

    def _is_before(self, node: LexborNode) -> bool:
        """Whether an element stands before the end of the story, in the page's order."""
        if self._places is None:
            root = self._page.root
            nodes = islice(root.traverse(), MAX_ORDERED) if root is not None else ()
            self._places = {one.mem_id: place for place, one in enumerate(nodes)}
        last = max((self._places.get(end.mem_id, 0) for end in self._ends), default=MAX_ORDERED)
        return self._places.get(node.mem_id, MAX_ORDERED) < last

    def _bars(self, node: LexborNode) -> bool:
        """Whether nothing in an element is the story's, for what it is, is called, or leads to."""
        found = self._shut.get(node.mem_id)
        if found is None:
            attributes, tag = node.attributes, node.tag or ""
            found = tag in JUNK_TAGS or tag == "header" or _is_called(attributes, tag)
            found = found or (tag == "a" and self._is_elsewhere(attributes.get("href")))
            found = found or (tag == "article" and node.css_first("h1, h2, h3") is not None)
            self._shut[node.mem_id] = found
        return found

    def _is_elsewhere(self, href: str | None) -> bool:
        """Whether a link leads to another page, which has a recording of its own."""
        if not href or href.startswith(("#", "?", "javascript:")):
            return False
        led = urls.absolute(self.base, href)
        if led is None or extension(led) or embed_of(led) is not None or names_picture(led):
            return False
        return paths([led]) != paths([self.url]) or "?" in urls.clean(led)

    def _is_teaser(self, node: LexborNode) -> bool:
        """Whether a box around an element announces another story: a headline in it leads there."""
        if self._teasing is None:
            links = self._page.css("a[href]")[:MAX_LINKS]
            self._teasing = {box.mem_id for link in links if self._is_headline(link) for box in islice(up(link), BOX)}
        return node.mem_id in self._teasing

    def _is_headline(self, link: LexborNode) -> bool:
        href = link.attributes.get("href")
        led = urls.absolute(self.base, href)
        if not self._is_elsewhere(href) or led is None or not urls.same_domain(led, self.base):
            return False  # whose film it is, where to share it
        if any(step.tag == "figcaption" for step in islice(up(link), 4)):
            return False
        long = len(squeeze(link.text(deep=True)[:400])) >= HEADLINE
        return long or _around_heading(link) or link.css_first("h1, h2, h3, h4, h5, h6") is not None


def up(node: LexborNode) -> Iterator[LexborNode]:
    """The element, and those around it."""
    here: LexborNode | None = node
    for _ in range(MAX_UP * 5):
        if here is None or here.tag == "-document":
            return
        yield here
        here = here.parent


def _around_heading(link: LexborNode) -> bool:
    return any(node.tag in HEADINGS for node in islice(up(link), 3))


def _is_called(attributes: Mapping[str, str | None], tag: str) -> bool:
    """Whether an element is called something that holds advertisements or other stories, or is not shown."""
    if not attributes or tag in ("body", "html", "main"):
        return False
    names = names_of(dict(attributes), tag)
    if not names:
        return False
    own = " ".join(name for name in names.split() if not _PLAYER_NAME.search(name))  # "banner-video" is no banner
    return OTHERS_NAMES.has(names) or AD_NAMES.has(names) or OTHERS_WORDS.has(own)


def _is_shut(node: LexborNode) -> bool:
    """Whether an element shows a film to decorate or to lure: it has no sound, and nothing to start or stop it by.

    In a figure it illustrates the story, unless it runs in a circle.
    """
    attributes = node.attributes
    style = attributes.get("style")
    if style and HIDDEN_STYLE.search(style) and node.tag == "iframe":
        return True
    silent = "muted" in attributes or "data-muted" in attributes
    shown = "controls" in attributes or "data-controls" in attributes
    if node.tag not in ("video", "amp-video") or not silent or shown:
        return False
    illustrates = any(step.tag == "figure" for step in islice(up(node), 4)) and "autoplay" in attributes
    return "loop" in attributes or not illustrates


def names_files(html: str) -> bool:
    """Whether a page names files of recordings somewhere."""
    return FILE_SIGN.search(html) is not None


def has_players(page: Scan, html: str) -> bool:
    """Whether a page has an element that shows a recording; frames are of everything, and most are not."""
    if any(page.named[tag] for tag in PLAYER_TAGS) or "fb-video" in html:
        return True
    frames = (*page.named["iframe"][:MAX_ELEMENTS], *page.named["embed"], *page.named["object"])
    told = (frame.attributes for frame in frames)
    if any(
        embed_of(urls.absolute("https://x.invalid/", value))
        for item in told
        for value in map(item.get, _LEADS)
        if value
    ):
        return True
    return any(
        "tiktok-embed" in (quote.attributes.get("class") or "") for quote in page.named["blockquote"][:MAX_ELEMENTS]
    )


def elements(tree: LexborHTMLParser, html: str, *, files: bool) -> list[LexborNode]:
    """The elements of a page that may show a recording, in its order; ``files``: the page names some."""
    wanted = [*PLAYER_TAGS, *_FRAMES, ".fb-video", "blockquote.tiktok-embed"]
    if files:
        wanted += [f"[{name}]" for name in _names_of_files(html)]
        wanted += [f'a[href*="{sign}" i]' for sign in _LINKED]
        wanted += [f"[{name}]" for name in _SETTINGS if name in html]
    nodes: dict[int, LexborNode] = {}
    for node in tree.css(", ".join(wanted))[: MAX_ELEMENTS * 2]:
        if node.tag not in ("source", "track", "meta", "link", "script"):
            nodes.setdefault(node.mem_id, node)
    found_nodes = list(nodes.values())[:MAX_ELEMENTS]
    found_nodes = [node for node in found_nodes if not _is_wrapper(node)]
    nodes = {node.mem_id: node for node in found_nodes}
    inside = {node.mem_id for node in found_nodes if any(one.mem_id in nodes for one in islice(up(node), 1, BOX))}
    return [node for node in found_nodes if node.mem_id not in inside]


def _names_of_files(html: str) -> list[str]:
    """The names of attributes, of whatever kind, that hold addresses of files."""
    found: dict[str, None] = {}
    for file in islice(_FILE.finditer(html), MAX_FILES_SEEN):
        start = file.start()
        least = max(0, start - urls.MAX_URL)
        quote = max(html.rfind('"', least, start), html.rfind("'", least, start))
        if quote > 0 and html[quote - 1] == "=":
            name = _NAME_AT_END.search(html[max(0, quote - 66) : quote - 1])
        else:  # an attribute without quotes
            space = max(html.rfind(" ", least, start), html.rfind("\n", least, start))
            told, equals, _ = html[space + 1 : start].partition("=")
            name = _NAME_AT_END.fullmatch(told) if equals else None
        if name is not None and name[1].lower() not in (*_WORDS, "src", "href", "srcset"):
            found.setdefault(name[1].lower())
    return list(found)[:MAX_ATTRIBUTES]


def _is_wrapper(node: LexborNode) -> bool:
    """Whether an element is around several players, and none itself."""
    return node.tag in ("div", "section", "ul", "article", "main") and len(node.css("video, audio, iframe")[:2]) > 1


def clip_of(node: LexborNode, base: str, set_up: Clip | None = None) -> Clip | None:
    """The recording that an element shows, or that a script ``set_up`` for it; None where there is none."""
    attributes = node.attributes
    if node.tag in ("a",):
        return _linked(node, attributes, base)
    clip = Clip(_kind(node), node)
    for part in (
        node,
        *islice(node.css("video, audio, source, track, iframe, [data-src], [data-vid], [data-file]"), 40),
    ):
        _read_element(clip, part, base)
    for setting in map(attributes.get, _SETTINGS):
        if setting and setting[0] in "{[" and len(setting) <= MAX_JSON:
            _read_settings(clip, setting, base)
    if set_up is not None:
        clip.join(set_up)
    if not clip.is_file and clip.link is None:
        return None
    if clip.files and clip.kind is None:
        clip.kind = kind_of(next(iter(clip.files.values())).type)
    poster = next((value for name in _POSTERS if (value := attributes.get(name))), None) or _inner(node, "poster")
    duration = next((value for name in _DURATIONS if (value := attributes.get(name))), None)
    sizes = {name: attributes.get(name) or attributes.get(f"data-{name}") for name in ("width", "height")}
    title = attributes.get("title") or attributes.get("aria-label") or attributes.get("data-title")
    clip.tell(base, duration=duration, poster=poster or _picture(node), **sizes)
    clip.tell(base, title=_caption(node) or title)
    return None if any(_is_ad(url, base) for url in clip.files) else clip


def _is_ad(url: str, base: str) -> bool:
    """Whether an address is an advertiser's; a site's own folders are called as it likes, but for what runs before."""
    return (_BEFORE if urls.same_domain(url, base) else _AD_ADDRESS).search(url) is not None


def _kind(node: LexborNode) -> Kind | None:
    tag = node.tag or ""
    return "audio" if "audio" in tag else "video" if "video" in tag else None


def _linked(node: LexborNode, attributes: Mapping[str, str | None], base: str) -> Clip | None:
    """A link to a recording's file."""
    url = urls.absolute(base, attributes.get("href"))
    media_type = type_of(url) if url else None
    if url is None or media_type is None or _is_ad(url, base):
        return None
    clip = Clip(kind_of(media_type), node)
    clip.add_file(base, url)
    said = squeeze(node.text(deep=True)[:400])
    title = said if " " in said and len(said) >= HEADLINE else attributes.get("title")  # not "Download", "mp3"
    clip.tell(base, title=title, duration=attributes.get("data-duration"))
    return clip


def _read_element(clip: Clip, node: LexborNode, base: str) -> None:
    attributes = node.attributes
    tag = node.tag or ""
    if tag == "track":
        add_captions(clip, base, attributes.get("src"), dict(attributes))
        return
    told = attributes.get("type") if tag in ("source", "video", "audio") else None
    size = {
        "width": attributes.get("width"),
        "height": attributes.get("height") or attributes.get("size") or attributes.get("res"),
    }
    for name, value in attributes.items():
        if not value or len(value) > urls.MAX_URL or _NOT_ITS.search(name) or name in _POSTERS:
            continue
        plain = name in ("src", "href", "data-src", "data-href", "data", "cite")
        if plain or (name not in _WORDS and "/" in value and _names_file(value)):
            _add(clip, base, value, told if plain else None, size if tag == "source" else {})
    number = attributes.get("data-videoid") or attributes.get("videoid") or attributes.get("data-youtube-id")
    number = number or (attributes.get("data-id") if "youtube" in (attributes.get("class") or "") else None)
    if number and ("youtube" in tag or "youtube" in " ".join(filter(None, (attributes.get("class"), *attributes)))):
        clip.add_file(base, f"https://www.youtube.com/embed/{number}")
    elif number and "vimeo" in tag:
        clip.add_file(base, f"https://player.vimeo.com/video/{number}")
    elif number and "dailymotion" in tag:
        clip.add_file(base, f"https://www.dailymotion.com/embed/video/{number}")


def _names_file(value: str) -> bool:
    return extension(value) is not None or any(f".{ending}" in value for ending in EXTENSIONS)


def _add(clip: Clip, base: str, value: str, told: str | None, size: Mapping[str, Any]) -> None:
    """Take in what an attribute names: a file, a player, or a player's address that carries the file's."""
    value = value.strip()
    if _NAMED_HOST.match(value) and "//" not in value:  # "media.example.vn/2026/11/a.mp4", as some systems keep them
        value = f"https://{value}"
    if clip.add_file(base, value, told, **size):
        return
    query = value.partition("?")[2]
    for name, inner in parse_qsl(query)[:20] if query else ():
        if extension(inner) and not _NOT_ITS.search(name):
            clip.add_file(base, f"https://{inner}" if _NAMED_HOST.match(inner) and "//" not in inner else inner)
        elif name in ("poster", "thumb", "image"):
            clip.tell(base, poster=inner)


def _read_settings(clip: Clip, value: str, base: str) -> None:
    try:
        told = json.loads(value)
    except (ValueError, RecursionError):
        return
    clip.join(from_setup(told, base))


def _inner(node: LexborNode, name: str) -> str | None:
    """An attribute of the player that stands in an element."""
    found = node.css_first(f"video[{name}], audio[{name}], [data-{name}]")
    return found.attributes.get(name) or found.attributes.get(f"data-{name}") if found is not None else None


def _picture(node: LexborNode) -> str | None:
    """The picture that stands in a player's element until it plays."""
    if node.tag in ("video", "audio", "iframe", "a"):
        return None
    found = node.css_first("img[src], img[data-src]")
    return found.attributes.get("src") or found.attributes.get("data-src") if found is not None else None


def _caption(node: LexborNode) -> str | None:
    """What is printed under a player: in its figure, or in its own box."""
    for here in islice(up(node), 3):
        for part in islice(here.traverse(), 40):
            if part.tag == "figcaption" or (
                part.tag in ("div", "p", "span") and CAPTION_NAMES.has(names_of(part.attributes))
            ):
                return squeeze(part.text(deep=True)[:2000])
        if here.tag == "figure":
            break
    return None
