"""What every format shows of an entry: its HTML, put together once, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from feeds.deciding.difference import Difference
from feeds.model import Article, Elsewhere, Entry, Image, Media
from feeds.reading import urls
from feeds.reading.text import printable
from feeds.writing.changed import changed_html
from feeds.writing.feed import Origin
from feeds.writing.phrases import words
from feeds.writing.tidy import MAX_HTML, is_counter, link, tidy


def content_html(
    entry: Entry,
    *,
    origins: Mapping[str, Origin] | None = None,
    change: Difference | None = None,
    language: str | None = None,
) -> str:
    """The entry's text as HTML: lead, picture where the text has none, body, what is missing, credit, who else has it.

    ``origins`` name the sources of ``entry.elsewhere``; ``change`` is what the last revision changed, to be shown;
    ``language`` is that of the feed, for a story that names none.
    """
    article = entry.article
    language = article.language or language
    said = words(language)
    parts: list[str] = []
    if article.summary and not _begins_with(article.body_text, article.summary):
        parts.append(f"<p><strong>{escape(article.summary)}</strong></p>")
    if "<img" not in article.content_html and not any(media.poster for media in recordings(article)):
        parts.extend(_figure(image) for image in pictures(article)[:1])
    parts.extend(
        _recording(media, said) for media in recordings(article) if escape(media.url) not in article.content_html
    )
    parts.append(article.content_html)
    missing = notice(entry)
    if missing:
        parts.append(f'<p><em>{said[missing]}</em> <a href="{escape(entry.story.url)}">{said["read"]}</a></p>')
    if article.credit:
        parts.append(f"<p>{said['credit']}: {escape(article.credit)}</p>")
    if entry.elsewhere:
        parts.append(_told_by(entry.elsewhere, origins or {}, said["elsewhere"]))
    parts.append(changed_html(change, language))
    return "\n".join(part for part in map(tidy, parts) if part)  # each by itself: no part can swallow the next


def notice(entry: Entry) -> str | None:
    """Which of bantin's sentences the entry needs, because its text is not all there; None where it is."""
    if entry.story.partial:
        return "disallowed" if entry.story.reason == "disallowed" else "partial"
    if entry.cut or len(entry.article.content_html) > MAX_HTML:
        return "long"
    return "truncated" if entry.article.truncated else None


def pictures(article: Article) -> list[Image]:
    """The article's pictures that people are meant to see, with addresses of the web."""
    found = [image for image in article.images if not is_counter(image.url, image.width, image.height)]
    return [image for image in found if link(image.url)]


def recordings(article: Article) -> list[Media]:
    """The article's recordings, with addresses of the web."""
    return [media for media in article.media if link(media.url)]


def all_pictures(article: Article) -> list[Image]:
    """The article's pictures, and those that stand for its recordings: each has its place as a number."""
    known = {image.url for image in article.images}
    posters = dict.fromkeys(media.poster for media in article.media if media.poster and media.poster not in known)
    return [*article.images, *(Image(url=url) for url in posters)]


def _recording(media: Media, said: Mapping[str, str]) -> str:
    """A recording as a link, under its picture: readers strip players, and nobody is asked before it is followed."""
    name = said["listen" if media.kind == "audio" else "watch"]
    told = " · ".join(filter(None, (name, escape(media.title or ""), length(media.duration) if media.duration else "")))
    here = f'<a href="{escape(media.url)}">'
    if poster := link(media.poster):
        picture = f'{here}<img src="{escape(poster)}" alt=""></a>'
        return f"<figure>{picture}<figcaption>{here}{told}</a></figcaption></figure>"
    return f"<p>{here}{told}</a></p>"


def length(seconds: float) -> str:
    """``2:35``, as players show how long a recording is."""
    whole = round(seconds)
    hours = f"{whole // 3600}:{whole // 60 % 60:02}" if whole >= 3600 else str(whole // 60)
    return f"{hours}:{whole % 60:02}"


def _told_by(elsewhere: tuple[Elsewhere, ...], origins: Mapping[str, Origin], begin: str) -> str:
    """A sentence that links to the same story on other sources, by their names."""
    links = []
    for other in elsewhere:
        url, origin = link(other.url), origins.get(other.source_id)
        if url:
            name = printable(origin.title if origin else "") or urls.host(url) or url
            links.append(f'<a href="{escape(url)}" title="{escape(other.title)}">{escape(name)}</a>')
    return f"<p><small>{begin}: {', '.join(links)}.</small></p>" if links else ""


def _figure(image: Image) -> str:
    caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
    return f'<figure><img src="{escape(image.url)}" alt="{escape(image.alt or "")}">{caption}</figure>'


def _begins_with(text: str, summary: str) -> bool:
    """Some sites repeat the lead as the first paragraph: it is shown once."""
    return text[: len(summary) + 20].casefold().lstrip().startswith(summary[:60].casefold())


def media_type(url: str) -> str | None:
    """A picture's type by its address, where that tells it."""
    known = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif", "avif": "avif"}
    name = known.get(url.partition("?")[0].rpartition(".")[2].lower())
    return f"image/{name}" if name else None


def language_of(article: Article, default: str | None) -> str | None:
    """The language an entry is marked with: only where it differs from the feed's."""
    return article.language if article.language and article.language != default else None
