"""Opening the database, reading from it and writing to it: what is the same for every kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError

from feeds.errors import StateError
from state import databases


def open_engine(url: str) -> Engine:
    """An engine for ``url`` (``sqlite:///…``, ``postgresql://…``). Nothing is opened yet.

    Raises `StateError` where the URL names a database that no state is kept in.
    """
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
        return databases.of(parsed).open_engine(parsed)
    except ArgumentError as error:
        raise StateError(url, "is no database URL", _examples()) from error
    except KeyError as error:
        raise StateError(parsed.render_as_string(hide_password=True), "is not supported", _examples()) from error


def _examples() -> str:
    """Of every kind; a kind's module, and its driver, are imported for it or when a database of it is opened only."""
    return f"use one of: {', '.join(databases.of(make_url(f'{name}://')).EXAMPLE for name in databases.names())}"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one consistent state and never waits for a writer."""
    with clear_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def asking(engine: Engine) -> Iterator[Connection]:
    """A connection each of whose questions sees a consistent state of its own: where that is enough."""
    with clear_errors(engine), engine.connect() as connection:
        yield connection.execution_options(**databases.of(engine).ALONE)


@contextmanager
def writing(engine: Engine, *, durable: bool = True, together: bool = True) -> Iterator[Connection]:
    """One write transaction: all of it is stored, or nothing.

    ``durable`` waits until the disk has it. Without, a power cut (not a crash) may undo the last transactions: right
    for the outcome of a poll that found nothing, of which there are hundreds a second. ``together`` is how statements
    reach a server (`databases.Database.together`); without, rows can be read some at a time.
    """
    with clear_errors(engine), engine.connect() as connection:
        connection = connection.execution_options(write=True, durable=durable)
        with connection.begin(), databases.of(engine).together(connection) if together else nullcontext():
            yield connection


@contextmanager
def clear_errors(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors that an operator can mend into a `StateError` that says how."""
    try:
        yield
    except (IntegrityError, DataError):
        raise  # a mistake of ours, whatever words of stored texts the message repeats
    except (OperationalError, InterfaceError, DatabaseError) as error:
        said = str(error.orig).lower()
        for sign, cause, hint in databases.of(engine).CAUSES:
            if sign in said:
                raise StateError(databases.place(engine), cause, hint) from error
        raise
