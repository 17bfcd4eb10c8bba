"""Answers that are good for a moment: given again, as they are, to who asks the same in that moment.

A feed that did not change is the same bytes under the same headers, yet routing, the token, the validators and the
coding cost more time than sending it. Most of its readers ask alike, and many at once, at the full hour. So a handler
may say how long its answer is good (`good_until`), and here it is kept until then, by all that it depends on: method,
path, query, and the request headers of `TELLING`. Nothing here knows what a feed is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemon.storage import Storage

TELLING = frozenset(b"accept-encoding authorization cookie host if-modified-since if-none-match sec-fetch-dest".split())
PIECE = 65_536  # bytes: as much as the server keeps for a client that is slow to read
MAX_KEPT = 2_000  # answers, so that who asks in ever new ways cannot fill the memory
LONGEST = 4_096  # bytes of what an answer depends on, for the same reason
ROUND = 1.0  # seconds after which all are forgotten: an answer that is good no more must not keep its document alive
_UNTIL = "bantin.good_until"

Key = tuple[Any, ...]


def good_until(scope: Scope, moment: float) -> None:
    """Said by a handler: its answer to this request is good until ``moment``, as `time.monotonic` counts."""
    scope[_UNTIL] = moment


class Remembered:
    """An ASGI application that gives ``app``'s answers again while they are good.

    That ends at once where ``config`` is another one, or this daemon stored something.
    """

    def __init__(self, app: ASGIApp, config: Callable[[], object], storage: Storage) -> None:
        self._app, self._config, self._storage = app, config, storage
        self._kept: dict[Key, tuple[float, int, object, list[Message]]] = {}
        self._forget_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _in_pieces(send)
        key, config, generation = _key(scope), self._config(), self._storage.generation
        kept = self._kept.get(key)
        if kept is not None and kept[0] > time.monotonic() and kept[1] == generation and kept[2] is config:
            for message in kept[3]:
                await send(message)
            return
        said: list[Message] = []

        async def told(message: Message) -> None:
            said.append(message)
            await send(message)

        await self._app(scope, receive, told)
        now = time.monotonic()
        if scope.get(_UNTIL, now) > now and sum(len(part) for part in key) <= LONGEST:
            if now > self._forget_at or len(self._kept) >= MAX_KEPT:
                self._kept.clear()
                self._forget_at = now + ROUND
            self._kept[key] = (scope[_UNTIL], generation, config, said)


def _in_pieces(send: Send) -> Send:
    """The answer piece by piece, each when the one before is on its way: a client that reads nothing has one waiting.

    Sent at once, each connection would have a copy of all of it.
    """

    async def sent(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or len(body) <= PIECE:
            await send(message)
            return
        for start in range(0, len(body), PIECE):
            more = start + PIECE < len(body) or message.get("more_body", False)
            await send({"type": message["type"], "body": body[start : start + PIECE], "more_body": more})

    return sent


def _key(scope: Scope) -> Key:
    """All that an answer depends on; a header that is there twice is two parts of it."""
    telling = [part for header in scope["headers"] if header[0] in TELLING for part in header]
    return (scope["method"], scope["path"], scope["query_string"], *telling)
