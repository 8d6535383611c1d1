"""Files with a secret planted in every place where people forget one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pikepdf
from fpdf import FPDF
from PIL import Image

from tests.search.files import font

KEPT = "Uchwała wchodzi w życie po upływie czternastu dni od ogłoszenia."


def secrets() -> Iterator[str]:
    """Made-up PESEL numbers with true check digits, one for each place."""
    for number in range(1, 100):
        first = f"810203{number:04}"
        total = sum(int(d) * w for d, w in zip(first, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
        yield f"{first}{-total % 10}"


def sheet(lines: list[str]) -> FPDF:
    """A page with Polish letters from an embedded font."""
    pdf = FPDF()
    pdf.add_font("Sans", "", font())
    pdf.set_font("Sans", size=12)
    pdf.add_page()
    for line in lines:
        pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return pdf


def pdf_with_everything() -> tuple[bytes, dict[str, str]]:
    """A PDF, and place → secret."""
    names = [
        "visible",
        "under_box",
        "under_picture",
        "white",
        "tiny",
        "outside",
        "comment",
        "author",
        "field",
        "metadata",
        "xmp",
        "bookmark",
        "actual",
        "alt",
        "attached",
        "earlier",
        "script",
        "link",
        "free_text",
        "form_xobject",
        "invisible",
    ]
    planted = dict(zip(names, secrets(), strict=False))
    pdf = sheet([KEPT, f"Strona: PESEL {planted['visible']} w aktach.", "Czarny pasek zasłania numer:"])
    pdf.set_xy(10, 60)
    pdf.cell(text=f"PESEL {planted['under_box']}")
    pdf.set_fill_color(0, 0, 0)
    pdf.rect(8, 58, 120, 10, style="F")
    pdf.set_xy(10, 80)
    pdf.cell(text=f"PESEL {planted['under_picture']}")
    pdf.image(Image.new("RGB", (40, 10), "grey"), x=8, y=78, w=120, h=10)
    pdf.set_text_color(255, 255, 255)
    pdf.set_xy(10, 100)
    pdf.cell(text=f"PESEL {planted['white']}")
    pdf.set_text_color(0, 0, 0)
    pdf.set_font("Sans", size=1)
    pdf.set_xy(10, 110)
    pdf.cell(text=f"PESEL {planted['tiny']}")
    pdf.set_font("Sans", size=12)
    pdf.text(400, 120, f"PESEL {planted['outside']}")
    pdf.text_annotation(10, 130, f"Uwaga: {planted['comment']}")
    pdf.free_text_annotation(f"Dopisek {planted['free_text']}", 10, 150, 80, 10)
    pdf.link(10, 170, 20, 5, f"mailto:p{planted['link']}@example.pl")
    pdf.set_title("Wniosek")
    pdf.embed_file(basename="dane.txt", bytes=f"PESEL {planted['attached']}".encode())
    pdf.add_page()
    pdf.cell(text=KEPT)
    return _with_the_rest(bytes(pdf.output()), planted), planted


def _with_the_rest(data: bytes, planted: dict[str, str]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(f"Sprawa {planted['bookmark']}", 0))
        with pdf.open_metadata() as xmp:
            xmp["dc:description"] = f"PESEL {planted['xmp']}"
        pdf.docinfo["/Author"] = f"PESEL {planted['metadata']}"
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=pikepdf.String("pesel"),
                V=pikepdf.String(planted["field"]), Rect=pikepdf.Array([10, 10, 100, 30]), DA=pikepdf.String("/Helv 12 Tf 0 g"),
            )
        )  # fmt: skip
        pdf.pages[1].obj["/Annots"] = pikepdf.Array([field])
        pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]), NeedAppearances=True)
        for note in page.Annots:
            if note.get("/Subtype") == "/Text":
                note["/T"] = pikepdf.String(f"Jan {planted['author']}")
        pdf.Root["/OpenAction"] = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String(f"var p = '{planted['script']}'")
        )
        element = pikepdf.Dictionary(
            S=pikepdf.Name.Figure,
            ActualText=pikepdf.String(planted["actual"]),
            Alt=pikepdf.String(f"Dowód {planted['alt']}"),
        )
        pdf.Root["/StructTreeRoot"] = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=pikepdf.Array([pdf.make_indirect(element)]))
        )
        helvetica = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        form = pdf.make_stream(
            f"BT /H 12 Tf 30 200 Td (PESEL {planted['form_xobject']}) Tj ET".encode(), Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, 595, 842]),
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(H=helvetica)),
        )  # fmt: skip
        page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Hidden)
        page.add_resource(helvetica, pikepdf.Name.Font, pikepdf.Name.H9)
        page.contents_add(
            pdf.make_stream(f"/Hidden Do BT /H9 12 Tf 3 Tr 30 180 Td (PESEL {planted['invisible']}) Tj ET".encode())
        )
        out = io.BytesIO()
        pdf.save(out)
    return _updated(out.getvalue(), planted["earlier"])


def _updated(data: bytes, secret: str) -> bytes:
    """An earlier state of the file, and its present one appended: a reader shows the last, the first is still there."""
    old = bytes(sheet([f"Pierwsza wersja: PESEL {secret}"]).output())
    return old + b"\n" + _shifted(data, len(old) + 1)


def _shifted(data: bytes, by: int) -> bytes:
    """A file written again so that its cross-references hold behind ``by`` bytes."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    lines = out.getvalue()
    at = lines.rindex(b"startxref")
    start = int(lines[at:].split()[1])
    table = lines[start:at]
    rows = [
        b"%010d%s" % (int(row[:10]) + by, row[10:]) if len(row) == 20 and row[17:18] == b"n" else row
        for row in table.splitlines(keepends=True)
    ]
    return lines[:start] + b"".join(rows) + b"startxref\n%d\n%%%%EOF\n" % (start + by)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def package(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx_with_everything() -> tuple[bytes, dict[str, str]]:
    """A DOCX, and place → secret; the visible one is spread over three runs."""
    names = [
        "variable",
        "template",
        "visible",
        "inserted",
        "deleted",
        "hidden",
        "white",
        "comment",
        "comment_author",
        "header",
        "footer",
        "footnote",
        "textbox",
        "property",
        "application",
        "custom",
        "custom_xml",
        "embedded",
        "thumbnail",
        "alt",
        "mail",
        "field",
    ]
    p = dict(zip(names, secrets(), strict=False))
    v = p["visible"]
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>".format
    body = f"""<w:document {W} xmlns:wp="urn:wp"><w:body>
<w:p>{run(KEPT)}</w:p><w:p>{run("Strona: PESEL " + v[:4])}<w:r><w:rPr><w:b/></w:rPr><w:t>{v[4:8]}</w:t></w:r>{run(v[8:] + " w aktach.")}</w:p>
<w:p><w:ins w:author="Jan Kos" w:date="2026-01-01T00:00:00Z">{run("Dodano PESEL " + p["inserted"])}</w:ins></w:p>
<w:p><w:del w:author="Jan Kos"><w:r><w:delText>PESEL {p["deleted"]}</w:delText></w:r></w:del></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>PESEL {p["hidden"]}</w:t></w:r><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>PESEL {p["white"]}</w:t></w:r></w:p>
<w:p><w:commentRangeStart w:id="0"/>{run("Akapit z uwagą.")}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>
<w:p><w:r><w:pict><w:txbxContent><w:p>{run("Ramka PESEL " + p["textbox"])}</w:p></w:txbxContent></w:pict></w:r></w:p>
<w:p><w:r><wp:docPr id="1" name="Obraz" descr="Dowód {p["alt"]}"/></w:r><w:hyperlink r:id="rId9">{run("napisz")}</w:hyperlink></w:p>
<w:p><w:r><w:instrText>MERGEFIELD PESEL {p["field"]}</w:instrText></w:r></w:p></w:body></w:document>"""

    def part(tag: str, text: str) -> str:
        return f"<w:{tag} {W}><w:p>{run('PESEL ' + text)}</w:p></w:{tag}>"

    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{KINDS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(
            [
                ("comments", "comments.xml"),
                ("header", "header1.xml"),
                ("footer", "footer1.xml"),
                ("footnotes", "footnotes.xml"),
                ("oleObject", "embeddings/oleObject1.bin"),
                ("customXml", "../customXml/item1.xml"),
            ]
        )
    )
    relations += f'<Relationship Id="rId9" Type="{KINDS}/hyperlink" Target="mailto:p{p["mail"]}@example.pl" TargetMode="External"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/comments.xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{KINDS}/officeDocument" Target="word/document.xml"/><Relationship Id="b" Type="x/thumbnail" Target="docProps/thumbnail.jpeg"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>',
        "word/document.xml": body,
        "word/settings.xml": f'<w:settings {W}><w:attachedTemplate r:id="t"/><w:docVars><w:docVar w:name="p" w:val="PESEL {p["variable"]}"/></w:docVars></w:settings>',
        "word/_rels/settings.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="t" Type="{KINDS}/attachedTemplate" Target="file:///C:/PESEL {p["template"]}/a.dotx" TargetMode="External"/></Relationships>',
        "word/comments.xml": f'<w:comments {W}><w:comment w:id="0" w:author="Jan {p["comment_author"]}" w:initials="JK"><w:p>{run("PESEL " + p["comment"])}</w:p></w:comment></w:comments>',
        "word/header1.xml": part("hdr", p["header"]),
        "word/footer1.xml": part("ftr", p["footer"]),
        "word/footnotes.xml": f"<w:footnotes {W}><w:footnote><w:p>{run('PESEL ' + p['footnote'])}</w:p></w:footnote></w:footnotes>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="urn:dc"><dc:creator>Jan {p["property"]}</dc:creator></cp:coreProperties>',
        "docProps/app.xml": f'<Properties xmlns="urn:app"><Manager>{p["application"]}</Manager></Properties>',
        "docProps/custom.xml": f'<Properties xmlns="urn:c"><property name="pesel"><v>{p["custom"]}</v></property></Properties>',
        "docProps/thumbnail.jpeg": p["thumbnail"].encode(),
        "customXml/item1.xml": f"<dane>{p['custom_xml']}</dane>",
        "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + f"PESEL {p['embedded']}".encode(),
    }
    return package(parts), p


