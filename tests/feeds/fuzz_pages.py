"""Pages to break: invented ones in many kinds of markup, and the many ways in which pages come broken or hostile.

Input ``n`` is the same whenever and wherever it is made: `make_input` (SEED, n). To look at one that a test names:

    python -c "from tests.feeds.fuzz_pages import make_input; print(make_input(17).html)"
"""

# ruff: noqa: E501 - pages are written down as sites write them

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from daemon.demo.news import Newsroom
from daemon.demo.site import _templates
from feeds.reading.page import charset
from tests.feeds.growing_pages import GROWING

SEED = 20_261_121
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
URLS = (
    "https://song-van.example/chuyen-ben-song-199261121080000123.htm",
    "http://www.song-van.example:8080/",
    "https://news.example.co.uk/2026/11/21/ferry-returns?page=2",
    "https://xn--sng-vn-3ta.example/tin/",
)

Random = random.Random
Mutation = Callable[[Random, str], str]


class Input(NamedTuple):
    """A page, its address, and how it was made."""

    html: str
    url: str
    made_by: str


# ---------------------------------------------------------------------------------------------------------- originals

_ENGLISH = """<!doctype html><html lang="en-GB"><head><meta charset=utf-8><title>Ferry returns to the Van – The Ferryman</title>
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"Ferry
returns to the Van","datePublished":"2026-11-21T08:00:00Z","dateModified":"2026-11-21T09:30:00+00:00","author":[{"@type":
"Person","name":"Ann Oar"},{"@type":"Person","name":"Ben Keel"}],"image":{"@type":"ImageObject","url":"/i/ferry.jpg",
"width":1200},"isAccessibleForFree":"False","keywords":"ferry, river","articleSection":"Rivers"},{"@type":"BreadcrumbList",
"itemListElement":[{"@type":"ListItem","position":1,"item":"https://news.example.co.uk/rivers"}]}]}</script>
<meta property="og:title" content="Ferry returns to the Van"><meta name="author" content="Ann Oar">
<link rel="canonical" href="https://news.example.co.uk/2026/11/21/ferry-returns"><link rel="next" href="?page=3"></head>
<body class="has-sidebar"><header><nav><ul><li><a href="/rivers">Rivers</a><li><a href="/lakes">Lakes</a></ul></nav></header>
<main><article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop=headline>Ferry returns to the Van</h1>
<p class="byline">By <a rel=author href="/by/ann-oar">Ann Oar</a> | <time itemprop=datePublished datetime="2026-11-21T08:00Z">
21 November 2026, 8.00am GMT</time></p><div itemprop=articleBody><p>The little ferry that had been missed for eleven years
crossed the river again this morning, with forty people and two goats on board.</p><h2>A long wait</h2><p>“We had given up,”
said one of those who waited on the other side. <b>Nobody</b> <i>had</i> told her.<ul><li>Forty people<li>Two goats</ul>
<blockquote><p>It is a very good ferry indeed.</p></blockquote><figure><picture><source srcset="/i/f-1200.webp 1200w,
/i/f-600.webp 600w"><img data-src="/i/f.jpg" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="The ferry"></picture>
<figcaption>The ferry, full. Photo: Cy Lens</figcaption></figure><table><tr><th>Day<th>Boats<tr><td>Monday<td>4</table>
<iframe src="//video.example/embed/1"></iframe><p>More boats are to follow in the spring, the council says.</p></div>
<aside class="related-posts"><h3>Related articles</h3><ul><li><a href="/2026/11/20/otter-seen-at-the-lock-773311">Otter seen
at the lock for the first time</a></ul></aside></article><section id=comments><h3>Comments</h3><div class=comment><p>Lovely
news, this. I had not hoped for it any more.</p></div></section></main><footer><p>© The Ferryman</p></footer></body></html>"""

