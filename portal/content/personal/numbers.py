"""Numbers and addresses that point at people: how they are written, and checks that lower false alarms.

Shapes are matched on the searched form of a text (``normal``). Numbers with a check digit may be written with any
single separators, as recognised scans have them; without their check digit they count only in their usual form or
after the word that announces them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal.content.personal import checks

Check = Callable[["Match"], bool]
_UPPER = "A-ZĄĆĘŁŃÓŚŹŻ"
_NEAR = 90
"""How far before a number a word may stand that says whose it is."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a shape found: the written form, its letters and digits only, and the sentence before it."""

    written: str
    signs: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A kind of data, how it is written, and a check. The group ``data`` is what is hidden."""

    kind: str
    shape: re.Pattern[str]
    check: Check = lambda _match: True


_OFFICE = re.compile(
    r"(?i)\b(?:urz[ęą]d\w*|gmin[aęyo]\w*|siedzib\w+|referat\w*|sekretaria\w+|kancelari\w+|punk\w+|szko[łl]\w+|przedszkol\w+"
    r"|o[śs]rod\w+|zak[łl]ad\w*|bibliotek\w+|starostw\w+|sąd\w*|przychodni\w+|straż\w*|infolini\w+|biur[aoze]\w*|dyżur\w*"
    r"|świetlic\w+|dom\w* kultury|bank\w*|spół[kc]\w+|sp\. ?z ?o\. ?o|s\.a\.|fundacj\w+|stowarzyszeni\w+|inspektora?\w* ochrony"
    r"|centr\w+|muzeum|pływalni\w+|klub\w*|wojewod\w+|minister\w+|prokuratur\w+|policj\w+|komend\w+|archiw\w+|punkt\w*"
    r"|boisk\w+|stadion\w*|orlik\w*|remiz\w+|hal\w+ sportow\w+|sal\w+ gimnastyczn\w+|plac\w* zabaw)"
)
_COMPANY = re.compile(
    r"(?i)(?:\bsp\. ?(?:z ?o\. ?o|j|k|p)\b|\bs\. ?a\.|\bKRS\b|\bspółk[aieąę] (?:z o|akc|jawn|komand)|\bfundacj\w+|\bstowarzyszeni\w+"
    r"|\bgmin[aęyo]\w*|\burz[ęą]d\w*|\bpowiat\w*|\bzakład\w* (?:usług|gospodarki|komunal)\w*|\bprzedsiębiorstw\w+ (?:gosp|wod|kom)\w*"
    r"|\bszkoł\w+|\bośrod\w+|\bbibliotek\w+|\bspółdzieln\w+|\bbank\w*)"
)
_PERSON = re.compile(
    r"(?i)\b(?:osob\w+ fizyczn\w+|prowadząc\w+|wspólni\w+|pan\w*|zamieszka\w+|spółk\w+ cywiln\w+|s\.c\.)"
)
_MONEY = re.compile(
    r"\s*(?:,\d\d?\b)?\s*(?:zł|PLN|EUR|euro|USD|tys|mln|m2|m²|m3|ha\b|szt|kWh|MWh|kg|ton|osób|mieszk|%)"
)
_ROLES = re.compile(
    r"(?i)^(?:urzad|urzad_?gminy|ug|um|gmina|sekretariat|kancelaria|biuro|bip|kontakt|info|iod|rodo|rada|wojt|burmistrz"
    r"|starosta|poczta|podatki|skarbnik|sekretarz|przetargi|zamowienia|odpady|promocja|redakcja|dostepnosc|obsluga|dyrekcja"
    r"|szkola|przedszkole|biblioteka|gops|mops|zgk|dyzurny|noreply|helpdesk|pomoc|esp|faktury|usc|rekrutacja|sp\d+|zs\d*|zso|gok|dk|osp|klub|stowarzyszenie|fundacja|parafia|muzeum|swietlica|awarie)[\w.-]*@"
)  # fmt: skip


def _checked(check: Callable[[str], bool]) -> Check:
    return lambda match: check(match.signs)


def _usual_pesel(match: Match) -> bool:
    """Eleven digits in a row that begin with a day are hidden with a wrong check digit too: a misspelt PESEL still
    points at a person."""
    return checks.pesel(match.signs) or (
        match.written.isdigit() and (checks.has_birth_date(match.signs) or "PESEL" in match.before.upper())
    )


def _usual_account(match: Match) -> bool:
    return match.signs[-26:].isdigit() and (
        checks.account(match.signs[-26:]) or bool(re.search(r"(?i)rachun|kont[oae]|NRB|IBAN", match.before))
    )


def _persons_nip(match: Match) -> bool:
    """The number itself does not say whose it is: one that stands by a company, an office or a KRS number is theirs."""
    if not checks.nip(match.signs) and not re.search(r"(?i)\bNIP\b", match.before):
        return False
    return not _COMPANY.search(match.before) or bool(_PERSON.search(match.before))


def _persons_register(match: Match) -> bool:
    return not _COMPANY.search(match.before)


def _persons_phone(match: Match) -> bool:
    """Not an amount; not the telephone of an office, which stands by its name."""
    before = re.sub(r"\S+ ?@ ?\S+", " ", match.before)
    return not _MONEY.match(match.after) and (not _OFFICE.search(before) or bool(_PERSON.search(before)))


def _persons_mobile(match: Match) -> bool:
    """Nine digits in a row may be a number of anything: not after a word that says of what."""
    return _persons_phone(match) and not re.search(r"(?i)(?:\bnr|numer\w*|pod|poz\.|REGON)\W*$", match.before)


def _persons_mail(match: Match) -> bool:
    """A mailbox of a post (``sekretariat@``) is nobody's personal data."""
    return not _ROLES.match(match.written)


