"""Edits of the configuration file: what is meant changes, and not one byte beside it."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.config import ConfigError
from daemon.config.edit import EditError, named_alone, pieces, put_back, remove_source, rename_source, replace

TOML = """\
# my sources

[server]      # where
listen = "127.0.0.1:1"

# the first
[[source]]    # one
id = 'a'      # its id
urls = ["https://a.example/"]
# interval = "5m"

# feeds follow
[[feed]]
id = "f"
sources = [
  "b",  # before
  "a",  # mine
]

[[source]]
id = "b"
urls = ["https://b.example/"]
title = '''
[[source]]
id = "a"'''
# c comes next
[[source]]
id = "c"
urls = ["https://c.example/"]
"""


def test_rename_touches_the_names_only() -> None:
    """The operator's comments and layout would be lost with a new id."""
    expected = TOML.replace("id = 'a'  ", 'id = "n"  ').replace('"a",  # mine', '"n",  # mine')
    assert rename_source(TOML, "a", "n") == expected


def test_remove_takes_the_table_and_the_names() -> None:
    """Comments of other sources would go with the one that is removed, or a feed would name a source that is gone."""
    assert remove_source(TOML, "a") == TOML.replace(
        '[[source]]    # one\nid = \'a\'      # its id\nurls = ["https://a.example/"]\n# interval = "5m"\n', ""
    ).replace('  "a",  # mine\n', "")
    without_b = remove_source(TOML, "b")
    assert '# c comes next\n[[source]]\nid = "c"' in without_b
    assert "b.example" not in without_b


def test_sources_in_a_list() -> None:
    """Someone who writes sources on one line each could not remove or rename them."""
    text = 'source = [\n  {id = "a", urls = ["x"]}, # one\n  {id = "b", urls = ["y"]}, # two\n]\n'
    assert rename_source(text, "b", "n") == text.replace('"b"', '"n"')
    assert remove_source(text, "a") == 'source = [\n  {id = "b", urls = ["y"]}, # two\n]\n'
    assert tomllib.loads(remove_source(remove_source(text, "a"), "b")) == {"source": []}


def test_what_cannot_be_edited_is_left_alone() -> None:
    """An unusual file would be edited wrongly, and nobody would be told."""
    with pytest.raises(ValueError, match="edit it by hand"):
        remove_source('[["\\u0073ource"]]\nid = "a"\n', "a")


def test_who_names_a_source_alone() -> None:
    """A webhook whose last feed is taken away would hear of all feeds."""
    text = TOML + '[[webhook]]\nid = "w"\nfeeds = ["c"]\n'
    assert named_alone(text, "c") == ["[[webhook]] w"]
    assert named_alone(text, "a") == []


# -- any file

SPACE = st.sampled_from(["", " ", "\t", "  "])
COMMENT = st.sampled_from(["", " # note", "\t#[[source]]", " # \u2028 \x85 “a”", ' # id = "a"', " #"])
BETWEEN = st.lists(st.sampled_from(["\n", "# a remark\n", "#[[source]]\n", '# id = "a"\n', "  \n", "#\u2028x\n"]))
TITLE = st.sampled_from(
    [
        '"[[source]]"',
        '"""\n[[source]]\nid = "a"\n"""',
        "'''\n\n[server]\n'''",
        "'a'",
        '"# no comment"',
        r'"\u0061 \" #"',
    ]
)


