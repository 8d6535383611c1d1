"""What every search engine must do: one set of tests, three engines (PostgreSQL is a real server)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from search.index import PUBLIC, Attachment, Doc, Filters, IndexUnavailable, Query, SearchIndex
from tests.search.engines import ENGINES, Open, filled, opener

NOW = datetime.now(UTC)
EVERYBODY = frozenset({PUBLIC})

TAX = Doc(
    "item:1", "item", "Uchwała nr XLV/312/2021 w sprawie stawek podatku od nieruchomości",
    "Rada Gminy określa stawki podatku od nieruchomości: od gruntów, od budynków i od budowli.",
    url="/bip/uchwaly/312", breadcrumb=("BIP", "Uchwały"), readers=EVERYBODY, type="resolution", year=2021,
    organ="Rada Gminy", status="published", signature="XLV/312/2021", date=date(2021, 11, 25),
)  # fmt: skip
TENDER = Doc(
    "item:2", "item", "Przetarg na odbiór śmieci", "Zamówienie wynika z uchwały XLV/312/2021 i uchwały XLV/313/2021.",
    attachments=(Attachment("siwz.pdf", ("Specyfikacja.", "Na drugiej stronie opisano żółte worki i podatek VAT.")),),
    url="/bip/przetargi/2", readers=EVERYBODY, type="notice", year=2022, organ="Wójt Gminy", status="published",
    signature="GK.6220.4.2022", date=date(2022, 2, 1),
)  # fmt: skip
PAGE = Doc(
    "item:3", "item", "Cmentarz komunalny – godziny otwarcia", "Zmarłych chowa się na cmentarzu przy ulicy Polnej.",
    url="/cmentarz", readers=EVERYBODY, type="page", organ="Wójt Gminy", status="published", date=date(2020, 5, 1),
)  # fmt: skip
LETTER = Doc(
    "entry:4", "entry", "Skarga Gżegżółki na podatek", "Nadawca: Barnaba Gżegżółka, PESEL zatajony.",
    url="/biuro/rejestr/4", readers=frozenset({"role:clerk@/", "user:5"}), type="entry", year=2022,
    organ="Kancelaria", status="internal", signature="RPW/4/2022", date=date(2022, 3, 1),
)  # fmt: skip
DOCS = (TAX, TENDER, PAGE, LETTER)


@pytest.fixture(params=ENGINES)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return opener(request.param, request, tmp_path)


@pytest.fixture
def index(again: Open) -> Iterator[SearchIndex]:
    index = filled(again(), DOCS)
    yield index
    index.close()


def keys(index: SearchIndex, text: str, **more: object) -> list[str]:
    return [hit.key for hit in index.search(Query(text, **more)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("uchwala podatek od nieruchomosci", "item:1"),
        ("stawki podatków od nieruchomości", "item:1"),
        ("XLV/312/2021", "item:1"),
        ("xlv/312/2021", "item:1"),
        ("XLV / 312 / 2021", "item:1"),
        ("uchwała nr XLV/312/2021", "item:1"),
        ("GK.6220.4.2022", "item:2"),
        ("GK.6220.4", "item:2"),
        ("zamówienia publiczne śmieciowe", "item:2"),
        ("żółtymi workami", "item:2"),
        ("cmentarze", "item:3"),
        ("ulica polna", "item:3"),
        ("otwarc cmentarza", "item:3"),
    ],
)
def test_the_right_document_comes_first_in_every_form_of_its_words(index: SearchIndex, text: str, first: str) -> None:
    assert keys(index, text)[0] == first


def test_a_phrase_means_exactly_those_words_in_that_order(index: SearchIndex) -> None:
    assert keys(index, '"od nieruchomości"') == ["item:1"]
    assert keys(index, '"OD NIERUCHOMOSCI"') == ["item:1"]
    assert keys(index, '"nieruchomości stawki"') == []
    assert keys(index, '"podatek od nieruchomości"') == []
    assert keys(index, '"drugiej stronie opisano"') == ["item:2"]
    assert keys(index, '"Specyfikacja Na"') == [], "a phrase does not reach over the end of a page"


def test_a_word_with_a_minus_keeps_documents_away(index: SearchIndex) -> None:
    assert set(keys(index, "podatek")) == {"item:1", "item:2"}
    assert keys(index, "podatek -nieruchomość") == ["item:2"]
    assert keys(index, 'podatek -"żółte worki"') == ["item:1"]
    assert "item:1" not in keys(index, "-podatek")


def test_documents_with_all_words_come_before_those_with_some_and_both_are_counted(index: SearchIndex) -> None:
    page = index.search(Query("podatek cmentarz nieruchomości"))
    assert (page.complete, page.total) == (0, 3)
    page = index.search(Query("podatek nieruchomości"))
    assert (page.complete, page.total) == (1, 2)
    assert page.hits[0].key == "item:1"


def test_facets_count_everything_that_answers(index: SearchIndex) -> None:
    page = index.search(Query("podatek", readers=frozenset({PUBLIC, "user:5"}), size=1))
    assert (len(page.hits), page.total) == (1, 3)
    assert page.facets["year"] == (("2022", 2), ("2021", 1))
    assert page.facets["type"] == (("entry", 1), ("notice", 1), ("resolution", 1))
    assert dict(page.facets["organ"]) == {"Rada Gminy": 1, "Wójt Gminy": 1, "Kancelaria": 1}
    assert dict(page.facets["status"]) == {"published": 2, "internal": 1}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(type="notice"), {"item:2"}),
        (Filters(year=2021), {"item:1"}),
        (Filters(organ="Wójt Gminy"), {"item:2", "item:3"}),
        (Filters(status="internal"), set()),
        (Filters(since=date(2021, 11, 25)), {"item:1", "item:2"}),
        (Filters(until=date(2021, 11, 25)), {"item:1", "item:3"}),
        (Filters(since=date(2021, 1, 1), until=date(2021, 12, 31), organ="Rada Gminy"), {"item:1"}),
        (Filters(type="there is no such type"), set()),
    ],
)
def test_filters_narrow_and_facets_follow(index: SearchIndex, filters: Filters, expected: set[str]) -> None:
    page = index.search(Query("", filters=filters))
    assert {hit.key for hit in page.hits} == expected
    assert page.total == len(expected)
    assert sum(count for _, count in page.facets.get("type", ())) == len(expected)


def test_nothing_typed_lists_the_newest_first(index: SearchIndex) -> None:
    assert keys(index, "") == ["item:2", "item:1", "item:3"]


def test_answers_can_be_ordered_by_date(index: SearchIndex) -> None:
    assert keys(index, "podatek", sort="date") == ["item:2", "item:1"]
    assert keys(index, "podatek nieruchomości", sort="date") == ["item:2", "item:1"]


def test_pages_divide_the_answer_and_the_page_past_the_end_is_empty_with_the_same_total(index: SearchIndex) -> None:
    pages = [index.search(Query("", size=2, page=n)) for n in (1, 2, 3, 10_000)]
    assert [len(page.hits) for page in pages] == [2, 1, 0, 0]
    assert {page.total for page in pages} == {3}
    assert len({hit.key for page in pages for hit in page.hits}) == 3


def test_the_fragment_marks_every_form_and_says_where_it_is_from(index: SearchIndex) -> None:
    hit = index.search(Query("stawka podatku")).hits[0]
    assert [p.text for p in hit.title if p.hit] == ["stawek", "podatku"]
    assert [p.text for p in hit.fragment if p.hit] == ["stawki", "podatku"]
    assert (hit.attachment, hit.page_number) == ("", 0)
    hit = index.search(Query("żółty worek")).hits[0]
    assert [p.text for p in hit.fragment if p.hit] == ["żółte", "worki"]
    assert (hit.attachment, hit.page_number) == ("siwz.pdf", 2)


def test_a_hit_carries_what_a_list_shows(index: SearchIndex) -> None:
    hit = index.search(Query("XLV/312/2021")).hits[0]
    assert (hit.plain_title, hit.url, hit.breadcrumb) == (TAX.title, TAX.url, TAX.breadcrumb)
    assert (hit.type, hit.year, hit.organ, hit.status) == ("resolution", 2021, "Rada Gminy", "published")
    assert (hit.signature, hit.date) == ("XLV/312/2021", date(2021, 11, 25))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("nierochomosci", "nieruchomości"), ("cmetarz", "cmentarz"), ("stawki podatkuu", "stawki podatku")],
)
def test_a_typing_error_is_noticed(index: SearchIndex, typed: str, meant: str) -> None:
    assert index.search(Query(typed)).did_you_mean == meant


def test_a_rightly_spelled_question_is_left_alone(index: SearchIndex) -> None:
    assert index.search(Query("cmentarz")).did_you_mean == ""


def test_titles_are_suggested_while_typing(index: SearchIndex) -> None:
    assert [s.url for s in index.suggest("podat", NOW)] == ["/bip/uchwaly/312"]
    assert [s.url for s in index.suggest("podatku od nier", NOW)] == ["/bip/uchwaly/312"]
    assert [s.url for s in index.suggest("SMIE", NOW)] == ["/bip/przetargi/2"]
    assert index.suggest("", NOW) == index.suggest("!?", NOW) == ()


def test_documents_are_known_by_key_to_those_who_may_find_them(index: SearchIndex) -> None:
    asked = ["item:1", "entry:4", "item:99"]
    assert {key: (s.title, s.url) for key, s in index.known(asked, EVERYBODY, NOW).items()} == {
        "item:1": (TAX.title, TAX.url)
    }
    assert set(index.known(asked, frozenset({PUBLIC, "user:5"}), NOW)) == {"item:1", "entry:4"}
    assert index.known([], EVERYBODY, NOW) == {}


def test_putting_the_same_key_again_replaces_it(index: SearchIndex) -> None:
    index.put([replace(TAX, title="Zupełnie inny tytuł", body="o kotach", signature="")])
    assert keys(index, "koty") == ["item:1"]
    assert "item:1" not in keys(index, "nieruchomość")
    assert "item:1" not in keys(index, "XLV/312/2021")
    assert index.check().documents == len(DOCS)


def test_deleting_takes_everything_away(index: SearchIndex) -> None:
    index.delete(["item:1", "item:99"])
    assert keys(index, "nieruchomość") == []
    assert keys(index, "XLV/312/2021") == ["item:2"]
    assert index.suggest("podat", NOW) == ()
    assert index.search(Query("nierochomosci")).did_you_mean == ""
    assert dict(index.digests()) == {doc.key: doc.digest for doc in DOCS if doc.key != "item:1"}


def test_an_open_reader_sees_what_another_one_writes(again: Open, index: SearchIndex) -> None:
    other = again()
    assert keys(other, "koty") == []
    index.put([Doc("item:7", "item", "O kotach", readers=EVERYBODY)])
    assert keys(other, "koty") == ["item:7"]
    index.delete(["item:7"])
    assert keys(other, "koty") == []
    other.close()


def test_a_rebuild_answers_from_the_old_index_until_it_is_done(again: Open, index: SearchIndex) -> None:
    other = again()
    with index.rebuild() as rebuild:
        rebuild.fill(lambda: [PAGE])
        assert keys(other, "podatek nieruchomości")[0] == "item:1"
    assert keys(other, "podatek nieruchomości") == []
    assert keys(other, "cmentarz") == ["item:3"]
    other.close()


def test_what_changes_during_a_rebuild_is_not_lost(again: Open, index: SearchIndex) -> None:
    other = again()
    with index.rebuild() as rebuild:
        rebuild.fill(lambda: [TAX, TENDER])
        other.put([Doc("item:7", "item", "O kotach", readers=EVERYBODY)])
        other.delete(["item:2"])
        rebuild.fill(lambda: [PAGE])
    assert sorted(dict(index.digests())) == ["item:1", "item:3", "item:7"]
    other.close()


def test_a_rebuild_that_fails_leaves_the_old_index_answering(index: SearchIndex) -> None:

    def unreadable() -> Iterator[Doc]:
        yield PAGE
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), index.rebuild() as rebuild:
        rebuild.fill(unreadable)
    assert keys(index, "podatek nieruchomości")[0] == "item:1"
    index.put([PAGE])
    assert index.check().ok


def test_there_is_no_index_before_the_first_rebuild(again: Open) -> None:
    index = again()
    assert index.check().state == "missing"
    with pytest.raises(IndexUnavailable) as missing:
        index.search(Query("podatek"))
    assert missing.value.code == "search.missing"
    with pytest.raises(IndexUnavailable):
        index.put([TAX])
    assert filled(index, []).search(Query("podatek")).total == 0
    index.close()


STATES = {
    "published": {},
    "scheduled": {"visible_from": NOW + timedelta(hours=1)},
    "expired": {"visible_until": NOW - timedelta(seconds=2)},
    "expires later": {"visible_until": NOW + timedelta(days=2)},
    "since long": {"visible_from": NOW - timedelta(days=30)},
}
ROLES: dict[str, frozenset[str]] = {
    "nobody": frozenset(),
    "public": EVERYBODY,
    "user": frozenset({PUBLIC, "user:5"}),
    "clerk": frozenset({PUBLIC, "user:6", "role:clerk@/"}),
    "head": frozenset({PUBLIC, "user:7", "role:clerk@/", "role:head@/"}),
}
READERS: dict[str, frozenset[str]] = {
    "everybody": EVERYBODY,
    "one user": frozenset({"user:5"}),
    "clerks": frozenset({"role:clerk@/"}),
    "heads and a user": frozenset({"role:head@/", "user:5"}),
    "none": frozenset(),
}


def matrix() -> list[Doc]:
    """A document for each state and kind of readers, each with a word of its own."""
    docs = []
    for number, (state, readers) in enumerate(itertools.product(STATES, READERS)):
        word = "sowiarka" + "abcdefghijklmnopqrstuvwxyz"[number]
        docs.append(
            Doc(
                f"item:{number}",
                "item",
                f"Tajemnica {word} {state}",
                f"Treść wspólna oraz {word}jawna.",
                attachments=(Attachment("plik.pdf", (f"załącznik {word}głęboka",)),),
                url=f"/{number}",
                readers=READERS[readers],
                type=f"type{number}",
                year=1900 + number,
                organ=word,
                status=f"s{number}",
                signature=f"AB.{number}.2026",
                date=date(2026, 1, 1),
                **STATES[state],
            )
        )
    return docs


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(hours=2), timedelta(days=3), timedelta(hours=-2)])
def test_no_role_finds_counts_or_is_offered_what_it_may_not_see(again: Open, offset: timedelta) -> None:
    docs = matrix()
    index = filled(again(), docs)
    now = NOW + offset

    def may(doc: Doc, readers: frozenset[str]) -> bool:
        started = doc.visible_from is None or doc.visible_from <= now
        return started and (doc.visible_until is None or doc.visible_until > now) and bool(doc.readers & readers)

    for readers in ROLES.values():
        allowed = {doc.key: doc for doc in docs if may(doc, readers)}
        for text in (
            "tajemnica",
            "wspólna",
            "",
            "załącznik",
            "treść tajemnica",
            '"treść wspólna"',
            "tajemnica nieznana",
        ):
            page = index.search(Query(text, readers, now, size=100))
            assert {hit.key for hit in page.hits} == set(allowed), text
            assert page.total == len(allowed)
            for facet, field in (("type", "type"), ("year", "year"), ("organ", "organ"), ("status", "status")):
                counted = {value for value, _ in page.facets.get(facet, ())}
                assert counted == {str(getattr(doc, field)) for doc in allowed.values()}
        for doc in docs:
            word = doc.organ
            for text in (word, f"{word}jawna", f"{word}głęboka", doc.signature, f'"{word}"', f"{word[:-1]}x{word[-1]}"):
                page = index.search(Query(text, readers, now))
                shown = {hit.key for hit in page.hits}
                assert shown <= set(allowed)
                if text == word:
                    assert (doc.key in shown) == (doc.key in allowed)
                public = PUBLIC in doc.readers and may(doc, EVERYBODY)
                assert public or word not in page.did_you_mean
    offered = {s.url for s in index.suggest("taje", now, limit=50)}
    assert offered == {doc.url for doc in docs if may(doc, EVERYBODY)}
    index.close()


HOSTILE = [
    "", " ", "\x00", "\x00abc", "a" * 10_000, "podatek " * 2000, '"' * 500, "-" * 500, '"podatek', 'podatek"', "- -",
    '-"', '""', "' OR 1=1 --", "'; drop table ws_meta; --", "%s %(p0)s %%", ".*(a+)+$", "[a-z", "title:*", "*:*", "~2",
    "a AND (b OR", "NOT", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "i w z do na od",
    "!@#$%^&*()_+=|\\", "\ud800", "🏛️🚜", "𝔘𝔠𝔥𝔴𝔞ł𝔞", "عربي", "中文字符", "🇵🇱" * 300, "\u202eabc", "ﬃ", "İstanbul",
    "ẞ", "\U0010ffff", "1" * 400, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19", "a-" * 3000, "/" * 300 + "a",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_answered(index: SearchIndex, text: str) -> None:
    page = index.search(Query(text))
    assert page.total >= len(page.hits)
    index.suggest(text, NOW)


def test_one_character_of_every_plane_can_be_typed_and_stored(index: SearchIndex) -> None:
    sample = [chr(n) for n in range(0, 0x110000, 331)]
    index.put([Doc("item:8", "item", "".join(sample), "".join(sample[:500]), readers=EVERYBODY)])
    for n in range(0, len(sample), 60):
        index.search(Query(" ".join(sample[n : n + 60])))
    assert index.check().documents == len(DOCS) + 1


def test_threads_may_search_while_another_writes(index: SearchIndex) -> None:
    stop, failures = threading.Event(), list[BaseException]()

    def ask() -> None:
        try:
            while not stop.is_set():
                assert keys(index, "podatek nieruchomości")[0] == "item:1"
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            index.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        index.put([Doc(f"item:{100 + number}", "item", "O kotach", readers=EVERYBODY)])
    stop.set()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert index.search(Query("koty")).total == 5


def test_a_search_within_a_place_finds_what_lies_there_and_below(index: SearchIndex) -> None:
    within = lambda place: {hit.key for hit in index.search(Query("", filters=Filters(within=place))).hits}  # noqa: E731
    assert within("/bip") == {"item:1", "item:2"}
    assert within("/bip/uchwaly") == {"item:1"}
    assert within("/bip/uchw") == set()
    assert within("/cmentarz") == {"item:3"}
    assert within("/biuro") == set()
    page = index.search(Query("podatek", filters=Filters(within="/bip")))
    assert page.total == 2
    assert sum(count for _, count in page.facets["type"]) == page.total
