"""Which entries stand in which archive document (RFC 5005 section 4): arithmetic over the number of stories.

The stories of a feed's sources are numbered in the order in which they were found, from 1 on. Archive N is for the
`SIZE` numbers up to N times `SIZE`. When the last of them is found its stories are always the same:

- One that is withdrawn keeps its number, so that no other story moves; Atom shows its tombstone. One that the feed's
  rules leave out keeps its number, too.
- One that is revised is shown with its current text, in the archive as in the subscription document: nobody is served
  what its writers took back. The bytes of that one archive change, and its ETag with them.
- ``next-archive`` is added to the newest archive when there is one after it.

The subscription document shows the newest entries, and leads to the archive of the story before its oldest one. Some of
that archive's entries may stand in both: readers tell entries by their ids. Whoever reads from there back to archive 1
misses nothing. (Only a feed that shows fewer than `SIZE` entries leads to an archive that is still growing.)
"""

from __future__ import annotations

from feeds.writing.feed import Place

SIZE = 100  # stories


def numbers(archive: int) -> range:
    """The numbers of the stories that an archive is for."""
    return range((archive - 1) * SIZE + 1, archive * SIZE + 1)


def last_archive(oldest: int) -> int:
    """The archive that a subscription document leads to whose oldest story has the number ``oldest``; 0: to none."""
    return -(-(oldest - 1) // SIZE)


def archive_place(archive: int, last: int) -> Place | None:
    """What an archive document links to, where ``last`` is the newest; None where there is no such archive (yet)."""
    if not 1 <= archive <= last:
        return None
    return Place(number=archive, previous=archive - 1 or None, following=archive + 1 if archive < last else None)
