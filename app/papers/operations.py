"""Templates kept and put in force; papers frozen with their case's transaction, rendered and attached after it."""
from __future__ import annotations

import datetime as dt
import hashlib
import logging
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.access.scope import system_session
from app.casework.attachments import Attachment, StoredFile, keep, path_of
from app.casework.cases import Case
from app.casework.errors import Stale
from app.casework.file_kinds import visible
from app.casework.history import record
from app.casework.jobs import enqueue, job_kind
from app.casework.unit_of_work import unit_of_work
from app.papers.kinds import KINDS
from app.papers.models import Paper, PaperTemplate
from app.papers.rendering import render

log = logging.getLogger(__name__)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_cases, _papers, _templates, _files = Case.__table__, Paper.__table__, PaperTemplate.__table__, Attachment.__table__
SYSTEM = "系统"  # who attached a paper's file


def template_in_force(session, county_id: int, kind: str) -> str:
    """The SHA-256 of the template that holds; the product's own is kept among the uploads like any other."""
    newest = session.execute(
        sa.select(_templates.c.sha256).where(_templates.c.county_id == county_id, _templates.c.kind == kind)
        .order_by(_templates.c.number.desc()).limit(1)
    ).scalar()
    return newest or built_in(kind)


def built_in(kind: str) -> str:
    """The hash of the product's own template, which is on disk when this returns."""
    content = _built_in(kind)
    sha256 = hashlib.sha256(content).hexdigest()
    keep(current_app.config["DATA_DIR"], sha256, content)
    return sha256


@cache
def _built_in(kind: str) -> bytes:
    return KINDS[kind].built_in()


def add_template(session, hat, kind: str, file: StoredFile | None, note: str, today: dt.date) -> PaperTemplate:
    """The next version of a kind's template, `file` on disk and checked; None: the product's own again.

    Raises Stale for the second of two first ones at once: there is no row yet that they could wait for.
    """
    with _one_after_the_other(), unit_of_work(session):
        session.execute(sa.select(_templates.c.id).where(_templates.c.county_id == hat.county_id).with_for_update())
        last = session.execute(sa.select(sa.func.max(_templates.c.number)).where(
            _templates.c.county_id == hat.county_id, _templates.c.kind == kind)).scalar()
        template = PaperTemplate(
            county_id=hat.county_id, kind=kind, number=(last or 0) + 1, sha256=file and file.sha256,
            original_name=file and file.original_name, note=note or None, uploaded_by_id=hat.user_id,
            uploaded_by=hat.user_name,
        )
        session.add(template)
        record(session, hat, "paper_template", today,
               extra={"form": kind, "number": template.number, "sha256": template.sha256})
    return template


@contextmanager
def _one_after_the_other():
    try:
        yield
    except IntegrityError:
        raise Stale from None


def freeze(session, hat, case: Case, kind: str, today: dt.date, part_id: int | None = None,
           confined_to_id: int | None = None) -> Paper:
    """What the paper says is fixed within the caller's unit of work; the file follows (`render_owed`)."""
    context = KINDS[kind].context(session, case, part_id)
    paper = Paper(
        case_id=case.id, kind=kind, part_id=part_id, title=context["title"][:200], context=context,
        template_sha256=template_in_force(session, case.county_id, kind), frozen_on=today,
        confined_to_id=confined_to_id,
    )
    session.add(paper)
    session.flush()
    enqueue(session, None, "paper", {"paper": paper.id})
    return paper


def render_owed(case_id: int) -> None:
    """The files of a case's papers that are not rendered yet: right after the commit that froze them."""
    with system_session("rendering papers") as session:
        owed = sa.select(_papers.c.id).where(_papers.c.case_id == case_id, _papers.c.sha256.is_(None))
        for paper_id in session.execute(owed.order_by(_papers.c.id)).scalars().all():
            render_one(session, current_app.config["DATA_DIR"], paper_id)


def render_soon(case_id: int) -> None:
    """`render_owed` after an act that stands already: a fault here is the worker's to meet again, not the user's."""
    try:
        render_owed(case_id)
    except Exception:
        log.exception("a paper of case %s is left to the worker", case_id)


@job_kind("paper", _l("Word file of a paper"))
def _job(running) -> None:
    render_one(running.session, running.app.config["DATA_DIR"], running.params["paper"])


def render_one(session, data_dir: str | Path, paper_id: int) -> None:
    """Once, whoever comes first of the request and the worker: the same context and template are the same bytes."""
    paper = session.execute(sa.select(_papers).where(_papers.c.id == paper_id)).one()
    if paper.sha256 is not None:
        return
    content = render(path_of(data_dir, paper.template_sha256).read_bytes(), paper.context)
    sha256 = hashlib.sha256(content).hexdigest()
    keep(data_dir, sha256, content)
    with unit_of_work(session):
        session.execute(sa.select(_cases.c.id).where(_cases.c.id == paper.case_id).with_for_update())
        mine = session.execute(
            sa.update(_papers).where(_papers.c.id == paper_id, _papers.c.sha256.is_(None)).values(sha256=sha256))
        if mine.rowcount:
            session.add(Attachment(
                case_id=paper.case_id, part_id=paper.part_id, purpose="paper", sha256=sha256, media_type=DOCX,
                original_name=visible(f"{paper.title}.docx"), size=len(content), thumbnail="none",
                uploaded_by_name=SYSTEM, confined_to_id=paper.confined_to_id,
            ))


def papers_of(session, case_id: int) -> list:
    """What a case's page shows: `(paper, attachment id or None while the file is on its way)`, through the scope."""
    files = sa.select(Attachment.id).where(Attachment.case_id == Paper.case_id, Attachment.sha256 == Paper.sha256,
                                           Attachment.purpose == "paper")
    return session.execute(
        sa.select(Paper, files.limit(1).scalar_subquery()).where(Paper.case_id == case_id).order_by(Paper.id)
    ).all()

