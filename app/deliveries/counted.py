"""What is counted of deliveries; see casework/counted.py."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.cases import Case
from app.casework.counted import Count
from app.deliveries.models import Delivery
from app.deliveries.states import OPEN_STATES, DeliveryState

_cases, _deliveries = Case.__table__, Delivery.__table__
OPEN = tuple(state.value for state in OPEN_STATES)
DONE = (DeliveryState.CLOSED.value,)

_due = _deliveries.c.original_reply_due
COUNTS = {
    "open": Count(_lp("delivery", "Under way"), OPEN),
    "opened": Count(_lp("count", "Served"), (*OPEN, *DONE), day=_deliveries.c.served_on),
    "closed": Count(_lp("delivery", "Done"), DONE, day=_cases.c.closed_on),
    "due": Count(_l("Reply was due"), (*OPEN, *DONE), day=_due, past=True),
    "kept": Count(_l("Replied in time"), (*OPEN, *DONE), (_deliveries.c.replied_on <= _due,), day=_due, past=True),
}
