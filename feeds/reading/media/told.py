"""Recordings as they are described: by JSON-LD, by set-up objects of players. What is described may be anything.

A `Clip` is a recording as it is put together, from all that a page tells of it in different places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborNode

from feeds.model import Captions, Chapter, Media, Rendition
from feeds.reading import urls
from feeds.reading.media.addresses import Kind, embed_of, kind_of, mark, rank, type_of
from feeds.reading.page.pictures import MAX_SIDE
from feeds.reading.text import squeeze

LONGEST = 48 * 3600.0  # seconds; nothing that a story shows is longer
SMALLEST = 1000  # bytes: a second of speech has more; less may be megabytes, where nobody says which
LARGEST = 100_000_000_000  # bytes
MAX_TITLE = 300  # characters
MAX_FILES, MAX_CAPTIONS, MAX_CHAPTERS = 12, 12, 200  # of one recording

_ISO = re.compile(
    r"P(?:(\d{1,3})D)?T?(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7}(?:[.,]\d{1,6})?)S)?", re.IGNORECASE | re.ASCII
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{2}(?:\.\d{1,3})?)", re.ASCII)
_EXTENSION = re.compile(r"\.\w{2,4}$")  # a recording may be there in several formats, under one name
# What players are called whatever they show.
_GENERIC = re.compile(
    r"(?:(?:youtube|vimeo|dailymotion|facebook|tiktok|spotify|soundcloud|embedded|html5|jw|js)[\s-]*)?"
    r"(?:(?:video|audio|media|embed|content|clip|mp[34]|ogg)[\s-]*)*(?:player|embed|vorbis)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)


def seconds(value: Any) -> float | None:
    """A duration: ISO 8601 (``PT2M35S``), ``2:35``, ``1:02:35`` or seconds. None for what is none, or too long."""
    found = 0.0
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found = float(value) if 0 < value < 1e9 else 0.0  # no number of a thousand digits, and not NaN
    elif isinstance(value, str):
        found = _seconds_of(value.strip()[:40])
    return found if 0 < found <= LONGEST else None


def _seconds_of(text: str) -> float:
    if _NUMBER.fullmatch(text):
        return float(text)
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    if iso := _ISO.fullmatch(text):
        days, hours, minutes, rest = (float((part or "0").replace(",", ".")) for part in iso.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + rest
    return 0.0


def side(value: Any) -> int | None:
    """Pixels: a number, "640", "640px", "720p", or a QuantitativeValue of schema.org."""
    told = value.get("value") if isinstance(value, dict) else value
    found = _whole(told.strip()[:20].removesuffix("px").removesuffix("p") if isinstance(told, str) else told)
    return found if found is not None and 0 < found <= MAX_SIDE else None


def length(value: Any) -> int | None:
    """A number of bytes; "12 MB" is none, for it is rounded."""
    found = _whole(value)
    return found if found is not None and 0 < found <= LARGEST else None


def _whole(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**15 else None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class Clip:
    """A recording that is put together. ``node`` is the element that shows it, None where nothing does."""

    def __init__(self, kind: Kind | None = None, node: LexborNode | None = None) -> None:
        self.kind, self.node = kind, node
        self.files: dict[str, Rendition] = {}  # by address
        self.link: str | None = None  # of a player of another site
        self.title: str | None = None
        self.duration: float | None = None
        self.poster: str | None = None
        self.width: int | None = None
        self.height: int | None = None
        self.captions: dict[str, Captions] = {}
        self.chapters: tuple[Chapter, ...] = ()
        self.told = False  # whether JSON-LD or the head told of it, too

    def add_file(self, base: str, address: Any, told: Any = None, **more: Any) -> bool:
        """Take an address in, of a file or of a player that is known; whether it was one."""
        url = urls.absolute(base, address.strip()) if isinstance(address, str) else None
        if url is None:
            return False
        if (player := embed_of(url)) is not None:
            self.link = self.link or player.link
            self.poster = self.poster or player.poster
            return True
        kind = type_of(url, told if isinstance(told, str) else None)
        if kind is None or len(self.files) >= MAX_FILES:
            return False
        sizes = {"width": side(more.get("width")), "height": side(more.get("height"))}
        self.files.setdefault(url, Rendition(url=url, type=kind, bytes=length(more.get("bytes")), **sizes))
        return True

    def tell(self, base: str, *, title: Any = None, duration: Any = None, poster: Any = None, **size: Any) -> None:
        """Take in what is told of it, where nothing was told before."""
        if self.title is None and isinstance(title, str):
            said = squeeze(title[: 4 * MAX_TITLE])[:MAX_TITLE]
            self.title = said if said and not _GENERIC.fullmatch(said) else None
        self.duration = self.duration or seconds(duration)
        self.poster = self.poster or next(filter(None, (urls.absolute(base, one) for one in addresses(poster))), None)
        self.width, self.height = self.width or side(size.get("width")), self.height or side(size.get("height"))

    def join(self, other: Clip) -> None:
        """Take in what another place of the page tells of the same recording."""
        for url, file in other.files.items():
            known = next((one for one in self.files if mark(one) == mark(url)), None)
            if known is not None:
                self.files[known] = _filled(self.files[known], file)
            elif len(self.files) < MAX_FILES:
                self.files[url] = file
        self.kind = self.kind or other.kind
        self.link = self.link or other.link
        self.title = self.title or other.title
        self.duration = self.duration or other.duration
        self.poster = self.poster or other.poster
        self.width, self.height = self.width or other.width, self.height or other.height
        self.captions = self.captions | other.captions
        self.chapters = self.chapters or other.chapters

    @property
    def marks(self) -> set[str]:
        """By which it is known wherever it is told of: its files, whatever their formats, and its player.

        A film and its sound, under one name, are two recordings.
        """
        named = ((_EXTENSION.sub("", mark(url)), file.type) for url, file in self.files.items())
        return {*(f"{kind_of(kind, self.kind or 'video')} {name}" for name, kind in named), *filter(None, [self.link])}

    @property
    def is_file(self) -> bool:
        """Whether there is something to be played without another site's player."""
        return bool(self.files)

    def media(self) -> Media | None:
        """The recording, with the file that plays in most places; None where there is none."""
        if not self.files:
            return self._embed() if self.link else None
        best, *others = sorted(self.files.values(), key=_order)
        kind = kind_of(best.type, self.kind or "video")
        return Media(
            url=best.url,
            kind=kind,
            type=best.type,
            title=self.title,
            duration=self.duration,
            poster=self.poster,
            width=best.width or self.width,
            height=best.height or self.height,
            bytes=best.bytes,
            others=tuple(others),
            captions=tuple(self.captions.values())[:MAX_CAPTIONS],
            chapters=self.chapters,
        )

    def _embed(self) -> Media:
        return Media(
            url=self.link or "",
            kind="embed",
            title=self.title,
            duration=self.duration,
            poster=self.poster,
            width=self.width,
            height=self.height,
            chapters=self.chapters,
        )


