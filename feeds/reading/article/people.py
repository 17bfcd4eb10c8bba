"""Who wrote a story, as people: names taken apart, each once, without the desk or the site where a person is named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.reading.page.labels import LABELS
from feeds.reading.text import squeeze

MAX_NAME = 60  # characters of the longest name believed
MAX_WORDS = 6
MAX_AUTHORS = 12
_EDGES = " .,:;-–—|/*~→»›"

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
_AFTER = re.compile(r"\s(?:alle artikel|alle beiträge|all articles|all posts|view profile)\b.*$", re.IGNORECASE)
# Degrees behind a comma, as they are written; and what somebody is in a newsroom, without a name.
_DEGREE = re.compile(r"(?:Ph|M|Ed|Dr)\.? ?D\.?|[BM]\.[AS][c.]*|[A-Z]{2,5}(?:-[A-Z])?|Esq\.?|[JS]r\.?|MSc|BSc")
_AGENCIES = frozenset(("AFP", "AP", "DPA", "EFE", "ANSA", "APA", "KNA", "EPD", "SID", "PTI", "UPI", "TASS"))
_ROLE = re.compile(
    r"(?:(?:senior|associate|assistant|deputy|managing|contributing|executive|chief|news|web|online|digital|staff|copy"
    r"|photo|political|business|technology|science|health|sports|features|foreign|national|special|audience)\s)*"
    r"(?:editors?|reporters?|correspondents?|writers?|columnists?|journalists?|redakteur(?:in)?|korrespondent(?:in)?)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?", re.IGNORECASE)
_JOINTS = re.compile(r"[\s._-]+")
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
    r"|^(?i:name|null|none|undefined|by|story by|posted by|no author)$|\bauthors?\b|\d\s"
    r"|^\(|(?i:\bgetty images\b|^(?:image|photo|foto|bild|ảnh) ?:)"
)


def people(texts: Iterable[str], site_names: Iterable[str] = (), *, desks: bool = True) -> tuple[str, ...]:
    """The people that bylines name, in order, each once.

    A desk ("Ban biên tập") or the site itself stands only where no person does, and ``desks`` are asked for.
    """
    found: dict[str, str] = {}
    for text in texts:
        for name in _split(text):
            found.setdefault(_JOINTS.sub("", name.casefold()), name)  # "Jo Doe" and "jo-doe" are one
    if not found:
        return ()
    sites = {squeeze(name).casefold() for name in site_names if name}
    persons = [name for name in found.values() if not (name.casefold() in sites or _is_desk(name))]
    return tuple((persons or (list(found.values()) if desks else []))[:MAX_AUTHORS])


def _is_desk(name: str) -> bool:
    return _DESK.match(name) is not None or _ROLE.fullmatch(name) is not None


def _split(text: str) -> list[str]:
    names: list[str] = []
    text = text[:1000]
    if address := _ADDRESS.match(text):
        text = address[1]
    dated = any(map(str.isdigit, text))
    for piece in _BETWEEN.split(text):
        name = squeeze(piece).strip(_EDGES)
        name = _AFTER.sub("", _BY.sub("", name)).strip(_EDGES)
        if (names and _is_title(name)) or (dated and _WEEKDAY.fullmatch(name)):
            continue
        if 1 < len(name) <= MAX_NAME and any(map(str.isalpha, name)) and not _is_no_name(name):
            names.append(name)
    return names


def _is_title(name: str) -> bool:
    """Whether what stands behind a name is a degree or a role, and no other name."""
    return (_DEGREE.fullmatch(name) is not None and name not in _AGENCIES) or _ROLE.fullmatch(name) is not None


def _is_no_name(text: str) -> bool:
    return len(text.split()) > MAX_WORDS or _NOT_A_NAME.search(text) is not None or LABELS.kind(text) is not None
