"""Signing in the browser: the session, the page, the signed document."""

from __future__ import annotations

import base64
import hashlib

import pytest
import requests
import xmlsec
from lxml import etree

from tests.eoffice.sandbox.client import DS, Fault, b64
from tests.eoffice.sandbox.conftest import World

NS = "http://signing.ws.comarch.gov"
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<?xml-stylesheet type="text/xsl" href="http://crd.gov.pl/wzor/2013/12/12/1410/styl.xsl"?>'
    '<w:a xmlns:w="urn:w"><w:b>Zażółć</w:b></w:a>'
).encode()
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
BACK = "http://127.0.0.1:9/wynik"


def _open(world: World, success: str = f"{BACK}?ok", failure: str = f"{BACK}?nie") -> str:
    inner = f"<doc>{b64(DOCUMENT)}</doc><successURL>{success}</successURL><failureURL>{failure}</failureURL>"
    inner += "<additionalInfo>Wniosek</additionalInfo>"
    answer = world.office.call("tpSigning5", f'<s:addDocumentToSigning xmlns:s="{NS}">{inner}</s:addDocumentToSigning>')
    return answer.findtext("addDocumentToSigningReturn") or ""


def _fetch(world: World, url: str, client: str = "gminaWrotkowo") -> bytes:
    answer = world.client(client).call(
        "tpSigning5", f'<s:getSignedDocument xmlns:s="{NS}"><id>{url}</id></s:getSignedDocument>'
    )
    return base64.b64decode(answer.findtext("getSignedDocumentReturn") or "")


def _press(url: str, **fields: str) -> str:
    origin = "/".join(url.split("/")[:3])
    answer = requests.post(url, data=fields, headers={"Origin": origin}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _verify(world: World, content: bytes, certificate: str = "server/pz-cert.pem") -> etree._Element:
    root = etree.fromstring(content)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(world.data / certificate), xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(root.find(f".//{XADES}SignedProperties"), "Id")
    context.verify(root.find(f"{{{DS}}}Signature"))
    return root


def test_a_person_signs_and_comes_back_to_the_success_address(world: World) -> None:
    url = _open(world)
    assert "Podpisz" in requests.get(url, timeout=10).text

    assert _press(url, sign="1", person="jkowalski", form="EPSignature") == f"{BACK}?ok"
    root = _verify(world, _fetch(world, url))
    role = root.find(f".//{XADES}ClaimedRole/")
    assert [child.text for child in role[0]] == ["Kowalski", "Jan", "1980-01-01", "80010112340"]


def test_the_signature_has_the_form_of_profil_zaufany(world: World) -> None:
    url = _open(world)
    _press(url, sign="1", person="jkowalski")
    root = etree.fromstring(_fetch(world, url))

    whole = root.find(f".//{{{DS}}}Reference[@URI='']")
    assert whole.findtext(f".//{{{DS}}}XPath") == "not(ancestor-or-self::ds:Signature)"
    for signature in root.findall(f"{{{DS}}}Signature"):
        root.remove(signature)
    digest = hashlib.sha256(etree.tostring(root.getroottree(), method="c14n", with_comments=False)).digest()
    assert whole.findtext(f"{{{DS}}}DigestValue") == b64(digest)


def test_the_other_form_of_the_claimed_role(world: World) -> None:
    url = _open(world)
    _press(url, sign="1", person="anowak", form="PodpisZP")

    role = _verify(world, _fetch(world, url)).find(f".//{XADES}ClaimedRole/")
    assert role.tag == "{http://crd.gov.pl/xml/schematy/ppzp/}PodpisZP"
    assert role.xpath("//*[local-name()='PESEL']/text()") == ["92051512344"]


def test_a_signature_by_the_persons_own_key_claims_no_role(world: World) -> None:
    url = _open(world)
    _press(url, sign="1", person="jkowalski", form="qualified")

    root = _verify(world, _fetch(world, url), "clients/jkowalski/cert.pem")
    assert root.find(f".//{XADES}ClaimedRole") is None


@pytest.mark.parametrize("form", ["foreign", "tampered"])
def test_forged_signatures_can_be_ordered(world: World, form: str) -> None:
    url = _open(world)
    _press(url, sign="1", person="jkowalski", form=form)
    content = _fetch(world, url)

    if form == "foreign":
        with pytest.raises(xmlsec.Error):
            _verify(world, content)
    else:
        assert _verify(world, content).get("changed") == "yes"


def test_cancelling_leads_to_the_failure_address_and_there_is_no_document(world: World) -> None:
    url = _open(world)

    assert _press(url, cancel="1") == f"{BACK}?nie"
    with pytest.raises(Fault):
        _fetch(world, url)


def test_there_is_no_document_before_the_person_signed(world: World) -> None:
    with pytest.raises(Fault):
        _fetch(world, _open(world))


def test_a_closed_session_stays_as_it_was_closed(world: World) -> None:
    url = _open(world)
    _press(url, cancel="1")

    assert _press(url, sign="1", person="jkowalski") == f"{BACK}?nie"


def test_a_session_belongs_to_the_system_that_opened_it(world: World) -> None:
    url = _open(world)
    _press(url, sign="1", person="jkowalski")

    with pytest.raises(Fault):
        _fetch(world, url, "starostwoWrotki")


@pytest.mark.parametrize("success", ["javascript:alert(1)", "/tylko/sciezka", "ftp://x/", "http://[::1"])
def test_only_web_addresses_are_returned_to(world: World, success: str) -> None:
    with pytest.raises(Fault):
        _open(world, success)


def test_another_sites_form_signs_nothing(world: World) -> None:
    url = _open(world)

    for headers in ({"Origin": "http://evil.example"}, {}, {"Sec-Fetch-Site": "cross-site", "Origin": world.url}):
        assert (
            requests.post(url, data={"sign": "1", "person": "jkowalski"}, headers=headers, timeout=10).status_code
            == 403
        )


def test_an_unknown_session_is_an_ordinary_page(world: World) -> None:
    answer = requests.get(f"{world.url}/pz/podpis/nieznana", timeout=10)

    assert answer.status_code == 404
    assert "Nie ma takiej sesji podpisu" in answer.text
