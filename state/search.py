"""Full-text search over the current texts, in any language, with and without diacritics.

Texts are indexed folded (lower case, no diacritics, "đ" as "d"), so that "thanh hoa" finds "Thanh Hóa". Words that are
asked for *with* diacritics must be in the text just so, "hóa" does not find "hoa": each such word is indexed a second
time, as a sign that stands for it alone. Characters of scripts that are written without spaces are words of their own,
and a run of them is a phrase.

The index is made by this code, and one database wants to be told exactly what it was told before to forget it
(`EXACT_WORDS`). So it has a version, of this code and where need be of Python's Unicode tables. Where the database has
another, stories are indexed anew, some at a time (`Search.reindex`); meanwhile the rest of them are not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Select, String, Table, bindparam, func, inspect, select

from feeds.characters import nfc
from feeds.model import Article, Changes, Entry
from state import databases, rows
from state.connections import reading, writing
from state.part import A_FEW, NO_RULES, Part, allowed, with_article, writes
from state.tables import revisions, stories

VERSION = "2"  # of what is indexed: 2 has signs for words with diacritics

MAX_TEXT = 200_000  # characters of a text that are indexed
MAX_WORDS = 16  # of a question
PAGE = 200  # stories read at a time, while words with diacritics are looked for
MAX_READ = 1_000  # stories read for one question
MAX_COMPARED = 2_000_000  # characters looked through for one question: a second or two, whatever they are
MAX_INDEXED = 5_000_000  # characters in one transaction, about

# One row: the index's version, and while it is made, the number of the last story in it. As the index itself it belongs
# to this database, and is not copied into another.
_index = Table("search_state", MetaData(), Column("version", String(40)), Column("done", BigInteger))

_WORD = re.compile(r"\w+")
_PLAINER = dict.fromkeys(filter(lambda code: unicodedata.combining(chr(code)), range(0x300, 0x3100))) | {ord("đ"): "d"}
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")


class Search(Part):
    """Stories, found by their words."""

    def search(
        self,
        question: str,
        limit: int,
        source_ids: Collection[str] | None = None,
        rules: Mapping[str, str] = NO_RULES,
        before: int | None = None,
    ) -> list[tuple[int, Entry]]:
        words = phrases(fold(question))
        if not words:
            return []
        exact = [word for word in _WORD.findall(_plain(question)) if fold(word).replace(" ", "") != word]
        signs = [sign_of(word) for word in exact if not _UNSPACED.search(word)]
        runs = [word for word in exact if _UNSPACED.search(word)]  # without spaces: no sign stands for them
        found: list[tuple[int, Entry]] = []
        asked = (words + signs)[: 2 * MAX_WORDS]
        with reading(self.engine) as tx, closing(_candidates(tx, asked, source_ids, rules, before)) as candidates:
            room = MAX_COMPARED
            for row in candidates:
                if runs:
                    text = text_of(rows.article(row["article"]))
                    room -= len(text)
                    if room < 0:
                        break
                    if not _has(_plain(text), runs):
                        continue
                entry = Entry(story=rows.story(row), article=rows.brief(row["article"]), judged=bool(row["wanted"]))
                found.append((row["id"], entry))
                if len(found) == limit:
                    break
        return found

    @writes
    def reindex(self, limit: int, *, anew: bool = False) -> tuple[int, int] | None:
        with reading(self.engine) as tx:
            version, done = _state(tx)
        if version == _version(databases.of(self.engine)) and done is None and not anew:
            return None
        with writing(self.engine, durable=False, together=False) as tx:
            databases.of(tx).one_at_a_time(tx)
            version, done = _state(tx)
            if anew or version != _version(databases.of(tx)):
                databases.of(tx).forget_all_words(tx)
                _mark(tx, 0)
                done = 0
            if done is None:
                return None
            return _index_some(tx, done, limit)


def text_of(article: Article) -> str:
    """What is searched of an article."""
    return "\n".join(filter(None, [article.title, article.summary, " ".join(article.authors), article.body_text]))


def fold(text: str) -> str:
    """The text as it is indexed: words of small letters without diacritics, one space between them."""
    bare = unicodedata.normalize("NFD", nfc(text[:MAX_TEXT].casefold())).translate(_PLAINER)
    return " ".join(_WORD.findall(_UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", bare))))


def indexed(article: Article) -> str:
    """The words that an article is found by: all of them folded, and a sign for each that has diacritics."""
    text = text_of(article)
    words = {word for word in _WORD.findall(_plain(text)) if not word.isascii() and not _UNSPACED.search(word)}
    signs = sorted(sign_of(word) for word in words if fold(word) != word)
    return " ".join([fold(text), *signs])


def sign_of(word: str) -> str:
    """What stands for a word with diacritics in the index: nothing that anybody writes."""
    return f"x{blake2b(word.encode(), digest_size=7).hexdigest()}"


def phrases(folded: str) -> list[str]:
    """What a text must have: each word, and each run of characters that are written without spaces in this order."""
    joined = re.sub(rf"(?<={_UNSPACED.pattern[1:-1]}) (?={_UNSPACED.pattern[1:-1]})", "\0", folded)
    return [part.replace("\0", " ") for part in joined.split(" ") if part][:MAX_WORDS]


_TEXTS = with_article(select(stories.c.id, revisions.c.article)).where(
    stories.c.id.in_(bindparam("ids", expanding=True))
)
_NEXT = (
    with_article(select(stories.c.id, revisions.c.article))
    .where(stories.c.id > bindparam("after"))
    .order_by(stories.c.id)
    .limit(bindparam("most"))
)


def current_texts(tx: Connection, ids: Collection[int]) -> dict[int, str]:
    """The words by which these stories are found now; none of those that are not in the index."""
    inside = _inside(tx, ids)
    if not inside:
        return {}
    found = tx.execute(_TEXTS, {"ids": inside})
    return {row.id: indexed(rows.article(row.article)) for row in found}


def words_of(changes: Changes) -> dict[str, str]:
    """The words that the stories with another text are found by from now on, by entry id."""
    current = {story.entry_id: story.revision for story in changes.stories}
    told = [item for item in changes.revisions if item.number == current.get(item.entry_id)]
    return {item.entry_id: indexed(item.article) for item in told}


def index(tx: Connection, before: dict[int, str], words: Mapping[int, str]) -> None:
    """Make stories findable by these ``words``; ``before`` are those that they were found by."""
    inside = set(_inside(tx, words))
    after = {number: text for number, text in words.items() if number in inside}
    gone = {number: text for number, text in before.items() if after.get(number) != text}
    new = {number: text for number, text in after.items() if before.get(number) != text}
    database = databases.of(tx)
    if gone:
        database.forget_words(tx, gone)
    if new:
        database.store_words(tx, new)


def index_all(tx: Connection) -> None:
    """Index everything anew."""
    databases.of(tx).forget_all_words(tx)
    done: int | None = 0
    while done is not None:
        found = _index_some(tx, done, 1000)
        done = found[0] if found else None


def mark_if_empty(tx: Connection) -> None:
    """Note that the index is whole where there is no story yet."""
    if inspect(tx).has_table(_index.name) and tx.execute(select(stories.c.id).limit(1)).first() is None:
        _mark(tx, None)


def _index_some(tx: Connection, done: int, limit: int) -> tuple[int, int] | None:
    """Index the next stories after number ``done``; returns up to which, and the last of all; None: it is whole."""
    words: dict[int, str] = {}
    with tx.execute(_NEXT, {"after": done, "most": limit}, execution_options=A_FEW) as some:
        room = MAX_INDEXED
        for row in some:
            words[row.id] = indexed(rows.article(row.article))
            room -= len(words[row.id])
            if room < 0:
                break
    if not words:
        _mark(tx, None)
        return None
    databases.of(tx).store_words(tx, words)
    done = max(words)
    _mark(tx, done)
    last = tx.execute(select(func.max(stories.c.id))).scalar_one()
    return done, last


def _version(database: databases.Database) -> str:
    return f"{VERSION}-{unicodedata.unidata_version}" if database.EXACT_WORDS else VERSION


def _state(tx: Connection) -> tuple[str | None, int | None]:
    """The index's version, and the number of the last story in it; None: it is whole."""
    row = tx.execute(select(_index)).first()
    return (row.version, row.done) if row else (None, 0)


