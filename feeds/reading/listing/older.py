"""Where a list goes on with older stories: the next page, whatever the site calls it and wherever it writes it.

A link is believed for what its address is, seen from the list's own, and for what the page says of it:

- the list's own address with the next page's number in it (`numbered`) is the next page, wherever it stands;
- another address with that number (``/timeline/1801/trang-2.htm``) has to be called so: by ``rel=next`` (HTML Standard,
  sequential link types), by its words ("Load more"), by the names around it; and must not be another section's;
- an address without a number (``?after=k81``) needs ``rel=next``, or words that cannot mean anything else.

``rel=next`` alone is not believed: blogs give it to the next story. Directions are told by numbers, not by arrows, so
that "« Previous entries" is right where it leads from page 1 to page 2, and wrong where it leads back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading import urls
from feeds.reading.listing.flat import TEXT, Outline, outline
from feeds.reading.listing.links import FILE_EXTENSIONS, MIN_NUMBER, read_address
from feeds.reading.listing.numbered import ASIDE, Numbered, date_of, numbered, stem_of, words_of
from feeds.reading.page.dom import attribute, base_of, parse
from feeds.reading.page.labels import MORE_TEXTS, OLDER_LABELS
from feeds.reading.text import word_set

MOST = 3  # addresses: a page says it in its head, in its pager and for its script
MAX_CLOSE = 5_000  # addresses of one page that are taken apart; pagers have dozens
MAX_SCRIPTS = 4_000_000  # characters of scripts that are looked through
MAX_PIECE = 500  # characters of a text in a script or an attribute that may be an address; longer ones are cursors
MAX_PIECES = 200_000  # texts of one script; a large state has a tenth of that
MAX_ATTRIBUTE = 4_000  # characters of an attribute that is looked at: settings of a loader have some hundreds
MAX_PAIRS = 30  # parameters of an address that are looked at
SLUG = 4  # words of an address that is a headline
SMALL = 12  # entries of a link with a short text: a label, an icon and what wraps them
LEVELS = 4  # elements around a link whose names are about it: link, item, list, box
LINES = 60  # characters of a link's text that is looked at

# Names of what holds the links to further pages, and of what loads them.
_PAGER = word_set(
    "pagination paginator pager paging pagenav pagenavi pages paginate numbers pagelink pagelinks phantrang"
    " loadmore viewmore showmore readmore xemthem more load older next infinite infinitescroll wpnavi nextpage"
)
_CURRENT = word_set("active current selected on actived cur")
_BESIDE = ASIDE | word_set("carousel swiper slider lightbox calendar datepicker kalender calendario archives")
# What an address says that a script asks for the next part of a list, and that it is one of a list.
_LOADER = word_set("ajax timeline load loadmore more paging scroll infinite fragment partial next older")
_OF_LIST = word_set(
    "category categories cate cat zone section sections list listing news tin timeline folder channel latest stories"
    " articles posts home topic topics chuyenmuc danhmuc rubrik seccion archive"
)
# Parameters that say behind which story, or how many, the next page begins; and those of them that count.
_COUNTING = word_set("offset start skip from first begin startrow startat limitstart")
_CURSORS = _COUNTING | word_set(
    "after before cursor maxid lastid until token pagetoken nextpagetoken continuation updatedmax endcursor last"
    " lastindex olderthan key marker"
)
_KEYS = re.compile(r"next|older|more", re.IGNORECASE)  # what data call the address of the next page
_ARROWS = frozenset(("»", "›", ">", "→", ">>", "❯", "▶", "⟩", "►", "»»", "›››", "⇒", "chevron_right"))
_NUMBER = re.compile(r"\D{0,12}(\d{1,4})\D{0,3}", re.ASCII)
_QUOTES = re.compile("[\"'`]")
_KEY = re.compile(r"([\w-]{2,40})[\"']?\s{0,3}[:=]\s{0,3}$")
# What a script writes for the number that it puts in.
_HOLE = re.compile(
    r"\$?\{{1,2}\s{0,2}(?:page|pagenum|pagenumber|page_num|pageindex|currentpage|trang|n|0)\s{0,2}\}{1,2}"
    r"|%page%|__page__|\[page\]|%d|(?<=/):page\b",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(r"[{}<>\[\]\\ $|*^]")
_NO_LINK = ("#", "javascript:", "mailto:", "tel:", "data:")

# How much an address is believed, best first.
_TOLD, _SHOWN, _LIKELY, _CALLED, _SCRIPTED, _GUESSED, _DATED = range(7)


def older_pages(html: str, url: str, *, seen: Collection[str] = ()) -> tuple[str, ...]:
    """The addresses under which the list at ``url`` goes on with older stories, best first, `MOST` at most.

    They are absolute, of the list's site, and without tracking parameters. Empty where the page shows none: the last
    page of a list, or one whose script alone knows. ``seen`` are addresses that were read already, and are left out.
    """
    url = urls.absolute("", url) or url
    tree = parse(html)
    base = base_of(tree, url) if html.find("<base") >= 0 else url
    search = _Search(outline(tree), url, base, _canonical(tree, url, base))
    search.read_head(tree)
    search.read_markup()
    search.read_scripts(_scripts(tree, search.page))
    return search.best(seen)


def _canonical(tree: LexborHTMLParser, url: str, base: str) -> str | None:
    """The list's other name. A second page often has the first one's, and keeps its own."""
    if numbered(url) is not None or tree.head is None:
        return None
    told = urls.absolute(base, attribute(tree.head.css_first('link[rel="canonical"]'), "href"))
    return told if told and urls.same_site(told, url) else None


def _scripts(tree: LexborHTMLParser, page: Outline) -> list[LexborNode]:
    return [*(tree.head.css("script") if tree.head is not None else ()), *page.scripts]


@dataclass(slots=True)
class _Own:
    """The list's own address: the forms that its pages' addresses have, with the number of this page in each."""

    stems: dict[str, int] = field(default_factory=dict)
    number: int = 1  # as the address counts
    shown: int = 1  # as the page counts for its readers: some addresses count from 0
    told: bool = False  # whether the address says which page it is

    def add(self, address: str) -> None:
        """One name of the list."""
        page = numbered(address)
        if page is not None:
            self.stems.setdefault(page.stem, page.number)
            if page.said:
                self.number = self.shown = page.number
                self.told = True
                return
        self.stems.setdefault(stem_of(address), 1)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the page says of one address.

    ``older``: it is called by words that mean nothing but the next page, or stands under such a name; ``more``: by
    words or an arrow that may mean it. ``counted``: its text is the next page's number; ``text``: the number
    that its text is.
    ``named``: it stands in what has the name of a pager. ``where`` is "link", "element" (in an attribute, for a script)
    or "script"; ``filled``: the number is what a script would put in.
    """

    rel: bool = False
    older: bool = False
    more: bool = False
    counted: bool = False
    text: int | None = None
    named: bool = False
    where: str = "link"
    filled: bool = False


