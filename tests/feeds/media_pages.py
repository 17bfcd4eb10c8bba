"""Invented pages that show something, in the ways that sites do, with what there is to be found on each."""

# ruff: noqa: E501, UP031 - pages are written down as sites write them

from __future__ import annotations

import json
from typing import Any, NamedTuple

SITE = "https://sun-river.example"
URL = f"{SITE}/ferry-across-the-sun-river-is-back-20261128.htm"
CDN = "https://media.sun-river.example/2026/11/28"
POSTER = f"{CDN}/ferry.jpg"
MP4, HLS, MP3 = f"{CDN}/ferry-evening.mp4", f"{CDN}/ferry-evening/index.m3u8", f"{CDN}/ferry-evening.mp3"


class Told(NamedTuple):
    """What is right of one recording."""

    url: str
    kind: str
    duration: float | None = None
    poster: str | None = None
    others: tuple[str, ...] = ()


class Way(NamedTuple):
    """A way to show something: what stands in the head, in the player's place, and at the end of the page."""

    name: str
    told: tuple[Told, ...]
    player: str = ""
    head: str = ""
    end: str = ""


def linked_data(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


VIDEO = {
    "@type": "VideoObject",
    "name": "The ferry",
    "contentUrl": MP4,
    "thumbnailUrl": [POSTER],
    "duration": "PT2M35S",
}

WAYS = (
    Way("a video", (Told(MP4, "video", None, POSTER),), f'<video src="{MP4}" poster="{POSTER}" controls></video>'),
    Way(
        "a video in several formats",
        (Told(MP4, "video", 155, POSTER, (f"{CDN}/ferry-evening.webm", HLS)),),
        f'<figure><video controls poster="{POSTER}" data-duration="155"><source src="{HLS}" type="application/x-mpegURL">'
        f'<source src="{CDN}/ferry-evening.webm" type="video/webm"><source src="{MP4}" type="video/mp4">'
        '<track kind="captions" srclang="vi" label="Tiếng Việt" src="/vtt/ferry.vi.vtt"></video></figure>',
    ),
    Way("an audio", (Told(MP3, "audio"),), f'<audio controls src="{MP3}"></audio>'),
    Way(
        "an audio in two formats",
        (Told(MP3, "audio", 61, None, (f"{CDN}/ferry-evening.ogg",)),),
        f'<div class="audio-player" ><audio data-duration="1:01"><source src="{CDN}/ferry-evening.ogg" type="audio/ogg"><source src="{MP3}" type="audio/mpeg"></audio></div>',
    ),
    Way("linked data", (Told(MP4, "video", 155, POSTER),), head=linked_data({"@context": "https://schema.org", **VIDEO, "url": URL})),
    Way(
        "linked data in the story's",
        (Told(MP4, "video", 155, POSTER),),
        head=linked_data({"@type": "NewsArticle", "headline": "{title}", "url": URL, "video": {**VIDEO, "name": "An evening on the water"}}),
    ),
    Way(
        "linked data by its name",
        (Told(MP4, "video", 3723, POSTER),),
        head=linked_data(
            {
                "@graph": [
                    {"@type": "NewsArticle", "headline": "{title}", "url": URL, "video": {"@id": "#film"}},
                    {**VIDEO, "@id": "#film", "name": "An evening on the water", "duration": "PT1H2M3S"},
                ]
            }
        ),
    ),
    Way(
        "linked data of a player",
        (Told("https://www.youtube.com/watch?v=aaaaBBBBcc1", "embed", 90, "https://i.ytimg.com/vi/aaaaBBBBcc1/hqdefault.jpg"),),
        '<iframe src="https://www.youtube-nocookie.com/embed/aaaaBBBBcc1?rel=0" title="YouTube video player"></iframe>',
        linked_data({"@type": "VideoObject", "name": "{title}", "embedUrl": "https://www.youtube.com/embed/aaaaBBBBcc1", "duration": "PT90S"}),
    ),
    Way(
        "Open Graph",
        (Told(MP4, "video", 155),),
        head=f'<meta property="og:video" content="{MP4}"><meta property="og:video:type" content="video/mp4">'
        '<meta property="og:video:width" content="1280"><meta property="og:video:height" content="720">'
        '<meta property="video:duration" content="155">',
    ),
    Way("Open Graph's sound", (Told(MP3, "audio"),), head=f'<meta property="og:audio" content="{MP3}">'),
    Way("a card's stream", (Told(MP4, "video"),), head=f'<meta name="twitter:player:stream" content="{MP4}"><meta name="twitter:player:stream:content_type" content="video/mp4">'),
    Way(
        "a system's stream by its path",
        (Told("https://hls.sun-river.example/sunriver/2026/11/28/ferry-1732780000.mp4", "video", None, POSTER),),
        f'<div class="VCSortableInPreviewMode" type="VideoStream" embed-type="4" data-width="640px" data-height="360px" data-vid="hls.sun-river.example/sunriver/2026/11/28/ferry-1732780000.mp4" data-thumb="{POSTER}" data-autoplay="false"><div class="VideoCMS_Caption"><p>An evening on the water</p></div></div>',
    ),
    Way(
        "a system's stream by its player",
        (Told("https://hls.sun-river.example/sunriver/2026/11/28/ferry-1732780001.mp4", "video", None, POSTER),),
        f'<div type="VideoStream" data-src="https://player.sun-river.example/1.1?_site=sunriver&amp;vid=hls.sun-river.example/sunriver/2026/11/28/ferry-1732780001.mp4&amp;poster={POSTER}"></div>',
    ),
    Way("a system's sound", (Told(MP3, "audio", 61),), f'<div class="listen" data-file="{MP3}" data-duration="61"></div>'),
    Way(
        "JW Player",
        (Told(MP4, "video", 155, POSTER, (HLS,)),),
        '<div id="player-1"></div>',
        end="<script>var p = jwplayer('player-1').setup({title: 'An evening on the water', image: \"%s\", duration: 155, sources: [{file: '%s'}, {file: \"%s\", label: '720p'}], tracks: [{file: '/vtt/a.vtt', kind: 'captions', label: 'English'}, {file: '/vtt/t.vtt', kind: 'thumbnails'}], advertising: {client: 'vast', tag: 'https://ads.example/a.mp4'}});</script>" % (POSTER, HLS, MP4),
    ),
    Way(
        "JW Player's list",
        (Told(MP4, "video", None, POSTER),),
        '<div id="film"><div class="spinner"></div></div>',
        end='<script>jwplayer("film").setup({"playlist": [{"image": "%s", "sources": [{"file": "%s"}]}, {"image": "/x.jpg", "sources": [{"file": "%s/another-story.mp4"}]}]});</script>' % (POSTER, MP4, CDN),
    ),
    Way(
        "Video.js",
        (Told(MP4, "video", None, POSTER),),
        '<video-js id="vid" class="vjs-fluid"></video-js>',
        end="<script>videojs('vid', {controls: true, poster: '%s', sources: [{src: '%s', type: 'video/mp4'}]});</script>" % (POSTER, MP4),
    ),
    Way(
        "Video.js in an attribute",
        (Told(MP4, "video", None, POSTER),),
        f"<video class='video-js' data-setup='{json.dumps({'poster': POSTER, 'sources': [{'src': MP4, 'type': 'video/mp4'}]})}'></video>",
    ),
    Way(
        "a playlist that a script loads",
        (Told(HLS, "video", None, POSTER),),
        f'<video id="live" poster="{POSTER}"></video>',
        end="<script>const hls = new Hls(); hls.loadSource('%s'); hls.attachMedia(document.getElementById('live'));</script>" % HLS,
    ),
    Way(
        "Playerjs",
        (Told(MP4, "video", None, POSTER),),
        '<div id="pjs"></div>',
        end='<script>new Playerjs({id:"pjs", file:"%s", poster:"%s"});</script>' % (MP4, POSTER),
    ),
    Way(
        "DASH and a file",
        (Told(MP4, "video", None, POSTER, (f"{CDN}/ferry-evening.mpd",)),),
        f'<div class="player" data-dash="{CDN}/ferry-evening.mpd" data-mp4="{MP4}" data-poster="{POSTER}"></div>',
    ),
    Way("YouTube", (Told("https://www.youtube.com/watch?v=aaaaBBBBcc2", "embed", None, "https://i.ytimg.com/vi/aaaaBBBBcc2/hqdefault.jpg"),), '<iframe data-src="//www.youtube.com/embed/aaaaBBBBcc2" loading="lazy"></iframe>'),
    Way("Vimeo", (Told("https://vimeo.com/123456789", "embed"),), '<iframe src="https://player.vimeo.com/video/123456789?title=0"></iframe>'),
    Way("Dailymotion", (Told("https://www.dailymotion.com/video/x8abcde", "embed", None, "https://www.dailymotion.com/thumbnail/video/x8abcde"),), '<iframe src="https://geo.dailymotion.com/player/x1.html?video=x8abcde"></iframe>'),
    Way("Facebook", (Told("https://www.facebook.com/sunriver/videos/1234567890/", "embed"),), '<iframe src="https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fsunriver%2Fvideos%2F1234567890%2F&show_text=0"></iframe>'),
    Way("TikTok", (Told("https://www.tiktok.com/@sunriver/video/7123456789012345678", "embed"),), '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@sunriver/video/7123456789012345678"><section><a href="https://www.tiktok.com/@sunriver">@sunriver</a> on the ferry</section></blockquote>'),
    Way("SoundCloud", (Told("https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/293", "embed"),), '<iframe src="https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/293&color=%23ff5500"></iframe>'),
    Way("Spotify", (Told("https://open.spotify.com/episode/7makk4oTQel546B0PZlDM5", "embed"),), '<iframe src="https://open.spotify.com/embed/episode/7makk4oTQel546B0PZlDM5?utm_source=generator"></iframe>'),
    Way("a link to a file", (Told(MP3, "audio"),), f'<p><a href="{MP3}">Listen to the whole evening bulletin</a></p>'),
    Way("a lazy YouTube", (Told("https://www.youtube.com/watch?v=aaaaBBBBcc3", "embed", None, "https://i.ytimg.com/vi/aaaaBBBBcc3/hqdefault.jpg"),), '<lite-youtube videoid="aaaaBBBBcc3"></lite-youtube>'),
    Way("an AMP page's", (Told(MP4, "video", None, POSTER),), f'<amp-video width="640" height="360" src="{MP4}" poster="{POSTER}" layout="responsive" controls></amp-video>'),
    Way("nothing", ()),
)  # fmt: skip

TITLES = {
    "en": "Ferry across the Sun River is back",
    "vi": "Phà qua sông Mặt Trời chạy trở lại",
    "de": "Fähre über den Sonnenfluss fährt wieder",
    "fr": "Le bac sur la rivière du Soleil revient",
}
SENTENCES = {
    "en": ("The ferry across the Sun River took its first passengers on Saturday evening.", "Two hundred people waited on the quay, among them the oldest skipper of the valley."),
    "vi": ("Chuyến phà qua sông Mặt Trời đã chở những hành khách đầu tiên vào tối thứ Bảy.", "Hai trăm người đứng chờ trên bến, trong đó có người lái phà già nhất vùng."),
    "de": ("Die Fähre über den Sonnenfluss nahm am Samstagabend ihre ersten Gäste an Bord.", "Zweihundert Leute warteten am Kai, unter ihnen der älteste Fährmann des Tals."),
    "fr": ("Le bac sur la rivière du Soleil a pris ses premiers passagers samedi soir.", "Deux cents personnes attendaient sur le quai, dont le plus vieux passeur de la vallée."),
}  # fmt: skip
OTHERS = f"""
<div class="box-related"><h3>More</h3>
  <div class="item"><a href="/market-moves-to-the-square-20261127.htm"><video muted loop playsinline src="{CDN}/market-preview.mp4"></video></a>
    <h4><a href="/market-moves-to-the-square-20261127.htm">The market moves to the square before winter</a></h4></div>
  <div class="item" data-video-url="{CDN}/orchard-whole.mp4"><a href="/orchard-gives-apples-away-20261126.htm">The orchard gives its apples away this year</a></div>
</div>"""
CARDS = f"""
<section><div><video src="{CDN}/lantern.mp4" poster="/l.jpg"></video><h3><a href="/lantern-night-in-the-old-town-20261125.htm">Lantern night in the old town</a></h3></div></section>
<aside><iframe src="https://www.youtube.com/embed/zzzzZZZZzz9"></iframe></aside>
<script>jwplayer('side').setup({{file: "{CDN}/side-story.mp4"}});</script><aside><div id="side"></div></aside>"""
ADS = """
<div class="ads-banner"><video autoplay muted src="https://ads.example/soap.mp4"></video></div>
<div id="preroll" data-vast="https://ads.example/vast.xml" data-src="https://ads.example/preroll/car.mp4"></div>"""
LISTED = linked_data(
    {
        "@type": "ItemList",
        "itemListElement": [
            {
                "@type": "VideoObject",
                "name": f"Another story, number {n}",
                "url": f"{SITE}/another-{n}-2026112{n}.htm",
                "contentUrl": f"{CDN}/another-{n}.mp4",
            }
            for n in range(3)
        ],
    }
)


def page(way: Way, number: int) -> tuple[str, str, bool]:
    """The page, its language, and whether advertisements and other stories' recordings stand beside."""
    language = ("en", "vi", "de", "fr")[number % 4]
    crowded, whole = number % 2 == 0, number % 3 == 2
    title, sentences = TITLES[language], SENTENCES[language]
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    if whole:
        text += "".join(f"<p>{sentences[0][:-1]}, {n + 1} × {sentences[1]}</p>" for n in range(6))
    player = f"<div class='media'>{way.player}</div>" if way.player else ""
    inside = f"<h1>{title}</h1><time datetime='2026-11-28T19:30:00+07:00'></time>"
    inside += f"{player}{text}" if number % 5 else f"{text}{player}"
    if number % 4 == 1:  # the player stands before the headline
        inside = f"{player}<h1>{title}</h1><div class='text'>{text}</div>"
    head = f"<title>{title} | Sun River</title><meta property='og:title' content='{title}'><meta name='description' content='{sentences[0]}'>{way.head.replace('{title}', title)}"
    noise = (ADS, OTHERS, CARDS, LISTED) if crowded else ("", "", "", "")
    html = (
        f"<!DOCTYPE html><html lang={language}><head>{head}{noise[3]}</head><body><header><nav><a href='/'>Sun River</a> <a href='/video'>Video</a></nav></header>"
        f"{noise[0]}<main><article>{inside}</article>{noise[1]}</main>{noise[2]}<footer><p>Sun River, a station of our own invention, all rights reserved.</p></footer>{way.end}</body></html>"
    )
    return html, language, crowded