def _mark(tx: Connection, done: int | None) -> None:
    tx.execute(_index.delete())
    tx.execute(_index.insert().values(version=_version(databases.of(tx)), done=done))


def _inside(tx: Connection, ids: Collection[int]) -> list[int]:
    """Those of the stories that are in the index, or belong there by now; the others are put in when it is made."""
    version, done = _state(tx) if ids else (None, None)
    if version != _version(databases.of(tx)):
        return []
    return [number for number in ids if done is None or number <= done]


def _candidates(
    tx: Connection,
    words: Sequence[str],
    source_ids: Collection[str] | None,
    rules: Mapping[str, str],
    before: int | None,
) -> Generator[Any]:
    """Stories with all the words, whatever their diacritics, the newest first."""
    for _ in range(MAX_READ // PAGE):
        ids = databases.of(tx).find_words(tx, words, None if source_ids is None else list(source_ids), PAGE, before)
        if not ids:
            return
        yield from _read(tx, ids, rules)
        before = ids[-1]


def _read(tx: Connection, ids: Iterable[int], rules: Mapping[str, str]) -> Iterator[Any]:
    query: Select[Any] = with_article(select(stories, revisions.c.article)).where(
        stories.c.id.in_(list(ids)), stories.c.merged_into.is_(None)
    )
    query = allowed(query, stories, rules).order_by(stories.c.id.desc())
    with tx.execute(query, execution_options=A_FEW) as found:
        yield from found.mappings()


def _has(text: str, runs: Iterable[str]) -> bool:
    return all(run in text for run in runs)


def _plain(text: str) -> str:
    return nfc(text[:MAX_TEXT].casefold())
