"""Every module with tables, imported so that migrations and tests see the whole schema.

A test compares this list with the ``models.py`` files in the tree.
"""

from __future__ import annotations

import bip.models
import eoffice.cases.models
import eoffice.dispatch.models
import eoffice.intake.models
import eoffice.parties.models
import eoffice.register.models
import forms.models
import portal.accounts.models
import portal.content.editor.models
import portal.content.exchange.models
import portal.content.models
import portal.content.personal.models
import portal.core.documents
import portal.core.events
import portal.core.numbering
import portal.core.outbox
import portal.web.models
import search.models

MODULES = (
    portal.core.events,
    portal.core.outbox,
    portal.core.numbering,
    portal.core.documents,
    portal.web.models,
    portal.accounts.models,
    portal.content.models,
    portal.content.exchange.models,
    portal.content.personal.models,
    portal.content.editor.models,
    search.models,
    forms.models,
    bip.models,
    eoffice.parties.models,
    eoffice.intake.models,
    eoffice.register.models,
    eoffice.cases.models,
    eoffice.dispatch.models,
)
