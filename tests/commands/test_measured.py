"""``wrota bench search``: on made texts and on texts and questions brought along, as an outsider runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from portal.cli import main


def measure(*options: str, database: str = "") -> Result:
    return CliRunner().invoke(main, ["bench", "search", *options], env={"WROTA_DATABASE_URL": database})


def figures(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of somebody's texts in each of the formats."""
    folder = tmp_path / "texts"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "psy.txt").write_text("Opłata za psy\n\nStawka roczna wynosi pięćdziesiąt złotych.", "utf-8")
    lines = [
        {"key": f"d{n}", "title": f"Remont mostu drewnianego nr {n}", "body": "Roboty potrwają miesiąc."}
        for n in range(12)
    ]
    (folder / "most.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    signed = {
        "key": "u",
        "title": "Uchwała o budżecie",
        "body": "Tekst.",
        "signature": "XL/7/2024",
        "date": "2024-05-06",
    }
    (folder / "uchwala.json").write_text(json.dumps(signed), "utf-8")
    return folder


def asked(tmp_path: Path, *lines: object) -> str:
    file = tmp_path / "asked.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return str(file)


def test_made_texts_give_every_figure_and_every_bar(postgres_url: str) -> None:
    found = figures(measure("--documents", "80", "--large", "160", "--words", "40", database=postgres_url))
    assert set(found["engines"]) == {"tantivy", "whoosh", "postgres"}
    for engine in found["engines"].values():
        assert engine["quality"]["handmade"]["recall_at_10"] == 1.0
        assert engine["latency_ms"]["answer"]["p95"] >= engine["latency_ms"]["answer"]["p50"] > 0
    assert set(found["ratios"]) == {"to_whoosh_p95", "to_postgres_p95", "to_fts5_p95"}
    assert set(found["growth"]["latency_ms"]) == {"80", "160"}
    tests = {bar["test"] for bar in found["bars"] if bar["engine"] == "tantivy"}
    assert {"generated_bare", "signatures", "to_fts5_p95", "growth_answer_p95", "put_ms"} <= tests
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as database:
        left = database.execute("select count(*) from pg_namespace where nspname like 'wrota_bench%'").fetchone()
    assert left == (0,), "the working schema is not touched and nothing stays"


def test_texts_and_questions_of_others_are_measured(texts: Path, tmp_path: Path) -> None:
    questions = asked(
        tmp_path, {"text": "opłaty za psa", "right": ["a/psy.txt"]}, {"text": "XL/7/2024", "right": "u"},
        {"text": "lotnisko kosmiczne", "right": ["u"], "set": "hopeless"},
    )  # fmt: skip
    found = figures(
        measure("--corpus", str(texts), "--questions", questions, "--large", "0", "--engines", "whoosh,tantivy")
    )
    assert (found["documents"], found["default_engine"]) == (14, "whoosh")
    quality = found["engines"]["tantivy"]["quality"]
    assert quality["given"] == {"recall_at_10": 1.0, "mrr": 1.0, "missed": []}
    assert quality["hopeless"]["missed"] == ["lotnisko kosmiczne"]
    assert quality["signatures"]["mrr"] == 1.0
    assert quality["given_bare"]["recall_at_10"] == 1.0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "to nie jest obiekt JSON"),
        ("[1]", "to nie jest obiekt JSON"),
        ({"text": "psy"}, "wiersz 1"),
        ({"text": "psy", "right": ["nikt"]}, "nie ma dokumentu o kluczu „nikt”"),
        ("", "nie ma niczego"),
    ],
)
def test_a_bad_line_of_questions_is_named(texts: Path, tmp_path: Path, line: object, says: str) -> None:
    result = measure("--corpus", str(texts), "--questions", asked(tmp_path, line))
    assert result.exit_code == 1
    assert says in result.output


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("zly.txt", b"\xff\xfe\x00", "zly.txt"),
        ("zly.json", b"{", "zly.json, wiersz 1"),
        ("zly.json", b'{"title": 5}', "zly.json, pozycja 1"),
        ("zly.jsonl", b'{"title": "a", "date": "wczoraj"}', "zly.jsonl, pozycja 1"),
        ("zly.jsonl", b'{"key": "u", "title": "a"}', "klucz „u” już był"),
    ],
)
def test_a_document_that_cannot_be_used_is_named(texts: Path, name: str, content: bytes, says: str) -> None:
    (texts / name).write_bytes(content)
    result = measure("--corpus", str(texts))
    assert result.exit_code == 1
    assert says in result.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--engines", "lucene"), "Nie ma silnika „lucene”"),
        (("--engines", "postgres"), "WROTA_DATABASE_URL"),
        (("--questions", __file__), "--corpus"),
    ],
)
def test_what_cannot_be_measured_is_said(options: tuple[str, ...], says: str) -> None:
    result = measure(*options)
    assert result.exit_code != 0
    assert says in result.output
