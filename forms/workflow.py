"""The states of a submission: from a draft to a number in the office's register.

``uncertain``: it was handed over and the answer was lost; it is never sent again blindly.
"""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

DRAFT, SUBMITTED, LODGED, REGISTERED = "draft", "submitted", "lodged", "registered"
FAILED, UNCERTAIN, DISCARDED = "failed", "uncertain", "discarded"

SUBMISSION = Workflow(
    "submission",
    (DRAFT, SUBMITTED, LODGED, REGISTERED, FAILED, UNCERTAIN, DISCARDED),
    DRAFT,
    (
        Transition("submit", (DRAFT,), SUBMITTED, right="forms.submit"),
        Transition("discard", (DRAFT,), DISCARDED, right="forms.submit"),
        Transition("lodge", (SUBMITTED, FAILED, UNCERTAIN), LODGED),
        # The office may take the document from its box before the answer to our sending is saved.
        Transition("register", (SUBMITTED, LODGED, FAILED, UNCERTAIN), REGISTERED),
        Transition("fail", (SUBMITTED, UNCERTAIN), FAILED),
        Transition("doubt", (SUBMITTED,), UNCERTAIN),
        Transition("retry", (FAILED, UNCERTAIN), SUBMITTED, right="jobs.manage"),
    ),
)
