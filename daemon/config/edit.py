"""Edits of the configuration file that leave alone what they are not about: comments, spaces, the order of things.

The text is cut at its table headers; only the pieces that an edit is about are taken apart, each by itself, and put
together again. Whatever comes out is read again, and must say what was meant and nothing else.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from daemon.config.load import parse
from daemon.files import write_new, write_whole
from feeds.errors import BantinError

_HEADER = re.compile(r"[ \t]*\[")
_TABLE = re.compile(r"""[ \t]*\[\[[ \t]*(["']?)([a-z]+)\1[ \t]*\]\]""")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # `str.splitlines` also parts at characters that end no line in TOML

Tables = Any  # the file's value, or tomlkit's document of a piece of it: both are edited by the same words


class EditError(BantinError):
    """The configuration file was not edited, and is as it was."""

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(f"{file}: {cause}; the file is as it was")


def rename_source(text: str, old: str, new: str) -> str:
    """The text with the source under another id, also where feeds and webhooks name it. Raises `ValueError`."""

    def rename(tables: Tables) -> None:
        for source in tables.get("source", []):
            if source.get("id") == old:
                source["id"] = new
        for names in _lists_of_names(tables):
            for number, name in enumerate(names):
                if name == old:
                    names[number] = new

    return _edited(text, rename, rename)


def pause_source(text: str, name: str, paused: bool) -> str:
    """The text with the source polled no longer, or again. Raises `ValueError`."""

    def pause(tables: Tables) -> None:
        for source in tables.get("source", []):
            if source.get("id") == name:
                if paused:
                    source["enabled"] = False
                else:
                    source.pop("enabled", None)

    return _edited(text, pause, pause)


def remove_source(text: str, name: str) -> str:
    """The text without the source, also where feeds and webhooks name it beside others. Raises `ValueError`.

    Comments inside of it go with it; what stands above it, or after an empty line below it, stays.
    """

    def unlist(tables: Tables) -> None:
        for names in _lists_of_names(tables):
            for number in reversed([at for at, item in enumerate(names) if item == name]):
                del names[number]

    return remove_table(text, "source", name, unlist)


def remove_table(text: str, kind: str, name: str, also: Callable[[Tables], None] = lambda _: None) -> str:
    """The text without the ``[[kind]]`` of that id, its comments as with a source; ``also`` edits the rest of it.

    Raises `ValueError`.
    """

    def remove(tables: Tables) -> None:
        also(tables)
        found = tables.get(kind, [])
        for number in reversed([at for at, table in enumerate(found) if table.get("id") == name]):
            del found[number]

    def remove_here(piece: Tables) -> None:
        """Tables of their own are cut out as text; only those in a list of inline tables are left to remove."""
        change = remove if isinstance(piece.get(kind), Array) else also
        change(piece)

    return _edited(text, remove_here, remove, drop=(kind, name))


def add_tables(text: str, kind: str, tables: Sequence[Mapping[str, Any]]) -> str:
    """The text with a ``[[kind]]`` for each of these tables at its end; nothing else moves. Raises `ValueError`."""
    end = "\r\n" if "\r\n" in text else "\n"
    added = "".join(f"\n{written(kind, table)}" for table in tables).replace("\n", end)
    meant = tomllib.loads(text)
    meant[kind] = [*meant.get(kind, []), *map(dict, tables)]
    return _checked(text + (end if text and not text.endswith("\n") else "") + added, meant)


def written(kind: str, table: Mapping[str, Any]) -> str:
    """A ``[[kind]]`` as the file has it: by tomlkit, which knows how a text is quoted."""
    return f"[[{kind}]]\n{tomlkit.dumps(dict(table))}"


def allow_networks(text: str, networks: Sequence[str]) -> str:
    """The text with these networks in ``[deliver] allow_networks``. Raises `ValueError`.

    Where there is no such list, that of ``[fetch]`` has been for endpoints as well (`daemon.config.check`): the new one
    begins with it.
    """
    meant = tomllib.loads(text)
    before = meant.get("deliver", {}).get("allow_networks")
    start = before if before is not None else meant.get("fetch", {}).get("allow_networks", [])
    wanted = [*start, *(network for network in networks if network not in start)]

    def allow(tables: Tables) -> None:
        if "deliver" in tables and "allow_networks" in tables["deliver"]:
            tables["deliver"]["allow_networks"].extend(wanted[len(start) :])
        elif "deliver" in tables:
            tables["deliver"]["allow_networks"] = wanted

    if "deliver" in meant:
        return _edited(text, allow, allow)
    end = "\r\n" if "\r\n" in text else "\n"
    added = f"\n[deliver]\n{tomlkit.dumps({'allow_networks': wanted})}".replace("\n", end)
    meant["deliver"] = {"allow_networks": wanted}
    return _checked(text + (end if text and not text.endswith("\n") else "") + added, meant)


def named_alone(text: str, name: str) -> list[str]:
    """The feeds, webhooks and channels that name this source and nothing else, as messages name them."""
    tables = tomllib.loads(text)
    return [
        f"[[{kind}]] {table.get('id', '')}"
        for kind, key in _NAMING
        for table in tables.get(kind, [])
        if set(table.get(key, [])) == {name}
    ]


_NAMING = (("feed", "sources"), ("webhook", "feeds"), ("channel", "feeds"))


def _lists_of_names(tables: Tables) -> Iterator[list[str]]:
    """Where sources, or their feeds, are named."""
    for kind, key in _NAMING:
        for table in tables.get(kind, []):
            if key in table:
                yield table[key]


def _edited(
    text: str, edit: Callable[[Tables], None], mean: Callable[[Tables], None], drop: tuple[str, str] | None = None
) -> str:
    """The text after ``edit`` of each of its pieces; ``mean`` does to the whole value what is meant."""
    meant = tomllib.loads(text)
    mean(meant)
    return _checked("".join(_edit(piece, edit, drop) for piece in pieces(text)), meant)


def _checked(edited: str, meant: Tables) -> str:
    """The edited text, which has to say what is meant and nothing else. Raises `ValueError`."""
    try:
        found = tomllib.loads(edited)
    except ValueError:
        found = {}
    none: Tables = {kind: [] for kind in ("source", "webhook", "channel")}  # of which the last may be taken out
    if {**none, **found} != {**none, **meant}:
        raise ValueError("is written in a way that cannot be edited without risk; edit it by hand")
    return edited


def pieces(text: str) -> Iterator[str]:
    """The text cut before each table header; what looks like a header inside a text or list is none."""
    piece = ""
    for line in _LINE.findall(text):
        if _HEADER.match(line) and piece and _complete(piece):
            yield piece
            piece = ""
        piece += line
    yield piece


def _complete(piece: str) -> bool:
    try:
        tomllib.loads(piece)
    except ValueError:
        return False
    return True


def _edit(piece: str, edit: Callable[[Tables], None], drop: tuple[str, str] | None) -> str:
    try:
        document = tomlkit.parse(piece)
    except TOMLKitError:
        return piece  # if it had to be edited, the comparison with what is meant finds out
    before = document.unwrap()
    header = _TABLE.match(piece)
    if drop is not None and header and header[2] == drop[0] and before[drop[0]][0].get("id") == drop[1]:
        return _tail(piece)
    edit(document)
    return document.as_string() if document.unwrap() != before else piece


def _tail(piece: str) -> str:
    """What follows a table and is not of it: from the first empty line after its last value on.

    Where no empty line parts them, comments that lead up to the next header are that one's.
    """
    lines = _LINE.findall(piece)
    end = len(lines)
    while end and _is_blank_or_comment(lines[end - 1]) and _complete("".join(lines[: end - 1])):
        end -= 1
    rest = lines[end:]
    empty = next((number for number, line in enumerate(rest) if not line.strip()), 0)
    return "".join(rest[empty:])


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


# -- the file


def replace(file: Path, change: Callable[[str], str]) -> Path:
    """Put ``change`` of the file's text in its place, whole or not at all; returns where the previous one is kept.

    Raises `ConfigError` where the result would not be a good configuration, `EditError` where it cannot be written.
    """
    path = file.resolve()  # the file that a link names: the link stays
    try:
        old = path.read_bytes()
        mark = b"\xef\xbb\xbf" if old.startswith(b"\xef\xbb\xbf") else b""
        text = change(old.decode("utf-8-sig"))
        parse(text, file)
        return _replace(path, old, mark + text.encode())
    except ValueError as error:
        raise EditError(file, str(error)) from error
    except OSError as error:
        raise EditError(file, f"cannot be replaced ({error.strerror})") from error


def put_back(file: Path, kept: Path) -> None:
    """Undo `replace`. Raises `OSError`."""
    kept.replace(file.resolve())


def _replace(path: Path, old: bytes, new: bytes) -> Path:
    kept: list[Path] = []

    def keep() -> None:
        if path.read_bytes() != old:
            raise ValueError("was changed by another program just now; try again")
        kept.append(_keep(path))

    write_whole(path, new, like=path.stat(), before=keep)
    return kept[0]


def _keep(path: Path) -> Path:
    """The file under a second name that was free: ``bantin.toml.bak``, ``bantin.toml.bak.2``."""
    number = 1
    while True:
        kept = path.with_name(f"{path.name}.bak" + (f".{number}" if number > 1 else ""))
        try:
            os.link(path, kept)
        except FileExistsError:
            number += 1
        except OSError:  # a file system without links
            if not kept.exists():
                write_new(kept, path.read_bytes(), like=path.stat())
                return kept
            number += 1
        else:
            return kept
