"""The API's blueprint with all its routes, and the page that explains it to people."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from portal.content.api import describe, reads, writes
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("content_api_page", __name__)


@blueprint.get("/dla-programow")
@right("public")
def explained() -> str:
    """How programs read and add content."""
    settings = context.settings()
    return render_template(
        "content/api.html", routes=describe.routes(current_app), base=settings.public_url,
        read_limit=settings.api_read_limit, write_limit=settings.api_write_limit,
    )  # fmt: skip


blueprints = (reads.blueprint, blueprint)
__all__ = ["blueprints", "writes"]
