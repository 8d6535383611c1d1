"""The Bulletin's data as a DCAT-AP catalogue (ustawa o otwartych danych art. 10 and 11): who looks for data finds it.

One dataset for each register and each section, each with its tables, its feed of changes in the API, and the
conditions of re-use. Codes are those of the EU vocabularies DCAT-AP asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from bip import lists
from bip.rdf import DCAT, DCT, FOAF, RDFS, TYPE, VCARD, Statement, Text
from bip.types import ROOT
from portal.content import menus, queries
from portal.core.errors import NotFound
from portal.web.texts import message

_EU = "http://publications.europa.eu/resource/authority"
POLISH, CONTINUOUS, DAILY = f"{_EU}/language/POL", f"{_EU}/frequency/UPDATE_CONT", f"{_EU}/frequency/DAILY"
GOVERNMENT, LOCAL = f"{_EU}/data-theme/GOVE", "http://purl.org/adms/publishertype/LocalAuthority"
PUBLIC, POLAND = f"{_EU}/access-right/PUBLIC", f"{_EU}/country/POL"
_KINDS = {
    "csv": ("CSV", "text/csv"), "json": ("JSON", "application/json"), "api": ("JSON", "application/json"),
}  # fmt: skip
CONDITIONS = "/bip/ponowne-wykorzystywanie"
LICENCE = "reuse_licence"
"""The Bulletin's setting with the address of a licence, when the office gives its data under one."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One set of data: its address, what it is, and where it can be had, by kind."""

    name: str
    title: str
    about: str
    page: str
    had: dict[str, str] = field(default_factory=dict)
    frequency: str = CONTINUOUS
    changed: str = ""


def datasets(session: Session) -> list[Dataset]:
    """The registers, then the sections of the menu in its order."""
    found = [
        Dataset(
            "rejestr-zmian", message("bip.data.register"), message("bip.data.register.about"), "/bip/rejestr-zmian",
            {"csv": "/bip/rejestr-zmian.csv", "json": "/bip/rejestr-zmian.json"},
        ),
        Dataset(
            "wylaczenia", message("bip.data.exclusions"), message("bip.data.exclusions.about"), "/bip/wylaczenia",
            {"csv": "/bip/wylaczenia.csv", "json": "/bip/wylaczenia.json"},
        ),
        Dataset(
            "dziennik", message("bip.data.log"), message("bip.data.log.about"), "/bip/rejestr-zmian",
            {"json": "/bip/dziennik.json"}, DAILY,
        ),
        *(
            Dataset(
                f"zestawienia/{name}", message(f"bip.list.{name}"), message(f"bip.list.{name}.about"),
                f"/bip/zestawienia/{name}",
                {"csv": f"/bip/zestawienia/{name}.csv", "json": f"/bip/zestawienia/{name}.json"},
            )
            for name in lists.KINDS
        ),
    ]  # fmt: skip
    return found + [_section(node) for node in menus.tree(session, ROOT, depth=1)]


def _section(node: menus.Node) -> Dataset:
    return Dataset(
        node.path.removeprefix(f"{ROOT}/"), node.title, message("bip.data.section", title=node.title), node.path,
        {
            "csv": f"{node.path}/lista.csv?zakres=wszystko",
            "json": f"{node.path}/lista.json?zakres=wszystko",
            "api": f"/api/v1/items?below={quote(node.path)}",
        },
    )  # fmt: skip


