"""附件1 as a ledger: what the common room of ledgers needs to know of it."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.casework.lists import NEWEST
from app.ledgers.ledger import Ledger, declare
from app.tasks.entering import change, insert
from app.tasks.exporting import period_selection, select
from app.tasks.importing import TaskPlanner
from app.tasks.printing import stream
from app.tasks.sheet import TASK_SHEET

TASK_LEDGER = declare(Ledger(
    kind="task", sheet=TASK_SHEET, planner=TaskPlanner, insert=insert, change=change, select=select, stream=stream,
    import_permission=P.TASKS_IMPORT, export_permission=P.TASKS_EXPORT, screen="Tasks.list", newest=NEWEST,
    form_words=_l("Attachment 1"), clause="一（一）", emptiable=frozenset({"done_on"}),
    period=period_selection,
))
