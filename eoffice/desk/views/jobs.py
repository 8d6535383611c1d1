"""Jobs that failed or whose outcome nobody knows: a person decides."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.desk.acting import act
from eoffice.desk.views.base import blueprint
from eoffice.dispatch import deliveries
from forms import actions as forms
from forms.models import Submission
from portal.accounts import policy
from portal.core import outbox
from portal.core.errors import NotFound
from portal.core.outbox import FAILED, UNCERTAIN, Job
from portal.web import context, paging
from portal.web.rights import right

JOBS = right("jobs.manage", path=policy.OFFICE, below=True)


@blueprint.get("/zadania/")
@JOBS
def jobs() -> str:
    """What the program could not finish by itself."""
    query = select(Job).where(Job.state.in_((FAILED, UNCERTAIN)))
    with context.reading() as session:
        page = paging.page(session, query, [Job.id], key=lambda job: (job.id,))
    return render_template("desk/jobs.html", page=page)


@blueprint.post("/zadania/<int:job_id>/ponow")
@JOBS
def retry_job(job_id: int) -> ResponseReturnValue:
    """Try once more."""
    return act(lambda session: _decide(session, job_id, again=True), done="desk.done.retried", to=url_for("desk.jobs"))


@blueprint.post("/zadania/<int:job_id>/zamknij")
@JOBS
def settle_job(job_id: int) -> ResponseReturnValue:
    """It is settled."""
    return act(lambda session: _decide(session, job_id, again=False), done="desk.done.settled", to=url_for("desk.jobs"))


def _decide(session: Session, job_id: int, *, again: bool) -> None:
    """A job that carries a letter or a submission is decided together with it, so that both say the same."""
    actor = context.actor()
    policy.require(session, actor, "jobs.manage", policy.OFFICE)
    job = session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotFound("job.unknown")
    if job.topic == "delivery.send":
        deliveries.decide(session, actor, delivery_id=job.payload["delivery"], again=again)
        return
    if job.topic == forms.LODGE and again:
        forms.mark_retried(session, actor, session.get_one(Submission, job.payload["submission"]))
    outbox.decide(session, actor, job_id, again=again)
