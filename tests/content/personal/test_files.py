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
    with pikepdf.open(io.BytesIO(data)) as pdf:
        yield repr([*pdf.objects, pdf.trailer]).encode()
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                yield one.read_raw_bytes() if one.get("/Filter") == "/DCTDecode" else one.read_bytes()


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
        (bytes(process.MAX_FILE + 1), "too_large"),
    ],
    ids=["locked", "broken pdf", "bomb", "broken zip", "old format", "huge"],
)
def test_a_hostile_file_is_named_and_never_passes(data: bytes, note: str) -> None:
    assert process.ask("inspect", data).note == note
