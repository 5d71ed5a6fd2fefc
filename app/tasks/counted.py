"""What is counted of the shares of tasks; see casework/counted.py."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.cases import Case
from app.casework.counted import Count
from app.tasks.models import Share
from app.tasks.states import OPEN_STATES, TaskState

_cases, _shares = Case.__table__, Share.__table__
OPEN = tuple(state.value for state in OPEN_STATES)
DONE = (TaskState.DONE.value,)

_due = _shares.c.original_due
_done = sa.func.coalesce(_shares.c.claimed_on, _cases.c.closed_on)
COUNTS = {
    "open": Count(_l("In hand"), OPEN),
    "opened": Count(_lp("count", "Issued"), (*OPEN, *DONE), day=_shares.c.issued_on),
    "closed": Count(_lp("task", "Done"), DONE, day=_cases.c.closed_on),
    "due": Count(_l("Was due"), (*OPEN, *DONE), day=_due, past=True),
    "kept": Count(_l("Done in time"), (*OPEN, *DONE), (_done <= _due,), day=_due, past=True),
}
