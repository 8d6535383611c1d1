"""Personal names in any grammatical case: a first name beside a surname, a surname after a title or an initial.

Patrons of streets and schools, saints and kings are nobody's personal data. A surname once found in a full name is
found alone too. Names that stand by a public post are found and marked so (``public``): a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.content.personal import patrons
from portal.content.personal.words import Word, data_words, word

_UPPER = "A-ZĄĆĘŁŃÓŚŹŻÀ-ÖØ-Þ"
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_TITLES = re.compile(
    r"(?:\b(?:[Pp]an(?:a|u|em|ie|owie|ów|om)?|[Pp]ani(?:ą|a)?|[Pp]aństw[oau]|[Pp]aństwem|PAN[AUI]?|[Oo]b\.|[Oo]bywatel\w*|[Ww]nioskodaw\w+"
    r"|[Ss]karżąc\w+|[Ii]nwestor\w*|[Mm]ałżon\w+|[Mm]ałżeństw\w+|[Rr]odzin\w+|[Ss]padkobierc\w+|[Ww]łaściciel\w*"
    r"|[Pp]ełnomocni\w+|[Ss]tron\w+|[Rr]adn\w+|[Ss]ołtys\w*|[Mm]ieszkan\w+|[Dd]zierżawc\w+|[Nn]ajemc\w+|[Kk]andydat\w*"
    r"|[Uu]czestni\w+|[Śś]wiad\w+|[Dd]łużni\w+|[Pp]odatni\w+|[Nn]abyw\w+|[Pp]odpisał\w*|[Cc]órk\w+|[Ss]yn\w*|[Żż]on\w+|[Mm]ąż|[Mm]ęż\w+|[Bb]rat\w*|[Ss]iostr\w+|[Mm]atk\w+,?|[Oo]jc\w+)|(?:(?<=, )[sc]\.\s?)|(?:\b(?:mgr|inż|dr|prof|hab|adw|mec|gen|płk|ks|lek|arch|pp?)\.\s?)"
    r"|\bdr|\b[Aa]dwokat\w*|\b[Rr]adc\w+ prawn\w+)\s*$"
)
_POSTS = re.compile(
    r"(?i)\b(?:wójt\w*|burmistrz\w*|prezydent\w*|starost\w*|sekretarz\w*|skarbni\w+|kierowni\w+|dyrektor\w*|naczelni\w+"
    r"|(?:pod|nad)?inspektor\w*|przewodnicząc\w+|wiceprzewodnicząc\w+|zastęp\w+|radn\w+|sołtys\w*|minist\w+|wojewod\w+|marszał\w+"
    r"|referent\w*|specjalist\w+|główn\w+ księgow\w+|komisarz\w*|komendant\w*|poseł\w*|posł\w+|senator\w*|prezes\w*"
    r"|z upoważnienia|z up\.|pełnomocni\w+ wójta|rzeczni\w+|inspektor\w* ochrony danych|sporządził\w*|wytworzył\w*|zatwierdził\w*)"
)
_NOT_NAMES = data_words("not_names.txt")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the searched text; ``lemma`` joins its occurrences, ``public`` when it stands by a public post."""

    start: int
    end: int
    lemma: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    form: str
    word: Word

    @property
    def capital(self) -> bool:
        return self.form[0].isupper() and self.form.lower() not in _NOT_NAMES

    @property
    def initial(self) -> bool:
        return len(self.form) == 1 and self.form.isupper()

    @property
    def surname(self) -> bool:
        return self.capital and len(self.form) > 1 and self.word.surname

    @property
    def first(self) -> bool:
        return self.capital and len(self.form) > 1 and self.word.first


def find(text: str) -> Iterator[Name]:
    """Names in the searched form ``text``, in order, without overlap."""
    tokens = [_Token(m.start(), m.end(), m.group(), _word(m.group())) for m in _TOKEN.finditer(text)]
    found: list[Name] = []
    at, patron_end = 0, len(text)
    while at < len(tokens):
        length = _length(text, tokens, at) if _may_begin(tokens[at]) else 0
        if length and not (
            patrons.by_place(text, tokens[at].start, tokens[at + length - 1].end)
            or (_of_whom(tokens[at]) and patrons.in_a_row(text, patron_end, tokens[at].start))
            or patrons.remembered([token.word.lemmas or (token.word.lemma,) for token in tokens[at : at + length]])
        ):
            found.append(_name(text, tokens[at : at + length]))
        elif length:
            patron_end = tokens[at + length - 1].end
        at += max(length, 1)
    yield from sorted([*found, *_alone(text, tokens, found)], key=lambda name: name.start)


def _word(form: str) -> Word:
    """A hyphenated surname is what its parts are."""
    if "-" not in form:
        return word(form)
    parts = [word(part) for part in form.split("-") if part]
    last = all(part.surname and not (part.common and not part.last) for part in parts)
    first = all(part.first for part in parts)
    return Word(first=first, last=last, common=not (last or first), lemma="-".join(part.lemma for part in parts))


