"""Images: small versions without the camera's data, crops around what matters, floods refused, rights as the page's."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from portal.content import actions, media_effects, pictures, renditions
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from portal.core.ports import Ports
from tests.content.conftest import People
from tests.content.web import log_in, make_app


def photograph(width: int = 1200, height: int = 800, *, orientation: int = 1) -> bytes:
    """A JPEG that knows where it was taken: red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = image.getexif()
    exif[0x0112] = orientation
    exif[0x010F] = "Aparat"
    exif.get_ifd(0x8825)[1] = "N"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def add_image(site: Database, blobs: FolderBlobStore, data: bytes, **fields: str) -> tuple[int, int]:
    with site.transaction() as session:
        document = documents.store(session, blobs, SYSTEM, data=data, name="most.jpg", origin="content")
        files = [actions.Attachment(document.id, "Most")]
        item = actions.create_item(
            session, SYSTEM, "/urzad", "image", "Most", name="most", fields=fields, files=files
        )  # fmt: skip
        return item.id, document.id


def work(site: Database, blobs: FolderBlobStore, document_id: int, focus: tuple[int, int] = (50, 50)) -> None:
    """What the worker does with the job."""
    effect = next(one for one in media_effects.effects(blobs) if one.topic == pictures.RENDER)
    payload = {"document": document_id, "focus": list(focus)}
    with site.reading() as session:
        wanted = effect.load(session, payload)
    result = effect.call(Ports(), wanted)
    with site.transaction() as session:
        effect.save(session, payload, result)


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(site, blobs, tmp_path).test_client()


def test_versions_stand_upright_and_know_neither_camera_nor_place() -> None:
    made = {one.name: one for one in renditions.make(photograph(orientation=6))}
    assert {"w320.webp", "w320.jpg", "w640.jpg", "w800.jpg"} <= set(made)
    for one in made.values():
        image = Image.open(io.BytesIO(one.data))
        assert image.size == (one.width, one.height)
        assert not image.getexif()
        assert b"Aparat" not in one.data
    assert (made["w800.jpg"].width, made["w800.jpg"].height) == (800, 1200)


def test_a_crop_keeps_the_point_that_matters() -> None:
    wide = photograph(1200, 200)
    for focus, colour in (((0, 50), (254, 0, 0)), ((100, 50), (0, 0, 254))):
        (crop,) = (
            one for one in renditions.make(wide, focus=focus) if one.name.startswith("karta") and "jpg" in one.name
        )
        assert (crop.width, crop.height) == (300, 200)
        middle = Image.open(io.BytesIO(crop.data)).getpixel((150, 100))
        assert middle == pytest.approx(colour, abs=3)


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (9_000, 9_000), (40_000, 2)])
def test_a_flood_of_pixels_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid) as refusal:
        renditions.size_of(png_claiming(*size))
    assert refusal.value.code == "content.image_too_many_pixels"


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", photograph()[:200], png_claiming(900, 900)])
def test_what_cannot_be_read_is_no_image(data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        list(renditions.make(data))
    assert refusal.value.code == "content.image_unreadable"


def test_an_image_is_not_published_without_words_or_a_mark_that_it_is_decoration(
    site: Database, blobs: FolderBlobStore
) -> None:
    number, _ = add_image(site, blobs, photograph())
    with site.transaction() as session, pytest.raises(Invalid) as refusal:
        actions.publish(session, SYSTEM, number)
    assert refusal.value.code == "content.alt_missing"


def test_a_text_shows_an_image_in_all_widths_and_by_a_reference(
    client: FlaskClient, site: Database, blobs: FolderBlobStore
) -> None:
    number, document = add_image(site, blobs, photograph(), alt="Most na rzece")
    work(site, blobs, document)
    with site.transaction() as session:
        actions.publish(session, SYSTEM, number)
        text = f'<p><img src="/obraz/{number}" alt="Nasz most"></p>'
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Drogi", name="drogi", body=text)
        actions.publish(session, SYSTEM, page.id)
        actions.rename(session, SYSTEM, number, "stary-most")
    shown = client.get("/urzad/drogi").text
    assert 'alt="Nasz most"' in shown
    assert f"/obraz/{number}/{document}/w320.webp 320w" in shown
    assert 'width="960" height="640"' in shown
    answer = client.get(f"/obraz/{number}/{document}/w320.webp")
    assert (answer.content_type, "immutable" in answer.headers["Cache-Control"]) == ("image/webp", True)
    assert "Most na rzece" in client.get("/urzad/stary-most").text


def test_nobody_gets_a_version_of_an_image_they_may_not_open_nor_the_file_that_knows_the_place(
    client: FlaskClient, site: Database, blobs: FolderBlobStore, people: People
) -> None:
    number, document = add_image(site, blobs, photograph(), alt="Most")
    work(site, blobs, document)
    addresses = (f"/obraz/{number}", f"/obraz/{number}/{document}/w320.webp")
    editor = log_in(client.application.test_client(), people.editor)
    original = f"/zalacznik/{number}/{document}/most.jpg"
    assert {client.get(one).status_code for one in addresses} == {404}
    assert [editor.get(one).status_code for one in addresses] == [302, 200]
    with site.transaction() as session:
        actions.publish(session, SYSTEM, number)
    assert [client.get(one).status_code for one in addresses] == [302, 200]
    assert (client.get(original).status_code, editor.get(original).status_code) == (404, 200)
    with site.transaction() as session:
        actions.withdraw(session, SYSTEM, number, reason="Zła zgoda")
    assert {client.get(one).status_code for one in addresses} == {404}
