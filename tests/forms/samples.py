"""Definitions, answers and documents the tests of forms share."""

from __future__ import annotations

import base64
import copy
from typing import Any

from forms import shipped

PESEL = "44051401359"
NIP = "5260250274"
REGON = "123456785"

ANSWERS: dict[str, str | bool] = {
    "department": "GK",
    "title": "Wniosek o naprawę latarni",
    "body": "Proszę o naprawę latarni przy ulicy Lipowej.\n\nNie świeci od tygodnia.",
    "sender_kind": "person",
    "first_name": "Żaneta",
    "last_name": "Wiśniewska-Łęcka",
    "pesel": PESEL,
    "street": "Lipowa",
    "building": "7A",
    "flat": "2",
    "postcode": "08-440",
    "city": "Wrotkowo",
    "email": "zaneta@poczta.example",
    "phone": "600 100 200",
}
DEPARTMENTS = {"GK": "Referat Gospodarki Komunalnej", "SO": "Referat Spraw Obywatelskich"}

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)

RICH: dict[str, Any] = {
    "title": "Próbny",
    "summary": "Każdy rodzaj pytania.",
    "steps": [
        {
            "name": "pierwszy",
            "title": "Pierwszy",
            "fields": [
                {"name": "subject", "type": "text", "label": "Tytuł", "required": True},
                {"name": "text", "type": "multiline", "label": "Treść"},
                {
                    "name": "who",
                    "type": "choice",
                    "label": "Kto",
                    "choices": [
                        {"value": "person", "label": "osoba"},
                        {"value": "organisation", "label": "firma"},
                    ],
                },
                {"name": "more", "type": "checkbox", "label": "Chcę dodać więcej"},
            ],
        },
        {
            "name": "drugi",
            "title": "Drugi",
            "fields": [
                {"name": "unit", "type": "department", "label": "Referat"},
                {"name": "other_unit", "type": "department", "label": "Drugi referat"},
                {"name": "day", "type": "date", "label": "Dzień", "not_after": "2030-01-01"},
                {
                    "name": "colour",
                    "type": "choice",
                    "label": "Kolor",
                    "choices": [{"value": "r", "label": "czerwony"}, {"value": "g", "label": "zielony (jasny)"}],
                },
                {"name": "truth", "type": "statement", "label": "Oświadczam, że to prawda."},
                {"name": "given", "type": "text", "label": "Imię"},
                {"name": "family", "type": "text", "label": "Nazwisko"},
                {"name": "company", "type": "text", "label": "Nazwa"},
                {"name": "pesel", "type": "pesel", "label": "PESEL"},
                {"name": "nip", "type": "nip", "label": "NIP"},
                {"name": "regon", "type": "regon", "label": "REGON"},
                {"name": "town", "type": "text", "label": "Miejscowość"},
                {"name": "mail", "type": "email", "label": "E-mail"},
                {
                    "name": "notes",
                    "type": "multiline",
                    "label": "Uwagi",
                    "show_when": {"field": "more", "equals": ["yes"]},
                },
                {"name": "files", "type": "files", "label": "Pliki"},
            ],
        },
    ],
    "document": {
        "namespace": "http://crd.gov.pl/wzor/2013/12/12/1410/",
        "kind": "wniosek",
        "title": "subject",
        "body": "text",
        "unit": "unit",
        "place": "town",
        "sender": {
            "kind": "who",
            "first_name": "given",
            "last_name": "family",
            "name": "company",
            "pesel": "pesel",
            "nip": "nip",
            "regon": "regon",
            "email": "mail",
        },
    },
}


def rich() -> dict[str, Any]:
    """A definition with every type of question, to be changed freely."""
    return copy.deepcopy(RICH)


PISMO = shipped.definition("pismo-ogolne")