_OLD = """<HTML><HEAD><TITLE>Der Fährmann - Nachrichten vom Fluss</TITLE><META HTTP-EQUIV="Content-Type" CONTENT="text/html;
charset=iso-8859-1"></HEAD><BODY BGCOLOR=#FFFFFF><TABLE WIDTH=700><TR><TD WIDTH=150><A HREF="index.html">Start</A><BR>
<A HREF="archiv.html">Archiv</A></TD><TD><FONT SIZE=+2><B>Fähre fährt wieder über die Große Wann</B></FONT><BR><FONT SIZE=1>
Samstag, 21. November 2026, 18:00 Uhr</FONT><P>Nach elf Jahren fährt die Fähre wieder; vierzig Leute und zwei Ziegen standen
am Ufer.<BR><BR>„Wir hatten es aufgegeben“, sagte eine der Wartenden.<BR><BR>Im Frühjahr sollen weitere Boote folgen, heißt
es im Rat der Gemeinde.<P><A HREF="fluss-4471123.html">Fischotter zum ersten Mal an der Schleuse gesehen</A></TD></TR></TABLE>
<HR><CENTER>Impressum</CENTER></BODY></HTML>"""

_DIVS = """<!DOCTYPE html><html lang=vi><head><meta charset="utf-8"><title>Đò ngang trở lại | Báo Bến Sông</title>
<meta property="article:published_time" content="2026-11-21T08:00:00+0700"></head><body><div id=app><div class=c1><div
class=c2>Đò ngang trở lại bến sông Vân</div><div>Thứ bảy, 21/11/2026 | 08:00 GMT+7</div><div class="c3">Sáng nay, con đò
nhỏ lại chở khách qua sông sau mười một năm vắng bóng.<br><br>Bốn mươi người và hai con dê đã có mặt từ sớm.<br/>Một người
chờ ở bờ bên kia nói rằng bà đã thôi hy vọng từ lâu.</div><div class=c3>Theo xã, mùa xuân tới sẽ có thêm vài con đò nữa, để
bà con đi chợ phiên cho tiện.</div><div>Nguồn: Bản tin trưa</div><div class=tin-lien-quan>Tin liên quan<div><a
href="/rai-ca-xuat-hien-ben-au-thuyen-1992611200000.htm">Rái cá xuất hiện bên âu thuyền</a></div></div></div></div></body>"""

_JAPANESE = """<!DOCTYPE html><html lang="ja"><head><meta charset="Shift_JIS"><title>渡し船が十一年ぶりに戻る：川辺新聞</title></head>
<body><div class="contents"><h1>渡し船が十一年ぶりに戻る</h1><p class="date">2026年11月21日 8時00分</p><p>川の渡し船が二十一日朝、
十一年ぶりに運航を再開した。四十人と二匹のヤギが乗り込んだ。</p><p>待っていた女性は「もうあきらめていた」と話した。町は春までに船を増やす
方針だ。</p><ul class="newsList"><li><a href="/articles/ASX1234567.html">水門でカワウソを初確認、専門家も驚く</a><span>(11/20)</span></li>
<li><a href="/articles/ASX1234568.html">市場にもち米が並ぶ、値段は去年より安く</a><span>(11/19)</span></li></ul></div></body></html>"""

_ARABIC = """<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>عودة العبّارة إلى النهر - جريدة الضفة</title>
</head><body><article><h1>عودة العبّارة إلى النهر بعد أحد عشر عاما</h1><span class="date">السبت ٢١ نوفمبر ٢٠٢٦ - ٠٨:٠٠</span>
<p>عادت العبّارة الصغيرة هذا الصباح لتنقل الركاب بين ضفتي النهر، وعلى متنها أربعون شخصا وماعزان.</p><p>وقالت إحدى المنتظرات
إنها كانت قد فقدت الأمل منذ زمن بعيد.</p></article><div class="more"><a href="/news/otter-at-the-lock-99881231">ظهور ثعلب الماء
قرب الهويس لأول مرة</a></div></body></html>"""

