"""Changing the hat: who holds several posts says which one is worn; the change stands in the history."""
from __future__ import annotations

from flask import abort, g, redirect, request, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.casework.clock import today
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.extensions import db


class Hats(BaseView):
    route_base = "/hats"
    class_permission_name = "hats"
    default_view = "wear"

    @expose("/wear", methods=["POST"])
    @has_access
    @permission_name("wear")
    def wear(self):
        """Wear the hat of the posted post, from the next request on; one of one's own, else 404."""
        chosen = request.form.get("post", type=int)
        hat = next((hat for hat in g.hats if hat.post_id == chosen), None) or abort(404)
        if hat != g.hat:
            with unit_of_work(db.session):
                record(db.session, hat, "hat_changed", today(), extra={"from_post": g.hat.post_id})
            session["post_id"] = hat.post_id
        return redirect("/")
