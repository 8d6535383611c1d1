"""The register of changes: a page that can be narrowed, the same as CSV and JSON, and a feed of just what was asked."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, make_response, render_template, request

from bip import exports, finding, journal
from bip.finding import Wish
from bip.frame import bulletin
from bip.types import JOURNAL, ROOT
from portal.content import feeds, site, types
from portal.content.page_cache import public_page
from portal.content.types import ItemType
from portal.core.errors import NotFound
from portal.web import context, paging
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_register", __name__)
ARGUMENTS = ("q", "kto", "dzial", "rodzaj", "czyn", "od", "do")
"""What the address of a choice is made of."""


@blueprint.get("/bip/rejestr-zmian")
@right("public")
def register() -> Response:
    """Every change of public information, newest first, narrowed as asked."""
    # What is found by words depends on the index too, which is made anew without an event: that is not kept.
    return make_response(_render_register()) if _narrowed() else _register()


def _narrowed() -> bool:
    return any(request.args.get(name) for name in ARGUMENTS)


def _render_register() -> str:
    with context.reading() as session:
        found = finding.asked(session, wish())
        page = paging.page(session, found.query, (found.order,), key=lambda event: (event.seq,), size=25)
        return render_template(
            "bip/register.html", **bulletin(session), page=page, lines=journal.lines(session, page.items),
            acts=journal.ACTS, kinds=_kinds(), asked=request.args, names=ARGUMENTS, found=found,
            narrowed=_narrowed(),
        )  # fmt: skip


_register = public_page(_render_register, freshness=site.with_log)


@blueprint.get("/bip/rejestr-zmian.<kind>")
@right("public")
def export(kind: str) -> Response:
    """What the page shows, whole, as CSV or JSON; its newest lines as a feed (Atom)."""
    if kind not in ("csv", "json", "atom"):
        raise NotFound("content.unknown")
    reading, base = context.program().database.reading, context.settings().public_url
    with reading() as session:
        bulletin(session)
        found = finding.asked(session, wish())
        if kind == "atom":
            newest = session.scalars(found.query.order_by(found.order.desc()).limit(feeds.LIMIT)).all()
            return _feed(journal.lines(session, newest), base)
    return exports.register(kind, journal.parts(reading, found.query, found.order), base)


def wish() -> Wish:
    """What the address asks for; a day that is none is not asked for."""
    given = {name: request.args.get(name, "").strip()[:300] for name in ARGUMENTS}
    return Wish(
        words=given["q"], person=given["kto"], section=given["dzial"], act=given["czyn"], type=given["rodzaj"],
        since=_day(given["od"]), until=_day(given["do"]),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _kinds() -> list[ItemType]:
    """The types of what stands in the Bulletin, by their titles."""
    kinds = [kind for _, kind in types.TYPES.items() if kind.family.journal == JOURNAL]
    return sorted(kinds, key=lambda kind: kind.title)


def _feed(lines: list[journal.Change], base: str) -> Response:
    said = [
        feeds.Entry(
            id=f"{base}{ROOT}/rejestr-zmian#wpis-{line.seq}", title=f"{words_of(line.verb)}: {line.title}", at=line.at,
            address=f"{base}{line.path or ROOT + '/rejestr-zmian'}", text=_text(line), author=line.person,
        )
        for line in lines
    ]  # fmt: skip
    asked = request.query_string.decode("utf-8", "replace")
    own = f"{base}{ROOT}/rejestr-zmian.atom" + (f"?{asked}" if asked else "")
    page = own.replace(".atom", "", 1)
    body = feeds.atom_of(own, message("bip.register.feed"), said, page=page, author=context.settings().office_name)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def _text(line: journal.Change) -> str:
    return message("bip.register.reason", reason=line.reason) if line.reason else ""


def words_of(verb: str) -> str:
    """What was done, in words."""
    return message(f"bip.act.{verb.partition('.')[2]}")


blueprint.add_app_template_filter(words_of, "act_words")
