"""A small Plone site as ``plone.exportimport`` writes it; everything in it is made up."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

SITE = "plone_site_root"
U = {name: f"{number:032x}" for number, name in enumerate(
    ("urzad", "kontakt", "aktualnosci", "dozynki", "kalendarz", "festyn", "plan", "zdjecie", "odsylacz", "lista", "szkic",
     "osobliwy", "sierota", "volto", "luzna"), 1,
)}  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63504a73010001"
    "7a00cd59fb7f4b0000000049454e44ae426082"
)


def item(name: str, kind: str, path: str, parent: str = SITE, **more: Any) -> dict[str, Any]:
    return {
        "@id": path, "@type": kind, "UID": U[name], "id": path.rpartition("/")[2], "title": name.title(),
        "description": "", "created": "2014-05-06T08:00:00+00:00", "modified": "2015-01-01T08:00:00+00:00",
        "creators": ["anowak"], "effective": "2014-05-07T10:00:00+02:00", "expires": None, "review_state": "published",
        "language": "##DEFAULT##", "exclude_from_nav": False, "subjects": [], "exportimport.conversation": [],
        "exportimport.versions": {}, "workflow_history": {}, "is_folderish": kind in ("Folder", "Document"),
        "parent": {"@id": path.rpartition("/")[0] or "/", "UID": U.get(parent, parent)},
    } | more  # fmt: skip


def rich(markup: str) -> dict[str, str]:
    return {"content-type": "text/html", "data": markup, "encoding": "utf-8"}


KONTAKT = (
    f'<p><a href="../resolveuid/{U["plan"]}">plan</a> <a href="/aktualnosci/dozynki#godziny">dożynki</a> '
    f'<img src="resolveuid/{U["zdjecie"]}/@@images/image/large" alt="ratusz"> <a href="resolveuid/{"f" * 32}">nic</a></p>'
)
COURSE = {
    "simple_publication_workflow": [
        {"action": None, "actor": "anowak", "time": "2014-05-06T08:00:00+00:00", "review_state": "private"},
        {"action": "publish", "actor": "jkowal", "time": "2014-05-08T08:00:00+00:00", "review_state": "published"},
    ]
}
OLD = {
    "0": {"title": "Kontakt dawny", "text": rich("<p>dawniej</p>"), "creators": ["jkowal"], "changeNote": "pierwsza"}
}
SLATE = {
    "a": {"@type": "title"},
    "b": {"@type": "slate", "value": [
        {"type": "h2", "children": [{"text": "Nagłówek"}]},
        {"type": "p", "children": [{"text": "Zob. "}, {"type": "link", "data": {"url": f"../resolveuid/{U['kontakt']}"},
                                                      "children": [{"text": "kontakt"}]}]},
    ]},
    "c": {"@type": "mapa-google"},
}  # fmt: skip


def site() -> dict[str, Any]:
    """Name → data of each item."""
    return {
        "urzad": item("urzad", "Folder", "/urzad-gminy"),
        "kontakt": item("kontakt", "Document", "/urzad-gminy/kontakt", "urzad", text=rich(KONTAKT),
                        workflow_history=COURSE, effective=None, subjects=["urząd"],
                        **{"exportimport.versions": OLD, "exportimport.conversation": [{"text": "x"}]}),
        "aktualnosci": item("aktualnosci", "Folder", "/aktualnosci"),
        "dozynki": item("dozynki", "News Item", "/aktualnosci/dozynki", "aktualnosci", text=rich("<p>Zapraszamy</p>")),
        "kalendarz": item("kalendarz", "Folder", "/kalendarz"),
        "festyn": item("festyn", "Event", "/kalendarz/festyn", "kalendarz", start="2026-06-01T17:30:00+02:00",
                       end="2026-06-02T20:00:00+02:00", location="Rynek"),
        "plan": item("plan", "File", "/urzad-gminy/plan.pdf", "urzad", review_state=None,
                     file={"blob_path": f"{U['plan']}/file/plan.pdf", "filename": "plan.pdf"}),
        "zdjecie": item("zdjecie", "Image", "/urzad-gminy/ratusz.png", "urzad", review_state=None,
                        image={"blob_path": f"{U['zdjecie']}/image/ratusz.png", "filename": "ratusz.png"}),
        "odsylacz": item("odsylacz", "Link", "/urzad-gminy/e-puap", "urzad", remoteUrl="https://epuap.gov.pl/"),
        "lista": item("lista", "Collection", "/urzad-gminy/lista", "urzad",
                      query=[{"i": "portal_type", "o": "x", "v": ["News Item"]}, {"i": "Subject", "o": "x", "v": ["a"]}]),
        "szkic": item("szkic", "Document", "/urzad-gminy/szkic", "urzad", review_state="private"),
        "osobliwy": item("osobliwy", "FormFolder", "/urzad-gminy/formularz", "urzad"),
        "sierota": item("sierota", "Document", "/nie-ma/sierota", "0" * 32),
        "volto": item("volto", "Document", "/urzad-gminy/volto", "urzad", blocks=SLATE,
                      blocks_layout={"items": ["a", "b", "c"]}, review_state="pending"),
        "luzna": item("luzna", "News Item", "/urzad-gminy/luzna", "urzad", text=rich("<p>poza działem</p>")),
    }  # fmt: skip


def export(folder: Path, *, without: tuple[str, ...] = (), **changed: Any) -> Path:
    """The export as a ZIP in ``folder``; ``without`` leaves files out, ``changed`` puts others in their place."""
    items = site()
    root = {"@id": "/Plone", "@type": "Plone Site", "UID": SITE, "title": "Gmina"}
    files: dict[str, Any] = {f"content/{U[name]}/data.json": data for name, data in items.items()}
    files |= {
        "content/plone_site_root/data.json": root,
        "content/__metadata__.json": {
            "__version__": "1.0.0", "_blob_files_": [], "default_page": {}, "ordering": {U["kontakt"]: 3},
            "local_roles": {U["urzad"]: {"local_roles": {"jkowal": ["Owner", "Editor"]}}},
            "_data_files_": ["plone_site_root/data.json", *(f"{U[name]}/data.json" for name in items)],
        },
        "principals.json": {"members": [{"username": "anowak", "fullname": "Anna Nowak"}], "groups": []},
        "redirects.json": {"/stary/kontakt": "/urzad-gminy/kontakt", "/stare/nic": "/nie/ma"},
        "relations.json": [{"from": "a", "to": "b"}], "discussions.json": {},
        f"content/{U['plan']}/file/plan.pdf": b"%PDF-1.4 plan", f"content/{U['zdjecie']}/image/ratusz.png": PNG,
    }  # fmt: skip
    files |= {name.replace("__", "/"): data for name, data in changed.items()}
    target = folder / "plone.zip"
    with zipfile.ZipFile(target, "w") as packed:
        for name, data in files.items():
            if name not in without:
                packed.writestr(name, data if isinstance(data, bytes | str) else json.dumps(data))
    return target
