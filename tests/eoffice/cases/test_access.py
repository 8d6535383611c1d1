"""The access code of a case."""

from __future__ import annotations

import re

import pytest

from eoffice.cases import access
from eoffice.cases import actions as cases
from portal.core.db import Database
from tests.eoffice import office

SECRET = "a secret of the town"


def test_a_code_is_short_readable_and_always_the_same() -> None:
    code = access.code_for(SECRET, "OSR.6131.1.2026", 1)
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code)
    assert code == access.code_for(SECRET, "OSR.6131.1.2026", 1)


def test_other_cases_versions_and_towns_have_other_codes() -> None:
    codes = {
        access.code_for(secret, f"OSR.6131.{number}.2026", version)
        for secret in (SECRET, "another") for number in range(1, 200) for version in (1, 2)
    }  # fmt: skip
    assert len(codes) == 2 * 199 * 2


def test_without_a_secret_there_are_no_codes() -> None:
    with pytest.raises(ValueError):
        access.code_for("", "OSR.6131.1.2026", 1)


def test_sign_and_code_together_open_a_case_and_nothing_else_does(database: Database) -> None:
    town = office.make(database)
    with database.transaction() as session:
        case = cases.open_case(session, town.clerk, entry_id=town.entry_id, department_id=town.department_id,
                               symbol="6131", title="Wycinka")  # fmt: skip
        code = access.access_code(SECRET, case)
    with database.reading() as session:
        for written in (code, code.lower(), code.replace("-", ""), f" {code[:4]} {code[5:]} "):
            assert access.find_case(session, SECRET, case.sign, written) is not None
        assert access.find_case(session, SECRET, f"{case.sign}.3.JK", code) is not None
        for sign, wrong in (
            (case.sign, "AAAA-AAAA"),
            (case.sign, ""),
            ("OSR.6131.9.2026", code),
            ("?", code),
            ("", ""),
        ):
            assert access.find_case(session, SECRET, sign, wrong) is None


def test_a_replaced_code_opens_nothing(database: Database) -> None:
    town = office.make(database)
    with database.transaction() as session:
        case = cases.open_case(session, town.clerk, entry_id=town.entry_id, department_id=town.department_id,
                               symbol="6131", title="Wycinka")  # fmt: skip
        old = access.access_code(SECRET, case)
        cases.replace_code(session, town.clerk, case_id=case.id)
        assert access.find_case(session, SECRET, case.sign, old) is None
        assert access.find_case(session, SECRET, case.sign, access.access_code(SECRET, case)) is not None
