"""Wrong settings are told at once, not at the first letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eoffice.channels.epuap import EpuapOptions


def options(**changes: Any) -> EpuapOptions:
    given: dict[str, Any] = {
        "base_url": "https://ws.epuap.gov.pl",
        "podmiot": "gminaX",
        "box_name": "SkrytkaESP",
        "box_address": "/gminaX/SkrytkaESP",
        "key_file": Path("key.pem"),
        "certificate_file": Path("cert.pem"),
        "pinned": (Path("server.pem"),),
    }
    return EpuapOptions(**(given | changes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"pinned": ()},
        {"pinned": (Path("a"), Path("b"), Path("c"))},
        {"podmiot": ""},
        {"podmiot": "x" * 101},
        {"digest": "md5"},
        {"base_url": "ftp://ws.epuap.gov.pl"},
        {"base_url": "ws.epuap.gov.pl"},
        {"base_url": "http://ws.epuap.gov.pl"},
        {"endpoints": {"skrzynka": "https://ws.epuap.gov.pl/"}},
        {"endpoints": {"pull": "http://ws.epuap.gov.pl/pull"}},
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        options(**wrong)


def test_each_service_has_its_path_below_the_base_address_unless_told_otherwise() -> None:
    given = options(base_url="https://ws-int.epuap.gov.pl/", endpoints={"pull": "https://other.gov.pl/p"})
    assert given.url("skrytka") == "https://ws-int.epuap.gov.pl/pk_external_ws/services/skrytka"
    assert given.url("filerepo") == "https://ws-int.epuap.gov.pl/repo-ws-ext/FileRepoService"
    assert given.url("pull") == "https://other.gov.pl/p"


def test_plain_http_is_for_this_machine_or_on_purpose() -> None:
    assert options(base_url="http://127.0.0.1:8091").url("pull").startswith("http://127.0.0.1")
    assert options(base_url="http://sandbox:8091", allow_http=True).url("pull").startswith("http://sandbox")
