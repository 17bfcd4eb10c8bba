"""Where a list is read: `find_teasers`."""

from feeds.reading.listing.find import find_teasers

__all__ = ["find_teasers"]