_HOME = """<!DOCTYPE html><html lang=en><head><title>The Ferryman</title><base href="/"></head><body><nav><a href=/rivers>Rivers
</a><a href=/lakes>Lakes</a></nav><main><section class=lead><article><a href="/2026/11/21/ferry-returns-1200001"><img
srcset="/i/a.jpg 300w, /i/a2.jpg 900w" sizes=100vw><h2>Ferry returns to the Van after eleven years</h2></a><p>Forty people and
two goats were on board this morning.</p><time datetime="2026-11-21T08:00Z">2 hours ago</time><a href="/by/ann-oar">Ann Oar</a>
</article></section><section class=grid><div class=card data-time=1795248000><a href="/2026/11/20/otter-seen-1200002"><div
style="background-image:url('/i/otter.jpg')"></div><span class=kicker>Nature</span><h3>Otter seen at the lock for the first time
</h3></a></div><div class=card data-time=1795161600><a href="/2026/11/19/sticky-rice-1200003"><noscript><img src=/i/rice.jpg>
</noscript><h3>Sticky rice is cheaper than last year</h3></a><p class=summary>The market had more of it than anyone could carry.
</div></section><aside><h4>Most read</h4><ol><li><a href="/2026/11/18/bridge-closed-1200004">The old bridge stays closed until
spring</a><li><a href="/2026/11/17/well-found-1200005">A well from the old days found below the square</a></ol></aside>
<a href="/rivers?page=2">Next</a></main><footer><a href=/imprint>Imprint</a></footer></body></html>"""

_STATE = """<!DOCTYPE html><html lang=de><head><title>Der Fährmann</title></head><body><div id=__next></div><script
id=__NEXT_DATA__ type="application/json">{"props":{"items":[{"title":"Fähre fährt wieder über die Wann","url":
"/fluss/faehre-faehrt-wieder-4471122","publishedAt":"2026-11-21T18:00:00+01:00","image":{"url":"/i/1.jpg"}},{"headline":
"Fischotter zum ersten Mal gesehen","link":"/fluss/fischotter-zum-ersten-mal-gesehen-4471123","published":1795248000},{"name":
"Klebreis billiger als letztes Jahr","path":"/markt/klebreis-billiger-als-letztes-jahr-4471124"}]}}</script></body></html>"""

_LIVE = """<!DOCTYPE html><html lang=en><head><title>Live: the first crossing</title><script type="application/ld+json">
{"@type":"LiveBlogPosting","headline":"Live: the first crossing","datePublished":"2026-11-21T06:00:00Z","liveBlogUpdate":[{
"@type":"BlogPosting","headline":"They are off","datePublished":"2026-11-21T08:00:00Z","articleBody":"The ferry has left."}]}
</script></head><body><div class=live><h1>Live: the first crossing</h1><div class=post id=p2><time>08:05</time><h2>They are off
</h2><p>The ferry has left the pier with a goat at the bow, and everybody waves.</p></div><div class=post id=p1><time>07:50</time>
<h2>People gather</h2><p>Some forty people stand on the pier now, and the fog is lifting slowly.</p><div class=gallery><amp-img
src=/i/1.jpg></amp-img><img src=/i/2.jpg width=100% height=auto></div></div></div></body></html>"""


@cache
def originals() -> tuple[str, ...]:
    """The pages as they should be: those of the demonstration, and some of other makes."""
    items = Newsroom(NOW, stories=14).items
    article, listing = _templates.get_template("article.html"), _templates.get_template("list.html")
    stories = [
        article.render(
            item=item,
            others=[other for other in items if other is not item][:5],
            base="https://song-van.example/",
            number=1,
        )
        for item in items[:3]
    ]
    lists = [listing.render(title="Thời sự", items=items[:12], side=items[9:], feed=None)]
    return (*stories, *lists, _ENGLISH, _OLD, _DIVS, _JAPANESE, _ARABIC, _HOME, _STATE, _LIVE)


