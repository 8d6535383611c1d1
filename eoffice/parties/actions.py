"""Acts on parties: recognising whoever wrote to us, keeping addresses as facts, merging what is one."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eoffice.parties import names, queries
from eoffice.parties.models import Party, PartyAddress, PartyIdentifier
from portal.accounts import policy
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.db import insert_or_ignore
from portal.core.errors import Conflict, Forbidden, Invalid

KINDS = ("person", "organisation")
SINGLE = frozenset({"epuap", "ade", "post"})
"""Kinds of address of which a party has one at a time; a new one ends the former."""

RECOGNISING = frozenset({"epuap", "ade"})
"""Addresses that belong to one account; families share telephones and post boxes."""


def recognise(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    name: str,
    first_name: str = "",
    last_name: str = "",
    identifiers: dict[str, str] | None = None,
    addresses: dict[str, str] | None = None,
    user_id: int | None = None,
) -> Party:
    """Whoever this is: the party known already, or a new one.

    ``identifiers`` must be proven (told by the channel that authenticated the sender, or seen by a clerk):
    **never what a person typed about themselves**, for whoever holds the identifier gets to see the matters.
    Found by the account, else by a strong identifier, else by an electronic address together with the same
    name. When the marks point to different parties nothing is merged: the strongest decides, and the event
    ``party.conflict`` puts the others before a clerk. Raises ``Invalid`` for no name or an unknown kind.
    """
    _require_desk(session, actor)
    if kind not in KINDS:
        raise Invalid("party.kind", kind=kind)
    name = names.tidy(name or f"{first_name} {last_name}", names.MAX_NAME)
    if not name:
        raise Invalid("party.no_name")
    proven = names.identifiers(identifiers or {})
    reach = _tidy_addresses(addresses or {})
    party, rivals = _find(session, name, proven, reach, user_id)
    if party is None:
        party = _create(session, actor, kind, name, first_name, last_name, user_id, proven)
    rivals |= _learn(session, party, proven)
    _update_addresses(session, actor, party, reach)
    if rivals - {party.id}:
        others = [events.ref("party", number) for number in sorted(rivals - {party.id})]
        events.record(session, actor, "party.conflict", [party.ref, *others])
    return party


def rename(
    session: Session, actor: Actor, party_id: int, *, name: str, first_name: str = "", last_name: str = ""
) -> Party:
    """Correct a party's name. Register entries keep the name that stood on the item."""
    _require_desk(session, actor)
    party = queries.party(session, party_id)
    name = names.tidy(name, names.MAX_NAME)
    if not name:
        raise Invalid("party.no_name")
    party.name, party.first_name, party.last_name = name, names.tidy(first_name, 100), names.tidy(last_name, 150)
    party.sort_name = names.sort_name(party.name, party.first_name, party.last_name)
    events.record(session, actor, "party.renamed", [party.ref])
    return party


def add_address(session: Session, actor: Actor, party_id: int, kind: str, value: str) -> None:
    """Note where a party can be reached from now on."""
    _require_desk(session, actor)
    _update_addresses(session, actor, queries.party(session, party_id), _tidy_addresses({kind: value}))


def end_address(session: Session, actor: Actor, address_id: int) -> None:
    """Note that an address is not in force any more. Raises ``Invalid`` for an unknown one."""
    _require_desk(session, actor)
    item = session.get(PartyAddress, address_id)
    if item is None:
        raise Invalid("party.address_unknown")
    if item.until is None:
        item.until = clock.now()
        events.record(session, actor, "party.address_ended", [events.ref("party", item.party_id)])


def merge(session: Session, actor: Actor, party_id: int, into_id: int) -> Party:
    """A clerk's word that two parties are one: ``party_id`` becomes ``into_id``.

    Identifiers and addresses pass over; what was written under the old number stays there and is found by
    ``queries.same_as``. Raises ``Conflict`` when both have an account or different PESELs.
    """
    policy.require(session, actor, "register.manage", policy.OFFICE)
    party, into = queries.party(session, party_id), queries.party(session, into_id)
    if party.id == into.id:
        raise Conflict("party.same")
    if party.user_id is not None and into.user_id is not None:
        raise Conflict("party.two_accounts")
    pesels = {queries.identifiers(session, one.id).get("pesel") for one in (party, into)} - {None}
    if len(pesels) > 1:
        raise Conflict("party.two_pesels")
    account, party.user_id, party.merged_into_id = party.user_id, None, into.id
    session.flush()
    into.user_id = into.user_id if account is None else account
    owned = update(PartyIdentifier).where(PartyIdentifier.party_id == party.id)
    session.execute(owned.values(party_id=into.id))
    for item in _missing(session, party, into):
        _update_addresses(session, actor, into, {item.kind: item.value})
    events.record(session, actor, "party.merged", [into.ref, party.ref])
    return into


