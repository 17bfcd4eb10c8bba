"""Sentences that bantin itself adds to an entry, in the languages it speaks; English otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.languages import LANGUAGES


def words(language: str | None) -> Mapping[str, str]:
    """bantin's own words in that language."""
    spoken = LANGUAGES.get((language or "en").partition("-")[0].lower())
    return (spoken and spoken.feed) or LANGUAGES["en"].feed
