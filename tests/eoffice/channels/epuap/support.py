"""The other side, made small: keys, answers signed without the library the client verifies with, a server of cans."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from eoffice.channels.epuap import EpuapOptions, Limits, Timeouts
from eoffice.channels.epuap.names import BASE64, DS, EXC_C14N, OBI, RSA_SHA256, SHA256, SOAP, WSSE, WSU, X509V3
from eoffice.channels.port import File, Outgoing

BOX = "/gminaX/SkrytkaESP"


@dataclass(frozen=True)
class Keys:
    """A key, its certificate, and both as files."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    key_file: Path
    certificate_file: Path

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def make_keys(folder: Path, name: str, *, days: int = 365) -> Keys:
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start)
    certificate = builder.not_valid_after(start + timedelta(days=days)).sign(key, hashes.SHA256())
    key_file, certificate_file = folder / f"{name}.key.pem", folder / f"{name}.cert.pem"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return Keys(key, certificate, key_file, certificate_file)


def canonical(element: etree._Element, prefixes: list[str] | None = None) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> str:
    return b64(hashlib.sha256(data).digest())


def answer_text(
    payload: str, keys: Keys, *, soap: str = "soapenv", inclusive: bool = False, timestamp: bool = False
) -> bytes:
    """A signed answer in one of the shapes Java servers write. The Body's digest and the signature are our own."""
    parameters = f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{soap}"/>' if inclusive else ""
    stamp = f'<wsu:Timestamp wsu:Id="TS-1"><wsu:Created>{datetime.now(UTC):%FT%TZ}</wsu:Created></wsu:Timestamp>'

    def reference(identifier: str) -> str:
        return (
            f'<ds:Reference URI="#{identifier}"><ds:Transforms><ds:Transform Algorithm="{EXC_C14N}">{parameters}'
            f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue/></ds:Reference>'
        )

    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<{soap}:Envelope xmlns:{soap}="{SOAP}"><{soap}:Header>'
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" {soap}:mustUnderstand="1">'
        f'<wsse:BinarySecurityToken EncodingType="{BASE64}" ValueType="{X509V3}" wsu:Id="X509-1">{b64(keys.der)}'
        f"</wsse:BinarySecurityToken>{stamp if timestamp else ''}"
        f'<ds:Signature xmlns:ds="{DS}" Id="SIG-1"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC_C14N}">'
        f'{parameters}</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="{RSA_SHA256}"/>'
        f"{reference('id-1')}{reference('TS-1') if timestamp else ''}</ds:SignedInfo><ds:SignatureValue/>"
        f'<ds:KeyInfo Id="KI-1"><wsse:SecurityTokenReference wsu:Id="STR-1"><wsse:Reference URI="#X509-1" '
        f'ValueType="{X509V3}"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>'
        f'</wsse:Security></{soap}:Header><{soap}:Body xmlns:wsu="{WSU}" wsu:Id="id-1">{payload}</{soap}:Body>'
        f"</{soap}:Envelope>"
    )
    root = etree.fromstring(text.encode())
    prefixes = [soap] if inclusive else None
    for element in root.iter(f"{{{DS}}}Reference"):
        (target,) = root.xpath("//*[@wsu:Id=$id]", id=element.get("URI")[1:], namespaces={"wsu": WSU})
        element.find(f"{{{DS}}}DigestValue").text = sha256(canonical(target, prefixes))
    info = root.find(f".//{{{DS}}}SignedInfo")
    value = keys.key.sign(canonical(info, prefixes), padding.PKCS1v15(), hashes.SHA256())
    root.find(f".//{{{DS}}}SignatureValue").text = b64(value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def status(name: str, code: int, more: str = "", text: str = "OK") -> str:
    return (
        f'<p140:{name} xmlns:p140="{OBI}"><status><kod>{code}</kod><komunikat>{text}</komunikat></status>'
        f"{more}</p140:{name}>"
    )


def document(data: bytes, tag: str = "dokument", name: str = "pismo.xml", kind: str = "XML") -> str:
    return (
        f"<{tag}><nazwaPliku>{name}</nazwaPliku><typPliku>{kind}</typPliku><zawartosc>{b64(data)}</zawartosc></{tag}>"
    )


def pulled(data: bytes, identifier: str = "77", *, date: str = "2026-03-02T10:15:30.123+01:00", test: str = "0") -> str:
    extra = (
        '<d><x:IdentyfikatorDokumentu xmlns:x="urn:x">1</x:IdentyfikatorDokumentu>'
        f"<IdentyfikatorDokumentu>{identifier}</IdentyfikatorDokumentu></d>"
    )
    return status(
        "OdpowiedzPullPobierz",
        1,
        "<danePodmiotu><identyfikator>jkowalski</identyfikator><typOsoby>F</typOsoby><imieSkrot>Jan</imieSkrot>"
        "<nazwiskoNazwa>Kowalski</nazwiskoNazwa><nip/><pesel>80010112340</pesel><zgoda>1</zgoda></danePodmiotu>"
        f"<daneNadawcy><uzytkownik>jkowalski</uzytkownik></daneNadawcy><dataNadania>{date}</dataNadania>"
        f"<nazwaSkrytki>SkrytkaESP</nazwaSkrytki><adresSkrytki>{BOX}</adresSkrytki>"
        f"<adresOdpowiedzi>/jkowalski/domyslna</adresOdpowiedzi><czyTestowe>{test}</czyTestowe>"
        f"<daneDodatkowe>{b64(extra.encode())}</daneDodatkowe>{document(data)}",
    )


def fault(code: str = "soapenv:Server", number: str = "", text: str = "zly adres") -> bytes:
    detail = (
        f'<detail><p9:Wyjatek xmlns:p9="{OBI}"><kod>{number}</kod><komunikat>{text}</komunikat></p9:Wyjatek></detail>'
        if number
        else ""
    )
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><soapenv:Fault xmlns:wsse="{WSSE}">'
        f"<faultcode>{code}</faultcode><faultstring>{text}</faultstring>{detail}</soapenv:Fault></soapenv:Body>"
        f"</soapenv:Envelope>"
    ).encode()


