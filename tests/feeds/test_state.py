"""Pages that scripts build, read without running any: what their state holds, in whatever way it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from feeds.errors import NotAnArticleError
from feeds.model import Article, Teaser
from feeds.reading.article.extract import extract_article
from feeds.reading.listing.find import find_teasers

HOME = "https://harbour.example/"
HEADLINES = {
    "ferry-returns-to-the-lake-after-eleven-years": "The ferry returns to the lake after eleven years",
    "snow-closes-the-mountain-road-above-the-harbour": "Snow closes the mountain road above the harbour",
    "upper-valley-children-get-a-library-boat": "Children of the upper valley get a library boat",
    "old-pottery-sends-its-cups-across-the-sea": "The old pottery sends its cups “across the sea”",
}
PARAGRAPHS = [
    f"{name} said on Monday that the {thing} would be {done} before the winter, and that nobody needed to worry about "
    "the cost, which the county carries for the first three years."
    for name, thing, done in (
        ("Mayor Ana Kurt", "landing stage", "mended"),
        ("Engineer Tomas Lind", "old motor", "rebuilt"),
        ("Teacher Mira Sol", "ticket office", "painted"),
        ("Fisher Jon Aas", "lantern", "lit again"),
    )
]
SLUG, TITLE = next(iter(HEADLINES.items()))
WHEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def story(number: int, slug: str) -> dict[str, Any]:
    """A story as most systems keep it."""
    return {
        "id": 41_000 + number,
        "title": HEADLINES[slug],
        "url": f"/news/{slug}",
        "publishedAt": f"2026-11-{20 - number}T08:30:00Z",
        "summary": f"What the harbour says about story {number} of this week.",
        "image": {"src": f"/pictures/{number}.jpg"},
    }


STORIES = [story(number, slug) for number, slug in enumerate(HEADLINES)]
WHOLE = STORIES[0] | {"body": "\n".join(PARAGRAPHS), "author": {"name": "Rosa Feld"}, "section": {"name": "Lake"}}


def page(*scripts: str, head: str = "<title>Harbour News</title>") -> str:
    """A page with nothing in it but an empty root and scripts."""
    bundle = '<script src="/static/app.83ab.js" defer></script>'
    return f'<html lang="en"><head>{head}</head><body><div id="app"></div>{"".join(scripts)}{bundle}</body></html>'


def island(data: Any) -> str:
    """JSON in an element of its own: Next's pages, Angular, WordPress, and many of their own make."""
    return page(f'<script id="state" type="application/json">{json.dumps(data)}</script>')


def assigned(data: Any) -> str:
    """Redux and its like: an object assigned to the window, with code around it."""
    code = f"window.__INITIAL_STATE__ = {json.dumps(data)};(function(){{var s=document.currentScript;s.remove()}}())"
    return page(f"<script>{code}</script>")


def parsed(data: Any) -> str:
    """A JSON text that a script parses, quoted as a script quotes it."""
    return page(f"<script>window['STATE']=JSON.parse({json.dumps(json.dumps(data))})</script>")


def parsed_in_single_quotes(data: Any) -> str:
    """The same in single quotes, with what HTML minds written as numbers."""
    text = json.dumps(data).replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3C")
    return page(f"<script>window.STATE = JSON.parse('{text}')</script>")


