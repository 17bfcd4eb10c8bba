"""Invented reports of the kind that is filled in rather than written: the same form, another place, day or number.

``{place}``, ``{who}`` and the like stay the same through one report; ``{1-40}`` is another number each time;
``[a|b]`` is a choice of words. A line that begins with ``?`` may be left out. The first line is the headline.
"""

# ruff: noqa: E501 - a form and a list of words are read best a line each

from __future__ import annotations

import random
import re
from typing import NamedTuple


class Form(NamedTuple):
    """One kind of report. ``half`` says whether it may be looked at while thresholds are chosen."""

    kind: str
    language: str
    half: int
    lines: str


POOLS: dict[str, dict[str, str]] = {
    "vi": {
        "place": "Vân Đình|Thạch Khê|Đồng Lũng|Bến Trầm|Hoa Sơn|Ngọc Lâm|Phú Hạc|Tiên Thủy|Mường Lặc|Hải Triều|Lũng Cát|An Bồi",
        "who": "Lê Quang Thụ|Trần Thị Mây|Đỗ Bá Khiêm|Nguyễn Hoài Sa|Phạm Đức Uyên|Vũ Thị Lam|Hoàng Văn Triết|Bùi Kim Nhã",
        "team": "Sông Vân|Hải Triều|Thép Đồng Lũng|Hóa Chất Hoa Sơn|Bưu Điện Phú Hạc|Thủy Sản Bến Trầm|Đá Vàng Ngọc Lâm",
        "day": "thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|chủ nhật",
        "firm": "May Vân Hà|Gốm Thạch Khê|Điện Cơ Lũng Cát|Giấy Hoa Sơn|Thép Hải Triều|Sữa Mường Lặc",
        "wind": "đông bắc|đông nam|tây nam|tây bắc|bắc|nam",
        "sky": "nhiều mây, có mưa rào|ít mây, ngày nắng|mây thay đổi, có lúc có mưa|trời âm u, sáng có sương mù",
    },
    "en": {
        "place": "Harrowfield|Pell Bridge|Stoke Larch|Wexcombe|Dunmarrow|Aldergate|Port Ennis|Carrow Hill|Thornsea|Melbury Vale",
        "who": "Alice Fenwright|Tom Hadderly|Priya Castell|Marcus Ollenby|Joan Prester|Luke Varnham|Edith Coyle|Sam Rotherly",
        "team": "Harrow Rovers|Wexcombe Town|Port Ennis United|Dunmarrow Athletic|Thornsea City|Larch Wanderers|Pell Albion",
        "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
        "firm": "Castell Mills|Northwater Power|Ennis Shipping|Orrin Foods|Larch Telecom|Velden Bank|Hadder Steel",
        "wind": "northerly|south-westerly|easterly|westerly|north-easterly",
        "sky": "bright spells with light showers|cloudy with drizzle|dry and sunny|outbreaks of heavy rain",
    },
    "de": {
        "place": "Altenrode|Birkenhain|Kaltbrunn|Moosdorf|Steinach am Wald|Lindenthal|Oberweiler",
        "who": "Anna Reuter|Jonas Kehl|Petra Lindhorst|Uwe Brandau",
        "day": "Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag",
        "sky": "wechselnd bewölkt mit Schauern|sonnig und trocken|stark bewölkt mit Regen|neblig-trüb",
        "wind": "Nordwest|Süd|Ost|West",
    },
    "ja": {
        "place": "桜浜市|青嶺町|霧島原村|白樺市|水守町|北星市",
        "sky": "晴れのち曇り|曇り一時雨|雨|晴れ",
        "wind": "北の風|南西の風|東の風|西の風",
        "who": "田辺真理|小沢健吾|森下和也",
    },
    "zh": {
        "place": "云溪市|青岚县|石桥镇|东港区|白鹭洲",
        "firm": "云溪钢铁|青岚电力|东港航运|白鹭食品|石桥水泥",
        "who": "陈立言|周文博|许静怡",
    },
    "fr": {
        "place": "Valbrune|Saint-Orens-le-Vieux|Marcilly-sur-Aure|Corvenac|Belleroche|Pont-d'Alze",
        "who": "Claire Fontenel|Hugo Marchais|Lucie Aubrac|Paul Verdot",
        "day": "lundi|mardi|mercredi|jeudi|vendredi|samedi",
    },
}  # fmt: skip

