"""Words of dates in the languages of news: month names, relative forms, zone abbreviations. Data only.

Adding a language is adding its line to each table that has one; `docs/explanation/reading-dates.md` says how. All words
are lower case. A word may stand in two languages' lines as long as both mean the same; where they do not (``listopad``
is November in Poland and October in Croatia) the page's language decides, and the first line here is the default.
"""

from __future__ import annotations


def _words(line: str, separator: str = " ") -> frozenset[str]:
    return frozenset(line.split(separator))


def _table(lines: dict[int, str]) -> dict[str, int]:
    return {word: number for number, line in lines.items() for word in line.split("|")}


# One line a language, twelve months separated by "|", each with its spellings: nominative, genitive, abbreviations
# (without their dot), as newspapers print them.
MONTHS_BY_LANGUAGE: dict[str, str] = {
    "en": "january jan|february feb febr|march mar|april apr|may|june jun|july jul|august aug|september sept sep"
    "|october oct|november nov|december dec",
    "de": "januar jänner jan jän|februar feber feb febr|märz mär mrz maerz|april apr|mai|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|dezember dez",
    "fr": "janvier janv jan|février fevrier févr fevr fév fev|mars mar|avril avr|mai|juin jui|juillet juil|août aout"
    "|septembre sept sep|octobre oct|novembre nov|décembre decembre déc dec",
    "es": "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago"
    "|septiembre setiembre sept sep set|octubre oct|noviembre nov|diciembre dic",
    "pt": "janeiro jan|fevereiro fev|março marco mar|abril abr|maio mai|junho jun|julho jul|agosto ago|setembro set"
    "|outubro out|novembro nov|dezembro dez",
    "it": "gennaio gen genn|febbraio feb febbr|marzo mar|aprile apr|maggio mag magg|giugno giu|luglio lug|agosto ago"
    "|settembre set sett|ottobre ott|novembre nov|dicembre dic",
    "nl": "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug|september sept sep"
    "|oktober okt|november nov|december dec",
    "pl": "stycznia styczeń sty|lutego luty lut|marca marzec mar|kwietnia kwiecień kwi|maja maj|czerwca czerwiec cze"
    "|lipca lipiec lip|sierpnia sierpień sie|września wrzesień wrz|października październik paź|listopada listopad lis"
    "|grudnia grudzień gru",
    "ru": "января январь янв|февраля февраль фев февр|марта март мар|апреля апрель апр|мая май|июня июнь июн"
    "|июля июль июл|августа август авг|сентября сентябрь сен сент|октября октябрь окт|ноября ноябрь ноя нояб"
    "|декабря декабрь дек",
    "uk": "січня січень січ|лютого лютий лют|березня березень бер|квітня квітень кві квіт|травня травень тра трав"
    "|червня червень чер черв|липня липень лип|серпня серпень сер серп|вересня вересень вер верес"
    "|жовтня жовтень жов жовт|листопада листопад лис лист|грудня грудень гру груд",
    "bg": "януари ян|февруари фев|март|април|май|юни|юли|август авг|септември сеп септ|октомври окт|ноември ное"
    "|декември дек",
    "sr": "јануар јан|фебруар феб|март мар|април апр|мај|јун|јул|август авг|септембар сеп|октобар окт|новембар нов"
    "|децембар дец",
    "cs": "ledna leden led|února únor úno|března březen bře|dubna duben dub|května květen kvě|června červen čvn"
    "|července červenec čvc|srpna srpen srp|září zář|října říjen říj|listopadu listopad lis|prosince prosinec pro",
    "sk": "januára január|februára február|marca marec|apríla apríl|mája máj|júna jún|júla júl|augusta august"
    "|septembra september|októbra október|novembra november|decembra december",
    "hr": "siječnja siječanj sij|veljače veljača velj|ožujka ožujak ožu|travnja travanj tra|svibnja svibanj svi"
    "|lipnja lipanj lip|srpnja srpanj srp|kolovoza kolovoz kol|rujna rujan ruj|listopada listopad lis"
    "|studenog studenoga studeni stu|prosinca prosinac pro",
    "sv": "januari jan|februari feb febr|mars mar|april apr|maj|juni jun|juli jul|augusti aug|september sept sep"
    "|oktober okt|november nov|december dec",
    "da": "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug|september sept sep|oktober okt"
    "|november nov|december dec",
    "no": "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug|september sept sep|oktober okt"
    "|november nov|desember des",
    "fi": "tammikuuta tammikuu tammikuun tammi|helmikuuta helmikuu helmikuun helmi|maaliskuuta maaliskuu"
    " maaliskuun maalis|huhtikuuta huhtikuu huhtikuun huhti|toukokuuta toukokuu toukokuun touko|kesäkuuta kesäkuu"
    " kesäkuun kesä|heinäkuuta heinäkuu heinäkuun heinä|elokuuta elokuu elokuun elo|syyskuuta syyskuu syyskuun syys"
    "|lokakuuta lokakuu lokakuun loka|marraskuuta marraskuu marraskuun marras|joulukuuta joulukuu joulukuun joulu",
    "et": "jaanuar jaan|veebruar veebr|märts|aprill|mai|juuni|juuli|august|september|oktoober okt|november"
    "|detsember dets",
    "lv": "janvāris janvārī|februāris februārī|marts martā|aprīlis aprīlī|maijs maijā|jūnijs jūnijā|jūlijs jūlijā"
    "|augusts augustā|septembris septembrī|oktobris oktobrī|novembris novembrī|decembris decembrī",
    "lt": "sausio|vasario|kovo|balandžio|gegužės|birželio|liepos|rugpjūčio|rugsėjo|spalio|lapkričio|gruodžio",
    "hu": "január jan|február feb febr|március már márc|április ápr|május máj|június jún|július júl|augusztus aug"
    "|szeptember szept|október okt|november nov|december dec",
    "ro": "ianuarie ian|februarie feb|martie mar|aprilie apr|mai|iunie iun|iulie iul|august aug|septembrie sept sep"
    "|octombrie oct|noiembrie noi nov|decembrie dec",
    "el": "ιανουαρίου ιανουάριος ιαν|φεβρουαρίου φεβρουάριος φεβ|μαρτίου μάρτιος μαρ|απριλίου απρίλιος απρ"
    "|μαΐου μαίου μάιος μαϊ μάι|ιουνίου ιούνιος ιουν|ιουλίου ιούλιος ιουλ|αυγούστου αύγουστος αυγ"
    "|σεπτεμβρίου σεπτέμβριος σεπ σεπτ|οκτωβρίου οκτώβριος οκτ|νοεμβρίου νοέμβριος νοε|δεκεμβρίου δεκέμβριος δεκ",
    "tr": "ocak oca|şubat şub|mart mar|nisan nis|mayıs may|haziran haz|temmuz tem|ağustos ağu|eylül eyl|ekim eki"
    "|kasım kas|aralık ara",
    "id": "januari jan|februari pebruari feb|maret mar|april apr|mei|juni jun|juli jul|agustus agu agt"
    "|september sep sept|oktober okt|november nop nov|desember des",
    "ms": "januari jan|februari feb|mac|april apr|mei|jun|julai jul|ogos ogo|september sep|oktober okt|november nov"
    "|disember dis",
    "ca": "gener gen|febrer febr|març|abril abr|maig|juny|juliol jul|agost ag|setembre set|octubre oct|novembre nov"
    "|desembre des",
    "ar": "يناير جانفي|فبراير فيفري شباط|مارس آذار اذار|أبريل ابريل إبريل أفريل نيسان|مايو ماي أيار ايار"
    "|يونيو يونيه جوان حزيران|يوليو يوليه جويلية تموز|أغسطس اغسطس أوت آب|سبتمبر أيلول ايلول|أكتوبر اكتوبر"
    "|نوفمبر|ديسمبر",
    "fa": "ژانویه ژانویهٔ|فوریه فوریهٔ|مارس|آوریل|مه می|ژوئن|ژوئیه جولای|اوت آگوست|سپتامبر|اکتبر|نوامبر|دسامبر",
    "ur": "جنوری|فروری|مارچ|اپریل|مئی|جون|جولائی|اگست|ستمبر|اکتوبر|نومبر|دسمبر",
    "hi": "जनवरी जन|फरवरी फ़रवरी फर|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर सितम्बर|अक्टूबर अक्तूबर|नवंबर नवम्बर|दिसंबर दिसम्बर",
    "mr": "जानेवारी|फेब्रुवारी|मार्च|एप्रिल|मे|जून|जुलै|ऑगस्ट|सप्टेंबर|ऑक्टोबर|नोव्हेंबर|डिसेंबर",
    "bn": "জানুয়ারি জানুয়ারী|ফেব্রুয়ারি ফেব্রুয়ারী|মার্চ|এপ্রিল|মে|জুন|জুলাই|আগস্ট আগষ্ট|সেপ্টেম্বর|অক্টোবর|নভেম্বর|ডিসেম্বর",
    "ta": "ஜனவரி ஜன|பிப்ரவரி|மார்ச்|ஏப்ரல்|மே|ஜூன்|ஜூலை|ஆகஸ்ட்|செப்டம்பர்|அக்டோபர்|நவம்பர்|டிசம்பர்",
    "th": "มกราคม มค|กุมภาพันธ์ กพ|มีนาคม มีค|เมษายน เมย|พฤษภาคม พค|มิถุนายน มิย|กรกฎาคม กค|สิงหาคม สค|กันยายน กย"
    "|ตุลาคม ตค|พฤศจิกายน พย|ธันวาคม ธค",
    "he": "ינואר בינואר|פברואר בפברואר|מרץ במרץ מרס במרס|אפריל באפריל|מאי במאי|יוני ביוני|יולי ביולי|אוגוסט באוגוסט"
    "|ספטמבר בספטמבר|אוקטובר באוקטובר|נובמבר בנובמבר|דצמבר בדצמבר",
    "eu": "urtarrilaren urtarrila|otsailaren otsaila|martxoaren martxoa|apirilaren apirila|maiatzaren maiatza"
    "|ekainaren ekaina|uztailaren uztaila|abuztuaren abuztua|irailaren iraila|urriaren urria|azaroaren azaroa"
    "|abenduaren abendua",
}