def written(data: Any) -> str:
    """An object of JavaScript: names without quotes, a function, a comma too many."""

    def code(value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ",".join(f"{key}:{code(item)}" for key, item in value.items()) + ",}"
        if isinstance(value, list):
            return f"[{','.join(map(code, value))}]"
        return json.dumps(value)

    return page(f"<script>var config = {{debug:!1,load:function(){{return 1}}}}; var data = {code(data)};</script>")


def called(data: Any) -> str:
    """Nuxt 2: a function whose arguments stand in for what comes more than once."""
    values: list[str] = []

    def code(value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ",".join(f"{key}:{code(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return f"[{','.join(map(code, value))}]"
        values.append(json.dumps(value))
        return f"a{len(values)}"

    body = code({"layout": "default", "data": [data], "serverRendered": True})
    names = ",".join(f"a{number}" for number in range(1, len(values) + 1))
    return page(f"<script>window.__NUXT__=(function({names}){{return {body}}}({','.join(values)}));</script>")


def flat(data: Any, name: Callable[[str, list[Any]], str] = lambda key, items: key) -> list[Any]:
    """A value as a list whose items name each other by their places."""
    items: list[Any] = []

    def put(value: Any) -> int:
        place = len(items)
        items.append(None)
        if isinstance(value, dict):
            items[place] = {name(key, items): put(inner) for key, inner in value.items()}
        elif isinstance(value, list):
            items[place] = [put(inner) for inner in value]
        else:
            items[place] = value
        return place

    put(data)
    return items


def devalued(data: Any) -> str:
    """Nuxt 3 and SvelteKit: a flattened list, with wrappers around what is reactive."""
    items = flat({"state": {"reactive": None}, "stories": data})
    items.append(["ShallowReactive", items[0]["stories"]])
    items.append(["Reactive", len(items) - 1])
    items[0]["stories"] = len(items) - 1
    return island(items)


def turbo(data: Any) -> str:
    """React Router: a flattened list whose names are flattened as well, sent in pieces."""

    def name(key: str, items: list[Any]) -> str:
        items.append(key)
        return f"_{len(items) - 1}"

    text = json.dumps(flat({"loaderData": {"routes/home": data}}, name)) + "\n"
    half = len(text) // 2
    pieces = [f"window.__context.streamController.enqueue({json.dumps(part)})" for part in (text[:half], text[half:])]
    return page(*(f"<script>{piece};</script>" for piece in pieces))


def cached(data: Any) -> str:
    """Apollo: each object once, by its key, named wherever it is shown, and with arguments in names."""
    known: dict[str, Any] = {"ROOT_QUERY": {"__typename": "Query"}}
    for node in data if isinstance(data, list) else [data]:
        image = {"__typename": "Image", **node["image"]}
        key = f"Image:{node['id']}"
        known[key] = image
        told = {"__typename": "Story", **node, "image": {"__ref": key}}
        told['title({"length":"full"})'] = told.pop("title")
        known[f"Story:{node['id']}"] = told
        known["ROOT_QUERY"].setdefault('stories({"first":20})', []).append({"__ref": f"Story:{node['id']}"})
    return page(f"<script>window.__APOLLO_STATE__={json.dumps(known)};</script>")


def streamed(data: Any) -> str:
    """Next's app: rows of React's elements, long texts in rows of their own, cut anywhere into pieces."""
    rows, texts = [], 0

    def put(value: Any) -> Any:
        nonlocal texts
        if isinstance(value, dict):
            return {key: put(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [put(inner) for inner in value]
        if isinstance(value, str) and len(value) > 200:
            texts += 1
            rows.append(f"{texts + 16:x}:T{len(value.encode()):x},{value}")
            return f"${texts + 16:x}"
        return f"$D{value}" if isinstance(value, str) and value.endswith("Z") else value

    whole = ["$", "$L2", None, {"children": ["$", "section", None, {"stories": put(data)}]}]
    ended = "".join(row if ":T" in row[:8] else row + "\n" for row in rows)
    text = '0:I["(app)/page",["77","static/chunks/77.js"],"default"]\n' + ended + f"1:{json.dumps(whole)}\n"
    cuts = [0, 70, len(text) // 2, len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(cuts)]
    pushes = [f"self.__next_f.push([1,{json.dumps(piece)}])" for piece in pieces]
    return page(
        "<script>(self.__next_f=self.__next_f||[]).push([0])</script>", *(f"<script>{p}</script>" for p in pushes)
    )


def pushed(*pieces: str) -> str:
    """What a server streams, each piece in an element of its own."""
    return page(*(f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in pieces))


def linked(data: Any) -> str:
    """JSON-LD: for search engines, in schema.org's words."""
    if isinstance(data, list):
        items = [
            {
                "@type": "ListItem",
                "position": number,
                "item": {
                    "@type": "NewsArticle", "url": HOME[:-1] + node["url"], "headline": node["title"],
                    "datePublished": node["publishedAt"], "description": node["summary"],
                    "image": [HOME[:-1] + node["image"]["src"]],
                },
            }
            for number, node in enumerate(data)
        ]  # fmt: skip
        told: Any = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
    else:
        told = {"@type": "NewsArticle", "headline": data["title"], "articleBody": data["body"]}
        told |= {"datePublished": data["publishedAt"], "author": data["author"], "articleSection": "Lake"}
        told |= {"description": data["summary"], "image": HOME[:-1] + data["image"]["src"]}
    return page(f'<script type="application/ld+json">{json.dumps(told)}</script>')


WAYS = [
    island, assigned, parsed, parsed_in_single_quotes, written, called, devalued, turbo, cached, streamed, linked,
]  # fmt: skip


def teasers(html: str, url: str = HOME) -> list[Teaser]:
    return find_teasers(html, url)


def article(html: str, url: str = f"{HOME}news/{SLUG}") -> Article:
    return extract_article(html, url)


@pytest.mark.parametrize("way", WAYS)
def test_a_list_in_the_state_of_a_page(way: Callable[[Any], str]) -> None:
    """Who follows a site that sends its front page as data would get no story of it."""
    found = teasers(way(STORIES))
    assert [item.title for item in found] == list(HEADLINES.values())
    assert [item.url for item in found] == [f"{HOME}news/{slug}" for slug in HEADLINES]
    assert found[1].published == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    assert (found[1].summary, found[1].image) == (STORIES[1]["summary"], f"{HOME}pictures/1.jpg")


@pytest.mark.parametrize("way", WAYS)
def test_a_story_in_the_state_of_a_page(way: Callable[[Any], str]) -> None:
    """Who follows a site that sends its stories as data would get their summaries alone, or nothing."""
    head = f'<title>{TITLE} | Harbour News</title><meta property="og:title" content="{TITLE}">'
    html = way(WHOLE).replace("<title>Harbour News</title>", head)
    found = article(html)
    assert found.title == TITLE
    assert found.body_text == "\n\n".join(PARAGRAPHS)
    assert (found.published, found.authors, found.section) == (WHEN, ("Rosa Feld",), "Lake")
    assert found.summary == WHOLE["summary"]


@pytest.mark.parametrize("way", [way for way in WAYS if way is not linked])
def test_a_story_whose_page_says_nothing_of_it(way: Callable[[Any], str]) -> None:
    """A page whose head has the site's name alone would be no story, though its address names the one in its data."""
    others = [dict(other, body="\n".join(PARAGRAPHS[::-1] * 2)) for other in STORIES[1:]]
    found = article(way([*others, WHOLE]))
    assert (found.title, found.published) == (TITLE, WHEN)
    assert found.body_text == "\n\n".join(PARAGRAPHS)


def blocks_of_editorjs() -> Any:
    return {"time": 1, "blocks": [{"type": "paragraph", "data": {"text": text}} for text in PARAGRAPHS]}


def blocks_of_portable_text() -> Any:
    def spans(text: str) -> list[Any]:
        begin, _, end = text.partition(" said ")
        return [{"_type": "span", "text": begin, "marks": ["strong"]}, {"_type": "span", "text": f" said {end}"}]

    return [{"_type": "block", "style": "normal", "children": spans(text)} for text in PARAGRAPHS]


def blocks_of_prosemirror() -> Any:
    inner = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in PARAGRAPHS]
    return {"type": "doc", "content": inner}


def blocks_of_contentful() -> Any:
    inner = [
        {"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": text, "marks": []}]}
        for text in PARAGRAPHS
    ]
    return {"json": {"nodeType": "document", "data": {}, "content": inner}}


def blocks_of_hast() -> Any:
    inner = [
        {"type": "element", "tagName": "p", "properties": {}, "children": [{"type": "text", "value": text}]}
        for text in PARAGRAPHS
    ]
    return {"type": "root", "children": inner}


def blocks_of_arc() -> Any:
    return [{"_id": f"X{n}", "type": "text", "content": text} for n, text in enumerate(PARAGRAPHS)]


def rendered() -> Any:
    return {"rendered": "".join(f"<p>{text}</p>" for text in PARAGRAPHS), "protected": False}


@pytest.mark.parametrize(
    "body",
    [
        blocks_of_editorjs(), blocks_of_portable_text(), blocks_of_prosemirror(), blocks_of_contentful(),
        blocks_of_hast(), blocks_of_arc(), rendered(), PARAGRAPHS,
        [*blocks_of_arc(), {"type": "related_links", "items": [{"type": "text", "content": "Read as well: " * 9}]}],
    ],
    ids=["editorjs", "portable", "prosemirror", "contentful", "hast", "arc", "rendered", "lines", "with links"],
)  # fmt: skip
def test_texts_that_are_trees_of_blocks(body: Any) -> None:
    """A story would be one lump, or each word of it a paragraph, or its site's other stories stand in it."""
    name = "content_elements" if isinstance(body, list) and "_id" in body[0] else "content"
    found = article(island({"story": STORIES[0] | {name: body}}))
    assert found.body_text == "\n\n".join(PARAGRAPHS)


def test_headings_pictures_and_links_of_a_tree() -> None:
    """A long report would come without its headings, or without the picture that it speaks of."""
    body = [
        {"type": "paragraph", "content": [{"type": "text", "text": PARAGRAPHS[0]}]},
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "The old motor"}]},
        {"type": "image", "attrs": {"src": "/pictures/motor.jpg", "alt": "The motor in the yard"}},
        {
            "type": "paragraph",
            "content": [
                {"type": "text", "text": PARAGRAPHS[1] + " The plans are "},
                {
                    "type": "link",
                    "attrs": {"href": "/plans/motor"},
                    "content": [{"type": "text", "text": "in the hall"}],
                },
                {"type": "text", "text": "."},
            ],
        },
    ]
    found = article(island({"story": STORIES[0] | {"content": body}}))
    assert "<h2>The old motor</h2>" in found.content_html
    assert "The plans are in the hall." in found.body_text
    assert f'href="{HOME}plans/motor"' in found.content_html
    assert [image.url for image in found.images] == [f"{HOME}pictures/motor.jpg"]


