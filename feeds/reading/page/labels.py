"""What readers see written beside, above and between stories: "Related", "Ý kiến bạn đọc".

None decides alone: they are evidence beside the shape of the page. A label of `Labels` is a whole line without its
case, digits and punctuation; one that ends in "…" may go on for a few words. Those of lists are the whole text of a
link or a block. Add one when it means the same on the pages of several publishers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from feeds import languages

_START = 3  # letters by which words are told apart at a glance; some East Asian labels have but two
_LABEL_TAIL = 48  # how far a label that ends in "…" may go on, in characters


class Labels:
    """Lists of labels by kind; `kind` says of which kind a line is, `opens` whether a line begins with a label."""

    def __init__(self, **lists: Iterable[str]) -> None:
        self._whole: dict[str, str] = {}
        self._opening: dict[str, str] = {}
        for kind, phrases in lists.items():
            for phrase in phrases:
                if phrase.endswith("…"):
                    self._opening.setdefault(phrase[:-1].rstrip(), kind)
                elif phrase:
                    self._whole.setdefault(phrase, kind)
        self._starts = frozenset(phrase[:_START].rstrip() for phrase in (*self._whole, *self._opening))
        self._openings: dict[str, tuple[str, ...]] = {}  # by their first letters
        for opening in self._opening:
            self._openings[opening[:_START]] = (*self._openings.get(opening[:_START], ()), opening)

    def _may_match(self, line: str) -> bool:
        """Whether a line begins with the letters of some label: most lines do not, and need no closer look."""
        text = line if line[:1].isalpha() else _LEADING.sub("", line, count=1)
        start = text[:_START].casefold().replace("’", "'").rstrip()
        return start in self._starts or start[: _START - 1] in self._starts

    def kind(self, line: str) -> str | None:
        """The kind of label that a line is; None for any other line."""
        if not self._may_match(line):
            return None
        label = _label(line)
        if label in self._whole:
            return self._whole[label]
        for opening in self._openings.get(label[:_START], ()):
            if label.startswith(opening) and len(label) <= len(opening) + _LABEL_TAIL:
                return self._opening[opening]
        return None

    def opens(self, line: str) -> bool:
        """Whether a line begins with a label and goes on: "Read more: …"."""
        if not self._may_match(line):
            return False
        start, mark, _ = line[:60].partition(":")
        if not mark:
            start, mark, _ = line[:60].partition("|")
        label = _label(line[:60])
        return bool(mark and self.kind(start)) or label.startswith(self._openings.get(label[:_START], ()))


def _label(line: str) -> str:
    return " ".join(_EDGE.sub("", line).casefold().replace("’", "'").split())


_LEADING = re.compile(r"^[\W\d_]+")
_EDGE = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def _of(pick: Callable[[languages.Labels], Iterable[str]]) -> list[str]:
    """The labels of all languages."""
    return [label for language in languages.LANGUAGES.values() for label in pick(language.labels)]


# Lines that open a part of the page that is not the story, and those that pages put between its paragraphs.
LABELS = Labels(
    comments=_of(lambda labels: labels.comments),
    author=_of(lambda labels: labels.author),
    related=_of(lambda labels: labels.related),
    newsletter=_of(lambda labels: labels.newsletter),
    noise=_of(lambda labels: labels.noise),
)
LEADING_LABELS = Labels(related=_of(lambda labels: labels.related))

# Ends of a sentence, also behind quotation marks and brackets; of Latin, CJK, Arabic and Indic scripts.
SENTENCE_END = re.compile(r"[.!?…。！？؟।:;”»][\"'“”‘’«»‹›)\]\s」』*†]*$")

# A line that names where the story comes from; the group is the source.
CREDIT = re.compile(
    rf"^\W*(?:{'|'.join(_of(lambda labels: labels.credit))})\s*[:：]\s*(.{{2,120}})$",
    re.IGNORECASE,
)

# What a reprint was called where it came from: "（原标题：…）".
REPRINTED = re.compile(rf"[（(]?\s*(?:{'|'.join(_of(lambda labels: labels.reprinted))})\s*[:：]")

# A line behind the story that says whose the text is, what nobody may do with it, or who edited it. Sentences of a
# story about copyright say neither.
_COPYRIGHT = re.compile(r"\W*(?:©|(?:\(c\)|copyright)\s*(?:©|\(c\)|:|by\b|\d{4}))")
_NOTICE = re.compile("|".join(_of(lambda labels: labels.notices)))


_EMBED = re.compile("|".join(_of(lambda labels: labels.embeds)))


def is_embed(line: str) -> bool:
    """Whether a line stands for what another site has, and asks leave to show it."""
    return _EMBED.match(line.casefold().lstrip("„\"'")) is not None


def is_notice(line: str) -> bool:
    """Whether a line is a legal notice, or names the story's editor."""
    folded = line.casefold()
    return _COPYRIGHT.match(folded) is not None or _NOTICE.search(folded) is not None


# --- in lists

# A link with this text leads on, to a list or to the story that another link already names.
MORE_TEXTS = frozenset(_of(lambda labels: labels.more))

# A link with this text leads from a page of a list to the next.
OLDER_LABELS = Labels(older=_of(lambda labels: labels.older))

# A link whose text starts with, or holds, one of these advertises a service or leads to the small print.
PROMOTION_STARTS = tuple(_of(lambda labels: labels.promotions))
PROMOTION_PARTS = tuple(_of(lambda labels: labels.small_print))

# Labels that stand beside a headline, not in it.
BADGE_TEXTS = frozenset(_of(lambda labels: labels.badges))

COMMENT_TEXT = re.compile(
    rf"^[\s\d.,()+]*(?:{'|'.join(_of(lambda labels: labels.counted))})?[\s\d.,()+kK]*$", re.IGNORECASE
)
