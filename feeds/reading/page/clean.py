"""HTML that goes out: sanitised by nh3 with a short list of what may stay, every link and picture absolute."""

from __future__ import annotations

import nh3

from feeds.reading import urls
from feeds.reading.page.dom import parse, text_of
from feeds.reading.text import printable

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "dl", "dt", "em",
    "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "mark", "ol", "p", "pre", "q",
    "s", "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "blockquote": {"cite"},
}
CONTENT_DROPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "form",
    "button",
    "nav",
}


def sanitised(html: str, base: str) -> str:
    """``html`` with only the tags and attributes above, links and pictures made absolute against ``base``.

    An address that is not http(s) loses its attribute. Characters that XML cannot hold are gone.
    """

    def address(tag: str, attribute: str, value: str) -> str | None:
        if attribute not in ATTRIBUTES.get(tag, ()):  # nh3 allows some on every tag
            return None
        return urls.absolute(base, value) if attribute in ("href", "src", "cite") else value

    cleaned = nh3.clean(
        printable(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=CONTENT_DROPPED,
        attribute_filter=address,
        url_schemes={"http", "https"},
        link_rel=None,
        strip_comments=True,
    )
    return printable(cleaned)  # "&#1;" has become a character


def text_of_html(html: str) -> str:
    """The text of a fragment on one line."""
    if "<" not in html and "&" not in html:
        return html
    return text_of(parse(html).body)