def statements(session: Session, base: str, *, office: str) -> Iterator[Statement]:
    """The whole catalogue. Raises ``NotFound`` when there is no public Bulletin."""
    root = queries.page_at(session, ROOT)
    if root is None or not root.public:
        raise NotFound("bip.no_bulletin")
    sets = datasets(session)
    here, publisher, contact = f"{base}/bip/katalog", f"{base}/#urzad", f"{base}/bip/redakcja#kontakt"
    yield from _who(root.settings, publisher, contact, base, office)
    yield from _facts(
        here,
        (TYPE, f"{DCAT}Catalog"), (f"{DCT}title", Text(message("bip.data.title", office=office), "pl")),
        (f"{DCT}description", Text(message("bip.data.about"), "pl")), (f"{DCT}publisher", publisher),
        (f"{DCT}language", POLISH), (f"{DCT}spatial", POLAND), (f"{FOAF}homepage", f"{base}/bip/"),
        (f"{DCAT}contactPoint", contact), (f"{DCT}rights", f"{base}{CONDITIONS}#warunki"),
        *((f"{DCAT}dataset", f"{here}/{one.name}") for one in sets),
    )  # fmt: skip
    yield from _facts(
        f"{base}{CONDITIONS}#warunki",
        (TYPE, f"{DCT}RightsStatement"), (f"{RDFS}label", Text(message("bip.data.conditions"), "pl")),
        (f"{RDFS}seeAlso", f"{base}{CONDITIONS}"),
    )  # fmt: skip
    yield from _facts(f"{base}/bip/", (TYPE, f"{FOAF}Document"))
    licence = str(root.settings.get(LICENCE, ""))
    for one in sets:
        yield from _dataset(one, f"{here}/{one.name}", base, publisher, contact, licence)


def _who(settings: dict[str, Any], publisher: str, contact: str, base: str, office: str) -> Iterator[Statement]:
    editors = dict(settings.get("editorial") or {}).get("people") or [{}]
    email = str(editors[0].get("email") or message("site.email"))
    name = str(settings.get("publisher") or office)
    yield from _facts(publisher, (TYPE, f"{FOAF}Agent"), (f"{FOAF}name", Text(name, "pl")), (f"{DCT}type", LOCAL))
    yield from _facts(
        contact, (TYPE, f"{VCARD}Organization"), (f"{VCARD}fn", Text(message("bip.data.editors", office=name), "pl")),
        (f"{VCARD}hasEmail", f"mailto:{email}"), (f"{VCARD}hasURL", f"{base}/bip/redakcja"),
    )  # fmt: skip


def _dataset(one: Dataset, here: str, base: str, publisher: str, contact: str, licence: str) -> Iterator[Statement]:
    yield from _facts(
        here,
        (TYPE, f"{DCAT}Dataset"), (f"{DCT}title", Text(one.title, "pl")), (f"{DCT}description", Text(one.about, "pl")),
        (f"{DCT}identifier", Text(here)), (f"{DCT}publisher", publisher), (f"{DCAT}contactPoint", contact),
        (f"{DCT}accrualPeriodicity", one.frequency), (f"{DCAT}theme", GOVERNMENT), (f"{DCT}language", POLISH),
        (f"{DCT}accessRights", PUBLIC), (f"{DCT}spatial", POLAND), (f"{DCAT}landingPage", base + one.page),
        (f"{DCAT}keyword", Text("BIP", "pl")), *((f"{DCAT}distribution", f"{here}/{kind}") for kind in one.had),
    )  # fmt: skip
    for kind, address in one.had.items():
        code, media = _KINDS[kind]
        yield from _facts(
            f"{here}/{kind}",
            (TYPE, f"{DCAT}Distribution"), (f"{DCT}title", Text(f"{one.title} ({code})", "pl")),
            (f"{DCAT}accessURL", base + address), (f"{DCT}format", f"{_EU}/file-type/{code}"),
            (f"{DCAT}mediaType", f"https://www.iana.org/assignments/media-types/{media}"),
            (f"{DCT}rights", f"{base}{CONDITIONS}#warunki"),
            *([(f"{DCAT}downloadURL", base + address)] if kind != "api" else []),
            *([(f"{DCAT}accessService", f"{base}/api/v1/#usluga")] if kind == "api" else []),
            *([(f"{DCT}license", licence)] if licence else []),
        )  # fmt: skip
    if "api" in one.had:
        yield from _service(base, here)


def _service(base: str, here: str) -> Iterator[Statement]:
    yield from _facts(
        f"{base}/api/v1/#usluga",
        (TYPE, f"{DCAT}DataService"), (f"{DCT}title", Text(message("api.title"), "pl")),
        (f"{DCAT}endpointURL", f"{base}/api/v1/"), (f"{DCAT}endpointDescription", f"{base}/api/v1/openapi.json"),
        (f"{DCAT}servesDataset", here),
    )  # fmt: skip


def _facts(subject: str, *pairs: tuple[str, str | Text]) -> Iterator[Statement]:
    yield from (Statement(subject, predicate, value) for predicate, value in pairs)
