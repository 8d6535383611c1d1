"""What is wrong with a feed or a calendar, by grammars, by a reader people use, by the rules of RFC 5545."""

from __future__ import annotations

from pathlib import Path

import feedparser
from icalendar import Calendar
from lxml import etree

_HERE = Path(__file__).parent
_LINE = 75


def feed_problems(kind: str, data: bytes) -> list[str]:
    """Of a feed in the format ``kind`` (``rss``, ``atom``); nothing when it is sound."""
    grammar = etree.RelaxNG(etree.parse(_HERE / f"{kind}.rng"))
    tree = etree.fromstring(data)
    grammar.validate(tree)
    problems = [str(error) for error in grammar.error_log]
    if kind == "atom":
        problems += [
            f"links {links} in {part.tag}" for part in tree.iter("{*}feed", "{*}entry") if (links := _links(part))
        ]
    read = feedparser.parse(data)
    if read.bozo:
        problems.append(str(read.bozo_exception))
    if read.version != {"rss": "rss20", "atom": "atom10"}[kind]:
        problems.append(f"read as {read.version}")
    ids = [entry.id for entry in read.entries]
    if len(ids) != len(set(ids)):
        problems.append("two entries share an id")
    if not all(entry.get("published_parsed") for entry in read.entries):
        problems.append("a date nobody can read")
    return problems


def _links(part: etree._Element) -> list[str]:
    """The kinds of links, unless there is one to the page and, in a feed, one to itself (RFC 4287, 4.1.1, 4.1.2)."""
    found = sorted(link.get("rel", "alternate") for link in part.findall("{*}link"))
    return [] if found == (["alternate", "self"] if part.tag.endswith("feed") else ["alternate"]) else found


def calendar_problems(data: bytes) -> list[str]:
    """Of an iCalendar object (RFC 5545, sections 3.1, 3.4, 3.6): lines, obligatory properties, zones."""
    problems = [f"long line {line[:20]!r}" for line in data.split(b"\r\n") if len(line) > _LINE]
    if data.replace(b"\r\n", b"").count(b"\n"):
        problems.append("a line that ends without CRLF")
    made = Calendar.from_ical(data)
    problems += [f"no {name}" for name in ("prodid", "version") if name not in made]
    zones = {str(zone["tzid"]) for zone in made.walk("VTIMEZONE")}
    for event in made.walk("VEVENT"):
        problems += [f"an event without {name}" for name in ("uid", "dtstamp", "dtstart") if name not in event]
        problems += [f"{name}: {said}" for name, said in event.errors]
        begin, end = event.get("dtstart"), event.get("dtend")
        if begin is not None and end is not None and not begin.dt < end.dt:
            problems.append("an event that ends before it begins")
        used = {one.params.get("tzid") for one in (begin, end) if one is not None and "tzid" in one.params}
        problems += [f"zone {name} is not described" for name in used - zones]
    uids = [str(event["uid"]) for event in made.walk("VEVENT")]
    if len(uids) != len(set(uids)):
        problems.append("two events share a uid")
    return problems
