"""The two forms of the citizen's data in a signature of Profil Zaufany (ClaimedRole).

Both occur in practice: ``EPSignature`` (podpis_zaufany) and ``PodpisZP`` (ppzp). Either proves something only
under the seal of the minister.
"""

from __future__ import annotations

from datetime import date

from lxml import etree

from eoffice.sandbox.clock import polish
from eoffice.sandbox.directory import Podmiot
from eoffice.sandbox.names import q
from eoffice.sandbox.xml import add

_EP = "http://crd.gov.pl/xml/schematy/podpis_zaufany/"
_ZP = "http://crd.gov.pl/xml/schematy/ppzp/"
_OS = "http://crd.gov.pl/xml/schematy/osoba/2009/03/06/"
_ISSUER = "sandbox.login.gov.pl"
_CENTURIES = {0: 1900, 20: 2000, 40: 2100, 60: 2200, 80: 1800}


def ep_signature(person: Podmiot, moment: int) -> etree._Element:
    """``pz:EPSignature``: names, date of birth, PESEL, and who confirmed the identity when."""
    root = etree.Element(q(_EP, "EPSignature"), nsmap={"pz": _EP})
    natural = add(root, q(_EP, "NaturalPerson"))
    add(natural, q(_EP, "CurrentFamilyName"), person.name)
    add(natural, q(_EP, "FirstName"), person.short_name)
    add(natural, q(_EP, "DateOfBirth"), birth(person.pesel or "").isoformat())
    add(natural, q(_EP, "PersonalIdentifier"), person.pesel)
    data = add(root, q(_EP, "SignatureData"))
    add(data, q(_EP, "IdentityIssuer"), _ISSUER)
    add(data, q(_EP, "IdentityIssueTimestamp"), polish(moment))
    return root


def podpis_zp(person: Podmiot) -> etree._Element:
    """``ppZP:PodpisZP``: names, PESEL and the ePUAP account."""
    root = etree.Element(q(_ZP, "PodpisZP"), nsmap={"ppZP": _ZP, "os": _OS})
    natural = add(add(root, q(_ZP, "DaneZP")), q(_ZP, "DaneZPOsobyFizycznej"))
    for number, part in enumerate(person.name.split("-")):
        surname = add(natural, q(_OS, "Nazwisko"), part)
        surname.set("rodzajCzlonu", "drugi" if number else "pierwszy")
    add(natural, q(_OS, "Imie"), person.short_name)
    add(natural, q(_OS, "PESEL"), person.pesel)
    add(natural, q(_ZP, "IdKontaUzytkownikaEpuap"), person.id)
    add(add(root, q(_ZP, "DanePodpisu")), q(_ZP, "IdKontaUzytkownikaEpuap"), person.id)
    return root


def birth(pesel: str) -> date:
    """The date of birth a PESEL carries (ustawa o ewidencji ludności art. 15). Raises ``ValueError``."""
    year, month, day = int(pesel[:2]), int(pesel[2:4]), int(pesel[4:6])
    century = _CENTURIES[month // 20 * 20]
    return date(century + year, month % 20, day)
