"""Who may see what: the names that bantin answers to, tokens, and signing in.

1. A name that nobody gave this bantin gets no answer: a web page that resolves its own name to this machine (DNS
   rebinding) reads nothing. Numeric addresses pass, for they cannot be rebound.
2. ``[server] token`` opens everything: as ``?token=``, as ``Authorization: Bearer``, or by signing in, which sets a
   cookie that is good for nothing else. The ``admin_token`` opens what the token does, and only by signing in. A
   feed's own token opens that feed. Guessing is slow, wherever the token is sent.
3. Who signs in with the ``admin_token`` may change things, for a day, by forms that carry what only pages of this
   session know (a synchronizer token: OWASP's cheat sheet on cross-site request forgery). No address does.
4. What is given out carries the token that it was asked for with, so that readers can follow its addresses.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from urllib.parse import quote, urlsplit

import msgspec
from cachetools import TTLCache
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from daemon import logs
from daemon.config import Config, split_listen
from daemon.web.errors import Errors
from daemon.web.forms import read_form
from daemon.web.pages.context import ACCESS, Access

OPEN = (
    "/style.css",
    "/icon.svg",
    "/copy.js",
    "/robots.txt",
)  # paths that need no token: they show nothing of what is watched
OPEN_UNDER = "/websub/"  # behind it stands a name that nobody can guess
HEALTH = ("/healthz", "/readyz")  # nor a name
SIGN_IN = "/sign-in"
MAX_PATH = 1_000  # characters; no address of ours is longer
REMEMBERED_FOR = 30 * 86_400  # seconds that somebody stays signed in
SIGN_OUT = "/sign-out"
COOKIE, ADMIN = "bantin", "bantin-admin"
ADMIN_FOR = 86_400  # seconds that somebody may change things: a day's shift, and not the next month's
FREE = 10  # wrong tokens of one client before it waits; a person mistypes three times
FREE_BEHIND = 1_000  # of all that come through one proxy; what it says of them may be a client's lie
PAUSE = 2.0  # seconds before each further try: a million guesses are three weeks
MAX_NAMED = 50  # characters of a client's address, as a proxy names it
MAX_WAITING = 50  # of all clients; each holds a connection
MAX_CLIENTS, FORGET = 10_000, 600.0  # that are remembered, and for how many seconds


class Gate:
    """Lets requests through that may pass. ``base`` is the address that documents name themselves by."""

    def __init__(self, app: ASGIApp, config: Callable[[], Config], errors: Errors, base: str) -> None:
        self.app, self.config, self.errors = app, config, errors
        self._guesses = Guesses()
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
            scope[ACCESS] = _access(request, config)
            await (await self._sign_in(request, config))(scope, receive, send)
            return
        if scope["path"] == SIGN_OUT:
            await (await self._sign_out(request, config))(scope, receive, send)
            return
        access = _access(request, config)
        try:
            if config.server.token and any(_sent(request)):
                await self._guesses.try_(request, lambda: access is not None)
        except HTTPException as error:
            await self.errors.answer(request, error.status_code, error.detail, error.headers)(scope, receive, send)
            return
        if access is None and not _is_open(scope["path"]):
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
        if not config.server.token and not config.server.admin_token:
            return self.errors.answer(request, 404, "everything is open here: there is nothing to sign in to")
        if request.method in ("GET", "HEAD"):
            return self.errors.refused(request)
        if request.method != "POST":
            return self.errors.answer(request, 405, "a form is posted here", {"allow": "GET, POST"})
        try:
            token, to = await read_form(request, "token", "to")
            if not await self._guesses.try_(request, lambda: _opens(token, config)):
                return self.errors.refused(request)
        except HTTPException as error:
            return self.errors.answer(request, error.status_code, error.detail, error.headers)
        there = quote(to.lstrip("/\\"), safe="/?=&%+-._~,")
        answer = Response(status_code=303, headers={"location": f"./{there}"})
        if config.server.token:
            _set(answer, config, COOKIE, _session(config), REMEMBERED_FOR, "Lax")
        if config.server.admin_token and _same(token, config.server.admin_token):
            _set(answer, config, ADMIN, _admin_session(config, int(time.time())), ADMIN_FOR, "Strict")
        return answer

    async def _sign_out(self, request: Request, config: Config) -> Response:
        """Change nothing any more."""
        if request.method != "POST":
            return self.errors.answer(request, 405, "a form is posted here", {"allow": "POST"})
        answer = Response(status_code=303, headers={"location": "./"})
        _set(answer, config, ADMIN, "", 0, "Strict")
        return answer


class Guesses:
    """Tries tokens. Whoever guesses waits before each further try, one at a time; others do not.

    Behind a proxy of this machine a client is whom the proxy names last in X-Forwarded-For. A proxy that hands a
    client's own lies on is why those who come through it are counted together as well.
    """

    def __init__(self) -> None:
        self._wrong: TTLCache[str, int] = TTLCache(MAX_CLIENTS, FORGET)
        self._turns: TTLCache[str, asyncio.Lock] = TTLCache(MAX_CLIENTS, FORGET)
        self._waiting = 0

    async def try_(self, request: Request, opens: Callable[[], bool]) -> bool:
        """Whether it opens. Raises `HTTPException` where too many wait."""
        client, proxy = _client(request)
        if self._wrong.get(client, 0) < FREE and self._wrong.get(proxy, 0) < FREE_BEHIND:
            return self._count(client, proxy, opens())
        if self._waiting >= MAX_WAITING:
            raise HTTPException(429, "too many wrong tokens; wait a minute", {"retry-after": "60"})
        self._waiting += 1
        try:
            async with self._turns.setdefault(client, asyncio.Lock()):
                await asyncio.sleep(PAUSE)
                return self._count(client, proxy, opens())
        finally:
            self._waiting -= 1

    def _count(self, client: str, proxy: str, opened: bool) -> bool:
        if opened:
            return True
        if proxy:
            self._wrong[proxy] = self._wrong.get(proxy, 0) + 1
        wrong = self._wrong[client] = self._wrong.get(client, 0) + 1
        if wrong & (wrong - 1) == 0:  # the first, the second, the fourth …: ten thousand are fourteen lines
            logs.get().warning("wrong token", client=client or "a Unix socket", times=wrong)
        return False


def _client(request: Request) -> tuple[str, str]:
    """Who asks, and through which proxy of this machine ("": none)."""
    peer = _customer(request.client.host if request.client else "")
    named = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()[:MAX_NAMED]
    if named and (peer in ("", "::/64") or peer.startswith("127.")):
        return _customer(named), f"{peer or 'a Unix socket'} (all)"
    return peer, ""


def _customer(host: str) -> str:
    """The address; of IPv6 the network, which is one customer's (RFC 6177)."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _set(answer: Response, config: Config, name: str, value: str, seconds: int, site: str) -> None:
    secure = "; Secure" if config.server.public_url.startswith("https:") else ""
    # Without a path it is good for the folder of this address, wherever bantin stands (RFC 6265 section 5.1.4).
    answer.headers.append("set-cookie", f"{name}={value}; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}")


