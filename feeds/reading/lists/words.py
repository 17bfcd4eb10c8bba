"""Words that the list reader knows, as data: names in markup and addresses, and short texts in many languages.

They are evidence beside the shape of a page, never the only reason for a verdict, and none of them names a site.
Entries are in lower case. Names are matched as whole words of a class or id (see `Outline.names`), parts of an address
as whole path segments, texts as the whole text of a link or block.
"""

from __future__ import annotations

import re


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def phrase_set(text: str) -> frozenset[str]:
    """The phrases of a text as a set; between them stand bars."""
    return frozenset(text.split("|"))


# --- names in markup -------------------------------------------------------------------------------------------------

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

# --- parts of addresses ----------------------------------------------------------------------------------------------

# A path segment that says "this is not a story".
OTHER_SEGMENTS = word_set(
    "tag tags topic topics author authors profile profiles people person staff contributor contributors category"
    " categories kategorie thema themen auteur autor autoren search suche login signin sign-in register"
    " registrieren account konto subscribe subscription subscriptions abo abonnement abonnements newsletter"
    " newsletters about about-us contact contact-us kontakt impressum privacy privacy-policy datenschutz terms"
    " terms-of-use terms-of-service agb legal cookies cookie-policy help hilfe faq jobs careers advertise"
    " advertising mediadaten rss feed feeds sitemap archive archives archiv shop store app apps event events"
    " su-kien chu-de tac-gia tag-page dong-su-kien user users member page trang static info download downloads"
    " press careers corporate services tools schedule schedules"
)

# Of those, what some sites keep all their stories in.
ARCHIVE_SEGMENTS = word_set("archive archives archiv")

FILE_EXTENSIONS = word_set("jpg jpeg png gif webp svg pdf mp3 mp4 zip apk xml rss atom json css js ics")

# Labels that stand before a country's own, and name no publisher: example.com.vn, example.co.uk.
SECOND_LEVEL = word_set("com co net org gov edu ac ne or go gob gouv in nom mil")

# Names of picture files that stand for a picture to come: parts of a name, and whole names before the extension, which
# real pictures may have in theirs.
PLACEHOLDER_PARTS = (
    *("placeholder", "spacer", "1x1", "1px.", "lazyload", "no-image", "noimage", "no_image", "no-photo", "nophoto"),
    *("no-thumb", "default-image", "default_image", "default-thumb", "default_thumb", "default-img"),
)
PLACEHOLDER_STEMS = word_set("blank pixel transparent loading loader empty grey gray default trans dot clear")

# --- short texts -----------------------------------------------------------------------------------------------------

# A link with this text leads on, to a list or to the story that another link already names.
MORE_TEXTS = phrase_set(
    "xem thêm|xem tiếp|đọc thêm|đọc tiếp|chi tiết|xem chi tiết|read more|more|see more|see all|view all|view more"
    "|load more|show more|continue reading|full story|details|weiterlesen|mehr|mehr lesen|mehr dazu|mehr erfahren"
    "|zum artikel|lire la suite|lire plus|lire l'article|en savoir plus|voir plus|leer más|ver más|seguir leyendo"
    "|saiba mais|leia mais|ver mais|leggi tutto|leggi di più|continua a leggere|lees meer|lees verder"
    "|czytaj więcej|czytaj dalej|więcej|читать далее|подробнее|читати далі|devamını oku|devamı|selengkapnya"
    "|baca juga|baca selengkapnya|อ่านต่อ|もっと見る|続きを読む|阅读全文|查看更多|更多|더보기|اقرأ المزيد|المزيد"
    "|بیشتر بخوانید|läs mer|les mer|læs mere|lue lisää|číst dále|více|tovább|citește mai mult|διαβάστε περισσότερα"
    "|haberi görüntüle|habere git|watch|watch now|watch video|xem video|video ansehen|jetzt ansehen|voir la vidéo"
    "|ver vídeo|ver video|guarda il video"
)

# A link whose text starts with, or holds, one of these advertises a service or leads to the small print.
PROMOTION_STARTS = (
    *("sign up", "subscribe", "abonnieren", "jetzt abonn", "abonnez", "suscríb", "iscriviti", "assine", "подпиш"),
    *("đăng ký nhận", "đăng ký gói", "điều khoản", "購読", "订阅", "구독"),
)
PROMOTION_PARTS = (
    "newsletter",
    "privacy policy",
    "privacy notice",
    "cookie policy",
    "terms of use",
    "terms of service",
)

# Labels that stand beside a headline, not in it.
BADGE_TEXTS = phrase_set(
    "live|trực tiếp|video|audio|ảnh|new|mới|hot|exclusive|breaking|breaking news|plus|premium|podcast|liveticker"
    "|livestream|eilmeldung|exklusiv|en direct|direct|en vivo|directo|ao vivo|diretta|прямой эфир|速報|更新|中継|속보"
    "|عاجل|مباشر|canlı"
)

COMMENT_TEXT = re.compile(
    r"^[\s\d.,()+]*(?:bình luận|comments?|kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties"
    r"|комментари\w*|коментар\w*|yorum|komentar\w*|komentarz\w*|コメント|评论|댓글)?[\s\d.,()+kK]*$",
    re.IGNORECASE,
)
