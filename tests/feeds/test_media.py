"""Recordings of stories, read from pages of our own invention: every file, poster and duration, and none too many."""

# ruff: noqa: E501 - pages are written down as sites write them

from __future__ import annotations

import pytest

from feeds.errors import NotAnArticleError
from feeds.model import Article
from feeds.reading.article.extract import extract_article
from feeds.reading.media.addresses import mark, picture_mark
from feeds.reading.media.find import MAX_MEDIA
from feeds.reading.media.told import MAX_FILES, length, seconds
from tests.conftest import NOW
from tests.feeds.media_pages import CDN, HLS, MP3, SENTENCES, TITLES, URL, WAYS, Told, Way, linked_data, page


def read(html: str, url: str = URL) -> Article:
    return extract_article(html, url, now=NOW)


@pytest.mark.parametrize(("number", "way"), list(enumerate(WAYS)), ids=[way.name for way in WAYS])
@pytest.mark.parametrize("turn", range(4))
def test_what_a_page_shows_is_found(turn: int, number: int, way: Way) -> None:
    """A station's stories would come without their films, or with an advertiser's, or with those of other stories."""
    html, language, _ = page(way, number + turn)
    article = read(html)
    found = [
        Told(one.url, one.kind, one.duration, one.poster, tuple(other.url for other in one.others))
        for one in article.media
    ]
    assert found == list(way.told)
    assert article.title == TITLES[language]
    said = f"{article.summary or ''}\n{article.body_text}"
    assert all(sentence in said for sentence in SENTENCES[language])
    assert "invention" not in said
    assert "apples" not in said


PICTURES = "".join(
    f'<figure><img src="/p/{n}.jpg" width="900" height="600"><figcaption>The boat number {n}</figcaption></figure>'
    for n in range(1, 6)
)
SLIDES = "".join(
    f'<div class="swiper-slide"><a href="/p/{n}.jpg" data-caption="The boat number {n}"><img src="/p/{n}-small.jpg" '
    'width="300" height="200"></a></div>'
    for n in range(1, 6)
)
SITE = "https://sun-river.example"


def page_of(body: str, head: str = "") -> str:
    title = "Boats on the Sun River"
    return f"<html lang=en><head><title>{title}</title>{head}</head><body><nav><a href=/>Sun River</a></nav>{body}</body></html>"


@pytest.mark.parametrize("pictures", [PICTURES, SLIDES], ids=["figures", "slides"])
@pytest.mark.parametrize("text", ["", "<p>Five boats in the evening.</p>"], ids=["no text", "a line"])
def test_a_gallery_is_a_story(pictures: str, text: str) -> None:
    """A row of pictures would be refused as no article, or lose what is told under each."""
    others = "".join(
        f'<div class="item"><a href="/other-{n}-2026112.htm"><img src="/o/{n}.jpg" width="300" height="200">'
        f"<h3>Something else that happened, number {n}</h3></a></div>"
        for n in range(4)
    )
    article = read(
        page_of(f"<main><h1>Boats on the Sun River</h1>{text}<div class=photos>{pictures}</div></main>{others}")
    )
    assert [image.caption for image in article.images] == [f"The boat number {n}" for n in range(1, 6)]
    assert all("/p/" in image.url for image in article.images)
    assert article.content_html.count("<img") == 5
    assert "Something else" not in article.body_text
    assert ("Five boats" in article.body_text) == bool(text)


def test_a_film_without_a_word_is_told_by_its_description() -> None:
    """A station's film would be refused where its page has nothing but a player."""
    head = '<meta name="description" content="What happened on the river today, in four minutes.">'
    article = read(page_of('<h1>The evening bulletin</h1><video src="/a/evening.mp4" controls></video>', head))
    assert article.body_text == "What happened on the river today, in four minutes."
    assert [one.url for one in article.media] == [f"{SITE}/a/evening.mp4"]