def _order(file: Rendition) -> tuple[int, int, int]:
    """The best that plays everywhere first: by its format, then by its size."""
    return rank(file.url, file.type), -(file.height or 0), -(file.width or 0)


def _filled(one: Rendition, other: Rendition) -> Rendition:
    return msgspec.structs.replace(
        one,
        type=one.type or other.type,
        width=one.width or other.width,
        height=one.height or other.height,
        bytes=one.bytes or other.bytes,
    )


def addresses(value: Any) -> Iterator[str]:
    """The addresses in a value of JSON-LD: a text, an object with one, or a list of either."""
    for item in value[:20] if isinstance(value, list) else [value]:
        told = item.get("url") or item.get("contentUrl") or item.get("@id") if isinstance(item, dict) else item
        if isinstance(told, list):
            told = next((one for one in told if isinstance(one, str)), None)
        if isinstance(told, str) and told:
            yield told


# -- JSON-LD


def from_json_ld(node: dict[str, Any], kind: Kind, base: str) -> Clip:
    """The recording that a VideoObject or AudioObject describes (https://schema.org/VideoObject)."""
    clip = Clip(kind)
    size = {"width": node.get("width"), "height": node.get("height")}
    told = node.get("encodingFormat") or node.get("fileFormat")
    if (length(size_told := node.get("contentSize")) or 0) < SMALLEST:
        size_told = None
    for name in ("contentUrl", "embedUrl", "url"):
        for address in addresses(node.get(name)):
            clip.add_file(base, address, told if name == "contentUrl" else None, bytes=size_told, **size)
    clip.tell(
        base,
        title=node.get("name") or node.get("headline"),
        duration=node.get("duration"),
        poster=node.get("thumbnailUrl") or node.get("thumbnail") or node.get("image"),
        **size,
    )
    caption = node.get("caption")
    if isinstance(caption, dict) and (url := urls.absolute(base, next(addresses(caption), None))):
        language = caption.get("inLanguage")
        clip.captions[url] = Captions(url=url, language=language[:20] if isinstance(language, str) else None)
    clip.chapters = chapters((part.get("startOffset"), part.get("name")) for part in _dicts(node.get("hasPart")))
    return clip


