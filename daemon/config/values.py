"""How the values of a configuration are checked, one by one: every fault is told with what is allowed."""

from __future__ import annotations

import ipaddress
import os
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import regex

from daemon.config import file as written_form
from daemon.config.config import Network
from daemon.config.hints import size_of
from feeds.reading import urls
from feeds.toml import ID, Faults, nearest, quoted

NAMED = 20  # names in one message
# Of an expression: a list of 1,600 words takes .05 s to prepare, as many pieces .05 s and 30 MB.
MAX_PATTERN, MAX_PIECES = 10_000, 100_000
T = TypeVar("T")


class Values:
    """Reads values, and gathers every fault on the way."""

    def __init__(self, file: Path, env: Mapping[str, str], faults: Faults) -> None:
        self.file, self.env, self.faults = file, env, faults

    def read(self, key: str, name: str, hint: str) -> str:
        """The text of a file that holds a secret; empty with a fault where there is none."""
        file = self.credential(name)
        try:
            found = file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a text"
            self.faults.add(key, f"{file} cannot be read: {reason}; {hint}")
            return ""
        if not found:
            self.faults.add(key, f"{file} is empty; {hint}")
        return found

    def credential(self, name: str) -> Path:
        """What systemd hands over, in a folder of its own; what is not there lies beside the configuration.

        A credential is handed over at the start only; a file beside the configuration can come with a reload.
        """
        folder = self.env.get("CREDENTIALS_DIRECTORY")
        given = os.path.join(folder, name) if folder else ""  # noqa: PTH118  # "" is no folder
        return Path(given) if given and os.path.exists(given) else self.file.absolute().parent / name  # noqa: PTH110

    def value(self, key: str, text: str, read: Callable[[str], T], otherwise: T) -> T:
        """What ``read`` makes of a value; where it refuses, a fault, and ``otherwise`` to go on with."""
        try:
            return read(text)
        except ValueError as error:
            self.faults.add(key, f"is {quoted(text)}; {error}")
            return otherwise

    def id(self, where: str, value: str) -> str:
        """An id."""
        if not ID.fullmatch(value):
            self.faults.add(f"{where}id", f"is {quoted(value)}; use a-z, 0-9 and -, at most 64 characters")
        return value

    def url(self, key: str, value: str) -> str:
        """A web address, made absolute."""
        found = urls.absolute("", value)
        if found is None:
            self.faults.add(key, f"{quoted(value)} is no web address; write https://… or http://… without a password")
            return value
        return found

    def zone(self, where: str, value: str | None, default: str) -> str:
        """The name of a time zone."""
        try:
            ZoneInfo(default if value is None else value)
        except (KeyError, ValueError, OSError):
            hint = nearest(str(value), _zones()) or "write one such as Asia/Ho_Chi_Minh"
            self.faults.add(f"{where}timezone", f"is {quoted(value)}, an unknown time zone; {hint}")
            return default
        return default if value is None else value

    def steps(self, where: str, values: tuple[str, ...] | None, default: tuple[float, ...]) -> tuple[float, ...]:
        """Seconds, in their order."""
        if values is None:
            return default
        return tuple(sorted(self.duration(f"{where}recheck", value, least=1) for value in values))

    def duration(self, key: str, value: str, least: float = 0) -> float:
        """Seconds."""
        return self.value(key, value, lambda text: written_form.duration(text, least), 0.0)

    def networks(self, key: str, values: tuple[str, ...]) -> tuple[Network, ...]:
        """Networks, of addresses or of whole ranges."""
        found = []
        for value in values:
            try:
                found.append(ipaddress.ip_network(value))
            except ValueError as error:
                self.faults.add(key, f'{quoted(value)} is no network: {error}; write one such as "192.168.1.0/24"')
        return tuple(found)

    def patterns(self, key: str, values: tuple[str, ...]) -> tuple[str, ...]:
        """Regular expressions that can be compiled in a moment."""
        for value in values:
            if len(value) > MAX_PATTERN or size_of(value) > MAX_PIECES:
                most = f"at most {MAX_PATTERN:,} characters, and {MAX_PIECES:,} with its {{…}} written out"
                self.faults.add(key, f"{quoted(value)} is too large; an expression has {most}: write several")
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of what a later Python may read differently: it is read as now
                    regex.compile(value, regex.IGNORECASE)
            except (regex.error, OverflowError, RecursionError, MemoryError) as error:
                self.faults.add(key, f"{quoted(value)} is no regular expression: {error}")
        return values

    def at_least(self, least: int, key: str, value: int) -> int:
        """A number."""
        if value < least:
            self.faults.add(key, f"is {quoted(value)}; write at least {least}")
        return value

    def known(self, key: str, value: str, allowed: Collection[str], noun: str) -> None:
        """A name that there is."""
        if value not in allowed:
            hint = nearest(value, allowed) or _these(allowed)
            self.faults.add(key, f"names {quoted(value)}, and there is no such {noun}; {hint}")

    def distinct(self, where: str, ids: Iterable[str]) -> None:
        """Ids that are each there once."""
        seen: set[str] = set()
        for name in filter(None, ids):
            if name in seen:
                self.faults.add(where, f"id {quoted(name)} is there twice; give each its own")
            seen.add(name)


@cache
def _zones() -> set[str]:
    return available_timezones()  # reads a folder tree: some hundredths of a second


def _these(names: Collection[str]) -> str:
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"there are: {', '.join(list(names)[:NAMED]) or 'none'}{more}"
