"""Documents of forms: the one door to writing, reading, checking and showing them.

``write``/``view``/``faults`` work on letters of any origin; ``to_xml``/``from_xml`` know how the answers to one
form's definition stand in its document; ``html`` shows any document to a person (``forms.render``).
"""

from __future__ import annotations

from forms.mapping import answers_of, compose, from_xml, to_xml
from forms.reader import view
from forms.structure import described, faults
from forms.view import Attachment, Row, View
from forms.writer import write

__all__ = [
    "Attachment",
    "Row",
    "View",
    "answers_of",
    "compose",
    "described",
    "faults",
    "from_xml",
    "to_xml",
    "view",
    "write",
]
