"""Which stories a feed shows: regular expressions on title, summary and text; sections and tags.

The rules of a feed for the stories of one source are a value with a name (`Rules`), so that a verdict can be kept with
a story: it is found once, when the text is new, and every feed and page asks the store (`state.published`).

Expressions are the operator's own, texts are not, and some expressions need for ever on some texts. So matching has a
limit of time: an expression that runs out of it decides nothing. A story that nothing keeps out is shown, for one that
is missing is not missed, and the source is given a warning. All stories of one poll or one document together have a
limit, too: of those beyond it nothing is said, and whoever shows them next asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec
import regex

from feeds.deciding.recordings import episode_of
from feeds.model import Article, FeedSpec, Source

MAX_TEXT = 100_000  # characters; what words are looked for in stands well before the cut
TIME_LIMIT = 0.25  # seconds; a hundred times what an ordinary expression takes on the longest text
TIME_FOR_ALL = 2.0  # seconds of one judge; ordinary expressions take a tenth of that for a first poll's 500 stories


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a story has to be like: one of each ``include`` that is not empty, none of ``exclude``; so filed.

    ``podcast``: it has a file of that kind.
    """

    include: tuple[tuple[str, ...], ...] = ()
    exclude: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    podcast: str = ""

    @property
    def name(self) -> str:
        """The same for the same rules, everywhere; verdicts are kept under it."""
        return _name(self)


@lru_cache(maxsize=4096)
def _name(rules: Rules) -> str:
    told = msgspec.structs.asdict(rules)
    if not rules.podcast:  # verdicts of before there were podcasts are kept under the name without
        del told["podcast"]
    return blake2b(msgspec.json.encode(told), digest_size=12).hexdigest()


def rules_of(source: Source, feed: FeedSpec | None = None) -> Rules | None:
    """The rules for stories of ``source`` in ``feed`` (None: anywhere); None where every story is wanted."""
    includes = (source.include, feed.include if feed else ())
    found = Rules(
        include=tuple(filter(None, includes)),
        exclude=(*source.exclude, *(feed.exclude if feed else ())),
        sections=feed.sections if feed else (),
        tags=feed.tags if feed else (),
        podcast=feed.podcast if feed else "",
    )
    return found if found != Rules() else None


class Judge:
    """Asks rules of stories. ``late`` holds the expressions that ran out of time: they are not tried again.

    ``timer`` counts the seconds that this thread has worked: what else the machine does is not taken from the time.
    """

    def __init__(self, timer: Callable[[], float] = lambda: 0.0) -> None:
        self.late: dict[str, None] = {}
        self._timer, self._spent = timer, 0.0

    @property
    def is_over(self) -> bool:
        """Whether the time for all stories is spent."""
        return self._spent > TIME_FOR_ALL

    def verdict(self, rules: Rules | None, article: Article) -> bool | None:
        """Whether the rules let the story through; None where there is no time left to ask. Then it is shown."""
        if rules is None:
            return True
        if self.is_over:
            return None
        began = self._timer()
        try:
            return self._wants(rules, article)
        finally:
            self._spent += self._timer() - began

    def _wants(self, rules: Rules, article: Article) -> bool:
        if not (_any(rules.sections, (article.section or "",)) and _any(rules.tags, article.tags)):
            return False
        if rules.podcast and episode_of(article.media, rules.podcast) is None:
            return False
        if not rules.include and not rules.exclude:
            return True
        text = "\n".join((article.title, article.summary or "", article.body_text))[:MAX_TEXT]
        if not all(self._finds(patterns, text, otherwise=True) for patterns in rules.include):
            return False
        return not self._finds(rules.exclude, text, otherwise=False)

    @property
    def warning(self) -> str | None:
        """What to tell the operator of expressions that ran out of time."""
        if not self.late and self.is_over:
            return (
                f"include and exclude take more than {TIME_FOR_ALL:g} s for the stories of one poll: write them simpler"
            )
        if not self.late:
            return None
        named = ", ".join(f"'{pattern[:80]}'" for pattern in list(self.late)[:3])
        return f"include or exclude {named} takes too long on some texts, and decided nothing there: write it simpler"

    def _finds(self, patterns: Sequence[str], text: str, *, otherwise: bool) -> bool:
        """Whether one of the expressions is found; ``otherwise`` where none is, and one could not be asked."""
        asked = True
        for pattern in patterns:
            if pattern in self.late:
                asked = False
                continue
            try:
                if _compiled(pattern).search(text, timeout=TIME_LIMIT, concurrent=True):
                    return True
            except TimeoutError:
                self.late[pattern] = None
                asked = False
        return False if asked else otherwise


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)


def _any(wanted_names: Iterable[str], names: Iterable[str]) -> bool:
    asked = {name.casefold() for name in wanted_names}
    return not asked or not asked.isdisjoint(name.casefold() for name in names)
