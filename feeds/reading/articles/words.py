"""Words by which pages name and label what is not the story: one home for every list, in the languages with most news.

Two kinds. *Names* are what developers call boxes (class, id, role: English nearly everywhere, some German, French and
Vietnamese). *Labels* are what readers see ("Related", "Ý kiến bạn đọc"). Neither decides alone: a suspect box stands
when it holds most of the page's prose (`feeds.reading.articles.body`).

How to write them. A name is compared with each word of ``class="articleRelated-posts"`` (article, related, posts) and
with each two neighbouring words written together (articlerelated, relatedposts); it may be followed by more letters
unless it is in an ``_EXACT`` list. A label is a whole line without its case, digits and punctuation; one that ends in
"…" may go on for a few words. Add a word when it means the same on the pages of several publishers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.reading.text import words

_START = 3  # letters by which words are told apart at a glance; some East Asian labels have but two
_SHORT_LIST = 12  # beginnings; more are found in nearly every name
_LABEL_TAIL = 48  # how far a label that ends in "…" may go on, in characters


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


class Labels:
    """Lists of labels by kind; `kind` says of which kind a line is, `opens` whether a line begins with a label."""

    def __init__(self, **lists: str) -> None:
        self._whole: dict[str, str] = {}
        self._opening: dict[str, str] = {}
        for kind, text in lists.items():
            for line in re.split(r"[|\n]", text):
                phrase = " ".join(line.split())
                if phrase.endswith("…"):
                    self._opening.setdefault(phrase[:-1].rstrip(), kind)
                elif phrase:
                    self._whole.setdefault(phrase, kind)
        self._starts = frozenset(phrase[:_START].rstrip() for phrase in (*self._whole, *self._opening))
        self._openings: dict[str, tuple[str, ...]] = {}  # by their first letters
        for opening in self._opening:
            self._openings[opening[:_START]] = (*self._openings.get(opening[:_START], ()), opening)

    def _may_match(self, line: str) -> bool:
        """Whether a line begins with the letters of some label: most lines do not, and need no closer look."""
        text = line if line[:1].isalpha() else _LEADING.sub("", line, count=1)
        start = text[:_START].casefold().replace("’", "'").rstrip()
        return start in self._starts or start[: _START - 1] in self._starts

    def kind(self, line: str) -> str | None:
        """The kind of label that a line is; None for any other line."""
        if not self._may_match(line):
            return None
        label = _label(line)
        if label in self._whole:
            return self._whole[label]
        for opening in self._openings.get(label[:_START], ()):
            if label.startswith(opening) and len(label) <= len(opening) + _LABEL_TAIL:
                return self._opening[opening]
        return None

    def opens(self, line: str) -> bool:
        """Whether a line begins with a label and goes on: "Read more: …"."""
        if not self._may_match(line):
            return False
        start, mark, _ = line[:60].partition(":")
        if not mark:
            start, mark, _ = line[:60].partition("|")
        label = _label(line[:60])
        return bool(mark and self.kind(start)) or label.startswith(self._openings.get(label[:_START], ()))


def _label(line: str) -> str:
    return " ".join(_EDGE.sub("", line).casefold().replace("’", "'").split())


_NEGATIONS = ("no",)  # "no_toc", "no-ads"
# Digits end a word, and letters between digits are none: "component_1ad269af0d" is called component, not ad.
_LOWER_WORD = re.compile(r"(?<![a-z\d])[a-z]+(?![a-z]|\d+[a-z])")
_WORD = re.compile(
    r"(?<!\d)[A-Z]+(?![a-z])|(?<!\d)[A-Z][a-z]+(?![a-z]|\d+[a-z])|(?<![a-zA-Z\d])[a-z]+(?![a-z]|\d+[a-z])"
    r"|[^\W\d_a-zA-Z]+"
)
_LEADING = re.compile(r"^[\W\d_]+")
_EDGE = re.compile(r"^[\W\d_]+|[\W\d_]+$")

# Boxes that are not the story.
JUNK_NAMES = Names(
    """
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
    footer printonly printbutton printlink noprint hiddenprint copyright hotline imagecredit photocredit readingtime
    timetoread listento audioplayer texttospeech vjs jwplayer videoplayer playercontrols
    toclist toctitle eztoc donatebox donatebanner donationbox donationform
    callto feedback reporterror correctionform siteheader sitenav globalheader globalnav masthead colophon
    legalnotice disclaimer affiliate impressum webform contactform searchform searchbox searchbar
    screenreader visuallyhidden assistive offscreen trinity tpmodal
    subscri signup registrationwall promo sponsor subnav sidebar rightcol rightrail popup toolbar toccontainer tocwrap
    tocwidget tableof login lightboxoverlay leakypaywall paywalloverlay paywalloffer paywallbox paywallmessage
    """,
    exact="ad ads share shares social socials crumb crumbs nav navigation menu pager rail modal bio tags tag "
    "rating credit credits toc cta signin sronly contentinfo complementary banner search dialog alert",
    never="promoted promotion commentary commentator popularity responda respondent",
)
# Of these, the ones that hold prose of readers: never the story, not even where nothing else is left.
COMMENT_NAMES = Names("comment disqus kommentar livefyre", never="commentary commentator")
JUNK_TAGS = words("nav aside footer menu search")

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

# Lines that open a part of the page that is not the story.
_RELATED = """
    related | related articles | related posts | related stories | related news | related content | related topics
    related links | related reading | related coverage | related videos | related resources | more related
    you may also like… | you might also like… | you may like… | you might be interested in…
    you may be interested in… | read more… | read next… | read also… | read on… | read this next | see also
    also read… | also on… | also in… | more from… | more on… | more in… | more about… | more stories… | more news…
    more articles… | more like this | more reading | recommended… | most read… | most popular… | latest news…
    latest posts | latest stories | latest articles | popular posts | popular articles | popular stories
    popular now | recent posts | recent articles | recent news | recent comments | trending… | what to read next
    up next | next article | next post | next story | next up | previous article | previous post | previous story
    editors' picks | editor's picks | editor's choice | further reading | don't miss… | top stories | other news
    other articles | other posts | keep reading | read next | also read | read also | explore more…
    in case you missed it | similar posts | similar articles | similar stories | mehr zum thema… | mehr von…
    mehr aus… | mehr zu… | mehr dazu | mehr artikel… | mehr nachrichten… | das könnte sie auch…
    das könnte dich auch… | könnte sie auch… | auch interessant | lesen sie auch… | lies auch… | mehr lesen…
    weitere artikel… | weitere beiträge… | weitere nachrichten… | weitere themen… | weitere meldungen…
    weitere news… | ähnliche artikel… | ähnliche beiträge… | ähnliche themen | verwandte artikel | verwandte themen
    verwandte beiträge | passend zum thema | zum thema | meistgelesen… | neueste artikel… | neueste beiträge…
    neueste kommentare | letzte beiträge | aktuelle beiträge | aktuelle nachrichten | aktuelle meldungen
    empfehlungen… | empfohlen… | nächster artikel | nächster beitrag | vorheriger beitrag | vorheriger artikel
    schlagwörter | schlagworte | lesen sie mehr… | lesen sie dazu… | das interessiert andere… | themen
    à lire aussi… | a lire aussi… | à lire également… | à lire ensuite | lire aussi… | sur le même thème
    sur le même sujet | articles similaires | articles liés | articles recommandés | voir aussi
    dans la même rubrique | plus d'articles… | nos derniers articles | noticias relacionadas
    artículos relacionados | contenido relacionado | relacionados | relacionadas | te puede interesar…
    lea también… | lee también… | leer también… | más noticias… | más información… | más sobre… | lo más leído
    lo más visto | también te puede interesar | leia também… | leia mais… | veja também… | veja mais
    notícias relacionadas | mais lidas | mais notícias | saiba mais | leggi anche… | potrebbe interessarti…
    articoli correlati | lees ook… | lees meer… | meer over… | meer nieuws… | gerelateerd… | läs också… | läs mer…
    läs även… | les også… | les mer… | læs også… | læs mere… | lue myös… | lue lisää… | czytaj także… | czytaj też…
    czytaj również… | czytaj więcej… | zobacz także… | zobacz też… | zobacz również… | przeczytaj także…
    przeczytaj też… | související… | čtěte také… | čtěte dále… | kapcsolódó… | citește și… | ilgili haberler
    benzer haberler | читайте также… | по теме | похожие статьи | похожие новости | ещё по теме | читайте також…
    baca juga… | berita terkait | artikel terkait | berita lainnya | tin liên quan | tin cùng chuyên mục | tin khác
    tin mới | tin mới nhất | tin nổi bật | tin đọc nhiều | bài liên quan | bài viết liên quan | bài khác
    bài viết khác | các tin khác | các bài khác | xem thêm… | đọc thêm… | đọc tiếp… | đọc nhiều | cùng chuyên mục
    có thể bạn quan tâm | tham khảo thêm | chủ đề | từ khóa
    関連記事 | 関連ニュース | 関連リンク | 関連キーワード | 関連トピックス | あわせて読みたい
    おすすめ記事
    人気記事… | 新着記事… | アクセスランキング
    相关新闻 | 相关阅读 | 相关文章 | 相关报道 | 相关推荐 | 延伸阅读 | 推荐阅读 | 热门推荐 | 热门新闻… | 热门文章…
    最新文章 | 最新新闻 | 精彩推荐 | 为您推荐 | 编辑推荐 | 猜你喜欢 | 大家都在看 | 更多新闻 | 点击排行… | 阅读排行…
    관련기사 | 많이 본 뉴스 | 인기기사 | 추천기사 | 관련 기사 | اقرأ أيضا… | اقرأ أيضاً… | مواضيع ذات صلة
    ये भी पढ़ें…
    """
_COMMENT = """
    comment | comments | thoughts on… | responses to… | response to… | comments on… | thought on… | replies to…
    leave a reply… | leave a comment… | add a comment | post a comment | write a comment | submit a comment
    add your comment | post your comment | join the conversation | join the discussion | view comments
    show comments | read comments | see all comments | view all comments | load more comments | what do you think
    reader comments | have your say | your email address will not be published… | kommentar | kommentare
    keine kommentare… | kommentare zu… | gedanken zu… | gedanke zu… | antworten zu… | schreibe einen kommentar…
    schreiben sie einen kommentar… | schreib einen kommentar… | kommentar schreiben | kommentar hinterlassen
    kommentar verfassen | kommentar abgeben | hinterlasse einen kommentar… | hinterlasse eine antwort…
    antwort hinterlassen | leserkommentare | diskussion zu diesem artikel… | diskutieren sie mit…
    deine e-mail-adresse wird nicht veröffentlicht… | commentaire | commentaires | laisser un commentaire
    comentario | comentarios | deja un comentario | deja una respuesta | comentário | comentários
    deixe um comentário | commenti | lascia un commento | reactie | reacties | plaats een reactie | geef een reactie
    kommentarer | komentarze | dodaj komentarz | komentáře | diskuse | hozzászólások | comentarii | yorumlar
    yorum yap | комментарии | комментировать | коментарі | komentar | ý kiến | ý kiến bạn đọc | bình luận…
    gửi bình luận | gửi ý kiến | ý kiến của bạn | chia sẻ ý kiến của bạn | xem thêm bình luận | コメント
    読者のコメント | みんなのコメント | 댓글
    评论 | 网友评论 | 发表评论 | 全部评论 | 最新评论 | 热门评论 | 我来说两句
    التعليقات
    """
_AUTHOR = """
    about the author | about the authors | about author | about me | über den autor… | über die autorin…
    über die autoren | zur person | zum autor | zur autorin | autor | autorin | à propos de l'auteur
    sobre el autor | sobre la autora | sobre o autor | l'autore | over de auteur | об авторе | về tác giả
    meet the author | written by…
    """
_NEWSLETTER = """
    sign up… | subscribe… | newsletter… | newsletters | get our… | get the latest… | stay informed… | stay updated…
    stay in touch… | stay connected… | follow us… | join our… | jetzt abonnieren… | jetzt anmelden…
    jetzt registrieren… | folgen sie uns… | folge uns… | abonnez-vous… | suscríbete… | iscriviti…
    đăng ký nhận tin… | đăng ký nhận bản tin… | theo dõi chúng tôi… | theo dõi báo… | support us…
    support our work… | support our journalism… | download our app…
    """
# Single lines that pages put between paragraphs.
_NOISE = """
    advertisement… | article continues below… | article continues after… | story continues… | continue reading…
    loading | share | share this… | share on… | share via… | tweet | pin it | email | e-mail | print | facebook
    twitter | whatsapp | linkedin | pinterest | copy link | link copied… | save | save article | listen
    listen to this article… | min read | minute read | minutes read | mins read | views | shares | likes
    back to top | edit | follow | click here | sponsored… | image source… | anzeige | werbung | teilen | drucken
    merken | weiterlesen… | nach oben | zurück | zur startseite | artikel teilen… | artikel drucken | artikel merken
    artikel anhören | artikel empfehlen | artikel versenden | vorlesen | empfehlen | diesen artikel teilen
    diese geschichte teilen | diesen beitrag teilen | diese seite teilen | gefällt mir… | lade weitere inhalte
    bewerten | publicité | partager… | imprimer | publicidad | compartir… | imprimir | publicidade | compartilhar…
    condividi… | stampa | pubblicità | advertentie | delen | annons | annonse | annonce | dela | mainos | reklama
    reklame | udostępnij | sdílet | реклама | поделиться… | iklan | bagikan | quảng cáo | chia sẻ | in bài
    gửi email | lưu bài | 広告 | シェア | 广告 | 分享 | 광고 | 공유 | إعلان
    """

LABELS = Labels(comments=_COMMENT, author=_AUTHOR, related=_RELATED, newsletter=_NEWSLETTER, noise=_NOISE)
LEADING_LABELS = Labels(related=_RELATED)

# Ends of a sentence, also behind quotation marks and brackets; of Latin, CJK, Arabic and Indic scripts.
SENTENCE_END = re.compile(r"[.!?…。！？؟।:;”»][\"'“”‘’«»‹›)\]\s」』*†]*$")

# A line that names where the story comes from; the group is the source.
CREDIT = re.compile(
    r"^\W*(?:nguồn(?: tin)?|theo|source|quelle|fuente|fonte|bron|źródło|zdroj|kilde|källa|forrás|kaynak|источник"
    r"|sumber)\s*[:：]\s*(.{2,120})$",
    re.IGNORECASE,
)

# What a reprint was called where it came from: "（原标题：…）".
REPRINTED = re.compile(r"[（(]?\s*原(?:标题|題|题目)\s*[:：]")

# A line behind the story that says whose the text is, what nobody may do with it, or who edited it: how it begins, and
# what stands in it, in lower case. Sentences of a story about copyright say neither.
_NOTICE_START = re.compile(
    r"\W*(?:©|(?:\(c\)|copyright)\s*(?:©|\(c\)|:|by\b|\d{4})|bản quyền thuộc (?:về )?(?:báo|đài|tạp chí|trang|cổng)\b"
    r"|(?:版权|版權|著作权|免责声明|免責聲明|责任编辑|責任編輯|责编|编辑)[^。]{0,8}[:：】])"
)
_NOTICE_PART = re.compile(
    "all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados"
    "|todos os direitos reservados|tutti i diritti riservati|wszelkie prawa zastrzeżone|все права защищены"
    "|(?:responses|antworten|kommentare|réponses|respuestas|risposte|reacties)[^.]{0,60} rss 2\\.0"
    "|未经.{0,20}(?:许可|授权|允许|同意).{0,15}(?:转载|复制|摘编)|無断転載|무단 ?전재"
)


def is_notice(line: str) -> bool:
    """Whether a line is a legal notice, or names the story's editor."""
    folded = line.casefold()
    return _NOTICE_START.match(folded) is not None or _NOTICE_PART.search(folded) is not None
