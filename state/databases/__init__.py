"""What differs between databases. One module for each, found by the name in the database's URL.

`of` gives the module for a URL, an engine or a connection; every module has what `Database` lists.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import URL, ColumnElement, Connection, Engine

# An option of a statement: nobody asks how many rows it changed, so it need not be waited for. Its mistakes are told
# with the next statement, or at the end of the transaction. INSERTs that return nothing are so by themselves.
UNHEARD = {"unheard": True}


class Examined(NamedTuple):
    """What looking a database through gave: its size in bytes, and pairs of what is wrong and what to do.

    Not ``whole``: the time did not suffice to look at all of it.
    """

    encoding: str
    size: int
    faults: tuple[tuple[str, str], ...] = ()
    whole: bool = True


class Database(Protocol):
    """What a module of this package offers."""

    EXAMPLE: str  # a URL, for people to copy
    # What the server or library says (a part of it, in lower case), what it means, and what to do.
    CAUSES: tuple[tuple[str, str, str], ...]
    EXACT_WORDS: bool  # whether the index of words has to be told exactly what it was told, to forget it
    ONE_WRITER: bool  # whether writers wait for each other, so that looking whether there is work comes first
    ALONE: Mapping[str, Any]  # the options of a connection whose questions are a transaction each
    insert: Callable[..., Any]  # an INSERT that knows ON CONFLICT

    def among(self, column: Any, names: Sequence[str]) -> ColumnElement[bool]:
        """Whether the column has one of thousands of names, sent as one value: a text of as many parameters takes a

        tenth of a second to put together.
        """

    def open_engine(self, url: URL) -> Engine:
        """An engine whose connections are set up; nothing is opened yet."""

    def clock(self, engine: Engine) -> Callable[[], datetime]:
        """The clock that leases and due times are judged by: the same one for all who share the database."""

    def together(self, tx: Connection) -> AbstractContextManager[None]:
        """Around what a transaction does: what nobody waits for (`UNHEARD`) goes to the server with what follows."""

    def one_at_a_time(self, tx: Connection) -> None:
        """Wait until no other transaction that asked for this is open (until the end of this one)."""

    def rebuilding(self, connection: Connection) -> AbstractContextManager[None]:
        """Around a transaction in which tables that others refer to may be made anew."""

    def check_references(self, tx: Connection) -> None:
        """Raises `StateError` where a row refers to one that is not there; before the end of such a transaction."""

    def exists(self, engine: Engine) -> bool:
        """Whether there may be something to read, without making anything."""

    def prepare(self, engine: Engine) -> None:
        """Make what must be there before the tables: the folder of a file."""

    def keep_copy(self, engine: Engine, label: str) -> str:
        """Copy the database before it is migrated; returns a sentence on where to, or on who has to."""

    def after_copy(self, tx: Connection) -> None:
        """Rows with numbers were put in from elsewhere: go on counting after them."""

    def store_words(self, tx: Connection, texts: Mapping[int, str]) -> None:
        """Index the folded texts of stories that are not indexed."""

    def forget_words(self, tx: Connection, texts: Mapping[int, str]) -> None:
        """Take stories out of the index; ``texts`` are those that they were indexed with."""

    def forget_all_words(self, tx: Connection) -> None:
        """Empty the index."""

    def find_words(
        self, tx: Connection, phrases: Sequence[str], sources: Sequence[str] | None, limit: int, before: int | None
    ) -> list[int]:
        """Stories of these sources with all of these, the newest first; ``before`` pages on by a story's number."""

    def tidy(self, engine: Engine) -> None:
        """Nightly: statistics, freed space, and a check of the whole; raises `StateError` where it is damaged."""

    def examine(self, engine: Engine, within: float) -> Examined:
        """Look the database through, for at most so many seconds; changes nothing, and holds up nobody."""

    def backup(self, engine: Engine, target: Path) -> None:
        """A consistent copy, as an SQLite file."""


def of(bound: URL | Engine | Connection) -> Database:
    """The module of the database that ``bound`` belongs to. Raises KeyError where there is none."""
    name = bound.get_backend_name() if isinstance(bound, URL) else bound.dialect.name
    if name not in names():
        raise KeyError(name)
    return cast(Database, import_module(f"{__name__}.{name}"))


@cache
def names() -> tuple[str, ...]:
    """The databases that there are, by the name in their URLs."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def place(engine: Engine) -> str:
    """The database as messages name it: its file, or its URL without the password."""
    url = engine.url
    if url.host is None and url.database and url.get_backend_name() == "sqlite":
        return url.database
    secrets = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(cast(Mapping[str, str], secrets)).render_as_string(hide_password=True)
