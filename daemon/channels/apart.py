"""What channels do in a process that can be ended: fill in templates, and speak to services through apprise.

The process has limits of memory and time, connects only where the guard lets it, and starts no program.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from daemon.http.guard import AddressRefusedError, Guard, Network
from daemon.workers import settle_in
from feeds.errors import TemplateError
from feeds.model import Endpoint
from feeds.writing import alerts

MEMORY_LIMIT = 1024**3  # bytes of address space
MAX_SAID = 300  # characters of what a service answered
LISTED = "[deliver] allow_networks"
MAIL = frozenset({"mailto", "mailtos"})  # whose title is the subject of the mail
PLAIN = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})  # receivers of one's own: text, unless they say
PICTURED = ("ntfy://", "ntfys://")  # services that show a picture by its address; chats unfold the link themselves
SECRET = 6  # characters of a part of an address that may be a token or a password
_PARTS = re.compile(r"[/:@?&=#,;]+")
_STATUS = re.compile(r"error=(\d{3})\b")
_refused: list[str] = []  # what the guard said while something was sent


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint wants its messages: templates (empty: the default), zone and language."""

    body: str = ""
    title: str = ""
    timezone: str = "UTC"
    language: str | None = None

    @classmethod
    def of(cls, endpoint: Endpoint) -> Wording:
        """That of the endpoint."""
        return cls(body=endpoint.body, title=endpoint.title, timezone=endpoint.timezone, language=endpoint.language)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the service took the message; the ``error`` is what apprise said, ``status`` the one in it."""

    accepted: bool
    status: int | None = None
    error: str | None = None


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What apprise knows of the service behind an address. ``most``: characters of a message, its title among them."""

    name: str
    format: alerts.Format
    most: int
    has_title: bool
    is_mail: bool


def worded(payload: bytes, wording: Wording) -> str:
    """The body of a webhook in its receiver's own form. Raises `TemplateError`."""
    alert = _alert(payload, wording)
    text = alerts.filled(alerts.compiled(wording.body, "text", "body"), alert, "body")
    if not text:
        raise TemplateError("body", f"says nothing of {alert['type']}")
    return text


def sent(payload: bytes, url: str, wording: Wording) -> Sent:
    """Send the event to a service. Raises `TemplateError`."""
    import apprise

    try:
        plugin = instance(url)
    except ValueError as error:
        return Sent(accepted=False, error=str(error))
    title, body = texts(payload, service_of(plugin), wording)
    if plugin.url().startswith(PICTURED) and (picture := _alert(payload, wording).get("picture")):
        plugin.attach = picture  # an address: the service asks for it itself
    said = _Said()
    _refused.clear()
    with said:
        good = plugin.notify(
            body=body,
            title=title,
            notify_type=apprise.NotifyType.INFO,
            body_format=apprise.NotifyFormat(service_of(plugin).format),
        )
    if good:
        return Sent(accepted=True)
    found = _STATUS.search(said.text)
    status = int(found[1]) if found else None
    # A service's library says "connection error" where the guard has said what to do.
    cause = _refused[-1] if _refused else _without_secrets(said.text, url, str(getattr(plugin, "host", "")))
    return Sent(accepted=False, status=status, error=cause or "the service did not take it, and did not say why")


def _without_secrets(text: str, url: str, host: str) -> str:
    """What a service's library says, without the tokens of its address: it is stored, and shown on pages."""
    for part in {*_PARTS.split(url), *_PARTS.split(unquote(url))}:
        if len(part) >= SECRET and part != host:
            text = text.replace(part, "…")
    return text


def texts(payload: bytes, service: Service, wording: Wording) -> tuple[str, str]:
    """Title and body of an event for a service, in its markup and within its limits. Raises `TemplateError`."""
    alert = _alert(payload, wording)
    title = ""
    if wording.title:
        markup = "text" if service.has_title else service.format  # without a title of its own it joins the body
        title = alerts.filled(alerts.compiled(wording.title, markup, "title"), alert, "title")
    elif service.is_mail or (service.format == "text" and service.has_title):
        title = alert["headline"]
    alert |= {"titled": bool(title), "picture": alert.get("picture", "") if service.is_mail else ""}
    template = alerts.compiled(wording.body or alerts.default(service.format), service.format, "body")
    room = service.most - len(title) - 10
    text = alerts.fitting(template, alert, room, "body")
    return title, text or _headline_alone(alert, service.format, room)


