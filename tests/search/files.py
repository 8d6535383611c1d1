"""Files of every kind, made here, with Polish text in known places."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
FIRST, SECOND = "Zażółć gęślą jaźń na stronie pierwszej.", "Opłata za psa na stronie drugiej."


def font() -> Path:
    spec = find_spec("font_source_sans_pro")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "files" / "SourceSansPro-Regular.ttf"


def pdf(*pages: str) -> bytes:
    document = FPDF()
    document.add_font("F", "", font())
    document.set_font("F", size=14)
    for page in pages:
        document.add_page()
        document.multi_cell(0, 8, page)
    return bytes(document.output())


def scan(*texts: str) -> bytes:
    """A PDF whose pages are pictures of the texts."""
    document = FPDF()
    for text in texts:
        picture = Image.new("L", (1200, 400), 255)
        ImageDraw.Draw(picture).text((60, 120), text, fill=0, font=ImageFont.truetype(str(font()), 72))
        document.add_page()
        document.image(picture, w=180)
    return bytes(document.output())


def png(text: str) -> bytes:
    picture = Image.new("L", (1200, 300), 255)
    ImageDraw.Draw(picture).text((60, 80), text, fill=0, font=ImageFont.truetype(str(font()), 72))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def package(**parts: str | bytes) -> bytes:
    """A ZIP archive; ``__`` in a name is a slash, ``_xml`` at its end ``.xml``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def docx(body: str = "") -> bytes:
    body = body or (
        f"<w:p><w:r><w:t>{FIRST}</w:t></w:r></w:p><w:p><w:r><w:br w:type='page'/><w:t>{SECOND}</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>skreślone</w:delText></w:r></w:del></w:p>"
    )
    document = f"<w:document xmlns:w='{WORD}'><w:body>{body}</w:body></w:document>"
    footer = f"<w:ftr xmlns:w='{WORD}'><w:p><w:r><w:t>Stopka dokumentu</w:t></w:r></w:p></w:ftr>"
    return package(word__document_xml=document, word__footer1_xml=footer)


def odt() -> bytes:
    content = (
        f"<office:document-content xmlns:office='{OFFICE}' xmlns:text='{TEXT}'><office:body><office:text>"
        f"<text:p>{FIRST}</text:p><text:p><text:soft-page-break/>{SECOND}</text:p>"
        "<text:tracked-changes><text:p>usunięte</text:p></text:tracked-changes>"
        "</office:text></office:body></office:document-content>"
    )
    return package(mimetype="application/vnd.oasis.opendocument.text", content_xml=content)


def xlsx() -> bytes:
    shared = f"<sst xmlns='{SHEET}'><si><t>{FIRST}</t></si></sst>"
    sheet = f"<worksheet xmlns='{SHEET}'><sheetData><row>{{cells}}</row></sheetData></worksheet>"
    one = sheet.format(cells="<c t='s'><v>0</v></c><c><v>1234</v></c>")
    two = sheet.format(cells=f"<c t='inlineStr'><is><t>{SECOND}</t></is></c>")
    return package(
        xl__workbook_xml=f"<workbook xmlns='{SHEET}'/>", xl__sharedStrings_xml=shared,
        xl__worksheets__sheet1_xml=one, xl__worksheets__sheet2_xml=two,
    )  # fmt: skip


def rtf() -> bytes:
    first = "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in FIRST)
    second = "".join(c if c.isascii() else f"\\'{c.encode('cp1250')[0]:02x}" for c in SECOND)
    head = r"{\rtf1\ansi\ansicpg1250{\fonttbl{\f0 Arial;}}{\*\generator Zbedne;}\uc1 "
    return f"{head}{first}\\page {second}\\par}}".encode("ascii")


def html(charset: str = "utf-8") -> bytes:
    text = (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>Tytuł</title><script>zły()</script></head>"
        f"<body><p>{FIRST}</p><style>p{{}}</style><p>Opłata&nbsp;<b>za</b> psa</p></body></html>"
    )
    return text.encode(charset)
