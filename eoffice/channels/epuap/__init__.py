"""Adapter to ePUAP: boxes, delivery against receipt, and the office's own queue, over signed SOAP 1.1."""

from eoffice.channels.epuap.channel import EpuapChannel
from eoffice.channels.epuap.options import EpuapOptions, Limits, Timeouts

__all__ = ["EpuapChannel", "EpuapOptions", "Limits", "Timeouts"]
