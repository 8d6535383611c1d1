"""Language versions of a page: made from it, linked with it, and known to be behind when it has changed since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.content import acts, paths, tree, versions
from portal.content.models import Item, ItemVersion
from portal.content.queries import Line
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid
from portal.web import phrases

NAMES = {"pl": "Polski", "en": "English", "uk": "Українська"}
"""Languages of the site, each by its own name."""


@dataclass(frozen=True, slots=True)
class Other:
    """A page in one of its languages; ``behind``: the original has changed since this was published."""

    item_id: int
    path: str
    language: str
    name: str
    behind: bool = False


def translate(session: Session, actor: Actor, item_id: int, language: str) -> Item:
    """A draft of the page in another language, beside it, filled with its present text to be translated.

    Raises ``Invalid`` for a language the site does not speak, ``Conflict`` when there is such a version.
    """
    if language not in NAMES:
        raise Invalid("content.unknown_language", text=language)
    source = acts.find(session, item_id)
    original = acts.find(session, source.original_id) if source.original_id else source
    taken = {original.language} | {one.language for one in _family(session, original.id)}
    if language in taken:
        raise Conflict("content.language_exists", language=NAMES[language])
    if original.path == paths.ROOT:
        raise Invalid("content.language_not_root")
    text = session.get_one(ItemVersion, versions.latest_id(original))
    made = tree.create_item(
        session, actor, paths.parent(original.path), original.type, text.title,
        name=f"{paths.name_of(original.path)}-{language}", summary=text.summary, body=text.body,
        fields=dict(text.fields), files=versions.files_of(session, text.id), in_menu=False,
    )  # fmt: skip
    made.language, made.original_id, made.original_version_id = language, original.id, original.live_version_id
    original.original_id = original.id
    acts.changed(session, actor, made, "translated", visible=False, data={"language": language, "of": original.id})
    return made


def _family(session: Session, original_id: int) -> list[Item]:
    query = select(Item).where(Item.original_id == original_id, Item.binned_at.is_(None)).order_by(Item.id)
    return list(session.scalars(query))


def shown(rows: Iterable[Line]) -> list[Other]:
    """The switch for the public languages of a page, itself among them; empty for a page in one language."""
    found = [Other(one.id, one.path, one.language, NAMES.get(one.language, one.language)) for one in rows]
    return sorted(found, key=lambda one: one.item_id) if len(found) > 1 else []


def of_home() -> list[Other]:
    """The switch of the home page: its own words are known in every language, its text stays as it was written."""
    return [
        Other(0, "/" if language == phrases.POLISH else f"/?{phrases.PARAMETER}={language}", language, NAMES[language])
        for language in phrases.languages()
    ]


def of_editor(session: Session, row: Line) -> list[Other]:
    """All languages of a page whatever their state, with those that are behind the original."""
    if row.original_id is None:
        return []
    source = aliased(Item)
    query = (
        select(Item.id, Item.path, Item.language, Item.original_version_id, source.live_version_id.label("now"))
        .join(source, source.id == Item.original_id)
        .where(Item.original_id == row.original_id, Item.binned_at.is_(None))
        .order_by(Item.id)
    )
    return [
        Other(
            one.id,
            one.path,
            one.language,
            NAMES.get(one.language, one.language),
            behind=one.id != row.original_id and one.original_version_id != one.now,
        )
        for one in session.execute(query)
    ]
