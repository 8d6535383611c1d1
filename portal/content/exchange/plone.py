"""An export of ``plone.exportimport`` as a source: ``content/<UID>/data.json``, ``__metadata__.json``, redirects.

What Plone keeps and we do not (comments, local roles, portlets, relations) is named in the report, never silently
dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.content import paths
from portal.content.exchange.entries import Beside, Broken, Entry, Note, State
from portal.content.exchange.members import Members
from portal.content.exchange.plone_text import Texts
from portal.core import clock
from portal.web import formats
from portal.web.texts import message

ROOT = "plone_site_root"
DEFAULT_LANGUAGE = "##DEFAULT##"
PORTAL = {
    "Folder": "folder", "LRF": "folder", "Document": "page", "News Item": "news", "Event": "event", "Link": "link",
    "Collection": "collection", "File": "file", "Image": "image",
}  # fmt: skip
BULLETIN = {
    "Folder": "bip_folder", "LRF": "bip_folder", "Document": "bip_page", "News Item": "announcement",
    "Event": "announcement", "File": "bip_page", "Image": "bip_page", "Link": "bip_page",
}  # fmt: skip
"""Plone's types as ours, on the portal and in the Bulletin; ``options["types"]`` adds others."""
STATES = {"published": "published", "visible": "published", "pending": "pending", "private": "draft"}
_ELSEWHERE = ("discussions", "portlets", "relations", "translations")


