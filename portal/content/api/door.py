"""Who comes to the API: nobody known, or a program with a person's token. Cookies are never looked at.

A page of another site may read through a visitor's browser (what is public is for everyone), and nothing more:
no cookie counts here, and browsers are not told that they may send acts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

import limits as counting
from flask import Flask, Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from portal.accounts import tokens
from portal.core import actors
from portal.core.actors import Actor
from portal.core.errors import DomainError, Forbidden
from portal.web import context, limits
from portal.web.limits import TooMany

_ACTOR = "api_actor"
START = "/api/v1/"
Result = TypeVar("Result")


class NoToken(DomainError):
    """An act without a token; answered with 401."""

    code = "token.missing"
    status = 401


class Unmatched(DomainError):
    """``If-Match`` is missing; answered with 428."""

    code = "api.if_match_missing"
    status = 428


def actor() -> Actor:
    """Who is asking."""
    return cast(Actor, g.get(_ACTOR, actors.ANONYMOUS))


def writer() -> Actor:
    """Who is acting. Raises ``NoToken``."""
    if actor().token is None:
        raise NoToken
    return actor()


@cache
def _reads() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def _limit_reading() -> None:
    """Counted in this process only: a look-up must not write to the database."""
    rule = counting.parse(context.settings().api_read_limit)
    who = f"token:{actor().token}" if actor().token else limits.network(request.remote_addr or "")
    secret = str(current_app.secret_key)
    if not _reads().hit(rule, limits.bucket(secret, "api.read", who)):
        raise TooMany(seconds=rule.get_expiry(), minutes=max(1, rule.get_expiry() // 60))


def limit_writing() -> None:
    """Count an act in all processes at once. Raises ``TooMany``."""
    rule = limits.parse(context.settings().api_write_limit)
    secret = str(current_app.secret_key)
    with context.transaction() as session:
        limits.take(session, rule, [limits.bucket(secret, "api.write", f"token:{writer().token}")])


def come_in() -> None:
    """Before each request: who it is. A token that does not work is refused, even where none is needed."""
    header = request.headers.get("Authorization", "")
    kind, _, text = header.partition(" ")
    if not header:
        setattr(g, _ACTOR, actors.ANONYMOUS)
    else:
        if kind.lower() != "bearer":
            raise tokens.BadToken
        with context.reading() as session:
            found, due = tokens.actor_of(session, text.strip())
        setattr(g, _ACTOR, found)
        if due and found.token is not None:
            with context.transaction() as session:
                tokens.note_use(session, found.token)
    _limit_reading()


def go_out(response: Response) -> Response:
    """Any site may read answers; those made for a token are kept by nobody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Location, Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Authorization")
    if actor().token is not None or response.status_code >= 400:
        response.headers["Cache-Control"] = "private, no-store"
    elif request.method in ("GET", "HEAD"):
        response.headers["Cache-Control"] = "public, no-cache"
    return response


def install(state: BlueprintSetupState) -> None:
    """Forms' tokens are a matter of cookies; here none counts."""
    app = cast(Flask, state.app)
    app.extensions["csrf"].exempt(state.blueprint)


def seen(row_version: int, site: int) -> str:
    """The mark of an item's state: the first number decides about acts, the second grows with every public change."""
    return f"{row_version}.{site}"


def expected() -> int:
    """The item's version the caller saw, from ``If-Match``. Raises ``Unmatched``; ``*`` is not enough."""
    marks = list(request.if_match)
    first = marks[0].partition(".")[0] if len(marks) == 1 else ""
    if not first.isdecimal():
        raise Unmatched
    return int(first)


def carry_out(act: Callable[[Actor], Result], refused: Callable[[Actor, str], None]) -> Result:
    """Do an act of a program; what it may not do is noted by ``refused``, as with people."""
    who = writer()
    limit_writing()
    try:
        return act(who)
    except Forbidden as refusal:
        refused(who, str(refusal.details.get("permission", "")))
        raise
