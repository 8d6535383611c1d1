"""The archive of exchanges: every call that means something, with both messages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from eoffice.channels.epuap.archive import ExchangeArchive
from eoffice.channels.epuap.soap import Exchange
from portal.core.blobs import FolderBlobStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENT = Exchange("nadaj", "http://x/skrytka", b"<request/>", b"<answer/>", 200, NOON, NOON, "ok")


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "2026-03-02.jsonl").read_text().splitlines()]


def test_a_call_is_kept_with_both_messages(tmp_path: Path) -> None:
    archive = ExchangeArchive(tmp_path)
    archive(SENT)
    archive(replace(SENT, outcome="epuap.lost", response=b"", status=0))
    first, lost = lines(tmp_path)
    messages = FolderBlobStore(tmp_path / "messages")
    assert (messages.get(first["request"]), messages.get(first["response"])) == (b"<request/>", b"<answer/>")
    assert (lost["outcome"], lost["response"]) == ("epuap.lost", "")


def test_an_empty_look_into_a_queue_is_not_kept_but_a_failed_one_is(tmp_path: Path) -> None:
    archive = ExchangeArchive(tmp_path)
    look = replace(SENT, operation="pobierzNastepny", response=b"<status><kod>0</kod></status>")
    archive(look)
    archive(replace(look, response=b"<dokument><zawartosc>QQ==</zawartosc></dokument>"))
    archive(replace(look, outcome="epuap.http.503"))
    assert [line["outcome"] for line in lines(tmp_path)] == ["ok", "epuap.http.503"]


def test_only_the_programs_own_account_may_read_it(tmp_path: Path) -> None:
    ExchangeArchive(tmp_path)(SENT)
    assert (tmp_path / "2026-03-02.jsonl").stat().st_mode & 0o777 == 0o600
    assert tmp_path.stat().st_mode & 0o777 == 0o700
