"""Fills the files of `feeds/languages` with CLDR's names for the parts of a date: ``./run languages [CODE…]``.

CLDR (https://cldr.unicode.org, by the package babel) knows how months, weekdays, halves of the day and "2 hours ago"
are written in some hundred languages, and newspapers mostly write them so. A file's own words stay and stand first:
they are what newspapers print besides. Nothing here is needed to run bantin. A code without a file gets one, and its
``lacking`` says what a reader of the language has to bring.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from babel import Locale
from babel.dates import format_date

FOLDER = Path(__file__).parents[1] / "feeds" / "languages"
NEEDED = {  # what a file names in ``lacking`` where it has no words for it
    "dates": ("months", "modified", "published"),
    "relative": ("second", "minute", "hour", "day", "ago", "now", "today", "yesterday"),
    "labels": ("related", "comments", "newsletter", "noise", "more", "credit"),
}
ORDER = (
    "months", "weekdays", "fillers", "month_first", "forenoon", "afternoon", "night", "modified", "published", "other",
    "second", "minute", "hour", "day", "week", "ago", "one", "marks", "wholes",
    "now", "today", "yesterday", "day_before",
)  # fmt: skip
NEW_RANK = 100  # languages that came with CLDR's words stand behind those whose pages were read
VARIANTS = {  # locales of one language whose newspapers have different names
    "ar": ("ar", "ar_DZ", "ar_SY"), "az": ("az", "az_Cyrl"), "bs": ("bs", "bs_Cyrl"), "de": ("de", "de_AT"),
    "en": ("en", "en_GB"), "es": ("es", "es_MX"), "no": ("nb", "nn"), "pt": ("pt", "pt_PT"),
    "sr": ("sr", "sr_Latn"), "uz": ("uz", "uz_Cyrl"), "zh": ("zh", "zh_Hant"),
}  # fmt: skip
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7a3]")  # scripts that set words together
NOON, DAY = 12 * 3600, 24 * 3600


def plain(text: str) -> str:
    """As the reader compares words: small, in one spelling, without dots, marks of direction and narrow spaces."""
    text = "".join(
        letter for letter in unicodedata.normalize("NFKC", text.lower()) if letter not in "\u200e\u200f\u061c"
    )
    text = re.sub(r"(?<=\b[^\W\d_])\. (?=[^\W\d_]\.)", "", text)  # "p. m."
    return " ".join(text.replace(".", "").split())


def distinct(words: Iterable[str]) -> list[str]:
    """The words in their order, each once."""
    return list(dict.fromkeys(word for word in words if word))


def months(locales: list[Locale]) -> list[list[str]]:
    """Twelve months, each with its names; none where months are numbers or several words."""
    named = []
    for number in range(1, 13):
        words = []
        for locale in locales:
            for kind in ("format", "stand-alone"):
                words += [plain(str(locale.months[kind][width][number])) for width in ("wide", "abbreviated")]
            words += [word for word in _tokens(locale, number) if len(word) > 4 and word.startswith(words[0][:-1])]
        named.append(distinct(words))
    if len({names[0].rpartition(" ")[2] for names in named}) == 1:
        named = [[name.rpartition(" ")[0] for name in names] for names in named]  # "нэгдүгээр сар": the word for month
    named = [
        [name.replace(" ", "_") for name in names
         if not re.search(r"[\d'’()-]", name) and (len(name) > 1 or UNSPACED.match(name))]
        for names in named
    ]  # fmt: skip
    return named if all(named) else []


def _tokens(locale: Locale, month: int) -> list[str]:
    """The words of a whole date: months with the endings that they get in it."""
    return re.findall(r"[^\W\d_]+", plain(format_date(date(2026, month, 17), "long", locale=locale)))


def fillers(locales: list[Locale]) -> list[str]:
    """Words that stand between the numbers and the month of a date."""
    words = []
    for locale in locales:
        for width in ("long", "full", "medium"):
            pattern = locale.date_formats[width].pattern
            bare = re.sub(r"'[^']*'|[A-Za-z]", " ", pattern)
            for literal in [*re.findall(r"'([^']+)'", pattern), bare]:
                words += re.findall(r"[^\W\d_]+", plain(literal))
        last = {
            plain(str(name)).rpartition(" ")[2] for name in locale.months["format"]["wide"].values() if " " in str(name)
        }
        words += last if len(last) == 1 else []
        words += plain(locale.eras["abbreviated"][1]).split() if "G" in locale.date_formats["long"].pattern else []
    return distinct(words)


def weekdays(locales: list[Locale]) -> list[list[str]]:
    """Seven, Monday first."""
    return [
        [word for word in distinct(
            plain(str(locale.days[kind][width][day]))
            for locale in locales for kind in ("format", "stand-alone") for width in ("wide", "abbreviated")
        ) if len(word) > 1 or UNSPACED.match(word)]
        for day in range(7)
    ]  # fmt: skip


def halves(locales: list[Locale]) -> dict[str, list[str]]:
    """Words beside a clock: before noon, after noon, and at night, where the hour tells which."""
    found: dict[str, list[str]] = {"forenoon": [], "afternoon": [], "night": []}
    for locale in locales:
        rules = dict(dict(locale.day_period_rules).get(None) or {})
        spans = {name: _span(rule) for name, rule in rules.items()}
        for width in ("wide", "abbreviated"):
            for name, word in dict(locale.day_periods["format"][width]).items():
                if plain(word) in ("am", "pm"):  # English, which is looked for everywhere
                    continue
                if name in ("am", "pm"):
                    found["forenoon" if name == "am" else "afternoon"].append(plain(word))
                elif name not in ("noon", "midnight") and (span := spans.get(name)):
                    begin, end = span
                    if kind := "night" if begin > end else "forenoon" if end <= NOON else "afternoon" * (begin >= NOON):
                        found[kind].append(plain(word))
    return {kind: distinct(words) for kind, words in found.items()}


def _span(rule: Any) -> tuple[int, int] | None:
    if len(rule) != 1 or "from" not in rule[0]:
        return None
    return rule[0]["from"], rule[0]["before"] % DAY or DAY


def relative(locales: list[Locale]) -> dict[str, Any]:
    """Units, marks of the past, names of days, and quantities in one word."""
    units: dict[str, list[str]] = {}
    rests: list[list[tuple[str, ...]]] = []
    wholes: dict[str, int] = {}
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
    for locale in locales:
        fields = dict(locale._data["date_fields"])
        pasts = [dict(dict(fields[unit]).get("past") or {}).get("other", "{0}") for unit in seconds]
        before = len({plain(pattern.partition("{0}")[2]) for pattern in pasts}) == 1  # "saa 2 zilizopita"
        for unit in seconds:
            for form in (unit, f"{unit}-short", f"{unit}-narrow"):
                for plural, pattern in dict(dict(fields[form]).get("past") or {}).items():
                    if "{0}" in pattern and "-{0}" not in pattern and "({0})" not in pattern:
                        word, rest = _unit_and_rest(pattern, before)
                        units.setdefault(unit, []).append(word)
                        rests.append([rest])
                    elif plural in ("one", "two"):
                        words = plain(pattern.replace("({0})", "")).split()
                        if len(words) == 2 and (len(words[1]) > 3 or not words[1].isascii()):
                            wholes[words[1]] = seconds[unit] * (2 if plural == "two" else 1)
    names = {
        key: distinct(plain(dict(dict(dict(locale._data["date_fields"])[field]).get("relative") or {}).get(days, ""))
                      for locale in locales)
        for key, field, days in (("now", "second", 0), ("today", "day", 0), ("yesterday", "day", -1),
                                 ("day_before", "day", -2))
    }  # fmt: skip
    said = distinct(" ".join(rest) for some in rests for rest in some)
    counted = {word for words in units.values() for word in words}
    wholes = {word: number for word, number in wholes.items() if word not in counted}
    return {"units": {unit: distinct(words) for unit, words in units.items()}, "said": said, "wholes": wholes, **names}


def _unit_and_rest(pattern: str, unit_before: bool) -> tuple[str, tuple[str, ...]]:
    before, after = ([word for word in plain(part).split() if word[0].isalpha()] for part in pattern.split("{0}"))
    if after and not (unit_before and before):
        return after[0], (*before, *after[1:])
    return before[-1], (*before[:-1], *after)


def filled(words: Iterable[str]) -> str:
    """A TOML array of items that are written already, in lines of 116 characters."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > 112:
            lines.append("")
        lines[-1] += f" {word}," if lines[-1] else f"{word},"
    if len(lines) == 1 and len(lines[0]) < 90:
        return f"[{lines[0].rstrip(',')}]"
    return "[\n    " + "\n    ".join(lines) + "\n]"


