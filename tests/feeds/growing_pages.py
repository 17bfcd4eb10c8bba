"""Pages that grow in one way each, for tests of what reading costs as they do."""

# ruff: noqa: E501 - pages are written down as sites write them

from __future__ import annotations

import json
from collections.abc import Callable

SENTENCE = "Con đò chở khách qua sông Vân mỗi sáng, và chiều lại quay về bến cũ. "
LINE = f"{SENTENCE}\n"
PROSE = f"<p>{SENTENCE * 4}</p>"
HEAD = "<!DOCTYPE html><html lang=vi><head><title>Chuyện bên sông Vân hôm nay</title>"


def _page(body: str, head: str = "") -> str:
    return f"{HEAD}{head}</head><body><h1>Chuyện bên sông Vân hôm nay</h1><article>{body}</article></body></html>"


def _teaser(n: int) -> str:
    return (
        f"<div class=item><h3><a href='/chuyen-cua-lang-ben-song-so-{n}-1992611{n:08}.htm'>Chuyện của làng bên sông "
        f"số {n}</a></h3><time>21/11/2026 08:{n % 60:02}</time><img src='/anh/{n}.jpg'><p>{SENTENCE}</p></div>"
    )


def _shown(body: str) -> str:
    """A story of few words, which what it shows has to tell."""
    return (
        f"{HEAD}</head><body><article><h1>Chuyện bên sông Vân hôm nay</h1><p>Vài lời.</p>{body}</article></body></html>"
    )


def _link(n: int) -> str:
    return f"<a href='/chuyen-cua-lang-ben-song-so-{n}-1992611{n:08}.htm'>Chuyện của làng bên sông số {n}</a>"


def _linked_data(count: int) -> str:
    nodes = [
        {
            "@type": "NewsArticle",
            "headline": f"Chuyện của làng bên sông số {n}",
            "url": f"https://song-van.example/chuyen-cua-lang-ben-song-so-{n}-1992611{n:08}.htm",
            "datePublished": "2026-11-21T08:00:00+07:00",
            "author": [{"@type": "Person", "name": f"Người viết {n}"}],
        }
        for n in range(count)
    ]
    return f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'


def _state(count: int) -> str:
    items = [
        {"title": f"Chuyện của làng số {n}", "url": f"/chuyen-cua-lang-so-{n}-1992611{n:08}.htm"} for n in range(count)
    ]
    return f'<script type="application/json">{json.dumps({"props": items})}</script>'


def _built(script: str) -> str:
    """A page that scripts build, of which only its state tells anything."""
    return f"{HEAD}</head><body><div id=app></div>{script}"


def _items(count: int) -> list[dict[str, object]]:
    return [
        {"title": f"Chuyện của làng số {n}", "slug": f"chuyen-cua-lang-so-{n}", "date": "2026-11-21T08:00:00Z"}
        for n in range(count)
    ]


def _references(count: int) -> str:
    """Values that name each other by number, as Nuxt 3 and SvelteKit write them."""
    flat: list[object] = [{"stories": 1}, list(range(2, 2 + count))]
    flat += [{"title": 2 + count + n, "slug": 2 + count + n} for n in range(count)]
    flat += [f"chuyen-cua-lang-so-{n}" for n in range(count)]
    return _built(f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(flat)}</script>')


def _streamed(count: int) -> str:
    """Rows in pieces that scripts push, as Next streams them."""
    rows = "".join(f"{n:x}:{json.dumps(item)}\n" for n, item in enumerate(_items(count)))
    pieces = [rows[i : i + 500] for i in range(0, len(rows), 500)]
    return _built("".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces))


def _normalised(count: int) -> str:
    """Entities by their names that refer to each other, as Apollo keeps them."""
    cache = {f"Article:{n}": item | {"next": {"__ref": f"Article:{n + 1}"}} for n, item in enumerate(_items(count))}
    return _built(f"<script>window.__APOLLO_STATE__ = {json.dumps(cache)};</script>")


def _block_tree(count: int) -> dict[str, object]:
    text = {"type": "text", "value": SENTENCE}
    return {
        "headline": "Chuyện bên sông Vân hôm nay",
        "slug": "chuyen-ben-song-van",
        "date": "2026-11-21T08:00:00Z",
        "body": {"type": "root", "children": [{"type": "paragraph", "children": [text]} for _ in range(count)]},
    }


