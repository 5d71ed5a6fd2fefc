"""The screens every noun shares: list, case, verbs (single and bulk), files.

A noun's view declares; nothing here knows a noun. Every route asks a permission, every row passes the scope,
every write goes through `verbs.perform`.
"""
from __future__ import annotations

import io
from urllib.parse import parse_qsl, urlencode, urlsplit

import sqlalchemy as sa
from flask import abort, current_app, flash, g, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.answered import confirm
from app.casework import assigning, orphans, thumbnails  # noqa: F401 - they declare jobs
from app.casework.attachments import Attachment, Limits, path_of, store
from app.casework.cases import find
from app.casework.clock import today
from app.casework.copies import NOTED, Unreadable, without_notes
from app.casework.errors import CaseworkError, NotAllowed, NotFound, Obstacle, Stale
from app.casework.forms import CommentForm, VerbForm, faults_told, put_fault
from app.casework.history import done_on, record
from app.casework.list_views import ListActs
from app.casework.once import AlreadyDone, AlreadyMade, fresh_key, key_said, refuse_done
from app.casework.unit_of_work import unit_of_work
from app.casework.unsent import refuse_anothers, session_told
from app.casework.verbs import Noun, Verb, available, how_may, otherwise, perform
from app.errors import own_path
from app.extensions import db
from app.gate import key, keys, wants_json
from app.organization.settings import setting

NAMED = 10  # of the rows that a verb is for


class EmptyForm(VerbForm):
    """A verb that asks nothing."""