def test_a_page_that_shows_nothing_and_says_nothing_is_no_story() -> None:
    """Pages to sign in, with a film that runs silently behind the form, would be published."""
    with pytest.raises(NotAnArticleError):
        read(page_of('<h1>Welcome back</h1><video src="/a/waves.mp4" autoplay muted loop></video><form><input></form>'))


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ("PT2M35S", 155.0), ("PT1H2M3S", 3723.0), ("P1DT1S", 86401.0), ("PT90.5S", 90.5), ("2:35", 155.0),
        ("1:02:03", 3723.0), (155, 155.0), ("155", 155.0), ("", None), ("PT0S", None), ("soon", None), (True, None),
        (1e300, None), (float("nan"), None), (-5, None), ("9" * 4000, None), ("PT" + "9" * 30 + "H", None), (None, None),
        ([], None), ("P9999Y", None),
    ],
)  # fmt: skip
def test_durations(told: object, right: float | None) -> None:
    """Players would show a bulletin of three hundred years, or none at all of one that is written in another way."""
    assert seconds(told) == right


@pytest.mark.parametrize(
    ("told", "right"),
    [(48_213, 48_213), ("48213", 48_213), ("48 MB", None), (0, None), (-1, None), (1e300, None), ("9" * 400, None)],
)
def test_lengths(told: object, right: int | None) -> None:
    """A download would be announced with a length that breaks it."""
    assert length(told) == right


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/w640/2026/boat-640x480.jpg", "https://b.example/x/boat.jpg?w=3", True),
        ("https://a.example/thumb_w/640/boat.jpg", "https://a.example/boat.jpg", True),
        ("https://a.example/boat-1.jpg", "https://a.example/boat-2.jpg", False),
        ("https://a.example/one/1.jpg", "https://a.example/two/1.jpg", False),
    ],
)
def test_which_picture_it_is(one: str, other: str, same: bool) -> None:
    """A gallery would be told as edited whenever its site serves pictures of another size."""
    assert (picture_mark(one) == picture_mark(other)) is same


@pytest.mark.parametrize(
    "head",
    [
        linked_data(
            {"@type": "NewsArticle", "headline": "Boats on the Sun River", "video": [{"@id": {}}, [], 7, None]}
        ),
        '<script type="application/ld+json">{"@type": "VideoObject", "name": {}, "contentUrl": "/a.mp4", "duration": 1'
        + "0" * 400
        + ', "width": {"value": []}, "thumbnailUrl": [[], {}]}</script>',
        linked_data(
            {
                "@type": ["VideoObject", 5],
                "contentUrl": [{"url": "/a.mp4"}],
                "hasPart": [{"startOffset": {}, "name": []}],
                "caption": [],
            }
        ),
        '<meta property="og:video" content="http://[::1">',
    ],
)
def test_descriptions_of_any_make(head: str) -> None:
    """One odd value in a page's data would keep the whole story from being read."""
    article = read(
        page_of(
            "<h1>Boats on the Sun River</h1><p>Five boats in the evening.</p><div dataªº='/b.mp4'></div><div data-setup='{\"src\": 1e999}'></div><video src='/a.mp4' controls></video>",
            head,
        )
    )
    assert [one.url for one in article.media] == [f"{SITE}/a.mp4"]


