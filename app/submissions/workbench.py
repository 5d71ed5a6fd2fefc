"""What the workbench shows of submissions: what the own unit owes, and the numbers."""
from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.desk import Desk, Figure, Turn, first_verb
from app.submissions import queries
from app.submissions.models import Submission
from app.submissions.states import Show, SubmissionState
from app.submissions.verbs import SUBMISSIONS


def turn(submission: Submission, hat, today: dt.date) -> Turn:
    return Turn(submission, submission.number, SubmissionState(submission.state).title, (submission.unit_id,),
                first_verb(SUBMISSIONS, submission, hat, today))


def figures(hat, today: dt.date) -> list[Figure]:
    """Of the county: not submitted, late with it. A unit reads its own in the lines above."""
    if hat.scope.breadth != "county":
        return []

    def figure(title, show: Show, look: str = "") -> Figure:
        counted = queries.selection(hat.scope, {"show": show.value}, None, today)
        return Figure(title, counted, url_for("Submissions.list", show=show.value), look)

    return [figure(_("Ledgers overdue"), Show.OVER, "hot"), figure(_("Ledgers not submitted"), Show.WANTING)]


DESK = Desk("ledger_submission", _l("Ledger submission"), "Submissions", "submissions/words.html", turn, figures,
            _l("Ledger submission"))
