"""Answers to what went wrong: pages for people, plain text for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from daemon.config import Config
from daemon.web import pages
from daemon.web.people import SAFE
from daemon.web.view import view_of
from feeds.errors import StateError

REFUSED = "a token is needed: ?token=… or Authorization: Bearer …"
VARY = "Accept, Accept-Language"


class Errors:
    """The handlers of errors."""

    def __init__(self, config: Callable[[], Config]) -> None:
        self.config = config

    async def http(self, request: Request, error: Exception) -> Response:
        """An address that is not there, a method that is not allowed."""
        assert isinstance(error, HTTPException)
        return self.answer(request, error.status_code, error.detail, error.headers)

    async def state(self, request: Request, error: Exception) -> Response:
        """A database that cannot be used."""
        assert isinstance(error, StateError)
        return self.answer(request, 503, f"{error.cause}; {error.hint}")

    def refused(self, request: Request) -> Response:
        """Somebody without the token."""
        return self.answer(request, 401, REFUSED, {"www-authenticate": "Bearer"})

    def answer(self, request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
        """The error, as whoever asked can read it."""
        given = {**(headers or {}), "vary": VARY}
        if "text/html" not in request.headers.get("accept", "").lower():
            return PlainTextResponse(f"{detail}\n", status, headers=given)
        view = view_of(request, self.config())
        given |= SAFE | {"cache-control": "private, no-cache", "content-language": view.language.code}
        html = pages.error_page(status, detail if status >= 500 else "", view)
        return Response(html.encode("utf-8", "replace"), status, given, "text/html; charset=utf-8")
