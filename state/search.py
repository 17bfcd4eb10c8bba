"""Full-text search over the current texts, in any language, with and without diacritics.

Texts are indexed folded (lower case, no diacritics, "đ" as "d"), so that "thanh hoa" finds "Thanh Hóa". Words that are
asked for *with* diacritics must be in the text just so: "hóa" does not find "hoa". Characters of scripts that are
written without spaces are words of their own, and a run of them is a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from feeds.model import Article, Entry
from state import databases, rows
from state.engine import reading
from state.part import Part, with_article
from state.tables import revisions, stories

MAX_TEXT = 200_000  # characters of a text that are indexed
MAX_WORDS = 16  # of a question
PAGE = 200  # stories read at a time, while words with diacritics are looked for
MAX_READ = 2_000  # stories read for one question

_WORD = re.compile(r"\w+")
_PLAINER = dict.fromkeys(filter(lambda code: unicodedata.combining(chr(code)), range(0x300, 0x3100))) | {ord("đ"): "d"}
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")


class Search(Part):
    """Stories, found by their words."""

    def search(self, question: str, limit: int, source_ids: Collection[str] | None = None) -> list[tuple[int, Entry]]:
        words = phrases(fold(question))
        if not words:
            return []
        exact = [_exactly(word) for word in _WORD.findall(_plain(question)) if fold(word).replace(" ", "") != word]
        found: list[tuple[int, Entry]] = []
        with reading(self.engine) as tx:
            for row in _candidates(tx, words, source_ids):
                article = rows.article(row["article"])
                if exact and not _has(_plain(text_of(article)), exact):
                    continue
                found.append((row["id"], Entry(story=rows.story(row), article=article)))
                if len(found) == limit:
                    break
        return found


def text_of(article: Article) -> str:
    """What is searched of an article."""
    return "\n".join(filter(None, [article.title, article.summary, " ".join(article.authors), article.body_text]))


def fold(text: str) -> str:
    """The text as it is indexed: words of small letters without diacritics, one space between them."""
    bare = unicodedata.normalize("NFD", text[:MAX_TEXT].casefold()).translate(_PLAINER)
    return " ".join(_WORD.findall(_UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", bare))))


def phrases(folded: str) -> list[str]:
    """What a text must have: each word, and each run of characters that are written without spaces in this order."""
    joined = re.sub(rf"(?<={_UNSPACED.pattern[1:-1]}) (?={_UNSPACED.pattern[1:-1]})", "\0", folded)
    return [part.replace("\0", " ") for part in joined.split(" ") if part][:MAX_WORDS]


_TEXTS = with_article(select(stories.c.id, revisions.c.article)).where(
    stories.c.id.in_(bindparam("ids", expanding=True))
)


def current_texts(tx: Connection, ids: Collection[int]) -> dict[int, str]:
    """The folded current texts of these stories."""
    if not ids:
        return {}
    found = tx.execute(_TEXTS, {"ids": list(ids)})
    return {row.id: fold(text_of(rows.article(row.article))) for row in found}


def index(tx: Connection, before: dict[int, str], articles: Mapping[int, Article]) -> None:
    """Make stories findable by their current ``articles``; ``before`` are the folded texts that they had."""
    after = {number: fold(text_of(article)) for number, article in articles.items()}
    gone = {number: text for number, text in before.items() if after.get(number) != text}
    new = {number: text for number, text in after.items() if before.get(number) != text}
    database = databases.of(tx)
    if gone:
        database.forget_words(tx, gone)
    if new:
        database.store_words(tx, new)


def index_all(tx: Connection) -> None:
    """Index everything anew."""
    database = databases.of(tx)
    database.forget_all_words(tx)
    last = 0
    while True:
        query = with_article(select(stories.c.id, revisions.c.article)).where(stories.c.id > last)
        some = tx.execute(query.order_by(stories.c.id).limit(1000)).all()
        if not some:
            return
        database.store_words(tx, {row.id: fold(text_of(rows.article(row.article))) for row in some})
        last = some[-1].id


def _candidates(tx: Connection, words: Sequence[str], source_ids: Collection[str] | None) -> Iterator[Any]:
    """Stories with all the words, whatever their diacritics, the newest first."""
    before: int | None = None
    for _ in range(MAX_READ // PAGE):
        ids = databases.of(tx).find_words(tx, words, None if source_ids is None else list(source_ids), PAGE, before)
        if not ids:
            return
        yield from _read(tx, ids)
        before = ids[-1]


def _read(tx: Connection, ids: Iterable[int]) -> Sequence[Any]:
    query: Select[Any] = with_article(select(stories, revisions.c.article)).where(
        stories.c.id.in_(list(ids)), stories.c.merged_into.is_(None)
    )
    return tx.execute(query.order_by(stories.c.id.desc())).mappings().all()


def _exactly(word: str) -> re.Pattern[str]:
    """Finds the word with its diacritics: as a whole, where words are written with spaces."""
    return re.compile(re.escape(word) if _UNSPACED.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)")


def _has(text: str, exact: Iterable[re.Pattern[str]]) -> bool:
    return all(word.search(text) for word in exact)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text[:MAX_TEXT].casefold())
