"""Rules of the house that can be read off the source."""

from __future__ import annotations

import ast
from pathlib import Path

from portal import models
from tests.architecture.source import ROOMS, ROOT, calls, files, module_name, shown, tree

ALLOWED_LOCAL_IMPORTS = {"portal/cli.py", "portal/__init__.py"}


def test_only_the_database_module_commits() -> None:
    guilty = [
        shown(path, call)
        for path in files()
        if path.relative_to(ROOT).as_posix() != "portal/core/db.py" and "sandbox" not in path.parts
        for call in calls(path, "commit")
        if "backends" not in path.parts and path.name != "tables.py"
    ]
    assert guilty == []


def test_first_party_imports_stand_at_the_top_of_files() -> None:
    guilty = []
    for path in files():
        if path.relative_to(ROOT).as_posix() in ALLOWED_LOCAL_IMPORTS:
            continue
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                guilty += [shown(path, node) for node in ast.walk(function) if _imports_us(node)]
    assert guilty == []


def _imports_us(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in ROOMS
    return isinstance(node, ast.Import) and any(name.name.split(".")[0] in ROOMS for name in node.names)


WEB = ("flask", "werkzeug", "flask_login", "flask_wtf", "portal.web")
TEXTS = "portal.web.texts"  # sentences are words, not HTTP


def test_actions_know_no_http() -> None:
    rooms = ("actions.py", "effects.py", "queries.py", "workflow.py", "models.py")
    guilty = [
        shown(path, node)
        for path in files()
        if path.name in rooms and path.parent.name != "web"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and _is_web(node)
    ]
    assert guilty == []


def _is_web(node: ast.ImportFrom) -> bool:
    names = {f"{node.module}.{alias.name}" for alias in node.names}
    return any(name.startswith(tuple(f"{web}." for web in WEB)) and not name.startswith(TEXTS) for name in names)


def test_xml_is_parsed_in_one_place_only() -> None:
    guilty = [
        shown(path, call)
        for path in files()
        if path.relative_to(ROOT).as_posix() != "portal/core/xml.py" and "sandbox" not in path.parts
        for call in calls(path, "fromstring", "XMLParser", "iterparse")
    ]
    assert guilty == []


def test_every_module_with_tables_is_known_to_the_migrations() -> None:
    listed = {module.__name__ for module in models.MODULES}
    there = {module_name(path) for path in files() if path.name == "models.py" and "sandbox" not in path.parts}
    there |= {"portal.core.events", "portal.core.outbox", "portal.core.numbering", "portal.core.documents"}
    assert there - {"portal.models"} == listed


def test_no_package_index_is_named_in_the_repository() -> None:
    hosts = [b"pypi" + b".org", b"python" + b"hosted.org", b"registry" + b".npmjs"]
    watched = [*ROOT.glob("*.*"), *(ROOT / ".ci").iterdir(), ROOT / "Makefile"]
    guilty = [path.name for path in watched if path.is_file() and any(h in path.read_bytes() for h in hosts)]
    assert guilty == []


def test_public_modules_say_what_they_are_for() -> None:
    silent = [str(path.relative_to(ROOT)) for path in files() if not ast.get_docstring(tree(path))]
    assert silent == []


def test_no_personal_path_or_schema_of_others_is_in_the_tree() -> None:
    foreign = [path for path in _tracked("*.xsd", "*.wsdl") if b"cpi.gov.pl/soap" in path.read_bytes()]
    assert foreign == []


def _tracked(*patterns: str) -> list[Path]:
    return [path for room in ROOMS for pattern in patterns for path in (ROOT / room).rglob(pattern)]