class _Search:
    """What one page has; `best` says what of it is the next page."""

    def __init__(self, page: Outline, url: str, base: str, canonical: str | None) -> None:
        self.page, self._url, self._base = page, url, base
        self._own = _Own()
        self._own_addresses = {_same(urls.clean(url))}
        for address in filter(None, (url, canonical)):
            self._own.add(urls.clean(address))
        self._own_words = words_of(url)
        self._own_last = _last_segment(urls.clean(url))
        self._date = date_of(urls.clean(url))
        self._found: dict[str, tuple[int, tuple[int, ...], str]] = {}
        self._beside: dict[int, bool] = {-1: False}
        self._beside_names = _BESIDE if self._own_words.isdisjoint(ASIDE) else _BESIDE - ASIDE  # a list of photos
        self._close = 0
        self._read_current()
        nexts = {number + 1 for number in (*self._own.stems.values(), self._own.number, self._own.shown)}
        if not self._own.told:
            nexts.add(1)  # the second page of those that count from 0
        self._wanted = re.compile(rf"(?<!\d)0?(?:{'|'.join(map(str, sorted(nexts)))})(?!\d)")
        self._sections = self._linked_sections()

    # --- what is known before

    def _read_current(self) -> None:
        """Which page this is, where its pager says so and its address does not."""
        own = self._own
        for entry, attributes in enumerate(self.page.attributes):
            if not attributes:
                continue
            said = "aria-current" in attributes
            if (not said and "class" not in attributes) or not self._is_small(entry):
                continue
            if not said and _CURRENT.isdisjoint(self.page.names(entry)):
                continue
            number = _NUMBER.fullmatch(self.page.text_of(entry)[:LINES])
            if number is None or not (said or self._is_named(entry)) or self._stands_beside(entry):
                continue
            own.shown = int(number[1])
            if not own.told:
                own.number = own.shown
                own.stems = {stem: max(known, own.shown) for stem, known in own.stems.items()}
            return

    def _linked_sections(self) -> frozenset[str]:
        """How the addresses of what else the page links end: its sections, and stories, which do no harm here."""
        found = set()
        for entry in self.page.links:
            href = self.page.attributes[entry].get("href")
            if href and "?" not in href and len(href) < MAX_PIECE and (last := _last_segment(href)):
                found.add(last)
        return frozenset(found)

    # --- where addresses stand

    def read_head(self, tree: LexborHTMLParser) -> None:
        """The ``<link rel=next>`` of the page."""
        for link in tree.css('link[rel~="next" i][href]')[:MAX_CLOSE]:
            self._weigh(attribute(link, "href"), _Said(rel=True))

    def read_markup(self) -> None:
        """The links of the page, and the addresses that its elements keep for scripts."""
        for entry, attributes in enumerate(self.page.attributes):
            if not attributes:
                continue
            if self.page.tags[entry] == "a":
                self._read_link(entry, attributes.get("href"))
            for name, value in attributes.items():
                if value and len(name) > 4 and name not in _PLAIN and self._may_hold(value):
                    self._read_attribute(entry, name, value)

    def _read_link(self, entry: int, href: str | None) -> None:
        if not href or href.lstrip().lower().startswith(_NO_LINK):
            return
        rel = "next" in self.page.attribute(entry, "rel").lower().split()
        numbered_so = self._wanted.search(href) is not None
        if not (rel or numbered_so or "?" in href or self._date):
            return
        text = self._text(entry) if self._is_small(entry) else ""
        called, number = _calls(text), _NUMBER.fullmatch(text)
        counted = number is not None and int(number[1]) == self._own.shown + 1
        if not (rel or numbered_so or called or counted or self._date) or self._stands_beside(entry):
            return
        said = _Said(
            rel=rel,
            older=called == "older",
            more=called == "more" or text in _ARROWS,
            counted=counted,
            text=int(number[1]) if number is not None and not called else None,
            named=self._is_named(entry),
        )
        self._weigh(href, said)

    def _read_attribute(self, entry: int, name: str, value: str) -> None:
        if self._stands_beside(entry):
            return
        pieces = _pieces(value) if _QUOTES.search(value) else ((name, value),)
        for key, piece in pieces:
            self._weigh_text(piece, key=key or name, named=self._is_named(entry), where="element")

    def read_scripts(self, scripts: list[LexborNode]) -> None:
        """The plain addresses in the page's scripts and in the state that they start from."""
        left = MAX_SCRIPTS
        for script in scripts:
            given = script.attributes
            if given.get("src") or "ld+json" in (given.get("type") or "").lower():
                continue
            text = script.text(deep=True)
            left -= len(text)
            if left < 0:
                return
            for key, piece in _pieces(text):
                if self._may_hold(piece):
                    self._weigh_text(piece, key=key, named=False, where="script")

    def _may_hold(self, text: str) -> bool:
        """A quick look: whether a text may be the address of a further page, or hold one."""
        if len(text) > MAX_ATTRIBUTE or ("/" not in text and "?" not in text):
            return False
        return "?" in text or self._wanted.search(text) is not None or _HOLE.search(text) is not None

    def _weigh_text(self, text: str, *, key: str, named: bool, where: str) -> None:
        """A text that may be an address, and stands in an element or a script under a name."""
        text = text.strip()
        if not text or len(text) > MAX_PIECE or not text.startswith(("/", "?", "http://", "https://", "./")):
            return
        filled = _HOLE.sub(str(self._own.number + 1), text)
        if not _NO_ADDRESS.search(filled):
            older = _KEYS.search(key) is not None
            self._weigh(filled, _Said(older=older, named=named, where=where, filled=filled != text))

    # --- what they are worth

    def _weigh(self, href: str | None, said: _Said) -> None:
        """Keep an address, if it is the next page."""
        self._close += 1
        if self._close > MAX_CLOSE or (address := self._address(href)) is None:
            return
        words = words_of(address)
        if not (words - self._own_words).isdisjoint(ASIDE):
            return
        page, worth = numbered(address), None
        if page is not None and page.stem in self._own.stems:
            worth = self._of_own(page, said)
        elif page is not None and page.number == self._own.number + 1:
            worth = self._of_other(page, words, address, said)
        if worth is None and (page is None or said.rel or said.older):
            worth = self._behind(address, said)
        if worth is None and said.where == "link" and self._is_earlier(address):
            worth = _DATED
        if worth is not None:
            self._keep(address, _GUESSED if said.filled else worth)

    def _of_own(self, page: Numbered, said: _Said) -> int | None:
        """An address that is the list's own but for the number."""
        own = self._own.stems[page.stem]
        if page.number != own + 1:
            from_0 = page.number == 1 and own == 1 and not self._own.told and (said.rel or said.older or said.counted)
            return (_TOLD if said.rel else _LIKELY) if from_0 else None
        if said.rel:
            return _TOLD
        if said.text is not None and said.text not in self._texts_of(page.number):
            return None
        if said.where == "script":
            return _SCRIPTED if page.said or said.older else None
        if said.where == "element":
            return _LIKELY if page.said or said.older or said.named else None
        if said.counted or (page.word and (said.older or said.more or said.named)):
            return _SHOWN
        return _LIKELY if page.said or said.named else None  # "/visit-2" may be any page, and "Next »" lead there

    def _texts_of(self, number: int) -> tuple[int, ...]:
        """What the text of a link to this page may be, where it is a number: one more, if they count from 0."""
        shown = number + self._own.shown - self._own.number
        return (shown, number + 1) if self._own.told else (shown,)

    def _of_other(self, page: Numbered, words: frozenset[str], address: str, said: _Said) -> int | None:
        """Another address with the next number in it: it has to be called the next page of this list."""
        own_name = self._has_own_name(page.stem)
        if not said.rel and not own_name and (self._is_other_section(page.stem) or _is_story(address, page.stem)):
            return None
        loads, listed = not words.isdisjoint(_LOADER), own_name or not words.isdisjoint(_OF_LIST)
        if said.where != "link":
            so = page.said and (said.older or said.named or loads or listed)
            return (_CALLED if said.where == "element" else _GUESSED) if so or (loads and listed) else None
        so = said.rel or said.older or ((said.more or said.counted) and (said.named or loads))
        return _CALLED if so and (page.said or loads) else None

    def _behind(self, address: str, said: _Said) -> int | None:
        """An address that says behind which story to go on, or how many to leave out."""
        path, _, query = address.partition("?")
        if not query or not (said.rel or said.older or (said.counted and said.named)):
            return None
        own_path, _, own_query = urls.clean(self._url).partition("?")
        is_own, own, cursors = _same(path) == _same(own_path), dict(_pairs(own_query)), 0
        for name, value in _pairs(query):
            folded = "".join(filter(str.isalpha, name.lower()))
            if folded in _COUNTING and value.isdecimal() and _number(value) <= _number(own.get(name)):
                return None  # it leads back
            cursors += folded in _CURSORS and own.get(name) != value
            # With rel=next any short value will do, but no number that a story may have.
            cursors += said.rel and is_own and name not in own and len(value) < MIN_NUMBER
        if not cursors or not (is_own or not self._is_other_section(stem_of(path))):
            return None
        return _LIKELY if is_own else _CALLED

    def _is_earlier(self, address: str) -> bool:
        """Whether the list is a day's or a month's, and the address that of an earlier one."""
        if self._date is None or (date := date_of(address)) is None:
            return False
        return date[0] == self._date[0] and len(date[1]) == len(self._date[1]) and date[1] < self._date[1]

    def _address(self, href: str | None) -> str | None:
        """The address as it is given on; None for one that leads to the list itself, elsewhere, or to no page."""
        address = urls.absolute(self._base, (href or "").strip())
        if address is None or not urls.same_site(address, self._url):
            return None
        address = urls.clean(address)
        if _same(address) in self._own_addresses or read_address(address).extension in FILE_EXTENSIONS:
            return None
        return address

    def _is_other_section(self, stem: str) -> bool:
        """Whether what an address is a page of has the name of something else that the page links."""
        names = [part for part in stem.partition("?")[0].split("/")[1:] if not part.isdigit()]
        return bool(names) and names[-1].lower() in self._sections and names[-1].lower() != self._own_last

    def _has_own_name(self, stem: str) -> bool:
        return bool(self._own_last) and self._own_last in stem.partition("?")[0].lower().split("/")[1:]

    def _keep(self, address: str, worth: int) -> None:
        order = (worth, len(self._found))
        if worth == _DATED and (date := date_of(address)):
            order = (worth, -int("".join(f"{part:04}" for part in date[1])))  # the day before comes first
        known = self._found.get(_same(address))
        if known is None or worth < known[0]:
            self._found[_same(address)] = (worth, order, address)

    def best(self, seen: Collection[str]) -> tuple[str, ...]:
        """The best addresses that are not among those seen."""
        left_out = {_same(urls.clean(address)) for address in seen}
        found = sorted((order, address) for same, (_, order, address) in self._found.items() if same not in left_out)
        return tuple(address for _, address in found[:MOST])

    # --- how things are called

    def _is_small(self, entry: int) -> bool:
        return self.page.ends[entry] - entry <= SMALL

    def _text(self, entry: int) -> str:
        """What a link says to its readers: its text, else what it is called for those who do not see it."""
        text = self.page.text_of(entry)[:LINES].strip()
        if text and (text[0].isalnum() or not self.page.attribute(entry, "aria-label")):
            return text
        return (self.page.attribute(entry, "aria-label") or self.page.attribute(entry, "title") or text)[:LINES].strip()

    def _is_named(self, entry: int) -> bool:
        """Whether an element, or one close around it, has the name of a pager."""
        for _ in range(LEVELS):
            if entry <= 0:
                return False
            if self.page.tags[entry] != TEXT and not _PAGER.isdisjoint(self.page.names(entry)):
                return True
            entry = self.page.parents[entry]
        return False

    def _stands_beside(self, entry: int) -> bool:
        """Whether an element stands in something with pages of its own: comments, a gallery, a calendar.

        What holds half of the page is not such a thing, whatever its name: a gallery may be the list.
        """
        known, parents, path = self._beside, self.page.parents, []
        while (answer := known.get(entry)) is None:
            path.append(entry)
            entry = parents[entry]
        for inner in reversed(path):
            if not answer and not self._beside_names.isdisjoint(self.page.names(inner)):
                answer = (self.page.ends[inner] - inner) * 2 < len(self.page.tags)
            known[inner] = answer
        return answer


