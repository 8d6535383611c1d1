"""An old Bulletin on a real server, walked through and brought in: two vendors, and everything that goes wrong."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import select

from bip import actions as bip_actions
from portal.content import actions, queries
from portal.content.exchange import mapping, patterns
from portal.content.exchange.crawl import LOG, Crawl, Line, alone, append, lines, pages_file, rows
from portal.content.exchange.entries import ORIGIN, Broken, Note
from portal.content.exchange.fetching import HttpFetcher
from portal.content.exchange.old_bip import OldBip
from portal.content.models import ItemFile, ItemVersion
from portal.core.actors import SYSTEM
from portal.core.errors import Temporary
from portal.web.texts import message
from tests.content.exchange.conftest import Town
from tests.content.exchange.old_site import FIRST_VENDOR, KILLED, old

__all__ = ["old"]


def first_vendor(old: str, more: str = "") -> mapping.Mapping:
    return mapping.read(f"{more}\n{FIRST_VENDOR}", f"{old}/")


def walked(rules: mapping.Mapping, folder: Path, most_bytes: int = 2**30) -> Path:
    fetcher = HttpFetcher(agent=rules.agent, inside=rules.fetched, timeout=5, allow=lambda ip: ip == "127.0.0.1")
    Crawl(rules, fetcher, folder, pause=lambda _seconds: None, most_bytes=most_bytes).run()
    return folder


@pytest.fixture
def bulletin(town: Town) -> Town:
    assert bip_actions
    with town.database.transaction() as session:
        root = actions.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip", settings={"publisher": "Urząd"})
        actions.publish(session, SYSTEM, root.id)
    return town


def test_pages_come_with_their_dates_authors_files_links_and_old_addresses(
    bulletin: Town, old: str, tmp_path: Path
) -> None:
    rules = first_vendor(old)
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={"publisher": "Urząd"})
    found = {line.title: line for line in bulletin.brought(source, "/bip")}
    item = bulletin.item("/bip/prawo-lokalne/uchwaly/uchwala-nr-1")
    with bulletin.database.reading() as session:
        version = session.get_one(ItemVersion, item.live_version_id)
        assert item.type == "announcement"
        assert version.fields["produced_by"] == "Jan Dawny"
        assert version.fields[ORIGIN]["published_at"].startswith("2018-03-02T")
        assert version.published_at is not None
        assert version.published_at.year >= 2026
        second = bulletin.item("/bip/prawo-lokalne/uchwaly/uchwala-nr-2")
        assert f'href="item:{second.id}"' in version.body
        assert session.scalar(select(ItemFile.title).where(ItemFile.version_id == version.id)) == "Treść aktu"
        assert queries.moved_to(session, "/index.php", "id=1") == item.path
        assert queries.moved_to(session, "/index.php", "id=3") is None
    assert second.state == "unpublished"
    assert "import.bip.no_date" in {note.code for note in found["Uchwała nr 2"].notes}
    assert "import.bip.file_gone" in {note.code for note in found["Uchwała nr 2"].notes}


def test_what_cannot_be_taken_is_named_with_the_reason(old: str, tmp_path: Path) -> None:
    rules = first_vendor(old)
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={})
    lost = {entry.address.removeprefix(old): entry.notes[0] for entry in source.lost()}
    why = {address: note.code for address, note in lost.items()}
    assert why["/tajne"] == "import.bip.problem.robots"
    assert why["/petla"] == "import.bip.problem.redirects"
    assert why["/wewnatrz"] == "import.bip.problem.outside"
    assert why["/wielka"] == "import.bip.problem.too_large"
    assert lost["/index.php?id=9"] == Note("import.bip.problem.status", {"status": "404"})
    assert why["/"] == "import.bip.no_page"
    titles = {source.entry(number).title for number in range(source.count())}
    assert any(title.startswith("Bez końca") for title in titles)


def test_an_old_encoding_and_a_date_in_words_are_read(old: str, tmp_path: Path) -> None:
    rules = mapping.read(
        f"""start = ["{old}/stary/ogloszenie.html"]
        scope = ["{old}/stary/"]
        [select]
        title = "#naglowek"
        body = "#tekst"
        published_at = "#data"
        [defaults]
        produced_by = "Urząd Gminy"
        """
    )
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={})
    entry = source.entry(0)
    assert (entry.title, source.count()) == ("Ogłoszenie o przetargu", 1)
    assert "Zażółć gęślą jaźń." in entry.states[0].body
    assert entry.states[0].published_at is not None
    assert entry.states[0].published_at.isoformat().startswith("2019-03-12T10:15")


def test_a_walk_that_was_stopped_goes_on_and_fetches_nothing_twice(old: str, tmp_path: Path) -> None:
    few = first_vendor(old, "most_pages = 3")
    folder = walked(few, tmp_path / "old")
    with (folder / LOG).open("a", encoding="utf-8") as log:
        log.write('{"url": "half')
    before = list(lines(folder))
    walked(first_vendor(old), folder)
    asked = [line.asked for line in lines(folder)]
    assert len(before) == 3
    assert len(asked) == len(set(asked))
    assert any(address.endswith("id=2") for address in asked)


def test_an_endless_calendar_ends_at_the_limit(old: str, tmp_path: Path) -> None:
    rules = mapping.read(
        f'start = ["{old}/kalendarz?m=0"]\nscope = ["{old}/"]\nmost_pages = 20\n[select]\ntitle = "h1"\nbody = "p"\n'
    )
    assert len(list(lines(walked(rules, tmp_path / "old")))) == 20


def test_the_rules_for_robots_hold_though_they_lie_outside_the_scope(old: str, tmp_path: Path) -> None:
    rules = mapping.read(
        f'start = ["{old}/stary/kosz", "{old}/stary/ogloszenie.html"]\nscope = ["{old}/stary/"]\n'
        '[select]\ntitle = "#naglowek"\nbody = "#tekst"\n'
    )
    found = {line.asked.removeprefix(old): line.problem for line in lines(walked(rules, tmp_path / "old"))}
    assert found == {"/stary/kosz": "robots", "/stary/ogloszenie.html": ""}


def test_a_host_that_cannot_say_what_robots_may_read_is_not_walked_through(tmp_path: Path) -> None:
    rules = mapping.read('start = ["http://127.0.0.1:1/a"]\n[select]\ntitle = "h1"\nbody = "p"\n')
    assert [line.problem for line in lines(walked(rules, tmp_path / "old"))] == ["wire"]


def test_what_failed_for_a_moment_is_asked_for_again_when_the_walk_goes_on(old: str, tmp_path: Path) -> None:
    KILLED.clear()
    rules = mapping.read(mapping.shipped_text("ogolny"), f"{old}/zajety")
    (tmp_path / "old").mkdir()
    append(tmp_path / "old" / LOG, asdict(Line(f"{old}/zajety", f"{old}/zajety", problem="status 503")))
    KILLED.append("/zajety")
    assert [line.problem for line in lines(walked(rules, tmp_path / "old"))] == [""]


def test_a_page_that_drips_for_ever_is_given_up(old: str) -> None:
    fetcher = HttpFetcher(agent="x", inside=lambda _url: True, timeout=5, longest=0.3, allow=lambda _ip: True)
    assert fetcher.get(f"{old}/kropla").problem == "too_slow"


def test_addresses_of_our_own_network_are_never_asked(old: str) -> None:
    fetcher = HttpFetcher(agent="x", inside=lambda _url: True, timeout=2)
    for url in (old, "http://[::1]/", "http://10.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/"):
        assert fetcher.get(url).problem == "private", url


@pytest.mark.parametrize(
    "text",
    ["start = [", "start = []", 'start = ["ftp://x/"]\n[select]\ntitle = "a"\nbody = "b"',
     'start = ["http://x/"]\n[select]\ntitle = "a"', 'start = ["http://x/"]\n[select]\ntitle = "a["\nbody = "b"',
     b"\xff\xfe binary", 'start = ["http://x/"]\nfollow = ["("]\n[select]\ntitle = "a"\nbody = "b"'],
)  # fmt: skip
def test_a_mapping_that_says_nothing_useful_is_refused_with_a_sentence(text: str | bytes) -> None:
    with pytest.raises(Broken) as refusal:
        mapping.read(text)
    assert refusal.value.code in ("import.mapping.toml", "import.mapping.wrong", "import.mapping.no_start")


def test_each_page_is_read_once_when_it_is_fetched(bulletin: Town, old: str, tmp_path: Path) -> None:
    rules = first_vendor(old)
    folder = walked(rules, tmp_path / "old")
    for line in lines(folder):
        if line.is_page:
            (folder / line.file).unlink(missing_ok=True)
    assert "import.bip.no_date" in {
        note.code for line in bulletin.brought(OldBip(rules, folder, options={}), "/bip") for note in line.notes
    }
    assert len(list(rows(pages_file(rules, folder)))) == sum(line.is_page for line in lines(folder))


def test_another_mapping_reads_what_was_fetched_and_fetches_nothing(old: str, tmp_path: Path) -> None:
    folder = walked(first_vendor(old), tmp_path / "old")
    before = list(lines(folder))
    source = OldBip(first_vendor(old, 'most_pages = 1\nnot_sections = ["Prawo lokalne"]'), folder, options={})
    assert [source.entry(0).title for _ in range(1)] == ["Uchwały"]
    assert list(lines(folder)) == before


def test_marks_are_found_by_their_labels_in_any_bulletin(old: str, tmp_path: Path) -> None:
    rules = mapping.read(mapping.shipped_text("ogolny"), f"{old}/metryczka/uchwala")
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={"publisher": "Urząd"})
    entry = source.entry(source.count() - 1)
    [state] = entry.states
    assert (entry.type, state.title) == ("resolution", "Uchwała Nr XII/34/2019 w sprawie opłat")
    assert (state.fields["number"], state.fields["adopted_on"]) == ("XII/34/2019", "2019-03-05")
    assert (state.fields["produced_by"], state.fields["responsible"]) == ("Jan Dawny", "Ewa Dawna, sekretarz")
    assert state.author == "Adam Dawny"
    assert state.published_at is not None
    assert state.published_at.isoformat().startswith("2019-03-12T10:15")
    assert sorted(file.name for file in state.files) == ["herb.png", "plik.php"]
    assert 'src="attachment:' in state.body


def test_where_the_law_asks_for_more_than_is_found_it_is_a_plain_page_and_says_so(old: str, tmp_path: Path) -> None:
    rules = first_vendor(old, "")
    rules.types["Uchwały"] = "resolution"
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={"publisher": "Urząd"})
    entries = [source.entry(number) for number in range(source.count())]
    [one] = [entry for entry in entries if entry.title == "Uchwała nr 1"]
    assert one.type == "bip_page"
    assert "import.bip.as_page" in {note.code for note in one.notes}


def test_the_pace_the_host_asks_for_is_kept_and_its_wish_to_wait_obeyed(old: str, tmp_path: Path) -> None:
    KILLED.clear()
    slow = b'user_agent = "powolny"\n' + mapping.shipped_text("ogolny")
    rules, pauses = mapping.read(slow, f"{old}/zajety"), list[float]()
    fetcher = HttpFetcher(agent=rules.agent, inside=rules.fetched, hosts=["127.0.0.1"])
    crawl = Crawl(rules, fetcher, tmp_path / "old", pause=pauses.append, most_bytes=2**30)
    assert crawl.run().wait == 7
    assert crawl.run().finished
    assert pauses == [2.0, 2.0]
    assert [line.problem for line in lines(tmp_path / "old")] == [""]


def test_a_walk_that_is_killed_takes_nothing_twice(old: str, tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from portal.content.exchange import crawl, fetching, mapping\n"
        "rules = mapping.read(f'agent = \"pid {os.getpid()}\"\\n' + sys.argv[1])\n"
        "fetcher = fetching.HttpFetcher(agent=f'pid {os.getpid()}', inside=rules.fetched, hosts=['127.0.0.1'])\n"
        "crawl.Crawl(rules, fetcher, Path(sys.argv[2]), pause=lambda _s: None, most_bytes=2**30).run()"
    )
    text = f'start = ["{old}/zabij?p=0"]\nscope = ["{old}/zabij"]\n[select]\ntitle = "h1"\nbody = "p"\n'
    command = [sys.executable, "-c", script, text, str(tmp_path / "old")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert subprocess.run(command, check=False).returncode == 0
    asked = [line.asked.rpartition("=")[2] for line in lines(tmp_path / "old")]
    assert asked == [str(number) for number in range(10)]
    assert {number: KILLED.count(f"/zabij?p={number}") for number in range(10)} == {
        number: 2 if number == 5 else 1 for number in range(10)
    }


def test_one_walk_at_a_time_holds_a_folder(old: str, tmp_path: Path) -> None:
    folder = walked(first_vendor(old, "most_pages = 1"), tmp_path / "old")
    with alone(folder), pytest.raises(Temporary):
        walked(first_vendor(old), folder)


def test_a_walk_ends_when_as_much_came_as_may_and_goes_on_when_more_may(old: str, tmp_path: Path) -> None:
    rules, folder = mapping.read(mapping.shipped_text("ogolny"), f"{old}/lista?p=0"), tmp_path / "old"
    fetcher = HttpFetcher(agent=rules.agent, inside=rules.fetched, hosts=["127.0.0.1"])
    first = Crawl(rules, fetcher, folder, pause=lambda _s: None, most_bytes=2000).run()
    came = sum(line.size for line in lines(folder))
    assert (first.finished, first.full) == (True, True)
    assert 2000 <= came < 2600
    assert Crawl(rules, fetcher, folder, pause=lambda _s: None, most_bytes=2000).run().done == first.done
    whole = Crawl(rules, fetcher, folder, pause=lambda _s: None, most_bytes=2**20).run()
    assert (whole.done, whole.full) == (45, False)


def test_an_expression_that_takes_for_ever_is_named_in_a_sentence() -> None:
    rules = mapping.read('skip = ["(a+)+$"]\n[select]\ntitle = "h1"\nbody = "p"\n', "https://x.example/")
    with pytest.raises(Broken) as refusal:
        rules.skipped(f"https://x.example/{'a' * 5000}b")
    assert "(a+)+$" in message(refusal.value.code, **refusal.value.details)


def test_expressions_that_are_slow_again_and_again_end_too() -> None:
    slow, words = patterns.Pattern("(a|aa)+$", most=0.3), "a" * 24 + "b"

    def look() -> None:
        for _ in range(10_000):
            slow.matches(words)

    began = time.thread_time()
    with pytest.raises(Broken):
        look()
    assert time.thread_time() - began < 2


def test_somebody_elses_server_is_given_a_pause_whatever_the_mapping_says(old: str, tmp_path: Path) -> None:
    rules, pauses = mapping.read(FIRST_VENDOR, f"{old}/lista?p=40"), list[float]()
    strange = HttpFetcher(agent=rules.agent, inside=rules.fetched, allow=lambda _ip: True)
    Crawl(rules, strange, tmp_path / "old", pause=pauses.append, most_bytes=2**20).run()
    assert pauses == [0.5] * 5
