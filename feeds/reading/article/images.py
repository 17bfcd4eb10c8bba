"""Pictures: the real address behind lazy loading, srcset and placeholders, and which pictures are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from feeds.model import Image, Media
from feeds.reading.article.blocks import Block
from feeds.reading.article.survey import names_of
from feeds.reading.bylines import PICTURES
from feeds.reading.page.clean import text_of_html
from feeds.reading.page.head import Head
from feeds.reading.page.names import PORTRAIT_NAMES
from feeds.reading.page.pictures import is_small, size_of, waiting
from feeds.reading.text import squeeze, word_set
from feeds.reading.urls import absolute

LARGE = 400  # CSS pixels; a picture told to be so wide is no portrait of who wrote the story
CAPTIONED = ("data-caption", "data-sub-html", "data-description", "data-fancybox-caption")
MAX_CAPTION = 2000  # characters
AROUND = 3  # the picture itself and elements around it whose names are looked at
# Where scripts that load pictures late keep the address, the most specific first.
LAZY = (
    "data-src", "data-lazy-src", "data-original", "data-lazy", "data-srcset", "data-lazy-srcset", "data-url",
    "data-image", "data-img-src", "data-hi-res-src", "data-full-src", "data-original-src", "data-defer-src",
)  # fmt: skip
# Words in the path of pictures that are no pictures of the story; and in the file's name, of those that stand for one.
_ORNAMENTS = word_set(
    "logo logos icon icons avatar avatars gravatar emoji smiley smilies badge badges sprite sprites button buttons "
    "favicon tracking beacon pixel counter doubleclick scorecardresearch"
)
_FOLDERS = word_set("newsletters author authors autor autores autoren")  # of pictures that are none of the story
_PLACEHOLDERS = word_set(
    "placeholder blank spacer pixel transparent lazyload lazyloading lazy loading loader spinner grey gray dummy empty "
    "noimage clear trans"
)
_WORD = re.compile(r"[a-z]+")
_AUTOMATIC = re.compile(
    rf"\s*[-–—]?\s*(?:{PICTURES})"
    r"\s*(?:số|no\.?|nr\.?|#)?\s*\d+\s*\.?$",
    re.IGNORECASE,
)


def image_of(block: Block, base: str, caption: str | None) -> Image | None:
    """The picture of an image block; None for placeholders without a real address, icons and trackers."""
    node = block.image
    if node is None:
        return None
    attributes = node.attributes
    url = _address(node, attributes, base)
    if url is None or _is_ornament(url):
        return None
    size = size_of(attributes)
    if is_small(size) or ((size[0] or 0) < LARGE and _is_portrait(node, attributes)):
        return None
    alt = squeeze(attributes.get("alt") or "") or None
    return Image(
        url=url,
        caption=caption if caption and not is_automatic(caption) else None,
        alt=alt,
        width=size[0],
        height=size[1],
    )


def caption_in(block: Block) -> str | None:
    """The caption that an attribute of the picture, or of what is right around it, keeps for a larger view."""
    here = block.image
    for _ in range(AROUND):
        if here is None:
            return None
        told = next((value for name in CAPTIONED if (value := here.attributes.get(name))), None)
        if told and (text := squeeze(text_of_html(told[:MAX_CAPTION]))):
            return text
        here = here.parent
    return None


def lead_image(head: Head, base: str) -> tuple[Image, ...]:
    """The picture that the page's head names for previews, for a story that shows none itself."""
    url = absolute(base, head.first("og:image", "og:image:url", "twitter:image"))
    if url is None or _is_ornament(url) or _is_placeholder(url):
        return ()
    return (Image(url=url, alt=head.first("og:image:alt")),)


def posters(media: Sequence[Media]) -> tuple[Image, ...]:
    """The picture that stands for a story's first recording that has one."""
    return tuple(Image(url=one.poster) for one in media if one.poster)[:1]


def is_automatic(text: str) -> bool:
    """Whether a text under a picture was made by the publishing system: "… - Ảnh 1."."""
    ends = text.rstrip().removesuffix(".").rstrip()
    return ends[-1:].isdigit() and _AUTOMATIC.search(text) is not None


def _is_ornament(url: str) -> bool:
    path = url.split("?", 1)[0].lower()
    return not (_ORNAMENTS.isdisjoint(_WORD.findall(path)) and _FOLDERS.isdisjoint(path.split("/")[3:-1]))


def _is_portrait(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Whether the picture, or what is right around it, is named after a person who writes or is introduced."""
    around = node.parent
    for _ in range(AROUND):
        if PORTRAIT_NAMES.has(names_of(attributes)):
            return True
        if around is None:
            break
        attributes, around = around.attributes, around.parent
    return False


def _is_placeholder(address: str) -> bool:
    """Whether an address leads to no picture: a data URL, a template that no script filled in, a blank one."""
    name = address.split("?", 1)[0].rpartition("/")[2].lower()
    if address.startswith("data:") or "1x1" in name or "{" in address or "%7b" in name or name.startswith("leer."):
        return True
    return not _PLACEHOLDERS.isdisjoint(_WORD.findall(name))


def _address(node: LexborNode, attributes: dict[str, str | None], base: str) -> str | None:
    for candidate in _candidates(node, attributes):
        if candidate and not _is_placeholder(candidate) and (url := absolute(base, candidate)):
            return url
    return None


MAX_SOURCES = 20  # siblings looked at


def _candidates(node: LexborNode, attributes: dict[str, str | None]) -> Iterator[str | None]:
    """Addresses from the best to the last resort: what is shown, what is loaded late, the largest of a set."""
    yield attributes.get("src")
    for name in LAZY:
        value = attributes.get(name)
        if value:
            yield _largest(value) if "srcset" in name else value
    yield _largest(attributes.get("srcset"))
    parent = node.parent
    if parent is not None and parent.tag == "picture":
        before = node.prev  # the sources stand before the picture that they are of
        for _ in range(MAX_SOURCES):
            if before is None:
                break
            if before.tag == "source":
                for name in ("srcset", "data-srcset"):
                    yield _largest(before.attributes.get(name))
            before = before.prev
    yield from waiting(attributes)


def _largest(srcset: str | None) -> str | None:
    """The candidate of a srcset with the greatest width or density."""
    best, most = None, -1.0
    address: str | None = None
    for word in (srcset or "")[:10_000].split():
        if address is None and not word.endswith(","):
            address = word
            if best is None:
                best = word
            continue
        candidate, size = (word.rstrip(","), 0.0) if address is None else (address, _size(word))
        if size > most:
            best, most = candidate, size
        address = None
    return best


def _size(descriptor: str) -> float:
    """The number of a srcset's descriptor: 640 for "640w", 2 for "2x"."""
    digits = descriptor.rstrip(",")[:-1]
    return float(digits) if re.fullmatch(r"\d{1,6}(?:\.\d{1,4})?", digits) else 0.0