def slugged(node: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in node.items() if key != "url"}
    section = {"slug": "lake" if node["id"] % 2 else "town", "title": "The lake"}
    return told | {"slug": node["url"].rpartition("/")[2], "section": section}


@pytest.mark.parametrize(
    ("seen", "made"),
    [
        ("/news/{slug}", "/news/{slug}"),
        ("https://harbour.example/{section}/{slug}-{id}.html", "/{section}/{slug}-{id}.html"),
        ("/{id}/{slug}?from=home", "/{id}/{slug}?from=home"),
    ],
)
def test_addresses_made_from_slugs(seen: str, made: str) -> None:
    """A site that keeps slugs alone in its data would list nothing, or lead each reader to a page that is not there."""
    nodes = [slugged(node) for node in STORIES]

    def filled(pattern: str, node: dict[str, Any]) -> str:
        return pattern.format(slug=node["slug"], id=node["id"], section=node["section"]["slug"])

    data = island({"stories": nodes, "next": f"/_data/1/{nodes[1]['slug']}.json", "lead": filled(seen, nodes[2])})
    found = teasers(data)
    assert [item.title for item in found] == list(HEADLINES.values())
    assert [item.url for item in found] == [HOME[:-1] + filled(made, node).partition("?")[0] for node in nodes]


