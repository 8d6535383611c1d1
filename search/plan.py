"""From a question to a plan no engine can misunderstand: a small tree of terms with weights.

Engines translate the same plan, so the same question means the same everywhere. Words of grammar (``w``,
``od``, ``oraz``) help the ranking but are not required; a signature is required in one piece or in parts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from search import words
from search.parse import MAX_CHUNKS, Question, parse
from search.polish import Analyser, is_bare
from search.synonyms import SYNONYM, Synonyms

TITLE, BODY, ATTACHMENT = 3.0, 1.0, 0.5
"""Weights of the fields in the sum of BM25 scores (k1 1.2, b 0.75)."""
ENOUGH = 10
"""With fewer documents having all words, those having some are added."""
WHOLE = 4.0
"""Weight of a signature or compound found in one piece."""

GRAMMAR = frozenset(
    """
    a aby albo ale bez by byc co czy dla do gdzie go i ich ile in im ja jak jaki jako je jego jej jest kiedy
    kto ktory lub ma mi mozna my na nad nie niz o od oraz po pod przed przez przy sa sie ta tak taki te tej
    ten to tu u w we wedlug za ze z
    """.split()  # noqa: SIM905 - read as a sentence, it stays one
)
"""Words of grammar, folded."""


@dataclass(frozen=True, slots=True)
class Term:
    """A lemma in title, body or attachments."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Whole:
    """A signature or compound in one piece."""

    text: str
    weight: float = WHOLE


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded surface words, one right after another."""

    words: tuple[str, ...]
    weight: float = 2.0


@dataclass(frozen=True, slots=True)
class Either:
    """Any of the nodes; the best one scores."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All of the nodes; scores add."""

    nodes: tuple[Node, ...]


Node: TypeAlias = "Term | Whole | Phrase | Either | Every"


