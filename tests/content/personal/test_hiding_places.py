"""Places in files where few people look: each secret is found where a reader could, and gone from the copy's bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image

from portal.content.personal import review
from portal.content.personal.hands import __main__ as hands
from portal.content.personal.hands.pieces import NotRemoved
from portal.content.personal.review import Finding
from search.extraction import readers
from tests.content.personal import hiding
from tests.content.personal.test_files import everything, targets

SECRET = "44051401359"
SAID = f"PESEL {SECRET}"


def read(data: bytes) -> list[dict[str, Any]]:
    """The pieces of a file, read here: the process of its own has tests of its own."""
    pieces: list[dict[str, Any]] = hands.ACTS["inspect"](readers.kind_of(data), data, {})[0]["pieces"]
    return pieces


def found(data: bytes) -> list[Finding]:
    return [one for piece in review.pieces_of("file", read(data)) for one in review.findings(piece)]


def redacted(data: bytes, findings: list[Finding]) -> tuple[dict[str, Any], bytes]:
    return hands.ACTS["redact"](readers.kind_of(data), data, {"targets": targets(findings)})


def gone(data: bytes) -> bool:
    """Is the secret in none of a copy's bytes, in no usual writing?"""
    forms = (
        SECRET.encode(),
        SECRET.encode("utf-16-be"),
        SECRET.encode("utf-16-le"),
        SECRET.encode("utf-16-be").hex().encode(),
    )
    return not any(form in part for part in everything(data) for form in forms)


def changed(change: Callable[[pikepdf.Pdf], Any], *lines: str) -> bytes:
    """A sheet with something planted in it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bytes(hiding.sheet([hiding.KEPT, *lines]).output()))) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def picture_of(pdf: pikepdf.Pdf, data: bytes, filter_: pikepdf.Name, **more: Any) -> None:
    image = pdf.make_stream(
        data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=8, Height=8, Filter=filter_, **more
    )
    pdf.pages[0].add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Im9)
    pdf.pages[0].contents_add(pdf.make_stream(b"q 9 0 0 9 50 50 cm /Im9 Do Q"))


def jpeg2000(pdf: pikepdf.Pdf) -> None:
    """With XMP in a box of its own."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, "JPEG2000")
    words = f"<x:xmpmeta><dc:creator>{SAID}</dc:creator></x:xmpmeta>".encode()
    picture_of(pdf, out.getvalue() + (len(words) + 8).to_bytes(4, "big") + b"xml " + words, pikepdf.Name.JPXDecode)


def jbig2(pdf: pikepdf.Pdf) -> None:
    """A page's segment and a comment (segment type 62)."""
    page = b"\0\0\0\0\x30\0\x01" + (19).to_bytes(4, "big") + b"\0\0\0\x08\0\0\0\x08" + bytes(11)
    words = b"\x20\0\0\0Comment\0" + SAID.encode() + b"\0\0"
    comment = b"\0\0\0\x01\x3e\0\x01" + len(words).to_bytes(4, "big") + words
    picture_of(pdf, page + comment, pikepdf.Name.JBIG2Decode, ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=1)


def layer(pdf: pikepdf.Pdf) -> None:
    """Text on a layer that is switched off, and the layer's name."""
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String(SAID)))
    off = pikepdf.Dictionary(OFF=pikepdf.Array([group]), Order=pikepdf.Array([group]))
    pdf.Root["/OCProperties"] = pikepdf.Dictionary(OCGs=pikepdf.Array([group]), D=off)
    page = pdf.pages[0]
    page.add_resource(group, pikepdf.Name.Properties, pikepdf.Name.MC9)
    helvetica = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.add_resource(pdf.make_indirect(helvetica), pikepdf.Name.Font, pikepdf.Name.H9)
    page.contents_add(pdf.make_stream(f"/OC /MC9 BDC BT /H9 12 Tf 90 90 Td ({SAID}) Tj ET EMC".encode()))


