"""Invented news in running prose: sentences put together word by word, so that no two stories share many of them.

What they say is nonsense; how often words and names come again is as in news. Topics and patterns of ``half`` 1 are
kept back while thresholds are chosen. ``N`` is a noun of the topic, ``V`` a verb, ``A`` an adjective, ``T`` a time,
``P`` the story's place, ``Q`` another place, ``W`` the person it is about, ``X`` another person, ``D`` a number.
"""

# ruff: noqa: E501 - a form and a list of words are read best a line each

from __future__ import annotations

import random
import re
from typing import NamedTuple


class Tongue(NamedTuple):
    """The words of one language; patterns and topics by half."""

    space: str
    patterns: tuple[str, str]
    leads: tuple[str, str]
    titles: str
    topics: tuple[str, str]  # topics are divided by ";", their nouns by "|"
    verbs: str
    adjectives: str
    times: str
    places: str
    people: str
    house: tuple[tuple[str, str], ...]  # what one newsroom writes otherwise than another
    bylines: str


TONGUES = {
    "vi": Tongue(
        " ",
        (
            "Theo ông X, N ở P đã V N A từ T.|T, nhiều người dân Q mang N đến để V N cùng D hộ khác.|“Chúng tôi V N này không phải vì N mà vì N A”, bà X nói.|UBND xã P giao cho tổ công tác V N, trong đó có D N A.|Nếu không V N kịp T thì N A sẽ phải chờ đến D ngày nữa.|Ông W cho rằng N A chỉ là bước đầu, còn N mới đáng bàn.|Ở phía bên kia, N và N vẫn V nhau như T.|Có D N A được kiểm tra, kết quả cho thấy N cần được V lại.|Phóng viên hỏi vì sao N bị V, ông X chỉ vào N A rồi lắc đầu.|Giữa N A và N, người Q chọn V N.|Mỗi N tốn khoảng D triệu đồng, chưa kể N để V.|Đại diện TP Hoa Sơn khẳng định sẽ V N trước T.|Chị X nhớ lại T, khi N còn A, cả làng cùng V N.",
            "Bà X, người gắn bó với N suốt D năm, kể rằng T ai cũng V N.|Trong số D N vừa V xong, hơn một nửa là N A.|Tại Q, N được V theo cách khác: N A đi trước, N đi sau.|“T tôi thấy N A lắm, giờ thì N đã V”, ông X cười.|Kế hoạch V N do ông W đề xuất đặt N vào trung tâm.|Không ít ý kiến lo N A sẽ làm N chậm đi D tháng.|UBND tỉnh đề nghị P báo cáo việc V N, nêu rõ N nào A.|Khi N lên, người ta lại V N ra để đón N.|Số liệu cho thấy N ở P A hơn Q tới D phần trăm.|Anh X cùng D bạn trẻ góp tiền mua N, rồi V N A ngay T.|Điều khiến W trăn trở là N chưa ai V, còn N thì A.|Muốn V N thì phải có N A, đó là điều TP Hoa Sơn đã làm T.",
        ),
        (
            "T, tại P, ông W cùng D người đã bắt đầu V N.|Sau D ngày chờ đợi, N ở P cuối cùng cũng được V dưới sự chỉ đạo của ông W.",
            "P vừa V N với D người tham gia, trong đó có W.|Câu chuyện V N của W ở P thu hút D người T.",
        ),
        "P V N A|W và N A ở P|D người cùng V N|Vì sao P phải V N|Chuyện N ở P: D ngày A",
        (
            "cây cầu|dầm thép|mố trụ|bến phà|tuyến đường|mặt đường|rào chắn|xe tải|con đê|cống thoát nước|nhà thầu|biển báo|đoạn dốc|bờ kè|cột mốc|vỉa hè;ruộng lúa|máy gặt|hạt giống|kênh mương|đàn trâu|phân bón|kho thóc|vụ chiêm|luống rau|thương lái|giá lúa|bờ vùng|rơm rạ|nông dân|hợp tác xã|trạm bơm",
            "lễ hội|mái đình|điệu múa|chiếc trống|đoàn rước|trang phục|nghệ nhân|khách thập phương|kiệu gỗ|bài hát cổ|đội kèn|sân khấu|lá cờ|mâm cỗ|cuộc thi|trò chơi;lớp học|thầy giáo|sách cũ|học trò|mái trường|bảng đen|bữa trưa|thư viện|kỳ thi|sân chơi|xe đạp|phụ huynh|nội trú|môn toán|học bổng|đèn học",
        ),
        "sửa chữa|tháo dỡ|gìn giữ|mua sắm|bàn giao|khảo sát|vận động|dựng lại|chia sẻ|đo đạc|bảo vệ|nâng cấp|kiểm kê|trưng bày|thu gom|mở rộng|sơn lại|quyên góp|ghi chép|dời đi|tập luyện|chọn lựa",
        "lâu năm|rộng rãi|tốn kém|mới mẻ|nặng nhọc|hiếm hoi|vững chắc|đông vui|cũ kỹ|nhỏ bé|quan trọng|dễ vỡ|quen thuộc|kỳ lạ|bền bỉ|ồn ào",
        "sáng nay|chiều qua|đầu tuần|năm ngoái|cuối tháng trước|mùa mưa|dịp giáp Tết|hôm thứ ba|mười năm trước|trước rằm",
        "Vân Đình|Thạch Khê|Đồng Lũng|Bến Trầm|Hoa Sơn|Ngọc Lâm|Phú Hạc|Tiên Thủy|Mường Lặc|Hải Triều|Lũng Cát|An Bồi|Cẩm Giang Đông|Yên Mỹ Hạ",
        "Lê Quang Thụ|Trần Thị Mây|Đỗ Bá Khiêm|Nguyễn Hoài Sa|Phạm Đức Uyên|Vũ Thị Lam|Hoàng Văn Triết|Bùi Kim Nhã|Đinh Công Lễ|Mạc Thu Hà",
        (("UBND", "Ủy ban nhân dân"), ("TP Hoa Sơn", "thành phố Hoa Sơn"), ("phần trăm", "%"), ("triệu đồng", "triệu")),
        "Theo Thông tấn Sông Vân|PV Minh Nguyệt – Báo Đồng Lũng điện tử|Tin, ảnh: Quốc Bảo|(Nguồn: Hãng tin Bến Trầm)",
    ),
    "en": Tongue(
        " ",
        (
            "X said the A N had to V the N before T.|In Q, D people came to V a N that nobody wanted.|“We never meant to V that N, it was A and the N paid for it,” X told reporters.|Officials will V about D percent of the N, although the N remains A.|Neither the N nor the A N could V what W had planned.|Since T the N has been A, and few in P V it any more.|One report seen by the council puts the N at D, far from the A N of Q.|To V the N, W asked for a A N and D volunteers.|But X, who owns a N nearby, called the plan A.|Councillors may V the N again T if the A N holds.|What remains is a N, some A N and D letters about the N.|Mr. W declined to V the N but praised its A N.|The government has promised to V every A N by T.",
            "For X, the A N is no reason to V a N.|About D of the N were A when inspectors from Q came to V them T.|“Show me a N like this and I will V it myself,” said X, pointing at the A N.|Nobody in P expected the N to V so many A N.|W, who has D years with the N behind him, prefers the A N.|Critics in Q want to V the N first, then the N.|T a A N was found beside the N, which X had hoped to V.|The government gave D marks so that P could V its N.|However A the N, its N will V the winter, according to X.|By T nearly D percent had agreed to V the A N.|Between the N and the A N stands Mr. W, who will not V either.|Another N, this one A, is meant to V the N of Q.",
        ),
        (
            "P will V its N after D people signed a petition that W handed over T.|T W began to V the A N of P with the help of D neighbours.",
            "D residents of P gathered T to V the N that W calls A.|The plan by W to V the A N has divided P, where D people live.",
        ),
        "P to V its A N|W wants to V the N|Row over A N in P|D people V N in P|A N returns to P",
        (
            "bridge|girder|toll|ferry|footpath|contractor|embankment|lorry|scaffold|parapet|railing|detour|pier|surveyor|culvert|roundabout;orchard|harvest|barn|tractor|seedling|cooperative|ditch|market stall|cider press|hedge|drought|beehive|sheepdog|grain price|fence|mill",
            "museum|statue|archive|portrait|curator|gallery|fresco|donation|cellar|workshop|catalogue|tapestry|lantern|exhibition|roof|staircase;harbour|trawler|lighthouse|breakwater|catch|net|fishmonger|quay|crane|tide gauge|lifeboat|cannery|buoy|slipway|gull|mooring",
        ),
        "restore|inspect|abandon|replace|protect|rebuild|auction|measure|borrow|defend|paint|relocate|finance|examine|celebrate|remove|photograph|insure|strengthen|reopen|catalogue|repair",
        "costly|ancient|narrow|unsafe|popular|rusty|forgotten|temporary|handsome|noisy|fragile|generous|half-finished|reliable|shallow|private",
        "last week|on Tuesday|before Easter|this spring|in the autumn|a decade ago|at the weekend|on Friday evening|next year|during the storm",
        "Harrowfield|Pell Bridge|Stoke Larch|Wexcombe|Dunmarrow|Aldergate|Port Ennis|Carrow Hill|Thornsea|Melbury Vale|Ostley|Brackenford",
        "Alice Fenwright|Tom Hadderly|Priya Castell|Marcus Ollenby|Joan Prester|Luke Varnham|Edith Coyle|Sam Rotherly|Nora Quill|Ben Tarrow",
        (("percent", "per cent"), ("Mr. ", ""), ("The government", "Ministers"), (" about ", " some ")),
        "By Dana Whitlock, River Press|Reporting by Owen Marsh; editing by Lea Strand|Staff and agencies|(Coastal News Agency)",
    ),
    "de": Tongue(
        " ",
        (
            "Laut X muss P das N bald V, weil es A ist.|T kamen D Menschen aus Q, um ein A wirkendes N zu V.|„Wir wollten das N nie V, es war A“, sagte X.|Rund D Prozent der Kosten trägt das N, den Rest das N.|W möchte das N lieber V als das N.|Ob das N bis T A bleibt, weiß in P niemand.",
            "Nach Angaben von X ist das N in Q A, das N dagegen nicht.|D Freiwillige halfen T, das N zu V.|Für W bleibt das N A, solange niemand das N V will.|Zwischen N und N liegen in P nur D Meter.|„Das N lässt sich V“, erklärte X, „aber das N nicht.“|T soll das N mit D Prozent gefördert werden.",
        ),
        (
            "W will das N in P mit D Helfern V.",
            "In P haben D Menschen mit W begonnen, ein N zu V.",
        ),
        "P will das N V|Streit um A wirkendes N in P|W kämpft um das N",
        ("Rathaus|Freibad|Denkmal|Dach|Gutachten|Tor|Archiv|Feld|Gleis|Ufer|Lager|Haus", "Museum|Theater|Fest|Orchester|Kloster|Gewölbe|Fenster|Bild|Werk|Plakat|Podium|Klavier"),
        "sanieren|verkaufen|retten|öffnen|prüfen|erweitern|verlegen|ersetzen|bewahren|vermessen|streichen|schließen",
        "teuer|alt|baufällig|beliebt|umstritten|einzigartig|feucht|leer|wertvoll|klein",
        "am Dienstag|im Frühjahr|vor einem Jahr|am Wochenende|im Herbst|nach dem Sturm",
        "Altenrode|Birkenhain|Kaltbrunn|Moosdorf|Lindenthal|Oberweiler|Rabenau|Tiefensee",
        "Anna Reuter|Jonas Kehl|Petra Lindhorst|Uwe Brandau|Silke Vogt|Horst Ammer",
        (("Prozent", "%"), ("Rund", "Etwa"), ("erklärte", "sagte")),
        "Von Karla Brenner, Rodetaler Bote|(rtd/lk)",
    ),
    "ja": Tongue(
        "",
        (
            "XさんはTにNをVするためPを訪れ、Aな様子を確かめた。|QではD人がNとNのVに加わり、Aな結果となった。|「NのVはAではない」とXさんは話している。|市によると、NのD割がVの対象で、残りはNに回される。|Wさんは、AなNよりもNをVしたい考えだ。|TまでにNがVされなければ、Dか所のNが閉じられる。",
            "PのNはTからAな状態が続き、XさんがVを求めていた。|D年前に作られたNについて、QはVを検討している。|「AなNだからこそVしたい」と語るのはXさんだ。|WさんらはNとNを比べ、D項目をVした。|関係者によれば、NのVにはAな手続きが必要という。|Tには、D人の住民がNの前でAなNを待っていた。",
        ),
        ("PでT、WさんらD人がAなNのVを始めた。", "WさんがPで進めるNのVに、TだけでD人が集まった。"),
        "PでNのV始まる|AなN、D人がV|WさんとNのV",
        ("石橋|水路|堤防|渡し船|田んぼ|果樹園|倉庫|農道|市場|種もみ|用水|風車", "祭り|太鼓|神輿|校舎|図書室|壁画|舞台|写真展|古文書|灯台|漁港|合唱団"),
        "修復|調査|移転|保存|公開|計測|寄付|再開|見直し|点検|登録|記録",
        "貴重|静か|大規模|複雑|新た|小さ|丈夫|特別|身近|急",
        "昨年の春|先週末|今月初め|三日朝|台風の後|来年度",
        "桜浜市|青嶺町|霧島原村|白樺市|水守町|北星市|鶴ヶ台|松風町",
        "田辺真理|小沢健吾|森下和也|三浦千景|長野泰三|岸本葉子",
        (("市によると", "市の発表では"), ("話している", "述べた"), ("検討している", "検討中だ")),
        "（桜浜通信）|文・写真＝山根",
    ),
    "zh": Tongue(
        "",
        (
            "X表示，P将在T完成N的V工作，这比原来的N更加A。|T，D名居民来到Q，对N和N进行了V。|“N的V并不A。”X在接受采访时说。|据了解，约有D处N需要V，其中N最为A。|W认为，与其V那座N，不如先把A的N保住。|如果N不能及时V，D户人家的N都会受到影响。",
            "在P，A的N已经存在了D年，X每到T都会前去V。|Q方面称，N的V计划涉及D个村庄，N也在其中。|“我们不怕N太A，只怕没有人V。”X笑着说。|W把N和N放在一起V，结果出人意料地A。|到T为止，已有D人报名参加N的V活动。|没有N，就谈不上V，更谈不上A的N。",
        ),
        ("T，W与D名村民在P开始V当地的N。", "P的N迎来D名客人，W为此V了很久。"),
        "P启动N的V|W与A的N|D人V同一座N",
        ("石桥|渡口|水渠|粮仓|果园|稻田|堤坝|茶山|鱼塘|山路|风车|集市", "戏台|古塔|灯会|图书馆|校园|壁画|码头|合唱团|书院|族谱|龙舟|剪纸"),
        "修缮|搬迁|保护|登记|测量|整理|拍摄|开放|改造|清理|展示|评估",
        "珍贵|复杂|热闹|陈旧|坚固|罕见|漫长|轻松|重要|安静",
        "去年春天|上周末|本月初|三十年前|台风过后|明年秋天",
        "云溪市|青岚县|石桥镇|东港区|白鹭洲|松原乡|临江镇|竹山村",
        "陈立言|周文博|许静怡|林可嘉|郑永年|方思远",
        (("据了解", "据悉"), ("约有", "大约有"), ("表示", "称")),
        "（云溪通讯社）|本报记者 何青",
    ),
}  # fmt: skip

