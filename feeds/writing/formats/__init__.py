"""The formats of a feed. One format, one module, found by its name, which is the extension of its addresses.

A format's module has what `Format` asks for, and nothing else has to know of it: `/feeds/ID.NAME` answers, and the
pages announce it.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from feeds.writing.feed import Feed


class Format(Protocol):
    """What a module in this folder defines.

    ``CONTENT_TYPE`` is the media type as a header has it, ``TITLE`` the format's name for people. ``write`` gives the
    document's bytes: the same for the same value, whatever the clock says.
    """

    CONTENT_TYPE: str
    TITLE: str

    def write(self, feed: Feed) -> bytes:
        """The document."""
        ...


def find() -> dict[str, Format]:
    """Every format by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Format, importlib.import_module(f"{__name__}.{name}")) for name in names}


FORMATS = find()


def media_type_of(form: Format) -> str:
    """The format's media type without parameters, as links tell it."""
    return form.CONTENT_TYPE.partition(";")[0]
