"""OPML 1.0 and 2.0: the list of subscriptions that a reader exports, with the folders that they stand in.

The file comes from anywhere. Nothing in it is fetched or expanded: a document type is refused, for OPML needs none and
entities are declared in it; depth and size are limited, by the parser and here.
"""

from __future__ import annotations

import re
import unicodedata

import lxml.etree as etree
import msgspec

from feeds.errors import OpmlError
from feeds.reading import urls
from feeds.reading.documents.xml import parse_xml
from feeds.reading.text import printable, squeeze

MAX_BYTES = 5_000_000
MAX_OUTLINES = 5_000
MAX_TITLE = 500  # characters
MAX_FOLDER, MAX_DEPTH = 200, 8  # what `[[source]] tags` may have: characters, and folders inside one another
MAX_ID = 64  # what `[[source]] id` may have

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_READ = re.compile("utf-?8|us-ascii|ascii|iso-8859-[0-9]{1,2}|windows-125[0-8]|koi8-[ru]", re.IGNORECASE)


class Subscription(msgspec.Struct, frozen=True):
    """One entry of the list: ``url`` is its feed's address, or its page's where the list names no feed.

    ``folders`` are those that it stands in, or names as its ``category`` (OPML 2.0): "a/b" for one inside another.
    """

    title: str
    url: str
    is_feed: bool
    folders: tuple[str, ...] = ()


def read_opml(body: bytes, file: str) -> list[Subscription]:
    """The subscriptions in the order of the file; addresses as they stand there. Raises `OpmlError` with ``file``."""
    root = _root(_text(body, file), file)
    outlines = list(root.iter("{*}outline"))
    if len(outlines) > MAX_OUTLINES:
        raise OpmlError(file, f"has {len(outlines)} outlines; {MAX_OUTLINES} at most are read, so split it")
    found = []
    for outline in outlines:
        # Not every program spells xmlUrl as the specification does.
        attributes = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        feed, page = attributes.get("xmlurl", "").strip(), attributes.get("htmlurl", "").strip()
        if feed or page:
            title = squeeze(attributes.get("title", "")) or squeeze(attributes.get("text", ""))
            told = [_around(outline), *attributes.get("category", "")[: MAX_TITLE * 4].split(",")]
            folders = tuple(dict.fromkeys(filter(None, map(_folder, told))))
            found.append(Subscription(title[:MAX_TITLE], feed or page, is_feed=bool(feed), folders=folders))
    return found


def _around(outline: etree._Element) -> str:
    """The names of the outlines around one, the outermost first."""
    names = []
    for above in outline.iterancestors("{*}outline"):
        attributes = {str(name).lower(): str(value) for name, value in above.attrib.items()}
        names.append(squeeze(attributes.get("text", "")) or squeeze(attributes.get("title", "")))
    return "/".join(reversed(names))


def _folder(name: str) -> str:
    """A folder as `feeds.model.Source.tags` has it; "" for what is none, or too long or too deep to be shown."""
    parts = [printable(squeeze(part)) for part in name.split("/")]
    whole = "/".join(filter(None, parts))
    return whole if len(whole) <= MAX_FOLDER and whole.count("/") < MAX_DEPTH else ""


def _text(body: bytes, file: str) -> str:
    if len(body) > MAX_BYTES:
        raise OpmlError(file, f"is longer than {MAX_BYTES // 1_000_000} MB")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:4]:
        raise OpmlError(file, "is in UTF-16 or UTF-32; save it as UTF-8")
    declared = _DECLARED.match(body.removeprefix(b"\xef\xbb\xbf"))
    name = declared[1].decode() if declared else "utf-8"
    if not _READ.fullmatch(name):
        raise OpmlError(file, f"says that it is in {name}; save it as UTF-8")
    try:
        return body.decode("utf-8-sig" if name.lower() in ("utf-8", "utf8") else name)
    except UnicodeDecodeError as error:
        raise OpmlError(file, f"is not {name} (byte {error.start}); save it as UTF-8") from error
    except LookupError as error:  # "iso-8859-99"
        raise OpmlError(file, f"says that it is in {name}, which is unknown; save it as UTF-8") from error


def _root(text: str, file: str) -> etree._Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise OpmlError(file, "has a document type (<!DOCTYPE …>), which OPML does not need; it is not read")
    try:
        root = parse_xml(text)
    except etree.XMLSyntaxError as error:
        raise OpmlError(file, f"is not well-formed XML ({str(error)[:120]})") from error
    if root is None:
        raise OpmlError(file, "is empty")
    if etree.QName(root).localname.lower() != "opml":
        raise OpmlError(file, f"is no OPML: it begins with <{etree.QName(root).localname[:40]}>")
    return root


def new_id(subscription: Subscription, taken: set[str]) -> str:
    """An id for a source of this title that is not ``taken``: a-z, 0-9 and -, and a number behind it if need be."""
    host = urls.site(subscription.url).partition(":")[0]
    return free_id(_slug(subscription.title) or host, taken)


def free_id(name: str, taken: set[str]) -> str:
    """An id like this name that is not ``taken``."""
    base = _slug(name) or "source"
    if base not in taken:
        return base

    def numbered(number: int) -> str:
        return f"{base[: MAX_ID - len(str(number)) - 1].rstrip('-')}-{number}"

    low, high = 1, 2  # the number low is taken; a file may give a thousand feeds one title
    while numbered(high) in taken:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if numbered(middle) in taken else (low, middle)
    return numbered(high)


def _slug(text: str) -> str:
    """The text in ASCII, words parted by hyphens; empty where no letter of it is Latin."""
    plain = unicodedata.normalize("NFKD", text[:500].replace("đ", "d").replace("Đ", "D"))
    letters = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return re.sub("[^a-z0-9]+", "-", letters).strip("-")[:MAX_ID].strip("-")