FORMS = (
    Form(
        "weather",
        "vi",
        0,
        """Dự báo thời tiết {place} ngày {1-28}/{1-12}: {sky}
Theo đài khí tượng thủy văn khu vực sông Vân, ngày {1-28}/{1-12} khu vực {place} {sky}, gió {wind} cấp {2-5}.
Nhiệt độ thấp nhất từ {12-22} đến {23-25} độ C, nhiệt độ cao nhất từ {26-30} đến {31-38} độ C, độ ẩm trung bình {55-95} phần trăm.
[Khu vực vùng núi phía tây|Các xã vùng cao] {sky2}, nhiệt độ ban đêm xuống {8-18} độ C; vùng ven biển có gió {wind2} cấp {3-6}, sóng cao từ {1-3} mét.
Tại trạm {place2}, lượng mưa đo được trong 24 giờ qua là {1-120} mm; mực nước trên sông Vân lúc 7 giờ là {1-9},{10-99} mét, [dưới mức báo động một|thấp hơn mức báo động].
?Chất lượng không khí tại {place} ở mức trung bình với chỉ số {40-160}; chỉ số tia cực tím cao nhất trong ngày là {3-11}.
[Người dân cần đề phòng lốc, sét và gió giật mạnh trong cơn dông|Bà con chú ý đề phòng dông lốc, sét và gió giật]; khi ra đường vào buổi trưa nên mang theo áo chống nắng, uống đủ nước và hạn chế làm việc lâu ngoài trời.
?Các chủ tàu thuyền hoạt động ven bờ cần theo dõi bản tin dự báo tiếp theo, giữ liên lạc với đài bờ và neo đậu đúng nơi quy định.
Dự báo trong hai ngày tới, khu vực {place} {sky3}, nhiệt độ thay đổi ít; từ {day} có khả năng xuất hiện một đợt không khí lạnh yếu.
Bản tin tiếp theo sẽ được phát vào lúc {4-21} giờ cùng ngày.""",
    ),
    Form(
        "lottery",
        "en",
        0,
        """Riverlands Lotto results for {day} {1-30} [March|May|June]: winning numbers drawn
The winning numbers for the Riverlands Lotto draw on {day} evening have been announced, with an estimated jackpot of {2-30} million marks.
The winning numbers are {1-9}, {10-19}, {20-29}, {30-39}, {40-44} and {45-59}. The bonus ball is {1-59}. The set of balls was number {1-12} and the machine used was {who}.
[No ticket matched all six numbers|One ticket matched all six numbers], while {1-6} players matched five numbers and the bonus ball and take home {20-90},{100-999} marks each.
A further {20-180} players matched five main numbers to win {500-1900} marks, and {2000-9000} players with four numbers receive {50-140} marks.
?The Silver Strike numbers drawn earlier in the evening were {1-9}, {10-19}, {20-29} and {30-39}.
[Players have 180 days from the day of the draw to claim their prize|Prizes must be claimed within 180 days of the draw], and are advised to sign the back of the ticket and keep it in a safe place. Prizes of up to 500 marks are paid by any shop that sells tickets; larger prizes are paid at the head office of the lottery by appointment.
Tickets cost two marks each and are on sale until half past seven on the evening of the draw. You must be over eighteen to play. If you are worried about your gambling, the free helpline is open every day of the week from eight in the morning until midnight.
The next draw takes place on {day2}, with a jackpot of an estimated {3-40} million marks.""",
    ),
    Form(
        "match",
        "vi",
        0,
        """{team} thắng {team2} {2-5}-{0-1} ở vòng {1-26}
Chiều {day}, trên sân {place}, đội {team} đã thắng {team2} với tỷ số {2-5}-{0-1} trong khuôn khổ vòng {1-26} giải vô địch sông Vân.
Ngay từ những phút đầu, [đội chủ nhà đẩy cao đội hình|chủ nhà chơi tấn công] và có bàn mở tỷ số ở phút {3-30} do công của {who}. Phút {31-44}, từ đường chuyền của {who2}, tiền đạo {who3} nhân đôi cách biệt bằng cú sút từ ngoài vòng cấm.
Sang hiệp hai, [đội khách thay người để tìm bàn gỡ|đội khách dồn lên tấn công] nhưng hàng thủ của {team} chơi tập trung và không cho đối phương nhiều cơ hội. Phút {60-75}, trọng tài rút thẻ vàng thứ {2-6} của trận đấu.
?Phút {76-89}, {who} hoàn tất cú đúp sau pha phản công nhanh, ấn định tỷ số của trận đấu.
Sau trận này, {team} có {10-50} điểm và đứng thứ {1-7} trên bảng xếp hạng, trong khi {team2} có {5-30} điểm, xếp thứ {8-14}.
“Các cầu thủ đã chơi đúng với những gì chúng tôi chuẩn bị trong tuần. Tôi cảm ơn khán giả đã đến sân cổ vũ đông đảo”, huấn luyện viên {who4} nói sau trận đấu. [Trận đấu có {900-9000} khán giả|Có {900-9000} khán giả đến sân].
Ở vòng đấu tới, {team} sẽ làm khách trên sân của {team3}, còn {team2} tiếp đón {team4} vào lúc {15-19} giờ {day2}.""",
    ),
    Form(
        "market",
        "en",
        0,
        """Marsh index closes [up|down] {0-3}.{1-9} percent on {day}
The Marsh index of leading shares closed {10-190} points [higher|lower] at {4000-7900}.{10-99} on {day}, a [gain|loss] of {0-3}.{10-99} percent, as investors weighed figures on prices and wages.
{firm} led the gainers with a rise of {2-9}.{1-9} percent to {100-900} pence, followed by {firm2}, which added {1-5}.{1-9} percent, and {firm3}, up {1-4}.{1-9} percent. At the other end, {firm4} fell {2-9}.{1-9} percent and {firm5} lost {1-5}.{1-9} percent.
The broader index of medium-sized companies ended the day at {9000-19000}.{10-99}. Some {200-900} million shares changed hands, compared with a daily average of {300-700} million over the past month.
?On the currency markets the mark traded at {1-2}.{1000-9999} to the dollar and at {0-1}.{1000-9999} to the euro late in the afternoon.
Crude oil for delivery next month stood at {50-110}.{10-99} dollars a barrel, while gold was at {1500-2900} dollars an ounce. The yield on ten-year government bonds was {1-5}.{10-99} percent.
“[Trading was thin|Volumes were moderate] and most investors are waiting for the decision of the central bank,” said {who}, an analyst at {firm6}. “We expect the market to move sideways until there is more clarity about the path of interest rates.”
Shares in Asia had closed mixed earlier in the day, and futures pointed to a [slightly higher|little changed] opening in New York.""",
    ),
    Form(
        "obituary",
        "en",
        0,
        """{who}, {60-99}, of {place}
{who}, {60-99}, of {place}, passed away peacefully at home on {day}, {1-28} {month}, surrounded by family, after a short illness.
Born in {place2} in {1925-1965}, {who} was the {ordinal} child of {who2} and {who3}, and went to the village school before training as a {job}. The couple moved to {place} in {1966-1985}, where they lived for more than {20-49} years.
Friends will remember a kind and generous neighbour who was always ready to help, who loved the garden, a good story and long walks by the river, and who never missed a Sunday service. For {10-30} years {who} was a member of the {place} {club}.
?Those who came for tea rarely left without a jar of jam, and more than one child of the street learnt to read at that kitchen table.
Left behind are {2-5} children, {3-14} grandchildren and {1-9} great-grandchildren, as well as many nieces and nephews. A brother, {who4}, died before.
The funeral service will be held at {8-15} o'clock on {day2} at the parish church in {place3}, followed by burial in the churchyard. All are welcome, and the family asks that no flowers be sent; gifts may be made instead to the lifeboat service or to a charity of your own choice.
The family would like to thank the doctors and nurses of the hospital for the care and patience that they showed during the last weeks.""",
    ),
    Form(
        "traffic",
        "vi",
        0,
        """Từ ngày {1-28}/{1-12}, cấm xe qua {road} để sửa đường
Sở giao thông vừa có thông báo về việc tổ chức lại giao thông trên {road}, đoạn từ km {1-40} đến km {41-90}, thuộc địa phận {place}.
Theo đó, từ {5-9} giờ ngày {1-28}/{1-12} đến hết ngày {1-28}/{1-12}, cấm các loại xe ô tô tải trên {2-10} tấn và xe khách trên {16-45} chỗ lưu thông qua đoạn đường này để đơn vị thi công sửa chữa mặt đường và hệ thống thoát nước.
[Các phương tiện bị cấm đi theo hướng|Xe bị cấm có thể đi theo lộ trình]: {place2} – đường tỉnh {500-599} – cầu {place3} – {road2} và ngược lại. Xe máy, xe thô sơ và xe ưu tiên được đi lại bình thường theo hướng dẫn của lực lượng chức năng.
Đơn vị thi công có trách nhiệm lắp đặt đầy đủ biển báo, rào chắn, đèn cảnh báo vào ban đêm và bố trí người hướng dẫn giao thông tại hai đầu đoạn đường trong suốt thời gian thi công.
?Sở yêu cầu chính quyền các xã có đoạn đường đi qua thông báo rộng rãi trên loa truyền thanh để người dân biết và chủ động lựa chọn lộ trình phù hợp.
Mọi trường hợp vi phạm sẽ bị xử lý theo quy định của pháp luật. Trong quá trình thực hiện, nếu có vướng mắc, người dân có thể liên hệ số điện thoại 0{200-299} {100-999} {100-999} để được giải đáp.
Ông {who}, phó giám đốc sở, cho biết việc sửa chữa sẽ hoàn thành trước mùa mưa.""",
    ),
    Form(
        "job",
        "en",
        0,
        """{firm} is hiring: {job} in {place}
{firm} is looking for a full-time {job} to join its team in {place}. The post is permanent and pays between {22-29},{100-999} and {30-48},{100-999} marks a year, depending on experience.
You will report to {who} and work in a team of {3-18}. You should have at least {2-8} years of experience in a similar role, good spoken and written English, and a driving licence.
[We offer a friendly place to work|You can expect a friendly workplace] with a fair salary, {24-32} days of paid holiday, a company pension, free parking, and the chance to learn: every year each of us has a week set aside for training of our own choice. We welcome applications from everybody, whatever their age, background or beliefs, and we are happy to talk about flexible working.
To apply, send a letter and your curriculum vitae to the address on our page of open posts, quoting reference {1000-9999}, before {day} {1-28} {month}. Interviews will take place in the week after, in person or by video. We answer every application within ten working days, and we will tell you what you could do better if we do not choose you.
?Please note that we cannot pay for travel to the interview, and that the successful candidate must show that they may work in this country.
For an informal chat about the post, ring the office on 0{1100-1999} {100000-999999}.""",
    ),
    Form(
        "police",
        "vi",
        0,
        """Công an {place} bắt nhóm trộm {1-9} xe máy trong {2-20} ngày
Ngày {1-28}/{1-12}, công an {place} cho biết đã tạm giữ {who} ({18-45} tuổi, trú tại {place2}) và {who2} ({18-45} tuổi, trú tại {place3}) để điều tra về hành vi trộm cắp tài sản.
Trước đó, khoảng {1-23} giờ ngày {1-28}/{1-12}, cơ quan công an nhận được tin báo của chị {who3} về việc bị mất trộm một xe máy và tài sản trị giá {10-90} triệu đồng. Nhận tin báo, công an {place} đã phối hợp với các lực lượng khám nghiệm hiện trường, trích xuất hình ảnh từ các máy quay an ninh và truy xét đối tượng.
[Sau {2-40} giờ truy xét|Chỉ sau {2-40} giờ], lực lượng chức năng đã xác định và bắt giữ các đối tượng khi đang lẩn trốn tại {place4}. Tang vật thu giữ gồm {1-7} xe máy, {1-6} điện thoại và một số công cụ phá khóa.
Tại cơ quan công an, bước đầu các đối tượng khai nhận do không có việc làm ổn định, cần tiền tiêu xài nên đã rủ nhau đi trộm cắp. Từ tháng {1-6} đến nay, nhóm này đã gây ra {3-15} vụ trộm trên địa bàn.
?Công an khuyến cáo người dân nâng cao ý thức tự quản lý tài sản, khi để xe phải khóa cổ, khóa càng và không để tài sản có giá trị trong cốp xe.
Vụ việc đang được cơ quan chức năng tiếp tục điều tra, làm rõ và xử lý theo quy định của pháp luật.""",
    ),
    Form(
        "weather",
        "de",
        0,
        """Wetter in {place} am {day}: {sky}
Am {day} ist es in {place} und Umgebung {sky}. Die Temperaturen steigen tagsüber auf {5-19} bis {20-33} Grad, in der Nacht sinken sie auf {0-4} Grad, in höheren Lagen auf {0-3} Grad.
Der Wind weht schwach bis mäßig aus {wind}, in Böen erreicht er {20-70} Kilometer pro Stunde. Die Wahrscheinlichkeit für Niederschlag liegt am Vormittag bei {5-90} Prozent und am Nachmittag bei {5-90} Prozent. Die Sonne scheint etwa {1-12} Stunden.
Wer im Freien arbeitet, sollte auf ausreichend Schutz achten und genug trinken. Autofahrer müssen am Morgen mit Nebelfeldern in den Tälern und mit rutschigen Straßen durch nasses Laub rechnen, vor allem auf den Strecken durch den Wald.
In den folgenden Tagen bleibt es in {place2} {sky2}. Zum Wochenende hin erwarten die Meteorologen um {who} eine Umstellung der Wetterlage. Die nächste Vorhersage erscheint am Abend um {17-21} Uhr.""",
    ),
    Form(
        "weather",
        "ja",
        0,
        """{place}のあすの天気は{sky}
気象台によると、あす{1-28}日の{place}は{sky}で、{wind}がやや強く吹く見込みです。朝の最低気温は{1-18}度、日中の最高気温は{19-36}度と予想されています。
降水確率は午前が{10-90}パーセント、午後が{10-90}パーセントです。海上では波の高さが{1-4}メートルとなり、沿岸部では高波に注意が必要です。
外出の際は折りたたみ傘を持ち、こまめに水分を補給するなど、体調の管理に十分気をつけてください。山沿いの地域では急な雷雨のおそれがあるため、川の近くでの作業は控えるようにしましょう。
隣の{place2}では{sky2}、気温は{15-30}度前後となりそうです。週末にかけては前線の影響で天気が変わりやすくなる見通しで、気象台の{who}予報官は最新の情報を確認するよう呼びかけています。""",
    ),
    Form(
        "lottery",
        "vi",
        1,
        """Kết quả xổ số {place} {day} ngày {1-28}/{1-12}
Công ty xổ số {place} vừa công bố kết quả kỳ quay thưởng mở vào lúc {15-18} giờ {10-50} phút {day}, ngày {1-28}/{1-12}.
Giải đặc biệt thuộc về dãy số {100000-999999}, trị giá {1-3} tỷ đồng. Giải nhất: {10000-99999}. Giải nhì: {10000-99999}. Giải ba: {10000-99999} và {10000-99999}. Giải tư: {10000-99999}, {10000-99999}, {10000-99999}. Giải năm: {1000-9999}. Giải sáu: {1000-9999}, {1000-9999}. Giải bảy: {100-999}. Giải tám: {10-99}.
[Người trúng thưởng cần giữ vé nguyên vẹn|Vé trúng thưởng phải còn nguyên hình nguyên khổ], không rách rời, không chắp vá, không tẩy xóa, và lĩnh thưởng trong thời hạn ba mươi ngày kể từ ngày mở thưởng. Quá thời hạn trên, vé trúng thưởng không còn giá trị.
Giải đặc biệt được trả bằng tiền mặt hoặc chuyển khoản tại trụ sở công ty; các giải từ giải nhất trở xuống có thể lĩnh tại các đại lý trên toàn tỉnh. Người trúng thưởng nộp thuế thu nhập theo quy định đối với phần vượt quá mười triệu đồng.
?Kỳ trước, một vé trúng giải đặc biệt được bán tại {place2} cho một người làm nghề tự do; hai vé trúng giải phụ được bán ở {place3}.
Tiền bán vé được dùng để xây dựng trường học, trạm y tế và các công trình phúc lợi. Kỳ quay thưởng tiếp theo diễn ra vào {day2} tuần này tại hội trường công ty, người dân có thể đến xem trực tiếp.""",
    ),
    Form(
        "weather",
        "en",
        1,
        """{place} weather: {sky} expected on {day}
Forecasters expect {sky} in {place} on {day}, with a high of {15-34} degrees and a low of {0-14} degrees overnight. Winds will be {wind}, reaching {5-60} kilometres an hour on the coast.
The chance of rain is {5-95} percent in the morning and {5-95} percent in the afternoon. Humidity will be around {40-95} percent and the pollen count is {level}. The sun rises at {5-7}:{10-59} and sets at {17-21}:{10-59}.
[Drivers should allow more time for their journeys|Motorists are asked to take extra care], as surface water can gather quickly on low-lying roads near the river. Anyone working outdoors is advised to drink enough, to wear a hat and to take regular breaks in the shade.
?The river at {place2} stood at {1-6}.{10-99} metres this morning and is expected to stay below the warning mark during the next days.
Looking ahead, {place3} and the villages around it will see {sky2} towards the end of the week, with temperatures close to the average for the season. The weather office says that confidence in the outlook beyond {day2} is low.
Our next update follows at {4-11} this evening. You can sign up for warnings by text message free of charge at any library, town hall or post office.""",
    ),
    Form(
        "match",
        "en",
        1,
        """{team} {2-5}-{0-1} {team2}: {who} seals win
{team} beat {team2} {2-5}-{0-1} on {day} in round {2-37} of the Coastal League, with {who} scoring after {3-30} minutes and {who2} adding a second shortly before the break.
The home side [started brightly|were on top from the whistle] and took the lead when {who} turned in a low cross at the near post. It was the striker's {ordinal} goal of the season. {who2} doubled the advantage in the {31-44}th minute with a shot from the edge of the area that gave the goalkeeper no chance.
[The visitors made two changes at half-time|After the break the visitors pushed forward] and had more of the ball, but they rarely looked like scoring against a well organised defence. {who3} hit the bar with {5-25} minutes left, and {who4} was booked for a late challenge.
“I am very proud of the players, they gave everything today and we deserved the three points,” the manager said afterwards. “We take it one game at a time and we will not get carried away.”
?The crowd of {2000-29000} stood to applaud at the final whistle, and the players did a lap of the pitch to thank them.
The result lifts {team} to {ordinal2} in the table with {20-70} points, while {team2} stay {ordinal3} on {10-40}. Next week {team} travel to {team3}, and {team2} host {team4} on {day2}.""",
    ),
    Form(
        "gold",
        "vi",
        1,
        """Giá vàng hôm nay {1-28}/{1-12}: vàng miếng [tăng|giảm] {100-900} nghìn đồng mỗi lượng
Mở cửa phiên sáng {1-28}/{1-12}, giá vàng miếng tại {place} được các doanh nghiệp niêm yết ở mức {70-99},{10-99} triệu đồng một lượng mua vào và {100-140},{10-99} triệu đồng một lượng bán ra, [tăng|giảm] {100-900} nghìn đồng so với chốt phiên trước.
Giá vàng nhẫn tròn trơn của {firm} giao dịch ở mức {70-99},{10-99} – {100-140},{10-99} triệu đồng một lượng. Tại {place2}, giá vàng nữ trang mua vào {60-95},{10-99} triệu đồng, bán ra {96-120},{10-99} triệu đồng. Chênh lệch giữa giá mua và giá bán là {1-4},{1-9} triệu đồng.
Trên thị trường thế giới, giá vàng giao ngay ở mức {1900-4200},{10-99} đô la một ounce, [tăng|giảm] {5-60},{1-9} đô la so với phiên liền trước. Quy đổi theo tỷ giá ngân hàng, giá vàng thế giới thấp hơn giá trong nước khoảng {2-18},{1-9} triệu đồng.
[Các chuyên gia cho rằng giá vàng còn phụ thuộc|Giới phân tích nhận định giá vàng phụ thuộc] vào quyết định lãi suất của ngân hàng trung ương, diễn biến của đồng đô la và nhu cầu mua vào của các quỹ đầu tư. Nhà đầu tư cá nhân nên thận trọng, không vay tiền để mua vàng và chỉ giao dịch tại các cửa hàng được cấp phép.
?Ghi nhận tại các cửa hàng sáng nay, lượng khách đến giao dịch không nhiều, chủ yếu là người mua với số lượng nhỏ để tích lũy.
Tỷ giá trung tâm được công bố ở mức {23-26}.{100-999} đồng một đô la. Giá trên có thể thay đổi trong ngày tùy theo từng doanh nghiệp.""",
    ),
    Form(
        "obituary",
        "vi",
        1,
        """Tin buồn: ông {who} từ trần
Gia đình chúng tôi vô cùng thương tiếc báo tin: chồng, cha, ông của chúng tôi là ông {who}, sinh năm {1925-1960}, quê quán xã {place}, nguyên cán bộ {firm}, đã từ trần hồi {1-23} giờ {10-59} phút ngày {1-28}/{1-12} tại nhà riêng ở {place2}, hưởng thọ {70-99} tuổi.
[Lễ viếng được tổ chức|Lễ viếng bắt đầu] từ {6-9} giờ ngày {1-28}/{1-12} tại nhà tang lễ {place3}. Lễ truy điệu lúc {10-14} giờ cùng ngày, sau đó an táng tại nghĩa trang quê nhà {place}.
Sinh thời, ông là người sống giản dị, chan hòa với bà con lối xóm, hết lòng vì công việc chung. Ông tham gia công tác từ năm {1945-1975}, đã được tặng thưởng {2-6} huân chương, huy chương và huy hiệu {30-70} năm tuổi đảng cùng nhiều bằng khen, giấy khen của các cấp.
?Trong những năm nghỉ hưu, ông dành nhiều thời gian dạy chữ cho các cháu nhỏ trong xóm, chăm sóc vườn cây và ghi chép lại những câu chuyện của quê hương.
Ông để lại vợ là bà {who2}, {2-6} người con, {3-12} cháu nội, cháu ngoại và các chắt. Con trưởng là anh {who3}.
Gia đình xin chân thành cảm ơn các bác sĩ, y tá của bệnh viện đã tận tình chăm sóc, cảm ơn các cơ quan, đoàn thể, bạn bè gần xa đã đến viếng, gửi vòng hoa và chia buồn. Trong lúc tang gia bối rối không tránh khỏi sơ suất, kính mong quý vị niệm tình lượng thứ. Gia đình xin miễn chấp điếu.""",
    ),
    Form(
        "traffic",
        "en",
        1,
        """{road} closed at {place} after {2-5}-vehicle crash
The {road} is closed in both directions near {place} after a collision involving {2-5} vehicles shortly after {5-11} o'clock on {day}. Traffic is queuing for about {2-12} kilometres and delays of up to {20-90} minutes are reported.
Emergency services, including {2-6} ambulances and a helicopter, are at the scene. [{1-4} people were taken to hospital|{1-4} people have been taken to hospital] in {place2}; their injuries are not thought to be life-threatening. Recovery work is expected to last until {12-22} o'clock.
Drivers heading for the coast should leave at junction {1-19} and follow the signs for {place3}; those heading inland should leave at junction {20-39} and rejoin the {road} by way of the {road2}. Heavy vehicles should not use the old bridge, which has a weight limit.
?Bus routes {1-40} and {41-90} are diverted, and passengers should expect to wait longer than usual.
A spokesman for the police said: “Please avoid the area if you can, plan your journey ahead and be patient. Do not slow down to take pictures: officers will report anyone who uses a telephone at the wheel.” Witnesses, or drivers with a camera in their car, are asked to ring the traffic desk and quote incident {100-999}.
We will update this page when the road is open again.""",
    ),
    Form(
        "job",
        "vi",
        1,
        """{firm} tuyển {5-200} lao động làm việc tại {place}
Công ty {firm} thông báo tuyển dụng {5-200} lao động phổ thông và {1-20} kỹ thuật viên làm việc tại nhà máy ở {place}, nhận việc từ ngày {1-28}/{1-12}.
Yêu cầu: nam, nữ tuổi từ {18-20} đến {35-45}, sức khỏe tốt, tốt nghiệp trung học cơ sở trở lên; ưu tiên người đã có {1-4} năm kinh nghiệm. Kỹ thuật viên cần có bằng nghề điện, cơ khí hoặc tương đương.
[Quyền lợi của người lao động|Người lao động được hưởng]: thu nhập từ {6-9} đến {10-18} triệu đồng một tháng, thưởng chuyên cần {200-900} nghìn đồng, hỗ trợ nhà trọ và xăng xe, cơm ca miễn phí, đóng bảo hiểm đầy đủ theo quy định, nghỉ phép {12-16} ngày mỗi năm, được khám sức khỏe định kỳ và tham quan du lịch cùng công ty.
Hồ sơ gồm đơn xin việc, sơ yếu lý lịch có xác nhận của địa phương, giấy khám sức khỏe không quá sáu tháng, bản sao căn cước công dân và các bằng cấp liên quan. Người lao động không phải nộp bất kỳ khoản phí nào khi nộp hồ sơ và phỏng vấn.
?Công ty có xe đưa đón công nhân theo các tuyến {place2} và {place3}, giờ xe chạy được niêm yết tại cổng nhà máy.
Hồ sơ nộp trực tiếp tại phòng nhân sự trong giờ hành chính, từ {day} đến {day2}, hoặc gửi qua trung tâm dịch vụ việc làm. Liên hệ chị {who}, điện thoại 0{900-989} {100-999} {100-999}.""",
    ),
    Form(
        "police",
        "en",
        1,
        """Police appeal after {crime} in {place}
Police are appealing for witnesses after a {crime} in {street} Street, {place}, at about {1-11} o'clock on {day} night.
A {20-80}-year-old {job} was approached by {number} men, one of whom was carrying a {thing}. They made off on foot towards {street2} Lane with a bag, a telephone and about {20-900} marks in cash. The victim was shaken but not badly hurt.
The first man is described as about {19-50} years old, of medium build, wearing a {colour} jacket and dark trousers. The second was taller and wore a {colour2} cap.
[Officers are studying pictures from cameras in the area|Detectives are looking at camera footage from the area] and have been going from door to door. Detective {who}, who leads the inquiry, said: “This was a frightening experience for the victim and we are determined to find those responsible. We believe that several people were nearby at the time, and we would ask anyone who saw something, however small it may seem, to come forward.”
?Extra patrols will be carried out in the neighbourhood over the next days, and residents who are worried may speak to any officer.
Anyone with information should ring the police on the usual number, quoting reference {100-999}/{10-99}, or leave a message without giving a name on the free line, which is open day and night.""",
    ),
    Form(
        "market",
        "zh",
        1,
        """云溪股市收盘：综合指数报{2000-4900}点
云溪交易所综合指数今日收报{2000-4900}.{10-99}点，较前一交易日变动{0-3}.{10-99}个百分点，全天成交额为{300-900}亿元。分类指数报{8000-15000}.{10-99}点。
个股方面，{firm}上涨{1-9}.{10-99}个百分点，收于每股{5-90}.{10-99}元；{firm2}上涨{1-6}.{10-99}个百分点；{firm3}下跌{1-9}.{10-99}个百分点，成为当日跌幅最大的股票。
分析人士{who}认为，市场短期内仍将维持震荡格局，投资者应当关注企业业绩的变化，控制仓位，避免盲目追高。随着各项政策逐步落实，中长期走势有望保持平稳，优质企业的估值优势将会逐渐显现。
外汇市场方面，本币兑美元中间价报{6-7}.{1000-9999}。黄金现货价格为每克{380-990}.{10-99}元。债券市场收益率变化不大，十年期国债收益率为{1-3}.{10-99}个百分点。""",
    ),
    Form(
        "police",
        "fr",
        1,
        """{place} : un accident fait {1-5} blessés {day}
Un accident de la circulation s'est produit {day} vers {6-22} heures sur la départementale {10-990}, à l'entrée de {place}. {1-5} personnes ont été blessées, dont un conducteur de {19-88} ans, habitant de {place2}.
Les pompiers, venus avec {2-6} véhicules et {8-30} hommes, ont dû désincarcérer l'un des occupants. Les blessés ont été transportés à l'hôpital de {place3}. La route a été fermée pendant {1-4} heures et une déviation a été mise en place par les services du département.
Les gendarmes ont ouvert une enquête pour déterminer les circonstances exactes de l'accident. Ils rappellent que la vitesse, l'alcool et le téléphone au volant restent les premières causes de mortalité sur les routes, et appellent chacun à la plus grande prudence, en particulier par temps de pluie.
Le maire, {who}, s'est rendu sur place. Il demande depuis plusieurs années l'aménagement de ce carrefour, où {2-9} accidents ont déjà eu lieu depuis le mois de janvier. Une réunion avec les riverains est prévue {day2} prochain à la salle des fêtes.""",
    ),
)  # fmt: skip