def _may_begin(token: _Token) -> bool:
    return token.initial or (token.capital and (token.word.first or token.word.surname))


def _gap(text: str, one: _Token, two: _Token, *, dotted: bool = False) -> bool:
    between = text[one.end : two.start]
    if dotted and between.startswith("."):
        between = between[1:]
        return len(between) <= 2 and not between.strip(" \n\u00a0-")
    return 0 < len(between) <= 2 and not between.strip() and "\n\n" not in between


def _length(text: str, tokens: list[_Token], at: int) -> int:
    """How many tokens from ``at`` are one person's name; 0 when it is none."""
    return _given_first(text, tokens, at) or _surname_first(text, tokens, at) or _titled(text, tokens, at)


def _given_first(text: str, tokens: list[_Token], at: int) -> int:
    """``Jan Maria Kowalski``, ``J. Kowalski``, ``J.K. Nowak-Wróbel``, ``Ewa i Adam Ptak``."""
    run = _run(text, tokens, at)
    if not run or _is_day(text, tokens[at]):
        return 0
    end = at + run
    full = not all(token.initial for token in tokens[at:end])
    following = tokens[end] if end < len(tokens) else None
    if following is None or not _gap(text, tokens[end - 1], following, dotted=tokens[end - 1].initial):
        return run if full and run > 1 and tokens[end - 1].surname else 0
    if full and following.form in ("i", "oraz") and end + 1 < len(tokens) and tokens[end + 1].first:
        rest = _given_first(text, tokens, end + 1)
        return run + 1 + rest if rest else 0
    if following.word.adjective and tokens[end - 1].word.common:
        return 0
    if not _is_surname(following, sure=full):
        return run if full and run > 1 and tokens[end - 1].surname else 0
    return run + 1 + _second_surname(text, tokens, end)


def _run(text: str, tokens: list[_Token], at: int) -> int:
    """How many first names or initials follow each other from ``at``."""
    end = at
    while end < len(tokens) and end - at < 3 and (tokens[end].first or tokens[end].initial):
        if tokens[end].initial and text[tokens[end].end : tokens[end].end + 1] != ".":
            break
        if end > at and not _gap(text, tokens[end - 1], tokens[end], dotted=tokens[end - 1].initial):
            break
        end += 1
    return end - at


def _is_surname(token: _Token, *, sure: bool) -> bool:
    """``sure``: a first name stands before it; after initials alone the dictionary must know it as a surname."""
    if not token.surname or len(token.form) < 2 or (token.form.isupper() and len(token.form) < 3):
        return False
    return sure or (token.word.last and len(token.form) > 2) or (token.word.unknown and len(token.form) > 4)


def _second_surname(text: str, tokens: list[_Token], end: int) -> int:
    """``Nowak - Wróbel``, ``Maria Nowak Wróbel``: 1 when another surname belongs to the name."""
    if end + 1 == len(tokens):
        return 0
    two = tokens[end + 1]
    between = text[tokens[end].end : two.start]
    return int(two.surname and two.word.last and not two.first and between in (" ", " - ", "- ", " -", "-\n"))


def _surname_first(text: str, tokens: list[_Token], at: int) -> int:
    """``Kowalski Jan``, ``KOWALSKA Anna Maria``, ``Nowak J.``"""
    if not tokens[at].surname or at + 1 == len(tokens):
        return 0
    end = at + 1
    if text[tokens[at].end : tokens[end].start] in (", ", " - "):
        return _in_a_list(text, tokens, at)
    if (
        tokens[end].word.last
        and not tokens[end].first
        and _gap(text, tokens[at], tokens[end])
        and end + 1 < len(tokens)
        and tokens[end + 1].first
    ):
        end += 1
    if tokens[end].initial and tokens[at].word.last and _abbreviated(text, tokens[at], tokens[end]):
        return 2 if _gap(text, tokens[at], tokens[end]) and text[tokens[end].end : tokens[end].end + 1] == "." else 0
    start = end
    while end < len(tokens) and end - start < 2 and tokens[end].first and _gap(text, tokens[end - 1], tokens[end]):
        end += 1
    sure = tokens[at].surname and not tokens[at].word.adjective and _agree(tokens[at].word, tokens[start].word)
    if end > start and tokens[at].word.common:
        # ``Świadek Lech Rossi`` is a witness, ``Stare Pole`` a place: the whole name stands after the word.
        whole = end < len(tokens) and _gap(text, tokens[end - 1], tokens[end]) and _is_surname(tokens[end], sure=True)
        if whole or (tokens[start].word.common and not _names_it(tokens[start].word)):
            return 0
    if end == start and tokens[at].word.unknown and tokens[start].word.last and tokens[start].capital:
        return 2 if not tokens[start].word.place and _gap(text, tokens[at], tokens[start]) else 0
    return end - at if end > start and sure and not (tokens[at].word.place and not tokens[at].word.last) else 0


