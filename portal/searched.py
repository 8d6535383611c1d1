"""Everything that can be found: importing each module registers its source (``search.sources``).

Web processes need it as much as workers: whatever is done in either is indexed anew (``search.follow``).
"""

from __future__ import annotations

import eoffice.cases.searched
import eoffice.dispatch.searched
import eoffice.intake.searched
import eoffice.parties.searched
import forms.searched
import portal.content.searched
import search.officials

SOURCES = (
    forms.searched,
    portal.content.searched,
    search.officials,
    eoffice.parties.searched,
    eoffice.intake.searched,
    eoffice.cases.searched,
    eoffice.dispatch.searched,
)
