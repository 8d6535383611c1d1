"""Hostile and broken XML for every entry. ``SECRET`` stands in a local file some of them try to read."""

from __future__ import annotations

from pathlib import Path

SECRET = "tajemnica-4711"


def corpus(folder: Path) -> dict[str, bytes]:
    """Name to bytes; the files they point at are made in ``folder``."""
    secret = folder / "secret.txt"
    secret.write_text(SECRET)
    (folder / "evil.dtd").write_text(f"<!ENTITY % all \"<!ENTITY leak SYSTEM '{secret.as_uri()}'>\">%all;")
    evil = (folder / "evil.dtd").as_uri()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    quadratic = "a" * 60_000
    return {
        "external_entity": f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode(),
        "external_entity_passwd": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "external_entity_http": b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
        "external_dtd": f'<!DOCTYPE a SYSTEM "{evil}"><a>&leak;</a>'.encode(),
        "public_dtd": b'<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd"><a/>',
        "parameter_entity": f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{evil}">%p;]><a>&leak;</a>'.encode(),
        "harmless_dtd": b"<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
        "default_attribute": b'<!DOCTYPE a [<!ATTLIST a Id CDATA "id-1">]><a/>',
        "billion_laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l11;</a>'.encode(),
        "laughs_in_an_attribute": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a b="&l11;"/>'.encode(),
        "quadratic": f'<!DOCTYPE a [<!ENTITY q "{quadratic}">]><a>{"&q;" * 5000}</a>'.encode(),
        "recursive_entity": b'<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>',
        "undefined_entity": b"<a>&nie;</a>",
        "xinclude": (
            f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{secret.as_uri()}" parse="text"/></a>'
        ).encode(),
        "stylesheet": b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?><a/>',
        "schema_location": b'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u http://127.0.0.1:9/x.xsd"/>',
        "deep": b"<a>" * 50_000 + b"</a>" * 50_000,
        "wide": b"<a>" + b"<b/>" * 600_000 + b"</a>",
        "many_attributes": b"<a " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>",
        "many_namespaces": b"<a " + b" ".join(b'xmlns:p%d="u%d"' % (n, n) for n in range(50_000)) + b"/>",
        "long_name": b"<" + b"a" * 2_000_000 + b"/>",
        "long_attribute": b'<a b="' + b"x" * 11_000_000 + b'"/>',
        "long_text": b"<a>" + b"x" * 11_000_000 + b"</a>",
        "huge": b"<a>" + b"x " * 7_000_000 + b"</a>",
        "empty": b"",
        "spaces": b"   \n ",
        "not_xml": b"%PDF-1.4 to nie XML",
        "null_bytes": b"<a>\x00</a>",
        "truncated": b'<?xml version="1.0"?><a><b>',
        "two_roots": b"<a/><b/>",
        "wrong_encoding": b'<?xml version="1.0" encoding="UTF-8"?><a>\xb1\xea</a>',
        "unknown_encoding": b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>',
        "utf16_without_a_mark": "<a>ż</a>".encode("utf-16-le"),
        "utf16_dtd": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
        "utf32": "<a/>".encode("utf-32"),
        "ebcdic": '<?xml version="1.0" encoding="cp037"?><a/>'.encode("cp037"),
        "xml_1_1": b'<?xml version="1.1"?><a>&#1;</a>',
        "control_character": b"<a>&#0;</a>",
        "unbound_prefix": b"<p:a/>",
        "json": b'{"a": 1}',
    }
