"""Sentences that bantin itself adds to an entry, in the languages it speaks; English otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.languages import LANGUAGES, code_of


def words(language: str | None) -> Mapping[str, str]:
    """bantin's own words in that language."""
    code = code_of(language)
    return (LANGUAGES[code].feed if code else None) or LANGUAGES["en"].feed
