"""The version of the reader: raised whenever it reads a page differently than before.

A text that changes because of that is replaced quietly; nobody edited it (`feeds.deciding.texts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from feeds.reading.sites.profiles import Profile

READING = "13"


def reading_of(profiles: Sequence[Profile]) -> str:
    """The name of a reader with these site profiles: its version, and a short digest of them."""
    return f"{READING}-{blake2b(msgspec.json.encode(tuple(profiles)), digest_size=5).hexdigest()}"