def quoted(text: str) -> str:
    """A TOML string."""
    return tomlkit.item(text).as_string()


class File:
    """One language's file, whose lists are made longer."""

    def __init__(self, code: str) -> None:
        self.path = FOLDER / f"{code}.toml"
        self.code = code
        names = VARIANTS.get(code, (code,))
        self.locales = [Locale.parse(name) for name in names]
        if self.path.exists():
            self.document = tomlkit.parse(self.path.read_text("utf-8"))
        else:
            name = Locale.parse(code).english_name
            self.document = tomlkit.parse(
                f"# {name}: what it calls things on news pages. What each list means stands in"
                f" feeds/languages/__init__.py.\nname = {quoted(name)}\nrank = {NEW_RANK}\nlacking = []\n"
            )

    def table(self, name: str) -> Any:
        """The table of that name, made where there is none."""
        if name not in self.document:
            self.document[name] = tomlkit.table()
        return self.document[name]

    def put(self, table: str, key: str, value: str) -> None:
        """Set a value that is written as given."""
        self.table(table)[key] = tomlkit.parse(f"x = {value}\n")["x"]

    def longer(self, table: str, key: str, words: Iterable[str]) -> None:
        """A list gets the words that it has not."""
        old = list(self.table(table).get(key, []))
        new = distinct([*map(str, old), *words])
        if new != list(map(str, old)):
            self.put(table, key, filled(map(quoted, new)))

    def fill(self) -> None:
        """All that CLDR knows."""
        self._months()
        between = distinct([*self.table("dates").get("fillers", "").split(), *fillers(self.locales)])
        if between:
            self.put("dates", "fillers", quoted(" ".join(between)))
        numbers = str(self.locales[0].datetime_skeletons["Md"].pattern)
        if self.code != "en" and numbers.find("M") < numbers.find("d"):  # of English the country tells
            self.put("dates", "month_first", "true")
        if all(week := weekdays(self.locales)):
            own = [list(map(str, day)) for day in self.table("dates").get("weekdays", [[]] * 7)]
            rows = (
                "[" + ", ".join(map(quoted, distinct([*old, *day]))) + "]" for old, day in zip(own, week, strict=True)
            )
            self.put("dates", "weekdays", filled(rows))
        told = {str(word) for kind in ("forenoon", "afternoon", "night") for word in self.table("dates").get(kind, ())}
        for kind, words in halves(self.locales).items():
            self.longer("dates", kind, [word for word in words if word not in told])
        self._relative(relative(self.locales))
        self._lacking()

    def _months(self) -> None:
        new = months(self.locales)
        if not new:
            return
        old = [str(names).split() for names in self.table("dates").get("months", [""] * 12)]
        rows = [quoted(" ".join(distinct([*own, *names]))) for own, names in zip(old, new, strict=True)]
        self.put("dates", "months", filled(rows))

    def _relative(self, told: dict[str, Any]) -> None:
        table = self.table("relative")
        known = [word for unit in ("second", "minute", "hour", "day", "week") for word in table.get(unit, "").split()]
        marks = list(table.get("marks", []))
        for unit, words in told["units"].items():
            stems = [word for word in known if len(word) > 2 or not word.isascii()]
            new = [word for word in words if word not in known and not word.startswith(tuple(stems))]
            if new:
                self.put("relative", unit, quoted(" ".join(distinct([*table.get(unit, "").split(), *new]))))
        ago = table.get("ago", "").split()
        for said in told["said"]:
            words = said.split()
            if not words or any(word in ago for word in words) or any(mark in said for mark in marks):
                continue
            if len(words) == 1 and not UNSPACED.match(said):
                ago.append(said)
            else:
                marks.append(said)
        if ago:
            self.put("relative", "ago", quoted(" ".join(distinct(ago))))
        if marks:
            self.put("relative", "marks", filled(map(quoted, distinct(map(str, marks)))))
        for key in ("now", "today", "yesterday", "day_before"):
            if told[key]:
                self.longer("relative", key, told[key])
        if told["wholes"]:
            whole = {**told["wholes"], **dict(table.get("wholes", {}))}
            body = ", ".join(f"{quoted(word)} = {seconds}" for word, seconds in whole.items())
            self.put("relative", "wholes", f"{{ {body} }}")

    def _lacking(self) -> None:
        missing = []
        for table, keys in NEEDED.items():
            words = self.document.get(table, {})
            missing += [
                f"{table}.{key}" for key in keys if not (words.get(key) or (key == "ago" and words.get("marks")))
            ]
        numbered = [key for key in missing if key != "dates.months" or self.code not in ("vi", "zh", "ja", "ko")]
        if not numbered:
            self.document.pop("lacking", None)
        else:
            self.document["lacking"] = tomlkit.parse(f"x = {filled(map(quoted, numbered))}\n")["x"]

    def write(self) -> None:
        """Back to where it came from, the keys of each table in one order."""
        for name in ("dates", "relative"):
            if table := self.document.get(name):
                for key in [key for key in ORDER if key in table]:
                    value = table[key]
                    del table[key]
                    table[key] = value
        self.path.write_text(tomlkit.dumps(self.document), "utf-8")


def _codes(wanted: list[str]) -> Iterator[str]:
    yield from wanted or sorted(path.stem for path in FOLDER.glob("*.toml"))


if __name__ == "__main__":
    for code in _codes(sys.argv[1:]):
        file = File(code)
        file.fill()
        file.write()
        print(f"{code}: {', '.join(file.document.get('lacking', [])) or 'whole'}")
