"""The search page, its JSON and its feed, and suggestions while typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import structlog
from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.web import context, phrases, rights, security
from portal.web.texts import known, message
from search import address, bets, editor, engines, feed, frames, sources
from search.address import Asked
from search.bets import Bet
from search.index import FACETS, MAX_PAGE, Filters, IndexUnavailable, Page, Query, Suggestion
from search.polish import analyser
from search.tally import Tally

blueprint = Blueprint("search", __name__, static_folder="static", static_url_path="/zasoby/search")
blueprint.register_blueprint(editor.blueprint)

FEED_SIZE = 30
_OFFERS = 40
_EXTENSION = "wrota.search"

log = structlog.get_logger(__name__)


class _State:
    """What one program remembers between searches."""

    def __init__(self) -> None:
        self.tuning, self.tally = engines.Tuning(), Tally()


def _state() -> _State:
    return cast(_State, current_app.extensions.setdefault(_EXTENSION, _State()))


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the results page shows. ``problem``: why the index cannot answer now."""

    page: Page
    bets: list[Bet]
    suggestions: tuple[Suggestion, ...] = ()
    problem: str = ""


@blueprint.get("/szukaj")
@rights.right(rights.PUBLIC)
@security.takes_any_text
def results() -> ResponseReturnValue:
    """The page of results; without a question, how to search."""
    asked = address.read(request.args)
    phrases.speak(asked.language)
    answer = Answer(Page(), []) if asked.empty else _answer(asked)
    _count(asked, answer)
    last = min(-(-answer.page.total // 10), MAX_PAGE)
    page = render_template(
        "search/results.html", asked=asked, answer=answer, page=answer.page, last=last, fields=address.FIELDS,
        search_query=asked.text[:200], stand=frames.of(asked), offers=_offers(),
    )  # fmt: skip
    return page, 503 if answer.problem else 200


@blueprint.get("/szukaj.json")
@rights.right(rights.PUBLIC)
@security.takes_any_text
def as_json() -> ResponseReturnValue:
    """The same answer for programs."""
    asked = address.read(request.args)
    with context.reading() as session:
        readers = sources.readers(session, context.actor())
    page = _search(asked.query(readers, now=clock.now()))
    found = [
        {
            "title": hit.plain_title, "url": _absolute(hit.url), "type": hit.type, "year": hit.year, "organ": hit.organ,
            "status": hit.status, "signature": hit.signature, "date": hit.date.isoformat() if hit.date else None,
            "breadcrumb": list(hit.breadcrumb), "attachment": hit.attachment or None,
            "page": hit.page_number or None, "unit": hit.unit if hit.page_number else None,
            "fragment": [{"text": p.text, "hit": p.hit} for p in hit.fragment],
        }
        for hit in page.hits
    ]  # fmt: skip
    facets = {address.FIELDS[name]: dict(page.facets.get(name, ())) for name in FACETS}
    answer = {
        "query": asked.text, "page": asked.page, "total": page.total, "complete": page.complete,
        "did_you_mean": page.did_you_mean or None, "facets": facets, "results": found,
    }  # fmt: skip
    return jsonify(answer)


@blueprint.get("/szukaj.rss")
@rights.right(rights.PUBLIC)
@security.takes_any_text
def as_feed() -> ResponseReturnValue:
    """What a search finds, newest first, for feed readers. Public texts only: feeds are shared."""
    asked = address.read(request.args)
    query = Query(asked.text, now=clock.now(), filters=asked.filters, sort="date", size=FEED_SIZE, facets=False)
    body = feed.rss(asked, _search(query), context.settings().public_url)
    return Response(body, content_type="application/rss+xml; charset=utf-8")


@blueprint.get("/szukaj/podpowiedzi")
@rights.right(rights.PUBLIC)
@security.takes_any_text
def suggestions() -> ResponseReturnValue:
    """Titles of public pages with words that begin as typed. JSON."""
    found = _suggestions(request.args.get("q", ""))
    return jsonify([{"title": s.title, "url": s.url} for s in found])


def _answer(asked: Asked) -> Answer:
    now = clock.now()
    try:
        with context.reading() as session:
            readers = sources.readers(session, context.actor())
            index = engines.of(context.program())
            _state().tuning.bring(session, index)
            best = bets.for_question(session, analyser(), asked.text, clock.today())
        page = index.search(asked.query(readers, now=now))
        shown = {hit.url for hit in page.hits}
        few = [one for one in _suggestions(asked.text) if one.url not in shown] if page.total < 3 else []
        return Answer(page, bets.shown(index, best, readers, now), tuple(few))
    except IndexUnavailable as problem:
        log.warning("search_unavailable", code=problem.code, reason=problem.reason)
        return Answer(Page(), [], problem=problem.code)


def _search(query: Query) -> Page:
    """Raises ``IndexUnavailable``: programs get 503."""
    index = engines.of(context.program())
    with context.reading() as session:
        _state().tuning.bring(session, index)
    return index.search(query)


def _suggestions(text: str) -> tuple[Suggestion, ...]:
    return engines.of(context.program()).suggest(text, clock.now())


def _offers() -> list[str]:
    """Titles of what can be done here, for browsers to offer while typing without JavaScript."""
    forms = Query("", now=clock.now(), filters=Filters(type="form"), size=_OFFERS, fragments=False, facets=False)
    try:
        return [hit.plain_title for hit in _search(forms).hits]
    except IndexUnavailable:
        return []


def _absolute(url: str) -> str:
    return context.settings().public_url + url if url.startswith("/") else url


def _count(asked: Asked, answer: Answer) -> None:
    tally = _state().tally
    if asked.text.strip() and asked.page == 1 and not asked.filters and not answer.problem:
        tally.note(asked.text, found=answer.page.total > 0)
    if tally.due():
        tally.write_beside(context.program().database)


@blueprint.app_template_global()
def search_label(field: str, value: str) -> str:
    """The Polish name of a facet's value: types and states have one, the others name themselves."""
    code = f"search.{field}.{value}"
    return message(code) if known(code) else value


@blueprint.app_template_global()
def pages_around(current: int, last: int) -> list[int]:
    """Numbers of pages to link: the first, the last, and two on each side of the current one; 0 is a gap."""
    near = {1, last, *range(max(1, current - 2), min(last, current + 2) + 1)}
    made: list[int] = []
    for number in sorted(n for n in near if n >= 1):
        if made and number - made[-1] > 1:
            made.append(0)
        made.append(number)
    return made
