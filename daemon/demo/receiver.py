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
    """``got`` holds every alert that was accepted, as (webhook-id, body), repeats too.

    Each of ``secrets`` verifies. ``tell`` hears of each alert, ``refused`` why one was not accepted.
    """

    def __init__(
        self,
        *secrets: str,
        tell: Callable[[str, dict[str, Any]], None] = lambda name, body: None,
        refused: Callable[[str], None] = lambda why: None,
    ) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.refused = 0
        self._signers = [Webhook(secret) for secret in secrets]
        self._tell, self._tell_refused = tell, refused
        self.app = Starlette(routes=[Route("/hook", self._hook, methods=["POST"])])

    async def _hook(self, request: Request) -> Response:
        body = await request.body()
        why = ""
        for signer in self._signers:
            try:
                alert = signer.verify(body.decode(), dict(request.headers))
            except (WebhookVerificationError, UnicodeDecodeError) as error:
                why = str(error)
            else:
                name = request.headers["webhook-id"]
                self.got.append((name, alert))
                self._tell(name, alert)
                return Response(status_code=204)
        self.refused += 1
        self._tell_refused(why)
        return PlainTextResponse("bad signature\n", 400)
