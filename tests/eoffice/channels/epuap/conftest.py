"""Keys are made once per run: they cost a second, and nothing depends on which they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eoffice.channels.epuap import EpuapChannel
from tests.eoffice.channels.epuap.support import Cans, Keys, cans, make_keys, options


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("office"), "office")


@pytest.fixture(scope="session")
def server_keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("server"), "ePUAP-INT-WS-Sign")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("stranger"), "stranger")


@pytest.fixture
def world() -> Iterator[Cans]:
    with cans() as world:
        yield world


@pytest.fixture
def channel(world: Cans, office: Keys, server_keys: Keys) -> Iterator[EpuapChannel]:
    channel = EpuapChannel(options(world.url, office, server_keys))
    yield channel
    channel.close()
