"""Whether this installation can work: one answer for a machine that asks, in words for whoever reads it.

`/healthz` asks no login, so it tells nothing but that: no version, no path, no number.
"""
from __future__ import annotations

import shutil

from flask import Flask, current_app, jsonify
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from app import installation
from app.casework.clock import today
from app.extensions import db
from app.jobs.health import BEAT_SECONDS, worker_age
from app.organization.settings import DEFINITIONS
from app.upkeep.jobs import of_all_counties

SILENT = 9 * BEAT_SECONDS  # a worker that has not been seen for so long is gone, not busy


def problems() -> list[str]:
    """What keeps the product from working, each in a few words."""
    folder = current_app.config["DATA_DIR"]
    found, least = [], DEFINITIONS["least_free_megabytes"].default
    try:
        if installation.is_at_head():
            least = max(of_all_counties(db.session, "least_free_megabytes", today()))
        else:
            found.append(_("The database is of another release."))
    except SQLAlchemyError:
        found.append(_("The database does not answer."))
    if shutil.disk_usage(folder).free < least << 20:
        found.append(_("The disk is nearly full."))
    age = worker_age(folder)
    if age is None or age > SILENT:
        found.append(_("The background process does not answer."))
    return found


def answer():
    found = problems()
    made = jsonify(status="fault" if found else "ok", **({"problems": found} if found else {}))
    made.headers["Cache-Control"] = "no-store"
    return made, 503 if found else 200


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", answer)
