"""The public log for people: its signed checkpoints with their time-stamps, each to be taken and kept."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from sqlalchemy import select

from bip import stamping
from bip.frame import bulletin
from bip.models import BulletinCheckpoint, BulletinStamp
from portal.core.errors import NotFound
from portal.web import context, paging
from portal.web.rights import right

blueprint = Blueprint("bip_log", __name__, url_prefix="/bip/dziennik")


@blueprint.get("/")
@right("public")
def checkpoints() -> str:
    """Every signed checkpoint, newest first."""
    with context.reading() as session:
        query = select(BulletinCheckpoint)
        page = paging.page(session, query, (BulletinCheckpoint.size,), key=lambda row: (row.size,), size=25)
        stamps = stamping.of_sizes(session, [row.size for row in page.items])
        return render_template(
            "bip/log.html", **bulletin(session), shown=page, stamps=stamps,
            stamping=bool(context.settings().timestamp_url),
        )  # fmt: skip


@blueprint.get("/<int:size>.txt")
@right("public")
def checkpoint(size: int) -> Response:
    """The signed text of a checkpoint: the very bytes that were stamped."""
    with context.reading() as session:
        note = session.scalar(select(BulletinCheckpoint.note).where(BulletinCheckpoint.size == size))
    if note is None:
        raise NotFound("bip.no_such_checkpoint")
    return Response(note, content_type="text/plain; charset=utf-8")


@blueprint.get("/<int:size>.tsr")
@right("public")
def stamp(size: int) -> Response:
    """The time-stamp as the authority gave it."""
    return Response(_stamp(size).answer, content_type="application/timestamp-reply")


@blueprint.get("/<int:size>.tsq")
@right("public")
def question(size: int) -> Response:
    """What the authority was asked."""
    return Response(_stamp(size).query, content_type="application/timestamp-query")


@blueprint.get("/certyfikaty.pem")
@right("public")
def certificates() -> Response:
    """The certificates of the time-stamping authorities that the office trusts."""
    return Response(stamping.published(context.settings()), content_type="application/x-pem-file")


def _stamp(size: int) -> BulletinStamp:
    with context.reading() as session:
        found = stamping.of_sizes(session, [size]).get(size)
    if found is None:
        raise NotFound("bip.no_such_checkpoint")
    return found
