"""`bantin run` as it is, except that it counts in a file how often a feed is rendered: one byte for each time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from daemon.cli import main
from feeds.writing.formats import FORMATS


def count(form: Any, file: Path) -> None:
    """Let the format note each document that it writes."""
    write = form.write

    def counted(feed: Any) -> bytes:
        with file.open("ab") as out:
            out.write(b".")
        return bytes(write(feed))

    form.write = counted


if __name__ == "__main__":
    counts = Path(sys.argv.pop(1))
    for one in FORMATS.values():
        count(one, counts)
    main()
