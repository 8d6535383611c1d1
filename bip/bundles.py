"""The export bundle of one item: a ZIP with everything that proves it, and a signed list of sums over the rest.

``dowod.json`` (leaves, contents of every published state, audit paths, checkpoint), ``pliki/`` (by SHA-256),
``stan.txt`` with its time-stamp ``stan.tsr``,
``index.html`` for reading, ``README.txt``, ``klucz.txt``, and ``SHA256SUMS`` with its signature ``SHA256SUMS.sig``.
"""

from __future__ import annotations

import base64
import json
import tempfile
import zipfile
from collections.abc import Collection
from hashlib import sha256
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.core.blobs import BlobStore, MissingBlob

_IN_MEMORY = 8 * 1024 * 1024
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""One moment for every entry, so that the same facts give the same bundle."""


def packed(
    blobs: BlobStore, key: Ed25519PrivateKey, proof: dict[str, Any], readable: str, how: str,
    *, held: Collection[str] = (),
) -> IO[bytes]:  # fmt: skip
    """The bundle as a file, at its beginning. A file whose bytes are gone is left out; the sums say what is there.

    ``held``: SHA-256 of files that nobody may download (not scanned yet, or infected): they are left out too.
    """
    out = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the answer that sends it closes it
    sums: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name: str, data: bytes) -> None:
            package.writestr(zipfile.ZipInfo(name, _EARLIEST), data, zipfile.ZIP_DEFLATED)
            sums.append(f"{sha256(data).hexdigest()}  {name}\n")

        put("dowod.json", json.dumps(proof, ensure_ascii=False, indent=1).encode())
        put("index.html", readable.encode())
        put("README.txt", how.encode())
        put("klucz.txt", f"{proof['key']}\n".encode())
        for name, data in _signed(proof):
            put(name, data)
        for digest in files(proof):
            if digest in held:
                continue
            try:
                put(f"pliki/{digest}", blobs.get(digest))
            except MissingBlob:
                continue
        text = "".join(sums).encode()
        package.writestr(zipfile.ZipInfo("SHA256SUMS", _EARLIEST), text)
        package.writestr(zipfile.ZipInfo("SHA256SUMS.sig", _EARLIEST), base64.b64encode(key.sign(text)))
    out.seek(0)
    return out


def _signed(proof: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The checkpoint and its time-stamp as files of their own, for tools that know nothing of us (``openssl ts``)."""
    if not proof["checkpoint"] or not proof["stamp"]:
        return []
    return [
        ("stan.txt", proof["checkpoint"].encode()),
        ("stan.tsq", base64.b64decode(proof["stamp"]["query"])),
        ("stan.tsr", base64.b64decode(proof["stamp"]["answer"])),
    ]


def files(proof: dict[str, Any]) -> list[str]:
    """The sums of every file beside any published state, each once."""
    shown = (leaf["content"] for leaf in proof["leaves"] if leaf["content"] is not None)
    return list(dict.fromkeys(digest for content in shown for _, digest in content["files"]))
