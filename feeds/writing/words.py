"""Sentences that bantin itself adds to an entry, in the languages it speaks; English otherwise."""

from __future__ import annotations

_WORDS = {
    "en": {
        "partial": "The full text could not be read yet; this is what the site's list says.",
        "disallowed": "The site asks programs not to read this page; this is what its list says.",
        "truncated": "The site shows the beginning of this story only.",
        "long": "This story is longer than a feed can carry; this is its beginning.",
        "credit": "Source",
        "read": "Read it on the site",
        "elsewhere": "Also told by",
        "changed": "Changed after it was first published",
        "title": "headline",
        "summary": "lead",
        "text": "text",
        "failing": "{title} cannot be read at present",
        "failing since": "{title} has not answered as it should since {since}. Stories may be missing until it does.",
        "cause": "Cause",
        "moment": "%d-%02d-%02d %02d:%02d UTC",
    },
    "vi": {
        "partial": "Chưa đọc được toàn văn; đây là phần giới thiệu trên trang danh sách.",
        "disallowed": "Trang nguồn yêu cầu không đọc tự động bài này; đây là phần giới thiệu trên trang danh sách.",
        "truncated": "Trang nguồn chỉ hiển thị phần đầu của bài.",
        "long": "Bài dài hơn mức một bản tin có thể chứa; đây là phần đầu của bài.",
        "credit": "Nguồn",
        "read": "Đọc trên trang nguồn",
        "elsewhere": "Cũng đưa tin này",
        "changed": "Đã sửa sau khi đăng lần đầu",
        "title": "tiêu đề",
        "summary": "sapo",
        "text": "nội dung",
        "failing": "Hiện không đọc được {title}",
        "failing since": "{title} không trả lời đúng từ {since}. Có thể thiếu bài cho đến khi nguồn hoạt động lại.",
        "cause": "Lý do",
        "moment": "%d-%02d-%02d %02d:%02d UTC",
    },
}


def words(language: str | None) -> dict[str, str]:
    """bantin's own words in that language."""
    return _WORDS.get((language or "en").partition("-")[0].lower(), _WORDS["en"])