class PloneExport:
    """The export in a ZIP or a folder. Raises ``Broken`` when it is none."""

    kind = "plone"

    def __init__(self, path: Path, *, limit: int, options: dict[str, Any]) -> None:
        """``options``: ``bulletin`` (whether it goes into the Bulletin), ``publisher``, ``place`` (the type of what it
        is brought under), ``types``, ``origin``."""
        self._files = Members(path, limit)
        try:
            self._open(options)
        except Broken:
            self.close()
            raise

    def _open(self, options: dict[str, Any]) -> None:
        found = [name for name in self._files.names if name.endswith("content/__metadata__.json")]
        if len(found) != 1:
            raise Broken("import.plone.no_content")
        self._base = found[0].removesuffix("__metadata__.json")
        self._metadata = self._dictionary(found[0])
        self._types = dict(BULLETIN if options.get("bulletin") else PORTAL) | dict(options.get("types", {}))
        self._bulletin, self._publisher = bool(options.get("bulletin")), str(options.get("publisher", ""))
        self._place = str(options.get("place", ""))
        self.origin = str(options.get("origin") or "plone")
        self._names = self._people()
        self._order, self._lost = self._sorted()
        self._redirects = self._old_addresses()

    def _dictionary(self, name: str) -> dict[str, Any]:
        data = self._files.json(name)
        if not isinstance(data, dict):
            raise Broken("import.bad_json", name=name, where="–")
        return data

    def _beside(self, name: str) -> Any:
        """One of the files next to the ``content`` folder."""
        path = f"{self._base.removesuffix('content/')}{name}.json"
        return self._files.json(path) if path in self._files.names else None

    def _people(self) -> dict[str, str]:
        given = self._beside("principals")
        members = given.get("members", []) if isinstance(given, dict) else []
        return {
            str(one.get("username")): str(one.get("fullname") or one.get("username"))
            for one in members
            if isinstance(one, dict)
        }

    def _sorted(self) -> tuple[list[str], list[Entry]]:
        """The UIDs to take, parents first; what cannot be an entry at all."""
        self._brief: dict[str, dict[str, Any]] = {}
        lost: list[Entry] = []
        ordering = self._metadata.get("ordering", {})
        listed = [f"{self._base}{name}" for name in self._metadata.get("_data_files_", []) if isinstance(name, str)]
        for name in listed:
            if name not in self._files.names:
                lost.append(_nothing(name, Note("import.part_gone", {"name": name})))
                continue
            data = self._dictionary(name)
            uid = str(data.get("UID", ""))
            parent = data.get("parent") if isinstance(data.get("parent"), dict) else {}
            if data.get("@type") == "Plone Site" or uid == ROOT:
                lost.append(_nothing(str(data.get("title") or "Plone"), Note("import.plone.root")))
                continue
            self._brief[uid] = {
                "file": name, "path": str(data.get("@id", "")), "type": str(data.get("@type", "")),
                "parent": str((parent or {}).get("UID") or ROOT), "position": ordering.get(uid, 0),
                "picture": _blob(data.get("image") or data.get("preview_image")), "blob": _blob(data.get("file")),
            }  # fmt: skip
        self._by_path = {row["path"].rstrip("/"): uid for uid, row in self._brief.items()}
        order = sorted(self._brief, key=lambda uid: (self._brief[uid]["path"].count("/"), self._brief[uid]["path"]))
        return order, [*lost, *self._left_out()]

    def _left_out(self) -> Iterable[Entry]:
        for name in _ELSEWHERE:
            if self._beside(name):
                yield _nothing(f"{name}.json", Note(f"import.plone.{name}"))
        roles = self._metadata.get("local_roles", {})
        given = {role for row in roles.values() for held in dict(row.get("local_roles", {})).values() for role in held}
        if given - {"Owner"}:
            yield _nothing("local_roles", Note("import.plone.local_roles"))

    def _old_addresses(self) -> dict[str, list[str]]:
        given = self._beside("redirects")
        found: dict[str, list[str]] = {}
        for old, new in (given or {}).items() if isinstance(given, dict) else ():
            target = new.get("path", "") if isinstance(new, dict) else new
            uid = self._by_path.get(str(target).rstrip("/"))
            if uid:
                found.setdefault(uid, []).append(str(old))
            else:
                self._lost.append(_nothing(str(old), Note("import.plone.redirect", {"to": str(target)[:200]})))
        return found

    def count(self) -> int:
        return len(self._order)

    def identity(self, key: str) -> str:
        return key

    def lost(self) -> list[Entry]:
        return self._lost

    def close(self) -> None:
        self._files.close()

    def file(self, key: str) -> bytes:
        return self._files.read(f"{self._base}{key}")

    def entry(self, number: int) -> Entry:
        uid = self._order[number]
        try:
            return self._entry(uid, self._brief[uid])
        except (TypeError, ValueError, AttributeError, KeyError) as cause:
            raise Broken("import.bad_json", name=self._brief[uid]["file"], where="–") from cause

    def _entry(self, uid: str, brief: dict[str, Any]) -> Entry:
        data = self._dictionary(brief["file"])
        texts = self._texts(uid)
        state = self._state(data, texts)
        life, review, notes = self._life(data)
        kind = self._type(uid)
        fields = self._fields(kind, data, texts)
        published = _published(data) if life == "published" else None
        history = self._history(data, uid, kind, published)
        if published is not None and any(one.published_at is not None for one in history):
            published = max(published, _moment(data.get("modified")) or published)
        ended = _moment(data.get("expires"))
        over = life == "published" and ended is not None and ended <= clock.now()
        latest = State(
            title=state.title, summary=state.summary, body=state.body, fields=fields, reason=state.reason,
            author=self._author(data), created_at=_moment(data.get("created")), published_at=published,
            published_by=self._publisher_of(data), files=(*self._files_of(data), *texts.files.values()),
        )  # fmt: skip
        return Entry(
            key=uid, parent="" if brief["parent"] == ROOT else brief["parent"],
            name=paths.slug(str(data.get("id", "")).rpartition(".")[0] or str(data.get("id", ""))), type=kind,
            states=(*history, latest), state="archived" if over else life, review=review,
            taken_off=_ended(ended) if over else "",
            language=_language(data), position=int(brief["position"] or 0) + 1,
            in_menu=not data.get("exclude_from_nav") and kind.endswith("folder"),
            expires_at=_moment(data.get("expires")),
            publish_at=_moment(data.get("effective")) if life != "published" else None,
            redirects=tuple(dict.fromkeys([*self._redirects.get(uid, []), brief["path"]])), address=brief["path"],
            notes=(*notes, *self._said(uid, data, kind), *texts.notes),
        )  # fmt: skip

    def _texts(self, uid: str) -> Texts:
        return Texts(
            uid,
            self._by_path,
            self._brief.__contains__,
            self._picture,
            self._file if self._bulletin else lambda _uid: None,
        )

    def _file(self, uid: str) -> Beside | None:
        """The stored file of a File: in the Bulletin it stands beside the text that links to it."""
        row = self._brief.get(uid)
        return row["blob"] if row and row["type"] == "File" else None

    def _picture(self, uid: str) -> Beside | None:
        row = self._brief.get(uid)
        return row["picture"] if row else None

    def _type(self, uid: str) -> str:
        """Ours; a folder that holds only news or only events is one of those, and news elsewhere is a page."""
        row = self._brief[uid]
        kind = self._types.get(row["type"], row["type"])
        if self._bulletin:
            if self._children(uid):
                return "bip_folder"
            # Directly under the Bulletin's root lie its sections and plain pages alone.
            return "bip_page" if self._is_moved(row) else str(kind)
        if kind in ("news", "event"):
            return str(kind) if self._type_of_parent(row) == f"{kind}_folder" else "page"
        if kind in ("folder", "page"):
            return self._container(uid, str(kind))
        return str(kind)

    def _is_moved(self, row: dict[str, Any]) -> bool:
        return self._place == "bulletin" and row["parent"] == ROOT and row["type"] in ("News Item", "Event")

    def _type_of_parent(self, row: dict[str, Any]) -> str:
        parent = self._brief.get(row["parent"])
        kind = self._types.get(parent["type"], "") if parent else ""
        return self._container(row["parent"], kind) if kind in ("folder", "page") else ""

    def _container(self, uid: str, kind: str) -> str:
        inside = {self._types.get(self._brief[child]["type"], "") for child in self._children(uid)}
        if "news" in inside and inside <= {"news", "image", "file"}:
            return "news_folder"
        if inside == {"event"}:
            return "event_folder"
        return "folder" if inside - {"page", "image", "file"} else kind

    def _children(self, uid: str) -> list[str]:
        if not hasattr(self, "_under"):
            self._under: dict[str, list[str]] = {}
            for number, row in self._brief.items():
                self._under.setdefault(row["parent"], []).append(number)
        return self._under.get(uid, [])

    def _state(self, data: dict[str, Any], texts: Texts) -> State:
        text = data.get("text")
        body = texts.rich(str(text.get("data", ""))) if isinstance(text, dict) else ""
        if self._bulletin and data.get("@type") == "Link":
            body = texts.link(str(data.get("remoteUrl") or ""))
        if isinstance(data.get("blocks"), dict) and data["blocks"]:
            body += texts.blocks(data["blocks"], data.get("blocks_layout"))
        return State(
            title=str(data.get("title") or data.get("id") or ""), summary=str(data.get("description") or ""), body=body,
            reason=str(data.get("changeNote") or ""),
        )  # fmt: skip

    def _history(self, data: dict[str, Any], uid: str, kind: str, first: datetime | None) -> tuple[State, ...]:
        """Older versions, oldest first. One saved while the item was public was public from that moment on; whatever
        the course of the item does not show to have been public is kept as a working copy. ``first``: when it became
        public."""
        kept = data.get("exportimport.versions")
        rows = sorted(kept.items(), key=lambda row: int(row[0])) if isinstance(kept, dict) else []
        found: list[State] = []
        for _, old in rows:
            texts = self._texts(uid)
            state, saved = self._state(old, texts), _moment(old.get("modified"))
            public = saved if first is not None and saved is not None and _was_public(data, saved) else None
            if public is not None and all(one.published_at is None for one in found):
                public = min(public, first or public)
            found.append(
                State(
                    title=state.title or "–", summary=state.summary, body=state.body, reason=state.reason,
                    author=self._author(old), created_at=saved, published_at=public,
                    fields=self._fields(kind, {**data, **old}, texts), published_by=self._author(old) if public else "",
                    files=tuple(texts.files.values()),
                )
            )  # fmt: skip
        return tuple(found)

    def _author(self, data: dict[str, Any]) -> str:
        return ", ".join(self._names.get(str(one), str(one)) for one in data.get("creators") or [])[:200]

    def _publisher_of(self, data: dict[str, Any]) -> str:
        for row in reversed(_course(data)):
            if row.get("action") == "publish":
                return self._names.get(str(row.get("actor")), str(row.get("actor") or ""))[:200]
        return ""

    def _files_of(self, data: dict[str, Any]) -> tuple[Beside, ...]:
        blobs = (_blob(data.get(name)) for name in ("file", "image"))
        return tuple(blob for blob in blobs if blob is not None)

    def _life(self, data: dict[str, Any]) -> tuple[str, str, list[Note]]:
        state = data.get("review_state")
        if state is None:
            # Files and images of Plone have no state of their own: they are as public as what they lie in.
            return "published", "none", []
        known = STATES.get(str(state))
        if known is None:
            return "unpublished", "draft", [Note("import.plone.state", {"state": str(state)[:60]})]
        if known == "published" and (_moment(data.get("effective")) or clock.now()) > clock.now():
            return "unpublished", "draft", []
        return {"published": ("published", "none", []), "pending": ("unpublished", "pending", [])}.get(
            known, ("unpublished", "draft", [])
        )

    def _fields(self, kind: str, data: dict[str, Any], texts: Texts) -> dict[str, Any]:
        if self._bulletin:
            made = _moment(data.get("created")) or clock.now()
            others = ", ".join(str(one) for one in data.get("contributors") or [])
            marks = {
                "produced_by": others or self._author(data), "produced_on": clock.local(made).date().isoformat(),
            }  # fmt: skip
            return {"publisher": self._publisher, **marks} if kind != "bip_folder" else {}
        if kind == "link":
            return {"address": str(data.get("remoteUrl") or "")}
        if kind == "event":
            return _event(data)
        if kind == "collection":
            return self._collection(data, texts)
        if kind == "image":
            return {"alt": str(data.get("description") or data.get("title") or "")[:300]}
        return {}

    def _collection(self, data: dict[str, Any], texts: Texts) -> dict[str, Any]:
        kinds: list[str] = []
        for row in data.get("query") or []:
            if isinstance(row, dict) and row.get("i") == "portal_type":
                kinds += [self._types[one] for one in row.get("v", []) if one in self._types]
            else:
                texts.notes.append(Note("import.plone.query"))
        limit = str(data.get("limit") or "20")
        return {"collect_type": ", ".join(kinds) or "page", "collect_under": "", "collect_limit": limit}

    def _said(self, uid: str, data: dict[str, Any], kind: str) -> list[Note]:
        """What of this item is not carried over."""
        notes = []
        if data.get("exportimport.conversation"):
            notes.append(Note("import.plone.comments", {"count": len(data["exportimport.conversation"])}))
        if uid in self._metadata.get("default_page", {}):
            notes.append(Note("import.plone.default_page"))
        if data.get("subjects"):
            notes.append(Note("import.plone.subjects", {"subjects": ", ".join(map(str, data["subjects"]))[:200]}))
        if data.get("@type") in ("News Item", "Event") and kind in ("page", "bip_page"):
            notes.append(Note("import.plone.as_page"))
        if data.get("@type") not in self._types:
            notes.append(Note("import.type_unknown", {"type": str(data.get("@type"))[:60]}))
        return notes


