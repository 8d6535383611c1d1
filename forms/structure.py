"""Checking our documents against our own description of their templates (``forms/xsd``)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lxml import etree

from forms import names
from portal.core import xml

_FOLDER = Path(__file__).with_name("xsd")
_TURN = threading.Lock()
_FILES = {names.PISMO_OGOLNE: "pismo-ogolne.xsd"}


def described(namespace: str) -> bool:
    """Whether we can check documents of this template."""
    return namespace in _FILES


@lru_cache(maxsize=8)
def _schema(namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_FOLDER / _FILES[namespace], xml.parser()))


def faults(data: bytes, *, max_bytes: int = xml.MAX_BYTES) -> tuple[str, ...]:
    """What departs from the template, as "line: text" for operators; empty when the document keeps to it.

    Raises ``portal.core.xml.UnsafeXml``, and ``KeyError`` for a template we have no description of.
    """
    tree = xml.parse(data, max_bytes=max_bytes)
    schema = _schema(etree.QName(tree.getroot()).namespace or "")
    with _TURN:
        # A schema keeps the errors of its last run only.
        if schema.validate(tree):
            return ()
        errors = list(cast(Iterable[Any], schema.error_log))
    return tuple(f"{error.line}: {error.message}" for error in errors)
