"""Namespaces of the Central Repository of Document Templates (CRD) and what they tell.

They are identifiers, not addresses: never "upgraded" to https, never fetched.
"""

from __future__ import annotations

import re

STR = "http://crd.gov.pl/xml/schematy/struktura/2009/11/16/"
META = "http://crd.gov.pl/xml/schematy/meta/2009/11/16/"
OSO = "http://crd.gov.pl/xml/schematy/osoba/2009/11/16/"
INST = "http://crd.gov.pl/xml/schematy/instytucja/2009/11/16/"
ADR = "http://crd.gov.pl/xml/schematy/adres/2009/11/09/"
UPO = "http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"
DS = "http://www.w3.org/2000/09/xmldsig#"

PISMO_OGOLNE = "http://crd.gov.pl/wzor/2013/12/12/1410/"
GENERAL_LETTERS = frozenset(
    {
        "http://crd.gov.pl/wzor/2011/06/08/599/",
        PISMO_OGOLNE,
        "http://crd.gov.pl/wzor/2017/10/24/4566/",
    }
)
"""The published generations of "pismo ogólne do podmiotu publicznego"."""

WRAPPER = re.compile(r"http://epuap\.gov\.pl/fe-model-web/wzor_lokalny/[^/]*/podpisanyPlik/")
_TEMPLATE = re.compile(
    r"http://crd\.gov\.pl/wzor/\d{4}/\d{2}/\d{2}/\d+/"
    r"|http://epuap\.gov\.pl/fe-model-web/wzor_lokalny/[^/\s]+/[^/\s]+/"
)


def is_template(namespace: str) -> bool:
    """Whether ``namespace`` has the form of a template's identifier, national or local."""
    return bool(_TEMPLATE.fullmatch(namespace))


def is_wrapper(namespace: str) -> bool:
    """Whether documents of ``namespace`` only carry a signed file ("podpisany plik")."""
    return bool(WRAPPER.fullmatch(namespace))
