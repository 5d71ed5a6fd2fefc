"""公文模板: what papers there are, what their placeholders mean, the office's own templates; a paper as PDF."""
from __future__ import annotations

import io

import sqlalchemy as sa
from flask import abort, current_app, flash, g, redirect, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.permissions import Permission as P
from app.casework.attachments import Limits, path_of, store
from app.casework.clock import local, today
from app.casework.errors import NotFound, Obstacle, Stale
from app.casework.views import put_fault
from app.extensions import db
from app.jobs.answers import answer_with_job, ask_once
from app.papers import operations, pdf
from app.papers.forms import TemplateForm
from app.papers.kinds import KINDS, PaperKind
from app.papers.models import Paper, PaperTemplate
from app.papers.rendering import BadTemplate, check, render

WORD = frozenset({"docx"})


class Papers(BaseView):
    """Templates are the county's; versions are added, never changed."""

    route_base = "/papers"
    class_permission_name = "papers"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        return self.render_template("papers/list.html", title=_("Templates of papers"), kinds=KINDS.values(),
                                    newest={one.kind: one for one in versions()}, local=local)

    @expose("/<name>")
    @has_access
    @permission_name("read")
    def show(self, name: str):
        return self._page(kind_or_404(name), TemplateForm())

    @expose("/<name>", methods=["POST"])
    @has_access
    @permission_name("edit")
    def upload(self, name: str):
        """A template is read and tried out before it holds; what is wrong with it is said, and nothing changes."""
        kind, form = kind_or_404(name), TemplateForm()
        if form.validate():
            try:
                check(form.template.data.read(), kind)
                form.template.data.seek(0)
                file = store(current_app.config["DATA_DIR"], form.template.data, form.template.data.filename, WORD,
                             Limits.now())
                operations.add_template(db.session, g.hat, name, file, form.note.data, today())
                flash(_("From now on papers are written from this template. Those signed before stay as they are."),
                      "success")
                return redirect(url_for("Papers.show", name=name))
            except BadTemplate as bad:
                form.template.errors = bad.faults
            except Stale as stale:
                return self._overtaken(name, stale)
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self._page(kind, form), 422

    @staticmethod
    def _overtaken(name: str, stale: Stale):
        """Back to the versions, where the other one stands by now."""
        flash(str(stale), "warning")
        return redirect(url_for("Papers.show", name=name))

    @expose("/<name>/built-in", methods=["POST"])
    @has_access
    @permission_name("edit")
    def reset(self, name: str):
        try:
            operations.add_template(db.session, g.hat, kind_or_404(name).name, None, "", today())
        except Stale as stale:
            return self._overtaken(name, stale)
        flash(_("The product's own template holds again."), "success")
        return redirect(url_for("Papers.show", name=name))

    @expose("/<name>/template")
    @has_access
    @permission_name("read")
    def template(self, name: str):
        """The template that holds, to be changed in Word and put back."""
        kind = kind_or_404(name)
        return send_word(_in_force(kind), f"{kind.title}_{_('template')}.docx")

    @expose("/<name>/example")
    @has_access
    @permission_name("read")
    def example(self, name: str):
        """The template that holds, filled with the placeholders' examples."""
        kind = kind_or_404(name)
        return send_word(render(_in_force(kind), kind.example), f"{kind.title}_{_('example')}.docx")

    @expose("/<name>/versions/<int:number>")
    @has_access
    @permission_name("read")
    def version(self, name: str, number: int):
        found = next((one for one in versions(kind_or_404(name).name) if one.number == number and one.sha256), None)
        if found is None:
            raise NotFound
        return send_word(path_of(current_app.config["DATA_DIR"], found.sha256).read_bytes(), found.original_name)

    @expose("/<int:paper_id>/pdf", methods=["POST"])
    @has_access
    @permission_name("export")
    def pdf(self, paper_id: int):
        """The worker makes it; it waits under 下载. Through the scope of who asks."""
        paper = db.session.get(Paper, paper_id)
        if paper is None or paper.sha256 is None or pdf.converter() is None:
            raise NotFound
        return answer_with_job(ask_once(db.session, g.hat, pdf.PDF, {"paper": paper_id}, f"{paper.title}.pdf"))

    def _page(self, kind: PaperKind, form: TemplateForm):
        return self.render_template(
            "papers/kind.html", title=kind.title, kind=kind, form=form, versions=versions(kind.name),
            may_edit=g.hat.permits(P.PAPERS_EDIT), local=local,
        )


def kind_or_404(name: str) -> PaperKind:
    return KINDS.get(name) or abort(404)


def versions(kind: str | None = None) -> list[PaperTemplate]:
    """The county's own templates; of one kind the newest first, of all kinds the newest last."""
    found = sa.select(PaperTemplate)
    if kind is None:
        return list(db.session.scalars(found.order_by(PaperTemplate.number)))
    return list(db.session.scalars(found.where(PaperTemplate.kind == kind).order_by(PaperTemplate.number.desc())))


def _in_force(kind: PaperKind) -> bytes:
    sha256 = operations.template_in_force(db.session, g.hat.county_id, kind.name)
    return path_of(current_app.config["DATA_DIR"], sha256).read_bytes()


def send_word(content: bytes, name: str):
    return send_file(io.BytesIO(content), mimetype=operations.DOCX, as_attachment=True, download_name=name, max_age=0)