def test_no_address_without_a_pattern() -> None:
    """Stories would lead to addresses that were guessed."""
    assert teasers(island({"stories": [slugged(node) for node in STORIES]})) == []


def test_the_markups_own_story_comes_first() -> None:
    """The text of a page would be that of another story that its data hold, too."""
    text = "".join(f"<p>{text} And so it was decided in the end.</p>" for text in PARAGRAPHS)
    html = island({"story": WHOLE}).replace('<div id="app"></div>', f"<article><h1>{TITLE}</h1>{text}</article>")
    assert article(html).body_text.count("And so it was decided in the end.") == len(PARAGRAPHS)


OTHER = {"title": "Another story of the same week", "content": "\n".join(PARAGRAPHS[::-1] * 3)}


@pytest.mark.parametrize(
    "state",
    [
        [{"slug": "lake-and-town-news", "name": "Lake and town news", "items": [OTHER]}, WHOLE],
        [WHOLE | {"items": [OTHER]}],
        [WHOLE | {"related": [OTHER | {"slug": "another-story"}]}, OTHER],
    ],
)
def test_other_stories_of_a_state_are_not_the_pages(state: Any) -> None:
    """The text of a related story would be published under the headline of the one that was asked for."""
    found = article(island(state), f"{HOME}lake-and-town-news/{SLUG}-41000.html")
    assert found.title == TITLE
    assert found.body_text == "\n\n".join(PARAGRAPHS)