def test_hostile_recordings() -> None:
    """One page could fill every reader's list with its addresses, or lead players to what is no address of the web."""
    sources = "".join(f'<source src="/v/{n}.mp4">' for n in range(3000))
    blobs = '<video src="blob:https://sun-river.example/1" controls></video><video src="data:video/mp4;base64,AAAA" controls></video>'
    more = "".join(f'<video src="/w/{n}-{"x" * 40}.mp4" controls></video>' for n in range(200))
    sizes = (
        '<video src="/one.mp4" width="1e300" height="-4" data-duration="1e300" poster="javascript:x" controls></video>'
    )
    article = read(page_of(f"<h1>Boats on the Sun River</h1>{sizes}{blobs}<video controls>{sources}</video>{more}"))
    first, second = article.media[:2]
    assert (first.url, first.width, first.height, first.duration, first.poster) == (f"{SITE}/one.mp4", *[None] * 4)
    assert len(second.others) < MAX_FILES
    assert len(article.media) <= MAX_MEDIA
    assert all(one.url.startswith("https://") for one in article.media)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/v/2026/11/28/film.mp4?token=1&e=2", "https://b.example/2026/11/28/film.mp4?token=9", True),
        ("https://a.example/hls/film/index.m3u8?hdnts=exp=1~hmac=ab", "https://c.example/x/film/index.m3u8", True),
        (
            "https://a.example/s/AbC9dEf0gHi1jKl2mNo3pQr4/1732780000/film.mp4",
            "https://a.example/1732780000/film.mp4",
            True,
        ),
        ("https://a.example/2026/11/28/evening.mp4", "https://a.example/2026/11/29/evening.mp4", False),
        ("https://a.example/one/index.m3u8", "https://a.example/two/index.m3u8", False),
        ("https://a.example/get?id=1&token=5", "https://a.example/get?id=1&token=6", True),
        ("https://a.example/get?id=1", "https://a.example/get?id=2", False),
        ("https://vimeo.com/11111", "https://vimeo.com/22222", False),
        (
            "https://s.example/AbC123dEf456GhI789jKl012MnO/low.mp4",
            "https://s.example/ZbC123dEf456GhI789jKl012MnO/low.mp4",
            False,
        ),
        (
            "https://v.example/2f1c8a10-1111-4a6b-9c1d-aaaaaaaaaaaa/video.mp4",
            "https://v.example/3f1c8a10-1111-4a6b-9c1d-aaaaaaaaaaaa/video.mp4",
            False,
        ),
        (
            "https://d.example/aaaabbbbccccdddd11112222/manifest/video.m3u8",
            "https://d.example/baaabbbbccccdddd11112222/manifest/video.m3u8",
            False,
        ),
        (
            "https://k.example/p/1/entryId/0_abc/format/url/protocol/https/a.mp4",
            "https://k.example/p/1/entryId/0_xyz/format/url/protocol/https/a.mp4",
            False,
        ),
        ("https://k.example/get.mp4?id=1&token=a", "https://k.example/get.mp4?id=2&token=a", False),
    ],
)
def test_which_file_it_is(one: str, other: str, same: bool) -> None:
    """Every token that a server renews would be told as an edit; or a new bulletin would be taken for the last one."""
    assert (mark(one) == mark(other)) is same


