"""``EpuapChannel``: the port ``Channel`` fulfilled by skrytka, doreczyciel, pull and, where granted, the store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Final, TypeVar

from cryptography import x509
from lxml import etree

from eoffice.channels.epuap import mapping, receipts
from eoffice.channels.epuap.envelopes import Envelopes
from eoffice.channels.epuap.faults import readable
from eoffice.channels.epuap.names import FILEREPO, OBI, STORE, q
from eoffice.channels.epuap.options import EpuapOptions
from eoffice.channels.epuap.soap import Operation, Recorder, SoapClient, unbelievable
from eoffice.channels.port import File, Found, Handed, Health, Outgoing, Received
from portal.core import clock, xml
from portal.core.errors import OutsideError, Permanent

NADAJ: Final = Operation("skrytka", "nadaj", q(OBI, "OdpowiedzSkrytki"), repeatable=False)
DORECZ: Final = Operation("doreczyciel", "dorecz", q(OBI, "OdpowiedzDoreczyciela"), repeatable=False)
OCZEKUJACE: Final = Operation("pull", "oczekujaceDokumenty", q(OBI, "OdpowiedzPullOczekujace"))
POBIERZ: Final = Operation("pull", "pobierzNastepny", q(OBI, "OdpowiedzPullPobierz"))
POTWIERDZ: Final = Operation("pull", "potwierdzOdebranie", q(OBI, "OdpowiedzPullPotwierdz"))
SKLAD: Final = Operation("ZarzadzanieDokumentami", "zawartoscSkladu", q(STORE, "zawartoscSkladuResponse"))
DOKUMENT: Final = Operation("ZarzadzanieDokumentami", "pobierzDokument", q(STORE, "pobierzDokumentResponse"))
# A file is given out once, so a lost answer is a lost file until somebody asks ePUAP's operator.
PLIK: Final = Operation("filerepo", "downloadFile", q(FILEREPO, "DataDocument"), repeatable=False, files=True)

DELIVERY_TERM: Final = timedelta(days=14)
"""Collection is awaited 14 days (ustawa o doręczeniach elektronicznych, art. 42 ust. 2), unless ``due`` says more."""
EXPIRY_WARNING: Final = timedelta(days=30)


T = TypeVar("T")
log = logging.getLogger(__name__)


class _Refused:
    """Stands for "this operation has no such thing as an empty queue"."""


REFUSED: Final = _Refused()


class EpuapChannel:
    """One office's account. ``record`` receives every exchange for the archive."""

    name = "epuap"

    def __init__(
        self, options: EpuapOptions, *, record: Recorder | None = None, envelopes: Envelopes | None = None
    ) -> None:
        self.options = options
        self._client = SoapClient(options, record=record, envelopes=envelopes)
        self._unconfirmed: dict[str, str] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let idle connections go."""
        self._client.close()

    def lodge(self, outgoing: Outgoing) -> Handed:
        """``skrytka.nadaj``. A dry run (``CzyProbne``) checks document and address and delivers nothing."""
        return self._ask(NADAJ, self._document(outgoing), mapping.handed_to_box, headers=self._headers(outgoing))

    def send(self, outgoing: Outgoing) -> Handed:
        """``doreczyciel.dorecz``. The document must be signed already; ePUAP makes the UPD for the recipient."""
        due = outgoing.due or clock.now() + DELIVERY_TERM
        headers = self._headers(outgoing) | {
            "terminDoreczenia": due.astimezone(UTC).replace(microsecond=0),
            "identyfikatorDokumentu": outgoing.document_id or mapping.mark(outgoing.key),
            "identyfikatorSprawy": outgoing.case_sign or None,
        }
        return self._ask(DORECZ, self._document(outgoing), mapping.order, headers=headers)

    def boxes(self) -> Sequence[str]:
        return (self.options.box_address,)

    def waiting(self, box: str) -> int:
        return self._ask(OCZEKUJACE, self._box(box), mapping.waiting, empty=0)

    def receive(self, box: str) -> Received | None:
        """The head of the queue. Its token is the digest ``potwierdzOdebranie`` wants, then ePUAP's id."""
        taken = self._head(box)
        if taken is not None:
            with self._lock:
                self._unconfirmed[box] = taken.token
        return taken

    def acknowledge(self, box: str, token: str) -> None:
        """Take the document off the queue.

        The queue knows documents only by digest: confirming again after a lost answer could remove an unread
        second letter with the same bytes. So unless this channel has just received the document and not yet
        tried to confirm it, the head of the queue is looked at first; another head means it was confirmed before.
        """
        with self._lock:
            just_received = self._unconfirmed.pop(box, None) == token
        if not just_received and not self._is_head(box, token):
            return
        question = {**self._box(box), "skrot": token.partition(" ")[0]}
        try:
            self._ask(POTWIERDZ, question, lambda _: None, empty=None)
        except Permanent:
            if self._is_head(box, token):
                raise

    def track(self, external_id: str) -> Handed | None:  # noqa: ARG002  # the port's signature
        """ePUAP cannot be asked: proofs come in the answer to ``nadaj`` or through the queue."""
        return None

    def find(self, outgoing: Outgoing) -> Found | None:
        """Look for the sending in the SENT folder of the store, by recipient and by the mark in its file name.

        ``None`` when the office has no right to the store, or when the sending is not there but absence proves
        nothing (``store_is_complete``). Raises ``Temporary`` when the store does not answer now.
        """
        sklad = {"nazwa": self.options.store_name or self.options.box_name, "podmiot": self._sender(outgoing)}
        try:
            answer = self._client.call(SKLAD, {"sklad": sklad})
        except Permanent:
            return None
        for entry in answer.iterfind("zawartoscSkladu/SzczegolyDokumentuTyp"):
            if _is_sending(entry, outgoing):
                return Found(done=True, handed=self._handed(entry, self._sender(outgoing)))
        return Found(done=False) if self.options.store_is_complete else None

    def fetch_file(self, file_id: str) -> File:
        """A big attachment by the id in its address. ePUAP gives each file to an office **once**: keep the bytes
        before doing anything else with them.
        """
        question = {"fileId": file_id, "subject": self.options.podmiot}
        return self._read(PLIK, self._client.call(PLIK, question), mapping.big_file)

    def check(self) -> Health:
        """Ask how many documents wait, and look at the dates of the certificates."""
        try:
            self.waiting(self.options.box_address)
        except OutsideError as error:
            return Health(ok=False, detail=error.code or "epuap.failed")
        return self._certificates()

    def _certificates(self) -> Health:
        pinned = [x509.load_der_x509_certificate(der) for der in self._client.pinned]
        soon = clock.now() + EXPIRY_WARNING
        if self._client.identity.certificate.not_valid_after_utc < soon:
            return Health(ok=True, detail="epuap.key_expires")
        if all(certificate.not_valid_after_utc < soon for certificate in pinned):
            return Health(ok=True, detail="epuap.pinned_expires")
        return Health(ok=True)

    def _document(self, outgoing: Outgoing) -> dict[str, object]:
        data = outgoing.document.data
        if not data or len(data) > self.options.limits.document:
            code = "epuap.too_large" if data else "epuap.empty"
            raise Permanent("the document is empty or larger than a box takes", code=code)
        return {
            "nazwaPliku": mapping.file_name(outgoing),
            "typPliku": outgoing.document.content_type or "application/xml",
            "zawartosc": data,
        }

    def _headers(self, outgoing: Outgoing) -> dict[str, object]:
        return {
            "podmiot": self._sender(outgoing),
            "adresSkrytki": outgoing.recipient,
            "adresOdpowiedzi": outgoing.reply_to or self.options.box_address,
            "czyProbne": outgoing.dry_run,
        }

    def _sender(self, outgoing: Outgoing) -> str:
        """In whose name the document goes, and therefore in whose store it lies afterwards."""
        return outgoing.on_behalf or self.options.podmiot

    def _box(self, box: str) -> dict[str, object]:
        if box != self.options.box_address:
            raise Permanent("not a box of this office", code="epuap.box")
        return {
            "podmiot": self.options.podmiot,
            "nazwaSkrytki": self.options.box_name,
            "adresSkrytki": box,
        }

    def _head(self, box: str) -> Received | None:
        return self._ask(POBIERZ, self._box(box), lambda a: mapping.received(a, box, self.options.digest), empty=None)

    def _is_head(self, box: str, token: str) -> bool:
        head = self._head(box)
        return head is not None and head.token == token

    def _ask(
        self,
        operation: Operation,
        body: Mapping[str, object],
        read: Callable[[etree._Element], T],
        *,
        headers: Mapping[str, object] | None = None,
        empty: T | _Refused = REFUSED,
    ) -> T:
        """Call a queue service and read its answer: status first, as nothing else need be there without success.

        ``empty`` is the result when the queue says it has no document. Another status is a refusal.
        """
        answer = self._client.call(operation, body, headers)
        told = self._read(operation, answer, mapping.status)
        if told.code == mapping.SUCCESS:
            return self._read(operation, answer, read)
        if told.code == mapping.QUEUE_EMPTY and not isinstance(empty, _Refused):
            return empty
        reason = f"{operation.name}: {readable(told.text) or 'refused'}"
        raise Permanent(reason, code=f"epuap.status.{told.code}")

    def _read(self, operation: Operation, answer: etree._Element, read: Callable[[etree._Element], T]) -> T:
        try:
            return read(answer)
        except mapping.Unreadable as cause:
            unbelievable(operation, f"the answer cannot be used ({cause})", "epuap.malformed", Permanent, cause)

    def _handed(self, entry: etree._Element, podmiot: str) -> Handed:
        """What the store knows of a sending, with its UPP when there is one and it may be read."""
        receipt = self._stored(xml.text(entry, "idUPO"), podmiot)
        upp = receipts.read(receipt.data) if receipt is not None else None
        known = self._read(SKLAD, entry, mapping.stored_id)
        return Handed(
            external_id=(upp.document_id if upp else "") or known,
            receipt=receipt,
            receipt_id=upp.receipt_id if upp else "",
        )

    def _stored(self, identifier: str, podmiot: str) -> File | None:
        number = mapping.number(identifier)
        if number is None:
            return None
        try:
            answer = self._client.call(DOKUMENT, {"idDokumentu": number, "podmiot": podmiot})
            return self._read(DOKUMENT, answer, mapping.stored_file)
        except OutsideError as error:
            # The entry itself proves the sending; a person can fetch the receipt.
            log.warning("the receipt of a sending found in the store cannot be had: %s", error.code)
            return None


def _is_sending(entry: etree._Element, outgoing: Outgoing) -> bool:
    """Names in the store often lack their ending, and the recipient may be missing there."""
    recipient = xml.text(entry, "adresat", "adres")
    return (
        xml.text(entry, "folder") in {"SENT", ""}
        and mapping.mark(outgoing.key) in xml.text(entry, "nazwa").lower()
        and recipient in {outgoing.recipient, ""}
    )
