"""The screen on which the work of who leaves is handed over."""
from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.access.roles import ROLES
from app.administration import handover, people
from app.administration.delegation_views import chosen_id, said
from app.administration.forms import RowForm
from app.casework.clock import today
from app.casework.errors import Obstacle
from app.casework.forms import DayField, required
from app.casework.views import put_fault
from app.extensions import db


class HandoverForm(RowForm):
    successor_id = SelectField(_lp("person", "Successor"), [required], coerce=chosen_id, description=_l(
        "People of the unit who are there. A newcomer's account is opened first, with a post in the unit."
    ))
    last_day = DayField(_l("Last day"), [required],
                        description=_l("The posts end with this day; the successor holds them from the next."))
    comment = StringField(_l("Note"), [Optional(), Length(max=200)])
    close = BooleanField(_l("Take the account out of use at once"))


def page(view, user, is_sent: bool):
    """The form with what is open; sent, it moves it all."""
    name, pk, posts = user.last_name, user.id, handover.posts_to_end(g.hat, user, today())
    form = _form(user, posts)
    if is_sent and form.validate():
        try:
            moved = handover.hand_over(
                db.session, g.hat, pk, form.seen, form.successor_id.data, form.last_day.data,
                (form.comment.data or "").strip(), form.close.data, today(),
            )
            flash(_("Handed over: %(cases)s cases and drafts, %(imports)s imports.", cases=moved.cases,
                    imports=moved.imports), "success")
            return redirect(view.after(pk))
        except Obstacle as obstacle:
            put_fault(form, obstacle)
    user = view.row_or_404(pk)
    posts = handover.posts_to_end(g.hat, user, today())
    return view.render_template(
        "administration/hand_over.html", title=_("Hand over the work"), person=name, form=form,
        posts=[f"{post.organization} {ROLES[post.role].title}" for post in posts],
        open=handover.what_is_open(db.session, user, posts, today()), cancel=url_for("People.show", pk=pk),
        may_close=people.manages(g.hat, user) and pk != g.hat.user_id,
    ), 422 if form.errors else 200


def _form(user, posts) -> HandoverForm:
    form = HandoverForm(data={"version": people.stamp(user), "last_day": today()})
    found = handover.successors(db.session, g.hat, user, posts, today()) if posts else []
    form.successor_id.choices = [("", "—"), *((one.user_id, said(one)) for one in found)]
    return form
