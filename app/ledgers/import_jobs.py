"""A confirmed import that is too long for a page: the worker plans it again and enters what was seen, or nothing."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app.casework.errors import Obstacle
from app.casework.imports import ImportDraft
from app.casework.jobs import Job, enqueue
from app.casework.unit_of_work import unit_of_work
from app.jobs.operations import OPEN
from app.ledgers.drafts import draft_of, plan_draft
from app.ledgers.entering import enter
from app.ledgers.ledger import Ledger


def import_kind(ledger: Ledger) -> str:
    """The name of the job that enters this ledger's rows."""
    return f"import_{ledger.name}"


def job_of(session, ledger: Ledger, draft_id: int) -> Job | None:
    """The job on its way that enters this draft."""
    waiting = session.scalars(sa.select(Job).where(Job.kind == import_kind(ledger), Job.state.in_(OPEN)))
    return next((job for job in waiting if job.params["draft"] == draft_id), None)


def ask_for_import(session, hat, ledger: Ledger, draft: ImportDraft, seen: str, left_out: int, url: str) -> Job:
    """The job that enters the draft as it was `seen`; pressing the button again leads to the one on its way."""
    params = {"draft": draft.id, "version": draft.version, "seen": seen, "left_out": left_out, "url": url}
    title = _("Import: %(file)s", file=draft.file_name)
    with unit_of_work(session):
        return job_of(session, ledger, params["draft"]) or enqueue(
            session, hat, import_kind(ledger), params, title=title)


def run_import(ledger: Ledger, running) -> None:
    """Rows, history, draft and job in one transaction. Raises Obstacle when it is no longer what the user saw."""
    session, hat, asked = running.session, running.hat, running.params
    running.progress(0, 2)
    draft = draft_of(session, ledger, asked["draft"])
    plan = plan_draft(session, hat, ledger, draft, running.today)
    if (draft.outcome, draft.version, plan.digest()) != ("open", asked["version"], asked["seen"]):
        raise Obstacle(_("The records have changed since: nothing was written. Check the rows again."))
    running.progress(1, 2)

    def finish(counts: dict) -> None:
        running.result |= {**counts, "url": asked["url"]}
        running.finish(session)

    enter(session, hat, ledger, plan, running.today, draft.file_name, draft_id=draft.id, version=draft.version,
          left_out=asked["left_out"], finish=finish)