_PLAIN = frozenset(("class", "style", "title", "srcset", "aria-label", "data-src", "data-srcset", "sizes", "action"))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The quoted texts of a script or of JSON, each with the name that it stands under."""
    text = text.replace("\\/", "/").replace("\\u002F", "/").replace("\\u0026", "&").replace('\\"', '"')
    parts = _QUOTES.split(text)[:MAX_PIECES]
    for place, part in enumerate(parts):
        if not part or len(part) > MAX_PIECE or part[0] not in "/?h.":
            continue
        before = parts[place - 1] if place else ""
        key = ""
        if before.strip() in (":", "=") and place > 1:
            key = parts[place - 2]
            if key in ("url", "href", "link") and place > 3 and parts[place - 3].replace(" ", "") == ":{":
                key = parts[place - 4]
        elif found := _KEY.search(before[-60:]):
            key = found[1]
        yield key[:60], part


def _calls(text: str) -> str:
    """What a link is called: "older" where that means nothing but the next page of a list, "more", or nothing."""
    if not text:
        return ""
    if OLDER_LABELS.kind(text) is not None:
        return "older"
    return "more" if text.casefold().strip(" .…»›>→[]+") in MORE_TEXTS else ""


def _is_story(address: str, stem: str) -> bool:
    """Whether an address is a page of a story: stories are split over pages, too."""
    return read_address(address).words >= SLUG or stem.partition("?")[0].rpartition("/")[2].count("-") >= SLUG


def _pairs(query: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")[:MAX_PAIRS])]


def _same(address: str) -> str:
    """What two spellings of one address share."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def _last_segment(href: str) -> str:
    """The last named part of an address, without an extension, in lower case."""
    path = href.partition("?")[0].partition("#")[0].partition("://")[2] or href.partition("?")[0].partition("#")[0]
    segments = [part for part in path.split("/")[1:] if part and not part.isdigit()]
    last = segments[-1].lower() if segments else ""
    stem, dot, extension = last.rpartition(".")
    return stem if dot and extension.isalpha() else last


def _number(text: str | None) -> int:
    return int(text[:9]) if text and text.isdecimal() else 0
