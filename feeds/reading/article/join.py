"""An article that its site splits over several pages, put together again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from feeds.model import Article, Image

MAX_PAGES = 20  # of one article; longer ones end there, marked as cut short


def join(pages: Sequence[Article]) -> Article:
    """The first page's article with the text and the pictures of all; ``next_page`` is what the last one leaves over.

    A page that repeats another's text to the letter (a site that answers page 9 with page 1) adds nothing.
    """
    first, last = pages[0], pages[-1]
    told = {page.body_text: page for page in reversed(pages)}
    kept = [page for page in pages if told[page.body_text] is page]
    images: dict[str, Image] = {}
    for image in (image for page in kept for image in page.images):
        images.setdefault(image.url, image)
    return msgspec.structs.replace(
        first,
        body_text="\n\n".join(page.body_text for page in kept),
        content_html="\n".join(page.content_html for page in kept),
        images=tuple(images.values()),
        credit=first.credit or last.credit,
        truncated=any(page.truncated for page in pages) or last.next_page is not None,
        next_page=last.next_page,
    )
