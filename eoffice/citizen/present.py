"""The course of a case in words and addresses, as the timeline of the pages wants it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from eoffice.cases.models import Case
from eoffice.citizen.course import Course, Step
from portal.web import formats
from portal.web.texts import message


def shown(course: Course, case: Case) -> list[dict[str, Any]]:
    """The steps for ``macros/ui.html`` ``timeline``."""
    return [_step(step, case) for step in course.steps]


def _step(step: Step, case: Case) -> dict[str, Any]:
    return {
        "state": step.state,
        "title": step.title or message(f"course.{step.state}.{step.name}"),
        "at": step.at,
        "text": _term(case) if step.state == "now" else "",
        "files": _files(step, case),
    }


def _files(step: Step, case: Case) -> list[tuple[str, str]]:
    found = [
        (message(f"course.file.{what}"), url_for("citizen.my_file", sign=case.sign, document_id=document.id))
        for document, what in step.files
    ]
    return [*found, (message("course.file.bulletin"), step.link)] if step.link else found


def _term(case: Case) -> str:
    """Until when the case is to be settled; nothing while the term stands still."""
    if case.due_on is None or not case.runs:
        return ""
    return message("course.term", day=formats.day(case.due_on), left=formats.term(case.due_on))
