"""What passes in a text while its story stays: clocks of the last update, counters, links to other stories.

Sites print these between the paragraphs, and some of them change at every visit. A line is left out only where nothing
else stands in it: what is in a sentence is said, and a corrected number there is a correction. So each rule asks for a
whole line, and a short one.
"""

from __future__ import annotations

import re

from feeds.characters import nfc
from feeds.reading.text import word_set

MAX_CLOCK = 90  # characters of a line that is only a clock, or only counters
MAX_LINES = 5_000  # of a text that are looked at, in which something may pass; beyond, they are lines of a table
MAX_LINK = 220  # characters of a line that is only a link: its label, and another story's headline
MAX_NUMBER = 60  # characters at the end of a line in which a picture's number is looked for

_WORD = re.compile(r"[^\W_]+")

# Words that stand in lines such as "Cập nhật lúc 14:05, 12/03/2026" or "Updated 3 hours ago".
# In Vietnamese, English, French, German, Spanish, Portuguese, Italian, Indonesian and Russian.
_SAYS_WHEN = word_set(
    """
    cập nhật updated update modified posted published publié publiée màj actualisé actualisée aktualisiert stand
    veröffentlicht actualizado actualizada actualización publicado publicada atualizado atualizada aggiornato
    aggiornata pubblicato diperbarui обновлено опубликовано trước ago il vor hace há fa lalu назад
    """
)
_OF_TIMES = word_set(
    """
    lần cuối mới nhất đăng xuất bản lúc ngày tháng năm giờ phút giây tuần thứ hai ba tư sáu bảy chủ sáng trưa chiều
    tối hôm nay qua vừa xong last first on at the am pm a p m second seconds sec secs minute minutes min mins hour
    hours hr hrs day days week weeks month months today yesterday now just time january february march april may
    june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday
    tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun gmt utc ict est edt cet cest bst
    wib wita wit mis mise à jour le la y heure heures h jours semaine semaines dernière de du janvier février mars
    avril mai juin juillet août septembre octobre novembre décembre zuletzt am um uhr stunde stunden minuten
    sekunden tag tagen woche wochen der den januar februar märz juni juli oktober dezember última vez el las hora
    horas minuto minutos segundos día días dia dias semana semanas em às as enero febrero marzo abril mayo junio
    julio agosto septiembre octubre noviembre diciembre alle ore ora il minuti giorni ultimo aggiornamento terakhir
    pada pukul jam menit hari yang последнее обновление в часов часа час минут минуты минуту дней
    """
)
# Not "3-2": that is a score. Nor "12.5": that is a number.
_CLOCK = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?(?::|h|g|giờ)\s?\d{2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{1,2}([.-])\d{1,2}\1\d{2,4})(?!\d)"
)
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1\d{2,4}|\d{1,2}/\d{1,2})(?!\d)")
_OF_NUMBERS = re.compile(r"\d{1,4}(?:st|nd|rd|th|am|pm|h|g|p|h\d{2}|g\d{2}|min|m|s|d)?")
_EASTERN_CLOCK = re.compile(
    r"(?:最后|最後|最終|최종)?\s*(?:更新|发布|發布|公開|업데이트|입력|수정)(?:时间|時間|日時|于|於)?\s*[::]?\s*"
    r"(?:\d+\s*(?:秒|分钟|分鐘|分|小时|小時|時間|天|日|초|분|시간|일)\s*(?:前|전)|\d[\d\s年月日时時分秒년월일시분초:/.-]*)"
)

# A number ends in a digit, and its digits are not shared out: else a line of numbers and commas is tried in all ways.
_NUMBER = r"\d++(?:[.,\s]{1,2}\d++){0,4}(?:\s?(?:k|m|tr|nghìn|triệu|tsd|mil|mio))?"
_COUNTED = (
    r"(?:lượt\s+(?:xem|đọc|thích|chia\s+sẻ|nghe|tải)|bình\s+luận|chia\s+sẻ|thích|ý\s+kiến|phản\s+hồi|người\s+đọc"
    r"|views?|comments?|shares?|likes?|reads?|replies|reactions?|retweets?|claps?"
    r"|vues?|commentaires?|partages?|j'aime|aufrufe|kommentare?|vistas?|visitas|comentarios?|compartidos?"
    r"|visualizações|comentários?|curtidas|visualizzazioni|commenti|condivisioni|kali\s+dibaca|komentar"
    r"|просмотр(?:ов|а)?|комментари(?:ев|я|й))"
)
_COUNTER = rf"(?:{_NUMBER}\s?{_COUNTED}|{_COUNTED}(?:\s?:)?\s?(?:\(\s?)?{_NUMBER}(?:\s?\))?)"
_COUNTERS = re.compile(rf"{_COUNTER}(?:\s?(?:[|·•,;/–-]\s?)?{_COUNTER}){{0,3}}\s?\.?", re.IGNORECASE)

