"""One language, one file: whole, or saying what it lacks."""

from __future__ import annotations

import pytest

from feeds.languages import LANGUAGES, Language

NEEDED = {
    "dates": ("months", "modified", "published"),
    "relative": ("second", "minute", "hour", "day", "ago", "now", "today", "yesterday"),
    "labels": ("related", "comments", "newsletter", "noise", "more", "credit"),
}
NUMBERED = ("vi", "zh", "ja", "ko")  # whose months are numbers


def said(language: Language, part: str, field: str) -> bool:
    words = getattr(language, part)
    return bool(getattr(words, field) or (field == "ago" and words.marks))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_whole_or_says_what_it_lacks(code: str) -> None:
    """Readers of a language would not know what to bring, and an empty list would pass for a finished one."""
    language = LANGUAGES[code]
    missing = {
        f"{part}.{field}"
        for part, fields in NEEDED.items()
        for field in fields
        if not said(language, part, field) and not (field == "months" and code in NUMBERED)
    }
    assert missing == set(language.lacking)


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_are_written_as_they_are_compared(code: str) -> None:
    """A word with a capital letter, or a twelfth month that is missing, would never be found on a page."""
    language = LANGUAGES[code]
    assert len(language.dates.months) in (0, 12)
    relative, labels = language.relative, language.labels
    spaced = [relative.second, relative.minute, relative.hour, relative.day, relative.week, relative.ago, relative.one]
    lists = [labels.related, labels.comments, labels.author, labels.newsletter, labels.noise, labels.more]
    words = [*language.dates.months, *spaced, *relative.now, *relative.today, *relative.yesterday, *relative.day_before]
    for text in [*words, *(label for some in lists for label in some)]:
        assert text == text.lower().strip(), text
        assert "  " not in text


def test_a_languages_own_months_come_first() -> None:
    """The Croatian October would be the Polish November on Croatian pages, or the other way round."""
    assert "listopada" in LANGUAGES["pl"].dates.months[10]
    assert "listopada" in LANGUAGES["hr"].dates.months[9]
    ranks = [language.rank for language in LANGUAGES.values()]
    assert ranks == sorted(ranks)
