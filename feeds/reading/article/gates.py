"""Pages that stand before a story: they ask for consent, signing in, a script or patience.

What is said of a page here is only a sign: stories tell of cookies and captchas, too. It counts where the page is
short, says such a thing in its headline or in a good part of its sentences, and, when the poll decides
(`feeds.deciding.walls`), where the page does not bear out what the list announced.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

LONGEST_TITLE = 500  # characters; patterns are tried at every place of it, and no gate needs more to say what it is
LONGEST = 2_500  # characters of a gate; a story that is shorter says little of such things
MORE = 7  # words of a headline besides such a thing: the name of the site
SHARE = 0.3  # of the sentences that speak of it

# By what is asked for, in the words of many sites. Each is a whole phrase: single words are in stories, too.
_PHRASES = {
    "consent": r"""
        accept\s+(?:all\s+)?cookies | cookie\s+(?:settings|preferences|consent|policy)
        | we\s+(?:and\s+our\s+(?:\w+\s+)?partners\s+)?(?:use|store)\s+cookies | use\s+of\s+cookies
        | value\s+your\s+privacy | your\s+(?:privacy\s+)?(?:choices|consent) | (?:advertising|ads)\s+and\s+tracking
        | manage\s+(?:your\s+)?(?:choices|preferences) | mit\s+werbung | ohne\s+(?:werbung|anzeigen)\s+(?:und|lesen)
        | cookies?\s+(?:akzeptieren|zulassen|zu) | personenbezogene\s+daten | (?:alle|allen)\s+(?:cookies|zwecken)
        | (?:einwilligung|zustimmung)\s+(?:zu|erteilen|widerrufen) | (?:wir|und)\s+\w*\s*speichern
        | accepter\s+(?:les\s+)?cookies | votre\s+consentement | (?:nos|des)\s+(?:partenaires|traceurs)
        | aceptar\s+(?:las\s+|todas\s+las\s+)?cookies | uso\s+de\s+(?:las\s+)?cookies | accett\w+\s+(?:i\s+)?cookie
        | aceitar\s+(?:os\s+)?cookies | cookies?\s+accepteren | (?:akceptuj\w*|pliki)\s+cookies? | plik\w+\s+cookie\w*
        | chấp\s+nhận\s+(?:tất\s+cả\s+)?cookie | sử\s+dụng\s+cookie | файл\w*\s+cookie | クッキー | cookie(?:を|使用)
        | 接受所有 | 使用\s*cookie | 쿠키""",
    "signing in": r"""
        (?:log|sign)\s?in\s+to\s+(?:read|continue|view|your|access)
        | (?:log|sign)\s+in\s+or\s+(?:register|sign|create)
        | subscribe\s+to\s+(?:read|continue) | create\s+(?:a|an|your)\s+(?:free\s+)?account
        | register\s+(?:now|a\s+new\s+account|for\s+free) | forgot(?:ten)?\s+(?:your\s+)?password
        | already\s+(?:have\s+an\s+account|a\s+(?:member|subscriber)|registered|subscribe)
        | free\s+articles?\s+(?:left|this)
        | (?:your|enter)\s+(?:\w+\s+)?password | jetzt\s+(?:anmelden|registrieren)
        | melden\s+sie\s+sich\s+(?:bitte\s+)?an
        | passwort\s+vergessen | bereits\s+(?:abonnent|registriert|ein\s+konto) | connectez-vous
        | mot\s+de\s+passe\s+oublié
        | (?:inicie|inicia|iniciar)\s+sesión | olvid\w+\s+(?:tu|su|la)\s+contraseña | password\s+dimenticata
        | đăng\s+nhập\s+(?:để|hoặc|tài\s+khoản) | đăng\s+ký\s+tài\s+khoản | quên\s+mật\s+khẩu | войдите\s+(?:в|или|на)
        | ログインして | 会員登録 | 请登录 | 登录后 | 로그인이""",
    "a script": r"""
        (?:enable|activate|turn\s+on|requires?)\s+java\s?script
        | java\s?script\s+(?:is\s+)?(?:disabled|required|turned\s+off)
        | javascript\s+(?:zu\s+)?aktivieren | activer?\s+javascript | activ(?:e|ar)\s+javascript | bật\s+javascript
        | включите\s+javascript | javascriptを有効""",
    "proof that you are no robot": r"""
        (?:you\s+are|you're|are\s+you|i\s+am|i'm)\s+(?:not\s+)?(?:a\s+)?(?:human|robot|bot)\b
        | checking\s+(?:your|if\s+the)
        | verify(?:ing)?\s+(?:that\s+)?you\s+are | unusual\s+(?:traffic|activity)\s+from
        | solve\s+(?:the|this|a)\s+captcha
        | proof[\s-]of[\s-]work | ray\s+id | automated\s+(?:access|requests|queries|scraping)
        | scraping\s+(?:of\s+)?websites
        | protect\s+(?:the\s+server|itself|our\s+site) | kein\s+roboter
        | ihr(?:en)?\s+browser\s+(?:wird|prüf|überprüf)\w*
        | vérification\s+de\s+votre\s+navigateur | pas\s+un\s+robot | no\s+(?:eres|soy)\s+un\s+robot
        | không\s+phải\s+(?:là\s+)?(?:người\s+máy|robot) | kiểm\s+tra\s+trình\s+duyệt | не\s+робот
        | ロボットではありません | 人机验证 | 安全验证""",
    "patience": r"""
        (?:site|page|service|website|server|we)\s+(?:is|are|will\s+be)\s+(?:currently\s+|temporarily\s+)?(?:down|offline
        |unavailable|undergoing|under) | under\s+(?:scheduled\s+)?maintenance
        | (?:be|we'll\s+be)\s+(?:right\s+)?back\s+soon
        | (?:please\s+)?try\s+again\s+(?:later|in\s+a) | just\s+a\s+moment | one\s+moment,?\s+please
        | wartungsarbeiten
        | gleich\s+wieder\s+(?:da|für) | (?:site|page)\s+est\s+en\s+maintenance
        | (?:sitio|página)\s+está\s+en\s+mantenimiento
        | đang\s+(?:được\s+)?(?:bảo\s+trì|nâng\s+cấp\s+hệ\s+thống) | (?:quay|thử)\s+lại\s+sau | технических\s+работ
        | メンテナンス中 | 维护中 | 점검\s*중""",
    "nothing: the page is not there": r"""
        (?:page|article|content)\s+(?:you\s+(?:are\s+|were\s+)?(?:requested|looking\s+for)\s+)(?:\w+\s+){0,3}(?:not|no)
        | (?:page|article)\s+(?:was\s+|could\s+|is\s+)?not\s+(?:be\s+)?found | page\s+(?:doesn't|does\s+not)\s+exist
        | (?:error|fehler|erreur|lỗi)\s+404 | 404\s+(?:error|not)
        | seite\s+(?:wurde\s+)?(?:leider\s+)?nicht\s+gefunden
        | (?:gewünschte|gesuchte|aufgerufene)\w*\s+(?:seite|artikel) | page\s+(?:est\s+)?introuvable | page\s+n'existe
        | página\s+(?:no\s+(?:existe|encontrada)|que\s+busca) | pagina\s+non\s+(?:è\s+stata\s+)?trovata
        | página\s+não\s+encontrada | không\s+tìm\s+thấy\s+trang | trang\s+(?:bạn\s+)?(?:\w+\s+){0,3}không\s+tồn\s+tại
        | страница\s+не\s+найдена | ページが?見つかりません | 页面不存在 | 찾을\s*수\s*없""",
}
_ASKS = {what: re.compile(words, re.IGNORECASE | re.VERBOSE) for what, words in _PHRASES.items()}
_SENTENCE = re.compile(r"[^.!?。！？\n]+")
_HIDDEN_FIELD = "input[type=password]"


def _is_all_of(asks: re.Pattern[str], title: str) -> bool:
    """Whether a headline says little besides: "Just a moment...", "Example News: sign in to continue"."""
    rest = asks.sub("", title)
    return len(rest.split()) <= MORE and len(rest) <= 3 * MORE * MORE


def gate_of(tree: LexborHTMLParser, title: str, text: str) -> str | None:
    """What the page seems to ask for, in words; None where it looks like a story."""
    if len(text) > LONGEST:
        return None
    title = " ".join(title[:LONGEST_TITLE].split())
    sentences = [sentence for sentence in _SENTENCE.findall(text) if len(sentence.split()) > 1] or [text]
    for what, asks in _ASKS.items():
        said = sum(bool(asks.search(sentence)) for sentence in sentences)
        if said >= SHARE * len(sentences) or (asks.search(title) and (said or _is_all_of(asks, title))):
            return what
    return "signing in" if tree.css_first(_HIDDEN_FIELD) is not None and len(text) < LONGEST // 4 else None
