"""The check of ``[[webhook]]``, ``[[channel]]`` and the hub: who is sent events."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from daemon.config import file as written_form
from daemon.config.values import Values
from feeds.deciding.rules import CHANGES
from feeds.errors import TemplateError
from feeds.model import EVENT_TYPES, FEED_CHANGED, Endpoint
from feeds.toml import place, quoted

HUB = "websub"  # under which deliveries to the hub are listed
MAX_TEMPLATE = 100_000  # bytes: a message has a thousand
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:;[ !-~]*)?")  # RFC 9110 section 8.3.1


class Endpoints:
    """Turns the tables into endpoints; ``feeds`` are the ids that rules may name."""

    def __init__(self, values: Values, written: written_form.File, feeds: set[str]) -> None:
        self.values, self.faults, self.written, self.feeds = values, values.faults, written, feeds

    def all(self, hub: str | None) -> tuple[Endpoint, ...]:
        """Every endpoint, in the order of the file; the hub last."""
        webhooks = [self._webhook(n, item) for n, item in enumerate(self.written.webhook, 1)]
        channels = [self._channel(n, item) for n, item in enumerate(self.written.channel, 1)]
        hubs = [Endpoint(id=HUB, url=hub, events=(FEED_CHANGED,), channel="websub")] if hub else []
        return (*webhooks, *channels, *hubs)

    def _webhook(self, number: int, item: written_form.WebhookTable) -> Endpoint:
        where = place("webhook", number, item.id)
        if item.content_type and not _HEADER.fullmatch(item.content_type):
            self.faults.add(f"{where}content_type", f'is {quoted(item.content_type)}; write one such as "text/plain"')
        if item.content_type and not item.body:
            self.faults.add(f"{where}content_type", "is that of a body of one's own; name its template in body")
        return self._endpoint(
            where,
            item,
            url=self.values.url(f"{where}url", item.url),
            channel="webhook",
            secrets=self._secrets(where, item),
            content_type=item.content_type or "application/json",
        )

    def _channel(self, number: int, item: written_form.ChannelTable) -> Endpoint:
        where = place("channel", number, item.id)
        return self._endpoint(
            where,
            item,
            url=self._address(where, item),
            channel="apprise",
            title=self._template(f"{where}title", item.title),
            language=item.language or None,
        )

    def _endpoint(
        self, where: str, item: written_form.EndpointTable, *, url: str, channel: str, **own: object
    ) -> Endpoint:
        for name in item.events:
            self.values.known(f"{where}events", name, EVENT_TYPES, "event")
        for name in item.feeds:
            self.values.known(f"{where}feeds", name, self.feeds, "feed")
        for name in item.changes:
            self.values.known(f"{where}changes", name, CHANGES, "field")
        if item.id == HUB:
            self.faults.add(f"{where}id", f"is {quoted(HUB)}, which is the hub's; choose another")
        value = self.values.value
        return Endpoint(
            id=self.values.id(where, item.id),
            url=url,
            channel=channel,
            events=item.events,
            feeds=item.feeds,
            include=self.values.patterns(f"{where}include", item.include),
            exclude=self.values.patterns(f"{where}exclude", item.exclude),
            changes=item.changes,
            authors=item.authors,
            sections=item.sections,
            tags=item.tags,
            merge=item.merge,
            rate=value(f"{where}rate", item.rate, written_form.rate, None) if item.rate else None,
            digest=value(f"{where}digest", item.digest, written_form.digest, None) if item.digest else None,
            quiet=value(f"{where}quiet", item.quiet, written_form.quiet, None) if item.quiet else None,
            timezone=self.values.zone(where, item.timezone or None, self.written.defaults.timezone or "UTC"),
            body=self._template(f"{where}body", item.body),
            **own,  # type: ignore[arg-type]
        )

    def _address(self, where: str, item: written_form.ChannelTable) -> str:
        """A service's address, which is a secret: no fault repeats it."""
        if bool(item.url) == bool(item.url_file):
            found = "both are there" if item.url else "neither is there"
            self.faults.add(f"{where}url", f"or url_file is needed, and {found}; give one of them")
            return ""
        key, address = f"{where}url", item.url
        if item.url_file:
            key = f"{where}url_file"
            address = self.values.read(
                key, item.url_file, "put the service's address there, such as tgram://TOKEN/CHAT"
            )
        if address and not _SCHEME.fullmatch(address):
            self.faults.add(key, "is no address of a service; write one such as tgram://TOKEN/CHAT or mailto://…")
        return address

    def _template(self, key: str, name: str) -> str:
        """The text of a template's file."""
        if not name:
            return ""
        file = self.values.file.absolute().parent / name
        try:
            if file.stat().st_size > MAX_TEMPLATE:
                self.faults.add(key, f"{file} is larger than {MAX_TEMPLATE:,} bytes; a message is short")
                return ""
            text = file.read_text("utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a text in UTF-8"
            self.faults.add(key, f"{file} cannot be read: {reason}; name a Jinja2 template beside this file")
            return ""
        from feeds.writing import alerts  # here: Jinja2 is not needed without a template

        try:
            alerts.compiled(text, "text", file.name)
        except TemplateError as error:
            self.faults.add(key, f"{error}; see docs/reference/templates.md")
        return text

    def _secrets(self, where: str, item: written_form.WebhookTable) -> tuple[str, ...]:
        files: Sequence[str] = (item.secret_file,) if isinstance(item.secret_file, str) else item.secret_file
        files = [name for name in files if name]
        if bool(item.secret) == bool(files):
            found = "both are there" if item.secret else "neither is there"
            self.faults.add(f"{where}secret", f"or secret_file is needed, and {found}; give one of them")
            return ()
        hint = "put a secret there (whsec_ and base64)"
        secrets = [item.secret] if item.secret else [self.values.read(f"{where}secret_file", f, hint) for f in files]
        for secret in filter(None, secrets):
            if not _is_secret(secret):  # the secret itself is not told: this line may end up in a log
                key = f"{where}secret{'_file' if files else ''}"
                self.faults.add(key, "is no secret; write whsec_ followed by at least 16 bytes in base64")
        return tuple(filter(None, secrets))


def _is_secret(secret: str) -> bool:
    try:
        return secret.startswith("whsec_") and len(base64.b64decode(secret[6:], validate=True)) >= 16
    except ValueError:
        return False
