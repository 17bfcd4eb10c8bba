"""Pages that stand before a story: they ask for consent, signing in, a script or patience.

What is said of a page here is only a sign: stories tell of cookies and captchas, too. It counts where the page is
short, says such a thing in its headline or in a good part of its sentences, and, when the poll decides
(`feeds.deciding.walls`), where the page does not bear out what the list announced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from selectolax.lexbor import LexborHTMLParser

from feeds.languages import LANGUAGES, Gates

LONGEST_TITLE = 500  # characters; patterns are tried at every place of it, and no gate needs more to say what it is
LONGEST = 2_500  # characters of a gate; a story that is shorter says little of such things
MORE = 7  # words of a headline besides such a thing: the name of the site
SHARE = 0.3  # of the sentences that speak of it


def _asks(pick: Callable[[Gates], Iterable[str]]) -> re.Pattern[str]:
    """What the pages of any language say to ask for it."""
    phrases = [phrase.replace(" ", r"\s+") for language in LANGUAGES.values() for phrase in pick(language.gates)]
    return re.compile("|".join(phrases), re.IGNORECASE)


_ASKS = {
    "consent": _asks(lambda gates: gates.consent),
    "signing in": _asks(lambda gates: gates.signing_in),
    "a script": _asks(lambda gates: gates.script),
    "proof that you are no robot": _asks(lambda gates: gates.robot),
    "patience": _asks(lambda gates: gates.patience),
    "nothing: the page is not there": _asks(lambda gates: gates.gone),
}
_SENTENCE = re.compile(r"[^.!?。！？\n]+")
_HIDDEN_FIELD = "input[type=password]"


def _is_all_of(asks: re.Pattern[str], title: str) -> bool:
    """Whether a headline says little besides: "Just a moment...", "Example News: sign in to continue"."""
    rest = asks.sub("", title)
    return len(rest.split()) <= MORE and len(rest) <= 3 * MORE * MORE


def gate_of(tree: LexborHTMLParser, title: str, text: str) -> str | None:
    """What the page seems to ask for, in words; None where it looks like a story."""
    if len(text) > LONGEST:
        return None
    title = " ".join(title[:LONGEST_TITLE].split())
    sentences = [sentence for sentence in _SENTENCE.findall(text) if len(sentence.split()) > 1] or [text]
    for what, asks in _ASKS.items():
        said = sum(bool(asks.search(sentence)) for sentence in sentences)
        if said >= SHARE * len(sentences) or (asks.search(title) and (said or _is_all_of(asks, title))):
            return what
    return "signing in" if tree.css_first(_HIDDEN_FIELD) is not None and len(text) < LONGEST // 4 else None
