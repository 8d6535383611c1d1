"""Genuine letters of ePUAP, read where the reference material lies (``WROTA_TEST_SHARED``, else ``../shared``).

The files are not ours to ship; without them pytest reports an empty set. Our own samples of the same shape are in
``tests/forms``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forms.document import view

SHARED = Path(os.environ.get("WROTA_TEST_SHARED") or Path(__file__).resolve().parents[3] / "shared")
SAMPLES = SHARED / "reference" / "epuap" / "samples"


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("pismo_ogolne_*.xml")), ids=lambda file: file.stem)
def test_a_genuine_letter_is_read_whole(file: Path) -> None:
    seen = view(file.read_bytes())

    assert (seen.kind, seen.known) == ("letter", True)
    assert set(seen.problems) <= {"attachments"}
    assert seen.title
    assert seen.place
    assert seen.created is not None
    assert seen.paragraphs
    assert seen.sender is not None
    assert seen.sender.display_name
    assert seen.sender.city
    assert seen.recipient is not None
    assert seen.attachments
    assert all(item.uri and item.data is None for item in seen.attachments)
    assert seen.stylesheet.startswith("http://crd.gov.pl/wzor/")