# Months of the Persian solar calendar, which most Persian news is dated by.
PERSIAN_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)

# Vietnamese months are numbers, and sometimes number words ("tháng Ba", "tháng Mười Hai"); the longest come first.
VIETNAMESE_MONTHS: dict[str, int] = {
    "mười hai": 12,
    "mười một": 11,
    "mười": 10,
    "giêng": 1,
    "một": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
}

# Names of months in two words, as the Levant's newspapers have them, to the one-word name.
LEVANTINE_MONTHS: dict[str, str] = {
    "كانون الثاني": "يناير",
    "كانون الأول": "ديسمبر",
    "كانون الاول": "ديسمبر",
    "تشرين الأول": "أكتوبر",
    "تشرين الاول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
}

# Small words and endings that stand between a day, its month and its year.
FILLERS = _words(
    "st nd rd th er re ère o de del d da di do den der dem of the le la el em en στις της и a an am vom on at "
    "năm ngày ngay mùng г года р року рік r roku rok year i tháng yil yılı من عام לשנת พศ คศ ปี এর"
)

# Eras of years counted from another beginning: what to add to their year.
ERAS: dict[str, int] = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}

# Half of the day, after the clock time (Latin, Greek, Arabic scripts) or before it (East Asian ones).
AFTERNOON = _words("pm ch chiều tối μμ م مساء مساءً 下午 晚上 午後 오후")
FORENOON = _words("am sa sáng πμ ص صباحا صباحًا 上午 凌晨 早上 午前 오전")

