"""In which frame results stand: the portal's, the Bulletin's (its search module), the office's, a unit's own."""

from __future__ import annotations

from dataclasses import dataclass

from portal.web import rights
from portal.web.texts import message
from search.address import PLACES, Asked


@dataclass(frozen=True, slots=True)
class Frame:
    """The layout of the results page and its words. ``elsewhere``: the offer to search everywhere, if there is one."""

    name: str
    layout: str
    home: str

    @property
    def public(self) -> bool:
        """Whether what is found here is for everyone (feeds and suggestions are)."""
        return self.name != "biuro"

    @property
    def title(self) -> str:
        return message(f"search.frame.{self.name}.title")

    @property
    def question(self) -> str:
        return message(f"search.frame.{self.name}.question")

    @property
    def home_title(self) -> str:
        return message(f"search.frame.{self.name}.home")

    @property
    def elsewhere(self) -> str:
        return "" if self.name == "portal" else message("search.frame.elsewhere")


_PORTAL = Frame("portal", "layout.html", "/")
_BULLETIN = Frame("bip", "layout_bip.html", "/bip/")
_OFFICE = Frame("biuro", "desk/layout.html", "/biuro/")


def of(asked: Asked) -> Frame:
    """The frame of a search. The office's is for those who work there; a unit's own place keeps the portal's frame."""
    within = asked.filters.within
    if within == PLACES["bip"] or within.startswith("/bip/"):
        return _BULLETIN
    if within == PLACES["biuro"] and rights.may("desk.view", PLACES["biuro"], below=True):
        return _OFFICE
    return Frame("place", "layout.html", within) if within else _PORTAL
