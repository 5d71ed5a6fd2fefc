"""系统运行: the administrator's page: is it backed up, is it well, how is it brought back."""
from __future__ import annotations

import datetime as dt
import shutil

import sqlalchemy as sa
from flask import flash, g, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.audit import queries
from app.casework.clock import today
from app.casework.columns import utcnow
from app.casework.history import record
from app.casework.jobs import Job, enqueue
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs import health as workers
from app.jobs import overseeing
from app.jobs.answers import answer_with_job
from app.jobs.views import STATES
from app.organization.settings import setting
from app.upkeep import backup, health
from app.upkeep.jobs import BACKUP
from app.upkeep.words import age, size
from config import KEY_FILE

_jobs = Job.__table__


class System(BaseView):
    """What a machine room would show: backups, disk, worker, seals."""

    route_base = "/system"
    class_permission_name = "system"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self):
        folder, kept = backup.data_folder(), backup.kept()
        disk, seen = shutil.disk_usage(folder), workers.worker_age(folder)
        return self.render_template(
            "upkeep/index.html", title=_("System"), kept=[worded(one) for one in kept], late=is_late(kept),
            warn_days=setting("backup_warn_days"), keep_days=setting("backup_days"), failed=last_failure(),
            problems=health.problems(), folder=folder, backups=folder / backup.FOLDER, disk_free=size(disk.free),
            disk_total=size(disk.total), jobs=workers.figures(db.session), seen=age(seen) if seen is not None else "",
            seals=queries.seals(db.session), release=backup.release(), database=db.engine.dialect.name,
            full_size=size(sum(one.size for one in kept)), newest=kept[0].path.name if kept else "",
            everybodys=overseeing.listed(db.session, g.hat.county_id), states=STATES,
        )

    @expose("/backup", methods=["POST"])
    @has_access
    @permission_name("edit")
    def backup(self):
        """Ask for a backup now; the page of the job says how it goes."""
        with unit_of_work(db.session):
            record(db.session, g.hat, "backup_asked", today())
            job = enqueue(db.session, g.hat, BACKUP, {})
        return answer_with_job(job)

    @expose("/jobs/<int:job_id>/cancel", methods=["POST"])
    @has_access
    @permission_name("edit")
    def cancel(self, job_id: int):
        """Call off somebody's job: it keeps everybody else's waiting."""
        called_off = overseeing.call_off(db.session, g.hat, job_id, today())
        flash(_("Called off.") if called_off else _("It was over already."), "success" if called_off else "info")
        return redirect(url_for("System.index"))


def worded(one: backup.Kept) -> dict:
    return {
        "name": one.path.name, "size": size(one.size), "made_at": f"{one.made_at:%Y-%m-%d %H:%M}",
        "age": age((utcnow() - one.made_at).total_seconds()),
    }


def is_late(kept: list[backup.Kept]) -> bool:
    """No backup of the last days: the one figure of this page that must never be overlooked.

    An installation that is younger than that has not missed one.
    """
    since = kept[0].made_at if kept else installed_at()
    return (utcnow() - since).days >= setting("backup_warn_days")


def installed_at() -> dt.datetime:
    """Since when there is something to lose: as old as the key; where that was taken away, since ever."""
    key = backup.data_folder() / KEY_FILE
    return dt.datetime.fromtimestamp(key.stat().st_mtime if key.exists() else 0, dt.UTC)


def last_failure() -> str:
    """Why the newest finished backup failed; empty when it did not."""
    row = db.session.execute(
        sa.select(_jobs.c.state, _jobs.c.error).where(_jobs.c.kind == BACKUP, _jobs.c.finished_at.is_not(None))
        .order_by(_jobs.c.id.desc()).limit(1)
    ).one_or_none()
    return row.error or "" if row and row.state == "failed" else ""
