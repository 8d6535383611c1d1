"""The final XML of an approved letter: CRD "pismo ogólne" with the office as its sender."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from eoffice.cases import access
from eoffice.cases.models import Case
from eoffice.dispatch import queries
from eoffice.dispatch.models import Letter
from eoffice.dispatch.wording import say
from eoffice.parties import queries as parties
from forms import writer
from forms.clean import line
from forms.letter import ORGANISATION, PERSON, Contact
from forms.letter import Letter as Document
from forms.names import PISMO_OGOLNE
from portal.accounts.models import Group, User
from portal.core import clock


@dataclass(frozen=True, slots=True)
class Office:
    """How this office names itself on letters. ``secret`` derives the access codes printed on them."""

    name: str
    place: str
    address: str
    """The public address of the portal, where the state of a case can be looked up."""
    secret: str


def xml_of(session: Session, letter: Letter, office: Office) -> bytes:
    """The letter's document, always the same bytes for the same approved letter."""
    case = session.get_one(Case, letter.case_id)
    approved = clock.local(letter.approved_at or letter.created_at)
    sign = f"{case.sign}.{letter.number}"
    return writer.write(
        Document(
            namespace=PISMO_OGOLNE,
            created=approved.date(),
            title=letter.title,
            sender=_office(session, case, office),
            recipient=_recipient(session, letter),
            paragraphs=tuple(letter.body.split("\n")),
            place=office.place,
            kind=say(f"kind_{letter.kind}"),
            additional=tuple(_marks(case, sign, office)),
            signatory=_signatory(session, letter),
            description=line(f"{letter.title} ({sign})"),
            correlation=letter.ref,
        )
    )


def _marks(case: Case, sign: str, office: Office) -> list[str]:
    """The sign, and how to look up the case: the recipient of paper or ePUAP has no other way to the code."""
    code = access.access_code(office.secret, case)
    return [say("sign", sign=sign), say("look_up", address=f"{office.address}/sprawa", sign=case.sign, code=code)]


def _office(session: Session, case: Case, office: Office) -> Contact:
    department = session.get_one(Group, case.department_id)
    return Contact(
        kind=ORGANISATION, name=office.name, unit=department.name, unit_symbol=case.department_symbol,
        city=office.place,
    )  # fmt: skip


def _recipient(session: Session, letter: Letter) -> Contact:
    first = queries.deliveries(session, letter.id)[0]
    party = parties.party(session, first.party_id)
    if party.kind != PERSON:
        return Contact(kind=ORGANISATION, name=party.name)
    return Contact(
        kind=PERSON,
        first_name=party.first_name or party.name.partition(" ")[0],
        last_name=party.last_name or party.name.partition(" ")[2],
    )


def _signatory(session: Session, letter: Letter) -> Contact | None:
    user = session.get(User, letter.approver_id) if letter.approver_id else None
    if user is None:
        return None
    first, _, last = user.name.rpartition(" ")
    return Contact(kind=PERSON, first_name=first, last_name=last)
