"""The whole road of one matter through the office, told once from start to end."""

from __future__ import annotations

from eoffice.cases import actions as cases
from eoffice.cases.models import Case
from eoffice.dispatch.models import Letter
from eoffice.register import queries as register
from portal.core import clock, events
from tests.eoffice.dispatch.test_publishing import bulletin, publish
from tests.eoffice.outside import upd
from tests.eoffice.road import Way


def test_a_letter_comes_a_decision_goes_out_and_the_bulletin_tells_of_it(way: Way) -> None:
    bulletin(way)
    with way.database.transaction() as session:
        cases.note(session, way.town.clerk, case_id=way.case_id, text="Oględziny wykonano")
    letter_id = way.sent(kind="decision")
    way.receive_proof(upd(way.delivery(letter_id).mark, way.post.taken[0].case_sign))
    item = publish(way, letter_id)
    with way.database.transaction() as session:
        cases.end_case(session, way.town.clerk, case_id=way.case_id, outcome="granted")
    with way.database.reading() as session:
        told = events.history(session, f"case:{way.case_id}", audiences=("public",))
        case, letter = session.get_one(Case, way.case_id), session.get_one(Letter, letter_id)
        numbers = [entry.printed for entry in register.of_case(session, way.case_id)]
        assert events.broken_link(session) is None
    assert [event.verb for event in told] == [
        "case.opened", "case.begun", "case.decided", "letter.sent", "delivery.delivered", "case.published",
        "case.ended",
    ]  # fmt: skip
    year = clock.today().year
    assert numbers == [f"RPW/1/{year}", f"RPWY/1/{year}"]
    assert (case.state, letter.state, item.state) == ("ended", "delivered", "published")
