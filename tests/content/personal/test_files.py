"""What hides in files is found in its place, and is really gone from the redacted copy: its bytes are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from portal.content.personal import process, review
from portal.content.personal.review import Finding
from tests.content.personal import hiding
from tests.search.files import scan

MAKERS = {
    "pdf": hiding.pdf_with_everything,
    "docx": hiding.docx_with_everything,
    "odt": hiding.odt_with_everything,
    "xlsx": hiding.xlsx_with_everything,
}


def found(data: bytes) -> list[Finding]:
    answer = process.ask("inspect", data)
    assert answer.note == "ok"
    pieces = review.pieces_of("file", (answer.facts or {})["pieces"])
    return [finding for piece in pieces for finding in review.findings(piece)]


def targets(findings: list[Finding]) -> list[dict[str, Any]]:
    return [
        {"place": f.place, "number": f.number, "start": f.start, "end": f.end} for f in findings if f.kind != "picture"
    ]


def everything(data: bytes) -> Iterator[bytes]:
    """The bytes of a file, of every stream of it decompressed, and its strings."""
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
        return
    if not data.startswith(b"%PDF"):
        return
    with pikepdf.open(io.BytesIO(data)) as pdf:
        yield repr([*pdf.objects, pdf.trailer]).encode()
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                pictured = one.get("/Filter") in ("/DCTDecode", "/JPXDecode", "/JBIG2Decode")
                yield one.read_raw_bytes() if pictured else one.read_bytes()


def shown(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_secret_in_every_hiding_place_is_found_and_really_removed(kind: str) -> None:
    data, planted = MAKERS[kind]()
    findings = found(data)
    read = " ".join(finding.text for finding in findings)
    assert [place for place, secret in planted.items() if secret not in read and place != "thumbnail"] == []
    made = process.ask("redact", data, targets=targets(findings))
    assert made.note == "ok"
    for secret in planted.values():
        for form in (secret.encode(), secret.encode("utf-16-be"), secret.encode("utf-16-be").hex().encode()):
            assert not any(form in part for part in everything(made.made)), secret
    kept = process.ask("inspect", made.made).facts
    assert hiding.KEPT in str(kept)


def test_how_each_secret_was_hidden_is_said() -> None:
    data, planted = hiding.pdf_with_everything()
    place = {secret: name for name, secret in planted.items()}
    said = {place[f.text]: (f.place, f.layer) for f in found(data) if f.text in place}
    assert said["under_box"] == ("page", "under_box")
    assert said["under_picture"] == ("page", "under_picture")
    assert said["white"] == ("page", "white")
    assert said["tiny"] == ("page", "tiny")
    assert said["outside"] == ("page", "outside")
    assert said["comment"][0] == "comment"
    assert said["earlier"][0] == "earlier_revision"
    assert said["attached"][0] == "attachment_inside"


def test_a_plain_page_is_edited_and_its_other_words_stay_letters() -> None:
    pdf = hiding.sheet([hiding.KEPT, "Wnioskodawca Jan Kowalski, PESEL 44051401359, prosi o pomoc."])
    data = bytes(pdf.output())
    made = process.ask("redact", data, targets=targets(found(data)))
    assert made.facts == {"report": {"pages": {"1": "edited"}}}
    text = shown(made.made)
    assert hiding.KEPT in text
    assert "prosi o pomoc" in text
    assert "Kowalsk" not in text
    assert "44051401359" not in text


def test_a_scan_is_painted_over_and_must_be_looked_at() -> None:
    data = scan("Jan Kowalski, PESEL 44051401359")
    assert [(one.kind, one.layer) for one in found(data)] == [("picture", "scan")]
    made = process.ask("redact", data, targets=[{"number": 1, "box": [0, 0, 100, 50]}])
    before, after = (pypdfium2.PdfDocument(one)[0].render(scale=0.5).to_pil() for one in (data, made.made))
    assert before.getpixel((after.width // 2, 3)) != (0, 0, 0)
    assert after.getpixel((after.width // 2, 3)) == (0, 0, 0)


def black_over(data: bytes, made: bytes, secret: str) -> bool:
    """Is the picture of the copy black in the middle of every letter that ``secret`` had on the first page?"""
    page = pypdfium2.PdfDocument(data)[0]
    text = page.get_textpage()
    start = text.get_text_range().index(secret)
    boxes = [text.get_charbox(place) for place in range(start, start + len(secret))]
    picture = pypdfium2.PdfDocument(made)[0].render(scale=2).to_pil().convert("L")
    turned, (width, height) = page.get_rotation(), page.get_size()
    left, bottom, *_ = page.get_bbox()
    for one in boxes:
        x, y = (one[0] + one[2]) / 2 - left, (one[1] + one[3]) / 2 - bottom
        across, down = {0: (x, height - y), 90: (y, x), 180: (width - x, y), 270: (width - y, height - x)}[turned]
        if picture.getpixel((int(across * 2), int(down * 2))) > 40:
            return False
    return True


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_bars_stand_where_the_letters_were_on_turned_and_cut_pages(turned: int) -> None:
    pdf = hiding.sheet([hiding.KEPT])
    pdf.image(Image.new("RGB", (4, 4), "yellow"), x=5, y=15, w=120, h=12)
    pdf.text(12, 22, "Numer PESEL 44051401359 w aktach.")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bytes(pdf.output()))) as opened:
        opened.pages[0].obj["/CropBox"] = pikepdf.Array([20, 600, 500, 835])
        opened.pages[0].obj["/Rotate"] = turned
        opened.save(out)
    data = out.getvalue()
    made = process.ask("redact", data, targets=targets(found(data)))
    assert made.facts == {"report": {"pages": {"1": "picture"}}}
    assert black_over(data, made.made, "44051401359")
    assert "PESEL" in shown(made.made)
    assert "44051401359" not in shown(made.made)


def test_what_a_field_draws_on_its_page_is_found_and_painted_over() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bytes(hiding.sheet([hiding.KEPT]).output()))) as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        drawn = pdf.make_stream(
            b"BT /H 14 Tf 5 8 Td (44051401359) Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
            BBox=pikepdf.Array([0, 0, 200, 30]), Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(H=font)),
        )  # fmt: skip
        stamp = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=pikepdf.Array([100, 400, 300, 430]), F=4,
            AP=pikepdf.Dictionary(N=drawn),
        )  # fmt: skip
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(stamp)])
        pdf.save(out)
    findings = found(out.getvalue())
    assert [(one.place, one.text) for one in findings] == [("drawn_over", "44051401359")]
    made = process.ask("redact", out.getvalue(), targets=targets(findings))
    picture = pypdfium2.PdfDocument(made.made)[0].render(scale=1).to_pil().convert("L")
    assert picture.crop((102, picture.height - 428, 298, picture.height - 402)).getextrema()[1] < 40
    assert not any(b"44051401359" in part for part in everything(made.made))


def test_pixels_of_a_picture_are_replaced_and_its_notes_gone() -> None:
    picture, out = Image.new("RGB", (200, 100), "white"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "PESEL 44051401359"
    picture.save(out, "JPEG", exif=exif)
    assert "44051401359" in [one.text for one in found(out.getvalue())]
    made = process.ask("redact", out.getvalue(), targets=[{"number": 1, "box": [0, 0, 50, 100]}])
    with Image.open(io.BytesIO(made.made)) as after:
        assert after.getpixel((20, 50)) == (0, 0, 0)
        assert after.getpixel((180, 50)) == (255, 255, 255)
    assert b"44051401359" not in made.made


def test_an_archive_is_looked_into_and_a_recording_waits_for_a_listener() -> None:
    pdf = bytes(hiding.sheet(["PESEL 44051401359"]).output())
    archive = hiding.package({"Wniosek Jana Kowalskiego.pdf": pdf})
    assert {one.text for one in found(archive)} == {"Jana Kowalskiego", "44051401359"}
    recording = b"\x00\x00\x00\x18ftypmp42" + bytes(600)
    assert [(one.kind, one.layer) for one in found(recording)] == [("picture", "recording")]


def test_pictures_inside_a_pdf_lose_what_was_written_into_them() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Aparat Jana Kowalskiego"
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "green").save(picture, "JPEG", exif=exif)
    pdf = hiding.sheet(["PESEL 44051401359"])
    pdf.image(picture, x=50, y=100, w=20)
    data = bytes(pdf.output())
    made = process.ask("redact", data, targets=targets(found(data)))
    assert any(b"Kowalskiego" in part for part in everything(data))
    assert not any(b"Kowalskiego" in part for part in everything(made.made))
    assert pypdfium2.PdfDocument(made.made)[0].render().to_pil().getpixel((170, 310)) != (255, 255, 255)


def locked() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(bytes(hiding.sheet(["Tajne"]).output()))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def bomb() -> bytes:
    return hiding.package({"word/document.xml": b"<a>" + b" " * 90_000_000 + b"</a>"})


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (locked(), "locked"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "broken"),
        (bomb(), "too_large"),
        (b"PK\x03\x04" + b"\0" * 100, "broken"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "unsupported"),
    ],
    ids=["locked", "broken pdf", "bomb", "broken zip", "old format"],
)
def test_a_hostile_file_is_named_and_never_passes(data: bytes, note: str) -> None:
    assert process.ask("inspect", data).note == note


def test_a_huge_file_is_not_even_opened() -> None:
    assert process.ask("inspect", bytes(process.MAX_FILE + 1)).note == "too_large"


def photograph(**where: Any) -> bytes:
    """A photograph whose camera wrote who took it, and where."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x013B] = "Jan Kowalski"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 13.0, 47.0), 3: "E", 4: (21.0, 0.0, 44.0)} | where)
    Image.new("RGB", (300, 300), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("inside", [False, True])
def test_where_a_photograph_was_taken_is_a_finding_and_leaves_the_bytes(inside: bool) -> None:
    data = photograph()
    if inside:
        pdf = hiding.sheet([hiding.KEPT])
        pdf.image(io.BytesIO(data), x=50, y=100, w=20)
        data = bytes(pdf.output())
    told = [one for one in found(data) if one.place == "camera"]
    assert [(one.kind, one.text) for one in told] == [("location", "52.22972, 21.01222"), ("name", "Jan Kowalski")]
    made = process.ask("redact", data, targets=targets(told[:1])).made
    pictures = [part for part in everything(made) if part.startswith(b"\xff\xd8")]
    assert len(pictures) == 1
    with Image.open(io.BytesIO(pictures[0])) as after:
        assert after.getexif().get_ifd(0x8825) == {}
    assert not any(word in part for part in everything(made) for word in (b"Exif", b"Kowalski"))
    assert [one for one in found(made) if one.place == "camera"] == []


def test_what_an_rtf_says_beside_its_pages_is_found_and_what_it_holds_is_looked_at() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1250{\info{\author Jan Kowalski}{\title Wniosek}}Tre\'9c\'e6."
        rb"{\*\annotation{\*\atnauthor Ewa Malinowska}PESEL 44051401359}{\pict\jpegblip ffd8}\par}"
    )
    said = {(one.place, one.text) for one in found(data)}
    assert {("metadata", "Jan Kowalski"), ("comment", "Ewa Malinowska"), ("comment", "44051401359")} <= said
    assert ("picture_inside", "") in said
