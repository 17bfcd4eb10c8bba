"""What developers call the boxes of a page: class, id and role, in English nearly everywhere.

None decides alone: a suspect box stands when it holds most of the page's prose (`feeds.reading.article.body`), and what
is named in lists is evidence beside the shape of the page. No name is one site's own.

How to write them. A name of `Names` is compared with each word of ``class="articleRelated-posts"`` (article, related,
posts) and with each two neighbouring words written together (articlerelated, relatedposts); it may be followed by more
letters unless it is in an ``exact`` list. Those of the list reader are sets of whole words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.reading.text import word_set

_START = 3  # letters by which words are told apart at a glance
_SHORT_LIST = 12  # beginnings; more are found in nearly every name


class Names:
    """A list of names; ``in`` asks whether a class, id or role has one of them."""

    def __init__(self, stems: str, exact: str = "", never: str = "") -> None:
        every = stems.split()
        self._exact = frozenset(exact.split())
        self._never = tuple(never.split())
        starts = {word[:_START] for word in (*every, *self._exact)}
        self._starts = {start: tuple(stem for stem in every if stem.startswith(start)) for start in starts}
        # A short list is compared at one glance first: its words' first letters, whatever stands between them.
        hint = "|".join("[^a-z]*".join(start) for start in sorted(starts))
        self._hint = re.compile(hint) if len(starts) <= _SHORT_LIST else None
        self._checked = lru_cache(maxsize=16384)(self._check)
        self.has = lru_cache(maxsize=16384)(self._has)

    def __contains__(self, names: str) -> bool:  # where time matters, `has` is called instead
        return self.has(names)

    def _has(self, names: str) -> bool:
        names = names[:600]
        if self._hint is not None and self._hint.search(names.lower()) is None:
            return False
        return any(map(self._checked, names.split()))

    def _check(self, name: str) -> bool:
        if ":" in name or "[" in name:  # "lg:sr-only", "text-[--footer-color]": how it looks on some screen
            return False
        starts, before = self._starts, ""
        for word in _words_of(name[:120]):
            start = word[:_START]
            if start in starts and self._is_listed(word) and not (before in _NEGATIONS and word in self._exact):
                return True
            if before and self._is_listed(before + word):
                return True
            # What begins as no stem does, begins no stem together with the next word either, unless it is short.
            before = word if start in starts or len(word) < _START else ""
        return False

    def _is_listed(self, word: str) -> bool:
        if word in self._exact:
            return True
        stems = self._starts.get(word[:_START])
        return stems is not None and word.startswith(stems) and not word.startswith(self._never)


def _words_of(name: str) -> list[str]:
    """The words of a name like "articleRelated-posts", in lower case."""
    if name.islower() and name.isascii():
        return _LOWER_WORD.findall(name)
    return [word.lower() for word in _WORD.findall(name)]


_NEGATIONS = ("no",)  # "no_toc", "no-ads"
# Digits end a word, and letters between digits are none: "component_1ad269af0d" is called component, not ad.
_LOWER_WORD = re.compile(r"(?<![a-z\d])[a-z]+(?![a-z]|\d+[a-z])")
_WORD = re.compile(
    r"(?<!\d)[A-Z]+(?![a-z])|(?<!\d)[A-Z][a-z]+(?![a-z]|\d+[a-z])|(?<![a-zA-Z\d])[a-z]+(?![a-z]|\d+[a-z])"
    r"|[^\W\d_a-zA-Z]+"
)

# --- articles

# Boxes that are not the story.
_JUNK = """
    comment disqus kommentar respond discussion livefyre
    relate recommend recirc similar readmore readnext readalso readon seealso alsoread morefrom moreon morenews
    morestor morearticle morepost morelike morein moreabout morelink mehrzum mostread mostpopular mostviewed mostrecent
    popular trending latest nextarticle nextpost nextstory prevnext previouspost postnav onward yarpp lienquan
    cungchuyenmuc tinlienquan tinkhac docthem xemthem
    newsletter mailchimp abobox
    advert adslot adunit adcontainer adwrap adbox adblock adlabel adplacement adsby adspot outbrain taboola
    anzeige werbung publicit quangcao
    sharing sharebar sharebox sharebutton shareicon sharelink sharelist sharetool sharethis sharewidget sharearticle
    sharepost socialshar postshar articleshar entryshar sharedaddy addtoany addthis socialbar sociallink socialicon
    socialmedia socialbutton followus
    breadcrumb cookie consent gdpr onetrust navbar navlink navmenu navlist mainmenu pagination paginat
    skiplink skipto tooltip
    authorbio authorbox authorinfo authorcard authorprofile authordesc authordetail authorblock authorabout authorarea
    aboutauthor biography autorbox postauthor
    byline publishdate publisheddate publishtime publishedtime postmeta postdate postinfo posttags entrymeta
    entryutility entrytags articlemeta articletags articletools articleactions articledate
    timestamp dateline datetime taglist tagcloud topicslist
    footer rodape voettekst fusszeile fussbereich piedepagina pieddepage basdepage
    printonly printbutton printlink noprint hiddenprint copyright hotline imagecredit photocredit readingtime
    toclist toctitle eztoc donatebox donatebanner donationbox donationform
    callto feedback reporterror correctionform siteheader sitenav globalheader globalnav masthead colophon
    legalnotice disclaimer affiliate impressum webform contactform searchform searchbox searchbar
    screenreader visuallyhidden assistive offscreen trinity tpmodal
    subscri signup registrationwall promo sponsor subnav sidebar rightcol rightrail popup toolbar toccontainer tocwrap
    tocwidget tableof login lightboxoverlay leakypaywall paywalloverlay paywalloffer paywallbox paywallmessage
    """
_JUNK_WORDS = (
    "ad ads share shares social socials crumb crumbs nav navigation menu pager rail modal bio tags tag "
    "rating credit credits toc cta signin sronly contentinfo complementary banner search dialog alert"
)
_PLAYERS = "timetoread listento audioplayer texttospeech vjs jwplayer videoplayer playercontrols"
_NEVER = "promoted promotion commentary commentator popularity responda respondent"
JUNK_NAMES = Names(f"{_JUNK} {_PLAYERS}", exact=_JUNK_WORDS, never=_NEVER)
# Boxes of recordings that are not the story's: those of other stories, and the clips of advertisers.
OTHERS_NAMES = Names(
    f"{_JUNK} morevideo othervideo videolist listvideo relatedvideo videorelated nextvideo upnext playlistitem "
    "videokhac videonext moinhat xemnhieu livetv livestreambox onair",
    never=_NEVER,
)
OTHERS_WORDS = Names("", exact=f"{_JUNK_WORDS} carousel")
AD_NAMES = Names(
    "preroll midroll postroll vast vpaid videoads videoad adsvideo advideo outstream instream", exact="ad ads adv"
)
# What is on air, at the head or the foot of every page of a station.
ON_AIR_NAMES = Names("livestream topbar", exact="radio live sticky floating fixed bar onair channel widget dock mini")
# Of these, the ones that hold prose of readers: never the story, not even where nothing else is left.
COMMENT_NAMES = Names("comment disqus kommentar livefyre", never="commentary commentator")
# And those that a page has once, at its end or over all of it, whatever the size of its story.
FOOT_NAMES = Names("footer rodape voettekst fusszeile fussbereich piedepagina cookie consent gdpr impressum colophon")
JUNK_TAGS = word_set("nav aside footer menu search")

# Inline elements whose text is not for reading.
INLINE_JUNK = Names(
    "screenreader visuallyhidden assistive offscreen editsection noprint commentcount commentslink tooltip",
    exact="sronly share",
)
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

# Quotations that a script turns into somebody's post.
POST_NAMES = Names(exact="twittertweet twittervideo instagrammedia tiktokembed blueskyembed fbpost fbvideo", stems="")

# The box that holds the story.
BODY_NAMES = Names(
    """
    articlebody storybody postbody entrycontent articlecontent postcontent storycontent detailcontent contentdetail
    newscontent newstext newsbody newsdetail articletext storytext bodytext bodycopy bodycontent maincontent contentbody
    richtext pagecontent fckdetail blogcontent singlecontent nodecontent namebody
    """
)
# The paragraph that opens a story in its page's header.
LEAD_NAMES = Names(
    "lead lede leadin intro teaser excerpt standfirst summary subtitle subhead subheading subheadline deck dek sapo "
    "description preface preamble abstract chapo vorspann anriss unterzeile einleitung ingress bajada entradilla "
    "copete sommario occhiello perex anons kicker headerteaser articleintro speakable synopsis tagline",
    never="leader leading leaderboard teaserlist summarylist",
)
# Leads that are summaries: what a Vietnamese newsroom calls sapo is written for lists as much as for the story.
APART_NAMES = Names("sapo")
CAPTION_NAMES = Names(
    "caption figcaption bildunterschrift imagedesc imagetext imageinfo imagetitle photodesc chuthich piedefoto"
)

# Pictures of people who write, or whom a box introduces.
PORTRAIT_NAMES = Names(
    "avatar headshot profilepic profileimage profilephoto gravatar authorimage authorphoto authorpic"
)

# --- lists

HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

# Parts of a page that hold no stories of their own. Only names that stories' boxes do not have: sites call a teaser
# "promo", and a story about the weather stands in a box called so.
REGION_TAGS = frozenset(("nav", "footer", "menu", "form", "dialog"))
REGION_ROLES = frozenset(("navigation", "contentinfo", "menu", "menubar", "search", "dialog", "alertdialog", "tooltip"))
REGION_NAMES = word_set(
    "nav navbar navigation menu submenu subnav megamenu footer breadcrumb breadcrumbs pagination pager paging"
    " tags taglist cookie cookies consent modal popup login signin loginform signup share sharing socials newsletter"
    " advertisement advertisements sponsored outbrain taboola skiplink dropdown copyright"
)

# Whole classes by which systems mark a story; the others of such an element tell its topics, or how it is shown.
STORY_CLASSES = word_set("post hentry type-post article teaser story")
# Names that hold even there: such a box asks for something.
OFFER_NAMES = word_set(
    "newsletter cookie cookies consent popup modal login signin signup loginform advertisement advertisements sponsored"
    " outbrain taboola"
)

TITLE_NAMES = word_set("title tit headline heading head hed ttl titulo titre titel tieude")
SUMMARY_NAMES = word_set(
    "sapo summary description desc excerpt intro lead dek standfirst teaser abstract blurb snippet subtitle deck"
    " trailtext resumen chapo extract"
)
# Less the one that every part of a teaser may be called after ("teaser__title"), which tells nothing of this part.
PART_SUMMARY_NAMES = SUMMARY_NAMES - {"teaser"}
TIME_NAMES = word_set("time date datetime timestamp timeago published publish pubdate publishdate posted clock")
CHANGE_NAMES = word_set("updated update modified datemodified changed")
BADGE_NAMES = word_set(
    "badge kicker label tag flag eyebrow overline overtitle supertitle pretitle topline roofline category cat section"
    " rubric rubrik icon icons ico count counter comment comments live premium plus exclusive sponsored duration sr"
    " visuallyhidden hidden offscreen screen number rank index topic prefix suffix author byline source"
)
BYLINE_NAMES = word_set("author authors byline bylines autor autoren auteur auteurs writer reporter contributor")
AUTHOR_NAMES = BYLINE_NAMES | word_set("credit source caption figcaption")
