"""附件2 as a ledger: what the common room of ledgers needs to know of it."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.casework.lists import NEWEST
from app.hazards.entering import change, insert
from app.hazards.exporting import period_selection, select
from app.hazards.importing import HazardPlanner
from app.hazards.printing import stream
from app.hazards.sheet import HAZARD_SHEET
from app.ledgers.ledger import Ledger, declare

HAZARD_LEDGER = declare(Ledger(
    kind="hazard", sheet=HAZARD_SHEET, planner=HazardPlanner, insert=insert, change=change, select=select,
    stream=stream, import_permission=P.HAZARDS_IMPORT, export_permission=P.HAZARDS_EXPORT, screen="Hazards.list",
    newest=NEWEST, form_words=_l("Attachment 2"), clause="一（二）",
    emptiable=frozenset({"completed_on", "rechecker", "inspector"}), period=period_selection,
))
