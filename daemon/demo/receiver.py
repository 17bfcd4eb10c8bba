"""A small webhook receiver: verifies each alert's signature, and hands it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


class Receiver:
    """``got`` holds every alert that was accepted, as (webhook-id, body), repeats too."""

    def __init__(self, secret: str, tell: Callable[[str, dict[str, Any]], None] = lambda name, body: None) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.refused = 0
        self._signer = Webhook(secret)
        self._tell = tell
        self.app = Starlette(routes=[Route("/hook", self._hook, methods=["POST"])])

    async def _hook(self, request: Request) -> Response:
        body = await request.body()
        try:
            alert = self._signer.verify(body.decode(), dict(request.headers))
        except WebhookVerificationError:
            self.refused += 1
            return PlainTextResponse("bad signature\n", 400)
        name = request.headers["webhook-id"]
        self.got.append((name, alert))
        self._tell(name, alert)
        return Response(status_code=204)
