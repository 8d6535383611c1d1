"""Health and figures."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.core import outbox
from portal.core.db import Database


def test_the_program_says_that_it_lives_and_is_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text.splitlines()[0] == "ready"


def test_figures_are_counts_by_route(client: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        for topic in ("search.index", "search.index_many", "search.hide"):
            outbox.enqueue(session, topic, topic, {})
        outbox.enqueue(session, "delivery.send", "b", {})
    client.get("/kod/404")
    text = client.get("/metrics").text
    assert 'wrota_requests_total{method="GET",route="/kod/<int:status>",status="404"} 1.0' in text
    assert 'wrota_jobs{state="due",topic="delivery.send"} 1.0' in text
    assert "wrota_search_backlog 3.0" in text
    assert "wrota_job_oldest_due_seconds" in text
    assert "wrota_events 0.0" in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200), ("10.1.2.3", {}, 200), ("::1", {}, 200), ("8.8.8.8", {}, 404), ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 404), ("10.0.0.1", {"Forwarded": "for=8.8.8.8"}, 404),
    ],
)  # fmt: skip
def test_figures_are_for_callers_nearby(
    client: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
