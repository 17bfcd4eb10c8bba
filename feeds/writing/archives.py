"""Which entries stand in which archive document (RFC 5005 section 4): arithmetic over the number of stories.

The stories of a feed are numbered in the order in which they were found, from 1 on. Archive N holds the `SIZE` numbers
up to N times `SIZE`; it comes to be when the last of them is found. From then on its stories are always the same:

- One that is withdrawn keeps its number, so that no other story moves; Atom shows its tombstone.
- One that is revised is shown with its current text, in the archive as in the subscription document: nobody is served
  what its writers took back. The bytes of that one archive change, and its ETag with them.
- ``next-archive`` is added to the newest archive when there is one after it.

The subscription document begins where an archive ends, so that whoever reads from it back to archive 1 meets every
story once.
"""

from __future__ import annotations

from feeds.writing.values import Place

SIZE = 100  # stories


def complete(total: int) -> int:
    """How many archives a feed of ``total`` stories has."""
    return total // SIZE


def numbers(archive: int) -> range:
    """The numbers of the stories that an archive holds."""
    return range((archive - 1) * SIZE + 1, archive * SIZE + 1)


def archive_place(archive: int, total: int) -> Place | None:
    """What an archive document links to; None where there is no such archive (yet)."""
    if not 1 <= archive <= complete(total):
        return None
    following = archive + 1 if archive < complete(total) else None
    return Place(number=archive, previous=archive - 1 or None, following=following)


def recent(total: int, least: int) -> tuple[range, Place]:
    """The numbers of the stories in the subscription document, at least ``least`` where there are as many.

    There are up to `SIZE` - 1 more, because the document begins where an archive ends.
    """
    archived = max(total - least, 0) // SIZE
    return range(archived * SIZE + 1, total + 1), Place(previous=archived or None)