def destination(pdf: pikepdf.Pdf) -> None:
    """The name of a place in the document."""
    here = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
    pdf.Root["/Names"] = pikepdf.Dictionary(Dests=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String(SAID), here])))


def of_programs(pdf: pikepdf.Pdf) -> None:
    """Private data of a program, a thumbnail with words, an alternate picture, a script behind a link."""
    page = pdf.pages[0].obj
    page["/PieceInfo"] = pikepdf.Dictionary(Prog=pikepdf.Dictionary(Private=pdf.make_stream(SAID.encode())))
    page["/Thumb"] = pdf.make_stream(SAID.encode())
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pdf.make_stream(SAID.encode()))
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([1, 1, 9, 9]), A=script
    )
    page["/Annots"] = pikepdf.Array([pdf.make_indirect(link)])


def word_by_word(pdf: pikepdf.Pdf) -> None:
    """A description of the line for screen readers, a part in each element."""
    parts = [
        pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Span, ActualText=pikepdf.String(one)))
        for one in (SECRET[:6], SECRET[6:])
    ]
    root = pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=pikepdf.Array(parts))
    pdf.Root["/StructTreeRoot"] = pdf.make_indirect(root)


VISIBLE = f"Strona: {SAID} w aktach."
PLACES: dict[str, Callable[[pikepdf.Pdf], Any]] = {
    "words in a JPEG 2000": jpeg2000,
    "a comment in a JBIG2": jbig2,
    "a layer switched off": layer,
    "a destination's name": destination,
    "what programs keep for themselves": of_programs,
    "descriptions word by word": word_by_word,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_number_that_stands_elsewhere_in_a_pdf_too_is_in_none_of_the_copys_bytes(place: str) -> None:
    data = changed(PLACES[place], VISIBLE)
    findings = found(data)
    assert SECRET in [one.text for one in findings]
    made = redacted(data, findings)[1]
    assert gone(made)
    if place == "descriptions word by word":
        assert not any(SECRET[:6].encode() in part for part in everything(made))


@pytest.mark.parametrize(
    "place", ["words in a JPEG 2000", "a comment in a JBIG2", "a layer switched off", "a destination's name"]
)
def test_a_number_that_stands_only_where_nobody_looks_is_found(place: str) -> None:
    assert SECRET in [one.text for one in found(changed(PLACES[place]))]


def test_a_font_whose_table_still_says_the_number_stops_the_copy() -> None:
    """One code that stands for eleven digits: the letters go, the table would stay."""

    def plant(pdf: pikepdf.Pdf) -> None:
        said = SECRET.encode("utf-16-be").hex()
        table = f"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <41> <{said}> endbfchar"
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
            ToUnicode=pdf.make_stream(table.encode()),
        )  # fmt: skip
        pdf.pages[0].add_resource(pdf.make_indirect(font), pikepdf.Name.Font, pikepdf.Name.H9)
        pdf.pages[0].contents_add(pdf.make_stream(b"BT /H9 12 Tf 90 90 Td (B) Tj ET"))

    data = changed(plant, VISIBLE)
    with pytest.raises(NotRemoved):
        redacted(data, found(data))


def test_what_of_a_picture_lies_beyond_the_page_does_not_go_on() -> None:
    secret = Image.new("RGB", (600, 300), "white")
    secret.paste("red", (400, 0, 600, 300))
    pdf = hiding.sheet([VISIBLE])
    pdf.image(secret, x=100, y=100, w=300)
    data = bytes(pdf.output())
    assert redacted(data, found(data))[0] == {"report": {"pages": {"1": "picture"}}}


def of_package(name: str, data: str | bytes, kind: str = "docx") -> bytes:
    """An office file whose text says the secret too."""
    said = f"{hiding.KEPT} {SAID}"
    run = f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>"
    parts: dict[str, str | bytes] = {"[Content_Types].xml": "<Types/>"}
    if kind == "docx":
        parts["word/document.xml"] = f"<w:document {hiding.W}><w:body>{run}</w:body></w:document>"
    elif kind == "xlsx":
        parts |= {"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": f"<sst><si><t>{said}</t></si></sst>"}
    else:
        parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": f"<a>{said}</a>"}
    return hiding.package({**parts, name: data})


