"""The directory's look-up: what search-as-you-type asks while a form is filled in."""
from __future__ import annotations

import sqlalchemy as sa
from flask import abort, jsonify, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.extensions import db
from app.organization.models import DictionaryEntry
from app.organization.search import KINDS, LIMIT, find, like, normalized


class Directory(BaseView):
    """Answers ``?q=`` with ``{"results": [{"id", "text", "note"}]}``: active rows in scope, at most 20."""

    route_base = "/directory"
    class_permission_name = "directory"

    @expose("/lookup")
    @has_access
    @permission_name("lookup")
    def lookup(self):
        kinds = request.args.get("kinds", "all")
        if kinds not in KINDS:
            abort(400)
        return jsonify(results=find(db.session, request.args.get("q", ""), kinds))

    @expose("/entries/<dictionary>")
    @has_access
    @permission_name("lookup")
    def entries(self, dictionary: str):
        """Active entries of a dictionary, by part of their name."""
        statement = (
            sa.select(DictionaryEntry.id, DictionaryEntry.name, DictionaryEntry.document_number)
            .where(
                DictionaryEntry.dictionary == dictionary, DictionaryEntry.active.is_(True),
                DictionaryEntry.name.like(like(normalized(request.args.get("q", ""))), escape="\\"),
            )
            .order_by(DictionaryEntry.sort_order, DictionaryEntry.id)
            .limit(LIMIT)
        )
        return jsonify(results=[
            {"id": row.id, "text": row.name, "note": row.document_number or ""} for row in db.session.execute(statement)
        ])