_SYMBOL = re.compile(r"[NVATPQWXD]")
_PLAIN_SYMBOL = re.compile(r"(?<![A-Za-zÀ-ỹ])[NVATPQWXD](?![A-Za-zÀ-ỹ])")


class Story(NamedTuple):
    """One invented story. ``numbers`` are those of the lead: what an update would change."""

    language: str
    half: int
    topic: int
    title: str
    lead: str
    paragraphs: list[str]
    place: str
    person: str
    number: int


class Writer:
    """Writes stories about one event: its topic, place, person and number stay the same."""

    def __init__(self, chance: random.Random, language: str, half: int, topic: int | None = None) -> None:
        self.chance, self.language, self.half = chance, language, half
        self.tongue = TONGUES[language]
        topics = self.tongue.topics[half].split(";")
        self.topic = chance.randrange(len(topics)) if topic is None else topic
        self.nouns = topics[self.topic].split("|")
        self.place, self.other = chance.sample(self.tongue.places.split("|"), 2)
        people = chance.sample(self.tongue.people.split("|"), 4)
        self.person, self.others = people[0], people[1:]
        self.number = chance.randint(3, 480)

    def story(self, sentences: int | None = None) -> Story:
        count = sentences or self.chance.randint(*((9, 34) if self.tongue.space else (8, 22)))
        return Story(
            self.language, self.half, self.topic, self.title(), self.lead(), self.paragraphs(count),
            self.place, self.person, self.number,
        )  # fmt: skip

    def title(self) -> str:
        return self.fill(self.chance.choice(self.tongue.titles.split("|")))

    def lead(self) -> str:
        return self.fill(self.chance.choice(self.tongue.leads[self.half].split("|")), self.number)

    def paragraphs(self, count: int) -> list[str]:
        found, rest = [], [self.sentence() for _ in range(count)]
        while rest:
            size = self.chance.randint(1, 4)
            found.append(self.tongue.space.join(rest[:size]))
            rest = rest[size:]
        return found

    def sentence(self) -> str:
        return self.fill(self.chance.choice(self.tongue.patterns[self.half].split("|")))

    def fill(self, pattern: str, number: int | None = None) -> str:
        tongue, chance = self.tongue, self.chance

        def word(match: re.Match[str]) -> str:
            match match[0]:
                case "N":
                    return chance.choice(self.nouns)
                case "V":
                    return chance.choice(tongue.verbs.split("|"))
                case "A":
                    return chance.choice(tongue.adjectives.split("|"))
                case "T":
                    return chance.choice(tongue.times.split("|"))
                case "P":
                    return self.place
                case "Q":
                    return self.other
                case "W":
                    return self.person
                case "X":
                    return chance.choice(self.others)
                case _:
                    return str(number if number is not None else chance.randint(2, 900))

        made = (_PLAIN_SYMBOL if tongue.space else _SYMBOL).sub(word, pattern)
        return made[:1].upper() + made[1:]
