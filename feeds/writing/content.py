"""What every format shows of an entry: its HTML, put together once, the same everywhere."""

from __future__ import annotations

from html import escape

from feeds.model import Article, Entry, Image

# Sentences that bantin itself adds to an entry, in the languages it speaks; English otherwise.
_WORDS = {
    "en": {
        "partial": "The full text could not be read yet; this is what the site's list says.",
        "disallowed": "The site asks programs not to read this page; this is what its list says.",
        "truncated": "The site shows the beginning of this story only.",
        "credit": "Source",
        "read": "Read it on the site",
    },
    "vi": {
        "partial": "Chưa đọc được toàn văn; đây là phần giới thiệu trên trang danh sách.",
        "disallowed": "Trang nguồn yêu cầu không đọc tự động bài này; đây là phần giới thiệu trên trang danh sách.",
        "truncated": "Trang nguồn chỉ hiển thị phần đầu của bài.",
        "credit": "Nguồn",
        "read": "Đọc trên trang nguồn",
    },
}


def words(language: str | None) -> dict[str, str]:
    """bantin's own words in that language."""
    return _WORDS.get((language or "en").partition("-")[0].lower(), _WORDS["en"])


def content_html(entry: Entry) -> str:
    """The entry's text as HTML: lead, picture where the text has none, body, what is missing, credit."""
    article, said = entry.article, words(entry.article.language)
    parts: list[str] = []
    if article.summary and not _begins_with(article.body_text, article.summary):
        parts.append(f"<p><strong>{escape(article.summary)}</strong></p>")
    if article.images and "<img" not in article.content_html:
        parts.append(_figure(article.images[0]))
    parts.append(article.content_html)
    missing = notice(entry)
    if missing:
        link = f'<a href="{escape(entry.story.url)}">{said["read"]}</a>'
        parts.append(f"<p><em>{said[missing]}</em> {link}</p>")
    if article.credit:
        parts.append(f"<p>{said['credit']}: {escape(article.credit)}</p>")
    return "\n".join(part for part in parts if part)


def notice(entry: Entry) -> str | None:
    """Which of bantin's sentences the entry needs, because its text is not all there; None where it is."""
    if entry.story.partial:
        return "disallowed" if entry.story.reason == "disallowed" else "partial"
    return "truncated" if entry.article.truncated else None


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