def chapters(told: Iterable[tuple[Any, Any]]) -> tuple[Chapter, ...]:
    """Parts of a recording, by when they begin and what they are called; none of what tells neither."""
    found: list[Chapter] = []
    for start, title in told:
        at = 0.0 if start in (0, "0", "00:00", "00:00:00", "00:00:00.000") else seconds(start)
        name = squeeze(title[: 4 * MAX_TITLE])[:MAX_TITLE] if isinstance(title, str) else ""
        if at is not None and name and len(found) < MAX_CHAPTERS:
            found.append(Chapter(at, name))
    return tuple(sorted(found, key=lambda chapter: chapter.start))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)][:MAX_CHAPTERS]


# -- set-up objects of players

# Under these a player has its file in several qualities; in a list under the others stand other recordings behind it.
# Under names that are not here is what is shown before and beside.
_QUALITIES = ("sources", "source", "src", "levels", "qualities")
_FILE_KEYS = (*_QUALITIES, "file", "playlist", "clip", "video", "audio", "media")
_FORMAT_KEYS = {"mp4": "video/mp4", "hls": None, "m3u8": None, "mp3": "audio/mpeg", "dash": None, "url": None,
                "stream": None, "streamUrl": None, "videoUrl": None, "video_url": None, "contentUrl": None,
                "hlsUrl": None, "mp4Url": None, "href": None}  # fmt: skip
_POSTERS = ("poster", "image", "thumbnail", "thumb", "splash", "posterImage")
MAX_DEPTH = 5


def from_setup(value: Any, base: str) -> Clip:
    """The recording that a player is set up with: JW Player, Video.js, Flowplayer, Playerjs, Clappr and their like."""
    clip = Clip()
    _read_setup(clip, value, base, MAX_DEPTH)
    return clip


def _read_setup(clip: Clip, value: Any, base: str, depth: int, *, qualities: bool = False) -> None:
    if isinstance(value, str):
        clip.add_file(base, value)
    if depth == 0 or not isinstance(value, (dict, list)):
        return
    if isinstance(value, list):  # of a list of recordings the first is the story's
        for item in value[: MAX_FILES if qualities else 1]:
            _read_setup(clip, item, base, depth - 1)
        return
    for name, item in value.items():
        if isinstance(item, str) and (name in ("file", "src", "source") or name in _FORMAT_KEYS):
            told = value.get("type") or _FORMAT_KEYS.get(name)
            clip.add_file(base, item, told, width=value.get("width"), height=value.get("height") or value.get("label"))
        elif name in _FILE_KEYS:
            _read_setup(clip, item, base, depth - 1, qualities=name in _QUALITIES)
    poster = next((value[name] for name in _POSTERS if isinstance(value.get(name), str)), None)
    clip.tell(base, title=value.get("title"), duration=value.get("duration"), poster=poster)
    for track in _dicts(value.get("tracks") or value.get("textTracks") or value.get("subtitles")):
        add_captions(clip, base, track.get("file") or track.get("src"), track)


def add_captions(clip: Clip, base: str, address: Any, told: dict[str, Any]) -> None:
    """Take in a file with what is said; those with chapters and small pictures are none."""
    kind = str(told.get("kind") or "subtitles").lower()
    url = urls.absolute(base, address) if isinstance(address, str) else None
    if url is None or kind not in ("captions", "subtitles") or len(clip.captions) >= MAX_CAPTIONS:
        return
    language = told.get("srclang") or told.get("language")
    label = told.get("label")
    clip.captions[url] = Captions(
        url=url,
        language=squeeze(language)[:20] or None if isinstance(language, str) else None,
        title=squeeze(label[:MAX_TITLE]) or None if isinstance(label, str) else None,
    )
