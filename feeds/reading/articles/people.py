"""Who wrote a story, as people: names taken apart, each once, without the desk or the site where a person is named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.reading.articles.words import LABELS
from feeds.reading.text import fold, squeeze

MAX_NAME = 60  # characters of the longest name believed
MAX_WORDS = 6
MAX_AUTHORS = 12

# Words that join names. A hyphen joins two people only between spaces: "Anne-Marie" is one.
_BETWEEN = re.compile(
    r"\s+[-–—|/·•]\s+|\s*[,;&\n]\s*(?:and\s+)?|\s+(?:and|und|et|y|e|và|en|og|och|ja|oraz|ve|и|та|dan|with|mit)\s+",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?i:(?:written|story|text|words|report(?:ed|ing)?|posted|published|article|bài|text und fotos?|erstellt"
    r"|interview|(?:zeige )?alle (?:artikel|beiträge)|(?:view |see )?all (?:posts|articles|stories))\s*[:：]?\s*)?"
    r"(?:(?i:\b(?:by|von|vom|par|por|di|door|av|af|theo|bài|tác giả|authors?|autor(?:in|en|a)?|interview|редактор"
    r"|автор)\b\s*[:：]?)(?:\s+|$)|(?:[Bb]y|[Aa]uthor)(?=[A-Z][a-z]))"  # "AuthorJo Doe": styles set the label apart
    r"|^[:：]\s*"
)
_AFTER = re.compile(
    r"\s+(?:alle artikel|alle beiträge|all articles|all posts|view profile)\b.*$|\s*[→»›]+$", re.IGNORECASE
)
# What stands behind a name: degrees, what somebody is in a newsroom.
_TITLE = re.compile(
    r"^(?:(?:ph|m|ed|d|dr)\.? ?d|[bm]\.?(?:a|s|sc|ba|ph|ed)|r\.?[dn]|rdn?|ldn?|cpa|cfp|cfa|jd|llm|msc|mph|mfa|fand|lcsw"
    r"|esq|jr|sr|ii|iii|dds|dmd|do|pa-c|np|pt|dpt|cscs)\.?$"
    r"|\b(?:editors?|reporters?|correspondents?|writers?|columnists?|journalists?|redakteur(?:in)?"
    r"|korrespondent(?:in)?)$",
    re.IGNORECASE,
)
# A publisher's postal address for an author: "Blue River Post, Munich, Germany".
_ADDRESS = re.compile(r"^([^,]+),[^,]+, ?(?:Germany|Deutschland|Austria|Österreich|Switzerland|Schweiz)$")
# Desks: the newsroom as a whole, where no person signs.
_DESK = re.compile(
    r"^(?:the )?(?:editor(?:s|ial)?(?: (?:team|board|staff|desk))?|newsroom|(?:news|web) ?desk|staff"
    r"|(?:die |online-?)?redaktion|(?:la )?rédaction|(?:la )?redacción|redação|redazione|redactie|redakcja|redakce"
    r"|redaktionen|редакция|ban biên tập|bbt|tòa soạn|toà soạn|phóng viên|pv|ctv"
    r"|admin(?:istrator)?|webmaster|root|guest|anonymous|unknown|contributors?|agenc(?:y|ies))\b.*$",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{2}|\.com\b|[{}<>=|]|\b(?:GmbH|Inc|Ltd|LLC|PLC|AG|KG|e\.V)\b|^(?:in|at|on|am|um|publisher)\b"
    r"|^(?i:name|null|none|undefined|by|story by|posted by)$|(?i:\bauthors?\b)|\d\s"
    r"|^(?i:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?$|^\(|(?i:\bgetty images\b|^(?:image|photo|foto|bild|ảnh) ?:)"
)


def people(texts: Iterable[str], site_names: Iterable[str] = (), *, desks: bool = True) -> tuple[str, ...]:
    """The people that bylines name, in order, each once.

    A desk ("Ban biên tập") or the site itself stands only where no person does, and ``desks`` are asked for.
    """
    found: dict[str, str] = {}
    for text in texts:
        for name in _split(text):
            found.setdefault(fold(name), name)  # "Jo Doe" and "jo-doe" are one
    if not found:
        return ()
    sites = {fold(name) for name in site_names if name}
    persons = [
        name for key, name in found.items() if key not in sites and not (_DESK.match(name) or _TITLE.search(name))
    ]
    return tuple((persons or (list(found.values()) if desks else []))[:MAX_AUTHORS])


def _split(text: str) -> list[str]:
    names: list[str] = []
    text = text[:1000]
    if address := _ADDRESS.match(text):
        text = address[1]
    for piece in _BETWEEN.split(text):
        name = squeeze(piece).strip(" .,:;-–—|/*~")
        name = _AFTER.sub("", _BY.sub("", name)).strip(" .,:;-–—|/*~")
        if names and _TITLE.search(name):
            continue
        if 1 < len(name) <= MAX_NAME and any(map(str.isalpha, name)) and not _is_no_name(name):
            names.append(name)
    return names


def _is_no_name(text: str) -> bool:
    return len(text.split()) > MAX_WORDS or _NOT_A_NAME.search(text) is not None or LABELS.kind(text) is not None
