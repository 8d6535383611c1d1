"""``wrota export`` and ``wrota import``: content out and in from the command line, with a bar and a report file."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.content import paths, queries
from portal.content.exchange import mapping, plan, sources, ties
from portal.content.exchange.bring import Bringing
from portal.content.exchange.crawl import Crawl
from portal.content.exchange.effects import limit, walk_limit
from portal.content.exchange.entries import Note
from portal.content.exchange.fetching import Fetching
from portal.content.exchange.packing import Packing
from portal.content.exchange.plan import Line
from portal.content.models import Item
from portal.core import actors, events
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import sha256
from portal.core.errors import Invalid, NotFound
from portal.core.program import Program
from portal.web.tables import safe
from portal.web.texts import message

COLUMNS = ("number", "outcome", "title", "path", "key", "reasons")
Say = Callable[[str], None]


def export(program: Program, path: str, file: Path, say: Say) -> None:
    """Pack the subtree at ``path`` into ``file``. Raises ``NotFound``."""
    with program.database.transaction() as session:
        item = _item(session, path)
        events.record(session, SYSTEM, "transfer.export_asked", [item.ref])
    packing = Packing(program.database.reading, program.blobs, item.path, program.settings.public_url, file)
    order, step = packing.order(), 0
    with click.progressbar(length=len(order), label=message("cli.export.label")) as bar:
        while step < len(order):
            following = packing.pack(step, order)
            bar.update(following - step)
            step = following
    packing.close(order)
    say(message("cli.export.done", items=len(order), file=file))


def bring(
    program: Program,
    kind: str,
    file: Path,
    into: str,
    report: Path,
    say: Say,
    *,
    go: bool,
    login: str = "",
    roles: Sequence[str] = (),
) -> None:
    """Look through ``file`` and, with ``go``, bring it in; the report says what came of each entry.

    ``roles``: ``WHO=TO`` for each that had roles there and has them here too (``user:anna=user:a.nowak``); nobody else
    gets any. ``login``: for whom the system does it; the Bulletin names them beside it (UDIP art. 8 ust. 6 pkt 3).
    Raises ``Broken``, ``Invalid``, ``NotFound``.
    """
    with program.database.reading() as session:
        target, options = _item(session, into), _options(session, into)
        hand, whom = _hand(session, login), _whom(session, roles)
    if kind == "bip":
        options["folder"] = _walked(program, file, say)
    with closing(sources.opened(kind, file, limit(program), options)) as source:
        if go:
            work = Bringing(program.database, program.blobs, source, target.id, SYSTEM, hand, whom=whom)
            lines = _brought(work, source.count())
        else:
            with program.database.reading() as session:
                lines = plan.lines(session, SYSTEM, source, target, lambda _step, _total: None)
    write(report, lines)
    counts = plan.counts(lines)
    for outcome in plan.OUTCOMES:
        say(f"{message(f'import.outcome.{outcome}')}: {counts[outcome]}")
    say(message("cli.import.done" if go else "cli.import.planned", report=report))


def _hand(session: Session, login: str) -> Actor:
    """The system, on behalf of whoever has this ``login``. Raises ``Invalid`` for nobody's."""
    if not login:
        return SYSTEM
    number = session.scalar(select(User.id).where(User.login == login))
    if number is None:
        raise Invalid("transfer.unknown_login", login=login)
    return actors.system_for(number)


def _whom(session: Session, roles: Sequence[str]) -> dict[str, str]:
    """To whom here roles are given. Raises ``Invalid`` for what names nobody."""
    found = {}
    for text in roles:
        who, _, to = text.partition("=")
        found[who] = ties.named(session, to)
        if not found[who]:
            raise Invalid("transfer.unknown_bearer", name=text[:100])
    return found


def _walked(program: Program, file: Path, say: Say) -> Path:
    """Walk through the old Bulletin, or go on where an earlier walk stopped; where its pages are kept."""
    data = file.read_bytes()
    rules = mapping.read(data)
    folder = program.settings.data_dir / "exchange" / f"bip-{sha256(data)[:16]}"
    fetcher = program.ports.of(Fetching).fetcher(rules.agent, rules.fetched)
    with click.progressbar(length=1, label=message("cli.import.walk")) as bar:

        def progress(done: int, known: int) -> None:
            bar.length = max(known, 1)
            bar.update(done - bar.pos)

        crawl = Crawl(rules, fetcher, folder, most_bytes=walk_limit(program))
        while not (walked := crawl.run(progress)).finished:
            time.sleep(walked.wait)
    if walked.full:
        say(message("cli.import.full", more=walked.more))
    return folder


def _item(session: Session, path: str) -> Item:
    page = queries.page_at(session, paths.clean(path))
    if page is None:
        raise NotFound("content.unknown")
    return session.get_one(Item, page.row.id)


def _options(session: Session, path: str) -> dict[str, Any]:
    page = queries.page_at(session, paths.clean(path))
    if page is None or not page.type.family.journal:
        return {}
    return {"bulletin": True, "publisher": str(page.settings.get("publisher", "")), "place": page.type.name}


def _brought(work: Bringing, count: int) -> list[Line]:
    """Three passes: places, states, ties. Stopped and begun again, it goes on where it stopped."""
    found: dict[int, Line] = {}

    def keep(_session: Session, line: Line) -> None:
        found[line.number] = line

    def more(_session: Session, number: int, notes: Sequence[Note]) -> None:
        line = found[number]
        outcome = plan.PARTLY if line.outcome == plan.TAKEN else line.outcome
        found[number] = replace(line, notes=(*line.notes, *notes), outcome=outcome)

    work = replace(work, keep=keep, more=more)
    with click.progressbar(length=3 * count, label=message("cli.import.label")) as bar:
        for act in (work.place, work.fill, work.tie):
            for number in range(count):
                act(number)
                bar.update(1)
    return sorted([*found.values(), *plan.lost(work.source, count)], key=lambda line: line.number)


def write(report: Path, lines: Iterable[Line]) -> None:
    """The report as a table for people and spreadsheets."""
    with report.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for line in lines:
            reasons = " ".join(message(note.code, **note.details) for note in line.notes)
            outcome = message(f"import.outcome.{line.outcome}")
            row = (line.number + 1, outcome, line.title, line.path, line.key, reasons)
            writer.writerow([safe(value) for value in row])
