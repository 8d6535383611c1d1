"""XML documents that mean harm, and the canary none of them may bring out."""

from __future__ import annotations

import gzip
from pathlib import Path

CANARY = "canary-5f1d"


def corpus(folder: Path) -> dict[str, bytes]:
    """Name to bytes. ``folder`` gets a file with the canary for those that try to read one."""
    secret = folder / "secret.txt"
    secret.write_text(CANARY)
    uri = secret.as_uri()
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    quadratic = f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 5_000}</a>'
    utf16 = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x SYSTEM "{uri}">]><a>&x;</a>'
    attributes = " ".join(f'a{i}=""' for i in range(50_000))
    namespaces = " ".join(f'xmlns:n{i}="urn:{i}"' for i in range(20_000))
    include = f'<xi:include href="{uri}" parse="text"/>'
    texts: dict[str, str] = {
        "external entity": f'<!DOCTYPE a [<!ENTITY x SYSTEM "{uri}">]><a>&x;</a>',
        "external entity in an attribute": f'<!DOCTYPE a [<!ENTITY x SYSTEM "{uri}">]><a b="&x;"/>',
        "parameter entity": f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{uri}"> %x;]><a/>',
        "parameter entity over the network": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><a/>',
        "external document type": f'<!DOCTYPE a SYSTEM "{uri}"><a/>',
        "external document type over the network": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        "public document type": '<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd"><a/>',
        "internal entity": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l9;</a>',
        "quadratic growth": quadratic,
        "entity loop": '<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>',
        "attribute default": '<!DOCTYPE a [<!ATTLIST a Id CDATA "id-1">]><a/>',
        "empty document type": "<!DOCTYPE a><a/>",
        "xinclude of a file": f'<a xmlns:xi="http://www.w3.org/2001/XInclude">{include}</a>',
        "stylesheet instruction": f'<?xml-stylesheet type="text/xsl" href="{uri}"?><a/>',
        "schema location": f'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:a {uri}"/>',
        "undeclared entity": "<a>&nothing;</a>",
        "unclosed": "<a><b>",
        "two roots": "<a/><b/>",
        "undeclared prefix": "<x:a/>",
        "same attribute twice": '<a b="1" b="2"/>',
        "control character": "<a>&#1;</a>",
        "deep": "<a>" * 100_000 + "</a>" * 100_000,
        "many elements": f"<a>{'<b/>' * 500_000}</a>",
        "many attributes": f"<a {attributes}/>",
        "many namespaces": f"<a {namespaces}/>",
        "relative namespace": "<a xmlns='../x'/>",
        "one huge text": f"<a>{'x' * 11_000_000}</a>",
        "html": "<html><body><p>Przerwa techniczna</body></html>",
        "only white space": "  \n ",
    }
    data = {name: text.encode() for name, text in texts.items()}
    return data | {
        "nothing": b"",
        "no bytes of XML": bytes(range(256)) * 10,
        "wrong encoding": '<?xml version="1.0" encoding="UTF-8"?><a>ą</a>'.encode("iso-8859-2"),
        "unknown encoding": b'<?xml version="1.0" encoding="x-none"?><a/>',
        "UTF-16 external entity": utf16.encode("utf-16"),
        "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-',
        "null bytes": b"<a>\x00</a>",
        "compressed": gzip.compress(b"<a>" + b" " * 1_000_000 + b"</a>"),
        "too large": b"<a>" + b" " * (17 * 1024 * 1024) + b"</a>",
    }
