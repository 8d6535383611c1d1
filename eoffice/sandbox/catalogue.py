"""Which services there are and on which paths: ePUAP's own, all on this one host."""

from __future__ import annotations

from typing import Final

from eoffice.sandbox.dispatch import Service
from eoffice.sandbox.names import FILES, SIGNING
from eoffice.sandbox.services import documents, doreczyciel, files, pull, signing, skrytka, upp

SERVICES: Final[dict[str, Service]] = {
    "/pk_external_ws/services/skrytka": Service(skrytka.OPERATIONS, "skrytka.wsdl"),
    "/pk_external_ws/services/doreczyciel": Service(doreczyciel.OPERATIONS, "doreczyciel.wsdl"),
    "/pk_external_ws/services/pull": Service(pull.OPERATIONS, "pull.wsdl"),
    "/pk_external_ws/services/obslugaUpp": Service(upp.OPERATIONS, "obslugaUpp.wsdl"),
    "/fe_external_ws/services/ZarzadzanieDokumentami": Service(documents.OPERATIONS, "ZarzadzanieDokumentami.wsdl"),
    "/repo-ws-ext/FileRepoService": Service(files.OPERATIONS, "filerepo.wsdl", FILES),
    "/ep-services/tpSigning5": Service(signing.OPERATIONS, "tpSigning5.wsdl", SIGNING),
}
OPERATIONS: Final = tuple(operation.name for service in SERVICES.values() for operation in service.operations.values())
