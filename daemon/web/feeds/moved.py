"""Where the addresses of a source lead that was renamed."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.feeds.conditional import MAX_AGE
from daemon.web.pages.context import view_of


class Moved:
    """Answers for feeds that the configuration does not have."""

    def __init__(self, config: Callable[[], Config], storage: Storage) -> None:
        self.config, self._storage = config, storage
        self._renamed: tuple[Config, float, dict[str, str]] | None = None

    async def answer(self, request: Request, name: str, before: str, behind: str) -> Response:
        """Where a feed went whose source was renamed (told relatively: bantin may stand behind another server).

        The new id stands between ``before`` and ``behind``. 404 where it never was.
        """
        config = self.config()
        new = (await self._renames()).get(name)
        if new is None or config.feed(new) is None:
            known = ", ".join(feed.id for feed in config.feeds) or "none yet"
            raise HTTPException(404, f"no feed {name[:64]!r}; there are: {known}")
        scope = "private" if config.server.token else "public"
        return Response(
            status_code=308,
            # Kept no longer than a feed: a source may be renamed back, and two redirects would make a circle.
            headers={
                "location": f"{before}{new}{behind}{view_of(request).query}",
                "cache-control": f"{scope}, max-age={MAX_AGE}",
            },
        )

    async def _renames(self) -> dict[str, str]:
        """Old ids and what they are called now: asked for once for each configuration, and once a minute."""
        config, now = self.config(), time.monotonic()
        if self._renamed is None or self._renamed[0] is not config or now - self._renamed[1] > MAX_AGE:
            self._renamed = (config, now, await self._storage.renamed())
        return self._renamed[2]
