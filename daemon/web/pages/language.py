"""The languages of the pages: those whose file in `feeds.languages` has their texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from daemon.web.accept import weights
from feeds import languages

DEFAULT = "en"

_UNITS = ((60, "second"), (60, "minute"), (24, "hour"))


class Language(msgspec.Struct, frozen=True):
    """Every text of the pages in one language, by ``part.name``."""

    code: str
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """What its speakers call it."""
        return self.texts["name"]

    def say(self, key: str, **values: object) -> str:
        """The text with these values in their places."""
        return self.texts[key].format(**values)

    def count(self, key: str, number: int, **values: object) -> str:
        """The text for so many: a language may say one of them differently."""
        form = f"{key}.one" if number == 1 and f"{key}.one" in self.texts else f"{key}.other"
        return self.say(form, n=f"{number:,}".replace(",", self.texts["thousands"]), **values)

    def ago(self, moment: datetime | None, now: datetime) -> str:
        """``3 min ago``, ``in 5 min``; ``never`` for None."""
        if moment is None:
            return self.say("time.never")
        seconds = (now - moment).total_seconds()
        return self.say("time.ago" if seconds >= 0 else "time.in", span=self.lasting(abs(seconds)))

    def lasting(self, seconds: float) -> str:
        """``5 min``: how long something takes."""
        unit = "day_span"
        for length, name in _UNITS:
            if round(seconds) < length:
                unit = name
                break
            seconds /= length
        return self.count(f"time.{unit}", round(seconds))

    def until(self, moment: datetime, now: datetime) -> str:
        """``in 5 min``; ``now`` for what is due."""
        return self.ago(moment, now) if moment > now else self.say("time.now")

    def moment(self, local: datetime) -> str:
        """Day and time of day, on the clock that ``local`` has."""
        time = f"{local.hour:02}:{local.minute:02}"
        return self.say("time.moment", day=self.day(local.date(), "time.date"), time=time)

    def day(self, day: date, form: str = "time.day") -> str:
        """A day, without its year unless ``form`` has it."""
        month = self.texts["time.months"].split()[day.month - 1]
        return self.say(form, day=day.day, month=month, year=day.year)


def flat(texts: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """The tables of a language's file as one, their names joined by dots."""
    found: dict[str, str] = {}
    for name, value in texts.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": str(value)}
    return found


LANGUAGES = {
    code: Language(code, flat(language.pages))
    for code, language in sorted(languages.LANGUAGES.items())
    if language.pages
}


def choose(asked: str | None, accept: str) -> Language:
    """The language asked for by name, else the one that Accept-Language likes best, else English."""
    if asked in LANGUAGES:
        return LANGUAGES[asked]
    best, weight = DEFAULT, 0.0
    for tag, told in weights(accept).items():
        code = DEFAULT if tag == "*" else tag.partition("-")[0]
        if code in LANGUAGES and told > weight:
            best, weight = code, told
    return LANGUAGES[best]


def ago(moment: datetime | None, now: datetime) -> str:
    """As `Language.ago`, in English: for the command line."""
    return LANGUAGES[DEFAULT].ago(moment, now)


def until(moment: datetime, now: datetime) -> str:
    """As `Language.until`, in English."""
    return LANGUAGES[DEFAULT].until(moment, now)
