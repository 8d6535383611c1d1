"""A time-stamping authority for tests: a real HTTP server over ``openssl ts``, which can misbehave.

It shares no code of ours with what asks and checks: the answers are OpenSSL's own.
"""

from __future__ import annotations

import hashlib
import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY, OTHER_POLICY = "1.2.3.4.1", "1.2.3.4.9"
CONFIG = """
[tsa]
default_tsa = ts
[ts]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = {sum}
"""
_KEY = rsa.generate_private_key(65537, 2048)
"""One key for every certificate: what tells them apart is who signed them and what they say."""


def certificate(
    name: str, issuer: str = "", *, days: tuple[int, int] = (-1, 30), purpose: bool = True, critical: bool = True,
    serial: int = 7, key: rsa.RSAPrivateKey = _KEY, signed_by: rsa.RSAPrivateKey = _KEY,
) -> x509.Certificate:  # fmt: skip
    """A certificate of ``name``; without ``issuer`` an authority's own."""
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or name)]))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=not issuer, path_length=None), critical=True)
    )
    if issuer and purpose:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=critical)
    return made.sign(signed_by, hashes.SHA256())


class Authority:
    """``behave`` says how the next answers are wrong; empty: they are right."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.behave, self.asked, self.url = folder, "", 0, ""
        self.root = certificate("Zaufany urząd czasu", serial=1)
        self.foreign = rsa.generate_private_key(65537, 2048)
        (folder / "serial").write_text("01\n")
        (folder / "key.pem").write_bytes(
            _KEY.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.trusted = folder / "root.pem"
        self.trusted.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        self.free = threading.Event()

    def signer(self) -> x509.Certificate:
        issuer = "Zaufany urząd czasu"
        if self.behave == "foreign":
            return certificate("Znacznik", issuer, signed_by=self.foreign)
        if self.behave == "expired":
            return certificate("Znacznik", issuer, days=(-30, -1))
        return certificate("Znacznik", issuer)

    def answer(self, query: bytes, *, ess: str = "sha256") -> bytes:
        """OpenSSL's answer to the query (DER)."""
        if self.behave == "nonce":
            query = self._query(self._imprint(query))
        if self.behave == "imprint":
            query = self._query("00" * 32)
        (self.folder / "query.tsq").write_bytes(query)
        (self.folder / "ts.cnf").write_text(CONFIG.format(folder=self.folder, sum=ess))
        signer = self.signer()
        (self.folder / "signer.pem").write_bytes(signer.public_bytes(serialization.Encoding.PEM))
        (self.folder / "reply.tsr").unlink(missing_ok=True)
        self._openssl(
            "-reply", "-config", "ts.cnf", "-section", "ts", "-queryfile", "query.tsq", "-signer", "signer.pem",
            "-inkey", "key.pem", "-out", "reply.tsr",
        )  # fmt: skip
        reply = (self.folder / "reply.tsr").read_bytes()
        if self.behave == "not_critical":
            return resigned(reply, certificate("Znacznik", "Zaufany urząd czasu", critical=False))
        if self.behave == "substituted":
            der = signer.public_bytes(serialization.Encoding.DER)
            other = certificate("Znacznik", "Zaufany urząd czasu", days=(-1, 29))
            swapped = reply.replace(der, other.public_bytes(serialization.Encoding.DER))
            assert swapped != reply
            return swapped
        return reply

    def _imprint(self, query: bytes) -> str:
        at = query.index(b"\x04\x20") + 2
        return query[at : at + 32].hex()

    def _query(self, digest: str) -> bytes:
        made = self._openssl("-query", "-digest", digest, "-sha256", "-cert", "-out", "other.tsq")
        assert made.returncode == 0, made.stderr
        return (self.folder / "other.tsq").read_bytes()

    def verifies(self, data: Path, answer: Path) -> bool:
        """What OpenSSL itself says of a published stamp."""
        made = self._openssl("-verify", "-data", str(data), "-in", str(answer), "-CAfile", str(self.trusted))
        return made.returncode == 0

    def _openssl(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["openssl", "ts", *words], cwd=self.folder, capture_output=True, check=False, timeout=20)


def resigned(reply: bytes, other: x509.Certificate) -> bytes:
    """The reply as if ``other``, which OpenSSL would refuse to sign with, had signed it."""
    made = tsp.TimeStampResp.load(reply)
    signed = made["time_stamp_token"]["content"]
    der, info = other.public_bytes(serialization.Encoding.DER), signed["signer_infos"][0]
    signed["certificates"] = [cms.CertificateChoices({"certificate": asn1_x509.Certificate.load(der)})]
    for attribute in info["signed_attrs"]:
        if attribute["type"].native == "signing_certificate_v2":
            attribute["values"][0]["certs"][0]["cert_hash"] = hashlib.sha256(der).digest()
    covered = info["signed_attrs"].untag().dump(force=True)
    info["signature"] = _KEY.sign(covered, padding.PKCS1v15(), hashes.SHA256())
    return bytes(made.dump(force=True))


class _Handler(http.server.BaseHTTPRequestHandler):
    authority: Authority

    def do_POST(self) -> None:
        here = self.authority
        here.asked += 1
        query = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        if here.behave == "hang":
            here.free.wait(10)
            return
        status = 503 if here.behave == "busy" else 200
        body = {"garbage": b"<html>nie</html>", "busy": b""}.get(here.behave)
        body = here.answer(query) if body is None else body
        self.send_response(status)
        kind = "text/html" if here.behave == "html" else "application/timestamp-reply"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)
        if here.behave == "huge":
            try:
                for _ in range(200):
                    self.wfile.write(b"\0" * 65536)
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def standing(folder: Path) -> Iterator[Authority]:
    """An authority at ``url`` while the block runs."""
    here = Authority(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"authority": here}))
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield here
    finally:
        here.free.set()
        server.shutdown()
        server.server_close()