@dataclass(frozen=True, slots=True)
class Plan:
    """``must``: required for a complete answer, any one of them for a partial one. ``may``: only ranks.

    ``phrases`` are always required, ``without`` never allowed. ``signatures``: documents having one of
    these as their own come first. ``marks``: terms to highlight, each with the number of its word.
    """

    question: Question
    must: tuple[Node, ...] = ()
    may: tuple[Node, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    without: tuple[Node, ...] = ()
    signatures: tuple[str, ...] = ()
    marks: dict[str, int] = field(default_factory=dict)

    @property
    def browsing(self) -> bool:
        """Nothing to look for: list what the filters allow."""
        return not (self.must or self.phrases)

    @property
    def hopeless(self) -> bool:
        """Something was typed, but not a letter or digit of it."""
        return self.browsing and not self.without and bool(self.question.text)


FEWEST_PARTS = 6
"""Parts of one chunk that are asked for at least, however many chunks there are: a case number has four or five."""


class Planner:
    """Makes plans with one analyser and the present synonyms."""

    def __init__(self, analyser: Analyser, synonyms: Synonyms | None = None) -> None:
        self.analyser = analyser
        self.synonyms = synonyms or Synonyms.standard(analyser)

    def plan(self, text: str) -> Plan:
        """The plan of what was typed."""
        question = parse(text)
        bare = is_bare(text)
        most = max(FEWEST_PARTS, MAX_CHUNKS // max(1, len(question.words)))
        groups = [self._group(chunk, bare, most) for chunk in question.words]
        content = [not _grammar(chunk) for chunk in question.words]
        if not any(content):
            content = [True] * len(groups)
        must, may = self._with_synonyms(groups, content)
        return Plan(
            question=question,
            must=tuple(must),
            may=tuple(may),
            phrases=tuple(phrase for p in question.phrases if (phrase := self._phrase(p)).words),
            without=(
                *(self._group(chunk, bare) for chunk in question.without),
                *(self._phrase(p) for p in question.without_phrases),
            ),
            signatures=_signatures(question),
            marks=self._marks(question, must or may),
        )

    def _group(self, chunk: str, bare: bool, most: int = FEWEST_PARTS) -> Node:
        # Hundreds of parts would be hundreds of joins; the same part twice says nothing more.
        pieces = list(dict.fromkeys(words.parts(chunk)))[:most] or words.parts(chunk)
        parts = [self._part(piece, bare) for piece in pieces]
        if len(pieces) == 1:
            return parts[0]
        hidden = self.analyser.lemmatiser.compound(chunk) if "-" in chunk else {}
        for place, piece in enumerate(pieces):
            if lemma := hidden.get(piece.lower()):
                parts[place] = Term(words.fold(lemma))
        return Either((Whole(words.whole(chunk)), Every(tuple(parts))))

    def _part(self, piece: str, bare: bool) -> Node:
        return _either(*(Term(t, w) for t, w in self.analyser.alternatives(piece, bare=bare).items()))

    def _phrase(self, chunks: tuple[str, ...]) -> Phrase:
        return Phrase(tuple(words.fold(part) for chunk in chunks for part in words.parts(chunk)))

    def _with_synonyms(self, groups: list[Node], content: list[bool]) -> tuple[list[Node], list[Node]]:
        must: list[Node] = []
        may: list[Node] = []
        place = 0
        while place < len(groups):
            length, targets = self.synonyms.match([_terms(g) for g in groups[place : place + 6]])
            taken = groups[place : place + max(length, 1)]
            node = taken[0] if len(taken) == 1 else Every(tuple(taken))
            if targets:
                node = _either(node, *(_target(target) for target in targets))
            (must if length or content[place] else may).append(node)
            place += len(taken)
        return must, may

    def _marks(self, question: Question, nodes: list[Node]) -> dict[str, int]:
        """Words of grammar are marked only where nothing else was asked."""
        found: dict[str, int] = {}
        for number, node in enumerate(nodes):
            found |= dict.fromkeys(sorted(_all_terms(node) - found.keys()), number)
        content = {term: number for term, number in found.items() if term not in GRAMMAR} or found
        for number, phrase in enumerate(question.phrases, len(nodes)):
            content |= {words.fold(part): number for chunk in phrase for part in words.parts(chunk)}
        return content


def _either(*nodes: Node) -> Node:
    flat = [n for node in nodes for n in (node.nodes if isinstance(node, Either) else (node,))]
    return flat[0] if len(flat) == 1 else Either(tuple(flat))


def _grammar(chunk: str) -> bool:
    return chunk.islower() and words.fold(chunk) in GRAMMAR


def _target(terms: tuple[str, ...]) -> Node:
    made = tuple(Term(t, SYNONYM) for t in terms)
    return made[0] if len(made) == 1 else Every(made)


def _terms(node: Node) -> frozenset[str]:
    """The terms one word of the question may stand for (a compound stands for none)."""
    if isinstance(node, Term):
        return frozenset({node.text})
    if isinstance(node, Either):
        return frozenset(n.text for n in node.nodes if isinstance(n, Term))
    return frozenset()


def _all_terms(node: Node) -> set[str]:
    if isinstance(node, Term | Whole):
        return {node.text}
    if isinstance(node, Phrase):
        return set(node.words)
    return set().union(*(_all_terms(n) for n in node.nodes))


def _signatures(question: Question) -> tuple[str, ...]:
    """Signatures in the question: each joined chunk with a digit, and the whole question when it has spaces."""
    found = [words.whole(c) for c in question.words if len(words.parts(c)) > 1 and words.has_digit(c)]
    for phrase in question.phrases:
        found.extend(words.whole(c) for c in phrase if len(words.parts(c)) > 1 and words.has_digit(c))
    together = words.signature(question.text.strip('"'))
    if len(together) <= words.MAX_TERM and words.has_digit(together) and len(words.parts(together)) > 1:
        found.append(together)
    return tuple(dict.fromkeys(found))