def _persons_address(match: Match) -> bool:
    """An address that stands by the name of an office, a school or a company is its seat."""
    return not _OFFICE.search(match.before[-70:]) or bool(_PERSON.search(match.before))


def _announced_phone(match: Match) -> bool:
    said = re.search(
        r"(?i)\b(?:tel|telefon\w*|kom|kom[óo]rk\w+|kontakt\w*|zadzwo\w+|dzwoni\w*|oddzwoni\w*|SMS)\b", match.before
    )
    return bool(said) and len(re.sub(r"\D", "", match.signs)) >= 7 and _persons_phone(match)


def _identity_card(match: Match) -> bool:
    return checks.identity_card(match.signs) or bool(re.search(r"(?i)dow[óo]d|tożsamoś|legitymuj", match.before))


def _passport(match: Match) -> bool:
    """Two letters and seven digits are an identity card of before 2001 too, whose digits prove nothing."""
    return checks.passport(re.sub(r"(?i)nr|numer", "", match.signs)) or bool(
        re.search(r"(?i)paszport|dow[óo]d|tożsamoś|legitymuj", match.before)
    )


def _after(words: str) -> Check:
    wanted = re.compile(words, re.IGNORECASE)
    return lambda match: bool(wanted.search(match.before))


_SEP = r"[ \-./]?"
_AT = r" ?(?:@|\(at\)|\[at\]|\(@\)|\(małpa\)|\[małpa\]| małpa ) ?"
_DOT = r"(?: ?\. ?| ?\(dot\) ?| ?\[dot\] ?| ?\(kropka\) ?)"
_LOCAL = r"(?:[a-z0-9_]+(?: ?\. ?[a-z0-9_]+)+(?= @)|[\w+-](?:[\w.+-]*[\w+-])?)"
_EMAIL = rf"(?P<data>(?<![\w.+-]){_LOCAL}{_AT}(?:[\w-]+{_DOT})+[a-zA-Z]{{2,}}(?![\w]))"
_PESEL = r"(?<![\d,])(?P<data>\d(?:[ \-\n]?\d){10})(?![ \-]?\d)(?!,\d)"
_PESEL_READ = r"(?i:\bPESEL\b)\W{0,4}(?:numer|nr)?\W{0,3}(?P<data>[\dOoIl|](?:[ \-]?[\dOoIl|]){10})(?![\w])"
_ACCOUNT = r"(?<!\d)(?P<data>(?:P ?L ?)?\d(?:[ \-\n]?\d){25})(?!\d)"
_NIP = r"(?<![\d-])(?P<data>(?:\bPL ?-?)?(?:\d{3}[- ]?\d{3}[- ]?\d{2}[- ]?\d{2}|\d{3}[- ]\d{2}[- ]\d{2}[- ]\d{3}))(?![\d-])"
_NIP_SAID = r"(?i:\bNIP\b)[^\d\n]{0,12}?(?P<data>(?:\bPL[ \-]?)?\d(?:[ \-]?\d){9})(?!\d)"
_REGON = r"(?i:\bREGON\b)\W{0,3}(?P<data>\d{9}(?:\d{5})?)(?!\d)"
_NUMBER_OF = r"(?:[ \-]?|,? ?(?:nr|Nr|NR|numer)\.?:? ?)"
"""What stands between the letters and the digits of a document's number."""
_CARD = rf"(?<![{_UPPER}\d])(?P<data>(?:[A-Z] ?){{2}}[A-Z]{_NUMBER_OF}\d(?: ?\d){{5}})(?![\d])"
_CARD_SLASHED = r"(?<![\w/])(?P<data>[A-Z]{3}/\d{6})(?![\w/])"
_PASSPORT = rf"(?<![{_UPPER}\d])(?P<data>[A-Z]{{2}}{_NUMBER_OF}\d(?: ?\d){{6}})(?!\d)"
_LAND = r"(?P<data>\b[A-Z]{2} ?\d ?[A-Z0-9] ?/ ?\d(?: ?\d){7} ?/ ?\d)(?!\d)"
_LAND_LOOSE = r"(?P<data>\b[A-Z]{2}\d[A-Z][ \-/]{0,3}\d(?: ?\d){7}[ \-/]{0,3}\d)(?!\d)"
_LAND_OLD = r"(?:\bKW\b|(?i:ksi[ęe]\w+ wieczyst\w+))\W{0,3}(?i:nr|numer)?\W{0,3}(?P<data>\d{1,3}(?: ?\d{3})?\d{0,3})(?![\d./-]|,\d)"
"""Land registers before 2003 had numbers of up to six digits, one line for each court."""
_PHONE = (
    r"(?<![\d/.,-])(?<!\d )(?P<data>(?:(?:\+|00) ?48[ \-]?|\(\+48\) ?)?"
    r"(?:\d{3}[ \-.]\d{3}[ \-.]\d{3}|\(?\d{2}\)?[ \-]\d{3}[ \-]\d{2}[ \-]\d{2}|\d{2}[ \-]\d{7}))(?![\d/-])(?! \d)"
)
_PHONE_ABROAD = r"(?P<data>(?:\+|\b00) ?48[ \-]?\d(?:[ \-]?\d){8})(?!\d)"
_PHONE_SAID = (
    r"(?<![\w/.,:-])(?<!\d )(?P<data>(?:\(?(?:\+|00)? ?48\)?[ \-]?)?\(?\d(?:[ \-./()]{0,2}\d){6,8}|"
    r"(?:\+|00)?48[ \-]?\d(?:[ \-./()]{0,2}\d){8})(?![\w/-])(?!,\d)(?! \d)"
)
"""Nine digits (or seven) in any groups: only where a telephone is spoken of."""
_MOBILE = r"(?<![\w/.,:-])(?<!\d )(?P<data>(?:45|5[01367]|6[069]|7[2389]|88)\d{7})(?![\w/-])(?! \d)"
_CALL = (
    r"(?i:\b(?:tel(?:efon\w*|\.)?|kom(?:órk\w+|\.)|fax|faks|numer\w* telefonu|dzwoni\w*|zadzwoni\w+|nr telefonu)[ .:]*"
    r"(?:kom\.?|nr)?\W{0,4}(?:pod |na |numer\w* )?)(?P<data>(?:\+48)?[ \-]?\d(?:[ \-]?\d){6,10})(?!\d)"
)
_MONTH = r"(?:stycz|lut|mar|kwiet|maj|czerw|lip|sierp|wrze|paźdz|listop|grud)[a-zńęśź]*"
_DAY = (
    rf"\d{{1,2}}(?:\. ?\d{{1,2}}\. ?|-\d{{1,2}}-|/\d{{1,2}}/| {_MONTH} | [IVX]{{1,4}} )\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}"
)
_BIRTH = (
    r"(?i:\b(?:ur(?:odzon\w+|odził\w*(?: się)?|\.)|dat[aęyą] urodzenia|data ur\.?)[\s:,]*(?:w? ?dni[au] |dnia |w dniu )?)"
    rf"(?P<data>{_DAY})"
)
_HOUSE = r"\d+(?: ?[A-Za-z](?!\w|\. ?\d))?(?: ?(?:[/m]|m\.|lok\.|lokal|mieszk\w*|/ ?m\.?) ?\d+[A-Za-z]?)?"
_HOUSE_END = r"(?![\w-])(?! ?(?:r\.|roku|zł|m2|km|ha\b))"
_STREET_WORD = (
    r"(?:[Uu]l\. ?|[Aa]l\. ?|[Pp]l\. ?|[Oo]s\. ?|\b[Uu]lic[aeyąęio]+ |\b[Aa]lej\w+ |\b[Pp]lac[ueyami]* "
    r"|\b[Oo]siedl[aeu]m? |\bUL\. ?|\bOS\. ?|\bAL\. ?|\bPL\. ?)"
)
_STREET_WORDS = rf"(?:(?:[{_UPPER}0-9][\w.'-]*|i|na|nad|pod|dr)\s|[a-ząćęłńóśźż]{{2,5}}\.\s?)"
_STREET_NAME = rf"(?:{_STREET_WORDS}{{1,6}}(?:[{_UPPER}0-9][\w.'-]*\s?)?|[{_UPPER}0-9][\w.'-]*\s?)"
"""Only its last word may touch the number: words that may touch one another are tried in every way to part them."""
_NUMBERED = rf"(?:(?:nr|numer)\s?)?{_HOUSE}"
_STREET = rf"(?P<data>{_STREET_WORD}\s*{_STREET_NAME}{_NUMBERED}){_HOUSE_END}"
_TOWN = rf"(?<![\d-])(?P<data>\d{{2}}-\d{{3}}\s[{_UPPER}][\w-]+(?:\s[{_UPPER}][\w-]+)?)"
_LIVES = (
    r"(?i:\b(?:zam(?:ieszkał\w+|ieszkuj\w+|ieszkani\w+|\.)|zameldowan\w+|mieszkaj\w+|miejsc\w+ zamieszkania:?))\s+"
    rf"(?:pod adresem:? |przy |we? |na |dom )*(?P<data>[{_UPPER}][\w-]+(?:\s[{_UPPER}][\w./-]+)?\s{_NUMBERED}){_HOUSE_END}"
)
_VILLAGE = (
    rf"(?<!\w)(?P<data>[{_UPPER}][\w-]+(?:\s[{_UPPER}][\w-]+)?\s\d{{1,3}}[A-Za-z]?,\s\d{{2}}-\d{{3}}\s[{_UPPER}][\w-]+)"
)
_PLATE = rf"(?<![{_UPPER}\d])(?P<data>[A-Z]{{1,3}}[ \-]?(?=[A-Z0-9]{{0,4}}\d)[A-Z0-9]{{4,5}})(?![\w])"
_CARS = r"\brej\.|rejestracyjn\w+|pojazd\w*|samoch[oó]d\w*|tablic\w+|przyczep\w+|motocykl\w*"

