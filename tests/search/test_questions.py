"""From what is typed to the plan: reading never fails, synonyms, grammar, signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.parse import MAX_CHUNKS, parse
from search.plan import Either, Every, Node, Planner, Term
from search.polish import analyser
from search.synonyms import Synonyms

PLANNER = Planner(analyser())


def terms(node: Node) -> set[str]:
    if isinstance(node, Either | Every):
        return set().union(*map(terms, node.nodes))
    return {node.text} if isinstance(node, Term) else set()


@pytest.mark.parametrize(
    ("typed", "words", "phrases", "without"),
    [
        ("podatek rolny", ("podatek", "rolny"), (), ()),
        ('"plan miejscowy" wsi', ("wsi",), (("plan", "miejscowy"),), ()),
        ("„plan miejscowy” wsi", ("wsi",), (("plan", "miejscowy"),), ()),
        ('podatek "rolny i leśny', ("podatek",), (("rolny", "i", "leśny"),), ()),
        ("podatek -rolny", ("podatek",), (), ("rolny",)),
        ("społeczno-gospodarczy", ("społeczno-gospodarczy",), (), ()),
        ("- - --", (), (), ()),
        ('""', (), (), ()),
    ],
)
def test_questions_are_read(
    typed: str, words: tuple[str, ...], phrases: tuple[tuple[str, ...], ...], without: tuple[str, ...]
) -> None:
    question = parse(typed)
    assert (question.words, question.phrases, question.without) == (words, phrases, without)


def test_a_phrase_can_be_excluded() -> None:
    assert parse('podatek -"od psów"').without_phrases == (("od", "psów"),)


def test_a_very_long_question_is_cut_and_says_so() -> None:
    question = parse("podatek " * 500)
    assert len(question.words) == MAX_CHUNKS
    assert question.shortened
    assert not parse("podatek rolny").shortened


@given(st.text())
def test_nothing_that_can_be_typed_fails(text: str) -> None:
    plan = PLANNER.plan(text)
    assert len(plan.must) + len(plan.may) <= MAX_CHUNKS


def test_words_of_grammar_are_not_required() -> None:
    plan = PLANNER.plan("jak złożyć wniosek o dowód")
    assert len(plan.must) == 3
    assert len(plan.may) == 2
    assert len(PLANNER.plan("od do na").must) == 3, "but they are when nothing else was asked"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("śmieci", {"odpad", "komunalny"}),
        ("odpady komunalne", {"smiec"}),
        ("odpadami komunalnymi", {"smiec"}),
        ("burmistrza", {"wojt", "prezydent"}),
        ("GOPS", {"osrodek", "pomoc", "spoleczny"}),
        ("ośrodka pomocy społecznej", {"gops", "mops"}),
        ("przetargi", {"zamowic", "publiczny"}),
    ],
)
def test_synonyms_work_in_any_form_and_both_ways(typed: str, found: set[str]) -> None:
    plan = PLANNER.plan(typed)
    assert found <= set().union(*map(terms, plan.must))


def test_a_one_way_synonym_does_not_come_back() -> None:
    table = Synonyms.of(analyser(), ["pit > podatek dochodowy", "", "# nic", "=", ">", "samotne"])
    planner = Planner(analyser(), table)
    assert "dochodowy" in terms(planner.plan("pit").must[0])
    assert "pita" not in set().union(*map(terms, planner.plan("podatek dochodowy").must))


@pytest.mark.parametrize("typed", ["XLV/312/2021", "uchwała nr XLV/312/2021", "XLV / 312 / 2021", '"XLV/312/2021"'])
def test_signatures_in_a_question_are_recognised(typed: str) -> None:
    assert "xlv/312/2021" in PLANNER.plan(typed).signatures


def test_punctuation_alone_is_hopeless_and_nothing_typed_is_browsing() -> None:
    assert PLANNER.plan("!?...").hopeless
    assert not PLANNER.plan("").hopeless
    assert PLANNER.plan("").browsing


def test_a_chunk_of_hundreds_of_parts_asks_for_few_of_them() -> None:
    plan = PLANNER.plan("-".join(f"słowo{n}" for n in range(200)))
    assert sum(len(terms(node)) for node in plan.must) <= 2 * MAX_CHUNKS
    plan = PLANNER.plan("a-" * 400)
    assert sum(len(terms(node)) for node in plan.must) <= MAX_CHUNKS
