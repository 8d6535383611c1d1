"""Small words templates of pages need: crumbs as pairs, days kept as ISO text, answers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint

from forms.schema import Field
from forms.validators import leads_somewhere
from portal.content.queries import Crumb, PageData
from portal.core import clock
from portal.web import formats, phrases
from portal.web.texts import message


def crumb_pairs(crumbs: Iterable[Crumb]) -> list[tuple[str, str, str]]:
    """(title, address, language) of each step; the Bulletin's root has its slash."""
    return [(crumb.title, "/bip/" if crumb.path == "/bip" else crumb.path, crumb.language) for crumb in crumbs]


def iso_day(text: str) -> str:
    """``2026-11-23`` as people read it; what is no date stays as it was typed."""
    try:
        return formats.day(date.fromisoformat(text))
    except ValueError:
        return text


def iso_moment(text: str) -> str:
    """``2015-03-02T10:00:00+01:00`` as people read it; what is no moment stays as it is."""
    try:
        return formats.moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def field_value(value: Any, field: Field) -> str:
    """An answer as people read it."""
    if field.type == "date":
        return iso_day(str(value))
    if field.type == "checkbox":
        return message("content.yes" if value else "content.no")
    labels = {choice.value: choice.label for choice in field.choices}
    return labels.get(str(value), str(value))


def local_input(moment: datetime | None) -> str:
    """A moment for an input of type ``datetime-local``, on the office's clock."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}" if moment else ""


def only_args(asked: Mapping[str, str], *names: str) -> str:
    """The query string of ``names`` alone, with its question mark, empty when there is none."""
    kept = [(name, asked[name]) for name in names if asked.get(name)]
    return f"?{urlencode(kept)}" if kept else ""


def month_name(first: date) -> str:
    """``grudzień 2026``."""
    return f"{phrases.t(message(f'content.month.{first.month}'))} {first.year}"


def span(start: datetime, end: datetime | None) -> str:
    """When an event is, in words; midnight to midnight is whole days."""
    begin, close = clock.local(start), clock.local(end or start)
    if (begin.hour, begin.minute, close.hour, close.minute) == (0, 0, 0, 0) and close > begin:
        last = (close - timedelta(days=1)).date()
        return formats.day(begin) if last == begin.date() else f"{formats.day(begin)} – {formats.day(last)}"
    if close.date() == begin.date():
        until = f"–{close:%H:%M}" if close > begin else ""
        return f"{formats.moment(start)}{until}"
    return f"{formats.moment(start)} – {formats.moment(close)}"


def has_feeds(page: PageData) -> bool:
    """Whether what is new below the page can be subscribed to: a folder or a collection open to everyone."""
    return page.public and (page.type.is_folder or page.row.type == "collection") and page.row.type != "page"


def install(blueprint: Blueprint) -> None:
    """Give the filters to the templates."""
    for made in (crumb_pairs, iso_day, iso_moment, local_input, field_value, only_args, month_name, span, has_feeds):
        blueprint.add_app_template_filter(made)
    blueprint.add_app_template_filter(leads_somewhere)