# Labels of links to other stories: alone, or with a headline after a colon; some of them need no colon.
_LABEL = (
    r"(?:xem\s+thêm|đọc\s+thêm|xem\s+tiếp|đọc\s+tiếp|tin\s+liên\s+quan|bài\s+liên\s+quan|tin\s+cùng\s+chuyên\s+mục"
    r"|mời\s+(?:quý\s+)?(?:bạn\s+)?(?:độc\s+giả|đọc|xem)\s+thêm|có\s+thể\s+bạn\s+quan\s+tâm"
    r"|read\s+(?:more|also|next)|see\s+(?:more|also)|more\s+on\s+this(?:\s+story)?|related(?:\s+(?:stories|articles|news))?"
    r"|don['’]t\s+miss|you\s+may\s+also\s+like|continue\s+reading|also\s+read"
    r"|(?:à\s+)?lire\s+aussi|à\s+lire|voir\s+aussi|lesen\s+sie\s+auch|mehr\s+zum\s+thema|lesen\s+sie\s+mehr"
    r"|lee?r?\s+también|leer\s+más|lea\s+también|ver\s+más|te\s+puede\s+interesar|leia\s+(?:também|mais)|veja\s+também"
    r"|leggi\s+anche|baca\s+juga|читайте\s+также|延伸阅读|延伸閱讀|相关阅读|相關閱讀|関連記事|관련기사)"
)
_BARE_LABEL = re.compile(rf"[\s>»→+\[(]*{_LABEL}[\s:…>»→.)\]]*", re.IGNORECASE)
_LABELLED = re.compile(rf"[\s>»→+\[(]*{_LABEL}\s*(?:[:>»→|]|\s[-–—]\s).*", re.IGNORECASE)
_OPEN_LABEL = re.compile(
    r"(?:read\s+also|see\s+also|also\s+read|(?:à\s+)?lire\s+aussi|voir\s+aussi|lesen\s+sie\s+auch|lea\s+también"
    r"|leia\s+também|leggi\s+anche|baca\s+juga|читайте\s+также)\s.*[^.!?…]",
    re.IGNORECASE,
)

_PICTURE = r"(?:ảnh|hình(?:\s+ảnh)?|photo|picture|image|slide|foto|bild|imagen|imagem|immagine|gambar|фото)"
_OF_HOW_MANY = r"(?:/|of|trên|von|de|di|dari|из)"
_NUMBERED = re.compile(rf"\s*[(\[]?{_PICTURE}\s+(?:số\s+)?\d{{1,3}}(?:\s*{_OF_HOW_MANY}\s*\d{{1,3}})?\s*[.:)\]]*", re.I)
_NUMBERED_END = re.compile(
    rf"(?:\s[-–—|]\s*|\s*[(\[]\s*){_PICTURE}\s+(?:số\s+)?\d{{1,3}}(?:\s*{_OF_HOW_MANY}\s*\d{{1,3}})?\s*[.)\]]*$",
    re.IGNORECASE,
)
_NUMBERED_START = re.compile(
    rf"^\s*{_PICTURE}\s+\d{{1,3}}\s*{_OF_HOW_MANY}\s*\d{{1,3}}\s*(?:[.:|–—-]\s*|$)", re.IGNORECASE
)


def lasting(text: str) -> str:
    """The text without what passes: line by line, in their order."""
    # Squeezed here: taking invisible characters out leaves runs of spaces, and patterns share them out in many ways.
    squeezed = (" ".join(line.split()) for line in nfc(text).splitlines())
    lines = [line for line in squeezed if line]
    lasts = [_unnumbered(line) for line in lines[:MAX_LINES] if not passes(line)]
    return "\n".join(lasts + lines[MAX_LINES:])


def passes(line: str) -> bool:
    """Whether the line, without spaces around it, is only a clock, a counter, a link or a picture's number."""
    if len(line) > MAX_LINK:
        return False
    if _BARE_LABEL.fullmatch(line) or _LABELLED.fullmatch(line) or _OPEN_LABEL.fullmatch(line):
        return True
    if len(line) > MAX_CLOCK or not any(map(str.isdigit, line)):
        return False
    return bool(
        _COUNTERS.fullmatch(line) or _NUMBERED.fullmatch(line) or _EASTERN_CLOCK.fullmatch(line)
    ) or _tells_time(line)


def _tells_time(line: str) -> bool:
    """Whether all words are those of times, and they say when: a clock, a day, "updated …" or "… ago"."""
    line = line.casefold()
    found = _WORD.findall(line)
    if not all(word in _OF_TIMES or word in _SAYS_WHEN or _OF_NUMBERS.fullmatch(word) for word in found):
        return False
    # Digits alone may be a score ("25:22"), where there is no day beside them.
    numbers_only = not any(word in _OF_TIMES or word in _SAYS_WHEN for word in found)
    if numbers_only and not _DATE.search(line):
        return False
    return bool(_CLOCK.search(line)) or not _SAYS_WHEN.isdisjoint(found)


def _unnumbered(line: str) -> str:
    """The line without the number that a site gives its picture: "… - Ảnh 1.", "Photo 2 of 10: …"."""
    body, end = line[:-MAX_NUMBER], line[-MAX_NUMBER:]  # what the end is searched for costs more the longer it is
    return _NUMBERED_START.sub("", body + _NUMBERED_END.sub("", end))
