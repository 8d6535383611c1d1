"""Files in and out."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from portal.core.documents import Document
from portal.core.errors import Invalid
from portal.web.download import send_bytes, send_document
from portal.web.uploads import MAX_FILES, Upload, read_files


def test_sent_files_are_read_in_order_with_safe_names(app: Flask) -> None:
    sent = [(BytesIO(b"1"), "../../a.txt"), (BytesIO(b""), "pusty\u202egpj.exe"), (BytesIO(b"x"), "")]
    with app.test_request_context("/", method="POST", data={"pliki": sent}):
        assert read_files("pliki") == [Upload("a.txt", b"1"), Upload("pustygpj.exe", b"")]
        assert read_files("inne") == []


def test_too_many_files_are_refused(app: Flask) -> None:
    sent = [(BytesIO(b"1"), f"{n}.txt") for n in range(MAX_FILES + 1)]
    with app.test_request_context("/", method="POST", data={"pliki": sent}), pytest.raises(Invalid) as refusal:
        read_files("pliki")
    assert refusal.value.code == "upload.too_many"


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("application/pdf", "application/pdf"), ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_download_is_saved_and_never_run(app: Flask, kind: str, sent: str) -> None:
    with app.test_request_context("/"):
        response = send_document(Document(name="zażółć.bin", content_type=kind), b"<script>")
    assert response.mimetype == sent
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''za%C5%BC" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")


def test_an_xml_keeps_its_type(app: Flask) -> None:
    with app.test_request_context("/"):
        assert send_bytes(b"<a/>", name="a.xml", content_type="application/xml").mimetype == "application/xml"
