"""Answers to what went wrong: pages for people, plain text for programs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from daemon.web.pages import render
from daemon.web.pages.context import view_of
from daemon.web.pages.handlers import SAFE
from feeds.errors import StateError

REFUSED = "a token is needed: ?token=… or Authorization: Bearer …"
TOLD = (400, 403, 413, 429)  # what was wrong with a form; of addresses nothing is repeated
VARY = "Accept, Accept-Language"


class Errors:
    """The handlers of errors."""

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
        here = request.scope["path"]
        if here == "/sign-in" and request.method in ("GET", "HEAD"):
            return self.answer(request, 401, REFUSED, {"www-authenticate": "Bearer"}, asked_for=True)
        asked = request.scope["query_string"].decode("latin-1").split("&")
        query = "&".join(part for part in asked if part and not part.startswith("token="))
        to = "" if here == "/sign-in" else f"{here}?{query}" if query else here
        return self.answer(request, 401, REFUSED, {"www-authenticate": "Bearer"}, to)

    def answer(
        self,
        request: Request,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        to: str = "",
        *,
        asked_for: bool = False,
    ) -> Response:
        """The error, as whoever asked can read it; ``to`` is where whoever signs in wanted to go.

        ``asked_for``: it is the form to sign in with, for those who followed a link to it.
        """
        given = {**(headers or {}), "vary": VARY}
        if "text/html" not in request.headers.get("accept", "").lower():
            return PlainTextResponse(f"{detail}\n", status, headers=given)
        view = view_of(request)
        given |= SAFE | {"cache-control": "private, no-cache", "content-language": view.language.code}
        html = render.error_page(status, detail if status in TOLD or status >= 500 else "", view, to, asked_for)
        return Response(html.encode("utf-8", "replace"), status, given, "text/html; charset=utf-8")
