"""Bringing a database to the shape that this version writes, never without a copy of what was there before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select, text

from feeds.errors import StateError
from state import databases, tables
from state.connections import clear_errors, reading
from state.search import mark_if_empty

HEAD = "0013"  # the newest migration in migrations/versions; a test holds the two together


def version_of(engine: Engine) -> str | None:
    """The migration that the database stands at; None for one without tables. Creates nothing."""
    with clear_errors(engine):
        if not databases.of(engine).exists(engine):
            return None
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            others = inspect(connection).get_table_names()
            if others:
                cause = f"is another program's database (it has a table {others[0]!r})"
                raise StateError(databases.place(engine), cause, "name another database in [state] url")
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found else None


def upgrade(engine: Engine, *, version: str, tell: Callable[[str], None] = lambda _: None) -> bool:
    """Create the tables, or migrate an older database after a copy beside it; returns whether there was work.

    ``version`` is bantin's, noted in the database so that an older program can name the one that it needs.
    Raises `StateError` for a database that a newer bantin wrote: it is left as it is.
    """
    found = version_of(engine)
    if found == HEAD:
        return False
    if found is not None and found not in _known():
        raise StateError(
            databases.place(engine),
            f"was written by a newer bantin ({_writer(engine)}, tables {found}; this version knows {HEAD})",
            f"install bantin {_writer(engine)} or newer, or restore an older backup",
        )
    if found is not None:
        with clear_errors(engine):
            tell(databases.of(engine).keep_copy(engine, f"before-{HEAD}-from-{found}"))
    _migrate(engine, version)
    tell(f"{'created' if found is None else 'migrated'} {databases.place(engine)} (tables {HEAD})")
    return True


def _migrate(engine: Engine, version: str) -> None:
    # Imported here: most starts have nothing to migrate, and Alembic takes a tenth of a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    databases.of(engine).prepare(engine)
    with clear_errors(engine), engine.connect() as connection:
        connection = connection.execution_options(write=True, durable=True)
        with databases.of(connection).rebuilding(connection), connection.begin():
            databases.of(connection).one_at_a_time(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
            _sign(connection, version)
            mark_if_empty(connection)
            databases.of(connection).check_references(connection)


def _sign(connection: Connection, version: str) -> None:
    connection.execute(tables.meta.delete().where(tables.meta.c.key == "written_by"))
    connection.execute(tables.meta.insert().values(key="written_by", value=version))


def _writer(engine: Engine) -> str:
    with reading(engine) as connection:
        if not inspect(connection).has_table("meta"):
            return "unknown"
        found = connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == "written_by")).scalar()
        return str(found or "unknown")


def _known() -> set[str]:
    return {path.name.split("_")[0] for path in Path(__file__).with_name("migrations").glob("versions/*.py")}
