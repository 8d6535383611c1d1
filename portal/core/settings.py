"""Settings: one frozen, strict, typed object read from the environment once.

Every field is read from ``WROTA_<NAME>``; a secret may also come from the file named by ``WROTA_<NAME>_FILE``.
An unknown ``WROTA_`` variable, a boolean that is not ``True``/``False`` or a number that is none stops the start.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PREFIX = "WROTA_"
TESTS = "WROTA_TEST_"
"""Variables that speak to the test suite only."""


class BadSettings(ValueError):
    """A setting cannot be used; the text names it and says what is expected."""


def setting(default: Any, about: str, *, secret: bool = False) -> Any:
    """A field with its documentation; ``secret`` ones may come from a file and are never printed."""
    return field(default=default, metadata={"about": about, "secret": secret}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """How this program runs. The text of each field is its documentation (README, ``wrota settings``)."""

    data_dir: Path = setting(Path("var"), "Folder with everything this program keeps")
    database_url: str = setting("", "SQLAlchemy address of the database; empty: SQLite in the data folder")
    database_read_url: str = setting("", "Address of a read replica; empty: the same database")
    secret_key: str = setting(
        "", "Key that signs sessions and access codes; empty: made and kept in the data folder", secret=True
    )
    host: str = setting("127.0.0.1", "Address the portal listens on")
    port: int = setting(8000, "Port of the portal")
    base_url: str = setting("", "Public address of the portal, without a slash at the end; empty: http://host:port")
    behind_proxy: bool = setting(False, "Trust X-Forwarded-* of one proxy in front")
    threads: int = setting(8, "Threads of one web process")
    worker_threads: int = setting(2, "Jobs one worker process carries out at once")
    lease_seconds: int = setting(300, "How long a job belongs to a worker; longer than any timeout")
    upload_limit_mb: int = setting(25, "Largest request in megabytes")
    attachment_limit_mb: float = setting(3.5, "Largest total of attachments inside one ePUAP document, in megabytes")
    scanner: str = setting("none", "Who looks for viruses in files: none or clamd (ClamAV)")
    clamd_host: str = setting("127.0.0.1", "Address of ClamAV's daemon")
    clamd_port: int = setting(3310, "Port of ClamAV's daemon")
    clamd_timeout_seconds: int = setting(60, "Longest wait for an answer of ClamAV")
    search_engine: str = setting("tantivy", "Search engine: tantivy, whoosh or postgres")
    office_name: str = setting("Urząd Gminy Wrotkowo", "Name of the office, in headings and documents")
    town_name: str = setting("Gmina Wrotkowo", "Name of the gmina")
    town_place: str = setting("Wrotkowo", "Place written on letters")
    demo: bool = setting(False, "Show the demo log-ins on the log-in page; never in production")
    sandbox_host: str = setting("127.0.0.1", "Address of the ePUAP sandbox")
    sandbox_port: int = setting(8091, "Port of the ePUAP sandbox")
    channels: str = setting("epuap", "Channels in use, separated by commas")
    epuap_url: str = setting("", "Base address of the ePUAP services; empty: the sandbox of this machine")
    epuap_podmiot: str = setting("gminaWrotkowo", "Identifier of the office in ePUAP")
    epuap_box: str = setting("/gminaWrotkowo/SkrytkaESP", "Address of the office's box")
    epuap_box_name: str = setting("SkrytkaESP", "Name of the box, which may differ from the end of its address")
    epuap_key_file: str = setting("", "File with the system's private key (PEM); empty: the sandbox's client key")
    epuap_certificate_file: str = setting("", "File with the system's certificate (PEM)")
    epuap_server_certificates: str = setting(
        "", "Files with pinned certificates of ePUAP's answers, comma-separated, at most two"
    )
    trusted_seals: str = setting(
        "", "Files with certificates whose seals prove something (ePUAP's receipts, profil zaufany), comma-separated"
    )
    epuap_digest: str = setting("sha1", "Digest that confirms a received document: sha1 or sha256")
    epuap_store_is_complete: bool = setting(
        False, "Absence from ePUAP's folder of sent documents proves that a sending was not done"
    )
    epuap_poll_seconds: int = setting(2, "Seconds between looks into the box")
    epuap_timeout_seconds: int = setting(60, "Longest wait for an answer of ePUAP")
    seal_key_file: str = setting("", "File with the key of the office's seal (PEM); empty: a demo seal is made")
    seal_certificate_file: str = setting("", "File with the certificate of the office's seal (PEM)")
    probe_minutes: int = setting(
        0, "Minutes between looks from outside at what the Bulletin must show for a term; 0: none"
    )
    timestamp_url: str = setting(
        "", "Address of the authority that time-stamps the Bulletin's checkpoints (RFC 3161 over HTTP); empty: none"
    )
    timestamp_certificates: str = setting(
        "", "Files or folders with certificates of trusted time-stamping authorities (PEM), comma-separated"
    )
    timestamp_policy: str = setting("", "Policy of time-stamps that is asked for and accepted (OID); empty: any")
    timestamp_credentials: str = setting(
        "", "Login and password for the time-stamping authority, with a colon between", secret=True
    )
    bulletin_copies: str = setting(
        "", "Folder on another disk for daily copies of the whole Bulletin; empty: no copies are made"
    )
    bulletin_copies_kept: int = setting(
        30, "How many of the newest copies of the Bulletin stay, besides the first of each of the last 12 months"
    )
    log_json: bool = setting(False, "Write log lines as JSON")
    log_level: str = setting("INFO", "Least severity that is logged")
    login_limit: str = setting("10 per 5 minutes", "Log-in attempts per account and per address")

    api_read_limit: str = setting("600 per minute", "Requests for data per address or access token, in one process")
    api_write_limit: str = setting("120 per minute", "Acts through the API per access token")

    import_limit_mb: int = setting(
        512, "Largest archive that can be sent for import, in megabytes; unpacked four times"
    )
    crawl_limit_mb: int = setting(4096, "How much of an old site may be fetched in all, in megabytes")
    import_hosts: str = setting(
        "", "Hosts of old sites in our own network that may be moved in, comma-separated; others there are never asked"
    )

    @property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'wrota.sqlite3').absolute()}"

    @property
    def public_url(self) -> str:
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{self.sandbox_host}:{self.sandbox_port}"

    @property
    def channel_names(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.channels.split(",") if name.strip())


def _convert(name: str, kind: str, raw: str) -> Any:
    try:
        if kind == "bool":
            return {"True": True, "False": False}[raw]
        return {"int": int, "float": float, "Path": Path}.get(kind, str)(raw)
    except (ValueError, KeyError):
        raise BadSettings(f"{PREFIX}{name.upper()}={raw!r}: a value of type {kind} is expected") from None


def _raw(environ: Mapping[str, str], item: dataclasses.Field[Any]) -> str | None:
    name = PREFIX + item.name.upper()
    file = environ.get(f"{name}_FILE") if item.metadata["secret"] else None
    if file is None:
        return environ.get(name)
    try:
        return Path(file).read_text().strip()
    except OSError as cause:
        raise BadSettings(f"{name}_FILE: cannot read {file} ({cause.strerror})") from cause


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from ``environ`` (the process's own by default); ``overrides`` win. Raises ``BadSettings``."""
    environ = os.environ if environ is None else environ
    fields = {item.name: item for item in dataclasses.fields(Settings)}
    known = {PREFIX + name.upper() for name in fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name, item in fields.items() if item.metadata["secret"]}
    ours = (name for name in environ if name.startswith(PREFIX) and not name.startswith(TESTS))
    if unknown := sorted(set(ours) - known):
        raise BadSettings(f"unknown settings: {', '.join(unknown)}")
    values = dict(overrides)
    for name, item in fields.items():
        raw = _raw(environ, item)
        if name not in values and raw is not None:
            values[name] = _convert(name, str(item.type), raw)
    return Settings(**values)