def _require_desk(session: Session, actor: Actor) -> None:
    """Whoever keeps the register somewhere in the office may keep the people it names."""
    if not policy.can_somewhere(session, actor, "register.manage", policy.OFFICE):
        raise Forbidden(permission="register.manage")


def _tidy_addresses(given: dict[str, str]) -> dict[str, str]:
    def tidy(kind: str, value: str) -> str:
        if kind == "post":
            lines = (names.tidy(line, 100) for line in value.splitlines())
            return "\n".join(line for line in lines if line)[:400]
        return names.tidy(value, 400)

    read = {kind: tidy(kind, value) for kind, value in given.items()}
    return {kind: value for kind, value in read.items() if value}


def _find(
    session: Session, name: str, proven: dict[str, str], reach: dict[str, str], user_id: int | None
) -> tuple[Party | None, set[int]]:
    """The party the strongest mark points to, and all to which any mark points."""
    owners = queries.by_identifiers(session, proven)
    marked = [queries.party(session, owners[kind]) for kind in proven if kind in owners]
    account = queries.of_user(session, user_id) if user_id is not None else None
    if account is not None:
        return account, {party.id for party in marked}
    if user_id is not None:
        # An account is joined to a party met before by a clerk (``merge``), never by resemblance.
        return None, {party.id for party in marked}
    if marked:
        return marked[0], {party.id for party in marked}
    boxes = [(kind, value) for kind, value in reach.items() if kind in RECOGNISING]
    near = [p for p in queries.by_addresses(session, boxes) if names.plain(p.name) == names.plain(name)]
    fitting = [p for p in near if not _contradicts(session, p, proven)]
    return (fitting[0], {p.id for p in fitting}) if fitting else (None, set())


def _contradicts(session: Session, party: Party, proven: dict[str, str]) -> bool:
    """Whether the party is known under another identifier of a kind that was given."""
    known = queries.identifiers(session, party.id)
    return any(known.get(kind, value) != value for kind, value in proven.items())


def _create(
    session: Session,
    actor: Actor,
    kind: str,
    name: str,
    first_name: str,
    last_name: str,
    user_id: int | None,
    proven: dict[str, str],
) -> Party:
    first, last = names.tidy(first_name, 100), names.tidy(last_name, 150)
    party = Party(
        kind=kind, name=name, first_name=first, last_name=last, user_id=user_id, created_at=clock.now(),
        sort_name=names.sort_name(name, first, last),
    )  # fmt: skip
    session.add(party)
    session.flush()
    rival = _lost_race(session, party, proven) if user_id is None else None
    if rival is not None:
        session.delete(party)
        session.flush()
        return rival
    events.record(session, actor, "party.created", [party.ref])
    return party


def _lost_race(session: Session, party: Party, proven: dict[str, str]) -> Party | None:
    """Claim the strongest identifier; somebody may just have registered the same person in another act."""
    for kind, value in list(proven.items())[:1]:
        row = {"party_id": party.id, "kind": kind, "value": value}
        if not insert_or_ignore(session, PartyIdentifier, row):
            return queries.party(session, queries.by_identifiers(session, {kind: value})[kind])
    return None


def _learn(session: Session, party: Party, proven: dict[str, str]) -> set[int]:
    """Add identifiers that are new; the parties that hold one of them already."""
    owners = queries.by_identifiers(session, proven)
    for kind, value in proven.items():
        if kind not in owners:
            row = {"party_id": party.id, "kind": kind, "value": value}
            if not insert_or_ignore(session, PartyIdentifier, row):
                owners |= queries.by_identifiers(session, {kind: value})
    return set(owners.values())


def _update_addresses(session: Session, actor: Actor, party: Party, reach: dict[str, str]) -> None:
    current = queries.addresses(session, party.id)
    known = {(item.kind, item.value) for item in current}
    now = clock.now()
    fresh = {kind: value for kind, value in reach.items() if (kind, value) not in known}
    for item in current:
        if item.kind in SINGLE and item.kind in fresh:
            item.until = now
    session.add_all(PartyAddress(party_id=party.id, kind=k, value=v, since=now) for k, v in fresh.items())
    if fresh:
        session.flush()
        events.record(session, actor, "party.address_added", [party.ref], data={"kinds": sorted(fresh)})


def _missing(session: Session, party: Party, into: Party) -> list[PartyAddress]:
    """Addresses of ``party`` that ``into`` takes over; where only one can hold, the kept party's does."""
    query = select(PartyAddress.kind).where(PartyAddress.party_id == into.id, PartyAddress.until.is_(None))
    taken = SINGLE.intersection(session.scalars(query))
    return [item for item in queries.addresses(session, party.id) if item.kind not in taken]