_WORDS = {  # of no use to more than a form or two
    "month": "January|February|March|April|September|October|November",
    "ordinal": "second|third|fourth|fifth|sixth|seventh|eighth|ninth",
    "job": "nurse|joiner|schoolteacher|postman|clockmaker|bookkeeper|warehouse manager|electrician|cook",
    "club": "choir|bowls club|allotment society|brass band|rambling club",
    "level": "low|moderate|high|very high",
    "crime": "robbery|burglary|mugging|theft",
    "street": "Mill|Church|Castle|Orchard|Station|Quay|Tanner|Bell",
    "number": "two|three|four",
    "thing": "knife|crowbar|hammer|stick",
    "colour": "blue|black|grey|green|red|brown",
}
_ROADS = {
    "vi": "quốc lộ 47B|đường Bến Cũ|đường tỉnh 516|đường Lê Quang|quốc lộ 217",
    "en": "A731|B4410|M62 link|Ennis bypass|A98|Coast Road",
}
_SLOT = re.compile(r"\{(?:(\d+)-(\d+)|(\w+?)(\d*))\}")
_CHOICE = re.compile(r"\[([^\]]+)\]")


class Filler:
    """Fills in a form. ``wording`` chooses words, ``chance`` what is reported.

    With ``another``, the report is that of ``chance`` again, with everything that its headline names and ``share`` of
    the rest put in anew: another report that differs in few places.
    """

    def __init__(
        self, form: Form, chance: random.Random, wording: random.Random, another: random.Random | None = None,
        share: float = 0.0,
    ) -> None:  # fmt: skip
        self.form, self.chance, self.wording, self.another, self.share = form, chance, wording, another, share
        self.pools = {**_WORDS, **POOLS[form.language], "road": _ROADS.get(form.language, "")}
        self.drawn: dict[str, list[str]] = {}
        self.titled: dict[str, list[str]] = {}  # the numbers of the headline, which come again in the text
        self.in_title = True

    def report(self, all_lines: bool = True) -> tuple[str, list[str]]:
        """Its headline and its paragraphs."""
        lines = []
        for line in self.form.lines.split("\n"):
            chosen = _CHOICE.sub(lambda match: self.wording.choice(match[1].split("|")), line.removeprefix("?"))
            if not line.startswith("?") or all_lines or self.wording.random() < 0.6:
                lines.append(_SLOT.sub(self._slot, chosen))
            self.in_title = False
        return lines[0], lines[1:]

    def _slot(self, match: re.Match[str]) -> str:
        if match[1]:
            return self._number(match[0], int(match[1]), int(match[2]))
        if match[3] not in self.drawn:
            values = self.pools[match[3]].split("|")
            first_order = self.chance.sample(values, len(values))
            anew = self.another is not None and self._anew()
            self.drawn[match[3]] = first_order[1:] + first_order[:1] if anew else first_order
        return self.drawn[match[3]][int(match[4] or 1) - 1]

    def _number(self, slot: str, low: int, high: int) -> str:
        if not self.in_title and self.titled.get(slot):
            return self.titled[slot].pop(0)
        first = self.chance.randint(low, high)
        number = str(self.another.randint(low, high) if self.another and self._anew() else first)
        if self.in_title:
            self.titled.setdefault(slot, []).append(number)
        return number

    def _anew(self) -> bool:
        assert self.another is not None
        return self.in_title or self.another.random() < self.share
