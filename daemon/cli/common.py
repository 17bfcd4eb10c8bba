"""What commands share: the options, the configuration, and printing for people or as JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from daemon.config import SYSTEM, Config, find, load
from daemon.logs import redacted
from feeds.reading.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress

    from state.sql import SqlStore

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The configuration file (default: ./bantin.toml, the user's, /etc/bantin/bantin.toml)."
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


def configuration(file: Path | None) -> Config:
    """The configuration that a command works with. Raises `ConfigError`."""
    return load(find(file))


@contextmanager
def looking(config: Config) -> Iterator[SqlStore]:
    """The store, to look at: one that is not there yet is not made."""
    from state.databases import place
    from state.sql import SqlStore
    from state.transfer.migrate import HEAD, version_of

    store = SqlStore(config.database)
    try:
        version = version_of(store.engine)
        if version is None:
            note(f"bantin: {place(store.engine)} does not exist yet; bantin run, or bantin poll, creates it")
            raise typer.Exit(1)
        if version != HEAD:
            note(f"bantin: {place(store.engine)} is of another version (tables {version}); bantin db upgrade")
            raise typer.Exit(1)
        yield store
    finally:
        store.close()


class Told(msgspec.Struct, frozen=True):
    """What became of a change of the configuration: ``daemon`` is "reloaded", "refused", or "none" where none runs."""

    daemon: str
    lines: tuple[str, ...] = ()


def tell_daemon(file: Path) -> Told:
    """Have the daemons that run with the file read it anew, and say in lines for people how that went."""
    from daemon import running

    try:
        outcomes = running.reload(file)
    except PermissionError:
        return Told("refused", ("the daemon is another user's; tell it as that one, or as root: bantin reload",))
    if not outcomes:
        starts = "systemctl enable --now bantin" if file.absolute() == SYSTEM else "bantin run"
        return Told("none", (f"no daemon runs with it just now; {starts} starts one",))
    problems = [line for outcome in outcomes for line in outcome.problems]
    if problems:
        return Told("refused", ("the running daemon goes on as before:", *problems))
    waits = dict.fromkeys(part for outcome in outcomes for part in outcome.waits)
    notes = [f"a change of {part} waits for the next start: systemctl restart bantin" for part in waits]
    return Told("reloaded", ("the running daemon has taken it", *notes))


def shown(file: Path | str) -> str:
    """A file's name as text; names that are none keep what can be read of them."""
    return os.fsencode(file).decode("utf-8", "replace")


def print_json(value: Any) -> None:
    """One JSON object or array, indented, in UTF-8 whatever the terminal is set to."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """A line for people on standard output, without what could play with a terminal."""
    print(printable(text))


def note(text: str) -> None:
    """Lines for people that are not the result: on standard error, where that is open, and without secrets."""
    with suppress(OSError, ValueError):
        print("\n".join(map(printable, redacted(text).split("\n"))), file=sys.stderr)


def usage(text: str) -> typer.Exit:
    """To be raised for wrong usage: says what is wrong, exit status 2."""
    note(f"bantin: {text}")
    return typer.Exit(2)


def local(moment: datetime | None) -> str:
    """A time for people, in the zone of this machine; a dash for None."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %z") if moment else "–"


@contextmanager
def progress() -> Iterator[Progress | None]:
    """Progress bars on a terminal; elsewhere None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield shown


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """One of them, told how much is done of how much."""
    with progress() as shown:
        task = shown.add_task(what, total=None) if shown is not None else None

        def tell(done: int, total: int) -> None:
            if shown is not None and task is not None:
                shown.update(task, completed=done, total=total)

        yield tell


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """On a terminal, a line that says what is done just now, and can be told what is done next."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(escape(printable(what))) as shown:
        yield lambda next_: shown.update(escape(printable(next_)))


def check_somebody_is_there(yes: bool) -> None:
    """Before work whose result is asked about. Raises `typer.Exit` where nobody can answer, without ``yes``."""
    if not yes and not sys.stdin.isatty():
        raise usage("there is nobody to ask whether this is right; add --yes, or run it on a terminal")


def ask(question: str, yes: bool) -> None:
    """Go on where the answer is yes, or was given beforehand. Raises `typer.Exit` for no."""
    if not yes and not typer.confirm(question, default=True, err=True):
        note("bantin: nothing was changed")
        raise typer.Exit(1)


def tell(file: Path) -> Told:
    """`tell_daemon`, with what it is waiting for on a terminal; a change that was not taken is said, and why."""
    with waiting("telling the running daemon"):
        return tell_daemon(file)


def say_told(told: Told) -> None:
    """The lines of `tell`. Raises `typer.Exit` where the daemon goes on as before: half of what was asked is done."""
    for line in told.lines:
        (note if told.daemon == "refused" else say)(line)
    if told.daemon == "refused":
        raise typer.Exit(1)


def table(headings: list[str], rows: list[list[str]], below: Sequence[str] = ()) -> None:
    """Columns for people. ``below`` holds an address for each row, which stays whole, to be copied.

    On a terminal it stands in a line of its own (or lines, where there are more), elsewhere in the last column.
    """
    if below and not sys.stdout.isatty():
        headings = [*headings, "address"]
        rows = [[*row, address] for row, address in zip(rows, below, strict=True)]
        below = ()
    if below or not sys.stdout.isatty():  # where nothing is folded; Rich would take ten seconds for 10,000 rows
        _lines(headings, rows, below or [""] * len(rows))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    printed = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        printed.add_column(heading, overflow="fold")
    for row in rows:
        printed.add_row(*(Text(printable(text)) for text in row))
    Console().print(printed)


def _lines(headings: list[str], rows: list[list[str]], below: Sequence[str]) -> None:
    """A row a line, whose last column may be longer than the terminal is wide; the address under it."""
    from rich.cells import cell_len

    cells = [[printable(text) for text in row] for row in [headings, *rows]]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for row, address in zip(cells, ["", *below], strict=True):
        padded = [text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)]
        print("  ".join([*padded[:-1], row[-1]]).rstrip())
        for part in filter(None, address.split("\n")):
            say(f"    {part}")


def moment(text: str) -> datetime | None:
    """A time that an option names: an age ("2d", "90m"), or a date with or without a clock, on this machine's."""
    from daemon.config.file import duration

    if not text:
        return None
    try:
        return datetime.now(UTC) - timedelta(seconds=duration(text))
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise usage(f'--since is {text!r}; write "2d", "90m", or "2026-11-28 08:00"') from None
