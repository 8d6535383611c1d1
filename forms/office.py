"""The office that letters are written to, as forms need to know it."""

from __future__ import annotations

from dataclasses import dataclass

from forms.letter import ORGANISATION, Contact
from portal.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Office:
    """``attachment_limit_mb``: the most that attachments of one document may weigh together."""

    name: str
    place: str
    attachment_limit_mb: float

    @property
    def contact(self) -> Contact:
        """The office as a recipient."""
        return Contact(kind=ORGANISATION, name=self.name, city=self.place)


def office_of(settings: Settings) -> Office:
    return Office(settings.office_name, settings.town_place, settings.attachment_limit_mb)