@st.composite
def names(draw: st.DrawFn, among: list[str]) -> str:
    chosen = draw(st.lists(st.sampled_from(among), min_size=1, unique=True))
    quoted = [draw(st.sampled_from([f'"{name}"', f"'{name}'"])) for name in chosen]
    if draw(st.booleans()):
        return f"[{draw(SPACE)}{', '.join(quoted)}{draw(SPACE)}]"
    return "[\n" + "".join(f"  {item},{draw(COMMENT)}\n" for item in quoted) + "]"


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A configuration with three sources, feeds and webhooks in any order, and everything that may stand between."""
    ids = ["a", "b", "a-b"]
    keys: list[list[tuple[str, str]]] = [
        [("id", f'"{name}"'), ("urls", f'["https://{name}.example/"]'), ("title", draw(TITLE))] for name in ids
    ]
    tables = [("[[source]]", table) for table in keys]
    for number in range(draw(st.integers(0, 2))):
        tables.append(("[[feed]]", [("id", f'"f{number}"'), ("sources", draw(names(ids)))]))
        tables.append(("[[webhook]]", [("id", f'"w{number}"'), ("feeds", draw(names(ids)))]))
    text = "".join(draw(BETWEEN))
    for header, table in draw(st.permutations([*tables, ("[server]", [("token", '"a"')])])):
        text += f"{draw(SPACE)}{header}{draw(COMMENT)}\n"
        for key, value in draw(st.permutations(table)):
            text += f"{draw(SPACE)}{key}{draw(SPACE)}={draw(SPACE)}{value}{draw(COMMENT)}\n"
            text += "".join(draw(BETWEEN)) if draw(st.booleans()) else ""
        text += "".join(draw(BETWEEN))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text, ids


def values(text: str, edit: Any) -> dict[str, Any]:
    """What the file says, after an edit of the plain value."""
    found = tomllib.loads(text)
    for kind, key in (("feed", "sources"), ("webhook", "feeds")):
        for table in found.get(kind, []):
            table[key] = edit(table[key])
    return found


@given(files())
def test_rename_of_any_file(made: tuple[str, list[str]]) -> None:
    """A new id would cost somebody a comment, a blank line or the end of a text in some corner of the file."""
    text, _ = made
    edited = rename_source(text, "a", "new")
    expected = values(text, lambda found: ["new" if name == "a" else name for name in found])
    next(source for source in expected["source"] if source["id"] == "a")["id"] = "new"
    assert tomllib.loads(edited) == expected
    # Undone as text, everywhere a name may stand, it is the file that it was but for the kind of quotes.
    plain = re.compile(r"""["'](?:a|new)["']""")
    assert plain.sub("@", edited) == plain.sub("@", text)


@given(files())
def test_remove_of_any_file(made: tuple[str, list[str]]) -> None:
    """A removed source would take along something that is not its own."""
    text, _ = made
    edited = remove_source(text, "a")
    expected = values(text, lambda found: [name for name in found if name != "a"])
    expected["source"] = [source for source in expected["source"] if source["id"] != "a"]
    assert tomllib.loads(edited) == expected
    cut = list(pieces(text))
    ours = [piece for piece in cut if is_source(piece, "a")]
    assert len(ours) == 1
    naming = [piece for piece in cut if piece.lstrip().startswith(("[[feed]]", "[[webhook]]"))]
    for piece in cut:
        if piece not in ours and piece not in naming:
            assert piece in edited


def is_source(piece: str, name: str) -> bool:
    return [source.get("id") for source in tomllib.loads(piece).get("source", [])] == [name]


# -- the file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "bantin.toml"
    file.write_text(TOML, "utf-8")
    return file


def test_the_previous_file_is_kept(file: Path) -> None:
    """Someone who changes their mind would not have the file as it was; the second edit would overwrite the first's."""
    file.chmod(0o640)
    first = replace(file, lambda text: rename_source(text, "a", "x"))
    second = replace(file, lambda text: rename_source(text, "x", "y"))
    assert [first.name, second.name] == ["bantin.toml.bak", "bantin.toml.bak.2"]
    assert first.read_text() == TOML
    assert [path.stat().st_mode & 0o777 for path in (file, first, second)] == [0o640] * 3
    assert sorted(path.name for path in file.parent.iterdir()) == ["bantin.toml", first.name, second.name]
    put_back(file, first)
    assert file.read_text() == TOML


def test_without_links(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without hard links there would be no previous file."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    kept = [replace(file, lambda text: f"{text}# more\n") for _ in range(2)]
    assert [path.name for path in kept] == ["bantin.toml.bak", "bantin.toml.bak.2"]
    assert [path.read_text() for path in kept] == [TOML, TOML + "# more\n"]


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    """A configuration that is kept elsewhere and linked to would fall apart into two."""
    link = tmp_path / "etc.toml"
    link.symlink_to(file)
    replace(link, lambda text: rename_source(text, "a", "x"))
    assert link.is_symlink()
    assert "'a'" not in file.read_text()


@pytest.mark.parametrize("fault", ["[server]\nlisten = 1\n", "nonsense"])
def test_a_faulty_result_never_replaces(file: Path, fault: str) -> None:
    """The daemon would not start any more after an edit that went wrong."""
    with pytest.raises(ConfigError):
        replace(file, lambda text: fault)
    assert file.read_text() == TOML
    assert [path.name for path in file.parent.iterdir()] == ["bantin.toml"]


def test_a_file_that_changes_meanwhile(file: Path) -> None:
    """What somebody saves in an editor at the same moment would be lost."""

    def meanwhile(text: str) -> str:
        file.write_text(TOML + "# theirs\n")
        return text + "# ours\n"

    with pytest.raises(EditError, match="changed by another program"):
        replace(file, meanwhile)
    assert file.read_text() == TOML + "# theirs\n"


def test_a_byte_order_mark_and_line_ends_stay(file: Path) -> None:
    """An editor that needs them would show the file as one line."""
    file.write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
    replace(file, lambda text: rename_source(text, "c", "x"))
    changed = TOML.replace('"c"', '"x"').replace("\n", "\r\n").encode()
    assert file.read_bytes() == b"\xef\xbb\xbf" + changed


def test_a_folder_that_cannot_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who may not change the file would see a traceback, or be left with half of it."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(EditError, match=r"cannot be replaced \(Permission denied\); the file is as it was"):
        replace(file, lambda text: text)
    assert file.read_text() == TOML