# ---------------------------------------------------------------------------------------------------------- mutations

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NAME = re.compile(r"(?<=<)/?[a-zA-Z][\w-]*")
_ADDRESS = re.compile(r"""(?:href|src|content|srcset|data-src|datetime)=("[^"]*"|'[^']*'|[^\s>]+)""")
_JSON = re.compile(r"(<script[^>]*json[^>]*>)(.*?)(</script>)", re.DOTALL)
_NAMES = [
    "p",
    "div",
    "span",
    "a",
    "b",
    "i",
    "h1",
    "h2",
    "h3",
    "ul",
    "li",
    "ol",
    "table",
    "tr",
    "td",
    "article",
    "section",
    "aside",
    "nav",
    "main",
    "footer",
    "header",
    "figure",
    "figcaption",
    "img",
    "br",
    "blockquote",
    "pre",
    "code",
    "form",
    "button",
    "select",
    "option",
    "textarea",
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "title",
    "head",
    "body",
    "html",
    "meta",
    "link",
    "base",
    "time",
    "picture",
    "source",
    "video",
    "dl",
    "dt",
    "dd",
    "plaintext",
    "xmp",
    "frameset",
    "caption",
    "col",
    "font",
    "center",
    "x-y",
]
_CONTROLS = "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), *range(127, 160), 0x1E, 0xFFFE, 0xFFFF, 0xFDD0]))
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_ODD = "\u00a0\u00ad\u200b\u200d\u2028\u2029\u3000\ufeff\ufffd\U000e0001\U0001f469\u0301\u0323İıſßŉǅ"
_ENTITIES = (
    "&", "&amp;amp;lt;script&amp;gt;", "&#0;", "&#1;", "&#x1e;", "&#xd800;", "&#xdfff;", "&#xfffe;", "&#x110000;", "&#128;",
    "&#99999999999999999999;", "&nbsp", "&lt;p&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;", "&NotEqualTilde;", "&#x202e;", "&",
)  # fmt: skip
_MARKUP = (
    "<![CDATA[ <p>x</p> ]]>", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='utf-7'?>", "<?php echo 1 ?>", "<!--", "-->",
    "<!--[if IE]><p>x</p><![endif]-->", "<!---->", "<!", "</", "<", ">", "<script>", "</script>", "<style>", "<title>",
    "<textarea>", "<plaintext>", "<template>", "<svg><p>", "<math><mi><p>", "<svg><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<form><input name=body><input name=parentNode>",
    "<p onclick=alert(1) onmouseover=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<img src=x onerror=alert(1)>",
    "<a href='java&#10;script:alert(1)'>", "<svg onload=alert(1)>", "<math><a xlink:href=javascript:alert(1)>x",
    "<iframe srcdoc='<script>alert(1)</script>' src=javascript:alert(1)>", "<object data=data:text/html,x>", "<p style='x:e'>",
    "<base href=javascript:/><base href=//evil.example>", "<base href='http://[::1'>", "<meta http-equiv=refresh content=0>",
    "<select><option>", "<frameset>", "<table><tr><p>", "<b><p></b></p>", "<a><a><a>", "<html><body lang=\x7f>", "<h1><h2><h3>",
    "<link rel=canonical href=javascript:alert(1)>", "<link rel=next href=data:,x>", "<meta property=og:url content=ftp://x/>",
    "<meta property=og:image content=javascript:alert(1)>", "<meta name=author content='<b>x</b>&#10;&#0;'>", "<html lang=''>",
    "<meta property=article:published_time content='9999-12-31T23:59:59-23:59'>", "<time datetime='0001-01-01T00:00:00+14:00'>",
    "<meta property=article:published_time content='2026-02-30T25:61:61Z'>", "<time datetime=1e999>", "<time datetime='٢٠٢٦'>",
)  # fmt: skip
_HOSTILE_URLS = (
    "javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)", "vbscript:x",
    "data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg/onload=x>", "file:///etc/passwd", "ftp://x.example/",
    "http://", "http:///", "//", "///", "http://[", "http://[::1]/", "http://user:pass@host.example/", "http://x:99999/",
    "http://x.example:-1/", "https://%00.example/", "https://ex%41mple.com/", "http://\u202egro.elpmaxe/", "http://０.０.０.０/",
    "https://xn--0.example/", "\\\\evil.example\\x", "/\\evil.example", "https:/one", "https:one", "?", "#", "", " ", ".", "..",
    "../" * 300, "/" * 3000, "%" * 500, "/%zz%", "http://a.example/" + "b" * 5000, "\ud800", "/\x00", "/a b\nc\td", "mailto:x@y",
    "tel:1", "blob:https://x.example/1", "about:blank", "view-source:http://x.example/", "http://x.example/\"><script>x</script>",
)  # fmt: skip
_DATES = (
    "21/11/2026 08:30 GMT+7", "Thứ bảy, 21 tháng 11 năm 2026", "vor 2 Stunden", "2 giờ trước", "heute, 18:00", "Hôm qua 15:30",
    "November 21st, 2026 at 8:30 PM EST", "2026-11-21T08:30:00.123456789+07:00", "١٤٠٥/٠٨/٣٠", "2569-11-21", "1795248000",
    "1795248000000", "Sat, 21 Nov 2026 08:30:00 +0700", "99/99/9999 99:99", "00/00/0000", "0000-00-00", "9999-12-31T23:59:60Z",
    "0001-01-01T00:00:00+23:59", "9" * 400, "-1", "1e308", "2026" * 60, "１２月３１日２０２６年", "30/02/2026", "31 tháng 2, 2026",
    "999999999999 days ago", "vor 99999999999999 Jahren", "12:00:00:00:00", "2026-11-21T08:30:00+99:99", "20261121T083000Z",
)  # fmt: skip


