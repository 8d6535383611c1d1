"""The parts of the Bulletin's acceptance that are seen on its pages, opened as any visitor opens them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from bip.acceptance_parts import Asked, Part, Tally, Wanted, rules
from bip.reading import UNREACHABLE, Answer, Page, Reader, foreign, parse

TRIAL = "/redakcja/biuletyn/proba-dziennika"
"""Where the check itself tries to change something without logging in: the journal must note it."""
_OK, _MOVED = 200, (301, 302, 303, 307, 308)
_SEEN_ON_PAGES = (
    "frame", "obligatory", "editors", "foreign", "marks_shown", "menu", "exclusions_shown", "declaration", "copying",
    "printing", "robots", "redirects", "notes",
)  # fmt: skip
_NO_SELECTING = re.compile(
    r"(?:^|[},])\s*(?:html|body|main|article|\*|\.c-text)[^{}]*\{[^}]*user-select:\s*none", re.IGNORECASE
)
_NO_PRINTING = re.compile(
    r"@media\s+print[^{]*\{(?:[^{}]*\{[^{}]*\})*?\s*(?:html|body|main|article)\s*\{[^}]*display:\s*none", re.IGNORECASE
)
_SHUTTING = re.compile(r"addEventListener\(\s*[\"'](?:copy|cut|contextmenu|selectstart|beforeprint)[\"']")


def parts(reader: Reader, asked: Asked, base: str) -> tuple[list[Part], int]:
    """Every part that pages answer, and the status of the attempt that had to be refused."""
    if reader.read(rules()["frame"][0]).status == UNREACHABLE:
        return [Part(code, unseen="unreachable") for code in _SEEN_ON_PAGES], UNREACHABLE
    tally, assets = Tally(), set[str]()
    for one in asked.wanted:
        _look(tally, reader, one, base, assets)
    for path in sorted(assets):
        _asset(tally, path, reader.read(path))
    for one in asked.wanted:
        if one.kind == "item":
            status = reader.read(f"{one.path}/drukuj").status
            tally.saw("printing", one, *([("no_print", str(status))] if status != _OK else []))
    _robots(tally, reader, base)
    of = {"marks_shown": asked.total, "printing": asked.total}
    found = [tally.part(code, of=of.get(code, 0)) for code in _SEEN_ON_PAGES]
    return found, reader.try_to_change(TRIAL)


def _look(tally: Tally, reader: Reader, one: Wanted, base: str, assets: set[str]) -> None:
    answer = reader.read(one.path)
    if one.kind == "old":
        leads = urlsplit(answer.location).path
        right = answer.status in _MOVED and (leads == one.expected or leads.startswith(f"{one.expected}/"))
        tally.saw("redirects", one, *([] if right else [("lost_address", one.path)]))
        return
    wrong = [("no_answer", str(answer.status))] if answer.status != _OK else []
    tally.saw("declaration" if one.kind == "declaration" else "frame", one, *wrong)
    if wrong:
        return
    page = parse(answer.text)
    if one.kind == "declaration":
        tally.saw("declaration", one, *_declaration(page, one))
        return
    tally.saw("obligatory", one, *_obligatory(page))
    tally.saw("foreign", one, *(("foreign", urlsplit(address).netloc) for address in foreign(page, base)))
    tally.saw("copying", one, *(("shut", name) for name in page.shut))
    assets.update(urlsplit(path).path for path in page.loads if path not in foreign(page, base) and _is_code(path))
    if one.item_id:
        tally.saw("robots", one, *_hidden(page, answer))
    if one.path == "/bip/redakcja":
        tally.saw("editors", one, *_editors(page))
    elif one.path == "/bip/mapa":
        _menu(tally, one, page)
    elif one.kind == "withdrawn":
        tally.saw("notes", one, *([] if _says(answer.text, one.expected) else [("no_note", "")]))
    elif one.kind == "item":
        tally.saw("marks_shown", one, *_marks(page))
        if one.exclusions:
            tally.saw("exclusions_shown", one, *_exclusions(page, one))


def _says(text: str, words: str) -> bool:
    """Whether a page of this markup says ``words``, however it is spaced."""
    return bool(words) and " ".join(words.split()) in " ".join(unescape(text).split())


def _is_code(path: str) -> bool:
    return urlsplit(path).path.endswith((".css", ".js"))


def _obligatory(page: Page) -> Iterator[tuple[str, str]]:
    """The mark, the search and the links that every page has (rozp. MSWiA z 18.01.2007, § 11)."""
    if not page.mark:
        yield "no_mark", ""
    if not page.search:
        yield "no_search", ""
    for address in rules()["links"]:
        if address not in page.links:
            yield "no_link", address
    declaration = rules()["declaration_link"]
    if page.links.get(declaration["address"], declaration["words"]) != declaration["words"]:
        yield "declaration_words", ""


def _editors(page: Page) -> Iterator[tuple[str, str]]:
    """The address of the editors, and of at least one of them name, telephone and e-mail (§ 11 ust. 1 pkt 2 i 3)."""
    if not page.people:
        yield "no_editor", ""
    if not any(href.startswith("tel:") and words for href, words in page.links.items()):
        yield "no_phone", ""
    if not any(href.startswith("mailto:") and "@" in href for href in page.links):
        yield "no_email", ""


def _hidden(page: Page, answer: Answer) -> Iterator[tuple[str, str]]:
    if "noindex" in f"{page.robots} {answer.robots}".lower():
        yield "noindex", ""


def _menu(tally: Tally, one: Wanted, page: Page) -> None:
    for row in rules()["menu"]:
        words = page.links.get(f"/bip/{row['path']}")
        if words is None:
            tally.saw("menu", one, ("no_section", row["about"]))
        elif row.get("title", words) != words:
            tally.saw("menu", one, ("other_title", row["title"]))
        else:
            tally.saw("menu", one)


def _marks(page: Page) -> Iterator[tuple[str, str]]:
    said = {name for name, value in page.facts if value}
    for name in rules()["marks"]:
        if name not in said:
            yield "mark_not_shown", name
    if not said & set(rules()["makers"]):
        yield "mark_not_shown", rules()["makers"][0]
    if not page.ids["wersje"]:
        yield "no_states", ""


def _exclusions(page: Page, one: Wanted) -> Iterator[tuple[str, str]]:
    if page.excluded != one.exclusions:
        yield "bars_missing", f"{page.excluded}/{one.exclusions}"
    said = [name for name, value in page.facts if value]
    for name in rules()["exclusion"]:
        if said.count(name) < one.exclusions:
            yield "bar_incomplete", name
    if said.count(rules()["exclusion_interest"]) < one.interests:
        yield "bar_incomplete", rules()["exclusion_interest"]


def _declaration(page: Page, one: Wanted) -> Iterator[tuple[str, str]]:
    asked = rules()["declaration"]
    for name in asked["ids"]:
        if page.ids[name] != 1:
            yield "id_count", f"{name}: {page.ids[name]}"
    for name in asked["times"]:
        if page.ids[name] and not re.fullmatch(r"\d{4}-\d\d-\d\d", page.times.get(name, "")):
            yield "no_day", name
    headings = [text for text in page.h2 if text in asked["headings"]]
    wanted = [text for text in asked["headings"] if text != asked["optional_heading"] or text in headings]
    if one.language == "pl" and headings != wanted:
        yield "heading_order", ""


def _asset(tally: Tally, path: str, answer: Answer) -> None:
    where = Wanted("asset", path)
    wrong = []
    if _NO_SELECTING.search(answer.text):
        wrong.append(("shut", "user-select"))
    if _NO_PRINTING.search(answer.text):
        wrong.append(("shut", "print"))
    if path.endswith(".js") and _SHUTTING.search(answer.text):
        wrong.append(("shut", "script"))
    tally.saw("copying", where, *wrong)


def _robots(tally: Tally, reader: Reader, base: str) -> None:
    """What ``robots.txt`` says of the Bulletin; a site without one lets everybody in."""
    answer = reader.read("/robots.txt")
    where = Wanted("frame", "/robots.txt")
    told = RobotFileParser()
    told.parse(answer.text.splitlines() if answer.status == _OK else [])
    address = f"{base.rstrip('/')}{rules()['frame'][0]}"
    shut = answer.status == _OK and not told.can_fetch("*", address)
    tally.saw("robots", where, *([("robots_shut", "")] if shut else []))
