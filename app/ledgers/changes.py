"""A changed cell of a recorded row that may not be taken over: why, and what is recorded, to be put back."""
from __future__ import annotations

from flask_babel import gettext as _

from app.ledgers.reading import Reader


def not_yours(verb) -> str:
    """Of a verb that is another's."""
    return _("%(verb)s: this step is not yours to take now. Put back what is recorded, or leave the row out.",
             verb=verb.title)


def refuse(reader: Reader, column: str, why) -> None:
    """A fault at the cell; one click puts back what is recorded."""
    before = reader.cell(column).before
    reader.fault(column, why, (before,) if before else ())
