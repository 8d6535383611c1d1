"""No process ever shows what is no longer so: every change is seen at the next request, in each of them.

``WROTA_TEST_FULL=1``: a thousand changes. The last test keeps pages wrongly on purpose and must be caught.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest

from portal.accounts import actions as accounts
from portal.content import actions
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.web import log_in, make_app

CHANGES = 1000 if os.environ.get("WROTA_TEST_FULL") == "1" else 50
PAGE = "/urzad/godziny"


@dataclass
class Process:
    """One running web process, asked over a connection that stays open."""

    connection: HTTPConnection
    copies: dict[str, tuple[str, str]] = field(default_factory=dict)

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        """What the reader sees: their copy when it is said to be right still, else what comes."""
        tag, copy = self.copies.get(path + cookie, ("", ""))
        self.connection.request("GET", path, headers={"If-None-Match": tag, "Cookie": cookie})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status == 304:
            return 200, copy
        self.copies[path + cookie] = (answer.headers.get("ETag", ""), text)
        return answer.status, text


@contextmanager
def processes(address: str, folder: Path, count: int, *flags: str) -> Iterator[list[Process]]:
    """``count`` real web processes over the same database."""
    command = [sys.executable, "-m", "tests.content.serving", address, str(folder), *flags]
    with ExitStack() as stack:
        running = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(count)
        ]
        for one in running:
            stack.callback(one.terminate)
        ports = [int(one.stdout.readline()) for one in running if one.stdout]
        yield [Process(stack.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=30)))) for port in ports]


@dataclass
class Truth:
    """What the page is now, by what was last done to it."""

    database: Database
    page: int
    folder: int
    reader: int
    number: int = 0
    withdrawn: bool = False
    protected: bool = False
    granted: bool = False

    def change(self, act: str) -> None:
        """Carry ``act`` out, committed when this returns."""
        with self.database.transaction() as session:
            if act == "withdraw" and not self.withdrawn:
                actions.withdraw(session, SYSTEM, self.page, reason="Nieaktualne")
                self.withdrawn = True
            elif act == "protect":
                self.protected = not self.protected
                actions.present(session, SYSTEM, self.folder, in_menu=True, protected=self.protected)
            elif act == "grant":
                self.granted = not self.granted
                give = accounts.grant if self.granted else accounts.revoke
                give(session, SYSTEM, path="/urzad", principal=f"user:{self.reader}", role="reader")
            else:
                self.number += 1
                body = f"<p>stan {self.number}.</p>"
                actions.save_draft(session, SYSTEM, self.page, expected=None, title=f"Nr {self.number}", body=body)
                actions.publish(session, SYSTEM, self.page)
                self.withdrawn = False

    def expected(self, *, known: bool) -> int:
        """The status for a visitor, or for the reader."""
        if known and self.granted:
            return 200  # a role at the place shows what is not public too
        if self.protected:
            return 404
        return 410 if self.withdrawn else 200


@pytest.fixture
def truth(site: Database, people: People) -> Truth:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Nr 0", name="godziny", body="<p>stan 0.</p>")
        actions.publish(session, SYSTEM, page.id)
        parent = page.parent_id
        assert parent
    assert people.citizen.user_id
    return Truth(site, page.id, parent, people.citizen.user_id)


def cookie_of(site: Database, blobs: FolderBlobStore, folder: Path, people: People) -> str:
    client = log_in(make_app(site, blobs, folder).test_client(), people.citizen)
    found = client.get_cookie("wrota")
    assert found
    return f"wrota={found.value}"


def right(truth: Truth, process: Process, cookie: str = "") -> bool:
    """Whether the process says what is so: the page, its line in the folder's list, the folder itself."""
    status, text = process.get(PAGE, cookie)
    wanted = truth.expected(known=bool(cookie))
    same = status == wanted and (status != 200 or f"stan {truth.number}." in text)
    if cookie or not truth.protected:
        return same
    return same and process.get("/urzad")[0] == 404


def stale(truth: Truth, running: list[Process], cookie: str, changes: int) -> list[str]:
    """The changes after which some process still said what was so before."""
    chance = random.Random(7)
    late = []
    with ThreadPoolExecutor(len(running)) as readers:
        for number in range(changes):
            act = chance.choice(["edit", "edit", "edit", "withdraw", "protect", "grant"])
            # Others read while the change is made: what they fill the caches with must not outlive it.
            meanwhile = [readers.submit(process.get, PAGE) for process in running]
            truth.change(act)
            for reader in meanwhile:
                reader.result()
            for process in running:
                late += (
                    [f"{number} {act} {truth}"] if not (right(truth, process) and right(truth, process, cookie)) else []
                )
    return late


def test_a_change_is_seen_at_the_next_request_in_every_process(
    truth: Truth, site: Database, blobs: FolderBlobStore, tmp_path: Path, people: People, database_url: str
) -> None:
    cookie = cookie_of(site, blobs, tmp_path, people)
    with processes(database_url, tmp_path, 2) as running:
        assert stale(truth, running, cookie, CHANGES) == []
    assert truth.number > CHANGES // 4


def test_pages_kept_by_their_address_alone_are_caught(
    truth: Truth, site: Database, blobs: FolderBlobStore, tmp_path: Path, people: People, database_url: str
) -> None:
    cookie = cookie_of(site, blobs, tmp_path, people)
    with processes(database_url, tmp_path, 1, "blind") as running:
        assert len(stale(truth, running, cookie, 20)) > 5
