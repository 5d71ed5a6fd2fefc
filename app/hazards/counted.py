"""What is counted of hazards; see casework/counted.py."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.cases import Case
from app.casework.counted import Count
from app.hazards.models import Hazard
from app.hazards.states import OPEN_STATES, HazardState
from app.organization.models import DictionaryEntry

_cases, _hazards, _entries = Case.__table__, Hazard.__table__, DictionaryEntry.__table__
OPEN = tuple(state.value for state in OPEN_STATES)
CLOSED = (HazardState.CLOSED.value,)
FOUND = (*OPEN, *CLOSED, HazardState.SUBJECT_GONE.value)  # not the drafts, nor what was cancelled or merged

# 按期整改率: by the deadline first set; an extension granted later does not make it punctual. What cannot be rectified
# any more, because its subject is gone, counts neither way.
_due = _hazards.c.original_due
_done = sa.func.coalesce(_hazards.c.claimed_on, _cases.c.closed_on)
COUNTS = {
    "open": Count(_l("In hand"), OPEN),
    "unsigned": Count(_l("Not signed for"), (HazardState.RECTIFYING.value,), (_hazards.c.acknowledged_on.is_(None),)),
    "opened": Count(_l("New"), FOUND, day=_cases.c.happened_on),
    "closed": Count(_lp("count", "Closed out"), CLOSED, day=_cases.c.closed_on),
    "due": Count(_l("Was due"), (*OPEN, *CLOSED), day=_due, past=True),
    "kept": Count(_l("Done in time"), (*OPEN, *CLOSED), (_done <= _due,), day=_due, past=True),
}


def of_industry(industry: int):
    """An industry, with those below it."""
    below = sa.select(_entries.c.id).where(sa.or_(_entries.c.id == industry, _entries.c.parent_id == industry))
    return _hazards.c.industry_id.in_(below)
