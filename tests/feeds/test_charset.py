"""From bytes to text: the right encoding for honest pages, some text for every other."""

from __future__ import annotations

import codecs
import encodings
import gzip
import pkgutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.reading.page.charset import MAX_UNPACKED, decode

TEXT = "Thời sự: Đặng Thị Ngọc Thịnh thăm làng nghề"
FRENCH = "<p>Le café où l’été s’achève à Noël, déjà.</p>"
CODECS = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        # a byte order mark wins over everything
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=iso-8859-1", TEXT),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "text/html; charset=utf-8", TEXT),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "", TEXT),
        # then UTF-8 that is no plain ASCII, whatever is said of it
        (TEXT.encode(), "text/html; charset=windows-1252", TEXT),
        (b"<meta charset=windows-1258>" + TEXT.encode(), "", "<meta charset=windows-1258>" + TEXT),
        # then the header, before the page's own word
        ("<meta charset=koi8-r>é".encode("cp1252"), "text/html; charset=windows-1252", "<meta charset=koi8-r>é"),
        (FRENCH.encode("cp1252"), 'text/html; Charset = "ISO-8859-1"', FRENCH),
        ("Привет".encode("koi8-r"), "text/html;charset='koi8-r'", "Привет"),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16le", TEXT),
        # then the page's own word
        ('<meta charset="koi8-r">Привет'.encode("koi8-r"), "text/html", '<meta charset="koi8-r">Привет'),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>新闻".encode("gbk"),
            "",
            "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>新闻",
        ),
        (
            '<?xml version="1.0" encoding="Shift_JIS"?><a>ニュース</a>'.encode("cp932"),
            "text/xml",
            '<?xml version="1.0" encoding="Shift_JIS"?><a>ニュース</a>',
        ),
        ("<meta charset=windows-874>ข่าว".encode("cp874"), "", "<meta charset=windows-874>ข่าว"),
        # a page that can be read byte by byte is not UTF-16, whatever it says of itself
        (b"<meta charset=utf-16>Tin", "", "<meta charset=utf-16>Tin"),
        (b'<?xml version="1.0" encoding="UTF-16"?>Tin', "", '<?xml version="1.0" encoding="UTF-16"?>Tin'),
        # then detection
        (
            ("<p>Новости нашей области за сегодня, коротко о главном.</p>" * 20).encode("cp1251"),
            "text/html",
            "<p>Новости нашей области за сегодня, коротко о главном.</p>" * 20,
        ),
        (b"plain", "", "plain"),
        (b"", "text/html; charset=utf-8", ""),
    ],
)
def test_encodings_are_believed_in_their_order(body: bytes, content_type: str, text: str) -> None:
    """Pages of servers that are wrong about their own encoding would come out garbled."""
    assert decode(body, content_type) == text


@pytest.mark.parametrize(
    "label",
    [
        "zip",
        "hex",
        "rot13",
        "bz2",
        "base64",
        "idna",
        "punycode",
        "undefined",
        "utf-7",
        "unicode_escape",
        "charmap",
        "nonsense",
        "x" * 5000,
        "../etc",
        "é",
    ],
)
def test_labels_that_are_no_encoding_are_passed_over(label: str) -> None:
    """A page could end its worker, or smuggle markup, by naming a codec that is none of text."""
    body = FRENCH.encode("cp1252") + b"+ADw-script+AD4- \\u003cscript\\u003e xn--a"
    for content_type, head in ((f"text/html; charset={label}", b""), ("", f"<meta charset='{label}'>".encode())):
        text = decode(head + body, content_type)
        assert "caf" in text
        assert "<script>" not in text


@pytest.mark.parametrize("name", CODECS)
def test_no_codec_of_pythons_makes_it_fail(name: str) -> None:
    """A page could end its worker by the encoding it claims."""
    for body in (b"caf\xe9 \\z \\ud800 +2AA-", b"\x80\x81\xff" * 50, bytes(range(256)), b"xn--a.-.xn--" + b"\xff"):
        decode(body, f"text/html; charset={name}").encode()


def test_one_bad_byte_spoils_one_character() -> None:
    """A page with one broken character would come out garbled whole."""
    body = (TEXT * 20).encode() + b"\xff" + (TEXT * 20).encode()
    assert decode(body, "text/html; charset=utf-8") == TEXT * 20 + "\ufffd" + TEXT * 20
    assert decode(b"<meta charset=utf-8>" + body) == "<meta charset=utf-8>" + TEXT * 20 + "\ufffd" + TEXT * 20


@settings(max_examples=150)
@given(
    st.binary(max_size=400),
    st.text(max_size=40) | st.sampled_from(CODECS).map(lambda name: f"text/html; charset={name}"),
)
def test_any_bytes_are_some_text(body: bytes, content_type: str) -> None:
    """Random bytes from a broken server would end the worker that reads them."""
    decode(body, content_type).encode()


def test_one_bad_byte_costs_one_letter() -> None:
    """A character cut in two by its server would turn a whole Vietnamese feed into other letters."""
    cut = TEXT.encode()[:-10] + b"\xc4 " + TEXT.encode()
    assert TEXT in decode(cut)
    assert decode(cut).count("\ufffd") < 4
    assert decode(FRENCH.encode("cp1252"), "text/html; charset=cp1252") == FRENCH, "and other encodings stay"


@pytest.mark.parametrize("times", [1, 2])
def test_packed_files_are_unpacked(times: int) -> None:
    """A sitemap.xml.gz, which servers send as it is, would be no sitemap."""
    body = TEXT.encode()
    for _ in range(times):
        body = gzip.compress(body)
    assert decode(body) == TEXT
    assert len(decode(gzip.compress(b"x" * 60_000_000))) == MAX_UNPACKED, "and no more than fits into memory"
    assert decode(b"\x1f\x8b\x08 and no more") != ""


def test_a_declaration_that_cannot_be_true_is_not_believed() -> None:
    """A page in an old encoding that says it is UTF-8 would have a mark for each of its accents."""
    assert decode((FRENCH * 4).encode("cp1252"), "text/html; charset=utf-8") == FRENCH * 4
