"""The screen of delegations: what one has given and been given, and the form that gives one."""
from __future__ import annotations

import sqlalchemy as sa
from flask import flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length

from app.access.roles import ROLES
from app.access.scope import labels
from app.administration import delegations
from app.administration.forms import RowForm
from app.casework.clock import today
from app.casework.errors import Obstacle
from app.casework.forms import DayField, filled, required
from app.casework.views import put_fault
from app.extensions import db
from app.organization.models import Delegation, Post, User

SHOWN = 50
STATES = {"coming": (_l("To come"), "tag"), "now": (_l("In force"), "tag tag-green"), "ended": (_l("Ended"), "tag"),
          "revoked": (_l("Revoked"), "tag")}
_people = sa.select(User.__table__.c.id, User.__table__.c.last_name.label("name")).subquery()


def chosen_id(value) -> int | None:
    return int(value) if value else None


def said(one) -> str:
    """A colleague as a choice: the name, the unit and what the post is called."""
    return f"{one.name}（{one.unit} {one.title or ROLES[one.role].title}）"


class DelegationForm(RowForm):
    post_id = SelectField(_l("Your post"), [required], coerce=chosen_id)
    delegate_id = SelectField(_l("Who acts for you"), [required], coerce=chosen_id,
                              description=_l("Colleagues of the unit who are there; a leader's may be the office's."))
    valid_from = DayField(_l("From"), [required])
    valid_to = DayField(_l("To"), [required], description=_l("Both days included; it ends by itself."))
    reason = StringField(_l("Reason"), [filled, Length(max=200)])


class Delegations(BaseView):
    """代理: one's own page; nobody gives away another's post."""

    route_base = "/delegations"
    class_permission_name = "delegations"
    default_view = "list"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def list(self):
        """What there is, and the form; sent, it gives one."""
        form, posts = self._form()
        if request.method == "POST" and form.validate():
            try:
                delegations.delegate(db.session, g.hat, form.answers(), today())
                flash(_("Delegated. It stands in your colleague's list of posts, in the top bar."), "success")
                return redirect(url_for("Delegations.list"))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            "administration/delegations.html", title=_("Delegation"), form=form, posts=posts, lines=self._lines(),
        ), 422 if form.errors else 200

    @expose("/<int:pk>/revoke", methods=["POST"])
    @has_access
    @permission_name("edit")
    def revoke(self, pk: int):
        delegations.revoke(db.session, g.hat, pk, request.form.get("version", type=int), today())
        flash(_("Revoked: it opens nothing any more."), "success")
        return redirect(url_for("Delegations.list"))

    @staticmethod
    def _form():
        posts = delegations.own_posts(db.session, g.hat, today())
        people = delegations.candidates(db.session, g.hat, posts, today()) if posts else []
        form = DelegationForm(data={"valid_from": today()})
        form.post_id.choices = [(one.post_id, f"{one.unit} {ROLES[one.role].title}") for one in posts]
        form.delegate_id.choices = [("", "—"), *((one.user_id, said(one)) for one in people)]
        return form, posts

    @staticmethod
    def _lines() -> list[dict]:
        """The newest first, those in force and to come before them."""
        rows = db.session.scalars(
            sa.select(Delegation).order_by(Delegation.id.desc()).limit(SHOWN)
            .options(sa.orm.joinedload(Delegation.post).joinedload(Post.organization))
        ).all()
        names = labels(db.session, _people, [i for row in rows for i in (row.delegator_id, row.delegate_id)])
        lines = [Delegations._line(row, names) for row in rows]
        return sorted(lines, key=lambda line: not line["open"])

    @staticmethod
    def _line(row: Delegation, names: dict) -> dict:
        state = delegations.state_of(row, today())
        word, look = STATES[state]
        return {
            "row": row, "word": word, "look": look, "open": state in ("coming", "now"),
            "mine": row.delegator_id == g.hat.user_id, "delegator": names.get(row.delegator_id, ""),
            "delegate": names.get(row.delegate_id, ""), "post": f"{row.post.organization} {ROLES[row.post.role].title}",
        }
