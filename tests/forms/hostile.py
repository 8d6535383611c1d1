"""XML as an enemy sends it: each document must be refused by name, or shown harmlessly, within moments."""

from __future__ import annotations

import base64
from pathlib import Path

SECRET = "tajne-dane-z-dysku-serwera"
W = "http://crd.gov.pl/wzor/2013/12/12/1410/"


def _letter(body: str, head: str = "", root: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f'<Dokument xmlns="{W}"{root}><TrescDokumentu><Tytul>{body}</Tytul></TrescDokumentu></Dokument>'
    ).encode()


def _laughs(levels: int) -> str:
    rows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE Dokument [<!ENTITY a0 "ha">{rows}]>'


def corpus(secret: Path) -> dict[str, bytes]:
    """Hostile documents by name; ``secret`` is a file that must never be read."""
    uri = secret.as_uri()
    xi = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{uri}" parse="text"/>'
    return {
        "empty": b"",
        "only white space": b" \n\t ",
        "no xml at all": b"Witam serdecznie",
        "a pdf": b"%PDF-1.7\n%%EOF",
        "zeros": b"\x00" * 4096,
        "cut in half": _letter("x")[:-30],
        "two roots": _letter("x") + b"<a/>",
        "tags crossed": b"<a><b></a></b>",
        "attribute twice": b'<a b="1" b="2"/>',
        "undeclared prefix": b"<w:a/>",
        "control character": _letter("x\x01y"),
        "reference to a control character": _letter("x&#1;y"),
        "empty dtd": _letter("x", "<!DOCTYPE Dokument>"),
        "dtd in a file": _letter("x", f'<!DOCTYPE Dokument SYSTEM "{uri}">'),
        "dtd in the network": _letter("x", '<!DOCTYPE Dokument SYSTEM "http://127.0.0.1:9/a.dtd">'),
        "public dtd": _letter("x", '<!DOCTYPE Dokument PUBLIC "-//X" "http://127.0.0.1:9/a.dtd">'),
        "internal entity": _letter("&a;", '<!DOCTYPE Dokument [<!ENTITY a "x">]>'),
        "file entity": _letter("&a;", f'<!DOCTYPE Dokument [<!ENTITY a SYSTEM "{uri}">]>'),
        "network entity": _letter("&a;", '<!DOCTYPE Dokument [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]>'),
        "parameter entity": _letter("x", f'<!DOCTYPE Dokument [<!ENTITY % p SYSTEM "{uri}"> %p;]>'),
        "parameter entity to the network": _letter(
            "x", '<!DOCTYPE Dokument [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>'
        ),
        "php filter entity": _letter(
            "&a;", '<!DOCTYPE Dokument [<!ENTITY a SYSTEM "php://filter/read=convert.base64-encode/resource=x">]>'
        ),
        "undeclared entity": _letter("&nbsp;"),
        "billion laughs": _letter("&a9;", _laughs(10)),
        "laughs in an attribute": _letter("x", _laughs(10), ' a="&a9;"'),
        "quadratic blowup": _letter("&a;" * 20_000, f'<!DOCTYPE Dokument [<!ENTITY a "{"a" * 20_000}">]>'),
        "entity that contains itself": _letter("&a;", '<!DOCTYPE Dokument [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'),
        "default attribute by dtd": _letter("x", '<!DOCTYPE Dokument [<!ATTLIST Dokument a CDATA "y">]>'),
        "notation": _letter("x", f'<!DOCTYPE Dokument [<!NOTATION n SYSTEM "{uri}">]>'),
        "encoding that lies": _letter("x").replace(b"UTF-8", b"UTF-16"),
        "encoding nobody knows": _letter("x").replace(b"UTF-8", b"X-NIC-1"),
        "latin bytes said to be utf-8": _letter("x").replace(b">x<", b">\xb1\xe6\xea<"),
        "utf-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-',
        "overlong utf-8": b"<a>\xc0\xbc</a>",
        "deep nesting": b"<a>" * 100_000 + b"</a>" * 100_000,
        "two million elements": b"<a>" + b"<b/>" * 2_000_000 + b"</a>",
        "a name of ten million letters": b"<" + b"a" * 10_500_000 + b"/>",
        "larger than any letter": b"<a>" + b"x" * (17 * 1024 * 1024) + b"</a>",
        "a text node too long": b"<a>" + b"x" * (10_500_000) + b"</a>",
        "a bomb in a comment": b"<a><!--" + b"-" * 100 + b"--></a>",
        "unclosed cdata": b"<a><![CDATA[x</a>",
        "xinclude": _letter(xi),
        "stylesheet of the enemy": _letter("x", f'<?xml-stylesheet type="text/xsl" href="{uri}"?>'),
        "schema location of the enemy": _letter(
            "x",
            root=f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{W} {uri}"',
        ),
        "a thousand namespaces": _letter("x", root="".join(f' xmlns:n{n}="urn:{n}"' for n in range(1000))),
        "ten thousand attributes": _letter("x", root="".join(f' a{n}="1"' for n in range(10_000))),
        "scripts as text": _letter("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "scripts as elements": _letter('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
        "utf-16 with a mark": _letter("zażółć").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "a wrapper around itself": _wrapped(_wrapped(_wrapped(_letter("x")))),
    }


def _wrapped(inner: bytes) -> bytes:
    name = base64.b64encode(b"pismo.xml").decode()
    body = base64.b64encode(inner).decode()
    return (
        '<Dokument xmlns="http://epuap.gov.pl/fe-model-web/wzor_lokalny/EPUAP-----/podpisanyPlik/" '
        'xmlns:str="http://crd.gov.pl/xml/schematy/struktura/2009/11/16/"><TrescDokumentu><str:Zalaczniki>'
        f'<str:Zalacznik format="text/xml" kodowanie="base64" nazwaPliku="{name}">'
        f"<str:DaneZalacznika>{body}</str:DaneZalacznika></str:Zalacznik></str:Zalaczniki></TrescDokumentu></Dokument>"
    ).encode()


wrapped = _wrapped