def _places(rng: Random, html: str, most: int = 12) -> list[int]:
    """Some places of the text, the last first."""
    return sorted((rng.randrange(len(html) + 1) for _ in range(rng.randint(1, most))), reverse=True)


def _insert(rng: Random, html: str, pieces: tuple[str, ...] | str, most: int = 12) -> str:
    for place in _places(rng, html, most):
        html = html[:place] + rng.choice(pieces) + html[place:]
    return html


def _slice(rng: Random, html: str, longest: int = 2000) -> tuple[int, int]:
    start = rng.randrange(len(html) + 1)
    return start, min(len(html), start + rng.randint(1, longest))


def _between_tags(rng: Random, html: str) -> int:
    """The end of a random tag."""
    ends = [match.end() for match in _TAG.finditer(html)]
    return rng.choice(ends) if ends else len(html)


def _put(rng: Random, html: str, piece: str) -> str:
    place = _between_tags(rng, html)
    return html[:place] + piece + html[place:]


def flip(rng: Random, html: str) -> str:
    return _insert(rng, html, "<>\"'=/& \n!-?[]{}:;,.0a\u1ebf", 40)


def cut(rng: Random, html: str) -> str:
    start, end = _slice(rng, html)
    return html[:start] + html[end:]


def truncate(rng: Random, html: str) -> str:
    return html[: rng.randrange(len(html) + 1)]


def repeat(rng: Random, html: str) -> str:
    start, end = _slice(rng, html, 600)
    return html[:end] + html[start:end] * rng.randint(1, 30) + html[end:]


def splice(rng: Random, html: str) -> str:
    other = rng.choice(originals())
    start, end = _slice(rng, other, 4000)
    place = rng.randrange(len(html) + 1)
    return html[:place] + other[start:end] + html[place:]


def unclose(rng: Random, html: str) -> str:
    share = rng.random()
    return re.sub(r"</[^<>]*>", lambda tag: "" if rng.random() < share else tag[0], html)


def rename(rng: Random, html: str) -> str:
    share = rng.random() ** 2
    return _NAME.sub(lambda name: rng.choice(_NAMES) if rng.random() < share else name[0], html)


