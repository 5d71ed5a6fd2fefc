"""What the workbench shows of submissions: what the own unit owes, and the numbers."""
from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.desk import Desk, Figure, Turn, first_verb
from app.submissions import queries
from app.submissions.models import Submission
from app.submissions.states import SubmissionState
from app.submissions.verbs import SUBMISSIONS


def turn(submission: Submission, hat, today: dt.date) -> Turn:
    return Turn(submission, submission.number, SubmissionState(submission.state).title, (submission.unit_id,),
                first_verb(SUBMISSIONS, submission, hat, today))


def figures(hat, today: dt.date) -> list[Figure]:
    """Of the county: not submitted, late with it. A unit reads its own in the lines above."""
    if hat.scope.breadth != "county":
        return []

    def figure(title, which: str, look: str = "") -> Figure:
        return Figure(title, queries.selection(which, today), url_for("Submissions.list", show=which), look)

    return [figure(_("Ledgers overdue"), "over", "hot"), figure(_("Ledgers not submitted"), "wanting")]


DESK = Desk("ledger_submission", _l("Ledger submission"), "Submissions", "submissions/words.html", turn, figures,
            _l("Ledger submission"))
