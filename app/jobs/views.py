"""下载与任务: what one has asked for, how far it is, its file; calling it off and asking again."""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import current_app, flash, g, jsonify, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.clock import local, today
from app.casework.errors import NotFound, Obstacle
from app.casework.history import record
from app.casework.jobs import KINDS, Job, enqueue
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.gate import wants_json
from app.jobs import operations
from app.jobs.answers import answer_with_job
from app.organization.settings import setting

STATES = {  # state → (title, class of the badge)
    "queued": (_lp("job", "Waiting its turn"), "state-open"), "running": (_lp("job", "In progress"), "state-claimed"),
    "done": (_lp("job", "Done"), "state-closed"), "failed": (_lp("job", "Failed"), "state-draft"),
    "cancelled": (_lp("job", "Called off"), "state-void"),
}
TOLD = {  # what a job's result may say, in this order
    "message": _l("Note"), "rows": _l("Rows"), "new": _l("New"), "changed": _l("Changed"),
    "unchanged": _l("Unchanged"), "left_out": _l("Left out"), "errors": _l("Errors"),
}
FOLLOWED = ("state", "progress", "total", "percent", "over", "words", "badge")
PAGE = 25
LAST_PAGE = 40


class Jobs(BaseView):
    """The scope shows each person the own jobs only; everything here starts from one of them."""

    route_base = "/jobs"
    class_permission_name = "jobs"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        number = min(max(request.args.get("page", 1, type=int) or 1, 1), LAST_PAGE)
        jobs = db.session.scalars(
            sa.select(Job).order_by(Job.id.desc()).limit(PAGE + 1).offset((number - 1) * PAGE)
        ).all()
        return self.render_template(
            "jobs/list.html", title=_("Downloads and jobs"), rows=[as_row(job) for job in jobs[:PAGE]], page=number,
            size=PAGE, more=len(jobs) > PAGE and number < LAST_PAGE, days=setting("job_file_days"),
            turn=lambda n: url_for("Jobs.list", page=n),
        )

    @expose("/<int:job_id>")
    @has_access
    @permission_name("read")
    def show(self, job_id: int):
        """One job; as JSON for the page that follows it."""
        row = as_row(job_or_404(job_id))
        if wants_json():
            return jsonify({key: row[key] for key in FOLLOWED})
        return self.render_template("jobs/show.html", title=row["title"], row=row)

    @expose("/<int:job_id>/file")
    @has_access
    @permission_name("read")
    def file(self, job_id: int):
        """The file, for its asker, as long as it is kept and the post that asked still may have it. Recorded."""
        job = job_or_404(job_id)
        path = path_of(job)
        if path is None or not may_have(job):
            raise NotFound
        with unit_of_work(db.session):
            record(db.session, g.hat, "download", today(), extra={"job": job_id, "file": job.file_name})
        return send_file(path, as_attachment=True, download_name=job.file_name, max_age=0)

    @expose("/<int:job_id>/cancel", methods=["POST"])
    @has_access
    @permission_name("read")
    def cancel(self, job_id: int):
        with unit_of_work(db.session):
            job_or_404(job_id)
            called_off = operations.cancel(db.session, job_id)
        flash(_("Called off.") if called_off else _("It was over already."), "success" if called_off else "info")
        return redirect(url_for("Jobs.show", job_id=job_id))

    @expose("/<int:job_id>/again", methods=["POST"])
    @has_access
    @permission_name("read")
    def again(self, job_id: int):
        """Ask once more for what failed or was called off, with the same post."""
        job = job_or_404(job_id)
        if not may_again(job):
            raise Obstacle(_("This cannot be asked for again: ask from its own page."))
        hat = worn_then(job)
        with unit_of_work(db.session):
            another = enqueue(db.session, hat, job.kind, job.params, title=job.title)
        return answer_with_job(another)


def job_or_404(job_id: int) -> Job:
    """One of this user's own; whose it is otherwise is nobody's business."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFound
    return job


def worn_then(job: Job):
    """The hat the job was asked with, if it is still held."""
    return next((hat for hat in g.hats if hat.post_id == job.post_id), None)


def may_have(job: Job) -> bool:
    """Whether the post that asked is still held and may still do what was asked."""
    hat, kind = worn_then(job), KINDS.get(job.kind)
    return hat is not None and kind is not None and (kind.permission is None or hat.permits(kind.permission))


def may_again(job: Job) -> bool:
    return job.state in ("failed", "cancelled") and may_have(job)


def path_of(job: Job) -> Path | None:
    """Where the file lies, while it does."""
    if job.state != "done" or not job.file_path:
        return None
    path = Path(current_app.config["DATA_DIR"]) / job.file_path
    return path if path.is_file() else None


def as_row(job: Job) -> dict:
    """A job as its pages show it."""
    title, badge = STATES[job.state]
    url = (job.result or {}).get("url")
    return {
        "id": job.id, "title": job.title, "state": job.state, "words": str(title), "badge": badge,
        "asked": f"{local(job.asked_at):%Y-%m-%d %H:%M}",
        "ended": f"{local(job.finished_at):%Y-%m-%d %H:%M}" if job.finished_at else "",
        "progress": job.progress, "total": job.total,
        "percent": min(100, 100 * job.progress // job.total) if job.total else None,
        "over": job.state not in operations.OPEN, "error": job.error if job.state in ("failed", "cancelled") else None,
        "told": [(str(word), job.result[key]) for key, word in TOLD.items() if (job.result or {}).get(key) is not None],
        "url": url if url and url.startswith("/") and not url.startswith("//") else None,
        "file_name": job.file_name, "has_file": path_of(job) is not None and may_have(job),
        "file_gone": job.state == "done" and bool(job.file_name) and path_of(job) is None,
        "may_again": may_again(job),
    }
