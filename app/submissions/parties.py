"""Who is a party to a submission, whose turn it is, and what a hat's unit is to it."""
from __future__ import annotations

from app.casework.verbs import relations_of
from app.submissions.models import Submission
from app.submissions.states import WANTING, SubmissionState


def parties(submission: Submission) -> list[tuple[int, str, bool]]:
    """The unit alone: the county office reads it as it reads every case of the county."""
    return [(submission.unit_id, "filing", True)]


def turn(submission: Submission) -> tuple[int | None, str | None]:
    """`(organization id, clerk | reviewer)`."""
    if submission.state in WANTING:
        return submission.unit_id, "clerk"
    if submission.state == SubmissionState.SUBMITTED:
        return submission.unit_id, "reviewer"
    return None, None


relations = relations_of
