"""Who may press the buttons: this machine for the control interface, this origin for the page's forms."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import request


def loopback() -> bool:
    """Does the request come from this machine, asking for it by a local name?"""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    return _is_loopback(request.remote_addr or "") and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def same_origin() -> bool:
    """Was this form sent from the sandbox's own page? Browsers say where a POST comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.host
