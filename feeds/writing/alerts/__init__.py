"""Events as messages for people: what chats, pushes and mails are sent.

`message` turns an event's JSON into plain values; a template (the defaults stand in this folder, one for each kind of
markup) turns those into text. Nothing that a page says can become markup: values are escaped for the markup that the
service reads, wherever a template puts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import resources
from typing import Any, Literal
from zoneinfo import ZoneInfo

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from feeds.errors import TemplateError
from feeds.writing.phrases import words

Format = Literal["html", "markdown", "text"]

MAX_OUTPUT = 1_000_000  # characters; what is longer is no message, and no receiver takes it
MAX_PASSAGE = 300  # characters of "Was: …" and "Now: …"
MAX_SUMMARY = 1_500  # characters of a lead; few services take more of anything
STEPS = 12  # times that a message is made shorter until it fits

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~=@&$^:])")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SENTENCE = re.compile(r"[.!?…。！？](?=[\s”’\")]|$|(?<=[。！？]))")
_BREAKS = re.compile(r"\s*\n\s*")


class Alert(dict[str, Any]):
    """What templates see; see `docs/reference/templates.md`."""


def message(body: Mapping[str, Any], *, timezone: str, language: str | None) -> Alert:
    """The event whose JSON is ``body``, for people on the clock of ``timezone``."""
    kind, data = str(body.get("type", "")), body.get("data") or {}
    article = data.get("article")
    said = dict(words(language or (article or {}).get("language")))
    zone = ZoneInfo(timezone)
    alert = Alert(titled=False, type=kind, said=said, source=data.get("source"), event=body)
    if article is not None:
        alert |= _story(kind, article, data.get("changes"), data.get("source") or {}, zone)
    elif kind == "digest":
        alert["groups"] = list(_groups(data, zone))
        alert["count"] = sum(len(group["stories"]) for group in alert["groups"])
        alert["left_out"] = 0
        alert["headline"] = said["digest"].format(n=alert["count"])
        alert["notices"] = [message(item, timezone=timezone, language=language) for item in data.get("notices") or ()]
    else:
        alert |= _notice(kind, data, said, zone)
    return alert


def _story(
    kind: str, article: Mapping[str, Any], changes: Any, source: Mapping[str, Any], zone: ZoneInfo
) -> dict[str, Any]:
    images = article.get("images") or [{}]
    return {
        "headline": _line(article.get("title")),
        "url": article.get("url") or "",
        "summary": _line(article.get("summary"))[:MAX_SUMMARY],
        "authors": ", ".join(map(_line, article.get("authors") or ())),
        "when": _when(article.get("published") or article.get("updated"), zone),
        "picture": images[0].get("url") or "",
        "source": {"id": source.get("id", ""), "title": _line(source.get("title"))},
        "kind": kind.partition(".")[2],
        "changed": (changes or {}).get("fields") or [],
        "passages": list(_passages(changes)),
    }


def _groups(data: Mapping[str, Any], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """A digest's stories by source, in their order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in data.get("articles") or ():
        source = item.get("source") or {}
        told = _story(item.get("type", ""), item["article"], item.get("changes"), source, zone)
        also = [{"title": _line(other["source"].get("title")), "url": other["url"]} for other in item.get("also") or ()]
        groups.setdefault(told["source"]["title"], []).append(told | {"also": also})
    for title, stories in groups.items():
        yield {"title": title, "stories": stories}