def noted() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = SAID
    Image.new("RGB", (9, 9), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


OFFICE = {
    "drawing as SVG": of_package("word/media/a.svg", f"<svg><text>{SAID}</text></svg>"),
    "drawing of Windows": of_package("word/media/a.emf", b"\x01\0\0\0" + SAID.encode("utf-16-le") + bytes(3000)),
    "notes of a small picture": of_package("word/media/a.jpg", noted()),
    "a page pasted whole": of_package("word/afchunk.htm", f"<p>{SAID}</p>"),
    "label of a field": of_package(
        "word/footer1.xml", f'<w:ftr {hiding.W}><w:sdt><w:alias w:val="{SAID}"/></w:sdt></w:ftr>'
    ),
    "art lettering": of_package("word/header1.xml", f'<h xmlns:v="urn:v"><v:textpath string="{SAID}"/></h>'),
    "tooltip of a link": of_package(
        "xl/worksheets/sheet1.xml", f'<worksheet><hyperlink tooltip="{SAID}"/></worksheet>', "xlsx"
    ),
    "prompt of a cell": of_package(
        "xl/worksheets/sheet1.xml", f'<worksheet><dataValidation prompt="{SAID}"/></worksheet>', "xlsx"
    ),
    "source of data": of_package("xl/connections.xml", f'<connections><c connection="{SAID}"/></connections>', "xlsx"),
    "pivot table's memory": of_package("xl/pivotCache/pivotCacheRecords1.xml", f'<r><s v="{SAID}"/></r>', "xlsx"),
    "header of a sheet": of_package(
        "xl/worksheets/sheet1.xml", f"<worksheet><oddHeader>{SAID}</oddHeader></worksheet>", "xlsx"
    ),
    "value behind a cell": of_package(
        "styles.xml",
        f'<a xmlns:t="urn:t" xmlns:o="urn:o"><t:table-cell o:value="{SECRET}"/></a>',
        "ods",
    ),
    "name of a printer": of_package("xl/printerSettings/printerSettings1.bin", SAID.encode("utf-16-le"), "xlsx"),
}


@pytest.mark.parametrize("place", OFFICE)
def test_a_number_that_stands_elsewhere_in_an_office_file_too_is_in_none_of_the_copys_bytes(place: str) -> None:
    findings = found(OFFICE[place])
    made = redacted(OFFICE[place], findings)[1]
    assert gone(made)
    if place != "name of a printer":  # it is no person's, and the copy does not carry it
        assert sum(SECRET in one.text for one in findings) >= 2
    assert hiding.KEPT in str(read(made))


def test_a_file_that_opens_without_its_password_is_made_anew_without_it() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bytes(hiding.sheet([VISIBLE]).output()))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user=""))
    assert gone(redacted(out.getvalue(), found(out.getvalue()))[1])


def test_a_broken_table_of_references_is_repaired() -> None:
    data = bytes(hiding.sheet([VISIBLE]).output())
    broken = data[: data.rindex(b"startxref")] + b"startxref\n99999\n%%EOF"
    findings = found(broken)
    assert SECRET in [one.text for one in findings]
    assert gone(redacted(broken, findings)[1])


@pytest.mark.parametrize("kind", [pikepdf.Name.DCTDecode, pikepdf.Name.JPXDecode, pikepdf.Name.JBIG2Decode])
def test_a_page_whose_only_picture_is_broken_is_looked_at_by_a_person(kind: pikepdf.Name) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        picture_of(pdf, b"broken", kind, ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8)
        pdf.save(out)
    assert [one["layers"] for one in read(out.getvalue()) if one["place"] == "page"] == [[(0, 0, "scan")]]
