"""What a person is answered who asked for something that takes longer than a page."""
from __future__ import annotations

from flask import flash, jsonify, redirect, url_for
from flask_babel import gettext as _

from app.casework.jobs import Job
from app.gate import wants_json


def answer_with_job(job: Job):
    """To the job's page, once the transaction that asked for it is committed; its address for a script."""
    url = url_for("Jobs.show", job_id=job.id)
    if wants_json():
        return jsonify(job=job.id, url=url), 202
    flash(_("This takes a while and goes on in the background, even if you leave this page."), "info")
    return redirect(url)
