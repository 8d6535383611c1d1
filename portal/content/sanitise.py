"""HTML from editors made safe and plain on the server, whatever the browser sent.

Only structure and text survive: no scripts, styles, events, frames or embedded objects; headings start at
the second level (the first is the page's title); what word processors leave behind is gone.
"""

from __future__ import annotations

import html
import re

import nh3

from portal.content import pasted

_TAGS = """
    p h2 h3 h4 ul ol li dl dt dd a strong em b i sub sup code pre blockquote br hr abbr q cite time
    table caption thead tbody tfoot tr th td colgroup col figure figcaption img del ins details summary
"""
TAGS = frozenset(_TAGS.split())
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "hreflang", "lang"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "ol": {"start", "type"},
    "abbr": {"title"},
    "time": {"datetime"},
    "*": {"lang"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel", "item"})
"""``item:12`` is a reference to a page of ours (``portal.content.links``)."""
_RENAMED = (("h1", "h2"), ("h5", "h4"), ("h6", "h4"))
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_BARE_TH = re.compile(r"<th(?=[\s>])(?![^>]*\sscope=)")
_EMPTY = re.compile(r"<(p|h[2-4]|li|strong|em|b|i)>(?:\s|&nbsp;|<br>)*</\1>")


def clean(markup: str) -> str:
    """``markup`` with only what ``TAGS`` and ``ATTRIBUTES`` allow."""
    markup = pasted.clean(markup)
    for before, after in _RENAMED:
        markup = re.sub(rf"<(/?){before}(?=[\s>])", rf"<\1{after}", markup, flags=re.IGNORECASE)
    safe = nh3.clean(
        markup,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel="noopener",
        strip_comments=True,
    )
    return _ROW.sub(_scoped, _EMPTY.sub("", safe)).strip()


def _scoped(match: re.Match[str]) -> str:
    """A row of headings heads its columns; a heading beside data heads its row. What says so itself stays."""
    scope = "row" if "<td" in match.group() else "col"
    return _BARE_TH.sub(f'<th scope="{scope}"', match.group())


def from_text(text: str) -> str:
    """Plain text as paragraphs: an empty line parts them."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    return "\n".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)


def to_text(markup: str) -> str:
    """The words of ``markup``, blocks on lines of their own: for search, feeds and differences."""
    spaced = re.sub(r"<(?:br|/?(?:p|h[2-6]|li|tr|dt|dd|blockquote|figcaption|caption|pre))\b[^>]*>", "\n", markup)
    spaced = re.sub(r"</t[dh]>", " ", spaced)
    bare = html.unescape(nh3.clean(spaced, tags=set()))
    return "\n".join(line for line in (" ".join(raw.split()) for raw in bare.split("\n")) if line)