def _headline_alone(alert: alerts.Alert, markup: alerts.Format, room: int) -> str:
    """What is left of a message that fits in no other way. Escaped, a character becomes six at most."""
    short = {"headline": alerts.cut(alert["headline"], max(20, room // 6))}
    return alerts.filled(alerts.compiled("{{ headline }}", markup), short)


def instance(url: str) -> Any:
    """The apprise plugin of an address. Raises `ValueError` for one that apprise cannot use."""
    import apprise

    asset = apprise.AppriseAsset(
        app_id="bantin", app_desc="bantin", storage_mode=apprise.PersistentStoreMode.MEMORY, plugin_paths=[]
    )
    found = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if found is None:
        scheme = url.partition("://")[0][:20]
        raise ValueError(f"apprise cannot use this address of {scheme}://; its wiki says how such addresses look")
    return found


def service_of(plugin: Any) -> Service:
    """What apprise says of its plugin."""
    formats = plugin.notify_format
    formats = [item.value for item in (formats if isinstance(formats, tuple | list | set) else [formats])]
    scheme = plugin.url().partition("://")[0]
    order: tuple[alerts.Format, ...] = ("text", "html", "markdown") if scheme in PLAIN else ("html", "markdown", "text")
    return Service(
        name=str(plugin.service_name),
        format=next((name for name in order if name in formats), "text"),
        most=plugin.body_maxlen,
        has_title=plugin.title_maxlen > 0,
        is_mail=scheme in MAIL,
    )


def _alert(payload: bytes, wording: Wording) -> alerts.Alert:
    body = msgspec.json.decode(payload, type=dict[str, Any])
    return alerts.message(body, timezone=wording.timezone, language=wording.language)


class _Said(logging.Handler):
    """Keeps what apprise says while something is sent: it returns no reasons."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """The first two lines: the failure, and its cause."""
        if len(self.text) < MAX_SAID:
            self.text = "; ".join(filter(None, (self.text, record.getMessage())))[:MAX_SAID]

    def __enter__(self) -> _Said:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)


def prepare(allowed: Sequence[Network], *, with_apprise: bool) -> None:
    """In a new process: limits, the guard, and no part in the terminal's signals."""
    settle_in(MEMORY_LIMIT)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]  # connections go where the guard looks, and not through somebody else's
    os.environ["NETRC"] = os.devnull
    if with_apprise:
        import apprise  # noqa: F401  # the first message should not pay for it
    # What it logs by itself may hold an address with its token: nobody but `_Said` hears it.
    logger = logging.getLogger("apprise")
    logger.propagate, logger.handlers = False, [logging.NullHandler()]
    logger.setLevel(logging.WARNING)
    guard = Guard(tuple(allowed), LISTED)
    sys.addaudithook(lambda event, args: _watch(guard, event, args))


_PROGRAMS = frozenset(
    {"subprocess.Popen", "os.exec", "os.system", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"}
)


def _watch(guard: Guard, event: str, args: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578): raises where something is about to connect to an address that is refused."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        where, address = args[:2]
        if event == "socket.sendmsg" and address is None:
            return  # on a connection that was let through
        if where.family == socket.AF_UNIX or not isinstance(address, tuple):
            raise _refusal(str(address))
        try:
            good = guard.permits(str(address[0]))
        except ValueError:  # a name: it may lead elsewhere when it is looked up once more
            good = False
        if not good:
            raise _refusal(str(address[0]))
    elif event in _PROGRAMS:
        raise PermissionError(f"{event}: a channel starts no program")


def _refusal(address: str) -> AddressRefusedError:
    error = AddressRefusedError(address[:100], LISTED)
    _refused.append(str(error))
    return error


def previewed(payload: bytes, endpoint: Endpoint) -> str:
    """What the endpoint is sent of an event, for people. Raises `TemplateError`, and `ValueError` for its address."""
    wording = Wording.of(endpoint)
    if endpoint.channel != "apprise":
        return worded(payload, wording) if endpoint.body else payload.decode()
    plugin = instance(endpoint.url)
    if len(plugin) > 1 and not service_of(plugin).is_mail:
        raise ValueError("the address names several targets, and one that fails would have all told again; split it")
    title, body = texts(payload, service_of(plugin), wording)
    return f"{title}\n\n{body}" if title else body
