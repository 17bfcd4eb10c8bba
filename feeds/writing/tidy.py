"""The last gate before HTML goes out: whatever came in, what leaves is whole, harmless and of bounded size.

Bodies were sanitised when they were read. This stands behind it, because one bad entry must not take a feed away:
scripts, unclosed tags, links that lead nowhere or track whoever follows them, pictures that only count readers.
nh3 makes it safe. The walk before it keeps it fast, for nh3 takes seconds for some 20,000 nested elements, or for what
stands in a table outside of its cells (each piece is moved before the table), and does what nh3 cannot: take whole
elements out, and put links where things were embedded. Both take linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

import nh3

from feeds.reading import urls
from feeds.reading.page.clean import ATTRIBUTES, TAGS
from feeds.reading.text import printable

MAX_HTML = 1_000_000  # characters; no article comes near, and a hundred of these are already too much for a reader
MOST_NO_BREAK = 50_000  # spaces that do not break; nh3 takes a time for each that grows with their number
MAX_DEPTH = 60  # elements inside each other; tags beyond are left out, their text stays

_TAGS = TAGS | {"bdi", "bdo", "div", "span"}  # they carry the direction of text
_VOID = {"br", "col", "hr", "img"}
_CLOSES_P = _TAGS & {
    "blockquote", "div", "dl", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table",
    "ul",
}  # fmt: skip
# What may hold the parts of a table (HTML, section 4.9).
_SECTIONS = {"tbody", "tfoot", "thead"}
_HOLDERS = {
    "caption": {"table"}, "col": {"colgroup", "table"}, "colgroup": {"table"}, "tbody": {"table"}, "td": {"tr"},
    "tfoot": {"table"}, "th": {"tr"}, "thead": {"table"}, "tr": {"table", *_SECTIONS},
}  # fmt: skip
_NO_TEXT = {"colgroup", "table", "tr", *_SECTIONS}
_RAW = {"iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"}  # text, not tags
_EMBEDS = {"audio", "embed", "iframe", "object", "video"}
_ATTRIBUTES = {name: set(allowed) for name, allowed in ATTRIBUTES.items()}
_EVERYWHERE = {"dir", "lang"}
_DIRECTIONS = {"auto", "ltr", "rtl"}
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287 section 2, atomLanguageTag

# Possessive: a tag that does not end is looked at once (and is the last: an HTML parser drops it and what follows).
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)((?:[^\"'>]|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"([^\s=/\"']{1,20}+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"']++))")
_ENDLESS = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9a-fA-F]{8,}+);?")
_NO_BREAK = "\u00a0"
_LINE_ENDS = re.compile(r"[\t\r\n]")
_COUNTERS = re.compile(  # a host or a file of that name; "google-pixel-9.jpg" shows a telephone
    r"https?://(?:beacon|counter|pixel|track(?:er|ing)?)\.|/(?:beacon|counter|pixel|tracking|1x1)(?:\.[a-z]{3,4})?$"
)
# Characters that no text holds (`printable` takes them away) stand for these while nh3 works.
_HELD = {"&": "\ufdd0", "<": "\ufdd1", ">": "\ufdd2"}
_HOLD = str.maketrans(_HELD)
_RELEASE = str.maketrans({"\ufdd0": "&amp;", "\ufdd1": "&lt;", "\ufdd2": "&gt;"})
_WIDEST = 1  # CSS pixels of a picture that nobody is meant to see


def tidy(html: str) -> str:
    """The HTML as it may go out."""
    if not html:
        return ""
    html = printable(html)[:MAX_HTML]
    if html.count(_NO_BREAK) > MOST_NO_BREAK:
        html = html.replace(_NO_BREAK, " ")
    cleaned = _CLEANER.clean("".join(_pieces(html)))
    return printable(cleaned.translate(_RELEASE))


def link(url: str | None) -> str | None:
    """An address as people may follow it, without tracking parameters; None where it is not of the web."""
    url = _LINE_ENDS.sub("", printable(url or "").strip()).replace(" ", "%20")  # as browsers do
    if not url.lower().startswith(("http://", "https://")):
        return None
    head, mark, fragment = url.partition("#")
    return urls.clean(head) + mark + fragment


def is_counter(url: str, width: int | None = None, height: int | None = None) -> bool:
    """Whether a picture is there to count who loads it: one pixel, or called so."""
    sides = [side for side in (width, height) if side is not None]
    return any(side <= _WIDEST for side in sides) or bool(_COUNTERS.search(url.partition("?")[0].lower()))


def _pieces(html: str) -> Iterator[str]:
    """The HTML in pieces, properly nested and not too deep, without the tags that may not stay."""
    opened: list[str] = []
    done = 0
    while (start := html.find("<", done)) >= 0:
        yield from _told(html[done:start], opened)
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            done = end + 3 if end >= 0 else len(html)
            continue
        tag = _TAG.match(html, start)
        if tag is None:
            done = _end_of_none(html, start)
            yield from _told("<", opened) if done == start + 1 else ()  # a sign, as in "a < b"
            continue
        done, name = tag.end(), tag[2].lower()
        yield from _closed(name, opened) if tag[1] else _begun(name, tag[3], opened)
        if name in _RAW and not tag[1]:
            done = _end_of_raw(html, name, done)
    yield from _told(html[done:], opened)
    yield from (f"</{name}>" for name in reversed(opened))


def _end_of_none(html: str, start: int) -> int:
    """Where something ends that begins like a tag and is none (HTML, section 13.2.5.6)."""
    following = html[start + 1 : start + 2]
    if following in ("!", "?") or (following == "/" and not html[start + 2 : start + 3].isalpha()):
        return html.find(">", start) + 1 or len(html)  # a bogus comment
    return len(html) if following == "/" or (following.isascii() and following.isalpha()) else start + 1


def _begun(name: str, attributes: str, opened: list[str]) -> Iterator[str]:
    given = _read(attributes) if attributes and (name in _TAGS or name in _EMBEDS) else {}
    if name in _EMBEDS and (embedded := _embedded(given)):
        yield from _in_a_cell(opened)
        yield embedded
    if name not in _TAGS or (name == "img" and _counts(given)):
        return
    if name in _HOLDERS:
        yield from _in_its_place(name, opened)
        if not opened or opened[-1] not in _HOLDERS[name]:
            return
    else:
        yield from _in_a_cell(opened)
    if name in _CLOSES_P and "p" in opened:
        yield from _closed("p", opened)
    if name not in _VOID:
        if len(opened) >= MAX_DEPTH and name not in _HOLDERS:
            return
        opened.append(name)
    yield f"<{name}{_written(name, given)}>" if given else f"<{name}>"


def _told(text: str, opened: list[str]) -> Iterator[str]:
    """A text; in a table it stands in a cell."""
    if text.strip():
        yield from _in_a_cell(opened)
    yield _text(text)


def _in_its_place(name: str, opened: list[str]) -> Iterator[str]:
    """Close and open what has to be, so that this part of a table stands where it may, if there is a table."""
    if "table" not in opened:
        return
    while opened[-1] not in _HOLDERS[name] and opened[-1] not in _NO_TEXT - {"colgroup", "tr"}:
        yield f"</{opened.pop()}>"
    if "tr" in _HOLDERS[name] and opened[-1] != "tr":
        opened.append("tr")
        yield "<tr>"
    while opened[-1] not in _HOLDERS[name] and opened[-1] != "table":
        yield f"</{opened.pop()}>"


def _in_a_cell(opened: list[str]) -> Iterator[str]:
    """Open a cell where something stands in a table outside of any."""
    if opened and opened[-1] in _NO_TEXT:
        yield from _in_its_place("td", opened)
        opened.append("td")
        yield "<td>"


def _closed(name: str, opened: list[str]) -> Iterator[str]:
    if name in opened:
        while (last := opened.pop()) != name:
            yield f"</{last}>"
        yield f"</{name}>"


def _end_of_raw(html: str, name: str, start: int) -> int:
    """Where the text of an element ends that holds no tags; at the end of everything where it is not closed."""
    end = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return end.start() if end else len(html)


def _counts(given: dict[str, str]) -> bool:
    sides = [int(side) if (side := given.get(name, "")[:6]).isdecimal() else None for name in ("width", "height")]
    return link(given.get("src")) is None or is_counter(given["src"], *sides)


def _embedded(given: dict[str, str]) -> str:
    """A film, a map or a post as a link to it: most readers do not show what is embedded."""
    url = link(given.get("src") or given.get("data"))
    return f'<p><a href="{escape(url)}">{_text(given.get("title") or url)}</a></p>' if url else ""


def _read(attributes: str) -> dict[str, str]:
    """A tag's attributes; of two with one name the first counts, as in browsers."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        found.setdefault(match[1].lower(), _plain(match[2] or match[3] or match[4] or ""))
    return found


def _written(name: str, given: dict[str, str]) -> str:
    """The attributes that may stay, with the values that may."""
    allowed = _ATTRIBUTES.get(name, set()) | _EVERYWHERE
    kept = ((key, _value(key, value)) for key, value in given.items() if key in allowed)
    return "".join(f' {key}="{escape(value)}"' for key, value in kept if value is not None)


def _value(name: str, value: str) -> str | None:
    if name in ("href", "src", "cite"):
        return link(value)
    if name == "dir":
        return value.lower() if value.lower() in _DIRECTIONS else None
    if name == "lang":
        return value if LANGUAGE.fullmatch(value) else None
    return value


def _plain(text: str) -> str:
    """Text with its character references replaced. (Python refuses to read numbers of thousands of digits.)"""
    return printable(unescape(_ENDLESS.sub("", text))) if "&" in text else text


def _text(text: str) -> str:
    """Text without a sign that nh3 would have to look at: it takes time by the square of their number in one text."""
    return _plain(text).translate(_HOLD) if "&" in text or ">" in text else text


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={**_ATTRIBUTES, "*": _EVERYWHERE},
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer",
    strip_comments=True,
)