# Minutes east of UTC. What newspapers mean by it: an abbreviation of the page's own zone is read from that zone first,
# so that IST is Israel's time on an Israeli site and CST China's on a Chinese one.
ZONE_MINUTES: dict[str, int] = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET", "UCT"), 0),
    **dict.fromkeys(("BST", "WEST", "CET", "MEZ", "WAT"), 60),
    **dict.fromkeys(("CEST", "MESZ", "EET", "CAT", "SAST"), 120),
    **dict.fromkeys(("EEST", "MSK", "МСК", "EAT", "TRT", "IDT"), 180),
    "IRST": 210,
    "GST": 240,
    "PKT": 300,
    "IST": 330,
    "NPT": 345,
    **dict.fromkeys(("ICT", "WIB"), 420),
    **dict.fromkeys(("HKT", "SGT", "PHT", "MYT", "WITA", "AWST"), 480),
    **dict.fromkeys(("JST", "KST", "WIT"), 540),
    "ACST": 570,
    "AEST": 600,
    "ACDT": 630,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "NDT": -150,
    **dict.fromkeys(("BRT", "ART", "ADT"), -180),
    "NST": -210,
    **dict.fromkeys(("EDT", "AST"), -240),
    **dict.fromkeys(("EST", "CDT"), -300),
    **dict.fromkeys(("CST", "MDT"), -360),
    **dict.fromkeys(("MST", "PDT"), -420),
    **dict.fromkeys(("PST", "AKDT"), -480),
    "AKST": -540,
    "HST": -600,
}

