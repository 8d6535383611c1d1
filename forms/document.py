"""Documents of forms: the one door to writing, reading, checking and showing them.

``write``/``view``/``faults`` work on letters of any origin; ``to_xml``/``from_xml`` (``forms.mapping``) know
how the answers to one form's definition stand in its document.
"""

from __future__ import annotations

from forms.reader import view
from forms.structure import described, faults
from forms.view import Attachment, Row, View
from forms.writer import write

__all__ = ["Attachment", "Row", "View", "described", "faults", "view", "write"]
