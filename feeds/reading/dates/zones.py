"""Where a site is, when nobody has said: its time zone, from the host's country and the page's language.

Only countries and languages of one zone are listed (that of the capital, where a far territory has another): times of
other sites are read as UTC unless they name a zone.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from feeds.languages import LANGUAGES, code_of

UTC = ZoneInfo("UTC")

_BY_COUNTRY = {
    country: zone
    for zone, countries in {
        "Asia/Ho_Chi_Minh": "vn",
        "Asia/Bangkok": "th",
        "Asia/Phnom_Penh": "kh",
        "Asia/Vientiane": "la",
        "Asia/Yangon": "mm",
        "Asia/Kuala_Lumpur": "my",
        "Asia/Singapore": "sg",
        "Asia/Manila": "ph",
        "Asia/Shanghai": "cn",
        "Asia/Hong_Kong": "hk",
        "Asia/Taipei": "tw",
        "Asia/Tokyo": "jp",
        "Asia/Seoul": "kr",
        "Asia/Kolkata": "in",
        "Asia/Karachi": "pk",
        "Asia/Dhaka": "bd",
        "Asia/Colombo": "lk",
        "Asia/Kathmandu": "np",
        "Asia/Tehran": "ir",
        "Asia/Jerusalem": "il",
        "Asia/Dubai": "ae",
        "Asia/Riyadh": "sa",
        "Africa/Cairo": "eg",
        "Africa/Lagos": "ng",
        "Africa/Nairobi": "ke",
        "Africa/Johannesburg": "za",
        "Europe/Berlin": "de",
        "Europe/Vienna": "at",
        "Europe/Zurich": "ch li",
        "Europe/Paris": "fr",
        "Europe/Rome": "it",
        "Europe/Madrid": "es",
        "Europe/Lisbon": "pt",
        "Europe/London": "uk",
        "Europe/Dublin": "ie",
        "Europe/Amsterdam": "nl",
        "Europe/Brussels": "be",
        "Europe/Luxembourg": "lu",
        "Europe/Copenhagen": "dk",
        "Europe/Oslo": "no",
        "Europe/Stockholm": "se",
        "Europe/Helsinki": "fi",
        "Europe/Tallinn": "ee",
        "Europe/Riga": "lv",
        "Europe/Vilnius": "lt",
        "Europe/Warsaw": "pl",
        "Europe/Prague": "cz",
        "Europe/Bratislava": "sk",
        "Europe/Budapest": "hu",
        "Europe/Bucharest": "ro",
        "Europe/Sofia": "bg",
        "Europe/Athens": "gr",
        "Europe/Zagreb": "hr",
        "Europe/Ljubljana": "si",
        "Europe/Belgrade": "rs",
        "Europe/Istanbul": "tr",
        "Europe/Kyiv": "ua",
        "Europe/Minsk": "by",
        "Asia/Tbilisi": "ge",
        "Asia/Yerevan": "am",
        "Atlantic/Reykjavik": "is",
        "America/Argentina/Buenos_Aires": "ar",
        "America/Bogota": "co",
        "America/Lima": "pe",
        "Pacific/Auckland": "nz",
    }.items()
    for country in countries.split()
}

# Of languages that are news languages in one zone only.
_BY_LANGUAGE = {code: _BY_COUNTRY[language.country] for code, language in LANGUAGES.items() if language.country}
_GENERIC = frozenset(("co", "me", "in", "is", "la", "my"))  # countries' names that are sold as words: .co, .la


def infer_zone(host: str, language: str | None) -> ZoneInfo:
    """The zone in which a site writes its times, as far as its country or language tell; else UTC."""
    return told_zone(host, language)[0]


def told_zone(host: str, language: str | None) -> tuple[ZoneInfo, str]:
    """The same, and in words what tells it; "" where nothing does."""
    country = host.rpartition(".")[2]
    tongue = _BY_LANGUAGE.get(code_of(language) or "")
    zone = _BY_COUNTRY.get(country)
    if zone is not None and not (country in _GENERIC and tongue is not None):
        return ZoneInfo(zone), f"its address ends in .{country}"
    return (ZoneInfo(tongue), f"its language is {language}") if tongue is not None else (UTC, "")
