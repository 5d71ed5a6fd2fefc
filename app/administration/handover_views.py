"""The screen on which the work of who leaves is handed over: his posts, each with who takes it."""
from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from app.access.roles import ROLES
from app.administration import handover, people
from app.administration.delegation_views import chosen_id, said
from app.administration.forms import RowForm
from app.administration.handover_posts import Leaving, leaving, stays
from app.casework.clock import today
from app.casework.errors import Obstacle
from app.casework.forms import DayField, required
from app.casework.views import put_fault
from app.extensions import db


class PostsField(SelectMultipleField):
    """A tick for each post that may be handed over; no other id passes."""

    option_widget = CheckboxInput()

    def pre_validate(self, form):
        if not set(self.data or ()) <= {value for value, _words in self.choices}:
            raise ValidationError(_("Not a valid choice."))


class HandoverForm(RowForm):
    posts = PostsField(_l("Posts"), [InputRequired(_l("Tick the posts that are handed over."))], coerce=int)
    last_day = DayField(_l("Last day"), [required],
                        description=_l("The posts end with this day; the successor holds them from the next."))
    comment = StringField(_l("Note"), [Optional(), Length(max=200)])
    close = BooleanField(_l("Take the account out of use at once"))

    @property
    def takers(self) -> dict[int, int | None]:
        return {post_id: self[taker_of(post_id)].data for post_id in self.posts.data}


def taker_of(post_id: int) -> str:
    """The name of the field in which a post's successor is chosen."""
    return f"successor_{post_id}"


class TakerField(SelectField):
    """Who takes a post; asked for when the post is ticked, unless it may just end."""

    def __init__(self, label, line: Leaving, **kwargs):
        nobody = _l("Nobody: the post just ends") if line.may_just_end else "—"
        super().__init__(label, coerce=chosen_id, **kwargs,
                         choices=[("", nobody), *((one.user_id, said(one)) for one in line.successors)])
        self.post_id, self.may_be_empty = line.post.id, line.may_just_end

    def post_validate(self, form, validation_stopped):
        if self.data is None and not self.may_be_empty and self.post_id in (form.posts.data or ()):
            raise ValidationError(_("Please fill this in."))


def page(view, user, is_sent: bool):
    """The form with what is open; sent, it moves what was chosen."""
    pk, lines = user.id, leaving(db.session, g.hat, user, today())
    form = _form(user, lines)
    if is_sent and form.validate():
        try:
            moved = handover.hand_over(
                db.session, g.hat, pk, form.seen, form.takers, form.last_day.data,
                (form.comment.data or "").strip(), form.close.data, today(),
            )
            flash(_("Handed over: %(cases)s cases and drafts, %(imports)s imports.", cases=moved.cases,
                    imports=moved.imports), "success")
            return redirect(view.after(pk))
        except Obstacle as obstacle:
            put_fault(form, obstacle)
            user = view.row_or_404(pk)  # read again, after what was tried is undone
            lines = leaving(db.session, g.hat, user, today())
    return _shown(view, form, user, lines), 422 if form.errors else 200


def _form(user, lines: list[Leaving]) -> HandoverForm:
    takers = {taker_of(line.post.id): TakerField(_lp("person", "Successor"), line=line) for line in lines}
    form = type("HandoverForm", (HandoverForm,), takers)(data={
        "version": people.stamp(user), "last_day": today(),
        "posts": [line.post.id for line in lines if line.is_usual],
    })
    form.posts.choices = [(line.post.id, _post_name(line)) for line in lines]
    return form


def _post_name(line: Leaving) -> str:
    return f"{line.post.organization} {ROLES[line.post.role].title}"


def _shown(view, form: HandoverForm, user, lines: list[Leaving]) -> str:
    found = {line.post.id: line for line in lines}
    requests, jobs = stays(db.session, user, lines)
    return view.render_template(
        "administration/hand_over.html", title=_("Hand over the work"), person=user.last_name, form=form,
        rows=[(found[tick.data], tick, form[taker_of(tick.data)]) for tick in form.posts if tick.data in found],
        requests=requests, jobs=jobs, cancel=url_for("People.show", pk=user.id),
        may_close=people.manages(g.hat, user) and user.id != g.hat.user_id,
    )
