"""A stored text as a page shows it: links with today's addresses, tables that scroll by themselves and by keyboard."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from portal.content import links, pictures
from portal.content.pictures import Shown, Unseen
from portal.content.queries import PageData
from portal.core.registry import Registry
from portal.web import phrases
from portal.web.texts import message

PREVIEWS: Registry[Callable[[Session, PageData], str]] = Registry("preview")
"""How a page of each family is drawn for everyone; the views that draw it add themselves."""

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
_IMAGE = re.compile(r'<img\b([^>]*?)\ssrc="item:(\d+)[^"]*"[^>]*>')
_ALT = re.compile(r'\salt="([^"]*)"')
_MARKUP = re.compile(r"<[^>]+>")


def shown(session: Session, markup: str | None, unseen: Unseen | None = None) -> str:
    """``markup`` ready for the page; one statement when it has references, none when it has not.

    ``unseen``: whose eyes see images that are not public; one statement more when there are some.
    """
    text = markup or ""
    wanted = {int(match.group(2)) for match in _IMAGE.finditer(text)}
    if not wanted:
        return _TABLE.sub(_scrolling, links.to_addresses(session, text))
    images, addresses = pictures.in_text(session, wanted, links.targets(text))
    images |= pictures.unpublished(session, wanted - images.keys(), unseen)
    return _TABLE.sub(_scrolling, links.resolve(_with_images(text, images), addresses))


def _with_images(markup: str, known: Mapping[int, Shown]) -> str:
    """Images of the tree with all their widths."""

    def replace(match: re.Match[str]) -> str:
        image = known.get(int(match.group(2)))
        if image is None:
            return ""  # taken off the site: an empty frame would help nobody
        alt = _ALT.search(match.group())
        return image.markup(alt=html.unescape(alt.group(1)) if alt else None)

    return _IMAGE.sub(replace, markup)


def _scrolling(match: re.Match[str]) -> str:
    caption = _CAPTION.search(match.group())
    label = _MARKUP.sub("", caption.group(1)).strip() if caption else phrases.t(message("content.table"))
    quoted = html.escape(html.unescape(label))
    return f'<div class="c-scroll" role="region" tabindex="0" aria-label="{quoted}">{match.group()}</div>'