def test_menus_products_and_people_are_no_stories() -> None:
    """A list would announce its site's sections, its shop, and those who write for it."""
    menu = [{"title": "Lake and harbour", "url": "/lake"}, {"title": "Town", "url": "/town"}]
    people = [{"name": "Rosa Feld", "url": "/people/rosa-feld"}, {"name": "Jon Aas", "url": "/people/jon-aas"}]
    others = [
        {"title": "The other paper writes about the very same ferry", "url": "https://other.example/a-b-c-d-123456"}
    ]
    policy = {"link": "/how-we-use-cookies-and-data", "title": "How we use cookies here"}
    foot = [{"href": "/terms-of-use-and-sale", "title": "Terms of use and sale"}, {"href": "/all-about-this-paper"}]
    told = {"menu": menu, "people": people, "others": others, "policy": policy, "foot": foot}
    assert teasers(island(told)) == []
    assert teasers(assigned(told)) == []


DEEP = 10_000
OF_ITSELF = {"A:1": {"next": {"__ref": "A:1"}, "all": [{"__ref": "A:1"}]}}
HOSTILE = {
    "deep lists": f'<script type="application/json">{"[" * DEEP}{"]" * DEEP}</script>',
    "deep objects": f"<script>x={'{a:' * DEEP}1{'}' * DEEP}</script>",
    "deep JSON": "<script>x=" + '{"a":' * DEEP + "1" + "}" * DEEP + "</script>",
    "open strings": '<script>x={"a":"' * 500,
    "assignments": "<script>" + "a={b:1,c:[2]};" * 20_000 + "</script>",
    "names": f"<script>(function({'a,' * 9_000}b){{return {{c:[1,2]}}}}(1))</script>",
    "a flattened circle": island([[0, 1, 2], [0, 1], {"a": 0, "b": 2}] + [[0]] * 40),
    "wrappers of wrappers": island([["Reactive", 1], ["Reactive", 0], [0]] + [[0]] * 40),
    "a cache of itself": island(OF_ITSELF),
    "rows of themselves": pushed('1:["$1","$2"]\n2:["$1"]' + " " * 80),
    "a row longer than all": pushed("1:Tffffff,short" + " " * 80),
    "numbers": f'<script type="application/json">[{"1e999," * 1000}{"9" * 5000}]</script>',
    "lists that never end": "<script>x=" + ",[-1" * 200_000 + "</script>",
    "rows onto one list": pushed(
        "1:[" + ",".join(["[]"] * 12_000) + "]\n" + "".join(f'{n:x}:["$1"]\n' for n in range(16, 8_000))
    ),
    "one text for ever": pushed(
        "1:T4e20," + "a line of text here " * 1_000 + "2:" + json.dumps({"title": TITLE, "body": ["$1"] * 1_900})
    ),
    "parse": "<script>" + "JSON.parse('" * 5_000 + "</script>",
    "large": '<script type="application/json">{"a":"' + "x" * 20_000_000 + '"}</script>',
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_states_that_are_made_to_hurt(html: str) -> None:
    """One page's data would stop the reading of all others."""
    whole = f"<html><body>{html}</body></html>"
    assert teasers(whole) == []
    with pytest.raises(NotAnArticleError):
        article(whole)
