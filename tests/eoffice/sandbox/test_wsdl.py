"""Other people's clients read the service descriptions from the server and can work with them at once."""

from __future__ import annotations

import pytest
import requests
import zeep
from lxml import etree
from zeep.plugins import HistoryPlugin

from eoffice.sandbox.catalogue import SERVICES
from tests.eoffice.sandbox.client import SOAP, sign_envelope
from tests.eoffice.sandbox.conftest import OFFICE_BOX, World


@pytest.mark.parametrize("path", SERVICES)
@pytest.mark.parametrize("suffix", ["?wsdl", "/wsdl/{}", "/WEB-INF/wsdl/{}"])
def test_a_description_is_served_where_clients_look_for_it(world: World, path: str, suffix: str) -> None:
    name = SERVICES[path].wsdl
    client = zeep.Client(f"{world.url}{path}{suffix.format(name)}")

    assert client.service._binding_options["address"] == world.url + path
    assert set(client.service._operations) == {one.name for one in SERVICES[path].operations.values()}


@pytest.mark.parametrize("name", ["../server.py", "nieznany.wsdl", "%2e%2e%2fserver.py"])
def test_no_other_file_is_served(world: World, name: str) -> None:
    answer = requests.get(f"{world.url}/pk_external_ws/services/pull/wsdl/{name}", timeout=10)

    assert answer.status_code == 404


def test_what_zeep_makes_of_the_description_is_accepted_and_understood(world: World) -> None:
    client = zeep.Client(f"{world.url}/pk_external_ws/services/pull?wsdl", plugins=[HistoryPlugin()])
    asked = {"podmiot": "gminaWrotkowo", "nazwaSkrytki": "SkrytkaESP", "adresSkrytki": OFFICE_BOX}
    message = client.create_message(client.service, "oczekujaceDokumenty", **asked)
    body = etree.tostring(message.find(f"{{{SOAP}}}Body")[0]).decode()
    answer = world.office.post("pull", sign_envelope(body, "", world.office.key, world.office.certificate))

    payload = etree.fromstring(answer.content)[1][0]
    parsed = client.get_element(etree.QName(payload)).parse(payload, client.wsdl.types)
    assert (parsed.status.kod, parsed.oczekujace) == (1, 0)