PATTERNS = (
    Pattern("email", re.compile(_EMAIL), _persons_mail),
    Pattern("account", re.compile(_ACCOUNT), _usual_account),
    Pattern("land_register", re.compile(_LAND)),
    Pattern("land_register", re.compile(_LAND_LOOSE), _checked(checks.land_register)),
    Pattern("land_register", re.compile(_LAND_OLD)),
    Pattern("pesel", re.compile(_PESEL), _usual_pesel),
    Pattern("pesel", re.compile(_PESEL_READ)),
    Pattern("nip", re.compile(_NIP_SAID), _persons_nip),
    Pattern("nip", re.compile(_NIP), _persons_nip),
    Pattern("regon", re.compile(_REGON), _persons_register),
    Pattern("identity_card", re.compile(_CARD)),
    Pattern("identity_card", re.compile(_CARD_SLASHED), _identity_card),
    Pattern("passport", re.compile(_PASSPORT), _passport),
    Pattern("e_address", re.compile(r"(?P<data>\bAE:PL-[\dA-Z-]+)"), _persons_address),
    Pattern("box", re.compile(r"(?<!\w)(?P<data>/[\w.-]+/[Ss]krytka[\w-]*|/[\w.-]+/domyslna)\b")),
    Pattern("birth", re.compile(_BIRTH)),
    Pattern("phone", re.compile(_PHONE), _persons_phone),
    Pattern("phone", re.compile(_PHONE_ABROAD), _persons_phone),
    Pattern("phone", re.compile(_CALL), _persons_phone),
    Pattern("phone", re.compile(_MOBILE), _persons_mobile),
    Pattern("phone", re.compile(_PHONE_SAID), _announced_phone),
    Pattern("address", re.compile(_STREET), _persons_address),
    Pattern("address", re.compile(_VILLAGE), _persons_address),
    Pattern("address", re.compile(_TOWN), _persons_address),
    Pattern("address", re.compile(_LIVES)),
    Pattern("plate", re.compile(_PLATE), _after(_CARS)),
)
"""Earlier kinds take precedence: a part of an account number is no telephone."""


def find(text: str) -> Iterator[tuple[int, int, str]]:
    """Every place (start, end, kind) in the searched form ``text`` that looks like personal data."""
    taken = bytearray(len(text))
    for pattern in PATTERNS:
        for match in pattern.shape.finditer(text):
            start, end = match.span("data")
            if not any(taken[start:end]) and pattern.check(_seen(text, start, end)):
                taken[start:end] = b"\1" * (end - start)
                yield start, end, pattern.kind


def _seen(text: str, start: int, end: int) -> Match:
    before = re.split(r"[\n;]|(?<=\w{3})\. (?=[A-ZĄĆĘŁŃÓŚŹŻ])", text[max(0, start - _NEAR) : start])[-1]
    written = text[start:end]
    return Match(written, re.sub(r"[\W_]", "", written), before, text[end : end + 12])