# "ET" and its kind name a zone, not an offset: summer time decides.
ZONE_NAMES: dict[str, str] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

# Where English writes the month first.
MONTH_FIRST_ZONES = _words(
    "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage "
    "America/Detroit America/Boise Pacific/Honolulu Asia/Manila"
)

# Units of "N … ago", in seconds. An entry of three letters or more is a beginning ("stund" is Stunde and Stunden), the
# longest that fits wins. Months and years are left out: "two months ago" names no day.
AGO_UNITS: dict[str, int] = _table(
    {
        1: "s|sec|sek|seg|giây|second|segund|segon|seconde|sekund|saniye|sn|detik|dtk|секунд|сек|с|秒|초"
        "|ثانية|ثانیه|ثوان|सेकंड|সেকেন্ড|วินาที|שניות|másodperc",
        60: "m|min|phút|хв|мин|λεπτ|dakika|dk|menit|mnt|minit|perc|分|분|دقيقة|دقائق|دقیقه|मिनट|মিনিট|นาที|דקות",
        3600: "h|hr|hour|giờ|tiếng|stund|std|heure|hora|hore|ora|ore|oră|uur|uren|godz|hodin|sata|sati|сат|time"
        "|timm|tim|tunti|tunni|valand|год|час|ч|óra|órá|ώρ|saat|jam|小时|小時|時間|시간|ساعة|ساعات|ساعت|घंटे|घंटा|ঘণ্টা|ঘন্টা"
        "|ชั่วโมง|ชม|שעות",
        86400: "d|day|ngày|tag|jour|j|día|dia|dies|giorn|gg|dag|dgn|dni|dzień|dní|dny|dana|dňami|dien|дн|день"
        "|дана|д|päivä|pv|päeva|nap|zile|ημέρ|μέρ|gün|hari|天|日|일|يوم|أيام|روز|दिन|দিন|วัน|ימים",
        604800: "w|wk|week|tuần|woche|semaine|sem|semana|settiman|setmana|sett|weken|tydzień|tygodn|tyg|týdn|týžd|veck"
        "|uge|uke|недел|нед|тижд|тижн|viikko|vk|hét|hete|săptămân|εβδομάδ|hafta|minggu|周|週|주|أسبوع|أسابيع|هفته"
        "|सप्ताह|সপ্তাহ|สัปดาห์|שבועות",
    }
)

# Quantities in one word, beside a mark of the past.
AGO_WHOLES: dict[str, int] = _table(
    {60: "دقيقة|דקה", 120: "دقيقتين", 3600: "ساعة|שעה", 7200: "ساعتين|שעתיים", 86400: "يوم|יום", 172800: "يومين|יומיים"}
)

