"""What every page is rendered with: the language, the way to the others, and what links carry on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
import msgspec
from starlette.requests import Request

from daemon import VERSION
from daemon.config import query_of
from daemon.web.pages.language import LANGUAGES, Language, choose
from feeds.writing.formats import FORMATS, media_type_of

ACCESS = "bantin.access"  # in a request's scope
MAX_QUESTION = 200  # characters
LISTED = 200  # sources to choose from in a list, feeds on a page: more are not looked through by anybody
MAX_DEPTH = 50  # of an address; deeper ones lead nowhere anyway

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(
    formats=[(name, media_type_of(form), form.TITLE) for name, form in FORMATS.items()],
    version=VERSION,
    max_question=MAX_QUESTION,
)


class Access(msgspec.Struct, frozen=True):
    """What whoever asks may see. ``token`` is what addresses carry for them, ``in_address`` whether theirs did.

    ``in_pages``: pages may show it, in the addresses of feeds. ``only``: the feed that its own token opened, and
    nothing else. ``inside``: causes, hosts and numbers that are the operator's may be shown, for not everybody reads
    these pages. ``form`` is what a form that changes something has to send back, and empty for those who may not;
    ``can_sign_in`` says whether anybody may.
    """

    token: str = ""
    in_address: bool = False
    in_pages: bool = True
    only: str | None = None
    inside: bool = False
    form: str = ""
    can_sign_in: bool = False

    @property
    def query(self) -> str:
        """The end of addresses that open for them."""
        return query_of(self.token)


def access_of(request: Request) -> Access:
    """What the gate found out about whoever asks."""
    found: Access = request.scope.get(ACCESS) or Access()
    return found


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How one request is answered with a page.

    ``root`` leads to the front page, relatively: bantin may stand under a path of another server. What came in the
    address goes along in links: the token of ``access``, and ``asked`` (a language); ``here`` holds what else this
    page's address has.
    """

    language: Language
    root: str
    now: datetime
    access: Access = Access()
    asked: str | None = None
    here: Mapping[str, str] = {}

    @property
    def carried(self) -> dict[str, str]:
        """The parameters that links to other pages carry on."""
        token = self.access.token if self.access.in_address else ""
        return {name: value for name, value in (("token", token), ("lang", self.asked)) if value}

    @property
    def query(self) -> str:
        """The end of links to other pages."""
        return _query(self.carried)

    @property
    def secret(self) -> str:
        """The end of links to feeds, which readers take along without a cookie: the same in every language."""
        return self.access.query if self.access.in_pages else ""

    @property
    def can_change(self) -> bool:
        """Whether this page may have buttons that change something."""
        return bool(self.access.form)

    @property
    def pictures(self) -> str:
        """The end of links to pictures: a browser that is signed in needs nothing."""
        return self.access.query if self.access.in_address else ""

    def again(self, **changed: str) -> str:
        """A link to this page with other parameters."""
        return _query({**self.here, **self.carried, **changed})

    def to(self, **given: str | int) -> str:
        """The end of a link to another page, with these parameters."""
        return _query({**{name: str(value) for name, value in given.items()}, **self.carried})

    def link(self, page: str, **given: str) -> str:
        """A link to another page with these parameters, from the front page on."""
        return f"{page}{self.to(**given)}"

    def time(self, moment: datetime | None, zone: ZoneInfo) -> tuple[str, str] | None:
        """A time for programs and for people."""
        if moment is None:
            return None
        local = moment.astimezone(zone)
        return local.isoformat(timespec="minutes"), self.language.moment(local)

    def render(self, template: str, **values: Any) -> str:
        """The page that ``template`` makes of these values."""
        return _templates.get_template(template).render(
            view=self,
            say=self.language.say,
            count=self.language.count,
            root=self.root,
            query=self.query,
            secret=self.secret,
            languages=[(code, language.name, self.again(lang=code)) for code, language in LANGUAGES.items()],
            **{"all_feeds": (), "question": "", "here": "", **values},
        )


class Chosen(msgspec.Struct, frozen=True):
    """What somebody wants to see only: a source, a section, a day (as ISO 8601 has it), a kind of change."""

    source: str = ""
    section: str = ""
    day: str = ""
    kind: str = ""

    def __bool__(self) -> bool:
        return any((self.source, self.section, self.day, self.kind))

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """The day, from its first moment on the zone's clock to the next one's; None where none was chosen."""
        try:
            day = date.fromisoformat(self.day)
            return tuple(datetime.combine(day + timedelta(days=n), time(), zone).astimezone(UTC) for n in (0, 1))  # type: ignore[return-value]
        except (ValueError, OverflowError):
            return None


def chosen_of(view: View) -> Chosen:
    """What the page's address chooses."""
    given = {name: view.here.get(name, "") for name in ("source", "section", "day", "kind")}
    with suppress(ValueError):  # as the page's own field writes it
        given["day"] = date.fromisoformat(given["day"]).isoformat()
    return Chosen(**given)


def view_of(request: Request, *here: str) -> View:
    """How this request is answered; ``here`` names the parameters that belong to the page itself."""
    given = request.query_params
    asked = given.get("lang")
    return View(
        language=choose(asked, request.headers.get("accept-language", "")),
        root="../" * min(_depth(request), MAX_DEPTH),
        now=datetime.now(UTC),
        access=access_of(request),
        asked=asked if asked in LANGUAGES else None,
        here={name: given[name][:MAX_QUESTION] for name in here if name in given},
    )


def _depth(request: Request) -> int:
    """How many folders down the address is, as the browser sees it: %2F is no slash."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return path.partition(b"?")[0].count(b"/") - 1


def _query(parameters: Mapping[str, str]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""