def _nothing(title: str, note: Note) -> Entry:
    """Something that is no item: only its line in the report."""
    return Entry(key=title, parent="", name=title[:80], type="", states=(), address=title[:400], notes=(note,))


def _blob(value: Any) -> Beside | None:
    if not isinstance(value, dict) or not value.get("blob_path"):
        return None
    path, name = str(value["blob_path"]), str(value.get("filename") or "plik")
    return Beside(path, name, name.rpartition(".")[0] or name)


def _moment(text: Any) -> datetime | None:
    """A moment as Plone writes it; one without a zone is the office's clock."""
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.year < 1980 or found.year > 2400:
        return None  # Plone's way to say "never"
    return found if found.tzinfo else found.replace(tzinfo=clock.WARSAW)


def _course(data: dict[str, Any]) -> list[dict[str, Any]]:
    kept = data.get("workflow_history")
    rows = [row for course in kept.values() if isinstance(course, list) for row in course] if kept else []
    return sorted((row for row in rows if isinstance(row, dict)), key=lambda row: str(row.get("time", "")))


def _ended(moment: datetime | None) -> str:
    return message("import.plone.expired", day=formats.day(clock.local(moment).date()) if moment else "–")


def _was_public(data: dict[str, Any], moment: datetime) -> bool:
    """Whether the item was public at ``moment``, by its course; unknown counts as no."""
    state = ""
    for row in _course(data):
        at = _moment(row.get("time"))
        if at is not None and at <= moment:
            state = str(row.get("review_state") or "")
    return STATES.get(state) == "published"


def _published(data: dict[str, Any]) -> datetime:
    """When it became public there: its effective date, else the moment it was published, made, or now."""
    acts = [row.get("time") for row in _course(data) if row.get("action") == "publish"]
    told = (_moment(one) for one in (data.get("effective"), *acts[:1], data.get("created")))
    return next((one for one in told if one is not None), clock.now())


def _language(data: dict[str, Any]) -> str:
    language = data.get("language")
    return "pl" if not isinstance(language, str) or language in ("", DEFAULT_LANGUAGE) else language[:5]


def _event(data: dict[str, Any]) -> dict[str, Any]:
    begin, end = _moment(data.get("start")), _moment(data.get("end"))
    found = {"place": str(data.get("location") or ""), "organiser": str(data.get("contact_name") or "")}
    if begin:
        found |= {"starts_on": clock.local(begin).date().isoformat(), "starts_at": f"{clock.local(begin):%H:%M}"}
    if end:
        found["ends_on"] = clock.local(end).date().isoformat()
    return found