# "An hour ago".
ONE = _words("a an one einer einem une un una uma um en ett et een egy o jednu před godzinę минуту час một")

# What makes "2 hours" a time in the past: words, and marks that may stand inside a run of letters or in several words.
AGO_WORDS = _words(
    "ago trước vor hace há atrás fa geleden temu назад тому преди пре před pred prije prieš pirms sedan sen siden "
    "sitten eest ezelőtt acum πριν önce lalu منذ قبل پیش पहले আগে পূর্বে לפני"
)
AGO_MARKS = ("il y a", "cách đây", "前", "전", "ที่แล้ว", "ที่ผ่านมา", "ก่อน", "órája", "perce", "napja")

JUST_NOW = _words(
    "just now|vừa xong|vừa mới|gerade eben|à l'instant|ahora mismo|agora mesmo|adesso|zojuist|przed chwilą|только что|"
    "щойно|právě teď|just nu|lige nu|akkurat nå|juuri nyt|chiar acum|μόλις τώρα|az önce|baru saja|刚刚|剛剛|たった今|"
    "방금|방금 전|الآن|همین حالا|अभी|এইমাত্র|เมื่อสักครู่|עכשיו",
    "|",
)

# Days named from today: 0 is today, 1 yesterday, 2 the day before.
DAY_WORDS: dict[str, int] = _table(
    {
        0: "today|hôm nay|heute|aujourd'hui|aujourd’hui|hoy|hoje|oggi|vandaag|dziś|dzisiaj|сегодня|сьогодні|dnes|idag"
        "|i dag|tänään|täna|ma|astăzi|azi|σήμερα|bugün|hari ini|今天|今日|오늘|اليوم|امروز|आज|আজ|วันนี้|היום|avui|днес"
        "|данас|danas|šodien|šiandien",
        1: "yesterday|hôm qua|gestern|hier|ayer|ontem|ieri|gisteren|wczoraj|вчера|вчора|учора|včera|igår|i går|eilen"
        "|eile|tegnap|χθες|χτες|dün|kemarin|semalam|昨天|昨日|어제|أمس|امس|دیروز|গতকাল|เมื่อวาน|เมื่อวานนี้|אתמול|ahir"
        "|јуче|jučer|vakar",
        2: "day before yesterday|hôm kia|vorgestern|avant-hier|anteayer|anteontem|altro ieri|eergisteren|przedwczoraj"
        "|позавчера|předevčírem|predvčerom|förrgår|tegnapelőtt|kemarin lusa|前天|一昨日|그제|prekjučer",
    }
)

# Words beside a date that say whose it is, as regular expressions (beginnings of words).
MODIFIED_LABELS = (
    r"updat|modif|aktualis|geändert|\bakt\.|änderung|editiert|mis à jour|màj|actualiz|atualiz|aggiorn|bijgewerkt"
    r"|gewijzigd|zmian|aktualiz|обновл|измен|оновл|змінен|uppdater|oppdater|opdater|päivitet|muokat|frissít|módos"
    r"|güncell|diperbarui|cập nhật|chỉnh sửa|更新|수정|업데이트|تحديث|به‌روز|revis|edited|reviewed|ενημέρ|עודכן|uppfært"
    r"|अपडेट|আপডেট|อัปเดต"
)
PUBLISHED_LABELS = (
    r"\bpubli(?:s|k|é|e\b|ca[dtzçc])|posted|veröffentlich|erstellt|erschien|datum|geschrieben|eingestellt|verfasst|gepostet|pubbl|gepubliceerd"
    r"|geplaatst|opubl|опубл|publicerad|publisert|julkais|közzé|megjelen|yayın|diterbit|đăng|发布|發布|公開|掲載|등록|입력"
    r"|نشر|منتشر|created|written|mis en ligne|δημοσ|פורסם|pressemitteilung|submitted|\bstand\b|प्रकाशित|প্রকাশ|เผยแพร่"
)
OTHER_LABELS = r"©|copyright|verfügbar|termin|gültig|until|deadline|expires|born|geboren|event|all rights"