def odt_with_everything() -> tuple[bytes, dict[str, str]]:
    """An ODT with a tracked deletion, an annotation, hidden text, a header and properties."""
    p = dict(
        zip(["visible", "deleted", "comment", "hidden", "header", "property", "thumbnail"], secrets(), strict=False)
    )
    ns = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="urn:dc" xmlns:style="urn:s"'
    content = f"""<office:document-content {ns}><office:body><office:text><text:tracked-changes><text:changed-region><text:deletion>
<text:p>PESEL {p["deleted"]}</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>{KEPT}</text:p>
<text:p>Strona: PESEL {p["visible"][:5]}<text:span>{p["visible"][5:]}</text:span> w aktach.<office:annotation><dc:creator>Jan Kos</dc:creator>
<text:p>PESEL {p["comment"]}</text:p></office:annotation></text:p><text:p><text:hidden-text text:string-value="x">PESEL {p["hidden"]}</text:hidden-text></text:p>
</office:text></office:body></office:document-content>"""
    parts: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": content,
        "styles.xml": f"<office:document-styles {ns}><style:header><text:p>PESEL {p['header']}</text:p></style:header></office:document-styles>",
        "meta.xml": f"<office:document-meta {ns}><office:meta><dc:creator>PESEL {p['property']}</dc:creator></office:meta></office:document-meta>",
        "Thumbnails/thumbnail.png": p["thumbnail"].encode(),
    }
    return package(parts), p


def xlsx_with_everything() -> tuple[bytes, dict[str, str]]:
    """A workbook with a shared text, a number in a cell, a comment and a hidden sheet."""
    p = dict(zip(["shared", "number", "comment", "hidden"], secrets(), strict=False))
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook {ns}><sheets><sheet name="Dane"/><sheet name="Ukryte" state="hidden"/></sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst {ns}><si><t>{KEPT}</t></si><si><t>PESEL {p['shared']}</t></si></sst>",
        "xl/worksheets/sheet1.xml": f'<worksheet {ns}><sheetData><row><c t="s"><v>1</v></c><c><v>{p["number"]}</v></c></row></sheetData></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet {ns}><sheetData><row><c t="inlineStr"><is><t>PESEL {p["hidden"]}</t></is></c></row></sheetData></worksheet>',
        "xl/comments1.xml": f"<comments {ns}><comment><text><t>PESEL {p['comment']}</t></text></comment></comments>",
    }
    return package(parts), p
