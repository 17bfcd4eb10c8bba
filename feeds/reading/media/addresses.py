"""What an address tells of a recording: its type, which file it is wherever it is served from, whose player it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from feeds.reading import urls

Kind = Literal["video", "audio"]

HLS, DASH = "application/vnd.apple.mpegurl", "application/dash+xml"
# By what a file's name ends in: its media type (RFC 4337, RFC 3003, RFC 8216 section 10), and how many players can do
# with it, the most first. A playlist of pieces plays where a script or a system helps.
_FILES: dict[str, tuple[str, int]] = {
    "mp4": ("video/mp4", 0), "m4v": ("video/mp4", 0), "mp3": ("audio/mpeg", 0), "m4a": ("audio/mp4", 1),
    "aac": ("audio/aac", 2), "webm": ("video/webm", 2), "mov": ("video/quicktime", 3), "3gp": ("video/3gpp", 3),
    "ogv": ("video/ogg", 4), "ogg": ("audio/ogg", 4), "oga": ("audio/ogg", 4), "opus": ("audio/ogg", 4),
    "weba": ("audio/webm", 4), "wav": ("audio/wav", 4), "flac": ("audio/flac", 4),
    "m3u8": (HLS, 6), "mpd": (DASH, 7),
}  # fmt: skip
EXTENSIONS = tuple(_FILES)
_BY_TYPE = {
    **dict(_FILES.values()),
    "application/x-mpegurl": 6, "audio/mpegurl": 6, "audio/x-mpegurl": 6, "vnd.apple.mpegurl": 6,
    "audio/mp3": 0, "audio/x-m4a": 1, "video/x-m4v": 0,
}  # fmt: skip
_SAME = {
    "application/x-mpegurl": HLS, "audio/mpegurl": HLS, "audio/x-mpegurl": HLS, "vnd.apple.mpegurl": HLS,
    "audio/mp3": "audio/mpeg", "audio/x-m4a": "audio/mp4", "video/x-m4v": "video/mp4",
}  # fmt: skip
UNPLAYABLE = 9  # what no browser plays any more, or nobody knows
_TYPE = re.compile(r"(?:video|audio)/[\w.+-]{1,60}|application/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)")

_EXTENSION = re.compile(r"\.([a-z0-9]{2,4})$", re.IGNORECASE)
# Segments of a path that are numbers or dates: what tells the files of one series apart. What else a path has differs
# from server to server.
_NUMBERS = re.compile(r"\d[\d_-]*")
# File names, and folders, that a hundred recordings have, each in a folder of its own.
_COMMON = re.compile(
    r"(?:index|master|main|playlist|manifest|stream|video|audio|media|file|source|output|hls|dash|hd|sd|low|medium|high|"
    r"chunklist\w*|\d{3,4}p?|prog_index|default|play|player|get|download|view|watch|url|protocol|https?|format|.{1,2})",
    re.IGNORECASE,
)
_SHARED = re.compile(rf"{_NUMBERS.pattern}|{_COMMON.pattern}", re.IGNORECASE)
_SIGNED = re.compile(r"[=~,]")  # what a segment of a path has that is a token with its terms
_SIZE = re.compile(r"[-_@](?:\d{2,4}x\d{2,4}|\d{2,4}w?|\dx|scaled|small|large|medium|thumb\w*)$", re.IGNORECASE)
_WIDTH = re.compile(r"(?:w|h|width|height|thumb\w*|resize|crop)?[-_:]?\d{0,4}(?:[x_]\d{1,4})?", re.IGNORECASE)
UP = 6  # folders above a common name that are looked at for one that is its own
_PASSING = re.compile(
    r"(?:token|expires?|exp|e|st|sig(?:nature)?|s|hash|hmac|md5|key|auth\w*|policy|hdn\w*|wms\w*|ip|ts?|time|ver|"
    r"x-amz-.*|key-pair-id|se|sp|sv|sr|cb|rand\w*|utm_.*|session\w*|sid|uid|dl|download)",
    re.IGNORECASE,
)


def type_of(url: str, told: str | None = None) -> str | None:
    """The media type of a file: as it is told, where that is one of a recording, else by how its name ends."""
    kind = (told or "").partition(";")[0].strip().lower()[:80]
    if _TYPE.fullmatch(kind):
        return _SAME.get(kind, kind)
    ending = extension(url)
    return _FILES[ending][0] if ending else None


def extension(url: str) -> str | None:
    """How the name of a recording's file ends; None for an address that names none."""
    found = _EXTENSION.search(url.partition("#")[0].partition("?")[0])
    ending = found[1].lower() if found else ""
    return ending if ending in _FILES else None


def kind_of(media_type: str | None, default: Kind = "video") -> Kind:
    """Whether it is to be seen or to be heard; a playlist's type does not tell."""
    if media_type is None or media_type.startswith("application/"):
        return default
    return "audio" if media_type.startswith("audio/") else "video"


def rank(url: str, media_type: str | None) -> int:
    """How few players can do with a file; 0: all of them can."""
    if media_type in _BY_TYPE:
        return _BY_TYPE[media_type]
    ending = extension(url)
    return _FILES[ending][1] if ending else UNPLAYABLE - 1


def is_manifest(media_type: str | None) -> bool:
    """Whether it is a playlist of pieces, which is no file that can be kept."""
    return media_type in (HLS, DASH)