def _of_whom(given: _Token) -> bool:
    """Is it a genitive, as patrons' names are? ``Ulica Jana Kilińskiego, Anna Nowak`` is a street and a person."""
    return "sg:gen" in given.word.first_cases and "sg:nom" not in given.word.first_cases


def _is_day(text: str, token: _Token) -> bool:
    """Is it a month, as in ``3 Maja``?"""
    return token.form == "Maja" and bool(re.search(r"\d\.? \Z", text[max(0, token.start - 4) : token.start]))


def _names_it(given: Word) -> bool:
    """Can the form be a first name in the nominative, as it stands in lists?"""
    return not given.first_cases or "sg:nom" in given.first_cases


_LIST_BEFORE = re.compile(r"(?:\A|\n|[;:|]|\d[.)])\s*\Z|(?:\A|[\s(])[-–•]\s*\Z")
_LIST_AFTER = re.compile(r"\s*(?:\Z|\n|[;|(,]|- |\d)")


def _in_a_list(text: str, tokens: list[_Token], at: int) -> int:
    """``3) Wnuk, Natalia``: a line of a list with the surname, a comma and the first name."""
    given = tokens[at + 1]
    if not (tokens[at].word.last or tokens[at].word.unknown) or tokens[at].word.adjective or not given.first:
        return 0
    if not (_agree(tokens[at].word, given.word) and _names_it(given.word)):
        return 0
    if not _LIST_BEFORE.search(text[max(0, tokens[at].start - 6) : tokens[at].start]):
        return 0
    return 2 if _LIST_AFTER.match(text, given.end) else 0


def _abbreviated(text: str, surname: _Token, initial: _Token) -> bool:
    """Is ``Żak A.`` a name? A word of the language only where the full stop cannot be the end of a sentence."""
    after = text[initial.end + 1 : initial.end + 3].lstrip(" ")
    return not surname.word.common or (not after or after[0].islower() or after[0] in ",;)|\n")


_POINTED_AT = re.compile(
    r"\s?[,(]?\s?(?:- )?(?:tel\b|nr tel|telefon|kom\.|PESEL|zam\.|zamieszka|ur\.|urodzon|legitymuj|e-mail|mail:|nr dow|NIP\b|adres:)"
)
"""What is said of a person right after the name."""


def _agree(surname: Word, given: Word) -> bool:
    """Can both stand in one grammatical case? ``Skarga Ewy`` is a complaint, ``Skarga Ewa`` a person."""
    return not surname.last_cases or not given.first_cases or bool(surname.last_cases & given.first_cases)


def _titled(text: str, tokens: list[_Token], at: int) -> int:
    """``Pani Nowak``, ``wnioskodawcy Kowalskiemu``; and a word that is a surname and nothing else."""
    one = tokens[at]
    if not one.capital or len(one.form) < 3:
        return 0
    named = bool(_TITLES.search(text[max(0, one.start - 30) : one.start])) and not one.word.adjective
    if one.surname and (one.word.last or one.word.unknown) and _POINTED_AT.match(text, one.end):
        return 1 + _second_surname(text, tokens, at)
    joined = (
        text[max(0, one.start - 3) : one.start].strip() == "" and at > 0 and text[tokens[at - 1].end : one.start] == " "
    )
    mid = joined and tokens[at - 1].form[0].islower()
    if (
        (named and (one.surname or one.first))
        or (mid and one.word.only_surname)
        or (mid and "-" in one.form and one.word.last)
    ):
        return 1 + _second_surname(text, tokens, at)
    return 0


def _name(text: str, tokens: list[_Token]) -> Name:
    last = next((t for t in reversed(tokens) if t.word.last and not t.initial), tokens[-1])
    if tokens[0].word.last and not tokens[0].first and not tokens[0].initial:
        last = tokens[0]
    start, end = tokens[0].start, tokens[-1].end
    return Name(start, end, _key(last), public=_public(text, start, end))


def _key(token: _Token) -> str:
    """What joins the forms of one surname: Kowalski, Kowalska and Kowalskich are one family here."""
    return re.sub(r"(?<=[sdc]k)[ia]\Z", "i", token.word.lemma)


def _public(text: str, start: int, end: int) -> bool:
    before = re.split(r"[.;:\n](?=\s)", text[max(0, start - 70) : start])[-1]
    after = re.split(r"[.;\n]", text[end : end + 50])[0]
    return bool(_POSTS.search(before)) or bool(re.match(r"\s*[,–-]\s*", after) and _POSTS.search(after[:40]))


def _alone(text: str, tokens: list[_Token], found: list[Name]) -> Iterator[Name]:
    """The surnames already found, where they stand alone."""
    known = {name.lemma: name.public for name in found}
    covered = bytearray(len(text))
    for name in found:
        covered[name.start : name.end] = b"\1" * (name.end - name.start)
    for token in tokens:
        if token.capital and len(token.form) > 2 and token.surname and not covered[token.start]:
            key = _key(token)
            if key in known and not token.first and not patrons.by_place(text, token.start, token.end):
                yield Name(token.start, token.end, key, known[key])
