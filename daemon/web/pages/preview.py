"""The page that shows what a source would be, before it is one; for those who may change something.

Whoever opens it has bantin ask a site: the guard of every poll holds, and few are asked at a time.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable
from datetime import UTC, datetime

from daemon.config import Config
from daemon.polling.preview import Preview, preview
from daemon.reading.pages import open_pages
from daemon.reading.reader import Reader
from daemon.web.pages.context import View
from feeds.errors import ReadError
from feeds.model import Source

AT_ONCE = 2  # each has a handful of requests, and what it reads is read by the workers of polls
WITHIN = 60.0  # seconds; a site that needs longer is no pleasure to watch
SHOWN = 20  # stories of the list
EXCERPT = 1_200  # characters of the first story


class Previews:
    """Looks at addresses, a few at a time."""

    def __init__(self, config: Callable[[], Config], reader: Reader) -> None:
        self._config, self._reader = config, reader
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def get(self, url: str) -> Preview | str:
        """What is there; or why that cannot be told."""
        known = next((source for source in self._config().sources if url in source.urls), None)
        source = known or Source(id="preview", title=url, urls=(url,))
        try:
            async with self._at_once, asyncio.timeout(WITHIN):
                here, zone = self._config(), known.timezone if known else None
                async with open_pages(here.fetch, here.browser, self._reader) as pages:
                    shown, _ = await preview(pages, self._reader, source, datetime.now(UTC), timezone=zone)
                    return shown
        except ReadError as error:
            return str(error)
        except TimeoutError:
            return f"no answer within {WITHIN:.0f} seconds"


def preview_page(config: Config, address: str, found: Preview | str | None, view: View) -> str:
    """What was found at the address; None where none was asked for."""
    shown = found if isinstance(found, Preview) else None
    zone = config.zone
    return view.render(
        "preview.html",
        address=address,
        fault=found if isinstance(found, str) else "",
        shown=shown,
        command=f"bantin source add {shlex.quote(address)}",
        watched=any(address in source.urls for source in config.sources),
        teasers=[(teaser, view.time(teaser.published, zone)) for teaser in shown.teasers[:SHOWN]] if shown else [],
        more=max(0, len(shown.teasers) - SHOWN) if shown else 0,
        published=view.time(shown.article.published, zone) if shown and shown.article else None,
        excerpt=shown.article.body_text[:EXCERPT] if shown and shown.article else "",
        zone=zone.key,
    )
