"""The following page of an article that is split over several."""

from __future__ import annotations

import re

from feeds.reading.page.head import Head
from feeds.reading.urls import absolute, clean, same_site

# A number of a page in an address: ?page=2, /page/2/, /2/, -2.html, seite-2. The group is the number.
_PAGE = re.compile(
    r"(?:(?<=[?&])(?:page|seite|p|pg|trang|pagina|paged)=|/(?:page|seite|trang|pagina)[/-]|/|[-_,](?:page|seite|trang|p)?-?)"
    r"(\d{1,2})(?=/?$|/?[?&#]|\.\w{2,5}$)",
    re.IGNORECASE,
)


def find_next_page(head: Head, url: str) -> str | None:
    """The address of the page that follows; None where there is none.

    ``rel="next"`` is not believed alone, since blogs give it to the next story: the address has to be that of this page
    with the next number.
    """
    here = clean(url)
    told = [head.links.get("next"), *head.printed.onward()]
    stem, number = _parts(here)
    for href in told:
        address = absolute(url, href)
        if address is None:
            continue
        address = clean(address)
        follows = _parts(address) == (stem, number + 1) or (number == 1 and _parts(address, of=here) == (here, 2))
        if follows and same_site(address, url):
            return address
    return None


def _parts(address: str, of: str | None = None) -> tuple[str, int]:
    """The address without its page number, and the number; ``of`` is the address that it may be a page of."""
    numbers = list(_PAGE.finditer(address))
    if not numbers:
        return address, 1
    match = numbers[-1]
    stem = (address[: match.start()] + address[match.end() :]).rstrip("?&/")
    if of is not None and stem == of.rstrip("/"):
        return of, int(match[1])
    return stem, int(match[1])
