"""One language, one file: whole, or saying what it lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, format_timedelta

from feeds.languages import LANGUAGES, Language, code_of
from feeds.reading.dates.parse import parse_date

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
    assert len(language.dates.weekdays) in (0, 7)
    spaced = [relative.second, relative.minute, relative.hour, relative.day, relative.week, relative.ago, relative.one]
    lists = [labels.related, labels.comments, labels.author, labels.newsletter, labels.noise, labels.more, labels.older]
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


def locale(code: str) -> Locale:
    return Locale.parse("nb" if code == "no" else code)


@pytest.mark.parametrize("code", LANGUAGES)
def test_dates_are_read_as_the_language_writes_them(code: str) -> None:
    """The stories of a whole language would have no date, or that of another month."""
    for month in range(1, 13):
        day = date(2026, month, 17)
        for form in ("long", "full", "medium") if code != "mn" else ("long", "full"):  # there months are numbers
            text = format_date(day, form, locale=locale(code))
            read = parse_date(text, timezone=ZoneInfo("UTC"), language=code)
            assert read is not None, text
            assert read.at.date() == day, text


@pytest.mark.parametrize("code", LANGUAGES)
def test_ago_is_read_as_the_language_says_it(code: str) -> None:
    """ "2 hours ago" on the front page of a whole language would tell nothing."""
    now = datetime(2026, 3, 17, 15, tzinfo=UTC)
    for ago in (timedelta(minutes=25), timedelta(hours=5)):
        text = format_timedelta(-ago, add_direction=True, locale=locale(code))
        read = parse_date(text, timezone=ZoneInfo("UTC"), language=code, now=now)
        assert read is not None, text
        assert read.at == now - ago, text


@pytest.mark.parametrize(("tag", "code"), [("pt-BR", "pt"), ("zh_Hant", "zh"), ("nb-NO", "no"), ("fil", "fil")])
def test_a_tag_names_its_file(tag: str, code: str) -> None:
    """A Norwegian page, which calls its language "nb", would be read as one of no language."""
    assert code_of(tag) == code
    assert code_of("tlh") is None