def _is_open(path: str) -> bool:
    return path in (*HEALTH, *OPEN) or path.startswith(OPEN_UNDER)


_PORT = re.compile(r":[0-9]*$")


def _access(request: Request, config: Config) -> Access | None:
    """What the request may see; None: nothing."""
    found = _seen(request, config)
    if found is None or found.only is not None:
        return found
    session = next((given for given in _cookies(request, ADMIN) if _is_admin(given, config)), "")
    return msgspec.structs.replace(
        found,
        inside=not config.server.is_public or bool(session),
        form=_mac(config.server.admin_token, f"form {session}") if session else "",
        can_sign_in=bool(config.server.admin_token),
    )


def _seen(request: Request, config: Config) -> Access | None:
    if not config.server.token:
        return Access()
    asked, sent = _sent(request)
    if _same(asked, config.server.token):
        return Access(config.server.token, in_address=True)
    if any(_same(given, _session(config)) for given in _cookies(request, COOKIE)):
        return Access(config.server.token)
    if _same(sent, config.server.token):  # a program that sends it has no use for it in pages
        return Access(config.server.token, in_pages=False)
    path: str = request.scope["path"]
    feed = config.feed(path.split("/")[2].partition(".")[0]) if path.startswith("/feeds/") else None
    if feed is not None and feed.token and (_same(asked, feed.token) or _same(sent, feed.token)):
        return Access(feed.token, in_address=_same(asked, feed.token), only=feed.id)
    return None


def _sent(request: Request) -> tuple[str, str]:
    """The tokens in the address and in the Authorization header (RFC 6750 section 2); "" where there is none."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return request.query_params.get("token", ""), bearer.strip() if scheme.lower() == "bearer" else ""


def _cookies(request: Request, wanted: str) -> Iterator[str]:
    """The values of a cookie of ours. (Python's own parser takes seconds to unquote what somebody may send.)"""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            name, _, value = pair.partition("=")
            if name.strip() == wanted:
                yield value.strip()


def _opens(given: str, config: Config) -> bool:
    tokens = [token for token in (config.server.token, config.server.admin_token) if token]
    return any(_same(given, token) for token in tokens)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _session(config: Config) -> str:
    """What the cookie of somebody who signed in holds: it tells nothing of the token, and ends with it."""
    return _mac(config.server.token, "signed in")


def _admin_session(config: Config, now: int) -> str:
    """What the cookie of somebody holds who may change things: since when, and a proof that we said so."""
    begun = f"{now}-{secrets.token_hex(8)}"
    return f"{begun}-{_mac(config.server.admin_token, f'admin {begun}')}"


def _is_admin(given: str, config: Config) -> bool:
    begun, _, proof = given.rpartition("-")
    since = begun.partition("-")[0]
    if not config.server.admin_token or not since.isdigit() or len(since) > 12:
        return False
    return _same(proof, _mac(config.server.admin_token, f"admin {begun}")) and 0 <= time.time() - int(since) < ADMIN_FOR


def _mac(secret: str, text: str) -> str:
    key = blake2b(secret.encode()).digest()  # a key has 64 bytes at most, and a token may differ behind them
    return blake2b(text.encode(), key=key, digest_size=24).hexdigest()
