"""The sandbox's own service descriptions say the same as ePUAP's, compared part by part with zeep.

The reference files do not belong to the repository: they lie in ``../shared`` or where WROTA_TEST_SHARED points.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import zeep

ROOT = Path(__file__).parents[2]
OURS = ROOT / "eoffice" / "sandbox" / "wsdl"
PAIRS = ["skrytka", "doreczyciel", "pull", "filerepo", "ZarzadzanieDokumentami"]


def _reference(name: str) -> Path:
    shared = Path(os.environ.get("WROTA_TEST_SHARED") or ROOT.parent / "shared")
    file = shared / "reference" / "epuap" / "wsdl" / f"{name}.wsdl"
    if not file.exists():
        pytest.fail(f"No reference WSDL at {file}: set WROTA_TEST_SHARED to the folder of reference/epuap/wsdl.")
    return file


def _elements(kind: Any, depth: int = 0) -> Any:
    """A type as nested plain data: name, optional, nillable, repeated, and its own parts."""
    parts = getattr(kind, "elements", None)
    if not parts or depth > 6:
        return getattr(kind, "name", str(kind))
    return [
        (name, part.min_occurs, str(part.max_occurs), part.nillable, _elements(part.type, depth + 1))
        for name, part in parts
    ]


def _message(message: Any) -> dict[str, Any]:
    """What travels: the header blocks and the body element, by qualified name and structure."""
    header = getattr(message, "header", None)
    blocks = getattr(getattr(header, "type", None), "elements", None) or []
    return {
        "headers": {part.qname.text: _elements(part.type) for _, part in blocks if part.qname is not None},
        "body": (message.body.qname.text, _elements(message.body.type)) if message.body is not None else None,
    }


def _described(file: Path) -> dict[str, Any]:
    [service] = zeep.Client(str(file)).wsdl.services.values()
    [port] = service.ports.values()
    return {
        name: {
            "action": operation.soapaction,
            "style": operation.style,
            "input": _message(operation.input),
            "output": _message(operation.output),
            "faults": sorted(
                part.element.qname.text
                for fault in operation.abstract.fault_messages.values()
                for part in fault.parts.values()
            ),
        }
        for name, operation in port.binding._operations.items()
    }


@pytest.mark.parametrize("name", PAIRS)
def test_the_sandbox_describes_the_same_service_as_epuap(name: str) -> None:
    ours, theirs = _described(OURS / f"{name}.wsdl"), _described(_reference(name))

    assert set(ours) == set(theirs)
    for operation, description in theirs.items():
        assert ours[operation] == description, operation
