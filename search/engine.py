"""What all engines share: the order of things in answering a question. Engines give only the primitives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from search import words
from search.highlight import Fragment, Marker
from search.index import PUBLIC, Filters, Hit, Page, Piece, Query, Suggestion
from search.plan import ENOUGH, Plan, Planner
from search.polish import Analyser
from search.spelling import Speller
from search.synonyms import Synonyms

FEW = 3
"""With fewer hits another spelling is offered."""

Facets = dict[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A found document as the engine keeps it: its card and, where asked for, its text (both JSON)."""

    score: float
    card: str
    text: str = ""


class Look(Protocol):
    """One consistent look into an index."""

    def top(self, plan: Plan, query: Query, *, partial: bool) -> tuple[int, list[Stored]]:
        """How many documents answer, and the stored ones of the asked page. ``partial``: some words suffice."""

    def count(self, plan: Plan, query: Query) -> int:
        """How many documents have all words."""

    def facets(self, plan: Plan, query: Query, *, partial: bool) -> Facets:
        """Counts of each value of each facet over all that answer."""

    def beginning(self, whole: tuple[str, ...], prefix: str, query: Query) -> list[Stored]:
        """Documents whose title has the folded words ``whole`` and one that begins with ``prefix``."""

    def known(self, keys: Sequence[str], query: Query) -> list[Stored]:
        """Documents with these keys."""

    def vocabulary(self) -> Mapping[str, int]:
        """Folded words of the texts and in how many documents they are (may lag a little)."""


class Engine:
    """Answers questions through looks; the base of the three backends."""

    name = ""

    def __init__(self, analyser: Analyser, synonyms: Synonyms | None = None) -> None:
        self.analyser = analyser
        self.planner = Planner(analyser, synonyms)
        self._speller = Speller()

    def _look(self) -> AbstractContextManager[Look]:
        """A look that stays consistent within the block."""
        raise NotImplementedError

    def use_synonyms(self, synonyms: Synonyms) -> None:
        """Plan with another table from now on."""
        self.planner = Planner(self.analyser, synonyms)

    def altered(self) -> str:
        """See ``SearchIndex.altered``."""
        return ""

    def search(self, query: Query) -> Page:
        """See ``SearchIndex.search``."""
        plan = self.planner.plan(query.text)
        if plan.hopeless:
            return Page(shortened=plan.question.shortened)
        with self._look() as look:
            complete, found = look.top(plan, query, partial=False)
            total, partial = complete, complete < ENOUGH and len(plan.must) > 1
            if partial:
                total, found = look.top(plan, query, partial=True)
            marker = Marker(self.analyser, plan.marks) if query.fragments else None
            return Page(
                hits=tuple(_hit(stored, marker) for stored in found),
                total=total,
                complete=complete,
                facets=look.facets(plan, query, partial=partial) if query.facets and total else {},
                did_you_mean=self._did_you_mean(look, plan, query) if self._doubtful(plan, complete) else "",
                shortened=plan.question.shortened,
            )

    def suggest(self, text: str, now: datetime, limit: int = 8) -> tuple[Suggestion, ...]:
        """See ``SearchIndex.suggest``."""
        parts = [words.fold(part) for chunk in words.chunks(words.normal(text[:200])) for part in words.parts(chunk)]
        if not parts:
            return ()
        query = Query(text, frozenset({PUBLIC}), now, size=limit * 3, fragments=False, facets=False)
        with self._look() as look:
            found = look.beginning(tuple(parts[:-1][-6:]), parts[-1], query)
        cards = (json.loads(stored.card) for stored in found)
        titles = {card["title"]: Suggestion(card["title"], card["url"]) for card in cards}
        return tuple(titles.values())[:limit]

    def known(self, keys: Iterable[str], readers: frozenset[str], now: datetime) -> Mapping[str, Suggestion]:
        """See ``SearchIndex.known``."""
        asked = list(dict.fromkeys(keys))[:100]
        if not asked:
            return {}
        with self._look() as look:
            found = look.known(asked, Query("", readers, now, size=100, fragments=False, facets=False))
        cards = (json.loads(stored.card) for stored in found)
        return {card["key"]: Suggestion(card["title"], card["url"]) for card in cards}

    def _doubtful(self, plan: Plan, complete: int) -> bool:
        """Nothing has all the words; or little has, and one of them is in no dictionary."""
        if complete >= FEW or not plan.must:
            return False
        known = self.analyser.lemmatiser.known
        return not complete or not all(known(chunk) for chunk in plan.question.words)

    def _did_you_mean(self, look: Look, plan: Plan, query: Query) -> str:
        """Another spelling of the question that public texts can answer better, or nothing.

        The vocabulary may hold words of texts this person may not see; a word is offered only when a public
        text of this moment has it, and is spelled as that text spells it.
        """
        public = replace(query, readers=frozenset({PUBLIC}), filters=Filters(), page=1, size=1, fragments=True)
        corrected = []
        for chunk in plan.question.words:
            folded = words.fold(chunk)
            if len(words.parts(chunk)) > 1 or words.has_digit(chunk) or self._found(look, chunk, public):
                corrected.append(chunk)
                continue
            near = self._speller.near(folded, look.vocabulary)
            spelled = next((s for word in near if (s := self._spelling(look, word, public))), "")
            if not spelled:
                return ""
            corrected.append(spelled)
        text = " ".join(corrected)
        if words.fold(text) == words.fold(" ".join(plan.question.words)):
            return ""
        return text if look.count(self.planner.plan(text), public) else ""

    def _found(self, look: Look, chunk: str, public: Query) -> bool:
        return look.count(self.planner.plan(chunk), public) > 0

    def _spelling(self, look: Look, word: str, public: Query) -> str:
        plan = self.planner.plan(f'"{word}"')
        _, found = look.top(plan, public, partial=False)
        for stored in found:
            body, attachments = json.loads(stored.text)
            title = json.loads(stored.card)["title"]
            for text in (title, body, *(page for _, pages, *_ in attachments for page in pages)):
                for token in self.analyser.tokens(words.normal(text)):
                    if words.fold(token.surface) == word:
                        return token.surface if words.is_acronym(token.surface) else token.surface.lower()
        return ""


def _hit(stored: Stored, marker: Marker | None) -> Hit:
    card: dict[str, Any] = json.loads(stored.card)
    title: tuple[Piece, ...] = (Piece(words.normal(card["title"])),)
    fragment = Fragment(())
    if marker is not None:
        title = marker.whole(title[0].text)
        fragment = marker.best(*json.loads(stored.text))
    return Hit(
        key=card["key"], kind=card["kind"], title=title, url=card["url"], score=stored.score,
        breadcrumb=tuple(card["breadcrumb"]), type=card["type"], year=card["year"], organ=card["organ"],
        status=card["status"], signature=card["signature"],
        date=date.fromisoformat(card["date"]) if card["date"] else None,
        fragment=fragment.pieces, attachment=fragment.attachment, page_number=fragment.page, unit=fragment.unit,
    )  # fmt: skip