HEADLINE = "<h1>Ferry across the Sun River is back</h1>"
WORDS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES["en"])
NAV = "<header><nav><a href='/'>Home</a> <a href='/news'>News</a></nav></header>"
FOOT = "<footer><p>The station is licensed by the ministry under number 123; all rights reserved.</p></footer>"
OWN, OTHER, LIVE = f"{CDN}/own.mp4", f"{CDN}/other-story.mp4", "https://live.example/tv/one.m3u8"
FILM = f"<video controls src='{OWN}'></video>"
STORY = f"<main><article>{HEADLINE}{WORDS}</article></main>"


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (f"{NAV}<div class=row><div class=col-8><article>{HEADLINE}{WORDS}</article></div><div class=col-4><div><video autoplay muted controls src='{LIVE}'></video></div></div></div>", []),
        (f"<div class=row><div class=col-8><article>{HEADLINE}{WORDS}</article></div><div class=col-4><h3>Watch live</h3><iframe src='https://www.youtube.com/embed/zzzzZZZZzz9'></iframe></div></div>", []),
        (f"<header><video controls src='{LIVE}'></video></header>{STORY}", []),
        (f"<div id=radio><audio controls src='https://live.example/radio.mp3'></audio></div>{STORY}", []),
        (f"<div class=topbar><a href='https://live.example/radio.mp3'>Listen live to the radio</a></div>{STORY}", []),
        (f"{STORY}{FOOT}<div class='sticky-player'><audio src='https://live.example/radio.mp3'></audio></div>", []),
        (f"<main><article>{HEADLINE}{WORDS}</article><article><h2>Market moves</h2><video controls src='{OTHER}'></video></article></main>", []),
        (f"<main><article>{HEADLINE}{WORDS}</article><section><div><a href='/o1-2026.htm'><video src='{OTHER}'></video></a></div></section></main>", []),
        (f"<main><article>{HEADLINE}{WORDS}</article><div class=card data-video-src='{OTHER}'><a href='/o1-2026.htm'>Another story about the market square</a></div></main>", []),
        (f"{STORY}<script>var p = new Hls(); p.loadSource('{LIVE}');</script>", []),
        (f"{STORY}<script>new AudioPlayer('/sounds/ding.mp3');</script><audio id=ding src='/sounds/ding.mp3'></audio>", []),
        (f"<main><article>{HEADLINE}{WORDS}<div><video autoplay muted playsinline src='https://ads.example/9.mp4'></video></div></article></main>", []),
        (f"{STORY}{linked_data({'@type': 'VideoObject', 'name': 'Market moves to the square', 'contentUrl': OTHER})}", []),
        (f"<main><div class=player>{FILM}</div><article>{HEADLINE}{WORDS}</article></main>", [OWN]),
        (f"{NAV}<div class=hero>{FILM}</div>{STORY}", [OWN]),
        (f"<main><article>{HEADLINE}{WORDS}</article><div>{FILM}</div></main>", [OWN]),
        (f"<article>{HEADLINE}<figure>{FILM}<figcaption>Film: <a href='https://agency.example/'>Riverside News Agency</a></figcaption></figure>{WORDS}</article>", [OWN]),
        (f"<article>{HEADLINE}<div class='banner-video'>{FILM}</div>{WORDS}</article>", [OWN]),
        (f"<article>{HEADLINE}<figure><video autoplay muted playsinline src='{OWN}'></video></figure>{WORDS}</article>", [OWN]),
        (f"<article>{HEADLINE}{FILM}<audio controls src='{OWN.replace('mp4', 'mp3')}'></audio>{WORDS}</article>", [OWN, OWN.replace("mp4", "mp3")]),
        (f"<article>{HEADLINE}<div data-settings='{{}}'>{FILM}<video controls src='{CDN}/second.mp4'></video></div>{WORDS}</article>", [OWN, f"{CDN}/second.mp4"]),
        (f"<article>{HEADLINE}<div id=p></div>{WORDS}</article><script>jwplayer('p').setup({{playlist: [{{file: '{HLS}'}}, {{file: '{OTHER}'}}]}});</script>", [HLS]),
        (f"<article>{HEADLINE}<iframe title='ferry_final.mp4' src='https://player.vimeo.com/video/123456789'></iframe>{WORDS}</article>", ["https://vimeo.com/123456789"]),
        (f"<article>{HEADLINE}<a href='/x/BULLETIN.MP3'>Listen to the whole evening bulletin</a>{WORDS}</article>", [f"{SITE}/x/BULLETIN.MP3"]),
    ],
)  # fmt: skip
def test_whose_a_recording_is(body: str, right: list[str]) -> None:
    """What a station has on air, or another story shows, would be published as the story's; or its own be missed."""
    article = read(
        f"<html lang=en><head><title>Ferry across the Sun River is back</title></head><body>{body}</body></html>"
    )
    assert [one.url for one in article.media] == right
    assert article.body_text == "\n\n".join(SENTENCES["en"])


@pytest.mark.parametrize(
    "above",
    [
        f"<p>Saturday 28 November 2026 at 19:30 in Riverside</p>{FILM}",
        f"<figure>{FILM}<figcaption>The ferry at the quay tonight</figcaption></figure>",
        f"<p class=by>By our own correspondent on the quay</p><audio controls src='{MP3}'></audio>",
        "<p>Saturday 28 November 2026 at 19:30 in Riverside</p>"
        + "<img src=/i/1.svg><img src=/i/2.svg><img src=/i/3.svg>",
    ],
)
def test_a_short_story_keeps_its_text(above: str) -> None:
    """The two sentences of a film would be replaced by the line above it."""
    body = f"<article><header>{HEADLINE}{above}</header><div class=body>{WORDS}</div></article>"
    assert "\n\n".join(SENTENCES["en"]) in read(page_of(body)).body_text