class CaseView(ListActs, BaseView):
    """Base of a noun's screens. A noun's class sets `noun`, `route_base`, `case_list` and the templates' parts."""

    noun: Noun
    default_view = "list"
    verb_template = "cases/verb.html"
    bulk_template = "cases/bulk.html"

    # ── one case ───────────────────────────────────────────────────────────────────────────────────────────────
    def case_or_404(self, case_id: int):
        case = find(db.session, self.noun.model, case_id)
        if case is None:
            raise NotFound
        return case

    def url_of(self, case_id: int) -> str:
        return url_for(f"{self.endpoint}.show", case_id=case_id)

    def name_of(self, case) -> str:
        """What a case is called beside its title; a noun without numbers of its own says something else."""
        return case.number or _("Draft")

    def verbs_for(self, case) -> list[Verb]:
        return available(self.noun, case, g.hat, today())

    def timeline_paper(self, case, read: dict):
        """办理记录: the case's timeline on paper, as its reader finds it on the case's page (`read`)."""
        return self.render_template("papers/timeline.html", title=_("Record of the case"), case=case,
                                    name=self.name_of(case), back=self.url_of(case.id), printed_on=today(), **read)

    def made_already(self, made: AlreadyMade):
        """Who sent a form twice is led to what it made."""
        flash(str(made), "info")
        return redirect(self.url_of(made.case_id))

    # ── a verb ─────────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:case_id>/do/<verb_name>", methods=["GET", "POST"])
    @has_access
    @permission_name("act")
    def do(self, case_id: int, verb_name: str):
        """Its form, and its doing. A phone (drafts.js) asks in JSON: whose session this is; then it sends."""
        if request.method == "GET" and wants_json():
            return session_told(g.hat)
        verb = self.noun.verbs.get(verb_name) or abort(404)
        if "drawn_for" in request.form:
            refuse_anothers(g.hat, request.form["drawn_for"])
        try:
            refuse_done(db.session, g.hat, case_id, verb.name, key_sent())
            return self._asked(verb, case_id) if request.method == "GET" else self._sent(verb, case_id)
        except AlreadyDone as done:
            flash(str(done), "info")
            if request.method == "GET":
                confirm()
            return self.led_to(case_id)

    def led_to(self, case_id: int, back: str = ""):
        """What was sent is there; `back`: led to where it was sent from instead."""
        url = back or self.url_of(case_id)
        return ({"url": url}, 201) if wants_json() else redirect(url)

    def came_from(self, case_id: int) -> str:
        """The page on which the form was opened, where the next one waits: a list, the workbench. Empty: the case's."""
        back = own_path(request.values.get("back") or request.referrer)
        path, own = back.partition("?")[0], self.url_of(case_id)
        return "" if path == own or path.startswith((f"{own}/", "/login")) else back

    def _asked(self, verb: Verb, case_id: int):
        case = self.case_or_404(case_id)
        how = how_may(self.noun, verb, case, g.hat)
        obstacle = verb.rule(case, g.hat, today()) if how else NotAllowed.message
        if obstacle:
            flash(str(obstacle), "warning")
            return redirect(self.url_of(case_id))
        form = (verb.form or EmptyForm).for_how(how)()
        form.keep(case)
        form.prefill(case, g.hat, today())
        form.version.data = case.version
        return self._verb_page(verb, case, how, form)

    def _sent(self, verb: Verb, case_id: int):
        case = self.case_or_404(case_id)
        how = how_may(self.noun, verb, case, g.hat)
        if how is None:
            # Who was too late is told so; to all others the form is not even read, nor a file of theirs kept.
            if request.form.get("version", type=int) == case.version:
                raise NotAllowed
            return self._overtaken(verb, case_id, Stale())
        form = (verb.form or EmptyForm).for_how(how)()
        form.keep(case)
        if form.validate():
            try:
                back = self.came_from(case_id)
                said = f"{self.name_of(case)}　{verb.title}" if back else verb.title
                self.perform(verb, case_id, form)
                flash(_("%(verb)s: done.", verb=said), "success")
                return self.led_to(case_id, back)
            except Stale as stale:
                return self._overtaken(verb, case_id, stale)
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        if wants_json():
            return faults_told(form), 422
        # refused: drawn again from what is there now, with what was typed
        return self._verb_page(verb, self.case_or_404(case_id), how, form)

    def _verb_page(self, verb: Verb, case, how, form):
        return self.render_template(
            self.verb_template, title=verb.title, verb=verb, case=case, name=self.name_of(case), form=form, how=how,
            action=request.full_path.rstrip("?"), url=self.url_of(case.id), back=self.came_from(case.id), today=today(),
            others=otherwise(verb, self.verbs_for(case)), once=key_sent() or fresh_key(),
            **self.around_verb(verb, case),
        ), 422 if form.errors else 200

    def around_verb(self, verb: Verb, case) -> dict:
        """What the noun's template of a verb shows besides."""
        return {}

    def _overtaken(self, verb: Verb, case_id: int, stale: Stale):
        """The fresh page, with what may be done now. It may have been this very form that was quicker."""
        refuse_done(db.session, g.hat, case_id, verb.name, key_sent())
        if wants_json():
            raise stale
        flash(str(stale), "warning")
        return self.show(case_id), stale.status

    def perform(self, verb: Verb, case_id: int, form) -> None:
        """Files to disk first, then the verb in its one transaction."""
        data = {**form.payload(), **stored_files(form)}
        data |= {"scans": data.pop("paper_scan", ()), "client_key": key_sent()}
        perform(db.session, self.noun, verb.name, case_id, form.version.data, g.hat, data, today())

    @expose("/bulk/<verb_name>", methods=["GET", "POST"])
    @has_access
    @permission_name("act")
    def bulk(self, verb_name: str):
        """One form for many rows; one transaction per row; what was not done is told with its reason.

        Its address, `?rows=1-2-3`, only opens the form: who had to log in again finds it with her rows.
        """
        verb = self.noun.verbs.get(verb_name)
        if verb is None or not verb.bulk:
            abort(404)
        chosen = keys(request.form.getlist("rowid") or request.args.get("rows", "").split("-"))
        most = setting("bulk_rows")
        if not 1 <= len(chosen) <= most:
            flash(_("At most %(most)s records in one go.", most=most) if chosen
                  else _("Nothing selected. Tick the rows first."), "warning")
            return redirect(self._list_again())
        form = (verb.form or CommentForm)(formdata=request.form if "confirmed" in request.form else None)
        form.version.validators = ()
        if "confirmed" not in request.form:
            form.prefill(None, g.hat, today())
            return self._bulk_page(verb, chosen, form)
        if not form.validate():
            return self._bulk_page(verb, chosen, form), 422
        try:
            data = {**form.payload(), **stored_files(form)}
        except Obstacle as obstacle:
            put_fault(form, obstacle)
            return self._bulk_page(verb, chosen, form), 422
        done, failed = self._bulk_run(verb, chosen, data)
        confirm()
        return self.render_template(
            "cases/bulk_done.html", title=verb.title, verb=verb, done=done, failed=failed, back=self._list_again(),
        )

    def _bulk_page(self, verb, chosen, form):
        named = db.session.scalars(sa.select(self.noun.model).where(self.noun.model.id.in_(chosen[:NAMED])))
        cancel = self._list_again()
        return self.render_template(
            self.bulk_template, title=verb.title, verb=verb, chosen=chosen, form=form, cancel=cancel,
            named=[(self.name_of(case), case.title) for case in named], list_query=urlsplit(cancel).query,
            action=url_for(f"{self.endpoint}.bulk", verb_name=verb.name),
        )

    def _list_again(self) -> str:
        """The list as it was filtered: by the page that the rows were ticked on, kept in the form from then on."""
        path, came = url_for(f"{self.endpoint}.list"), urlsplit(request.referrer or "")
        said = request.values.get("list_query", came.query if came.path == path else "")
        query = urlencode(parse_qsl(said))  # an address, whatever was sent
        return f"{path}?{query}" if query else path

    def _bulk_run(self, verb: Verb, chosen: list[int], data: dict) -> tuple[list, list[tuple]]:
        done, failed = [], []
        for case_id in chosen:
            try:
                case = perform(db.session, self.noun, verb.name, case_id, None, g.hat, data, today())
                done.append((case.id, self.name_of(case), case.title))
            except CaseworkError as error:
                case = db.session.get(self.noun.model, case_id)
                failed.append((case_id, self.name_of(case) if case else "", case.title if case else "", str(error)))
        return done, failed

    def chase_at_once(self, chosen: list[int], data: dict) -> None:
        """一键催办: what was not done is told with its reason; who was chased today is left alone."""
        chased = done_on(db.session, "chase", chosen, today())
        done, failed = self._bulk_run(self.noun.verbs["chase"], [one for one in chosen if one not in chased], data)
        if chased:
            flash(_("%(count)s were chased today already and are left alone.", count=len(chased)), "info")
        if done or failed or not chased:
            flash(_("%(count)s chased.", count=len(done)), "success" if done else "warning")
        for _id, name, _title, why in failed[:3]:
            flash(f"{name}：{why}", "warning")

    @expose("/<int:case_id>/assign", methods=["POST"])
    @has_access
    @permission_name("act")
    def assign(self, case_id: int):
        """Who of the unit sees to it (承办人); nobody in particular when none is chosen."""
        try:
            chosen = key(request.form["assignee_id"]) if request.form.get("assignee_id") else None
            seen = key(request.form["version"])
        except ValueError:
            abort(400)
        try:
            assigning.assign(db.session, self.noun.model, case_id, seen, g.hat, chosen, today())
            flash(_("Saved."), "success")
        except (Obstacle, Stale) as obstacle:
            flash(str(obstacle), "warning")
        return redirect(self.url_of(case_id))

    # ── files ──────────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:case_id>/files/<int:file_id>")
    @has_access
    @permission_name("read")
    def file(self, case_id: int, file_id: int):
        """A file, found from its case and under its scope. Recorded: who saw it.

        A picture is shown; all else is handed out to be saved: a pdf's or an office file's scripts are not run here.
        """
        attachment = self._attachment_or_404(case_id, file_id)
        path, etag = path_of(current_app.config["DATA_DIR"], attachment.sha256), attachment.sha256
        if g.hat.role == "enterprise" and attachment.kind.name in NOTED:
            path, etag = self._copy_without_notes(path, attachment), attachment.sha256 + "c"
        answer = self._send(attachment, path, attachment.media_type, etag, as_attachment=not attachment.kind.shown)
        with unit_of_work(db.session):
            case = self.case_or_404(case_id)
            record(db.session, g.hat, "download", today(), case=case, extra={"file": file_id})
        return answer

    @expose("/<int:case_id>/files/<int:file_id>/thumbnail")
    @has_access
    @permission_name("read")
    def thumbnail(self, case_id: int, file_id: int):
        """The small copy; nothing yet (204) while the worker owes it: the page asks again."""
        attachment = self._attachment_or_404(case_id, file_id)
        path = path_of(current_app.config["DATA_DIR"], attachment.sha256, thumbnail=True)
        if attachment.thumbnail == "owed" and not path.exists():
            return "", 204, {"Cache-Control": "no-store"}
        if attachment.thumbnail in ("none", "failed"):
            raise NotFound
        return self._send(attachment, path, "image/jpeg", attachment.sha256 + "t")

    def _attachment_or_404(self, case_id: int, file_id: int) -> Attachment:
        self.case_or_404(case_id)
        attachment = db.session.get(Attachment, file_id)
        if attachment is None or attachment.case_id != case_id:
            raise NotFound
        return attachment

    @staticmethod
    def _copy_without_notes(path, attachment: Attachment) -> io.BytesIO:
        """What an enterprise is given of a picture; not even that of one that nobody can read."""
        try:
            return io.BytesIO(without_notes(path.read_bytes(), attachment.kind.name))
        except Unreadable:
            raise NotFound from None

    def _send(self, attachment: Attachment, path, media_type: str, etag: str, as_attachment: bool = False):
        answer = send_file(path, mimetype=media_type, download_name=attachment.save_as, as_attachment=as_attachment,
                           etag=etag, max_age=0)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer


def key_sent() -> str | None:
    """The key of the form that was sent, or is asked about."""
    return key_said(request.form.get("client_key", request.args.get("client_key")))


def stored_files(form) -> dict[str, list]:
    """`{field: [StoredFile]}`; every file is on disk before any row names it. Raises Obstacle at the field."""
    folder, limits, stored = current_app.config["DATA_DIR"], Limits.now(), {}
    for field in form.file_fields():
        uploads = [upload for upload in field.data or () if getattr(upload, "filename", "")]
        try:
            stored[field.name] = [
                store(folder, upload.stream, upload.filename, field.kinds, limits) for upload in uploads
            ]
        except Obstacle as obstacle:
            obstacle.field = field.name
            raise
    return stored
