"""XML of others: the one way in which bantin parses it, mended first where what is wrong with it is clear."""

from __future__ import annotations

import re
from functools import partial
from html.entities import html5

import lxml.etree as etree

from feeds.reading.text import printable

PROLOGUE = 2_000  # characters in which a document type can stand: behind the declaration and a comment

_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
# What may stand in markup without being any, and "&" and "<" that begin none.
_RAW = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|&(?:#(?:(\d{1,8})|[xX]([0-9a-fA-F]{1,6}));|(\w{2,32});)?|<(?![A-Za-z_/!?])",
    re.DOTALL,
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,1000}(?:\[[^\]]{0,100000}\]\s{0,100})?>", re.IGNORECASE)
# Elements of feeds whose markup is often written out, and then often not well-formed.
_MARKUP = re.compile(r"<(title|description|summary|content:encoded|content)(?:\s[^<>]{0,500})?(?<!/)>")


def parse_xml(text: str, *, recover: bool = False) -> etree._Element | None:
    """The root of a document that is decoded already; None where nothing of it can be read.

    No entity is resolved, nothing is fetched, and depth and sizes have the bounds of libxml2. With ``recover`` faults
    cost what stands around them only. Raises `lxml.etree.XMLSyntaxError`.
    """
    # What the text's own declaration says of its encoding no longer holds.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover
    )
    return etree.fromstring(text.strip().encode("utf-8", "ignore"), parser)


def parse_mended(text: str) -> etree._Element | None:
    """The root of a document that may have the faults of feeds; None where nothing of it can be read.

    A raw "&" or "<", an entity of HTML, or a character that XML cannot hold costs itself only; markup inside titles
    and texts that is not well-formed costs its text nothing; of what is cut off there is what came.
    Raises `lxml.etree.XMLSyntaxError`.
    """
    text = printable(text)
    begin = text[:PROLOGUE].upper().find("<!DOCTYPE")
    if begin >= 0 and (doctype := _DOCTYPE.match(text, begin)):
        text = text[:begin] + text[doctype.end() :]
    text = _RAW.sub(partial(_mended, entities=begin >= 0), text)
    try:
        return parse_xml(text)
    except etree.XMLSyntaxError:
        return parse_xml(_markup_as_text(text), recover=True)


def _mended(found: re.Match[str], entities: bool) -> str:
    """What stands for the match in well-formed XML; of ``entities`` that the document declared itself nothing does."""
    whole = found[0]
    if whole.startswith("<!"):
        return whole if whole.endswith((">", "]]>")) or not whole.startswith("<![") else f"{whole}]]>"
    if whole == "<":
        return "&lt;"
    if found[1] or found[2]:
        code = int(found[1] or found[2], 10 if found[1] else 16)
        return f"&#{code};" if code < 0x110000 and printable(chr(code)) else ""
    name = found[3]
    if name in _OWN:
        return whole
    if name and (letters := html5.get(f"{name};")):
        return "".join(f"&#{ord(letter)};" for letter in letters)
    return "" if name and entities else f"&amp;{whole[1:]}"


def _markup_as_text(text: str) -> str:
    """Markup inside titles and texts as CDATA: it is read as HTML later, which takes what is not well-formed."""
    parts: list[str] = []
    done, unclosed = 0, set()
    while found := _MARKUP.search(text, done):
        name, begin = found[1], found.end()
        end = -1 if name in unclosed else text.find(f"</{name}", begin)
        parts.append(text[done:begin])
        done = begin
        if end < 0:
            unclosed.add(name)  # looked for once: it stands nowhere behind, either
            continue
        inner = text[begin:end]
        plain = "<" not in inner or "<![CDATA[" in inner or "]]>" in inner
        parts.append(inner if plain else f"<![CDATA[{inner}]]>")
        done = end
    return "".join((*parts, text[done:]))


def local_name(node: etree._Element) -> str:
    """The element's name without its namespace, and without the prefix of one that was never declared."""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2]
