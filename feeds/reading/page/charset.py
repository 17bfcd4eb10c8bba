"""From bytes to text: which character encoding a page is in.

The order: a byte order mark; bytes that are valid UTF-8 and not plain ASCII (no other encoding looks like that by
accident); the HTTP header; the page's own ``meta`` or XML declaration; detection. Servers' headers are wrong more
often than UTF-8 is mistaken for something else.
"""

from __future__ import annotations

import codecs
import re
import zlib

import cchardet

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
# The WHATWG Encoding Standard reads these labels as the larger encodings that browsers mean by them.
_LABELS = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("tis-620", "iso-8859-11"), "cp874"),
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "windows-874": "cp874",
}
# Codecs of Python's that are no encodings of pages; some of them raise whatever they are told to do with bad bytes.
_REFUSED = {"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
_GZIP = b"\x1f\x8b\x08"
MAX_UNPACKED = (
    50_000_000  # bytes: what a sitemap may have (sitemaps.org); a packed one can hold a thousand times as much
)
GOOD_FOR_ONE_BAD = 10  # in another encoding hardly one of ten letters looks like UTF-8 by accident
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
SNIFFED = 4096  # bytes looked at for a declaration, and given to detection when nothing is declared


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page. Bytes that its encoding does not have become U+FFFD; never raises."""
    body = unpacked(body)
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    if not body.isascii():
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            if _is_mostly_utf8(body):
                return body.decode("utf-8", "replace")
    for name in (_declared_in(content_type), _declared_by(body[:SNIFFED]), _detected(body)):
        known = _known(name) if name else None
        if known is not None and (known != "utf-8" or body.isascii()):  # what is no UTF-8 was found out above
            return body.decode(known, "replace")
    return body.decode("utf-8", "replace")


def unpacked(body: bytes) -> bytes:
    """The bytes of a file that is packed with gzip, once or twice, and served as it is ("sitemap.xml.gz")."""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, MAX_UNPACKED)
        except zlib.error:
            break
    return body


def _is_mostly_utf8(body: bytes) -> bool:
    """Whether one bad byte or another stands in much that no other encoding looks like: a cut or a pasted character."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(map(len, _BEYOND_ASCII.findall(text))) - bad
    return good > GOOD_FOR_ONE_BAD * bad


def _declared_in(content_type: str) -> str | None:
    found = _HEADER.search(content_type)
    return found[1] if found else None


def _declared_by(head: bytes) -> str | None:
    found = _META.search(head)
    name = (found[1] or found[2]).decode("ascii", "ignore") if found else None
    # What can be read byte by byte is not UTF-16: browsers take such a page to mean UTF-8.
    return "utf-8" if name and name.lower().startswith(("utf-16", "utf16", "utf-32", "utf32", "ucs-")) else name


def _detected(body: bytes) -> str | None:
    found = cchardet.detect(body[:65_536]).get("encoding")
    return str(found) if found else None


def _known(name: str) -> str | None:
    """Python's name for a text encoding (its codecs include some that are none, such as ``zip``)."""
    name = _LABELS.get(name.lower(), name)
    try:
        info = codecs.lookup(name)
        "".encode(info.name)
    except (LookupError, TypeError, ValueError):
        return None
    return None if info.name in _REFUSED else info.name