def _notice(kind: str, data: Mapping[str, Any], said: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """A source that fails, recovered, or may have been missed in part; an endpoint that is disabled."""
    title = _line(
        (data.get("source") or data.get("endpoint") or {}).get("title") or (data.get("endpoint") or {}).get("id")
    )
    key = {
        "source.failing": "failing",
        "source.recovered": "recovered",
        "source.gap": "gap",
        "endpoint.disabled": "disabled",
    }.get(kind, "")
    gap, outage = data.get("gap") or {}, data.get("outage") or {}
    failure = data.get("failure") or gap
    lines = []
    if kind == "source.recovered" and outage:
        since = _when(outage.get("since"), zone)
        lines.append(said["recovered after"].format(since=since, n=outage.get("new_stories", 0)))
    elif kind == "source.gap":
        until = _when(gap.get("to"), zone) if gap.get("to") else "?"
        lines.append(said["gap between"].format(since=_when(gap.get("from"), zone), until=until))
    elif kind == "source.failing":
        lines.append(said["failing since"].format(title=title, since=_when(failure.get("since"), zone)))
    cause = failure.get("cause") or data.get("cause")
    if cause and kind != "source.recovered":
        lines.append(f"{said['cause']}: {_line(cause)}")
    if hint := _line(failure.get("hint") or data.get("hint")):
        lines.append(hint)
    headline = said[key].format(title=title) if key else kind
    return {"headline": headline, "url": failure.get("url") or "", "lines": lines, "kind": kind}


def _passages(changes: Any) -> Iterator[dict[str, str]]:
    """What each changed text was and is, as far as people want to read it in a message."""
    for field in ("title", "summary", "text"):
        runs = (changes or {}).get(field) or ()
        if runs:
            was = "".join(run["text"] for run in runs if run["op"] != "insert")
            now = "".join(run["text"] for run in runs if run["op"] != "delete")
            yield {"field": field, "was": cut(_line(was), MAX_PASSAGE), "now": cut(_line(now), MAX_PASSAGE)}


def _line(text: Any) -> str:
    """On one line, without what nobody sees: a mark that turns the rest of a message round is somebody's joke."""
    return _BREAKS.sub(" ", _UNSEEN.sub("", str(text or ""))).strip()


def _when(stamp: Any, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(str(stamp)).astimezone(zone)
    except ValueError:
        return ""
    return f"{moment:%Y-%m-%d %H:%M}"


def cut(text: str, most: int) -> str:
    """The text, if it is longer than ``most`` characters, to the end of a sentence, else of a word."""
    if len(text) <= most:
        return text
    whole = [found.end() for found in _SENTENCE.finditer(text, 0, most)]
    if whole and whole[-1] > most // 3:
        return text[: whole[-1]]
    return (text[: max(0, most - 2)].rpartition(" ")[0] or text[: max(0, most - 1)]) + "…"


# -- templates


def default(markup: Format) -> str:
    """The default template of the markup."""
    return resources.files(__name__).joinpath(f"{markup}.j2").read_text("utf-8")


def compiled(source: str, markup: Format, name: str = "template") -> jinja2.Template:
    """The template, ready to be filled in. Raises `TemplateError` with the line where it cannot be read."""
    try:
        return _environment(markup).from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(name, f"line {error.lineno}: {error.message}") from error
    except (jinja2.TemplateError, RecursionError, MemoryError, SyntaxError) as error:
        raise TemplateError(name, f"cannot be read: {error}") from error


def filled(template: jinja2.Template, alert: Mapping[str, Any], name: str = "template") -> str:
    """The template with an event in it. Raises `TemplateError` for one that raises, or says too much."""
    parts, size = [], 0
    try:
        for part in template.generate(alert):
            parts.append(part)
            size += len(part)
            if size > MAX_OUTPUT:
                raise TemplateError(name, f"says more than {MAX_OUTPUT:,} characters")
    except TemplateError:
        raise
    except Exception as error:  # whatever a template can raise is its author's to mend
        raise TemplateError(name, f"{type(error).__name__}: {error}"[:300]) from error
    return "".join(parts).strip()


def fitting(template: jinja2.Template, alert: Alert, most: int, name: str = "template") -> str:
    """The template with the event in it, in at most ``most`` characters.

    What is too long loses the end of its lead, at a sentence; then its changed passages; a digest loses stories and
    notices, and says how many. What is too long even so is empty.
    """
    for _ in range(STEPS):
        text = filled(template, alert, name)
        if len(text) <= most:
            return text
        shorter = _shorter(alert, len(text), most)
        if shorter is None:
            break
        alert = shorter
    return ""


def _shorter(alert: Alert, length: int, most: int) -> Alert | None:
    """The event with less in it; None: there is nothing left to leave out."""
    excess = length - most
    if summary := alert.get("summary"):
        kept = cut(summary, len(summary) - excess - 2) if len(summary) > excess + 2 else ""
        return Alert(alert | {"summary": kept})
    if alert.get("passages"):
        return Alert(alert | {"passages": alert["passages"][:-1]})
    groups, notices = alert.get("groups") or [], alert.get("notices") or []
    if any(story["summary"] for group in groups for story in group["stories"]):  # first the leads, then stories
        bare = [group | {"stories": [story | {"summary": ""} for story in group["stories"]]} for group in groups]
        return Alert(alert | {"groups": bare})
    stories = sum(len(group["stories"]) for group in groups)
    total = stories + len(notices)
    if total <= 1:
        return None
    keep = max(1, min(total - 1, int(total * most / length * 0.95)))
    told = min(len(notices), max(1, keep * len(notices) // total)) if notices else 0
    left_out = alert["left_out"] + total - keep
    return Alert(alert | {"groups": list(_first(groups, keep - told)), "notices": notices[:told], "left_out": left_out})


def _first(groups: list[dict[str, Any]], keep: int) -> Iterator[dict[str, Any]]:
    for group in groups:
        if keep <= 0:
            return
        yield group | {"stories": group["stories"][:keep]}
        keep -= len(group["stories"])


def _environment(markup: Format) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=markup == "html",
        finalize=_in_markdown if markup == "markdown" else None,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.Undefined,
    )
    environment.filters["cut"] = cut
    environment.filters["link"] = _link if markup != "markdown" else _link_in_markdown
    return environment


def _in_markdown(value: Any) -> Any:
    """A value so that it shows as it is; what a template has marked as safe is left."""
    if value is None or isinstance(value, Markup | jinja2.Undefined):
        return "" if value is None else value
    return _MARKDOWN.sub(r"\\\1", str(value))


def _link(address: str) -> str:
    """An address that may be followed; nothing else comes into a link."""
    return address if address.startswith(("https://", "http://")) else ""


def _link_in_markdown(address: str) -> Markup:
    """The same between the round brackets of a link."""
    quoted = {"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E", "\\": "%5C", "|": "%7C", "\n": "", "\t": ""}
    return Markup("".join(quoted.get(char, char) for char in _link(address)))  # noqa: S704  # nothing is left to escape
