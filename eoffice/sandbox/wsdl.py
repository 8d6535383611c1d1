"""The service descriptions for other people's clients: ``?wsdl`` and ``<endpoint>/wsdl/<name>``.

The addresses in them are those the reader used, so a client generated from them talks back to this server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lxml import etree

from eoffice.sandbox.xml import parse

_FOLDER: Final = Path(__file__).with_name("wsdl")
FILES: Final = frozenset(file.name for file in _FOLDER.iterdir() if file.suffix in {".wsdl", ".xsd"})

_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
_IMPORT = "{http://www.w3.org/2001/XMLSchema}import"


def read(name: str, endpoint: str) -> bytes:
    """The file with ``endpoint`` as its address and absolute schema locations below it."""
    root = parse((_FOLDER / name).read_bytes())
    for element in root.iter(_ADDRESS):
        element.set("location", endpoint)
    for element in root.iter(_IMPORT):
        element.set("schemaLocation", f"{endpoint}/wsdl/{element.get('schemaLocation')}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
