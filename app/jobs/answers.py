"""What a person is answered who asked for something that takes longer than a page."""
from __future__ import annotations

import sqlalchemy as sa
from flask import flash, jsonify, redirect, url_for
from flask_babel import gettext as _

from app.casework.jobs import Job, enqueue
from app.casework.unit_of_work import unit_of_work
from app.gate import wants_json
from app.jobs.operations import OPEN


def ask_once(session, hat, kind: str, params: dict, title: str) -> Job:
    """Ask for a job; pressing the button again leads to the one on its way."""
    with unit_of_work(session):
        waiting = session.scalars(sa.select(Job).where(
            Job.kind == kind, Job.state.in_(OPEN), Job.post_id == hat.post_id))
        same = next((job for job in waiting if job.params == params), None)
        return same or enqueue(session, hat, kind, params, title=title)


def answer_with_job(job: Job):
    """To the job's page, once the transaction that asked for it is committed; its address for a script."""
    url = url_for("Jobs.show", job_id=job.id)
    if wants_json():
        return jsonify(job=job.id, url=url), 202
    flash(_("This takes a while and goes on in the background, even if you leave this page."), "info")
    return redirect(url)
