"""The one parser: thirty-odd hostile documents, no leak, no hang, no crash."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from portal.core import xml
from portal.core.xml import UnsafeXml

SECRET = "the contents of a secret file"


def _laughs(levels: int, times: int) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * times}">' for n in range(1, levels))
    return f'<!DOCTYPE z [<!ENTITY l0 "ha">{entities}]><z>&l{levels - 1};</z>'


def _hostile(folder: Path) -> dict[str, bytes]:
    (folder / "secret.txt").write_text(SECRET)
    (folder / "evil.dtd").write_text(f'<!ENTITY stolen "{SECRET}">')
    (folder / "part.xml").write_text(f"<a>{SECRET}</a>")
    file, dtd = (folder / "secret.txt").as_uri(), (folder / "evil.dtd").as_uri()
    text = {
        "laughs": _laughs(10, 10),
        "laughs by two": _laughs(40, 2),
        "quadratic": f'<!DOCTYPE z [<!ENTITY a "{"x" * 50_000}">]><z>{"&a;" * 2000}</z>',
        "entity loop": '<!DOCTYPE z [<!ENTITY a "&b;"><!ENTITY b "&a;">]><z>&a;</z>',
        "file entity": f'<!DOCTYPE z [<!ENTITY x SYSTEM "{file}">]><z>&x;</z>',
        "relative file": '<!DOCTYPE z [<!ENTITY x SYSTEM "secret.txt">]><z>&x;</z>',
        "passwd": '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><z>&x;</z>',
        "http entity": '<!DOCTYPE z [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><z>&x;</z>',
        "ftp entity": '<!DOCTYPE z [<!ENTITY x SYSTEM "ftp://127.0.0.1:9/x">]><z>&x;</z>',
        "device entity": '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///dev/zero">]><z>&x;</z>',
        "php filter": '<!DOCTYPE z [<!ENTITY x SYSTEM "php://filter/read=string.rot13/resource=/etc/passwd">]><z>&x;</z>',
        "outside dtd": f'<!DOCTYPE z SYSTEM "{dtd}"><z>&stolen;</z>',
        "http dtd": '<!DOCTYPE z SYSTEM "http://127.0.0.1:9/x.dtd"><z/>',
        "public dtd": '<!DOCTYPE z PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd"><z/>',
        "parameter entity": f'<!DOCTYPE z [<!ENTITY % p SYSTEM "{dtd}"> %p;]><z>&stolen;</z>',
        "parameter loop": '<!DOCTYPE z [<!ENTITY % a "%b;"><!ENTITY % b "%a;"> %a;]><z/>',
        "unused entity": '<!DOCTYPE z [<!ENTITY a "b">]><z/>',
        "default attribute": '<!DOCTYPE z [<!ATTLIST z id CDATA "admin">]><z/>',
        "entity in attribute": '<!DOCTYPE z [<!ENTITY a "b">]><z x="&a;"/>',
        "notation": '<!DOCTYPE z [<!NOTATION n SYSTEM "calc.exe">]><z/>',
        "empty doctype": "<!DOCTYPE z><z/>",
        "undeclared entity": "<z>&nbsp;</z>",
        "deep": "<a>" * 100_000 + "</a>" * 100_000,
        "not closed": "<z><y></z>",
        "two roots": "<z/><z/>",
        "text after": "<z/>tail",
        "prefix without namespace": "<x:z/>",
        "twice the attribute": '<z a="1" a="2"/>',
        "null character": "<z>a\x00b</z>",
        "character that may not be": "<z>&#x0;</z>",
        "unknown encoding": '<?xml version="1.0" encoding="klingon"?><z/>',
        "lying encoding": '<?xml version="1.0" encoding="UTF-16"?><z/>',
        "version 9": '<?xml version="9.9"?><!DOCTYPE z [<!ENTITY a "b">]><z>&a;</z>',
        "only spaces": "   \n ",
    }
    made = {name: body.encode() for name, body in text.items()}
    made["empty"] = b""
    made["utf-7"] = b'<?xml version="1.0" encoding="UTF-7"?>+ADw-z+AD4-x+ADw-/z+AD4-'
    made["broken utf-8"] = b"<z>\xff\xfe\xfa</z>"
    made["doctype in utf-16"] = (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE z [<!ENTITY a "b">]><z>&a;</z>'.encode("utf-16")
    )
    made["too large"] = b"<z>" + b"x" * (xml.MAX_BYTES + 1) + b"</z>"
    return made


def test_every_hostile_document_is_refused_quickly_and_gives_nothing_away(tmp_path: Path) -> None:
    corpus = _hostile(tmp_path)
    assert len(corpus) >= 32
    for name, data in corpus.items():
        started = time.monotonic()
        with pytest.raises(UnsafeXml) as refusal:
            xml.parse(data)
        assert refusal.value.reason in {"empty", "too_large", "doctype", "malformed"}, name
        assert time.monotonic() - started < 3, name
        assert SECRET not in repr(refusal.value), name


def test_what_is_included_from_elsewhere_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "part.xml").write_text(f"<a>{SECRET}</a>")
    include = (
        f'<z xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{(tmp_path / "part.xml").as_uri()}"/></z>'
    )
    assert SECRET not in "".join(str(t) for t in xml.parse(include.encode()).getroot().itertext())


def test_an_honest_document_keeps_what_stands_before_its_root() -> None:
    data = b'<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="x"?><!-- a --><z xmlns="urn:a"><b> t </b></z>'
    root = xml.parse(data).getroot()
    before = [type(item).__name__ for item in root.itersiblings(preceding=True)]
    assert before == ["_Comment", "_ProcessingInstruction"]
    assert (xml.root_name(data), xml.text(root, "b")) == (("urn:a", "z"), "t")
    assert xml.child(root, "b", "c") is None
    assert (xml.text(root, "x"), xml.local(root)) == ("", "z")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-2", "windows-1250"])
def test_the_encodings_offices_use_are_read(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><z>Zażółć gęślą jaźń</z>'.encode(encoding)
    assert xml.text(xml.parse(data).getroot()) == "Zażółć gęślą jaźń"


def test_a_smaller_limit_may_be_asked_for() -> None:
    with pytest.raises(UnsafeXml) as refusal:
        xml.parse(b"<z>" + b" " * 100 + b"</z>", max_bytes=50)
    assert refusal.value.reason == "too_large"
