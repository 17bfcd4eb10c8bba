"""What the attributes of a picture tell, in lists as in stories: its size in CSS pixels, and where it waits."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.reading.text import word_set

MAX_SIDE = 20_000  # more is no size
SMALL = 40  # a picture with a side below this is an icon or a tracker
# Written as width and height, these tell browsers the shape of a picture that is loaded later (HTML Standard,
# 15.4.3), and nothing of its size.
_SHAPES = frozenset(((16, 9), (21, 9), (4, 3), (5, 3), (5, 4), (3, 2), (2, 1), (9, 16), (3, 4), (3, 5), (4, 5), (2, 3)))
MAX_ADDRESS = 2048  # characters
_FILES = (".jpg", ".jpeg", ".png", ".webp", ".avif")
_OTHERS = frozenset(("src", "alt", "title", "class", "id", "style", "srcset", "data-srcset", "href"))

# Names of picture files that stand for a picture to come: parts of a name, and whole names before the extension, which
# real pictures may have in theirs.
PLACEHOLDER_PARTS = (
    *("placeholder", "spacer", "1x1", "1px.", "lazyload", "no-image", "noimage", "no_image", "no-photo", "nophoto"),
    *("no-thumb", "default-image", "default_image", "default-thumb", "default_thumb", "default-img"),
)
PLACEHOLDER_STEMS = word_set("blank pixel transparent loading loader empty grey gray default trans dot clear")

Size = tuple[int | None, int | None]


def size_of(attributes: Mapping[str, str | None]) -> Size:
    """Width and height as a picture's attributes tell them; None for one that is not told, and for both of a shape."""
    size = _side(attributes.get("width")), _side(attributes.get("height"))
    return (None, None) if size in _SHAPES else size


def is_small(size: Size) -> bool:
    """Whether a picture of this size is an icon or a tracker."""
    return any(side is not None and side < SMALL for side in size)


def waiting(attributes: Mapping[str, str | None]) -> list[str]:
    """Addresses of picture files in attributes of any name: scripts of every make keep what they load late in one."""
    return [value.strip() for name, value in attributes.items() if value and name not in _OTHERS and _is_file(value)]


def names_picture(address: str) -> bool:
    """Whether an address is that of a picture's file, by its ending."""
    return address.partition("?")[0].lower().endswith((*_FILES, ".gif"))


def _is_file(value: str) -> bool:
    value = value.strip()
    if len(value) > MAX_ADDRESS or not value.startswith(("/", "https://", "http://")) or len(value.split()) != 1:
        return False
    return value.partition("?")[0].partition("#")[0].lower().endswith(_FILES)


def _side(value: str | None) -> int | None:
    digits = (value or "").strip().removesuffix("px")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 5:
        return None
    side = int(digits)
    return side if 0 < side <= MAX_SIDE else None
