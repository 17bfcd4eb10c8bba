"""Who may see what: the names that bantin answers to, tokens, and signing in.

1. A name that nobody gave this bantin gets no answer: a web page that resolves its own name to this machine (DNS
   rebinding) reads nothing. Numeric addresses pass, for they cannot be rebound.
2. ``[server] token`` opens everything: as ``?token=``, as ``Authorization: Bearer``, or by signing in, which sets a
   cookie that is good for nothing else. ``admin_token`` opens what the token does. A feed's own token opens that feed.
3. What is given out carries the token that it was asked for with, so that readers can follow its addresses.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from daemon.config import Config, split_listen
from daemon.web.errors import Errors
from daemon.web.forms import read_form
from daemon.web.pages.context import ACCESS, Access

OPEN = ("/style.css", "/icon.svg")  # paths that need no token: they show nothing of what is watched
HEALTH = ("/healthz", "/readyz")  # nor a name
SIGN_IN = "/sign-in"
MAX_PATH = 1_000  # characters; no address of ours is longer
REMEMBERED_FOR = 30 * 86_400  # seconds that somebody stays signed in
COOKIE = "bantin"


class Gate:
    """Lets requests through that may pass. ``base`` is the address that documents name themselves by."""

    def __init__(self, app: ASGIApp, config: Callable[[], Config], errors: Errors, base: str) -> None:
        self.app, self.config, self.errors = app, config, errors
        self._base = urlsplit(base).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(scope["path"]) > MAX_PATH:
            await PlainTextResponse("Not Found\n", 404)(scope, receive, send)
            return
        request, config = Request(scope, receive), self.config()
        if scope["path"] not in HEALTH and not self._answers_to(request.headers.get("host", ""), config):
            name = request.headers["host"][:80].encode("ascii", "replace").decode()
            text = f"bantin does not answer to the name {name!r}; [server] hosts may list it\n"
            await PlainTextResponse(text, 421)(scope, receive, send)
            return
        if scope["path"] == SIGN_IN:
            await (await self._sign_in(request, config))(scope, receive, send)
            return
        access = _access(request, config)
        if access is None and scope["path"] not in (*HEALTH, *OPEN):
            await self.errors.refused(request)(scope, receive, send)
            return
        scope[ACCESS] = access
        await self.app(scope, receive, send)

    def _answers_to(self, header: str, config: Config) -> bool:
        name = _PORT.sub("", header).strip("[]").rstrip(".").lower()
        try:
            return not name or bool(ipaddress.ip_address(name.partition("%")[0]))
        except ValueError:
            pass
        hosts = config.server.hosts or self._own_names(config)
        return "*" in hosts or name in hosts or name.endswith(".localhost")

    def _own_names(self, config: Config) -> Iterable[str]:
        machine = socket.gethostname().lower()
        listened = split_listen(config.server.listen)
        public = urlsplit(config.server.public_url).hostname or ""
        return {"localhost", machine, f"{machine}.local", public, self._base, listened[0].lower() if listened else ""}

    async def _sign_in(self, request: Request, config: Config) -> Response:
        """A form with a token and where to go on. (Where: relatively, for bantin may stand behind another server.)"""
        if request.method != "POST":
            return self.errors.answer(request, 405, "a form is posted here", {"allow": "POST"})
        if not config.server.token:
            return self.errors.answer(request, 404, "everything is open here: there is nothing to sign in to")
        try:
            token, to = await read_form(request, "token", "to")
        except HTTPException as error:
            return self.errors.answer(request, error.status_code, error.detail)
        if not _opens(token, config):
            return self.errors.refused(request)
        there = quote(to.lstrip("/\\"), safe="/?=&%+-._~,")
        secure = "; Secure" if config.server.public_url.startswith("https:") else ""
        # Without a path it is good for the folder of this address, wherever bantin stands (RFC 6265 section 5.1.4).
        cookie = f"{COOKIE}={_session(config)}; Max-Age={REMEMBERED_FOR}; HttpOnly; SameSite=Lax{secure}"
        return Response(status_code=303, headers={"location": f"./{there}", "set-cookie": cookie})


_PORT = re.compile(r":[0-9]*$")


def _access(request: Request, config: Config) -> Access | None:
    """What the request may see; None: nothing."""
    if not config.server.token:
        return Access()
    asked = request.query_params.get("token", "")
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    sent = bearer.strip() if scheme.lower() == "bearer" else ""
    if _opens(asked, config):
        return Access(config.server.token, in_address=True)
    if any(_same(given, _session(config)) for given in _cookies(request)):
        return Access(config.server.token)
    if _opens(sent, config):  # a program that sends it has no use for it in pages
        return Access(config.server.token, in_pages=False)
    path: str = request.scope["path"]
    feed = config.feed(path.split("/")[2].partition(".")[0]) if path.startswith("/feeds/") else None
    if feed is not None and feed.token and (_same(asked, feed.token) or _same(sent, feed.token)):
        return Access(feed.token, in_address=_same(asked, feed.token), only=feed.id)
    return None


def _cookies(request: Request) -> Iterator[str]:
    """The values of our cookie. (Python's own parser takes seconds to unquote what somebody may send.)"""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            name, _, value = pair.partition("=")
            if name.strip() == COOKIE:
                yield value.strip()


def _opens(given: str, config: Config) -> bool:
    tokens = [token for token in (config.server.token, config.server.admin_token) if token]
    return any(_same(given, token) for token in tokens)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _session(config: Config) -> str:
    """What the cookie of somebody who signed in holds: it tells nothing of the token, and ends with it."""
    return blake2b(b"signed in", key=config.server.token.encode()[:64], digest_size=24).hexdigest()