@dataclass
class Reply:
    """What the server of cans does: answers, or takes the request and closes (``body`` is None)."""

    body: bytes | None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    wait: float = 0.0


@dataclass
class Cans:
    """``answer`` is asked with the name of the Body's payload and the request's bytes."""

    url: str
    answer: Callable[[str, bytes], Reply] = field(default=lambda _name, _data: Reply(b"", 500))
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)

    def always(self, reply: Reply) -> None:
        self.answer = lambda _name, _data: reply


def payload_name(data: bytes) -> str:
    body = etree.fromstring(data).find(f"{{{SOAP}}}Body")
    return etree.QName(body[0]).localname


@contextmanager
def cans() -> Iterator[Cans]:
    """A real HTTP server on this machine, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            world.requests.append((self.path, dict(self.headers), data))
            world.connections.add(self.client_address)
            self._give(world.answer(payload_name(data), data))

        def _give(self, reply: Reply) -> None:
            world.stop.wait(reply.wait)
            if reply.body is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in ({"Content-Type": "text/xml; charset=utf-8"} | reply.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            self.end_headers()
            try:
                self._write(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _write(self, reply: Reply) -> None:
            if not reply.drip:
                self.wfile.write(reply.body or b"")
                self.close_connection = self.close_connection or reply.length is not None
                return
            for byte in reply.body or b"":
                if world.stop.wait(reply.drip):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that goes away in the middle is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world = Cans(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        world.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def options(url: str, client: Keys, *pinned: Keys, **changes: Any) -> EpuapOptions:
    given: dict[str, Any] = {
        "base_url": url,
        "podmiot": "gminaX",
        "box_name": "SkrytkaESP",
        "box_address": BOX,
        "key_file": client.key_file,
        "certificate_file": client.certificate_file,
        "pinned": tuple(keys.certificate_file for keys in pinned),
        "timeouts": Timeouts(connect=2, read=2, total=5),
        "limits": Limits(),
    }
    return EpuapOptions(**(given | changes))


def outgoing(key: str = "submission:0001", data: bytes = b"<Dokument/>", **changes: Any) -> Outgoing:
    given: dict[str, Any] = {
        "key": key,
        "document": File("pismo.xml", "application/xml", data),
        "recipient": "/starostwoY/skrytka",
    }
    return Outgoing(**(given | changes))


def elapsed(since: float) -> float:
    return time.monotonic() - since