def _json_island(value: object) -> str:
    return _built(f'<script type="application/json">{json.dumps(value)}</script>')


# name: (a page of that size, the size to begin with: some hundredths of a second)
GROWING: dict[str, tuple[Callable[[int], str], int]] = {
    "paragraphs": (lambda n: _page(PROSE * n), 400),
    "a summary of broken tags": (
        lambda n: _page(PROSE, "<meta name=description content='" + "&lt;a" * n + "'>"),
        30_000,
    ),
    "a headline in pieces": (
        lambda n: _page(f"<h3>{_link(1)[:-4]}" + "".join(f"<b>Bến {i}</b>" for i in range(n)) + "</a></h3>"),
        1500,
    ),
    "numbered items": (
        lambda n: _page("<ol>" + "".join(f"<li><b>{i % 99}</b> {_link(i)}</li>" for i in range(n)) + "</ol>"),
        150,
    ),
    "numbers in deep markup": (
        lambda n: _page("<span>" * (n * 4) + "".join(f"<p><b>{i}</b> {_link(i)}</p>" for i in range(n))),
        150,
    ),
    "an attribute like many files": (
        lambda n: _page(f"{PROSE}<div>{_link(1)}<img x='/{'.jpg?' * n} x'></div>{PROSE}"),
        20_000,
    ),
    "arrows for authors": (
        lambda n: _page(PROSE, ("<meta name=author content='J" + "→" * 997 + "x'>") * n),
        60,
    ),
    "bylines": (lambda n: _page(PROSE + "<p>Von Jo Beispiel</p>" * n), 600),
    "posts": (
        lambda n: _page(PROSE + "<blockquote class=twitter-tweet>Hay quá <a href=/x>x</a></blockquote>" * n),
        300,
    ),
    "sibling divs": (lambda n: _page(f"<div>{SENTENCE}</div>" * n), 600),
    "empty siblings": (lambda n: _page("<div></div>" * n + PROSE), 3000),
    "wrapped siblings": (lambda n: _page(f"<div class=x><div><p>{SENTENCE}</p></div></div>" * n), 300),
    "nested divs": (lambda n: _page("<div>" * n + PROSE + "</div>" * n), 500),
    "nested divs with text": (lambda n: _page(f"<div>{SENTENCE}" * n), 250),
    "nested divs with links": (lambda n: _page("".join(f"<div>{_link(i)}" for i in range(n))), 150),
    "nested divs with headings": (lambda n: _page("".join(f"<div><h2>{SENTENCE}</h2>" for _ in range(n))), 150),
    "nested divs with dates": (lambda n: _page("<div><time>21/11/2026</time>" * n + PROSE), 150),
    "nested lists": (lambda n: _page(f"<ul><li>{SENTENCE}" * n), 150),
    "nested quotes": (lambda n: _page(f"<blockquote><p>{SENTENCE}</p>" * n), 150),
    "nested spans": (lambda n: _page("<p>" + "<span>từ " * n + "</span>" * n + "</p>" + PROSE), 500),
    "nested bold": (lambda n: _page(f"<p>{'<b>từ ' * n}</b></p>{PROSE}"), 400),
    "nested tables": (lambda n: _page(f"<table><tr><td>{SENTENCE}" * n), 100),
    "nested anchors around headings": (lambda n: _page("<section><h3>" * n + _link(1)), 200),
    "attributes of one element": (
        lambda n: _page(f"<p {' '.join(f'data-a{i}=x' for i in range(n))}>{SENTENCE}</p>{PROSE}"),
        300,
    ),
    "elements with many attributes": (
        lambda n: _page(f"<p {' '.join(f'data-a{i}=x' for i in range(30))}>{SENTENCE}</p>" * n),
        150,
    ),
    "class names": (lambda n: _page(f"<div class='{'share-box item ' * n}'>{PROSE}</div>"), 4000),
    "different class names": (
        lambda n: _page(f"<div class='{' '.join(f'n{i}' for i in range(n))}'>{PROSE}</div>"),
        4000,
    ),
    "links in one paragraph": (lambda n: _page(f"<p>{''.join(map(_link, range(n)))}</p>{PROSE}"), 300),
    "same link in one paragraph": (lambda n: _page(f"<p>{_link(1) * n}</p>{PROSE}"), 300),
    "links and words": (
        lambda n: _page("<p>" + "".join(f"{_link(i)} và những chuyện khác, " for i in range(n)) + "</p>"),
        300,
    ),
    "links with line breaks": (lambda n: _page("<br>".join(map(_link, range(n)))), 300),
    "list of links": (lambda n: _page(f"<ul>{''.join(f'<li>{_link(i)}' for i in range(n))}</ul>"), 300),
    "one word's links": (lambda n: _page("".join(f"<a href=/t{i}>từ</a>" for i in range(n)) + PROSE), 600),
    "links of one text": (
        lambda n: _page("".join(f"<p><a href=/doc-chuyen-lang-song-{i}>Đọc tiếp chuyện làng</a>" for i in range(n))),
        300,
    ),
    "one story's links": (lambda n: _page(f"<div>{_link(1)}</div>" * n + _link(2)), 400),
    "teasers": (lambda n: _page("".join(map(_teaser, range(n)))), 60),
    "nested teasers": (lambda n: _page("".join(_teaser(i).removesuffix("</div>") for i in range(n))), 60),
    "one giant text": (lambda n: _page(f"<p>{SENTENCE * n}</p>"), 2000),
    "one giant word": (lambda n: _page(f"<p>{'sông' * n}</p>{PROSE}"), 20_000),
    "one giant word without markup": (lambda n: "a" * n, 100_000),
    "spaces": (lambda n: _page(f"<p>{' ' * n}x</p>{PROSE}"), 100_000),
    "nbsp": (lambda n: _page(f"<p>{'&nbsp;' * n}x</p>{PROSE}"), 20_000),
    "digits": (lambda n: _page(f"<p>{'1' * n}</p>{PROSE}"), 50_000),
    "digits and signs": (lambda n: _page(f"<p>{'1/2-3:4.' * n}</p>{PROSE}"), 10_000),
    "dates in one text": (lambda n: _page(f"<p>{'21/11/2026 08:30, ' * n}</p>"), 2000),
    "stops": (lambda n: _page(f"<p>{'. ' * n}</p>{PROSE}"), 20_000),
    "hyphens": (lambda n: _page(f"<p>{' - ' * n}</p>{PROSE}"), 20_000),
    "quotation marks": (lambda n: _page(f"<p>{'“' * n}</p>{PROSE}"), 50_000),
    "combining marks": (lambda n: _page(f"<p>a{'̣̂' * n}</p>{PROSE}"), 1000),
    "combining marks out of order": (lambda n: _page(f"<p>a{chr(0x301) * n}{chr(0x323) * n}</p>{PROSE}"), 1000),
    "zero-width spaces": (lambda n: _page(f"<p>{chr(0x200B) * n}</p>{PROSE}"), 50_000),
    "text nodes": (lambda n: _page(f"<p>{'từ<!-- -->' * n}</p>{PROSE}"), 2000),
    "text nodes in the body": (lambda n: _page(f"{SENTENCE}<!-- -->" * n), 1000),
    "text and elements": (lambda n: _page(f"{SENTENCE}<i>nghiêng</i> " * n), 500),
    "line breaks": (lambda n: _page(f"<p>{'<br>' * n}{SENTENCE}</p>{PROSE}"), 3000),
    "lines": (lambda n: _page(f"<p>{f'{SENTENCE}<br>' * n}</p>"), 500),
    "lines in the body": (lambda n: _page(f"{SENTENCE}<br><br>" * n), 500),
    "rules": (lambda n: _page("<hr>" * n + PROSE), 2000),
    "headings": (lambda n: _page(f"<h2>{SENTENCE}</h2>" * n + PROSE), 400),
    "first headings": (lambda n: _page("".join(f"<h1>Chuyện bên sông số {i}</h1>" for i in range(n)) + PROSE), 300),
    "headings and paragraphs": (lambda n: _page(f"<h2>Một chương nữa</h2>{PROSE}" * n), 300),
    "linked headings": (lambda n: _page("".join(f"<h2>{_link(i)}</h2>" for i in range(n)) + PROSE), 200),
    "one heading's text": (lambda n: _page(f"<h1>{SENTENCE * n}</h1>{PROSE}"), 1000),
    "one title's text": (
        lambda n: _page(PROSE, f"<title>{SENTENCE * n}</title><meta property=og:title content='{SENTENCE * n}'>"),
        1000,
    ),
    "title's pieces": (lambda n: f"<title>{'chuyện | ' * n}</title><body><h1>Chuyện</h1>{PROSE}", 3000),
    "description": (lambda n: _page(PROSE * 4, f"<meta name=description content='{SENTENCE * n}'>"), 1000),
    "description and paragraphs": (
        lambda n: _page(PROSE * n, f"<meta name=description content='{SENTENCE * n}'>"),
        200,
    ),
    "descriptions": (lambda n: _page(PROSE * 4, f"<meta name=description content='{SENTENCE}'>" * n), 500),
    "images": (lambda n: _page("".join(f"<img src=/anh/{i}.jpg alt='{SENTENCE}'>" for i in range(n)) + PROSE), 500),
    "images of one address": (lambda n: _page("<img src=/anh/1.jpg>" * n + PROSE), 1000),
    "figures": (
        lambda n: _page(
            "".join(f"<figure><img src=/anh/{i}.jpg><figcaption>{SENTENCE}</figcaption></figure>" for i in range(n))
            + PROSE
        ),
        200,
    ),
    "nested figures": (lambda n: _page("<figure>" * n + "<img src=/a.jpg>" + PROSE), 300),
    "sources of a picture": (
        lambda n: _page(f"<picture>{'<source srcset=/a.jpg>' * n}<img src=/a.jpg></picture>{PROSE}"),
        1000,
    ),
    "srcset": (lambda n: _page(f"<img srcset='{', '.join(f'/anh/{i}.jpg {i}w' for i in range(n))}'>{PROSE}"), 2000),
    "srcset of commas": (lambda n: _page(f"<img srcset='{',' * n}'>{PROSE}"), 20_000),
    "srcset in teasers": (
        lambda n: _page(
            "".join(map(_teaser, range(6)))
            + f"<div><a href=/mot-chuyen-nua-ben-song-123456.htm><img srcset='{', '.join(f'/anh/{i}.jpg {i}w' for i in range(n))}'>Một chuyện nữa bên sông</a></div>"
        ),
        2000,
    ),
    "times": (lambda n: _page("<time datetime='2026-11-21T08:00:00+07:00'>21/11/2026</time>" * n + PROSE), 500),
    "times in text": (lambda n: _page("<p>Đăng lúc 21/11/2026 08:30</p>" * n + PROSE), 400),
    "times in pieces": (lambda n: _page("<p><b>21</b> <b>tháng 11</b> <b>2026</b></p>" * n + PROSE), 200),
    "years": (lambda n: _page("<p>Năm 2026 và 2025.</p>" * n + PROSE), 500),
    "meta elements": (lambda n: _page(PROSE, "".join(f"<meta name=n{i} content='{SENTENCE}'>" for i in range(n))), 600),
    "meta dates": (lambda n: _page(PROSE, "<meta property=article:published_time content='2026-11-21'>" * n), 500),
    "meta authors": (
        lambda n: _page(PROSE, "".join(f"<meta name=author content='Người Viết {i}'>" for i in range(n))),
        400,
    ),
    "meta tags": (
        lambda n: _page(PROSE, "".join(f"<meta property=article:tag content='thẻ {i}'>" for i in range(n))),
        500,
    ),
    "keywords": (
        lambda n: _page(PROSE, f"<meta name=keywords content='{', '.join(f'thẻ {i}' for i in range(n))}'>"),
        2000,
    ),
    "one author's text": (lambda n: _page(PROSE, f"<meta name=author content='{'Người Viết, ' * n}'>"), 1000),
    "authors in the page": (
        lambda n: _page("".join(f"<a rel=author href=/n{i}>Người Viết {i}</a>" for i in range(n)) + PROSE),
        400,
    ),
    "alternate links": (
        lambda n: _page(PROSE, "".join(f"<link rel=alternate href=/l{i} hreflang=vi>" for i in range(n))),
        600,
    ),
    "linked data": (lambda n: _page(PROSE, _linked_data(n)), 100),
    "linked data blocks": (lambda n: _page(PROSE, _linked_data(1) * n), 100),
    "broken linked data": (lambda n: _page(PROSE, f'<script type="application/ld+json">{"[" * n}</script>'), 20_000),
    "linked data and teasers": (lambda n: _page("".join(map(_teaser, range(n))), _linked_data(n)), 50),
    "linked data of one long text": (
        lambda n: _page(
            PROSE,
            f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": SENTENCE * n, "articleBody": SENTENCE * n})}</script>',
        ),
        500,
    ),
    "linked data's keywords": (
        lambda n: _page(
            PROSE,
            f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "keywords": [f"thẻ {i}" for i in range(n)]})}</script>',
        ),
        1000,
    ),
    "linked data's authors": (
        lambda n: _page(
            PROSE,
            f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "author": [{"name": f"Người Viết {i}"} for i in range(n)]})}</script>',
        ),
        500,
    ),
    "state": (lambda n: f"{HEAD}</head><body>{_state(n)}", 400),
    "states": (lambda n: f"{HEAD}</head><body>{_state(1) * n}", 300),
    "state that names values by number": (_references, 400),
    "state in a stream": (_streamed, 400),
    "state of entities": (_normalised, 300),
    "state of a story": (lambda n: _json_island({"article": _block_tree(n)}), 300),
    "state of stories": (lambda n: _json_island({"articles": [_block_tree(2) for _ in range(n)]}), 150),
    "state in depth": (lambda n: _built(f"<script>window.__STATE__ = {'[' * n}{']' * n};</script>"), 4000),
    "state in objects' depth": (
        lambda n: _built('<script type="application/json">' + '{"a":' * n + "1" + "}" * n + "</script>"),
        2000,
    ),
    "state in a text": (
        lambda n: _built(f"<script>window.__STATE__ = JSON.parse({json.dumps(json.dumps(_items(n)))});</script>"),
        300,
    ),
    "state of plain objects": (
        lambda n: _built(
            "<script>window.__STATE__ = {a: ["
            + ",".join(f"{{title: 'Chuyện của làng số {i}', slug: 'chuyen-cua-lang-so-{i}'}}" for i in range(n))
            + "]};</script>"
        ),
        200,
    ),
    "state of a function": (
        lambda n: _built(
            "<script>window.__NUXT__=(function("
            + ",".join(f"a{i}" for i in range(n))
            + "){return {stories:["
            + ",".join(f"{{title:a{i},slug:a{i}}}" for i in range(n))
            + "]}}("
            + ",".join(f'"chuyen-cua-lang-so-{i}"' for i in range(n))
            + "));</script>"
        ),
        200,
    ),
    "state that is none": (lambda n: _built(f"<script>window.__STATE__ = {'{a:' * n}</script>"), 3000),
    "state that never ends": (lambda n: _built(f"<script>{'window.__STATE__ = {' * n}</script>"), 1000),
    "scripts": (lambda n: _page("<script>var a = '2026-11-21';</script>" * n + PROSE), 1000),
    "one script": (lambda n: _page(f"<script>{'var a = [1, 2];' * n}</script>{PROSE}"), 20_000),
    "script of dates": (lambda n: _page("<script>" + '"datePublished":"x",' * n + f"</script>{PROSE}"), 4000),
    "styles": (lambda n: _page("<div style='background-image: url(/a.jpg)'></div>" * n + PROSE), 1000),
    "one style": (
        lambda n: _page(
            f"<a href=/mot-chuyen-nua-ben-song-123456.htm><i style='{'background: url(' * n}'></i>Một chuyện nữa bên sông</a>{PROSE}"
        ),
        2000,
    ),
    "entities": (lambda n: _page(f"<p>{'&amp;lt;' * n}</p>{PROSE}"), 10_000),
    "comments": (lambda n: _page("<!-- x -->" * n + PROSE), 5000),
    "long address": (lambda n: _page(f"<a href='/{'a-' * n}'>Một chuyện nữa bên sông</a>{PROSE}"), 20_000),
    "long addresses": (
        lambda n: _page(
            "".join(f"<p><a href='/{'a-' * 900}{i}'>Một chuyện nữa bên sông</a>" for i in range(n)) + PROSE
        ),
        60,
    ),
    "table rows": (lambda n: _page(f"<table>{'<tr><td>một<td>hai</tr>' * n}</table>{PROSE}"), 400),
    "table cells": (lambda n: _page(f"<table><tr>{'<td>một' * n}</table>{PROSE}"), 800),
    "list items": (lambda n: _page(f"<ul>{f'<li>{SENTENCE}' * n}</ul>{PROSE}"), 400),
    "definitions": (lambda n: _page(f"<dl>{f'<dt>từ<dd>{SENTENCE}' * n}</dl>{PROSE}"), 300),
    "preformatted": (lambda n: _page(f"<pre>{LINE * n}</pre>{PROSE}"), 1000),
    "embeds": (lambda n: _page("<iframe src=//v.example/1></iframe>" * n + PROSE), 400),
    "noscripts": (lambda n: _page("<noscript><img src=/a.jpg></noscript>" * n + PROSE), 400),
    "templates": (lambda n: _page("<template><p>x</p></template>" * n + PROSE), 500),
    "custom elements": (lambda n: _page(f"<x-box>{SENTENCE}</x-box>" * n + PROSE), 400),
    "captions": (lambda n: _page(f"<div><img src=/a.jpg></div><div class=caption>{SENTENCE}</div>" * n + PROSE), 200),
    "labels": (lambda n: _page("<p>Tin liên quan</p>" * n + PROSE), 500),
    "comment boxes": (lambda n: _page(PROSE * 4 + f"<div class=comment><p>{SENTENCE}</p></div>" * n), 300),
    "nested comment boxes": (lambda n: _page(PROSE * 4 + f"<div class=comment><p>{SENTENCE}</p>" * n), 150),
    "navigation": (
        lambda n: _page(f"<nav>{''.join(f'<a href=/muc-{i}>Mục {i}</a>' for i in range(n))}</nav>{PROSE}"),
        500,
    ),
    "navigations": (lambda n: _page("<nav><a href=/muc>Mục</a></nav>" * n + PROSE), 400),
    "nested navigations": (lambda n: _page("".join(f"<nav>{_link(i)}" for i in range(n))), 100),
    "articles": (lambda n: _page(f"<article><h2>Chuyện</h2>{PROSE}</article>" * n), 200),
    "bodies": (lambda n: _page(f"<div itemprop=articleBody>{PROSE}</div>" * n), 200),
    "nested bodies": (lambda n: _page(f"<div itemprop=articleBody>{PROSE}" * n), 100),
    "leads": (
        lambda n: _page(f"<p class=lead>{SENTENCE}</p>" * n + f"<div itemprop=articleBody>{PROSE * 3}</div>"),
        300,
    ),
    "credits": (lambda n: _page(PROSE * 3 + "<p>Nguồn: Bản tin trưa</p>" * n), 400),
    "credit's text": (lambda n: _page(PROSE * 3 + f"<p>Nguồn: {'(' * n}</p>"), 5000),
    "images of one picture": (
        lambda n: _page(f"<picture>{'<source srcset=/a.jpg>' * n}{'<img src=/a.jpg>' * n}</picture>{PROSE}"),
        150,
    ),
    "srcset of commas in teasers": (
        lambda n: _page("".join(map(_teaser, range(6))).replace("<img src='/anh/3.jpg'>", f"<img srcset='{',' * n}'>")),
        200,
    ),
    "srcset without a space in teasers": (
        lambda n: _page("".join(map(_teaser, range(6))).replace("<img ", f"<img srcset={'/' * n} ")),
        250,
    ),
    "images with srcset in a teaser": (
        lambda n: _page("".join(map(_teaser, range(6))) + "<img srcset='/a.jpg 2x'>" * n),
        300,
    ),
    "nested pieces of a headline": (
        lambda n: _page(_teaser(1) + _teaser(2).replace("số 2</a>", "<font>từ " * n + "</font>" * n + "</a>")),
        300,
    ),
    "text behind scripts": (lambda n: _page(f"<script>x</script>{SENTENCE}" * n), 100),
    "text behind links": (lambda n: _page(f"{_link(1)}{SENTENCE}" * n), 150),
    "pieces of a headline": (
        lambda n: _page(_teaser(1) + _teaser(2).replace("số 2</a>", "<span>từ</span> " * n + "</a>") + _teaser(3)),
        1000,
    ),
    "pieces of a headline with a title": (
        lambda n: _page(
            _teaser(1)
            + f"<h3><a href=/mot-chuyen-nua-ben-song-123456.htm title='Chuyện{' từ' * n}'>"
            + "<span>từ</span> " * n
            + "</a></h3>"
        ),
        1000,
    ),
    "words of a headline's title": (
        lambda n: _page(
            _teaser(1)
            + f"<h3><a href=/mot-chuyen-nua-ben-song-123456.htm title='{'từ ' * n}'>{'từ ' * (n + 1)}</a></h3>"
        ),
        2000,
    ),
    "badges of a headline": (
        lambda n: _page(_teaser(1) + _teaser(2).replace("<h3>", "<h3>" + "<i class=badge>Mới</i>" * n)),
        1000,
    ),
    "texts of a teaser": (
        lambda n: _page(_teaser(1) + _teaser(2).replace("<time>", f"<p>{SENTENCE}</p>" * n + "<time>") + _teaser(3)),
        500,
    ),
    "times of a teaser": (
        lambda n: _page(_teaser(1) + _teaser(2).replace("<time>", "<time>21/11/2026</time>" * n + "<time>")),
        500,
    ),
    "links of a teaser": (lambda n: _page(_teaser(1) + _link(2) * n + _teaser(3)), 500),
    "combining marks in a teaser": (
        lambda n: _page(_teaser(1).replace("số", f"a{chr(0x301) * n}{chr(0x323) * n}") + _teaser(2)),
        1000,
    ),
    "films": (lambda n: _shown("".join(f"<video src=/v/{i}.mp4 controls></video>" for i in range(n))), 300),
    "films under headlines": (
        lambda n: _shown("".join(f"<div>{_link(i)}<video src=/v/{i}.mp4></video></div>" for i in range(n))),
        150,
    ),
    "headlines under a film": (
        lambda n: _shown("<div><video src=/v/1.mp4></video>" + "".join(map(_link, range(n))) + "</div>"),
        300,
    ),
    "nested films": (lambda n: _shown("".join(f"<div><video src=/v/{i}.mp4>" for i in range(n))), 300),
    "films in depth": (lambda n: _shown(f"{'<div>' * 9}<video src=/v/1.mp4></video>" * n), 60),
    "files of a film": (
        lambda n: _shown(f"<video>{''.join(f'<source src=/v/{i}.mp4>' for i in range(n))}</video>"),
        400,
    ),
    "players by their attributes": (
        lambda n: _shown("".join(f"<div data-vid=/v/{i}.mp4></div>" for i in range(n))),
        300,
    ),
    "attributes of players": (lambda n: _shown("".join(f"<div data-a{i}=/v/{i}.mp4></div>" for i in range(n))), 200),
    "frames of players": (
        lambda n: _shown("".join(f"<iframe src=https://www.youtube.com/embed/aaaa{i:07}></iframe>" for i in range(n))),
        300,
    ),
    "links to files": (lambda n: _shown("".join(f"<p><a href=/v/{i}.mp3>Nghe bản tin</a>" for i in range(n))), 300),
    "set-ups of players": (
        lambda n: _shown(
            "<script>" + "".join(f"jwplayer('p{i}').setup({{file:'/v/{i}.mp4'}});" for i in range(n)) + "</script>"
        ),
        300,
    ),
    "set-ups that never end": (lambda n: _shown(f"<script>'.mp4';{'jwplayer({' * n}</script>"), 1000),
    "quotes of a set-up": (lambda n: _shown("<script>jwplayer('p', '" + chr(92) * n + ".mp4</script>"), 5000),
    "names like a player's": (lambda n: _shown(f"<script>'.mp4';{'a.player' * n}</script>"), 3000),
    "described films": (
        lambda n: _page(
            PROSE,
            f'<script type="application/ld+json">{json.dumps([{"@type": "VideoObject", "name": f"Phim {i}", "contentUrl": f"https://v.example/{i}.mp4"} for i in range(n)])}</script>',
        ),
        100,
    ),
    "films of the head": (lambda n: _page(PROSE, "<meta property=og:video content=https://v.example/1.mp4>" * n), 400),
    "a gallery": (
        lambda n: _shown(
            "".join(f"<figure><img src=/p/{i}.jpg><figcaption>Bến {i}</figcaption></figure>" for i in range(n))
        ),
        150,
    ),
    "pictures under headlines": (
        lambda n: _shown("".join(f"<div>{_link(i)}<img src=/p/{i}.jpg></div>" for i in range(n))),
        150,
    ),
    "a gallery in depth": (lambda n: _shown("<div><img src=/p/1.jpg>" * n), 200),
    "base elements": (lambda n: _page(PROSE, "<base href=/x>" * n), 500),
}
