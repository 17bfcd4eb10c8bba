"""The page of changes: what was edited or withdrawn, the last first, as whole sentences that were and are now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from daemon.config import Config
from daemon.web.pages.context import LISTED, Chosen, View
from daemon.web.pages.differences import passages_of
from feeds.deciding.difference import Passage
from feeds.model import Revision
from state.store import ChangeRow

CHANGES = 30  # on one page
SHOWN = 4  # passages of one text; the story's own page has all
KINDS = ("edited", "withdrawn")


class Changed(msgspec.Struct, frozen=True):
    """One field of a story that changed: its name, the passages, and how many more there are."""

    name: str
    passages: Sequence[Passage]
    more: int = 0


def changes_page(
    config: Config, rows: Sequence[ChangeRow], chosen: Chosen, view: View, *, older: str | None, first: bool
) -> str:
    """What changed; ``older`` is where the next page begins, and ``first`` says whether this is the first one."""
    zone = config.zone
    days: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        local = row.at.astimezone(zone)
        days.setdefault(view.language.day(local.date(), "time.date"), []).append(_change(config, row, view))
    return view.render(
        "changes.html",
        days=days.items(),
        chosen=chosen,
        kinds=[(kind, view.language.say(f"changes.{kind}")) for kind in KINDS],
        sources=config.sources if len(config.sources) <= LISTED else (),
        many=len(config.sources) > 1,
        older=older,
        first=first,
        zone=zone.key,
    )


def _change(config: Config, row: ChangeRow, view: View) -> dict[str, Any]:
    source = config.source(row.entry.story.source_id)
    local = row.at.astimezone(config.zone)
    return {
        "article": row.entry.article,
        "name": row.entry.story.entry_id.removeprefix("urn:uuid:"),
        "url": row.entry.story.url,
        "source": source,
        "at": (local.isoformat(timespec="minutes"), f"{local.hour:02}:{local.minute:02}"),
        "fields": changed(row.old, row.new, SHOWN) if row.old and row.new else [],
        "numbers": (row.old.number, row.new.number) if row.old and row.new else None,
        "revision": row.entry.story.revision,
    }


def changed(old: Revision, new: Revision, most: int | None = None) -> list[Changed]:
    """The fields that differ between two revisions, each with at most so many of its passages."""
    return [
        Changed(name, found[:most], max(0, len(found) - most) if most else 0)
        for name, found in passages_of(old, new).items()
    ]