def swap_tags(rng: Random, html: str) -> str:
    tags = _TAG.findall(html) or ["<p>"]
    share = rng.random() ** 2
    return _TAG.sub(lambda tag: rng.choice(tags) if rng.random() < share else tag[0], html)


def unquote(rng: Random, html: str) -> str:
    return re.sub(r"[\"']", lambda quote: "" if rng.random() < 0.2 else quote[0], html)


def nest(rng: Random, html: str) -> str:
    names = rng.sample(_NAMES, rng.choice((1, 1, 2, 5)))
    depth = rng.choice((20, 100, 300, 1000, 4000))
    piece = "".join(f"<{name}>" for name in names) * (depth // len(names))
    return _put(rng, html, piece)


def attributes(rng: Random, html: str) -> str:
    count = rng.choice((5, 50, 500, 3000))
    values = ("x", "", "'", "a b c", "javascript:x", "comment share related", "2026-11-21", "\x0b", "&#0;")
    names = (
        "data-a",
        "onclick",
        "class",
        "href",
        "id",
        "title",
        "srcset",
        "datetime",
        "\u1ebf",
        "xlink:href",
        "style",
        "=",
    )
    written = " ".join(f"{rng.choice(names)}{rng.choice(('', n))}='{rng.choice(values)}'" for n in range(count))
    return _put(rng, html, f"<{rng.choice(_NAMES)} {written}>")


def huge_attribute(rng: Random, html: str) -> str:
    name = rng.choice(
        ("class", "id", "title", "alt", "style", "content", "datetime", "data-x", "href", "src", "aria-label")
    )
    piece = rng.choice(("a", "comment ", "x-y_z ", "2026-11-21 ", "&amp;", " ", "url(", "Từ ", "1", "\u0301", "📰"))
    size = rng.choice((1000, 10_000, 300_000))
    tag = rng.choice(("p", "div", "a href=/x", "img src=/a.jpg", "meta name=description", "time", "h1", "html", "body"))
    return _put(rng, html, f"<{tag} {name}='{piece * (size // len(piece))}'>")


def controls(rng: Random, html: str) -> str:
    return _insert(rng, html, _CONTROLS, 30)


def surrogates(rng: Random, html: str) -> str:
    return _insert(rng, html, "\ud800\udbff\udc00\udfff", 6)


def nuls(rng: Random, html: str) -> str:
    return _insert(rng, html, ("\x00", "\x00" * 50, "&#0;", "<\x00p>"), 6)


def bidi(rng: Random, html: str) -> str:
    return _insert(rng, html, _BIDI + _ODD, 30)


def entities(rng: Random, html: str) -> str:
    return _insert(rng, html, _ENTITIES, 20)


def markup(rng: Random, html: str) -> str:
    return _insert(rng, html, _MARKUP, 8)


def markup_between(rng: Random, html: str) -> str:
    for _ in range(rng.randint(1, 6)):
        html = _put(rng, html, rng.choice(_MARKUP))
    return html


def addresses(rng: Random, html: str) -> str:
    share = rng.random()

    def other(match: re.Match[str]) -> str:
        if rng.random() > share:
            return match[0]
        name = match[0].partition("=")[0]
        return f'{name}="{rng.choice(_HOSTILE_URLS)}"'

    return _ADDRESS.sub(other, html)


def dates(rng: Random, html: str) -> str:
    html = re.sub(r"\d[\d/:.-]{7,}", lambda date: rng.choice(_DATES) if rng.random() < 0.5 else date[0], html)
    return _put(
        rng, html, f"<p>{rng.choice(_DATES)}</p><time datetime='{rng.choice(_DATES)}'>{rng.choice(_DATES)}</time>"
    )


def srcset(rng: Random, html: str) -> str:
    separators = (
        ", ",
        ",",
        " ",
        "w,",
        "\n",
        ",,",
        ",,,,",
        " 2x, ",
        " 99999999999w, ",
        " -1w,",
        " NaNx,",
        " ١w, ",
        " 1.2.3w, ",
        " .x, ",
    )
    parts = [
        rng.choice((*_HOSTILE_URLS, "/a.jpg", "/b.jpg 2x", "/c.jpg 600w")) for _ in range(rng.choice((3, 30, 1000)))
    ]
    monster = rng.choice(separators).join(parts).replace("'", "")
    return _put(rng, html, f"<img srcset='{monster}' data-srcset='{monster[:500]}'><source srcset='{monster[:500]}'>")


def _any_json(rng: Random, depth: int = 0) -> Any:
    keys = [
        "@type",
        "@graph",
        "headline",
        "author",
        "name",
        "url",
        "image",
        "datePublished",
        "item",
        "itemListElement",
        "description",
        "keywords",
        "width",
    ]
    kinds = ("NewsArticle", "Person", "ItemList", "ListItem", "http://schema.org/Article", "LiveBlogPosting", "", "x")
    kind = rng.randrange(12 if depth < 5 else 8)
    if kind < 8:
        plain = (None, True, 1e300, -1, 10**40, "", "Một chuyện bên sông", rng.choice(kinds + _DATES + _HOSTILE_URLS))
        return plain[kind]
    if kind == 8:
        return [_any_json(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {"@type": rng.choice(kinds)} | {rng.choice(keys): _any_json(rng, depth + 1) for _ in range(rng.randrange(8))}


def linked_data(rng: Random, html: str) -> str:
    """JSON-LD with anything of any type anywhere."""
    kind = rng.choice(("application/ld+json", "application/json"))
    text = json.dumps([_any_json(rng) for _ in range(rng.choice((1, 3, 20)))], ensure_ascii=rng.random() < 0.5)
    return _put(rng, html, f'<script type="{kind}">{text}</script>')


def broken_data(rng: Random, html: str) -> str:
    """The page's own JSON with something cut out, put in, or of another type."""

    def other(match: re.Match[str]) -> str:
        text = match[2]
        for _ in range(rng.randint(1, 5)):
            start, end = _slice(rng, text, 40)
            new = (
                "",
                "{",
                "[",
                '"',
                "null",
                "[]",
                "1e999",
                "\\u0000",
                "\\ud800",
                "\\ud83d\\ude00",
                "\\",
                "\n",
                "NaN",
                "}]",
            )
            text = text[:start] + rng.choice(new) + text[end:]
        return match[1] + text + match[3]

    return _JSON.sub(other, html)


def typed_data(rng: Random, html: str) -> str:
    """The page's own JSON with values of other types."""
    values = (
        "null",
        "[]",
        "{}",
        "0",
        "[[]]",
        '{"@type":1}',
        '[null,{"name":[1]}]',
        "true",
        '""',
        '"\\u0000\\u202e"',
        "-1e-9",
    )
    pattern = re.compile(r"(?<=:)\s*\"[^\"]*\"")
    return _JSON.sub(
        lambda match: (
            match[1] + pattern.sub(lambda v: rng.choice(values) if rng.random() < 0.4 else v[0], match[2]) + match[3]
        ),
        html,
    )


def giant_data(rng: Random, html: str) -> str:
    count = rng.choice((100, 1000, 5000))
    text = rng.choice(
        (
            "[" * count + "]" * count,
            '{"@graph":' * count + "1" + "}" * count,
            '{"a":' * count,
            '{"@type":"NewsArticle","datePublished":' + "9" * count + "}",
            '{"@type":"NewsArticle","width":1e' + "9" * count + "}",
            json.dumps({"@type": "NewsArticle", "author": [{"name": f"Người Viết {n}"} for n in range(count)]}),
            json.dumps(
                [{"@type": "NewsArticle", "headline": "x " * 9, "url": f"/chuyen-ben-song-{n}"} for n in range(count)]
            ),
            json.dumps({"@type": "NewsArticle", "headline": "Chuyện " * count, "articleBody": "Chuyện " * count}),
            json.dumps(
                {
                    "items": [
                        {"title": f"Chuyện bên sông {n}", "url": f"/chuyen-ben-song-{n}00000"} for n in range(count)
                    ]
                }
            ),
        )
    )
    kind = rng.choice(("application/ld+json", "application/json"))
    return _put(rng, html, f'<script type="{kind}">{text}</script>')


def crowd(rng: Random, html: str) -> str:
    """One block of the page, many times."""
    tags = [match.start() for match in _TAG.finditer(html)]
    if len(tags) < 8:
        return html
    first = rng.randrange(len(tags) - 6)
    start, end = tags[first], tags[min(len(tags) - 1, first + rng.randint(2, 20))]
    block = html[start:end]
    count = min(rng.choice((20, 100, 400, 10_000)), rng.choice((100_000, 100_000, 1_000_000)) // max(1, len(block)))
    numbered = rng.random() < 0.5
    many = "".join(re.sub(r"\d{6,}", str(199_000_000 + n), block) if numbered else block for n in range(count))
    return html[:start] + many + html[start:]


def invert(rng: Random, html: str) -> str:
    start, end = _slice(rng, html, 4000)
    return (
        html[:start]
        + rng.choice((html[start:end].upper(), html[start:end][::-1], html[start:end].swapcase()))
        + html[end:]
    )


def encode(rng: Random, html: str) -> str:
    """Through bytes: in an encoding that may not be the one declared, with some of them broken, and decoded again."""
    names = [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-32",
        "utf-7",
        "cp1252",
        "cp1258",
        "shift_jis",
        "euc_jp",
        "gb18030",
        "big5",
        "koi8_r",
        "iso2022_jp",
        "cp874",
        "utf-8-sig",
    ]
    body = bytearray(html.encode(rng.choice(names), "replace"))
    for _ in range(rng.choice((0, 1, 20, 300))):
        if body:
            body[rng.randrange(len(body))] = rng.randrange(256)
    if rng.random() < 0.3:
        del body[rng.randrange(len(body) + 1) :]
    declared = rng.choice(
        ("", "text/html", *(f"text/html; charset={name}" for name in (*names, "zip", "x", '"', "\u1ebf", "a" * 999)))
    )
    return charset.decode(bytes(body), declared)


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, truncate, repeat, splice, unclose, rename, swap_tags, unquote, nest, attributes, huge_attribute, controls,
    surrogates, nuls, bidi, entities, markup, markup_between, addresses, dates, srcset, linked_data, broken_data, typed_data,
    giant_data, crowd, invert, encode,
)  # fmt: skip
MONSTERS = tuple(sorted(GROWING))
MONSTROUS = 0.01  # share of inputs that begin with a page of one thing, thousands of times


def make_input(number: int) -> Input:
    """Input ``number``: a page of our own, mutated by one to six mutations."""
    rng = Random(f"{SEED}-{number}")  # of a text: the same whatever the process's hash seed
    if rng.random() < MONSTROUS:
        name = rng.choice(MONSTERS)
        make, size = GROWING[name]
        html = make(size * rng.choice((1, 2, 4)))
    else:
        page = rng.randrange(len(originals()))
        name, html = f"page {page}", originals()[page]
    made_by = [name]
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 6))):
        mutation = rng.choice(MUTATIONS)
        html = mutation(rng, html)[:2_000_000]
        made_by.append(mutation.__name__)
    return Input(html, rng.choice(URLS), ", ".join(made_by))


def make_date(number: int) -> str:
    """Text ``number`` that is or was a date."""
    rng = Random(f"{SEED}-date-{number}")
    text = rng.choice(_DATES)
    for _ in range(rng.randrange(4)):
        start, end = _slice(rng, text, 6)
        text = text[:start] + rng.choice((*_DATES, *"0159:/-.,+Z٣年\ud800\x00", "", "")) + text[end:]
    return text
