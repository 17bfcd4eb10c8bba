"""The invented news of Sông Vân: stories made from hand-written parts, the same for the same seed."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SITE_NUMBER = "199"  # what the addresses of this site's stories begin with

SECTIONS = {"thoi-su": "Thời sự", "kinh-te": "Kinh tế", "van-hoa": "Văn hóa"}

_PLACES = (
    "Vân Đình", "Thạch Khê", "Đồng Lũng", "Bến Trầm", "Hoa Sơn", "Ngọc Lâm", "Phú Hạc", "Tiên Thủy", "Yên Mỹ Hạ",
    "Cẩm Giang Đông", "Mường Lặc", "Hải Triều",
)  # fmt: skip
_PEOPLE = ("Lê Quang Thụ", "Trần Thị Mây", "Đỗ Bá Khiêm", "Nguyễn Hoài Sa", "Phạm Đức Uyên", "Vũ Thị Lam")
_AUTHORS = ("Minh Nguyệt", "Quốc Bảo", "Thanh Trà", "Hải Đăng", "Hoàng Yến")

# Headline, lead, and what the story is about; {p} is a place, {n} a number.
_TOPICS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "thoi-su": (
        (
            "Xã {p} hoàn thành {n} km đường liên thôn trước mùa mưa",
            "Sáng nay, xã {p} đưa vào sử dụng {n} km đường liên thôn, nối các khu dân cư ven sông với trung tâm xã.",
            "tuyến đường liên thôn",
        ),
        (
            "{p} diễn tập chống lũ với {n} lực lượng tham gia",
            "Chiều qua, huyện {p} tổ chức diễn tập phòng chống lũ trên sông Vân với sự tham gia của {n} đơn vị.",
            "công tác phòng chống lũ",
        ),
        (
            "Trường học ở {p} khai giảng thêm {n} lớp mới",
            "Năm học này, {p} mở thêm {n} lớp học để đón học sinh từ các bản vùng cao về học bán trú.",
            "việc mở lớp bán trú",
        ),
        (
            "Trạm y tế {p} tiêm phòng miễn phí cho {n} trẻ em",
            "Trong ba ngày cuối tuần, trạm y tế {p} đã tiêm phòng cho {n} trẻ em trên địa bàn.",
            "chiến dịch tiêm phòng",
        ),
        (
            "Cử tri {p} kiến nghị sớm sửa cây cầu {n} năm tuổi",
            "Tại buổi tiếp xúc, cử tri {p} đề nghị tỉnh sớm sửa cây cầu đã dùng {n} năm.",
            "cây cầu cũ bắc qua suối",
        ),
    ),
    "kinh-te": (
        (
            "Hợp tác xã {p} xuất {n} tấn miến dong đầu tiên",
            "Lô hàng {n} tấn miến dong của hợp tác xã {p} vừa rời cảng, mở đầu vụ xuất khẩu năm nay.",
            "nghề làm miến dong",
        ),
        (
            "{p} trồng mới {n} ha rừng gỗ lớn",
            "Vụ này, bà con {p} trồng thêm {n} ha rừng gỗ lớn theo chứng chỉ quản lý bền vững.",
            "rừng gỗ lớn",
        ),
        (
            "Làng nghề {p} nhận đơn hàng {n} bộ bàn ghế mây",
            "Một khách hàng ở miền Nam vừa đặt làng nghề {p} làm {n} bộ bàn ghế mây.",
            "nghề đan mây",
        ),
        (
            "Chợ phiên {p} đón {n} gian hàng nông sản",
            "Phiên chợ cuối tuần tại {p} quy tụ {n} gian hàng bán rau, mật ong và gạo nếp.",
            "chợ phiên nông sản",
        ),
        (
            "Nuôi cá lồng ở {p} cho thu {n} tấn mỗi vụ",
            "Nghề nuôi cá lồng trên hồ {p} năm nay cho thu {n} tấn, cao nhất trong nhiều năm.",
            "nghề nuôi cá lồng",
        ),
    ),
    "van-hoa": (
        (
            "Lễ hội đua thuyền {p} có {n} đội tham gia",
            "Lễ hội đua thuyền truyền thống {p} năm nay có {n} đội, đông nhất từ trước tới nay.",
            "lễ hội đua thuyền",
        ),
        (
            "Thư viện lưu động đưa {n} cuốn sách về {p}",
            "Chuyến xe thư viện lưu động vừa đưa {n} cuốn sách đến các điểm trường ở {p}.",
            "chuyến xe thư viện",
        ),
        (
            "Phục dựng điệu hát cổ {n} năm ở {p}",
            "Nhóm nghệ nhân {p} đã phục dựng thành công một điệu hát có tuổi đời {n} năm.",
            "điệu hát cổ",
        ),
        (
            "Đội bóng thiếu niên {p} thắng {n} trận liền",
            "Đội bóng thiếu niên {p} vừa có trận thắng thứ {n} liên tiếp tại giải mùa hè của tỉnh.",
            "đội bóng thiếu niên",
        ),
        (
            "Bảo tàng {p} trưng bày {n} hiện vật gốm mới",
            "Từ hôm nay, bảo tàng {p} mở cửa phòng trưng bày {n} hiện vật gốm tìm thấy bên bờ sông.",
            "phòng trưng bày gốm",
        ),
    ),
}
_SENTENCES = (
    "Theo ông {who}, {topic} đã được chuẩn bị từ đầu năm và nhận được sự đồng thuận của người dân {p}.",
    "Bà con ở {p} cho biết {topic} giúp cuộc sống thuận tiện hơn, nhất là vào những ngày mưa kéo dài.",
    "Đến nay, {n} hộ dân đã đăng ký tham gia, vượt kế hoạch đề ra hồi tháng trước.",
    "Kinh phí thực hiện được huy động từ ngân sách xã và đóng góp của con em xa quê.",
    "Phóng viên ghi nhận tại {p}: từ sáng sớm, nhiều người đã có mặt để theo dõi {topic}.",
    "“Chúng tôi mong việc này được duy trì lâu dài”, chị {who}, một người dân ở {p}, chia sẻ.",
    "Trong giai đoạn tới, {p} dự kiến mở rộng thêm và mời các chuyên gia về tập huấn cho {n} người.",
    "Ban tổ chức cho biết {topic} sẽ được tổng kết vào cuối quý, rút kinh nghiệm cho những năm sau.",
    "Một số khó khăn còn lại liên quan đến mặt bằng và thời tiết đang được tháo gỡ từng bước.",
    "Các trường học trên địa bàn cũng đưa {topic} vào buổi sinh hoạt để học sinh tìm hiểu.",
)
_CAPTIONS = (
    "Người dân {p} theo dõi {topic}",
    "Một góc {p} nhìn từ đê sông Vân",
    "Ông {who} trao đổi với phóng viên về {topic}",
)


class Vocabulary(msgspec.Struct, frozen=True):
    """What stories are made of. Headlines, leads and sentences have places for a place, a number, a person, a topic."""

    sections: Mapping[str, str]
    places: Sequence[str]
    people: Sequence[str]
    authors: Sequence[str]
    topics: Mapping[str, Sequence[tuple[str, str, str]]]
    sentences: Sequence[str]
    captions: Sequence[str]
    updated: str
    credit: str


VIETNAMESE = Vocabulary(
    SECTIONS, _PLACES, _PEOPLE, _AUTHORS, _TOPICS, _SENTENCES, _CAPTIONS, "Cập nhật: ", "Bản tin tối/SVTV"
)


class Picture(msgspec.Struct, frozen=True):
    """A picture of a story: its path on the site, and what is printed under it (None: nothing)."""

    path: str
    caption: str | None


class Item(msgspec.Struct, kw_only=True):
    """One invented story as the site has it. ``page`` says how its page behaves: ok, gone, error or slow.

    ``pages`` is over how many pages its text is split; ``broken_page`` one of them that gives an error. ``seconds``
    is how long its recording is: it is a bulletin, a film with two sentences; None for a written story.
    """

    number: str
    slug: str
    section: str
    title: str
    summary: str
    paragraphs: list[str]
    pictures: list[Picture]
    authors: list[str]
    published: datetime
    credit: str | None
    tag: str
    page: str = "ok"
    pages: int = 1
    broken_page: int | None = None
    seconds: float | None = None

    @property
    def path(self) -> str:
        """The address on the site."""
        return f"/{self.slug}-{self.number}.htm"


class Newsroom:
    """The stories of the site, the newest first. All chance comes from ``seed``, all time from the caller."""

    def __init__(self, now: datetime, *, seed: int = 1, stories: int = 36, words: Vocabulary = VIETNAMESE) -> None:
        self.words = words
        self.items: list[Item] = []
        self._chance = random.Random(seed)  # invented news
        self._told: set[str] = set()
        self._count = 0
        sections = list(words.sections)
        for number in range(stories, 0, -1):
            self.publish(now - timedelta(minutes=37 * number), sections[number % len(sections)])

    def publish(self, now: datetime, section: str | None = None) -> Item:
        """A new story, at the top of its section."""
        section = section or self._chance.choice(list(self.words.sections))
        self._count += 1
        headline, lead, topic, place, number = self._idea(section)
        words = {"p": place, "n": number, "topic": topic}
        item = Item(
            number=f"{SITE_NUMBER}{now.astimezone(ZONE):%y%m%d%H%M%S}{self._count % 1000:03d}",
            slug=slug(headline),
            section=section,
            title=headline,
            summary=lead,
            paragraphs=[
                self._fill(text, words)
                for text in self._chance.sample(self.words.sentences, self._chance.randint(4, 7))
            ],
            pictures=self._pictures(words),
            authors=self._chance.sample(self.words.authors, self._chance.randint(1, 2)),
            published=now.replace(second=0, microsecond=0),
            credit=self.words.credit if self._chance.random() < 0.6 else None,
            tag=topic,
        )
        self.items.insert(0, item)
        return item

    def bulletin(self, now: datetime) -> Item:
        """The station's evening bulletin: the same words each time, another film."""
        self._count += 1
        local = now.astimezone(ZONE)
        item = Item(
            number=f"{SITE_NUMBER}{local:%y%m%d%H%M%S}{self._count % 1000:03d}",
            slug="ban-tin-thoi-su-toi",
            section="thoi-su",
            title=f"Bản tin Thời sự tối {local:%d/%m/%Y, %H:%M:%S}",
            summary="Những tin chính trong ngày trên hai bờ sông Vân.",
            paragraphs=["Mời quý vị theo dõi những tin chính trong ngày trên hai bờ sông Vân."],
            pictures=[Picture(f"/anh/{self._count}-1.png", None)],
            authors=[],
            published=now.replace(second=0, microsecond=0),
            credit="Bản tin Thời sự tối",
            tag="bản tin",
            seconds=6.0,
        )
        self.items.insert(0, item)
        return item

    def edit(self, item: Item) -> str:
        """Change a story the way a newsroom does; returns what was added."""
        words = {"p": self._chance.choice(self.words.places), "n": str(self._chance.randint(12, 90)), "topic": item.tag}
        added = self.words.updated + self._fill(self._chance.choice(self.words.sentences), words)
        item.paragraphs.append(added)
        return added

    def find(self, path: str) -> Item | None:
        """The story at an address; as on real sites, only the number in it counts."""
        number = path.removesuffix(".htm").rpartition("-")[2]
        return next((item for item in self.items if item.number == number), None)

    def listed(self, section: str | None = None) -> list[Item]:
        """The stories that lists show: withdrawn ones are not among them."""
        return [item for item in self.items if section in (None, item.section) and item.page != "gone"]

    def _idea(self, section: str) -> tuple[str, str, str, str, str]:
        """A headline that no story has had yet."""
        while True:
            headline, lead, topic = self._chance.choice(self.words.topics[section])
            place, number = self._chance.choice(self.words.places), str(self._chance.randint(3, 480))
            title = headline.format(p=place, n=number)
            if title not in self._told:
                self._told.add(title)
                return title, lead.format(p=place, n=number), topic, place, number

    def _fill(self, text: str, words: dict[str, str]) -> str:
        return text.format(who=self._chance.choice(self.words.people), **words)

    def _pictures(self, words: dict[str, str]) -> list[Picture]:
        found = []
        for number in range(1, self._chance.randint(1, 3) + 1):
            caption = (
                self._fill(self._chance.choice(self.words.captions), words) if self._chance.random() < 0.6 else None
            )
            found.append(Picture(f"/anh/{self._count}-{number}.png", caption))
        return found


def slug(title: str) -> str:
    """The title as addresses have it: no diacritics, hyphens for everything else."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    return "-".join(
        "".join(c if c.isalnum() and c.isascii() else " " for c in plain if not unicodedata.combining(c)).split()
    )