@lru_cache(maxsize=4096)
def mark(url: str) -> str:
    """The same for one recording's file at every server and with every token; another for another file.

    That is the file's name with the numbers (dates, ids) of its path; of a name that many have, the nearest folder that
    is its own, and its parameters, too. Where the path names no file, the parameters do, but for those that pass.
    """
    parts = urlsplit(url)
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if not steps or extension(parts.path) is None:
        told = _parameters(parts.query)
        return f"{urls.site(url)}{parts.path.rstrip('/')}{'?' if told else ''}{told}"
    name = steps[-1].casefold()
    found = [step for step in steps[:-1] if _NUMBERS.fullmatch(step)][-6:]
    if _COMMON.fullmatch(name.rpartition(".")[0]):
        above = steps[-2 : -2 - UP : -1]
        own = (step for step in above if not (_SHARED.fullmatch(step) or _SIGNED.search(step)))
        found += filter(None, (next(own, ""), _parameters(parts.query)))
    return "/".join([*found, name])


def _parameters(query: str) -> str:
    """Those that may choose what is sent, in one order."""
    kept = sorted(pair for pair in parse_qsl(query)[:20] if not _PASSING.fullmatch(pair[0]))
    return "&".join(f"{name}={value}" for name, value in kept)


@lru_cache(maxsize=4096)
def picture_mark(url: str) -> str:
    """The same for one picture at every server and in every size: its file's name."""
    steps = [unquote(step) for step in urlsplit(url).path.split("/") if step]
    name = _SIZE.sub("", steps[-1].rpartition(".")[0] or steps[-1]).casefold() if steps else ""
    if len(name) <= 3 or _COMMON.fullmatch(name):
        name = "/".join([*(step for step in steps[-3:-1] if not _WIDTH.fullmatch(step)), name])
    return name or url


# -- players of other sites


class Embed(NamedTuple):
    """A player of another site: where people watch or listen, and a picture where its address follows."""

    link: str
    poster: str | None = None


def _youtube(url: str) -> Embed | None:
    found = re.search(r"(?:/(?:embed|v|shorts|live)/|youtu\.be/|[?&]v=)([\w-]{11})(?![\w-])", url)
    if found is None or found[1] in ("videoseries", "live_stream"):
        return None
    return Embed(f"https://www.youtube.com/watch?v={found[1]}", f"https://i.ytimg.com/vi/{found[1]}/hqdefault.jpg")


def _vimeo(url: str) -> Embed | None:
    found = re.search(r"vimeo\.com/(?:video/)?(\d{5,12})(?:\?(?:[^#]*&)?h=([0-9a-f]{6,20}))?", url)
    return Embed(f"https://vimeo.com/{found[1]}{f'/{found[2]}' if found[2] else ''}") if found else None


def _dailymotion(url: str) -> Embed | None:
    found = re.search(r"(?:/video/|[?&]video=|dai\.ly/)([A-Za-z0-9]{5,12})(?![A-Za-z0-9])", url)
    if found is None:
        return None
    page = "https://www.dailymotion.com/"
    return Embed(f"{page}video/{found[1]}", f"{page}thumbnail/video/{found[1]}")


def _facebook(url: str) -> Embed | None:
    query = dict(parse_qsl(urlsplit(url).query)[:20])
    href = urls.absolute("", query.get("href")) if "/plugins/video" in url else url
    if href is None or not urls.same_domain(href, "https://facebook.com/"):
        return None
    return (
        Embed(href) if re.search(r"/videos?/(?:[^/?#]+/)?\d{5}|[?&]v=\d{5}|/reel/\d{5}|//fb\.watch/\w", href) else None
    )


def _tiktok(url: str) -> Embed | None:
    found = re.search(r"tiktok\.com/(?:embed(?:/v\d)?|player/v1)/(\d{8,24})", url)
    if found:
        return Embed(f"https://www.tiktok.com/player/v1/{found[1]}")
    found = re.search(r"tiktok\.com/(@[\w.]{1,40})/video/(\d{8,24})", url)
    return Embed(f"https://www.tiktok.com/{found[1]}/video/{found[2]}") if found else None


def _soundcloud(url: str) -> Embed | None:
    told = dict(parse_qsl(urlsplit(url).query)[:20]).get("url") if "/player" in url else url
    link = urls.absolute("", told)
    if link is None or not urls.same_domain(link, "https://soundcloud.com/"):
        return None
    number = re.search(r"/(?:tracks|playlists)/(?:soundcloud%3A\w+%3A|soundcloud:\w+:)?(\d{1,20})", link)
    if number is None:  # "/station/the-bulletin"
        named = re.fullmatch(
            r"https://(?:www\.|m\.)?soundcloud\.com/(?!pages/)[\w-]+/[\w-]{2,}/?", link.partition("?")[0]
        )
        return Embed(named[0]) if named else None
    kind = "playlists" if "/playlists/" in link else "tracks"
    return Embed(f"https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/{kind}/{number[1]}")


def _spotify(url: str) -> Embed | None:
    found = re.search(
        r"spotify\.com/(?:embed(?:-podcast)?/)?(episode|show|track|album|playlist)/([A-Za-z0-9]{10,30})", url
    )
    return Embed(f"https://open.spotify.com/{found[1]}/{found[2]}") if found else None


_PLAYERS: dict[str, Callable[[str], Embed | None]] = {
    "youtube.com": _youtube, "youtube-nocookie.com": _youtube, "youtu.be": _youtube, "vimeo.com": _vimeo,
    "dailymotion.com": _dailymotion, "dai.ly": _dailymotion, "facebook.com": _facebook, "fb.watch": _facebook,
    "tiktok.com": _tiktok, "soundcloud.com": _soundcloud, "spotify.com": _spotify,
}  # fmt: skip


def embed_of(url: str | None) -> Embed | None:
    """What a player's address shows, where it is one of the sites that others show: see `_PLAYERS`."""
    if url is None:
        return None
    player = _PLAYERS.get(urls.registrable(urls.host(url)))
    return player(url) if player is not None else None
