"""Settings: strict, typed, documented; secrets may lie in files and are never printed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from portal.core.settings import BadSettings, Settings, load


def test_without_an_environment_the_defaults_hold() -> None:
    settings = load({})
    assert (settings.port, settings.public_url) == (8000, "http://127.0.0.1:8000")
    assert settings.database.startswith("sqlite:///")
    assert load({"WROTA_CHANNELS": " epuap, counter,"}).channel_names == ("epuap", "counter")


def test_values_are_read_in_their_types() -> None:
    given = {"WROTA_PORT": "9000", "WROTA_DEMO": "True", "WROTA_DATA_DIR": "/x", "WROTA_ATTACHMENT_LIMIT_MB": "2.5"}
    settings = load(given)
    told = (settings.port, settings.demo, settings.data_dir, settings.attachment_limit_mb)
    assert told == (9000, True, Path("/x"), 2.5)


@pytest.mark.parametrize(
    "given",
    [{"WROTA_PORT": "many"}, {"WROTA_DEMO": "yes"}, {"WROTA_DEMO": "1"}, {"WROTA_PROT": "8000"},
     {"WROTA_SECRET_KEY_FILE": "/does/not/exist"}, {"WROTA_PORT_FILE": "/etc/hostname"}],
)  # fmt: skip
def test_what_cannot_be_meant_stops_the_start(given: dict[str, str]) -> None:
    with pytest.raises(BadSettings):
        load(given)


def test_a_secret_may_come_from_a_file_and_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("very secret\n")
    settings = load({"WROTA_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.secret_key == "very secret"
    assert "very secret" not in repr(settings)


def test_overrides_win_and_foreign_variables_do_not_matter() -> None:
    assert load({"WROTA_PORT": "9000", "PATH": "/bin"}, port=1).port == 1


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load({}).port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    assert all(len(field.metadata["about"]) > 10 for field in dataclasses.fields(Settings))
